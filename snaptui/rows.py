"""The account's snapshots in order, newest first, kept so while pages of them stream in.

Everything here is in memory and synchronous. A change touches only the rows it concerns; one that concerns many
sorts once. Both ways 100,000 versions stay cheap.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from snaptui.models import App, Snapshot, SnapshotKey

# Smaller is newer: minus the time, minus the version as a number, then what makes it unique.
Order = tuple[float, int, str, str]
# A change of more than this share of a line is sorted in rather than searched in.
_BULK_SHARE = 8


class VersionRow(NamedTuple):
    """One snapshot as the table shows it.

    ``change_bytes`` is its size less that of the version before it of the same app; None for the first, or when
    either size is unknown.
    """

    snapshot: Snapshot
    app_name: str
    change_bytes: int | None

    @property
    def key(self) -> SnapshotKey:
        """The pair that names the snapshot."""
        return self.snapshot.key


class AppRow(NamedTuple):
    """One app as the sidebar shows it.

    ``whole`` says that all of its snapshots are counted; it is False until its listing has been read to the end.
    ``total_bytes`` is None until then, and when one of the sizes is unknown; ``known_bytes`` is the sum of those
    that are known. ``owned`` is None when it isn't known whose app this is.
    """

    app: App
    count: int  # type: ignore[assignment]  # not the method of tuples
    newest: Snapshot | None
    total_bytes: int | None
    owned: bool | None
    known_bytes: int = 0
    whole: bool = True


def order(snapshot: Snapshot) -> Order:
    """Return what newest first sorts by: the time taken, then the version; what has no time comes last."""
    taken = snapshot.taken_at
    return (
        -taken.timestamp() if taken is not None else float("inf"),
        -int(snapshot.version.replace("-", "")),
        snapshot.app_id,
        snapshot.version,
    )


class _Line:
    """Rows in order with their orders beside them."""

    __slots__ = ("_shown", "orders", "rows")

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.rows: list[VersionRow] = []
        self._shown: tuple[VersionRow, ...] | None = ()

    def shown(self) -> tuple[VersionRow, ...]:
        """The rows as they are now, the same tuple until they change."""
        if self._shown is None:
            self._shown = tuple(self.rows)
        return self._shown

    def change(self, gone: Iterable[Order], put: Mapping[Order, VersionRow]) -> None:
        """Take rows out, then put others in or in the place of those with the same order."""
        going = set(gone)
        if (len(going) + len(put)) * _BULK_SHARE > len(self.orders):
            rows = dict(zip(self.orders, self.rows, strict=True))
            for taken in going:
                rows.pop(taken, None)
            rows.update(put)
            self.orders = sorted(rows)
            self.rows = [rows[place] for place in self.orders]
        else:
            for taken in going:
                if (at := self.find(taken)) is not None:
                    del self.orders[at], self.rows[at]
            for place, row in put.items():
                at = bisect_left(self.orders, place)
                if at < len(self.orders) and self.orders[at] == place:
                    self.rows[at] = row
                else:
                    self.orders.insert(at, place)
                    self.rows.insert(at, row)
        self._shown = None

    def fill(self, oldest_first: dict[Order, VersionRow]) -> None:
        """Hold these rows and no others."""
        self.orders = list(reversed(oldest_first))
        self.rows = list(reversed(oldest_first.values()))
        self._shown = None

    def find(self, place: Order) -> int | None:
        """Where the row of this order is, or None."""
        at = bisect_left(self.orders, place)
        return at if at < len(self.orders) and self.orders[at] == place else None


class _AppShelf:
    """One app's snapshots."""

    __slots__ = ("known_bytes", "line", "name", "snapshots", "unsized")

    def __init__(self, name: str) -> None:
        self.name = name
        self.snapshots: dict[str, Snapshot] = {}
        self.line = _Line()
        self.known_bytes = self.unsized = 0

    def change(self, gone: Iterable[str], put: Iterable[Snapshot]) -> tuple[set[Order], dict[Order, VersionRow]]:
        """Drop versions and add or replace snapshots; return the orders that went and the rows that are new."""
        if not self.snapshots:
            return set(), self._fill(put)
        went: set[Order] = set()
        came: dict[Order, Snapshot] = {}
        for version in gone:
            if (old := self.snapshots.pop(version, None)) is not None:
                self._count(old, -1)
                went.add(order(old))
        for snapshot in put:
            old = self.snapshots.get(snapshot.version)
            if old is not None:
                if old == snapshot:
                    continue
                self._count(old, -1)
                went.add(order(old))
            self.snapshots[snapshot.version] = snapshot
            self._count(snapshot, 1)
            came[order(snapshot)] = snapshot
        if not went and not came:
            return set(), {}
        went -= came.keys()
        if (len(went) + len(came)) * _BULK_SHARE > len(self.snapshots):
            return went, self._rebuild_all()
        self.line.change(went, {place: VersionRow(snapshot, self.name, None) for place, snapshot in came.items()})
        return went, self._rebuild_beside([*went, *came])

    def _fill(self, snapshots: Iterable[Snapshot]) -> dict[Order, VersionRow]:
        """Hold these snapshots where there were none: so the cache's come, while the first frame waits."""
        self.snapshots = {snapshot.version: snapshot for snapshot in snapshots}
        for snapshot in self.snapshots.values():
            self._count(snapshot, 1)
        return self._rebuild_all()

    def rename(self, name: str) -> dict[Order, VersionRow]:
        """Give every row the app's new name."""
        self.name = name
        return self._rebuild_all()

    def _rebuild_all(self) -> dict[Order, VersionRow]:
        """Make every row anew, oldest first, so that each knows the size before it."""
        made: dict[Order, VersionRow] = {}
        before: int | None = None
        by_order = {order(snapshot): snapshot for snapshot in self.snapshots.values()}
        for place in sorted(by_order, reverse=True):
            snapshot = by_order[place]
            size = snapshot.size_bytes
            change = size - before if size is not None and before is not None else None
            made[place] = VersionRow(snapshot, self.name, change)
            before = size
        self.line.fill(made)
        return made

    def _rebuild_beside(self, places: Iterable[Order]) -> dict[Order, VersionRow]:
        """Make the rows at these orders anew, and the newer neighbour of each, whose change is against them."""
        orders, rows = self.line.orders, self.line.rows
        found = [bisect_left(orders, place) for place in places]
        last = len(orders) - 1
        made: dict[Order, VersionRow] = {}
        for at in {*found, *(at - 1 for at in found)}:
            if 0 <= at <= last:
                snapshot = rows[at].snapshot
                before = rows[at + 1].snapshot.size_bytes if at < last else None
                size = snapshot.size_bytes
                change = size - before if size is not None and before is not None else None
                rows[at] = made[orders[at]] = VersionRow(snapshot, self.name, change)
        return made

    def _count(self, snapshot: Snapshot, sign: int) -> None:
        if snapshot.size_bytes is None:
            self.unsized += sign
        else:
            self.known_bytes += sign * snapshot.size_bytes


class Shelves:
    """Every snapshot of the account by app, and all of them in one line."""

    def __init__(self) -> None:
        self._apps: dict[str, _AppShelf] = {}
        self._all = _Line()
        self._names: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._all.orders)

    def app_ids(self) -> frozenset[str]:
        """The apps that have snapshots."""
        return frozenset(self._apps)

    def rows(self, app_id: str | None = None) -> tuple[VersionRow, ...]:
        """Return the rows of one app or of all, newest first; the same tuple until something changes."""
        if app_id is None:
            return self._all.shown()
        shelf = self._apps.get(app_id)
        return shelf.line.shown() if shelf is not None else ()

    def row(self, key: SnapshotKey) -> VersionRow | None:
        """Return one row, or None when there is no such snapshot."""
        shelf = self._apps.get(key.app_id)
        snapshot = shelf.snapshots.get(key.version) if shelf is not None else None
        if shelf is None or snapshot is None:
            return None
        at = shelf.line.find(order(snapshot))
        return shelf.line.rows[at] if at is not None else None

    def versions(self, app_id: str) -> frozenset[str]:
        """The versions known of an app."""
        shelf = self._apps.get(app_id)
        return frozenset(shelf.snapshots) if shelf is not None else frozenset()

    def keys(self) -> set[SnapshotKey]:
        """Every snapshot's key."""
        return {SnapshotKey(app_id, version) for app_id, shelf in self._apps.items() for version in shelf.snapshots}

    def app_row(self, app: App, owned: bool | None, whole: bool = True) -> AppRow:
        """Return what an app's snapshots add up to; ``whole`` when all of them are here."""
        shelf = self._apps.get(app.id)
        if shelf is None:
            return AppRow(app, 0, None, 0 if whole else None, owned, 0, whole)
        total = shelf.known_bytes if whole and shelf.unsized == 0 else None
        newest = shelf.line.rows[0].snapshot
        return AppRow(app, len(shelf.snapshots), newest, total, owned, shelf.known_bytes, whole)

    def merge(self, snapshots: Iterable[Snapshot]) -> frozenset[str]:
        """Add snapshots, and to those that are known what is new about them; return the apps that changed."""
        by_app: dict[str, dict[str, Snapshot]] = {}
        for snapshot in snapshots:
            fresh = by_app.setdefault(snapshot.app_id, {})
            fresh[snapshot.version] = _combined(fresh.get(snapshot.version), snapshot)
        return self._change({}, by_app)

    def drop(self, keys: Iterable[SnapshotKey]) -> frozenset[str]:
        """Take snapshots out; return the apps that changed."""
        by_app: dict[str, list[str]] = {}
        for key in keys:
            by_app.setdefault(key.app_id, []).append(key.version)
        return self._change(by_app, {})

    def rename(self, names: Mapping[str, str]) -> frozenset[str]:
        """Take over the names of the apps; return the apps whose rows changed. Without one an app is its id."""
        self._names = dict(names)
        renamed: dict[Order, VersionRow] = {}
        changed: set[str] = set()
        for app_id, shelf in self._apps.items():
            name = self._names.get(app_id, app_id)
            if name != shelf.name:
                renamed.update(shelf.rename(name))
                changed.add(app_id)
        if renamed:
            self._all.change((), renamed)
        return frozenset(changed)

    def _change(self, gone: Mapping[str, Iterable[str]], put: Mapping[str, Mapping[str, Snapshot]]) -> frozenset[str]:
        went: set[Order] = set()
        made: dict[Order, VersionRow] = {}
        changed: set[str] = set()
        for app_id in gone.keys() | put.keys():
            shelf = self._apps.get(app_id)
            if shelf is None:
                shelf = self._apps[app_id] = _AppShelf(self._names.get(app_id, app_id))
            known, fresh = shelf.snapshots, list(put.get(app_id, {}).values())
            if known:
                fresh = [_combined(known.get(snapshot.version), snapshot) for snapshot in fresh]
            app_went, app_made = shelf.change(gone.get(app_id, ()), fresh)
            if app_went or app_made:
                changed.add(app_id)
            went |= app_went
            made |= app_made
            if not shelf.snapshots:
                del self._apps[app_id]
        if went or made:
            self._all.change(went, made)
        return frozenset(changed)


def _combined(old: Snapshot | None, new: Snapshot) -> Snapshot:
    """Return what two answers say about one snapshot: the newer wins, but saying nothing takes nothing away.

    A time that is only the version read as UTC says less than one from a date.
    """
    if old is None or old == new:
        return new
    size = new.size_bytes if new.size_bytes is not None else old.size_bytes
    taken = new.taken_at
    if taken is None or (old.taken_at is not None and _is_spelled(taken, new.version)):
        taken = old.taken_at
    return Snapshot(new.app_id, new.version, taken, size)


def _is_spelled(moment: datetime, version: str) -> bool:
    return f"{moment:%Y%m%d-%H%M%S}" == version
