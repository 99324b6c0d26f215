"""A table that sorts by its header, filters, and marks: what the tables of versions and of apps share."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from rich.cells import cell_len
from textual.strip import Strip

from snaptui.tui.widgets.arrangement import GUTTER, Arrangement
from snaptui.tui.widgets.cursor_list import CursorList
from snaptui.tui.widgets.lines import fit
from snaptui.tui.widgets.row_list import RowList
from snaptui.tui.widgets.selection import Marks
from snaptui.tui.widgets.table_messages import SortChanged
from snaptui.tui.widgets.times import Times

if TYPE_CHECKING:
    from snaptui.query import Query

Row = TypeVar("Row")
Key = TypeVar("Key", bound=Hashable)
Col = TypeVar("Col", bound=StrEnum)

_LEAST_FOR_TITLE = 3


class SortedTable(CursorList, Generic[Row, Key, Col]):
    """One line a row. It takes rows and posts messages; it asks nobody anything.

    A subclass says what the columns are and what stands in them, what a row's key is, posts the messages, and has
    the ``TABLE_KEYS`` after its own for what ``action_choose`` does.
    ``RIGHT`` are columns of numbers, which stand at the right edge of their column.
    """

    HEADER_LINES = 1
    MARK_CELLS = GUTTER
    RIGHT: ClassVar[frozenset[StrEnum]] = frozenset()

    SortChanged = SortChanged

    def __init__(
        self,
        rows: RowList[Row, Col],
        times: Times,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(symbols=times.symbols, name=name, id=id, classes=classes)
        self._list = rows
        self._times = times
        self._marks: Marks[Key] = Marks()
        self._highlighted: Key | None = None
        self._last_query: Query | None = None
        self._arranged_for: tuple[int, Arrangement[Col]] | None = None

    # What a subclass says

    def key_of(self, row: Row) -> Key:
        """What names a row."""
        raise NotImplementedError

    def index_of(self, key: Key) -> int | None:
        """Where a row stands among those shown; None where it is not shown."""
        raise NotImplementedError

    def arrange_columns(self, width: int) -> Arrangement[Col]:
        """The columns that fit a width."""
        raise NotImplementedError

    def title_of(self, column: Col) -> str:
        """A column's title in the language in use."""
        raise NotImplementedError

    def cell_of(self, row: Row, column: Col, cells: int) -> tuple[str, str]:
        """A cell's text in ``cells`` cells, and the look it has where the cursor is elsewhere."""
        raise NotImplementedError

    def say_highlighted(self, row: Row | None) -> None:
        """Another row is under the cursor, or none."""
        raise NotImplementedError

    def say_chosen(self, row: Row) -> None:
        """A row was opened."""
        raise NotImplementedError

    def say_marks(self) -> None:
        """Other rows are marked."""
        raise NotImplementedError

    # What it shows

    @property
    def row_count(self) -> int:
        """How many rows the filter lets through."""
        return len(self._list.shown)

    @property
    def shown_rows(self) -> Sequence[Row]:
        """The rows the filter lets through, in the order they stand."""
        return self._list.shown

    @property
    def total_rows(self) -> int:
        """How many rows there are, hidden ones included."""
        return len(self._list.rows)

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor; None in an empty table."""
        return self._list.shown[self.cursor] if self._list.shown else None

    @property
    def marked(self) -> frozenset[Key]:
        """The keys of the marked rows, those that the filter hides included."""
        return frozenset(self._marks.keys)

    @property
    def marked_rows(self) -> list[Row]:
        """The rows that are marked, in the order they stand, hidden ones included."""
        keys = self._marks.keys
        return [row for row in self._list.ordered if self.key_of(row) in keys] if keys else []

    @property
    def sorting(self) -> tuple[Col, bool]:
        """The column rows are sorted by, and whether from the large end."""
        return self._list.sorting

    @property
    def filter_query(self) -> Query | None:
        """What filters the rows; None or an empty query where nothing does."""
        return self._list.query

    @property
    def absolute_times(self) -> bool:
        """Whether local dates and times are shown instead of ages."""
        return self._times.absolute

    @absolute_times.setter
    def absolute_times(self, absolute: bool) -> None:
        if absolute != self._times.absolute:
            self._times.absolute = absolute
            self.rearrange()

    # What it is told

    def set_rows(self, rows: Sequence[Row], *, keep: bool = True) -> None:
        """Show these rows.

        ``keep`` leaves the highlighted one under the cursor and at its place on the screen; otherwise the cursor
        goes to the first row. Marks of rows that are no longer there are dropped.
        """
        self._arranged_for = None
        if self._marks.keys and self._marks.keep_only(self.key_of(row) for row in rows):
            self.say_marks()
        self._list.set_rows(rows)
        self._show(keep=keep)

    def set_query(self, query: Query | None) -> None:
        """Show only what the query lets through; the highlighted row stays so where it is shown."""
        self._list.set_query(query)
        self._last_query = query or self._last_query
        self._show(keep=True)

    def sort_by(self, column: Col, reverse: bool | None = None) -> None:
        """Sort by a column: from its useful end, or the other way where it is the one sorted by already."""
        if self._list.sort_by(column, reverse):
            self._show(keep=True)
            self.post_message(SortChanged(self, *self._list.sorting))

    def highlight(self, key: Key) -> bool:
        """Put the cursor on a row; False where it is not shown."""
        index = self.index_of(key)
        if index is not None:
            self.move_to(index)
        return index is not None

    def refresh_ages(self, now: datetime) -> None:
        """Count ages from ``now``; only lines that read otherwise are sent."""
        self._times.now = now
        self.repaint()

    def clear_marks(self) -> None:
        """Take all marks away."""
        if self._marks.keys:
            self._marks.keys.clear()
            self.say_marks()
            self.repaint()

    def _show(self, *, keep: bool) -> None:
        held = self._highlighted if keep else None
        offset, was_at_top, cursor = self._cursor - self._top, self._top == 0, self._cursor
        self._marks.anchor = None
        found = None if held is None else self.index_of(held)
        if found is not None:
            self._cursor = found
            self._top = 0 if was_at_top else found - offset
        else:
            self._cursor = max(0, min(cursor, self.row_count - 1)) if keep else 0
            self._top = self._top if keep else 0
        self._reveal()
        self.repaint()
        self.on_cursor_moved()

    def on_cursor_moved(self) -> None:
        """Tell which row is under the cursor, where it is another."""
        row = self.cursor_row
        key = None if row is None else self.key_of(row)
        if self._marks.anchor is not None:
            self.repaint()
        if key != self._highlighted:
            self._highlighted = key
            self.say_highlighted(row)

    # Drawing

    def rearrange(self) -> None:
        """Choose the columns anew."""
        self._arranged_for = None
        self.repaint()

    def arrangement(self, width: int) -> Arrangement[Col]:
        """The columns as they stand in that width."""
        if self._arranged_for is None or self._arranged_for[0] != width:
            self._arranged_for = (width, self.arrange_columns(width))
        return self._arranged_for[1]

    def draw_header(self, line: int, width: int) -> Strip:
        """The titles; an arrow stands beside the one that is sorted by."""
        layout = self.arrangement(width)
        parts = [" " * GUTTER]
        for column, cells in layout.widths:
            parts += [self.title(column, cells), " " * layout.gap]
        return self.strip([("".join(parts), "header")], width, rest="header")

    def title(self, column: Col, cells: int) -> str:
        """A column's title in ``cells`` cells; an arrow beside it where it is sorted by."""
        arrow = ""
        if column is self._list.sorting[0]:
            arrow = self.symbols.descending if self._list.sorting[1] else self.symbols.ascending
        if cells < _LEAST_FOR_TITLE:
            return fit(arrow, cells)
        title = self.symbols.plain(self.title_of(column))
        if arrow:
            # The blank before the arrow is the first to go: a cut title says less.
            blank = " " if cell_len(title) + 2 <= cells else ""
            title = f"{fit(title, min(cell_len(title), max(1, cells - 1)), ellipsis='')}{blank}{arrow}"
        return fit(title, cells, right=column in self.RIGHT, ellipsis=self.symbols.ellipsis)

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """One row: the cursor, its mark, its cells."""
        row = self._list.shown[index]
        layout = self.arrangement(width)
        at_cursor = self.is_at_cursor(index)
        marked = self.key_of(row) in self._marks.keys or index in self._marks.range_to(self._cursor)
        look = self.cursor_look if at_cursor else ""
        parts = [
            (self.symbols.cursor if at_cursor else " ", look or "text"),
            (self.symbols.mark + " " if marked else "  ", look or "accent"),
        ]
        gap = " " * layout.gap
        for column, cells in layout.widths:
            text, own = self.cell_of(row, column, cells)
            fitted = fit(text, cells, right=column in self.RIGHT, ellipsis=self.symbols.ellipsis)
            parts += [(fitted, look or own), (gap, look or own)]
        return self.strip(parts, width, rest=look or parts[-1][1])

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape belongs to the table only while a range is being drawn."""
        return self._marks.anchor is not None if action == "leave_range" else True

    def on_row_chosen(self) -> None:
        """Open the row under the cursor."""
        self.action_choose()

    def on_mark_clicked(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        if (row := self.cursor_row) is not None:
            self._marks.toggle(self.key_of(row))
            self.say_marks()
            self.repaint_rows((self.cursor,))

    def find_match(self, places: range) -> int | None:
        """The first of these rows that the last query lets through."""
        if self._last_query is None:
            raise LookupError
        return self._list.first_match(self._last_query, places)

    def on_header_clicked(self, x: int) -> None:
        """Sort by the column that was clicked."""
        column = self.arrangement(self.size.width).column_at(x)
        if column is not None:
            self.sort_by(column)

    def action_choose(self) -> None:
        """Open the row under the cursor, or the one of the number typed before."""
        if (count := self.take_count()) is not None:
            self.move_to(count - 1)
        if (row := self.cursor_row) is not None:
            self.say_chosen(row)

    def action_mark(self) -> None:
        """Mark the row under the cursor and go on to the next; end a range where one is being drawn."""
        if self._marks.anchor is not None:
            self.action_mark_range()
        elif self.cursor_row is not None:
            self.on_mark_clicked()
            self.move_to(self.cursor + 1)

    def action_mark_range(self) -> None:
        """Begin a range at the cursor, or mark all from its beginning to the cursor."""
        if not self._list.shown:
            return
        if self._marks.anchor is None:
            self._marks.anchor = self.cursor
            self.repaint_rows((self.cursor,))
        else:
            self._marks.keys.update(self.key_of(self._list.shown[index]) for index in self._marks.range_to(self.cursor))
            self._marks.anchor = None
            self.say_marks()
        self.refresh_bindings()

    def action_leave_range(self) -> None:
        """Give up the range being drawn."""
        self._marks.anchor = None
        self.repaint()
        self.refresh_bindings()

    def action_mark_all(self) -> None:
        """Mark all rows shown, or take all their marks away."""
        self._marks.anchor = None
        self._marks.toggle_all(self.key_of(row) for row in self._list.shown)
        self.say_marks()
        self.repaint()

    def action_sort_next(self) -> None:
        """Sort by the column to the right of the one sorted by."""
        columns = [column for column, _cells in self.arrangement(self.size.width).widths]
        current = columns.index(self._list.sorting[0]) if self._list.sorting[0] in columns else -1
        self.sort_by(columns[(current + 1) % len(columns)])

    def action_sort_reverse(self) -> None:
        """Sort by the same column the other way."""
        self.sort_by(self._list.sorting[0])

    def action_toggle_absolute(self) -> None:
        """Show dates and times instead of ages, or ages again."""
        self.absolute_times = not self._times.absolute
