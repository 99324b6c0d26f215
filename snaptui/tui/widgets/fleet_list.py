"""Sorting and filtering rows of apps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from snaptui.fleet import FleetRow, by_gravity
from snaptui.folding import folded
from snaptui.models import Snapshot
from snaptui.rows import VersionRow
from snaptui.tui.widgets.cells import LocalOf
from snaptui.tui.widgets.fleet_columns import FleetColumn
from snaptui.tui.widgets.row_list import RowList, Value, sorted_by
from snaptui.tui.widgets.states import state_word

if TYPE_CHECKING:
    from snaptui.query import Query

GRAVEST_FIRST = (FleetColumn.FLAGS, True)

_LARGE_FIRST = frozenset(set(FleetColumn) - {FleetColumn.APP, FleetColumn.STATE})


def growth(row: FleetRow) -> int | None:
    """How many bytes the newest snapshot drawn has more than the oldest; None where there are no two known sizes."""
    known = [size for size in row.sizes if size is not None]
    return known[-1] - known[0] if len(known) > 1 else None


def _value_of(column: FleetColumn) -> Callable[[FleetRow], Value | None]:
    if column is FleetColumn.APP:
        return lambda row: folded(row.app.name)
    if column is FleetColumn.STATE:
        return lambda row: 3 if row.app.deleted else 2 if row.app.online is None else 1 if row.app.online else 0
    if column is FleetColumn.COUNT:
        return lambda row: row.count
    if column is FleetColumn.SIZE:
        return lambda row: row.known_bytes if row.known_bytes or row.total_bytes is not None else None
    if column is FleetColumn.SPARK:
        return growth
    return lambda row: None if row.age is None else -row.age.total_seconds()


class FleetList(RowList[FleetRow, FleetColumn]):
    """Apps, what deserves a look first."""

    def __init__(self, local_of: LocalOf) -> None:
        super().__init__(GRAVEST_FIRST, _LARGE_FIRST)
        self._local_of = local_of

    def in_order(self, rows: Sequence[FleetRow], column: FleetColumn, *, reverse: bool) -> Sequence[FleetRow]:
        """The rows by a column; by their flags, the gravest first or last."""
        if column is FleetColumn.FLAGS:
            ordered = by_gravity(rows)
            return ordered if reverse else ordered[::-1]
        return sorted_by(rows, _value_of(column), reverse=reverse)

    def selected(self, rows: Sequence[FleetRow], query: Query) -> Sequence[FleetRow]:
        """The rows that the query lets through.

        It looks at the newest snapshot of each, but at the size of all; words are looked for in everything a line
        says of an app, its state and its flags too.
        """
        if not query:
            return rows
        fitting = {row.snapshot.app_id for row in query.select([_stand_in(row) for row in rows], self._local_of)}
        return [row for row in rows if row.app.id in fitting]


def _stand_in(row: FleetRow) -> VersionRow:
    newest = row.newest
    said = " ".join((row.app.name, state_word(row.app), *(flag.label for flag in row.flags)))
    version, taken_at = (newest.version, newest.taken_at) if newest is not None else ("", None)
    return VersionRow(Snapshot(row.app.id, version, taken_at, row.total_bytes), said, None)
