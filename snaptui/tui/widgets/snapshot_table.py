"""The versions table: one line a snapshot, quick at a hundred thousand of them and quiet on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import BindingType

from snaptui.i18n import N_, _
from snaptui.models import SnapshotKey
from snaptui.tui.bindings import binding
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cells import NO_COPY, LocalOf
from snaptui.tui.widgets.columns import RIGHT, Column, Layout, choose_layout
from snaptui.tui.widgets.ordering import VersionList, find_row
from snaptui.tui.widgets.sorted_table import SortedTable
from snaptui.tui.widgets.table_keys import TABLE_KEYS
from snaptui.tui.widgets.table_messages import Chosen, Highlighted, MarksChanged
from snaptui.tui.widgets.times import Times
from snaptui.tui.widgets.version_cells import TITLES, VersionCells

if TYPE_CHECKING:
    from snaptui.catalog import VersionRow

_LONGEST_APP_NAME = 24


class SnapshotTable(SortedTable["VersionRow", SnapshotKey, Column]):
    """Versions, newest first until sorted otherwise.

    ``local_of`` says what is on this machine of a version and is called for the lines in view only (for all when
    sorting by that column). ``now`` is what ages are counted from, until ``refresh_ages`` gives another.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("enter", "choose", N_("open"), id="table-choose", show=False, tooltip=N_("Download this version")),
        *TABLE_KEYS,
    ]
    RIGHT = RIGHT

    Highlighted = Highlighted
    Chosen = Chosen
    MarksChanged = MarksChanged

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
        times = Times(symbols, now, zone)
        super().__init__(VersionList(local_of), times, name=name, id=id, classes=classes)
        self._cells = VersionCells(symbols, times, local_of)
        self._show_app_column = show_app_column
        self._app_cells: int | None = None

    @property
    def show_app_column(self) -> bool:
        """Whether each line names its app."""
        return self._show_app_column

    @show_app_column.setter
    def show_app_column(self, shown: bool) -> None:
        if shown != self._show_app_column:
            self._show_app_column = shown
            self.rearrange()

    def set_rows(self, rows: Sequence[VersionRow], *, keep: bool = True) -> None:
        """Show these rows, given newest first."""
        self._app_cells = None
        super().set_rows(rows, keep=keep)

    def refresh_key(self, key: SnapshotKey) -> None:
        """Draw one version anew, where it is in view: its local copy changed."""
        top = self.top
        for index, row in enumerate(self.shown_rows[top : top + self.page], top):
            if row.snapshot.version == key.version and row.snapshot.app_id == key.app_id:
                self.repaint_rows((index,))

    # What is this table's own

    def key_of(self, row: VersionRow) -> SnapshotKey:
        """The app and the version."""
        return row.snapshot.key

    def index_of(self, key: SnapshotKey) -> int | None:
        """Where a version stands."""
        return find_row(self.shown_rows, *key, self.cursor)

    def arrange_columns(self, width: int) -> Layout:
        """The columns that fit, the app's only where it is shown."""
        if self._app_cells is None and self._show_app_column:
            longest = max((cell_len(name) for name in {row.app_name for row in self._list.rows}), default=0)
            self._app_cells = max(cell_len(_(TITLES[Column.APP])) + 2, min(longest, _LONGEST_APP_NAME))
        taken, short = self._times.cells
        app = self._app_cells if self._show_app_column else None
        self._columns = choose_layout(width, taken=taken, short=short, app=app)
        return self._columns

    def title_of(self, column: Column) -> str:
        """A column's title."""
        return _(TITLES[column])

    def cell_of(self, row: VersionRow, column: Column, cells: int) -> tuple[str, str]:
        """What stands in a cell."""
        return self._cells.cell(row, column, cells, self._columns)

    def say_highlighted(self, row: VersionRow | None) -> None:
        """Another version is under the cursor, or none."""
        self.post_message(Highlighted(self, row))

    def say_chosen(self, row: VersionRow) -> None:
        """A version was opened."""
        self.post_message(Chosen(self, row))

    def say_marks(self) -> None:
        """Other versions are marked."""
        self.post_message(MarksChanged(self, self.marked))
