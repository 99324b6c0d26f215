"""Progress in one line of fixed width, sent a few times a second at most."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from textual.strip import Strip
from textual.timer import Timer

from snaptui import formatting
from snaptui.i18n import _
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cells import bar
from snaptui.tui.widgets.fitting import Part, fit_parts
from snaptui.tui.widgets.lines import LineView, fit

QUICK = 0.2
"""Seconds between two updates on a local terminal."""

QUIET = 0.5
"""Seconds between two updates over a slow connection."""

_BAR_CELLS = 20
_LEAST_FOR_BAR = 50


def whole_percent(part: int, whole: int | None) -> int | None:
    """How much is done, 0 to 100, rounded down; None where the whole is not known."""
    if whole is None:
        return None
    return 100 if whole <= 0 else max(0, min(100, part * 100 // whole))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is: bytes, bytes a second, seconds left; ``note`` takes the place of rate and time.

    ``words`` take the place of the bytes, where it is not bytes that are counted.
    """

    received_bytes: int = 0
    total_bytes: int | None = None
    bytes_per_second: float | None = None
    remaining_seconds: float | None = None
    note: str = ""
    words: str = ""


def amounts(progress: Progress) -> str:
    """``5.3 MB of 12.4 MB``, or ``5.3 MB`` where the whole is not known."""
    received = formatting.size(progress.received_bytes)
    if progress.total_bytes is None:
        return received
    return _("{part} of {whole}").format(part=received, whole=formatting.size(progress.total_bytes))


class ProgressLine(LineView):
    """A bar with bytes, percentage, rate and time left. ``advance`` may be called as often as one likes."""

    DEFAULT_CSS = """
    ProgressLine {
        height: 1;
        width: 1fr;
    }
    """

    def __init__(
        self,
        *,
        interval: float = QUICK,
        symbols: Symbols = UNICODE,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self._interval = interval
        self._progress = Progress()
        self._sent_at = 0.0
        self._later: Timer | None = None

    @property
    def progress(self) -> Progress:
        """How far it is, be it shown yet or about to be."""
        return self._progress

    def advance(self, progress: Progress) -> None:
        """Show this soon: at once where the last update is long enough ago, else at the end of the interval."""
        self._progress = progress
        if self._later is not None:
            return
        wait = self._sent_at + self._interval - monotonic()
        if wait <= 0 or not self.is_mounted:
            self._send()
        else:
            self._later = self.set_timer(wait, self._send)

    def _send(self) -> None:
        self._later = None
        self._sent_at = monotonic()
        self.repaint()

    def draw_line(self, y: int, width: int) -> Strip:
        """The bar and its figures, each of fixed width so that little of the line changes."""
        if y:
            return self.strip((), width)
        progress = self._progress
        percent = whole_percent(progress.received_bytes, progress.total_bytes)
        pieces: list[tuple[str, str]] = []
        if percent is not None:
            cells = min(_BAR_CELLS, width // 4)
            if width >= _LEAST_FOR_BAR:
                pieces.append((bar(percent, cells, self.symbols) + "  ", "accent"))
            pieces.append((f"{percent:>3} %", "text"))
        amount = self.symbols.plain(progress.words or amounts(progress))
        parts = [Part(fit(amount, 18, right=True), "text", rank=1, shorter=amount)]
        if progress.note:
            parts.append(Part(progress.note, "warn", glue="  "))
        else:
            parts.append(Part(self._rate(), "muted", rank=2, glue="  "))
            parts.append(Part(self._left(), "muted", rank=3, glue="  "))
        used = sum(len(text) for text, _look in pieces)
        gap = "  " if pieces else ""
        return self.strip(
            [*pieces, (gap, "text"), *fit_parts(parts, (), max(0, width - used - len(gap)), self.symbols)], width
        )

    def _rate(self) -> str:
        rate = self._progress.bytes_per_second
        return "" if rate is None else fit(self.symbols.plain(formatting.rate(rate)), 10, right=True)

    def _left(self) -> str:
        seconds = self._progress.remaining_seconds
        if seconds is None:
            return ""
        return _("{time} left").format(time=formatting.duration(seconds))
