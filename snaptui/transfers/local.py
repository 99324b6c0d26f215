"""The record of archives on this computer: where each is, what it measures, when it was checked.

A small SQLite file in the data folder. Reading is from memory, so that a table may ask for every line it draws;
several processes may write. The archive itself stays the proof: ``verify`` reads it again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snaptui.errors import ArchiveDamaged, NotFound, SnaptuiError
from snaptui.i18n import N_, _
from snaptui.models import SnapshotKey
from snaptui.reasons import reason_of
from snaptui.text import one_line

if TYPE_CHECKING:
    import sqlite3

    from snaptui.transfers.events import Finished

_TABLE = """
CREATE TABLE IF NOT EXISTS copies (
    app_id TEXT NOT NULL, version TEXT NOT NULL, path BLOB NOT NULL, size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL, verified_at TEXT, problem TEXT, PRIMARY KEY (app_id, version)
)
"""
# Kept in the record as they are here, shown in the person's language.
_PROBLEMS = (N_("missing"), N_("altered"), N_("unreadable"))


@dataclass(frozen=True, slots=True)
class LocalCopy:
    """One archive on this computer; ``problem`` says in a word or two what the last check found wrong with it."""

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

    @property
    def missing(self) -> bool:
        """Whether there was no file at its place, nor one like it in its folder, when it was last looked for."""
        return self.problem == _("missing")


def downloaded(key: SnapshotKey, finished: Finished) -> LocalCopy:
    """The copy that a download left; with members that could not be checked it is not called verified."""
    verified_at = None if finished.unchecked else datetime.now(UTC)
    return LocalCopy(key, finished.path.absolute(), finished.size_bytes, finished.sha256, verified_at)


class LocalCopies:
    """The record, in ``database``; made at the first write, and read whole at the first question.

    Every method but ``verify`` may be called from any thread, takes milliseconds, and raises SnaptuiError where the
    database cannot be used.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._known: dict[SnapshotKey, LocalCopy] | None = None

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
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
            message = _("The record of local copies {path} cannot be used ({reason}): move it away.")
            raise SnaptuiError(message.format(path=one_line(str(self._database)), reason=reason_of(error))) from None

    def load(self) -> None:
        """Read the record again, as another process may have written."""
        known: dict[SnapshotKey, LocalCopy] = {}
        if os.path.exists(self._database):  # noqa: PTH110 - Path's own raises where that can't be seen
            with self._open() as connection:
                columns = "app_id, version, path, size_bytes, sha256, verified_at, problem"
                rows = connection.execute(f"SELECT {columns} FROM copies").fetchall()  # noqa: S608 - a constant
            for row in rows:
                copy = _from_row(row)
                if copy is not None:
                    known[copy.key] = copy
        self._known = known

    def all(self) -> Mapping[SnapshotKey, LocalCopy]:
        """Every copy on record."""
        if self._known is None:
            self.load()
        return self._known or {}

    def of(self, key: SnapshotKey) -> LocalCopy | None:
        """The copy of one snapshot, or None."""
        return self.all().get(key)

    def at(self, path: Path) -> LocalCopy | None:
        """The copy recorded at ``path``, or None."""
        wanted = path.absolute()
        return next((copy for copy in tuple(self.all().values()) if copy.path == wanted), None)

    def record(self, copy: LocalCopy) -> None:
        """Remember a copy, in place of an older one of the same snapshot."""
        copy = replace(copy, path=copy.path.absolute())
        when = copy.verified_at.isoformat() if copy.verified_at else None
        # As bytes, for a name on disk need not be text.
        row = (*copy.key, os.fsencode(copy.path), copy.size_bytes, copy.sha256, when, _plain(copy.problem))
        with self._open() as connection:
            connection.execute("INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        if self._known is not None:
            self._known[copy.key] = copy

    def forget(self, key: SnapshotKey) -> None:
        """Forget a copy; the file stays."""
        with self._open() as connection:
            connection.execute("DELETE FROM copies WHERE app_id = ? AND version = ?", tuple(key))
        if self._known is not None:
            self._known.pop(key, None)

    def note(self, path: Path, sha256: str | None, *, unchecked: bool = False) -> LocalCopy | None:
        """Take note of a file that was just read to its end; return the copy on record that it concerns, if any.

        ``sha256`` is None for what is missing or no whole archive: then the copy that was there is looked for under
        another name in its folder. A file that nobody recorded may itself be such a one.
        """
        path = path.absolute()
        copy = self.at(path)
        if copy is None and sha256 is not None:
            copy = next((each for each in tuple(self.all().values()) if _is_moved(each, path, sha256)), None)
        if copy is None:
            return None
        if copy.sha256 == sha256:
            noted = replace(copy, path=path, verified_at=None if unchecked else datetime.now(UTC), problem=None)
        else:
            noted = _checked(copy, None, lambda: None)
        self.record(noted)
        return noted

    async def verify(self, key: SnapshotKey, on_progress: Callable[[int, int], None] | None = None) -> LocalCopy:
        """Read the file again; record and return what was found. Raises NotFound where there is no record.

        A file that is missing is looked for under another name in its folder, by size and SHA-256. ``on_progress``
        hears (bytes checked, bytes of the file) on another thread.
        """
        from snaptui.archives.work import in_thread

        def check(check_cancelled: Callable[[], None]) -> LocalCopy:
            copy = self.of(key)
            if copy is None:
                raise NotFound(_("There is no local copy of this version: download it first."))
            checked = _checked(copy, on_progress, check_cancelled)
            self.record(checked)
            return checked

        return await in_thread(lambda job: check(job.check), name="verify")


def _from_row(row: tuple[Any, ...]) -> LocalCopy | None:
    """A copy as recorded; None for a row that somebody else wrote."""
    app_id, version, path, size_bytes, sha256, verified_at, problem = row
    try:
        when = datetime.fromisoformat(verified_at) if verified_at else None
        shown = _(problem) if problem in _PROBLEMS else problem
        return LocalCopy(
            SnapshotKey(app_id, version), Path(os.fsdecode(path)), int(size_bytes), str(sha256), when, shown
        )
    except (ValueError, TypeError):
        return None


def _plain(problem: str | None) -> str | None:
    """A problem as it is recorded: the known ones in no language but the program's own."""
    return next((known for known in _PROBLEMS if problem == _(known)), problem)


def _is_moved(copy: LocalCopy, path: Path, sha256: str) -> bool:
    """Whether ``path`` is a copy that got another name in its folder."""
    return copy.sha256 == sha256 and copy.path.parent == path.parent and not copy.path.exists()


def _checked(
    copy: LocalCopy, on_progress: Callable[[int, int], None] | None, check_cancelled: Callable[[], None]
) -> LocalCopy:
    """What has become of a copy; one that is not where it was is looked for in its folder."""
    problem: str | None = None
    try:
        found = _compared(copy, copy.path, on_progress, check_cancelled)
        problem = _("altered")
    except NotFound:
        found, problem = None, _("missing")
    except (SnaptuiError, OSError):
        found, problem = None, _("unreadable")
    for path in _same_size(copy) if found is None else ():
        with contextlib.suppress(SnaptuiError, OSError):
            found = _compared(copy, path, on_progress, check_cancelled)
        if found is not None:
            break
    return found or replace(copy, problem=problem)


def _compared(
    copy: LocalCopy, path: Path, on_progress: Callable[[int, int], None] | None, check_cancelled: Callable[[], None]
) -> LocalCopy | None:
    """The copy, at ``path``, where that is the same archive as ever; None where it is not."""
    from snaptui.archives.verify import check_archive

    try:
        verified = check_archive(path, on_progress=on_progress, check_cancelled=check_cancelled)
    except ArchiveDamaged:
        return None
    if verified.sha256 != copy.sha256:
        return None
    when = None if verified.unchecked else datetime.now(UTC)
    return replace(copy, path=path, verified_at=when, problem=None)


def _same_size(copy: LocalCopy) -> Iterator[Path]:
    """The files beside a copy that may be it under another name."""
    with contextlib.suppress(OSError):
        for entry in sorted(os.scandir(copy.path.parent), key=lambda entry: entry.name):
            path = Path(entry.path)
            if path != copy.path and entry.is_file(follow_symlinks=False) and entry.stat().st_size == copy.size_bytes:
                yield path
