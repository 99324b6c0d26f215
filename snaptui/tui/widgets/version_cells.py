"""What each column of the versions table says about a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from snaptui import formatting
from snaptui.fleet import shrank_by_half
from snaptui.i18n import N_
from snaptui.tui.symbols import Symbols
from snaptui.tui.widgets.cells import LOCAL_LOOK, LocalOf, local_sign, local_text
from snaptui.tui.widgets.columns import SIGN_CELLS, Column, Layout
from snaptui.tui.widgets.times import Times

if TYPE_CHECKING:
    from snaptui.catalog import VersionRow

TITLES = {
    Column.VERSION: N_("Version"),
    Column.APP: N_("App"),
    Column.TAKEN: N_("Taken"),
    Column.SIZE: N_("Size"),
    Column.CHANGE: N_("Change"),
    Column.LOCAL: N_("Local"),
}


class VersionCells:
    """Writes cells."""

    def __init__(self, symbols: Symbols, times: Times, local_of: LocalOf) -> None:
        self.symbols, self.times, self.local_of = symbols, times, local_of

    def cell(self, row: VersionRow, column: Column, cells: int, layout: Layout) -> tuple[str, str]:
        """A cell's text, which may be too long for its ``cells``, and the look it has without the cursor."""
        snapshot, symbols = row.snapshot, self.symbols
        if column is Column.VERSION:
            return snapshot.version, "text"
        if column is Column.APP:
            return symbols.plain(row.app_name), "text"
        if column is Column.TAKEN:
            return self.times.text(snapshot.taken_at, short=layout.short_age), "text"
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
