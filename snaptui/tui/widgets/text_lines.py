"""Lines of text to read and to copy, such as a server's logs; long ones are wrapped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import chop_cells
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from snaptui.i18n import N_
from snaptui.tui.bindings import binding
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cursor_list import CursorList


class TextLines(CursorList):
    """Shows lines that are safe to show."""

    DEFAULT_CSS = """
    TextLines {
        width: 1fr;
        height: 1fr;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        binding("y", "copy", N_("copy"), id="lines-copy", tooltip=N_("Copy all of these lines")),
    ]

    class Copied(Message):
        """All of the lines are to be copied."""

        def __init__(self, lines: Sequence[str]) -> None:
            super().__init__()
            self.lines = lines

    def __init__(self, *, symbols: Symbols = UNICODE, id: str | None = None) -> None:
        super().__init__(symbols=symbols, id=id)
        self._lines: Sequence[str] = ()
        self._rows: list[str] = []
        self._wrapped_at = 0

    def show(self, lines: Sequence[str]) -> None:
        """Show these, from the first."""
        self._lines, self._wrapped_at = tuple(lines), 0
        self._cursor = self._top = 0
        self._wrap(self.size.width)
        self.repaint()

    def _wrap(self, width: int) -> None:
        room = max(1, width - 3)
        if room != self._wrapped_at:
            self._wrapped_at = room
            self._rows = [
                row for text in self._lines for row in (chop_cells(self.symbols.plain(text), room) if text else [""])
            ]

    @property
    def row_count(self) -> int:
        """How many rows the lines take."""
        return len(self._rows)

    def on_resize(self) -> None:
        """Wrap to the new width."""
        self._wrap(self.size.width)
        self._reveal()
        self.repaint()

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """One row."""
        at_cursor = self.is_at_cursor(index)
        sign = self.symbols.cursor if at_cursor else " "
        return self.strip([(f"{sign} ", "accent"), (self._rows[index], "text")], width)

    def action_copy(self) -> None:
        """Copy everything."""
        if self._lines:
            self.post_message(self.Copied(self._lines))
