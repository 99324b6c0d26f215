"""Sorting and filtering rows of versions: a hundred thousand of them between two key presses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from snaptui.tui.widgets.cells import local_rank
from snaptui.tui.widgets.columns import Column

if TYPE_CHECKING:
    from snaptui.catalog import VersionRow
    from snaptui.query import Narrowing, Query
    from snaptui.tui.widgets.version_cells import LocalOf

NEWEST_FIRST = (Column.TAKEN, True)
"""The order rows come in; it costs nothing."""

FIRST_REVERSED = frozenset({Column.VERSION, Column.TAKEN, Column.SIZE, Column.CHANGE, Column.LOCAL})
"""Columns whose large end is looked for first."""

_PORTION = 2_000

Value = float | str


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


def sort_rows(rows: Sequence[VersionRow], column: Column, *, reverse: bool, local_of: LocalOf) -> Sequence[VersionRow]:
    """Rows by one column; equal ones stay as they came, and those whose value is unknown come last either way."""
    if (column, reverse) == NEWEST_FIRST:
        return rows
    value_of = _value_of(column, local_of)
    values = [value_of(row) for row in rows]
    known = [index for index, value in enumerate(values) if value is not None]
    known.sort(key=values.__getitem__, reverse=reverse)  # type: ignore[arg-type]
    ordered = [rows[index] for index in known]
    if len(ordered) < len(rows):
        ordered += [row for row, value in zip(rows, values, strict=True) if value is None]
    return ordered


def find_row(rows: Sequence[VersionRow], app_id: str, version: str, near: int) -> int | None:
    """Where a version stands; looked for from ``near``, since rows seldom move far."""
    for start, stop in ((max(0, near - 64), near + 64), (0, len(rows))):
        for index, row in enumerate(rows[start:stop], start):
            snapshot = row.snapshot
            if snapshot.version == version and snapshot.app_id == app_id:
                return index
    return None


class VersionList:
    """Rows as they were given (newest first), sorted, and what the filter lets through of them."""

    def __init__(self, local_of: LocalOf) -> None:
        self.local_of = local_of
        self.rows: Sequence[VersionRow] = ()
        self.ordered: Sequence[VersionRow] = ()
        self.shown: Sequence[VersionRow] = ()
        self.sorting = NEWEST_FIRST
        self.query: Query | None = None
        self._narrowing: Narrowing | None = None

    def set_rows(self, rows: Sequence[VersionRow]) -> None:
        """Take other rows."""
        self.rows = rows
        self._sort()

    def set_query(self, query: Query | None) -> None:
        """Filter otherwise."""
        self.query = query
        self._filter()

    def sort_by(self, column: Column, reverse: bool | None) -> bool:
        """Sort by a column; say whether that is another order.

        Without ``reverse`` from the column's useful end, or the other way where it is the one sorted by already.
        """
        before = self.sorting
        if reverse is None:
            reverse = not before[1] if before[0] is column else column in FIRST_REVERSED
        self.sorting = (column, reverse)
        if self.sorting == before:
            return False
        self._sort()
        return True

    def first_match(self, query: Query, places: range) -> int | None:
        """The first of these shown rows that a query lets through; looked for in portions, for it is mostly near."""
        for start in range(0, len(places), _PORTION):
            portion = places[start : start + _PORTION]
            found = query.select([self.shown[index] for index in portion], self.local_of)
            if found:
                return next(index for index in portion if self.shown[index] is found[0])
        return None

    def _sort(self) -> None:
        column, reverse = self.sorting
        self.ordered = sort_rows(self.rows, column, reverse=reverse, local_of=self.local_of)
        self._filter()

    def _filter(self) -> None:
        if not self.query:
            self.shown = self.ordered
            return
        if self._narrowing is None:
            from snaptui.query import Narrowing

            self._narrowing = Narrowing()
        self.shown = self._narrowing.select(self.ordered, self.query, self.local_of)
