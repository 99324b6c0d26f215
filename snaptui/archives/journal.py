"""What a restore remembers, so that it can be continued, taken back and undone.

It lives in the target, in ``.snaptui-undo`` (0700, with a ``.gitignore`` of its own): renames need one file system,
and an undo must still be there when the target is moved. One numbered folder a restore::

    .snaptui-undo/000001/files/0     the new content of one file, then, once it is in place, what it replaced
    .snaptui-undo/000001/files/0.old what it replaced, where the file system can't swap two names in one step
    .snaptui-undo/000001/journal     what goes where; it appears only when every file is staged and synced
    .snaptui-undo/000001/applied     appears when every file is in its place and synced

Nothing in the target changes before ``journal`` is there. From then on the state of each file is read off the disk,
by what stands at its two names, so nothing has to be written for each. The undo folder itself is the lock.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from snaptui.archives.beneath import Beneath, sync_folder
from snaptui.archives.plan import Identity
from snaptui.archives.safety import UNDO_FOLDER, name_reason
from snaptui.errors import CannotWrite, HeldElsewhere, RestoreError
from snaptui.i18n import _
from snaptui.reasons import reason_of
from snaptui.text import safe

KEPT_RUNS = 3
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FORMAT = 1
_MOST_JOURNAL_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Record:
    """One file of a run: its slot in ``files``, where it goes, the staged file's identity and CRC, what it replaces."""

    slot: int
    parts: tuple[str, ...]
    staged: Identity
    crc: int
    before: Identity | None

    @property
    def name(self) -> str:
        """The slot's file name."""
        return str(self.slot)

    @property
    def old_name(self) -> str:
        """The name for what was replaced where names can't be swapped."""
        return f"{self.slot}.old"


@dataclass(frozen=True, slots=True)
class MadeFolder:
    """A folder a run makes, with the mode and the time (seconds) the archive has for it; None: it has none."""

    parts: tuple[str, ...]
    mode: int | None = None
    modified: int | None = None


@dataclass(frozen=True, slots=True)
class Journal:
    """What a run does: files, folders it makes (parents first), and what it was made from, for people."""

    source: str
    records: tuple[Record, ...]
    folders: tuple[MadeFolder, ...]
    made_target: bool

    def to_json(self) -> bytes:
        """Return it as bytes."""
        files = [[r.slot, "/".join(r.parts), list(r.staged), r.crc, r.before and list(r.before)] for r in self.records]
        document = {
            "format": _FORMAT,
            "source": self.source,
            "made_target": self.made_target,
            "folders": [["/".join(f.parts), f.mode, f.modified] for f in self.folders],
            "files": files,
        }
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Journal:
        """Read it back, trusting none of its paths; it raises whatever odd things make it raise (see ``read``)."""
        document: dict[str, Any] = json.loads(data)
        if document["format"] != _FORMAT:
            raise ValueError("another format")
        records = tuple(
            Record(
                int(slot), _parts(path), Identity(*map(int, staged)), int(crc), before and Identity(*map(int, before))
            )
            for slot, path, staged, crc, before in document["files"]
        )
        folders = tuple(
            MadeFolder(_parts(path), None if mode is None else int(mode) & 0o777, None if at is None else int(at))
            for path, mode, at in document["folders"]
        )
        return cls(str(document["source"]), records, folders, document["made_target"] is True)


def _parts(path: str) -> tuple[str, ...]:
    if name_reason(path) is not None:
        raise ValueError("an unsafe path")
    return tuple(path.split("/"))


class Run:
    """One restore's folder, held open."""

    def __init__(self, undo_fd: int, number: str) -> None:
        self._undo_fd = undo_fd
        self.number = number
        self.fd = os.open(number, _FOLDER, dir_fd=undo_fd)
        self.files = os.open("files", _FOLDER, dir_fd=self.fd)

    def has(self, name: str) -> bool:
        """Whether the run's folder holds a file of that name."""
        return _exists(self.fd, name)

    @property
    def staged(self) -> bool:
        """Whether everything is ready to be put in place (or is there already)."""
        return self.has("journal")

    @property
    def applied(self) -> bool:
        """Whether everything is in its place."""
        return self.has("applied")

    def slot(self, name: str) -> os.stat_result | None:
        """Return the status of a file in ``files``, or None."""
        try:
            return os.lstat(name, dir_fd=self.files)
        except FileNotFoundError:
            return None

    def write(self, journal: Journal) -> None:
        """Keep the journal; after this the run is ``staged``, even through a power cut."""
        self._write("journal", journal.to_json())

    def mark_applied(self) -> None:
        """Note that everything is in its place."""
        self._write("applied", b"")

    def _write(self, name: str, data: bytes) -> None:
        part = f"{name}.part"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600, dir_fd=self.fd)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(part, name, src_dir_fd=self.fd, dst_dir_fd=self.fd)
        sync_folder(self.fd)
        sync_folder(self._undo_fd)

    def read(self) -> Journal:
        """Read the journal; raise ``RestoreError`` when it isn't one."""
        try:
            descriptor = os.open("journal", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self.fd)
            with os.fdopen(descriptor, "rb") as file:
                return Journal.from_json(file.read(_MOST_JOURNAL_BYTES))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise unreadable(self.number) from error

    def discard(self) -> None:
        """Remove the run: in one step out of the numbers, then its content."""
        self.close()
        trash = f"trash-{self.number}"
        with contextlib.suppress(FileNotFoundError):
            os.rename(self.number, trash, src_dir_fd=self._undo_fd, dst_dir_fd=self._undo_fd)
        shutil.rmtree(trash, ignore_errors=True, dir_fd=self._undo_fd)

    def close(self) -> None:
        """Release the descriptors."""
        for descriptor in (self.files, self.fd):
            if descriptor >= 0:
                os.close(descriptor)
        self.files = self.fd = -1


class UndoFolder:
    """The undo folder of one target, locked for this process while it is open."""

    def __init__(self, beneath: Beneath) -> None:
        """Make it where it is missing, and lock it.

        Raises ``HeldElsewhere`` when another snaptui restores there now, ``CannotWrite`` when it can't be used.
        """
        self._beneath = beneath
        self.path: Path = beneath.path / UNDO_FOLDER
        try:
            self.fd = self._open_locked()
        except OSError as error:
            message = _("{folder} can't be used ({problem}), and a restore needs it; choose another target.")
            text = message.format(folder=safe(str(self.path)), problem=reason_of(error))
            raise CannotWrite(text) from error
        self._tidy()

    def _open_locked(self) -> int:
        while True:
            with contextlib.suppress(FileExistsError):
                os.mkdir(UNDO_FOLDER, 0o700, dir_fd=self._beneath.fd)
            try:
                descriptor = os.open(UNDO_FOLDER, _FOLDER, dir_fd=self._beneath.fd)
            except FileNotFoundError:  # the one who held it removed it just now
                continue
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                message = _("Another snaptui is restoring into {folder}; wait until it is done.")
                raise HeldElsewhere(message.format(folder=safe(str(self._beneath.path)))) from None
            except OSError as error:
                if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP):  # a network disk without locks
                    os.close(descriptor)
                    raise
            if os.fstat(descriptor).st_nlink:
                return descriptor
            os.close(descriptor)

    def _tidy(self) -> None:
        """Remove what nobody needs: half-removed runs, and those that were interrupted before they changed anything."""
        for name in os.listdir(self.fd):  # noqa: PTH208 - by descriptor
            if name.startswith("trash-") or (name.isdigit() and not _exists(self.fd, f"{name}/journal")):
                shutil.rmtree(name, ignore_errors=True, dir_fd=self.fd)

    def numbers(self) -> list[str]:
        """Return the numbers of the runs, oldest first."""
        return sorted(name for name in os.listdir(self.fd) if name.isdigit())  # noqa: PTH208 - by descriptor

    def last(self) -> Run | None:
        """Return the newest run, or None."""
        numbers = self.numbers()
        return self._open(numbers[-1]) if numbers else None

    def _open(self, number: str) -> Run:
        try:
            return Run(self.fd, number)
        except OSError as error:
            raise unreadable(number) from error

    def new(self) -> Run:
        """Make the folder of a new run."""
        numbers = self.numbers()
        number = f"{int(numbers[-1]) + 1 if numbers else 1:06}"
        if not _exists(self.fd, ".gitignore"):
            descriptor = os.open(".gitignore", os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600, dir_fd=self.fd)
            os.write(descriptor, b"*\n")
            os.close(descriptor)
        os.mkdir(number, 0o700, dir_fd=self.fd)
        os.mkdir(f"{number}/files", 0o700, dir_fd=self.fd)
        return Run(self.fd, number)

    def prune(self) -> None:
        """Keep the newest runs only."""
        for number in self.numbers()[:-KEPT_RUNS]:
            self._open(number).discard()

    def close(self) -> None:
        """Unlock it, and remove it when it holds no run."""
        if self.fd < 0:
            return
        try:
            with contextlib.suppress(OSError):
                if not self.numbers():
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(".gitignore", dir_fd=self.fd)
                    os.rmdir(UNDO_FOLDER, dir_fd=self._beneath.fd)
        finally:
            os.close(self.fd)
            self.fd = -1

    def __enter__(self) -> UndoFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def unreadable(number: str) -> RestoreError:
    """Return the error for a run whose record can't be understood."""
    message = _("The record in {folder} can't be read; look at its files by hand.")
    return RestoreError(message.format(folder=f"{UNDO_FOLDER}/{safe(number)}"))


def _exists(parent: int, name: str) -> bool:
    try:
        os.lstat(name, dir_fd=parent)
    except FileNotFoundError:
        return False
    return True
