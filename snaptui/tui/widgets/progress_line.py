"""Progress in one line of fixed width, sent a few times a second at most."""

from __future__ import annotations

from dataclasses import dataclass

from textual.strip import Strip

from snaptui import formatting
from snaptui.i18n import _
from snaptui.tui.pace import Paced
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cells import bar, whole_percent
from snaptui.tui.widgets.fitting import Part, fit_parts
from snaptui.tui.widgets.lines import LineView, fit

QUICK = 0.2
"""Seconds between two updates on a local terminal."""

_BAR_CELLS = 20
_LEAST_FOR_BAR = 50


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
        self._progress = Progress()
        self._draw = Paced(self, interval, self.repaint)

    @property
    def progress(self) -> Progress:
        """How far it is, be it shown yet or about to be."""
        return self._progress

    def advance(self, progress: Progress) -> None:
        """Show this soon, and not more often than the interval says."""
        self._progress = progress
        self._draw()

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
