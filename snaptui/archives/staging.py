"""Unpacking chosen members into a run's slots: checked, with their modes and times, and synced."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from snaptui.archives.beneath import sync_disk, sync_folder
from snaptui.archives.directory import Directory, Member, Reader
from snaptui.archives.journal import Record, Run
from snaptui.archives.members import read_member, read_small, stretch
from snaptui.archives.plan import Action, Identity
from snaptui.archives.readers import WindowReader
from snaptui.archives.safety import Reason, Refusal
from snaptui.errors import ArchiveDamaged, CannotWrite, DiskFull
from snaptui.i18n import _
from snaptui.reasons import reason_of

# Members up to this size are unpacked in one go; greater ones piece by piece.
_SMALL_BYTES = 4 * 1024**2
# Members this near each other in a remote archive are fetched by one request of at most this many bytes.
_GAP_BYTES = 64 * 1024
_WINDOW_BYTES = 8 * 1024**2
_BATCH = 256
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Sync(StrEnum):
    """How files reach the disk before they are put in place: all by one sync, or each by its own as well."""

    ONCE = "once"
    EVERY_FILE = "every-file"


@dataclass(frozen=True, slots=True)
class Staged:
    """What was unpacked, and what could not be."""

    records: tuple[Record, ...]
    refused: tuple[Refusal, ...]
    written_bytes: int


def stage(
    run: Run,
    actions: Sequence[Action],
    directory: Directory,
    reader: Reader,
    *,
    sync: Sync,
    strict: bool,
    remote: bool,
    on_file: Callable[[int, int], None],
    on_refused: Callable[[Refusal], None],
    on_sync: Callable[[], None],
) -> Staged:
    """Unpack every action's member into a slot of ``run`` and sync them.

    ``on_file(files, bytes)`` is called after each piece and may raise to stop. A damaged member is refused and
    told, or raised when ``strict``. Raises ``DiskFull`` and ``CannotWrite``; the caller discards the run then.
    """
    work = _Stage(run, directory, sync=sync, strict=strict, on_file=on_file, on_refused=on_refused)
    ordered = sorted(actions, key=lambda action: action.member.offset)
    source: Iterator[tuple[Action, Reader]] = (
        _windows(ordered, directory, reader) if remote else ((action, reader) for action in ordered)
    )
    try:
        for slot, (action, bytes_of) in enumerate(source):
            work.add(slot, action, bytes_of)
        on_sync()
        work.settle()
        if sync is Sync.ONCE:
            _sync_all(run, work.records)
        sync_folder(run.files)
    except OSError as error:
        raise write_failure(error, sum(a.member.size for a in actions) - work.written) from error
    finally:
        work.close()
    return Staged(tuple(sorted(work.records, key=lambda record: record.parts)), tuple(work.refused), work.written)


class _Stage:
    """What has been staged so far; files stay open in batches so that they can be synced together."""

    def __init__(
        self,
        run: Run,
        directory: Directory,
        *,
        sync: Sync,
        strict: bool,
        on_file: Callable[[int, int], None],
        on_refused: Callable[[Refusal], None],
    ) -> None:
        self._run, self._directory, self._sync, self._strict = run, directory, sync, strict
        self._on_file, self._on_refused = on_file, on_refused
        self._umask = _umask()
        self._batch: list[int] = []
        self.records: list[Record] = []
        self.refused: list[Refusal] = []
        self.written = 0

    def add(self, slot: int, action: Action, reader: Reader) -> None:
        """Unpack one member into its slot, or refuse it when it is damaged."""
        descriptor = os.open(str(slot), _CREATE, 0o600, dir_fd=self._run.files)
        self._batch.append(descriptor)
        try:
            _unpack(descriptor, action.member, self._directory, reader, self._wrote)
        except ArchiveDamaged:
            if self._strict:
                raise
            os.unlink(str(slot), dir_fd=self._run.files)
            self.refused.append(Refusal(action.shown, Reason.DAMAGED))
            self._on_refused(self.refused[-1])
            return
        staged = _finish(descriptor, action, self._umask)
        self.records.append(Record(slot, action.parts, staged, action.member.crc, action.before))
        if len(self._batch) >= _BATCH:
            self.settle()

    def _wrote(self, count: int) -> None:
        self.written += count
        self._on_file(len(self.records), self.written)

    def settle(self) -> None:
        """Close a batch of files, each synced by itself when asked: after one sync of the disk those are quick."""
        if self._sync is Sync.EVERY_FILE and self._batch:
            sync_disk(self._run.files)
            for descriptor in self._batch:
                os.fsync(descriptor)
        self.close()

    def close(self) -> None:
        """Release the open files."""
        while self._batch:
            os.close(self._batch.pop())


def write_failure(error: OSError, missing_bytes: int) -> CannotWrite | DiskFull:
    """Return the error a person can act on for a failed write."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        sentence = _("The disk is full, so nothing was changed; make room or choose another target.")
        return DiskFull(sentence, max(0, missing_bytes))
    message = _("The target can't be written ({problem}), so nothing was changed; choose another one.")
    return CannotWrite(message.format(problem=reason_of(error)))


def _unpack(
    descriptor: int, member: Member, directory: Directory, reader: Reader, on_bytes: Callable[[int], None]
) -> None:
    if member.size <= _SMALL_BYTES and member.compressed_size <= _SMALL_BYTES:
        content = read_small(reader, directory, member)
        _write(descriptor, content)
        on_bytes(len(content))
        return
    for piece in read_member(reader, directory, member):
        _write(descriptor, piece)
        on_bytes(len(piece))


def _write(descriptor: int, data: bytes) -> None:
    done = os.write(descriptor, data)
    while done < len(data):
        done += os.write(descriptor, data[done:])


def _finish(descriptor: int, action: Action, umask: int) -> Identity:
    """Give the file its mode and times; return what identifies it from now on."""
    mode = action.member.mode
    if mode is None:
        mode = action.mode_before if action.mode_before is not None else 0o666 & ~umask
    os.fchmod(descriptor, mode)
    seconds = action.member.modified_seconds()
    if seconds is not None:
        os.utime(descriptor, (seconds, seconds))
    return Identity.of(os.fstat(descriptor))


def _sync_all(run: Run, records: Sequence[Record]) -> None:
    if not records or sync_disk(run.files):
        return
    for record in records:
        descriptor = os.open(record.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=run.files)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _umask() -> int:
    """Return the process's umask (there is no way to read it but to set it)."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def _windows(ordered: Sequence[Action], directory: Directory, reader: Reader) -> Iterator[tuple[Action, Reader]]:
    """Yield actions with a reader that fetches neighbours by one request."""
    window = WindowReader(reader)
    group: list[Action] = []
    start = end = 0
    for action in ordered:
        offset, length = stretch(directory, action.member)
        if group and (offset - end > _GAP_BYTES or max(end, offset + length) - start > _WINDOW_BYTES):
            yield from _of_group(group, window, start, end)
            group = []
        if not group:
            start, end = offset, offset
        group.append(action)
        end = max(end, offset + length)
    if group:
        yield from _of_group(group, window, start, end)


def _of_group(group: Sequence[Action], window: WindowReader, start: int, end: int) -> Iterator[tuple[Action, Reader]]:
    if end - start <= _WINDOW_BYTES:
        window.load(start, end - start)
    for action in group:
        yield action, window
