"""The account's apps beside one another: how fresh, how many, how large, and what deserves a look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from snaptui.i18n import _
from snaptui.models import App, Snapshot

if TYPE_CHECKING:
    from snaptui.catalog import Catalog
    from snaptui.rows import AppRow, VersionRow

SIZES_SHOWN = 30


class Flag(StrEnum):
    """Why an app deserves a look, what matters most first."""

    NEVER = "never"
    STALE = "stale"
    SHRANK = "shrank"
    DELETED = "deleted"

    @property
    def label(self) -> str:
        """The flag in a person's words."""
        return {
            Flag.NEVER: _("never backed up"),
            Flag.STALE: _("stale"),
            Flag.SHRANK: _("shrank"),
            Flag.DELETED: _("deleted app"),
        }[self]

    @property
    def word(self) -> str:
        """The flag in one word, for where there is little room."""
        return {
            Flag.NEVER: _("never"),
            Flag.STALE: _("stale"),
            Flag.SHRANK: _("shrank"),
            Flag.DELETED: _("deleted"),
        }[self]


_GRAVITY = {flag: place for place, flag in enumerate(Flag)}


class FleetRow(NamedTuple):
    """One app's facts. ``age`` is the newest snapshot's, None when there is none or its time is unknown.

    ``sizes`` are those of the last snapshots, oldest first, None where unknown. ``total_bytes`` is None as soon as
    one size is unknown. ``flags`` come with the gravest first.
    """

    app: App
    count: int  # type: ignore[assignment]  # not the method of tuples
    newest: Snapshot | None
    age: timedelta | None
    total_bytes: int | None
    sizes: tuple[int | None, ...]
    flags: tuple[Flag, ...]
    owned: bool | None
    known_bytes: int

    @property
    def needs_snapshot(self) -> bool:
        """Whether a new snapshot is due and can be taken: stale or never, and an app that is there and not others'."""
        due = Flag.STALE in self.flags or Flag.NEVER in self.flags
        return due and not self.app.deleted and self.owned is not False


class FleetSummary(NamedTuple):
    """All apps together; ``total_bytes`` is None as soon as one size is unknown."""

    apps: int
    snapshots: int
    newest: Snapshot | None
    total_bytes: int | None
    known_bytes: int
    flags: dict[Flag, int]


def shrank_by_half(size_bytes: int | None, change_bytes: int | None) -> bool:
    """Whether a version is at most half as large as the one before it; unknown sizes shrink nothing."""
    if size_bytes is None or change_bytes is None or change_bytes >= 0:
        return False
    return size_bytes * 2 <= size_bytes - change_bytes


def fleet(catalog: Catalog, now: datetime, stale_after: timedelta) -> tuple[FleetRow, ...]:
    """Return a row for every app, in the catalog's order.

    An app counts as never backed up only once its listing is known to the end.
    """
    return tuple(_row(row, catalog.rows(row.app.id), now, stale_after) for row in catalog.apps())


def by_gravity(rows: Iterable[FleetRow]) -> list[FleetRow]:
    """Return what deserves a look first, the oldest first among equals; what is deleted, last."""

    def place(row: FleetRow) -> tuple[bool, int, float]:
        gravest = _GRAVITY[row.flags[0]] if row.flags else len(_GRAVITY)
        return row.app.deleted, gravest, -row.age.total_seconds() if row.age is not None else 0.0

    return sorted(rows, key=place)


def due(rows: Iterable[FleetRow]) -> list[FleetRow]:
    """Return the apps that a snapshot of all stale apps would take, those never backed up first, then by age."""
    return by_gravity(row for row in rows if row.needs_snapshot)


def summary(rows: Sequence[FleetRow]) -> FleetSummary:
    """Add the rows up."""
    newest = max(
        (row.newest for row in rows if row.newest is not None and row.newest.taken_at is not None),
        key=lambda snapshot: snapshot.taken_at.timestamp() if snapshot.taken_at is not None else 0.0,
        default=None,
    )
    totals = [row.total_bytes for row in rows]
    known = sum(row.known_bytes for row in rows)
    counts = {flag: sum(flag in row.flags for row in rows) for flag in Flag}
    return FleetSummary(
        len(rows), sum(row.count for row in rows), newest, None if None in totals else known, known, counts
    )


def _row(row: AppRow, versions: Sequence[VersionRow], now: datetime, stale_after: timedelta) -> FleetRow:
    taken = row.newest.taken_at if row.newest is not None else None
    age = now - taken if taken is not None else None
    flags: list[Flag] = []
    if row.count == 0 and row.whole and not row.app.deleted:
        flags.append(Flag.NEVER)
    if age is not None and age > stale_after and not row.app.deleted:
        flags.append(Flag.STALE)
    if versions and shrank_by_half(versions[0].snapshot.size_bytes, versions[0].change_bytes):
        flags.append(Flag.SHRANK)
    if row.app.deleted:
        flags.append(Flag.DELETED)
    sizes = tuple(version.snapshot.size_bytes for version in reversed(versions[:SIZES_SHOWN]))
    return FleetRow(
        row.app, row.count, row.newest, age, row.total_bytes, sizes, tuple(flags), row.owned, row.known_bytes
    )
