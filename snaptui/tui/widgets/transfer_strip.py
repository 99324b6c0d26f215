"""All transfers in one line under the versions; nothing at all when there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.message import Message
from textual.strip import Strip

from snaptui import formatting
from snaptui.i18n import _, ngettext
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.fitting import Part, fit_parts
from snaptui.tui.widgets.lines import LineView

if TYPE_CHECKING:
    from snaptui.transfers.queue import Summary


class TransferStrip(LineView):
    """The queue's summary; a click asks for the list of transfers.

    ``hint`` stands at the right edge, such as the key that opens the list and its words.
    """

    DEFAULT_CSS = """
    TransferStrip {
        display: none;
        background: $panel;
        &.-shown { display: block; }
    }
    """

    class Clicked(Message):
        """The line was clicked."""

    def __init__(
        self,
        *,
        hint: str = "",
        symbols: Symbols = UNICODE,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self.hint = hint
        self._summary: Summary | None = None

    def show(self, summary: Summary) -> None:
        """Show the queue as it is now; a layout is needed only when the line comes or goes."""
        self._summary = summary
        self.set_class(summary.pending, "-shown")
        if summary.pending:
            self.repaint()

    def on_click(self, event: events.Click) -> None:
        """Ask for the list."""
        event.stop()
        self.post_message(self.Clicked())

    def draw_line(self, y: int, width: int) -> Strip:
        """What runs, how far it is, how fast and how long; what failed."""
        summary = self._summary
        if y or summary is None:
            return self.strip((), width)
        parts = [Part(text, look, rank) for text, look, rank in self._said(summary)]
        hint = [Part(self.hint, "muted", rank=5)]
        arrow = self.symbols.download if summary.active or summary.queued else " "
        return self.strip([(f" {arrow} ", "accent"), *fit_parts(parts, hint, max(0, width - 4), self.symbols)], width)

    def _said(self, summary: Summary) -> list[tuple[str, str, int]]:
        said: list[tuple[str, str, int]] = []
        running = summary.active + summary.queued
        if running:
            count = ngettext("{n} download", "{n} downloads", running).format(n=formatting.number(running))
            said.append((count, "text", 0))
            if summary.total_bytes:
                percent = formatting.percent(summary.received_bytes, summary.total_bytes)
                said.append((f"{percent:>5}", "accent", 0))
            if summary.held_up:
                said.append((summary.held_up, "warn", 2))
            if summary.bytes_per_second:
                said.append((f"{formatting.rate(summary.bytes_per_second):>9}", "muted", 3))
            if summary.remaining_seconds is not None:
                left = _("{time} left").format(time=formatting.duration(summary.remaining_seconds))
                said.append((left, "muted", 2))
        if summary.paused:
            words = ngettext("{n} paused", "{n} paused", summary.paused)
            said.append((words.format(n=formatting.number(summary.paused)), "warn", 1))
        if summary.failed:
            words = ngettext("{n} failed", "{n} failed", summary.failed)
            said.append((words.format(n=formatting.number(summary.failed)), "bad", 1))
        return said
