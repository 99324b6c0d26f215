"""The names of apps and versions in the listings on disk: what a shell completes from, without network or keyring.

Whatever can't be read is passed over: a person in the middle of a command line is never shown an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snaptui.cache import FORM, listing_files

if TYPE_CHECKING:
    import sqlite3

_BUSY_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class CachedApp:
    """An app of a listing; one that was deleted is known by its id alone."""

    id: str
    name: str


def cached_apps(folder: Path) -> tuple[CachedApp, ...]:
    """The apps of every account's listing, those of the one stored last first."""
    apps: dict[str, CachedApp] = {}
    for db in _listings(folder):
        for app_id, name in _rows(db, "select id, name from apps order by place", ()):
            apps.setdefault(app_id, CachedApp(app_id, name))
        for (app_id,) in _rows(db, "select distinct app_id from snapshots", ()):
            apps.setdefault(app_id, CachedApp(app_id, app_id))
    return tuple(apps.values())


def cached_versions(folder: Path, app_id: str, beginning: str, most: int = 300) -> tuple[str, ...]:
    """The versions of one app that begin so, newest first, from the listing stored last that has any."""
    ending = beginning + "\uffff"
    for db in _listings(folder):
        query = (
            "select version from snapshots where app_id = ? and version between ? and ? order by version desc limit ?"
        )
        if versions := [version for (version,) in _rows(db, query, (app_id, beginning, ending, most))]:
            return tuple(versions)
    return ()


def _listings(folder: Path) -> Iterator[sqlite3.Connection]:
    """Each listing, opened to be read only, so that not even a file of another form is touched."""
    import sqlite3

    for path in listing_files(folder):
        try:
            db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
        except (sqlite3.Error, ValueError):
            continue
        with closing(db):
            if [form for (form,) in _rows(db, "pragma user_version", ())] == [FORM]:
                yield db


def _rows(db: sqlite3.Connection, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    import sqlite3

    try:
        return db.execute(query, tuple(values)).fetchall()
    except sqlite3.Error:
        return []
