"""Finds snapshots in JSON whose shape nobody documented.

The rule (``contract``): a snapshot is an object, at any depth, with a version under a key such as ``version``,
or a bare version in a list. Its app is the nearest app id upward: ``appID``, ``app_id``, ``app: {id}``, the
``id`` of an enclosing entry, the key of a mapping from app ids, else the id that was asked for. What looks like
a snapshot and cannot be read is counted. The walk keeps its own stack, so no nesting is too deep for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from snaptui.models import Snapshot, SnapshotKey, is_app_id, is_version
from snaptui.quantities import read_size, read_time, version_time

_VERSION_KEYS = (
    "version", "versionid", "versionname", "snapshotversion", "backupversion", "snapshotid", "snapshot", "backupid",
    "backup", "tag", "name", "id", "key",
)  # fmt: skip
_SIZE_KEYS = ("size", "sizebytes", "sizeinbytes", "bytes", "filesize", "contentlength", "length")
_TIME_KEYS = ("date", "createdat", "created", "takenat", "creationdate", "timestamp", "datetime", "time")
_APP_KEYS = ("appid", "applicationid", "app", "application")

# Containers by these names hold snapshots, so whatever else is in them is an entry that cannot be read.
_SNAPSHOT_LISTS = frozenset({"versions", "allversions", "snapshots", "backups"})

# Field names that have the form of an app id, yet never are one: an app is looked for elsewhere first.
_FIELD_NAMES = frozenset(
    """
    all allversions app application apps archive archives array attributes author automatic backup backups body byapp
    collection content contents current daily data detail details docs document documents download edges element
    elements entries entry error file files first groups hits history info item items last latest links list lists
    manual map members meta metadata monthly newest node nodes object objects old oldest other others owned owner page
    pages paging pagination payload previous recent record records response result results root rows scheduled set
    shared snapshot snapshots stats status summary team teams total totals user users value values version versions
    weekly
    """.split()  # noqa: SIM905 - eighty words are easier to read than eighty quoted ones
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One telling of a snapshot; of several, each field is taken from the telling that knows it best."""

    size_bytes: int | None
    is_exact: bool
    dated: datetime | None

    def merged(self, other: _Reading) -> _Reading:
        """Return the best of both; what is equally good stays as it was met first."""
        mine, theirs = ((r.size_bytes is not None, r.is_exact) for r in (self, other))
        size = other if theirs > mine else self
        return _Reading(size.size_bytes, size.is_exact, self.dated or other.dated)


@dataclass(slots=True)
class Found:
    """What a walk found: each snapshot once, in the order met, and how many entries it could not read."""

    unreadable: int = 0
    _readings: dict[SnapshotKey, _Reading] = field(default_factory=dict)

    def add(self, key: SnapshotKey, reading: _Reading) -> None:
        """Take in one telling of a snapshot."""
        known = self._readings.get(key)
        self._readings[key] = known.merged(reading) if known else reading

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return the snapshots; without a date of its own, one was taken when its version says."""
        return tuple(
            Snapshot(key.app_id, key.version, reading.dated or version_time(key.version), reading.size_bytes)
            for key, reading in self._readings.items()
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk is: the app id above it, sure or only likely, and what the list it stands in is."""

    sure: str | None = None
    likely: str | None = None
    in_snapshot_list: bool = False


def find_snapshots(document: object, asked_app_id: str | None = None) -> Found:
    """Walk a JSON document in its own order and return every snapshot in it."""
    found = Found()
    stack: list[tuple[object, _Place]] = [(document, _Place())]
    while stack:
        value, place = stack.pop()
        if isinstance(value, dict):
            children = list(_enter_object(value, place, asked_app_id, found))
        elif isinstance(value, list):
            children = list(_enter_list(value, place))
        else:
            children = []
            _read_bare(value, place, asked_app_id, found)
        stack.extend(reversed(children))
    return found


def _read_bare(value: object, place: _Place, asked: str | None, found: Found) -> None:
    if isinstance(value, str) and is_version(value):
        _keep(found, value, place.sure or asked or place.likely)
    elif place.in_snapshot_list:
        found.unreadable += 1


def _enter_list(values: list[object], place: _Place) -> Iterator[tuple[object, _Place]]:
    holds_snapshots = place.in_snapshot_list or any(
        (isinstance(value, str) and is_version(value)) or (isinstance(value, dict) and _version_in(value) is not None)
        for value in values
    )
    inside = replace(place, in_snapshot_list=holds_snapshots)
    for value in values:
        # Only versions matter among bare values; the rest of a list of words or numbers is none of ours.
        if holds_snapshots or isinstance(value, dict | list):
            yield value, inside


def _enter_object(
    entry: dict[str, object], place: _Place, asked: str | None, found: Found
) -> Iterator[tuple[object, _Place]]:
    stated, own_id = _app_in(entry), _as_app_id(entry.get("id"))
    version = _version_in(entry)
    if version is not None:
        app_id = stated or place.sure or asked or own_id or place.likely
        _keep(found, version, app_id, entry)
        below = _Place(stated or place.sure, own_id or place.likely)
    else:
        if _looks_like_snapshot(entry, place):
            found.unreadable += 1
        below = _Place(stated or own_id or place.sure, place.likely)
    yield from _children(entry, below, version, found, asked)


def _children(
    entry: dict[str, object], below: _Place, version: str | None, found: Found, asked: str | None
) -> Iterator[tuple[object, _Place]]:
    keyed_by_app = _is_keyed_by_app(entry)
    for key, value in entry.items():
        name = _plain(key)
        if is_version(key) and value != version:
            yield from _keyed_by_version(key, value, below, asked, found)
        elif isinstance(value, dict | list):
            inside = replace(below, in_snapshot_list=isinstance(value, list) and name in _SNAPSHOT_LISTS)
            if keyed_by_app:
                inside = replace(inside, sure=key)
            elif is_app_id(key) and name not in _FIELD_NAMES:
                inside = replace(inside, likely=key)
            yield value, inside
        elif version is None and isinstance(value, str) and is_version(value):
            # Neither this object's version nor a mapping: `latest: "20261122-030000"` and the like.
            _keep(found, value, below.sure or asked or below.likely)


def _keyed_by_version(
    version: str, value: object, place: _Place, asked: str | None, found: Found
) -> Iterator[tuple[object, _Place]]:
    """Read one entry of a mapping from versions: to an object about it, to its size, or to whatever."""
    if isinstance(value, dict):
        _keep(found, version, _app_in(value) or place.sure or asked or place.likely, value)
        if _version_in(value) not in (None, version):
            yield value, place
        else:
            inside = _Place(_app_in(value) or place.sure, place.likely)
            yield from ((child, inside) for child in value.values() if isinstance(child, dict | list))
        return
    app_id = place.sure or asked or place.likely
    _keep(found, version, app_id, {"size": value} if read_size(value) is not None else {"date": value})
    if isinstance(value, list):
        yield value, place


def _keep(found: Found, version: str, app_id: str | None, entry: dict[str, object] | None = None) -> None:
    if app_id is None:
        found.unreadable += 1
        return
    fields = {_plain(key): value for key, value in (entry or {}).items()}
    size, is_exact = _size_in(fields)
    found.add(SnapshotKey(app_id, version), _Reading(size, is_exact, _time_in(fields)))


def _size_in(fields: dict[str, object]) -> tuple[int | None, bool]:
    """Return the size and whether it is exact: ``12.34 MB`` is rounded, an integer is not."""
    for name in _SIZE_KEYS:
        value = fields.get(name)
        if (size := read_size(value)) is not None:
            return size, isinstance(value, int) or (isinstance(value, str) and value.strip().isdigit())
    return None, False


def _time_in(fields: dict[str, object]) -> datetime | None:
    """Return the entry's own time; a day without an hour says less than the version's name and is passed over."""
    for name in _TIME_KEYS:
        value = fields.get(name)
        if isinstance(value, str) and len(value.strip()) <= len("2026-11-22") and not value.strip().isdigit():
            continue
        if (moment := read_time(value)) is not None:
            return moment
    return None


def _version_in(entry: dict[str, object]) -> str | None:
    """Return the version this object is about, by the first key such as ``version`` that holds one."""
    candidates = {
        _plain(key): value
        for key, value in reversed(entry.items())
        if isinstance(value, str) and is_version(value) and not is_version(key)
    }
    return next((candidates[name] for name in _VERSION_KEYS if name in candidates), None)


def _looks_like_snapshot(entry: dict[str, object], place: _Place) -> bool:
    """Whether an object without a readable version was meant to be a snapshot."""
    if not place.in_snapshot_list:
        return False
    if any(_plain(key) == "version" and not isinstance(value, dict | list) for key, value in entry.items()):
        return True
    # An object that holds others groups snapshots; one that holds none, but perhaps its app, is an entry gone wrong.
    nested = [(_plain(key), value) for key, value in entry.items() if isinstance(value, dict | list)]
    return all(name in _APP_KEYS and not _holds_others(value) for name, value in nested)


def _holds_others(value: object) -> bool:
    return isinstance(value, dict) and any(isinstance(inner, dict | list) for inner in value.values())


def _app_in(entry: dict[str, object]) -> str | None:
    """Return the app id an object states: ``appID`` and its spellings, ``app: "id"`` or ``app: {id}``."""
    fields = {_plain(key): value for key, value in reversed(entry.items())}
    for name in _APP_KEYS:
        value = fields.get(name)
        if isinstance(value, dict):
            value = value.get("id", value.get("appID", value.get("appId")))
        if (app_id := _as_app_id(value)) is not None:
            return app_id
    return None


def _as_app_id(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**40:
        return str(value)
    return value if isinstance(value, str) and is_app_id(value) and not is_version(value) else None


def _is_keyed_by_app(entry: dict[str, object]) -> bool:
    """Whether an object is a mapping from app ids: every key could be one and one of them surely is."""
    return (
        bool(entry)
        and all(isinstance(value, dict | list) for value in entry.values())
        and all(is_app_id(key) and not is_version(key) and _plain(key) not in _FIELD_NAMES for key in entry)
        and any(_is_surely_app_id(key) for key in entry)
    )


def _is_surely_app_id(key: str) -> bool:
    """Words name fields as well as apps and small numbers count; long numbers and mixed names are ids."""
    return len(key) > 5 if key.isdigit() else any(c.isdigit() or c == "-" for c in key)


def _plain(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "")
