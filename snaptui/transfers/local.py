"""The record of archives on this computer: where each is, what it measures, when it was checked.

A small SQLite file in the data folder. Reading is from memory, so that a table may ask for every line it draws;
several processes may write. The archive itself stays the proof: ``verify`` reads it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from snaptui.errors import ArchiveDamaged, NotFound, SnaptuiError
from snaptui.i18n import _
from snaptui.models import SnapshotKey
from snaptui.text import one_line

if TYPE_CHECKING:
    import sqlite3

_TABLE = """
CREATE TABLE IF NOT EXISTS copies (
    app_id TEXT NOT NULL, version TEXT NOT NULL, path TEXT NOT NULL, size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL, verified_at TEXT, problem TEXT, PRIMARY KEY (app_id, version)
) STRICT
"""


@dataclass(frozen=True, slots=True)
class LocalCopy:
    """One archive on this computer; ``problem`` says what the last check found wrong with it."""

    key: SnapshotKey
    path: Path
    size_bytes: int
    sha256: str
    verified_at: datetime | None = None
    problem: str | None = None

    @property
    def verified(self) -> bool:
        """Whether it was whole and unaltered when it was last checked."""
        return self.verified_at is not None and self.problem is None


class LocalCopies:
    """The record, in ``database``; made at the first write, and read whole at the first question."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._known: dict[SnapshotKey, LocalCopy] | None = None

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Raises SnaptuiError where the database cannot be used."""
        import sqlite3

        try:
            self._database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection = sqlite3.connect(self._database, timeout=5)
            try:
                connection.execute(_TABLE)
                with connection:
                    yield connection
            finally:
                connection.close()
        except (OSError, sqlite3.Error) as error:
            raise SnaptuiError(
                _("The record of local copies {path} cannot be used ({reason}): move it away.").format(
                    path=one_line(str(self._database)), reason=type(error).__name__
                )
            ) from None

    def load(self) -> None:
        """Read the record again, as another process may have written."""
        if not self._database.exists():
            self._known = {}
            return
        with self._open() as connection:
            rows = connection.execute(
                "SELECT app_id, version, path, size_bytes, sha256, verified_at, problem FROM copies"
            ).fetchall()
        self._known = {}
        for app_id, version, path, size_bytes, sha256, verified_at, problem in rows:
            when = datetime.fromisoformat(verified_at) if verified_at else None
            key = SnapshotKey(app_id, version)
            self._known[key] = LocalCopy(key, Path(path), size_bytes, sha256, when, problem)

    def all(self) -> Mapping[SnapshotKey, LocalCopy]:
        """Every copy on record."""
        if self._known is None:
            self.load()
        return self._known or {}

    def of(self, key: SnapshotKey) -> LocalCopy | None:
        """The copy of one snapshot, or None."""
        return self.all().get(key)

    def record(self, copy: LocalCopy) -> None:
        """Remember a copy, in place of an older one of the same snapshot."""
        with self._open() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *copy.key,
                    str(copy.path.absolute()),
                    copy.size_bytes,
                    copy.sha256,
                    copy.verified_at.isoformat() if copy.verified_at else None,
                    copy.problem,
                ),
            )
        self.all()
        if self._known is not None:
            self._known[copy.key] = replace(copy, path=copy.path.absolute())

    def forget(self, key: SnapshotKey) -> None:
        """Forget a copy; the file stays."""
        with self._open() as connection:
            connection.execute("DELETE FROM copies WHERE app_id = ? AND version = ?", tuple(key))
        if self._known is not None:
            self._known.pop(key, None)

    def at(self, path: Path) -> LocalCopy | None:
        """The copy recorded at ``path``, or None."""
        wanted = path.absolute()
        return next((copy for copy in self.all().values() if copy.path == wanted), None)

    async def verify(self, key: SnapshotKey) -> LocalCopy:
        """Read the file again; record and return what was found. Raises NotFound where there is no record.

        A file that is missing is looked for under another name in its folder, by size and SHA-256.
        """
        copy = self.of(key)
        if copy is None:
            raise NotFound(_("There is no local copy of this version: download it first."))
        checked = await asyncio.to_thread(_check, copy)
        self.record(checked)
        return checked


def _check(copy: LocalCopy) -> LocalCopy:
    from snaptui.archives.verify import check_archive

    now = datetime.now(UTC)
    if not copy.path.exists():
        moved = _find_moved(copy)
        if moved is None:
            return replace(copy, problem=_("missing"))
        copy = replace(copy, path=moved)
    try:
        found = check_archive(copy.path)
    except ArchiveDamaged:
        return replace(copy, problem=_("altered"))
    except SnaptuiError as error:
        return replace(copy, problem=error.sentence)
    if found.sha256 != copy.sha256:
        return replace(copy, problem=_("altered"))
    return replace(copy, verified_at=now, problem=None)


def _find_moved(copy: LocalCopy) -> Path | None:
    import hashlib

    try:
        entries = sorted(os.scandir(copy.path.parent), key=lambda entry: entry.name)
    except OSError:
        return None
    for entry in entries:
        with contextlib.suppress(OSError):
            if entry.is_file(follow_symlinks=False) and entry.stat().st_size == copy.size_bytes:
                with Path(entry.path).open("rb") as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() == copy.sha256:
                        return Path(entry.path)
    return None
