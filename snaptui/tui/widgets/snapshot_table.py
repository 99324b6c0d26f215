"""The versions table: one line a snapshot, quick at a hundred thousand of them and quiet on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.strip import Strip

from snaptui.i18n import _
from snaptui.models import SnapshotKey
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cells import NO_COPY
from snaptui.tui.widgets.columns import GUTTER, Column, Layout, choose_layout
from snaptui.tui.widgets.cursor_list import CursorList
from snaptui.tui.widgets.ordering import VersionList, find_row
from snaptui.tui.widgets.selection import Marks
from snaptui.tui.widgets.table_keys import TABLE_KEYS
from snaptui.tui.widgets.table_messages import Chosen, Highlighted, MarksChanged, SortChanged
from snaptui.tui.widgets.version_cells import TITLES, LocalOf, VersionCells

if TYPE_CHECKING:
    from snaptui.catalog import VersionRow
    from snaptui.query import Query

_LONGEST_APP_NAME = 24


class SnapshotTable(CursorList):
    """Versions, newest first until sorted otherwise. It takes rows and posts messages; it asks nobody anything.

    ``local_of`` says what is on this machine of a version and is called for the lines in view only (for all when
    sorting by that column). ``now`` is what ages are counted from, until ``refresh_ages`` gives another.
    """

    HEADER_LINES = 1
    DEFAULT_CSS = """
    SnapshotTable {
        width: 1fr;
        height: 1fr;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*TABLE_KEYS]

    Highlighted = Highlighted
    Chosen = Chosen
    MarksChanged = MarksChanged
    SortChanged = SortChanged

    def __init__(
        self,
        *,
        now: datetime,
        zone: tzinfo,
        local_of: LocalOf = lambda key: NO_COPY,
        show_app_column: bool = False,
        symbols: Symbols = UNICODE,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self._cells = VersionCells(symbols, now, zone, local_of)
        self._show_app_column = show_app_column
        self._versions = VersionList(local_of)
        self._marks = Marks()
        self._highlighted: SnapshotKey | None = None
        self._layout_for: tuple[int, Layout] | None = None
        self._app_cells: int | None = None

    # What it shows

    @property
    def row_count(self) -> int:
        """How many rows the filter lets through."""
        return len(self._versions.shown)

    @property
    def shown_rows(self) -> Sequence[VersionRow]:
        """The rows the filter lets through, in the order they stand."""
        return self._versions.shown

    @property
    def total_rows(self) -> int:
        """How many rows there are, hidden ones included."""
        return len(self._versions.rows)

    @property
    def cursor_row(self) -> VersionRow | None:
        """The version under the cursor; None in an empty table."""
        return self._versions.shown[self.cursor] if self._versions.shown else None

    @property
    def marked(self) -> frozenset[SnapshotKey]:
        """The marked versions, those that the filter hides included."""
        return frozenset(self._marks.keys)

    @property
    def marked_rows(self) -> list[VersionRow]:
        """The rows that are marked, in the order they stand, hidden ones included."""
        keys = self._marks.keys
        return [row for row in self._versions.ordered if row.key in keys] if keys else []

    @property
    def sorting(self) -> tuple[Column, bool]:
        """The column rows are sorted by, and whether from the large end."""
        return self._versions.sorting

    @property
    def filter_query(self) -> Query | None:
        """What filters the rows; None or an empty query where nothing does."""
        return self._versions.query

    @property
    def show_app_column(self) -> bool:
        """Whether each line names its app."""
        return self._show_app_column

    @show_app_column.setter
    def show_app_column(self, shown: bool) -> None:
        if shown != self._show_app_column:
            self._show_app_column = shown
            self._relayout()

    @property
    def absolute_times(self) -> bool:
        """Whether local dates and times are shown instead of ages."""
        return self._cells.absolute

    @absolute_times.setter
    def absolute_times(self, absolute: bool) -> None:
        if absolute != self._cells.absolute:
            self._cells.absolute = absolute
            self._relayout()

    # What it is told

    def set_rows(self, rows: Sequence[VersionRow], *, keep: bool = True) -> None:
        """Show these rows, given newest first.

        ``keep`` leaves the highlighted version under the cursor and at its place on the screen; otherwise the
        cursor goes to the first row. Marks of versions that are no longer there are dropped.
        """
        self._app_cells = None
        self._layout_for = None
        if self._marks.keys and self._marks.keep_only(row.key for row in rows):
            self._say_marks()
        self._versions.set_rows(rows)
        self._show(keep=keep)

    def set_query(self, query: Query | None) -> None:
        """Show only what the query lets through; the highlighted version stays so where it is shown."""
        self._versions.set_query(query)
        self._show(keep=True)

    def sort_by(self, column: Column, reverse: bool | None = None) -> None:
        """Sort by a column: from its useful end, or the other way where it is the one sorted by already."""
        if self._versions.sort_by(column, reverse):
            self._show(keep=True)
            self.post_message(SortChanged(self, *self._versions.sorting))

    def highlight(self, key: SnapshotKey) -> bool:
        """Put the cursor on a version; False where it is not shown."""
        index = find_row(self._versions.shown, *key, self.cursor)
        if index is not None:
            self.move_to(index)
        return index is not None

    def refresh_key(self, key: SnapshotKey) -> None:
        """Draw one version anew, where it is in view: its local copy changed."""
        top = self.top
        for index, row in enumerate(self._versions.shown[top : top + self.page], top):
            if row.snapshot.version == key.version and row.snapshot.app_id == key.app_id:
                self.repaint_rows((index,))

    def refresh_local(self) -> None:
        """Draw every line in view anew whose local copy changed."""
        self.repaint()

    def refresh_ages(self, now: datetime) -> None:
        """Count ages from ``now``; only lines that read otherwise are sent."""
        self._cells.now = now
        self.repaint()

    def clear_marks(self) -> None:
        """Take all marks away."""
        if self._marks.keys:
            self._marks.keys.clear()
            self._say_marks()
            self.repaint()

    def _show(self, *, keep: bool) -> None:
        shown = self._versions.shown
        held = self._highlighted if keep else None
        offset, was_at_top, cursor = self._cursor - self._top, self._top == 0, self._cursor
        self._marks.anchor = None
        found = None if held is None else find_row(shown, held.app_id, held.version, cursor)
        if found is not None:
            self._cursor = found
            self._top = 0 if was_at_top else found - offset
        else:
            self._cursor = max(0, min(cursor, len(shown) - 1)) if keep else 0
            self._top = self._top if keep else 0
        self._reveal()
        self.repaint()
        self.on_cursor_moved()

    def on_cursor_moved(self) -> None:
        """Tell which version is under the cursor, where it is another."""
        row = self.cursor_row
        key = None if row is None else row.key
        if self._marks.anchor is not None:
            self.repaint()
        if key != self._highlighted:
            self._highlighted = key
            self.post_message(Highlighted(self, row))

    # Drawing

    def _relayout(self) -> None:
        self._layout_for = None
        self.repaint()

    def _columns(self, width: int) -> Layout:
        if self._layout_for is None or self._layout_for[0] != width:
            if self._app_cells is None and self._show_app_column:
                longest = max((cell_len(name) for name in {row.app_name for row in self._versions.rows}), default=0)
                self._app_cells = max(cell_len(_(TITLES[Column.APP])) + 2, min(longest, _LONGEST_APP_NAME))
            taken, short = self._cells.taken_cells
            app = self._app_cells if self._show_app_column else None
            self._layout_for = (width, choose_layout(width, taken=taken, short=short, app=app))
        return self._layout_for[1]

    def draw_header(self, line: int, width: int) -> Strip:
        """The titles; an arrow stands beside the one that is sorted by."""
        layout = self._columns(width)
        parts = [" " * GUTTER]
        for column, cells in layout.widths:
            reverse = self._versions.sorting[1] if column is self._versions.sorting[0] else None
            parts += [self._cells.title(column, cells, reverse=reverse), " " * layout.gap]
        return self.strip([("".join(parts), "header")], width, rest="header")

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """One version."""
        row = self._versions.shown[index]
        layout = self._columns(width)
        at_cursor = self.is_at_cursor(index)
        marked = row.key in self._marks.keys or index in self._marks.range_to(self._cursor)
        look = self.cursor_look if at_cursor else ""
        parts = [
            (self.symbols.cursor if at_cursor else " ", look or "text"),
            (self.symbols.mark + " " if marked else "  ", look or "accent"),
        ]
        gap = " " * layout.gap
        for column, cells in layout.widths:
            text, own = self._cells.cell(row, column, cells, layout)
            parts += [(text, look or own), (gap, look or own)]
        return self.strip(parts, width, rest=look or parts[-1][1])

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape belongs to the table only while a range is being drawn."""
        return self._marks.anchor is not None if action == "leave_range" else True

    def _say_marks(self) -> None:
        self.post_message(MarksChanged(self, self.marked))

    def on_row_chosen(self) -> None:
        """Open the version under the cursor."""
        self.action_choose()

    def on_header_clicked(self, x: int) -> None:
        """Sort by the column that was clicked."""
        column = self._columns(self.size.width).column_at(x)
        if column is not None:
            self.sort_by(column)

    def action_choose(self) -> None:
        """Open the version under the cursor."""
        if (row := self.cursor_row) is not None:
            self.post_message(Chosen(self, row))

    def action_mark(self) -> None:
        """Mark the version under the cursor and go on to the next; end a range where one is being drawn."""
        if self._marks.anchor is not None:
            self.action_mark_range()
        elif (row := self.cursor_row) is not None:
            self._marks.toggle(row.key)
            self._say_marks()
            self.repaint_rows((self.cursor,))
            self.move_to(self.cursor + 1)

    def action_mark_range(self) -> None:
        """Begin a range at the cursor, or mark all from its beginning to the cursor."""
        if not self._versions.shown:
            return
        if self._marks.anchor is None:
            self._marks.anchor = self.cursor
            self.repaint_rows((self.cursor,))
        else:
            self._marks.keys.update(self._versions.shown[index].key for index in self._marks.range_to(self.cursor))
            self._marks.anchor = None
            self._say_marks()
        self.refresh_bindings()

    def action_leave_range(self) -> None:
        """Give up the range being drawn."""
        self._marks.anchor = None
        self.repaint()
        self.refresh_bindings()

    def action_mark_all(self) -> None:
        """Mark all versions shown, or take all their marks away."""
        self._marks.anchor = None
        self._marks.toggle_all(row.key for row in self._versions.shown)
        self._say_marks()
        self.repaint()

    def action_sort_next(self) -> None:
        """Sort by the column to the right of the one sorted by."""
        columns = [column for column, _cells in self._columns(self.size.width).widths]
        current = columns.index(self._versions.sorting[0]) if self._versions.sorting[0] in columns else -1
        self.sort_by(columns[(current + 1) % len(columns)])

    def action_sort_reverse(self) -> None:
        """Sort by the same column the other way."""
        self.sort_by(self._versions.sorting[0])

    def action_toggle_absolute(self) -> None:
        """Show dates and times instead of ages, or ages again."""
        self.absolute_times = not self._cells.absolute
