"""What each column of the versions table says about a version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from rich.cells import cell_len

from snaptui import formatting
from snaptui.i18n import N_, _
from snaptui.models import SnapshotKey
from snaptui.tui.symbols import Symbols
from snaptui.tui.widgets.cells import LOCAL_LOOK, LocalCell, local_sign, local_text, shrank_by_half
from snaptui.tui.widgets.columns import RIGHT, SIGN_CELLS, Column, Layout
from snaptui.tui.widgets.lines import fit

if TYPE_CHECKING:
    from snaptui.catalog import VersionRow

LocalOf = Callable[[SnapshotKey], LocalCell]

TITLES = {
    Column.VERSION: N_("Version"),
    Column.APP: N_("App"),
    Column.TAKEN: N_("Taken"),
    Column.SIZE: N_("Size"),
    Column.CHANGE: N_("Change"),
    Column.LOCAL: N_("Local"),
}
_TAKEN_CELLS = 18
_SHORT_AGE_CELLS = 7
_ABSOLUTE_CELLS = 29
_SHORT_ABSOLUTE_CELLS = 16


class VersionCells:
    """Writes cells: ages counted from ``now``, or local dates and times where ``absolute``."""

    def __init__(self, symbols: Symbols, now: datetime, zone: tzinfo, local_of: LocalOf) -> None:
        self.symbols, self.now, self.zone, self.local_of = symbols, now, zone, local_of
        self.absolute = False

    @property
    def taken_cells(self) -> tuple[int, int]:
        """How many cells the long and the short form of the time need."""
        return (_ABSOLUTE_CELLS, _SHORT_ABSOLUTE_CELLS) if self.absolute else (_TAKEN_CELLS, _SHORT_AGE_CELLS)

    def title(self, column: Column, cells: int, *, reverse: bool | None) -> str:
        """A column's title in ``cells`` cells; an arrow beside it where it is sorted by (``reverse`` is not None)."""
        title = self.symbols.plain(_(TITLES[column]))
        if reverse is not None:
            arrow = self.symbols.descending if reverse else self.symbols.ascending
            # The blank before the arrow is the first to go: a cut title says less.
            blank = " " if cell_len(title) + 2 <= cells else ""
            title = f"{fit(title, min(cell_len(title), max(1, cells - 1)), ellipsis='')}{blank}{arrow}"
        return fit(title, cells, right=column in RIGHT, ellipsis=self.symbols.ellipsis)

    def cell(self, row: VersionRow, column: Column, cells: int, layout: Layout) -> tuple[str, str]:
        """A cell's text in ``cells`` cells, and the look it has where the cursor is elsewhere."""
        text, look = self._cell(row, column, cells, layout)
        return fit(text, cells, right=column in RIGHT, ellipsis=self.symbols.ellipsis), look

    def _cell(self, row: VersionRow, column: Column, cells: int, layout: Layout) -> tuple[str, str]:
        snapshot, symbols = row.snapshot, self.symbols
        if column is Column.VERSION:
            return snapshot.version, "text"
        if column is Column.APP:
            return symbols.plain(row.app_name), "text"
        if column is Column.TAKEN:
            return symbols.plain(self._taken(snapshot.taken_at, short=layout.short_age)), "text"
        if column is Column.SIZE:
            return symbols.plain(formatting.size(snapshot.size_bytes)), "text"
        if column is Column.CHANGE:
            return self._change(row, layout)
        local = self.local_of(snapshot.key)
        look = LOCAL_LOOK[local.state]
        if cells <= SIGN_CELLS:
            return local_sign(local, symbols), look
        return symbols.plain(local_text(local, symbols, with_bar=layout.bar)), look

    def _change(self, row: VersionRow, layout: Layout) -> tuple[str, str]:
        change = self.symbols.plain(formatting.delta(row.change_bytes))
        shrank = shrank_by_half(row.snapshot.size_bytes, row.change_bytes)
        flag = self.symbols.shrank if shrank else " "
        return f"{change}{' ' if layout.gap > 1 else ''}{flag}", "bad" if shrank else "muted"

    def _taken(self, when: datetime | None, *, short: bool) -> str:
        if not self.absolute:
            return formatting.short_age(when, self.now) if short else formatting.taken(when, self.now, self.zone)
        if short and when is not None:
            return formatting.moment(when.astimezone(self.zone))
        return formatting.absolute(when, self.zone)
