"""Lines that differ, with their numbers on both sides; colour only helps, the sign says it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from textual.binding import BindingType
from textual.strip import Strip

from snaptui.archives.text_diff import Line, LineKind
from snaptui.i18n import N_
from snaptui.tui.bindings import binding
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cursor_list import CursorList

SIGNS = {LineKind.ADDED: "+", LineKind.REMOVED: "−", LineKind.SAME: " ", LineKind.GAP: " "}
_LOOKS = {LineKind.ADDED: "good", LineKind.REMOVED: "bad", LineKind.SAME: "text", LineKind.GAP: "muted"}
_TAB_CELLS = 4
_SIDEWAYS = 20
_LEAST_FOR_BOTH_NUMBERS = 80


class LineDiffView(CursorList):
    """A unified difference under a cursor, which the keys of every list move; long lines go sideways."""

    DEFAULT_CSS = """
    LineDiffView {
        width: 1fr;
        height: 1fr;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        binding("n", "next_change", N_("next change"), id="lines-next", tooltip=N_("Go to the next change")),
        binding(
            "N", "previous_change", N_("change before"), id="lines-previous", show=False,
            tooltip=N_("Go to the change before"),
        ),
        binding(
            "right,l", "sideways(1)", N_("right"), id="lines-right", show=False,
            tooltip=N_("Show what is further right in long lines"),
        ),
        binding(
            "left,h", "sideways(-1)", N_("left"), id="lines-left", show=False,
            tooltip=N_("Show what is further left in long lines"),
        ),
    ]  # fmt: skip

    def __init__(self, *, symbols: Symbols = UNICODE, id: str | None = None) -> None:
        super().__init__(symbols=symbols, id=id)
        self._lines: Sequence[Line] = ()
        self._offset = 0
        self._number_cells = 1

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    @property
    def lines(self) -> Sequence[Line]:
        """The lines that are shown."""
        return self._lines

    def set_lines(self, lines: Sequence[Line], *, keep: bool = False) -> None:
        """Show these lines, from the first change, or with the cursor where it is."""
        self._lines = lines
        numbers = [number for line in lines for number in (line.old_number, line.new_number) if number is not None]
        self._number_cells = len(str(max(numbers, default=1)))
        if not keep:
            self._offset, self._cursor, self._top = 0, 0, 0
            self.move_to(next(iter(self._changes()), 0))
        self.repaint()

    def _changes(self) -> list[int]:
        """Where each stretch of changed lines begins."""
        changed = [line.kind in (LineKind.ADDED, LineKind.REMOVED) for line in self._lines]
        return [place for place, (before, now) in enumerate(pairwise([False, *changed])) if now and not before]

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """One line: its numbers, its sign, its text."""
        shown = self._lines[index]
        at_cursor = self.is_at_cursor(index)
        look = self.cursor_look if at_cursor else ""
        parts = [(self.symbols.cursor if at_cursor else " ", look or "text")]
        parts += [(text, look or own) for text, own in self._cells(shown, width)]
        return self.strip(parts, width, rest=look or "text")

    def _cells(self, line: Line, width: int) -> list[tuple[str, str]]:
        plain, own = self.symbols.plain, _LOOKS[line.kind]
        if line.kind is LineKind.GAP:
            return [(" " * self._number_cells + plain(" ···"), own)]
        numbers: tuple[int | None, ...] = (line.old_number, line.new_number)
        if width < _LEAST_FOR_BOTH_NUMBERS:
            numbers = (line.new_number or line.old_number,)
        shown = " ".join(f"{'' if number is None else number:>{self._number_cells}}" for number in numbers)
        room = max(1, width - len(shown) - 4)
        # What is out of sight is not worked on: a line may be a megabyte long.
        reach = self._offset + 4 * room
        text = plain(line.text[: reach + 1].expandtabs(_TAB_CELLS)[self._offset : reach])
        return [(f"{shown} ", "muted"), (f"{plain(SIGNS[line.kind])} {text}", own)]

    def action_next_change(self) -> None:
        """Go to the next change."""
        self.move_to(next((place for place in self._changes() if place > self.cursor), self.cursor))

    def action_previous_change(self) -> None:
        """Go to the change before."""
        self.move_to(next((place for place in reversed(self._changes()) if place < self.cursor), self.cursor))

    def action_sideways(self, by: int) -> None:
        """Show what is further right or left, no further than the longest line in view goes."""
        room = max(1, self.size.width // 2)
        in_view = self._lines[self.top : self.top + self.page]
        longest = max((len(line.text.expandtabs(_TAB_CELLS)) for line in in_view), default=0)
        offset = max(0, min(self._offset + by * _SIDEWAYS * (self.take_count() or 1), longest - room))
        if offset != self._offset:
            self._offset = offset
            self.repaint()
