"""Rows of a table: as they were given, sorted, and what the filter lets through of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from snaptui.query import Query

Row = TypeVar("Row")
Col = TypeVar("Col", bound=StrEnum)
Value = float | str

_PORTION = 2_000


def sorted_by(rows: Sequence[Row], value_of: Callable[[Row], Value | None], *, reverse: bool) -> list[Row]:
    """Rows by one value; equal ones stay as they came, and those whose value is unknown come last either way."""
    values = [value_of(row) for row in rows]
    known = [index for index, value in enumerate(values) if value is not None]
    known.sort(key=values.__getitem__, reverse=reverse)  # type: ignore[arg-type]
    ordered = [rows[index] for index in known]
    if len(ordered) < len(rows):
        ordered += [row for row, value in zip(rows, values, strict=True) if value is None]
    return ordered


class RowList(Generic[Row, Col]):
    """``sorting`` is a column and whether from its large end; ``large_first`` are columns looked at from there first.

    A subclass sorts (``in_order``) and filters (``selected``).
    """

    def __init__(self, sorting: tuple[Col, bool], large_first: frozenset[Col]) -> None:
        self.rows: Sequence[Row] = ()
        self.ordered: Sequence[Row] = ()
        self.shown: Sequence[Row] = ()
        self.sorting = sorting
        self.query: Query | None = None
        self._large_first = large_first

    def in_order(self, rows: Sequence[Row], column: Col, *, reverse: bool) -> Sequence[Row]:
        """The rows by a column."""
        raise NotImplementedError

    def selected(self, rows: Sequence[Row], query: Query) -> Sequence[Row]:
        """The rows that the query lets through, in their order."""
        raise NotImplementedError

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Take other rows."""
        self.rows = rows
        self._sort()

    def set_query(self, query: Query | None) -> None:
        """Filter otherwise."""
        self.query = query
        self._filter()

    def sort_by(self, column: Col, reverse: bool | None) -> bool:
        """Sort by a column; say whether that is another order.

        Without ``reverse`` from the column's useful end, or the other way where it is the one sorted by already.
        """
        before = self.sorting
        if reverse is None:
            reverse = not before[1] if before[0] is column else column in self._large_first
        self.sorting = (column, reverse)
        if self.sorting == before:
            return False
        self._sort()
        return True

    def first_match(self, query: Query, places: range) -> int | None:
        """The first of these shown rows that a query lets through; looked for in portions, for it is mostly near."""
        for start in range(0, len(places), _PORTION):
            portion = places[start : start + _PORTION]
            found = self.selected([self.shown[index] for index in portion], query)
            if found:
                return next(index for index in portion if self.shown[index] is found[0])
        return None

    def _sort(self) -> None:
        column, reverse = self.sorting
        self.ordered = self.in_order(self.rows, column, reverse=reverse)
        self._filter()

    def _filter(self) -> None:
        self.shown = self.selected(self.ordered, self.query) if self.query else self.ordered
