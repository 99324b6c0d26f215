"""Sorting and filtering rows of versions: a hundred thousand of them between two key presses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from snaptui.tui.widgets.cells import LocalOf, local_rank
from snaptui.tui.widgets.columns import Column
from snaptui.tui.widgets.row_list import RowList, Value, sorted_by

if TYPE_CHECKING:
    from snaptui.catalog import VersionRow
    from snaptui.query import Narrowing, Query

NEWEST_FIRST = (Column.TAKEN, True)
"""The order rows come in; it costs nothing."""

FIRST_REVERSED = frozenset({Column.VERSION, Column.TAKEN, Column.SIZE, Column.CHANGE, Column.LOCAL})
"""Columns whose large end is looked for first."""


def _value_of(column: Column, local_of: LocalOf) -> Callable[[VersionRow], Value | None]:
    if column is Column.VERSION:
        return lambda row: row.snapshot.version
    if column is Column.APP:
        names: dict[str, str] = {}
        return lambda row: names.get(row.app_name) or names.setdefault(row.app_name, row.app_name.casefold())
    if column is Column.SIZE:
        return lambda row: row.snapshot.size_bytes
    if column is Column.CHANGE:
        return lambda row: row.change_bytes
    if column is Column.LOCAL:
        return lambda row: local_rank(local_of(row.snapshot.key))
    return lambda row: None if row.snapshot.taken_at is None else row.snapshot.taken_at.timestamp()


def find_row(rows: Sequence[VersionRow], app_id: str, version: str, near: int) -> int | None:
    """Where a version stands; looked for from ``near``, since rows seldom move far."""
    for start, stop in ((max(0, near - 64), near + 64), (0, len(rows))):
        for index, row in enumerate(rows[start:stop], start):
            snapshot = row.snapshot
            if snapshot.version == version and snapshot.app_id == app_id:
                return index
    return None


class VersionList(RowList["VersionRow", Column]):
    """Versions, given newest first."""

    def __init__(self, local_of: LocalOf) -> None:
        super().__init__(NEWEST_FIRST, FIRST_REVERSED)
        self.local_of = local_of
        self._narrowing: Narrowing | None = None

    def in_order(self, rows: Sequence[VersionRow], column: Column, *, reverse: bool) -> Sequence[VersionRow]:
        """The rows by a column; in the order they came in, the rows themselves."""
        if (column, reverse) == NEWEST_FIRST:
            return rows
        return sorted_by(rows, _value_of(column, self.local_of), reverse=reverse)

    def selected(self, rows: Sequence[VersionRow], query: Query) -> Sequence[VersionRow]:
        """The rows that the query lets through, looking at no more of them than a longer query needs."""
        if self._narrowing is None:
            from snaptui.query import Narrowing

            self._narrowing = Narrowing()
        return self._narrowing.select(rows, query, self.local_of)
