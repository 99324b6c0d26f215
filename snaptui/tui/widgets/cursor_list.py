"""A list with a cursor, on the line API: what the versions table, the sidebar and the transfers list share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.scroll_view import ScrollView
from textual.strip import Strip

from snaptui.i18n import _
from snaptui.tui.bindings import MOVEMENT
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.lines import LineView, fit

WHEEL_ROWS = 3


class CursorList(LineView, ScrollView, can_focus=True, inherit_bindings=False):
    """Rows under a cursor, ``ROW_LINES`` lines each, below ``HEADER_LINES`` lines that stay.

    A subclass gives ``row_count``, ``draw_row`` and ``draw_header``, and hears of a move by ``on_cursor_moved``
    and of a choice by ``on_row_chosen``. A key held past the edge scrolls by a third of the page at a time:
    over a slow line a scrolled page costs twenty times a moved cursor. The number typed before a movement, and a
    word that ``say`` was given, stand in the last line until the next key.
    """

    DEFAULT_CSS = """
    CursorList {
        height: 1fr;
    }
    """
    HEADER_LINES: ClassVar[int] = 0
    ROW_LINES: ClassVar[int] = 1
    MARK_CELLS: ClassVar[int] = 0
    CHOOSING_CLICKS: ClassVar[int] = 2
    COUNTS: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [*MOVEMENT]

    def __init__(
        self, *, symbols: Symbols = UNICODE, name: str | None = None, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self._cursor = 0
        self._top = 0
        self._digits = ""
        self._count: int | None = None
        self._spoken = ""
        self.empty_text = ""

    # What a subclass says

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """One line of one row."""
        raise NotImplementedError

    def draw_header(self, line: int, width: int) -> Strip:
        """One line of the header."""
        raise NotImplementedError

    def on_cursor_moved(self) -> None:
        """The cursor stands on another row."""

    def on_row_chosen(self) -> None:
        """The row under the cursor was chosen, by the mouse."""

    def on_mark_clicked(self) -> None:
        """The row under the cursor was clicked in its first ``MARK_CELLS`` cells."""

    def find_match(self, places: range) -> int | None:
        """The first of these rows that fits the last filter, or None; raises LookupError where there was no filter."""
        raise LookupError

    def on_header_clicked(self, x: int) -> None:
        """The header was clicked at cell ``x``."""

    # State

    def allow_focus(self) -> bool:
        """A list that is folded away has no keys: they would act on what nobody sees."""
        return super().allow_focus() and bool(self.display)

    @property
    def cursor(self) -> int:
        """The row under the cursor, counted from 0; 0 in an empty list."""
        return self._cursor

    @property
    def top(self) -> int:
        """The first row in view."""
        return self._top

    @property
    def page(self) -> int:
        """How many whole rows are in view."""
        return max(1, (self.size.height - self.HEADER_LINES) // self.ROW_LINES)

    def is_at_cursor(self, index: int) -> bool:
        """Whether the row is under the cursor."""
        return index == self._cursor

    @property
    def cursor_look(self) -> str:
        """The look of the row under the cursor."""
        return "cursor" if self.has_focus else "cursor-blurred"

    def move_to(self, index: int) -> None:
        """Put the cursor on a row (the nearest there is) and bring it into view."""
        self._place(index, self._top)

    def _place(self, index: int, top: int) -> None:
        old, old_top = self._cursor, self._top
        self._cursor = max(0, min(index, self.row_count - 1))
        self._top = top
        self._reveal()
        if self._top != old_top:
            self.repaint()
        elif self._cursor != old:
            self.repaint_rows((old, self._cursor))
        if self._cursor != old:
            self.on_cursor_moved()

    def _reveal(self) -> None:
        """Choose the first row in view so that the cursor is in view, scrolling by part of a page."""
        page = self.page
        part = max(1, page // 3)
        if self._cursor < self._top:
            self._top = self._cursor - part + 1
        elif self._cursor >= self._top + page:
            self._top = self._cursor - page + part
        self._top = max(0, min(self._top, self.row_count - page))

    def repaint_rows(self, indexes: Iterable[int]) -> None:
        """Draw these rows anew, where they are in view."""
        first = {self.HEADER_LINES + (index - self._top) * self.ROW_LINES for index in indexes if index >= self._top}
        self.repaint(sorted(y + line for y in first for line in range(self.ROW_LINES)))

    # Painting

    def say(self, words: str) -> None:
        """Show a few words in the last line until the next key."""
        self._show_note(said=words)

    def _show_note(self, *, digits: str = "", said: str = "") -> None:
        if (digits, said) != (self._digits, self._spoken):
            self._digits, self._spoken = digits, said
            self.repaint((self.size.height - 1,))

    def draw_line(self, y: int, width: int) -> Strip:
        """A line of the header, of a row, or below the last row, with what there is to say at the end of the last."""
        drawn = self._draw_line(y, width)
        if y != self.size.height - 1 or not (note := self._spoken or self._digits):
            return drawn
        note = f" {self.symbols.plain(note)} "
        cells = min(width, cell_len(note))
        return Strip.join([drawn.crop(0, width - cells), self.strip([(note, "cursor")], cells)])

    def _draw_line(self, y: int, width: int) -> Strip:
        if y < self.HEADER_LINES:
            return self.draw_header(y, width)
        offset, line = divmod(y - self.HEADER_LINES, self.ROW_LINES)
        index = self._top + offset
        if index < self.row_count and offset < self.page:
            drawn = self.draw_row(index, line, width)
            return self._with_thumb(drawn, index, width) if self._in_thumb(offset) else drawn
        if not self.row_count and not offset and self.empty_text:
            return self.strip([("  " + fit(self.empty_text, width - 2), "muted")], width)
        return self.strip((), width)

    def _in_thumb(self, offset: int) -> bool:
        """Whether the mark that stands for the part in view is on this row."""
        rows, page = self.row_count, self.page
        if rows <= page or page < 3:
            return False
        # Never long: each line that has it is sent up to its right edge.
        length = max(1, min(page * page // rows, page // 4))
        start = round(self._top / (rows - page) * (page - length))
        return start <= offset < start + length

    def _with_thumb(self, drawn: Strip, index: int, width: int) -> Strip:
        look = self.cursor_look if self.is_at_cursor(index) else "muted"
        # What looks alike goes out as one: each style costs forty bytes.
        return Strip.join([drawn.crop(0, width - 1), self.strip([(self.symbols.thumb, look)], 1)]).simplify()

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Collect the number before a movement."""
        digit = event.character or ""
        if self.COUNTS and len(digit) == 1 and digit in "0123456789" and (digit != "0" or self._digits):
            self._show_note(digits=(self._digits + digit)[:7])
            self._count = None
            event.stop()
            event.prevent_default()
            return
        self._count = int(self._digits) if self._digits else None
        self._show_note()

    def take_count(self) -> int | None:
        """The number typed before this key, once."""
        count, self._count = self._count, None
        return count

    def action_cursor_down(self) -> None:
        """Move down."""
        self.move_to(self._cursor + (self.take_count() or 1))

    def action_cursor_up(self) -> None:
        """Move up."""
        self.move_to(self._cursor - (self.take_count() or 1))

    def _leap(self, rows: int) -> None:
        rows *= self.take_count() or 1
        limit = max(0, self.row_count - self.page)
        self._place(self._cursor + rows, max(0, min(self._top + rows, limit)))

    def action_page_down(self) -> None:
        """Move a page down, one line of it staying in view."""
        self._leap(max(1, self.page - 1))

    def action_page_up(self) -> None:
        """Move a page up."""
        self._leap(-max(1, self.page - 1))

    def action_half_page_down(self) -> None:
        """Move half a page down."""
        self._leap(max(1, self.page // 2))

    def action_half_page_up(self) -> None:
        """Move half a page up."""
        self._leap(-max(1, self.page // 2))

    def action_first(self) -> None:
        """Go to the first row, or to the row of the number typed before."""
        self.move_to((self.take_count() or 1) - 1)

    def action_last(self) -> None:
        """Go to the last row, or to the row of the number typed before."""
        self.move_to((self.take_count() or self.row_count) - 1)

    def action_match_next(self) -> None:
        """Go to the next row that fits the last filter, from the top again after the last one."""
        self._to_match(1)

    def action_match_previous(self) -> None:
        """Go to the row before that fits the last filter, from the end again before the first one."""
        self._to_match(-1)

    def _to_match(self, step: int) -> None:
        said = ""
        for _time in range(min(self.take_count() or 1, max(1, self.row_count))):
            here, rows = self._cursor, self.row_count
            onward = range(here + 1, rows) if step > 0 else range(here - 1, -1, -1)
            around = range(here + 1) if step > 0 else range(rows - 1, here - 1, -1)
            try:
                found = self.find_match(onward)
                if found is None:
                    found = self.find_match(around)
                    said = _("from the top again") if step > 0 else _("from the end again")
            except LookupError:
                self.say(_("no filter yet"))
                return
            if found is None:
                self.say(_("nothing here fits the last filter"))
                return
            self.move_to(found)
        self._show_note(said=said)

    # Mouse

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; ``CHOOSING_CLICKS`` of them choose."""
        if (where := event.get_content_offset(self)) is None:
            return
        event.stop()
        if where.y < self.HEADER_LINES:
            self.on_header_clicked(where.x)
            return
        offset = (where.y - self.HEADER_LINES) // self.ROW_LINES
        if where.x == self.size.width - 1 and self.row_count > self.page:
            self.move_to(round(offset / max(1, self.page - 1) * (self.row_count - 1)))
            return
        if self._top + offset >= self.row_count or offset >= self.page:
            return
        self.move_to(self._top + offset)
        if where.x < self.MARK_CELLS:
            self.on_mark_clicked()
        elif event.chain == self.CHOOSING_CLICKS:
            self.on_row_chosen()

    def _wheel(self, rows: int) -> None:
        top = max(0, min(self._top + rows, self.row_count - self.page))
        if top != self._top:
            self._top = top
            self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll; the cursor stays on its row."""
        event.stop()
        self._wheel(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll; the cursor stays on its row."""
        event.stop()
        self._wheel(-WHEEL_ROWS)

    def on_focus(self) -> None:
        """The cursor's row looks otherwise in a list that has the keys."""
        self.repaint_rows((self._cursor,))

    def on_blur(self) -> None:
        """The cursor's row looks otherwise in a list without the keys."""
        self._show_note()
        self.repaint_rows((self._cursor,))

    def on_resize(self) -> None:
        """Keep the cursor in view in the new size."""
        top = self._top
        self._reveal()
        if self._top != top:
            self.repaint()
