"""Putting a staged run's files in their places, and taking them back. Each step may be cut short and repeated.

A file is swapped with what it replaces in one step where the system can (``renameat2``), so that its name is never
missing, and what was replaced stands in the slot afterwards: whatever it was, even if it came a moment ago. What
has happened so far is read off the disk, see ``journal``.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable

from snaptui.archives.beneath import (
    NO_LINKS,
    Beneath,
    Blocked,
    checksum_at,
    exchange,
    move_to_free_name,
    same_file,
    sync_folder,
)
from snaptui.archives.journal import Journal, Record, Run
from snaptui.archives.plan import Identity
from snaptui.archives.safety import Reason, Refusal
from snaptui.errors import RestoreError
from snaptui.i18n import _
from snaptui.text import safe

_NAME_NOT_TAKEN = (errno.EINVAL, errno.ENAMETOOLONG, errno.EILSEQ)


def changed_meanwhile(record: Record) -> RestoreError:
    """Return the error for a target that is no longer as the plan saw it."""
    message = _("{path} in the target changed while the restore ran, so it was stopped; look at it and try again.")
    return RestoreError(message.format(path=safe("/".join(record.parts))))


def place_all(
    beneath: Beneath, run: Run, journal: Journal, *, on_file: Callable[[int, int], None]
) -> tuple[Refusal, ...]:
    """Make the folders and put every file in its place that is not there yet; return names the disk did not take.

    Raises ``RestoreError`` when the target changed since the plan; what was placed by then stays, to be continued
    or taken back.
    """
    refused: list[Refusal] = []
    untaken: list[tuple[str, ...]] = []
    touched: set[tuple[str, ...]] = set()
    for folder in journal.folders:
        try:
            with contextlib.suppress(Blocked):
                beneath.folder(folder.parts, make=True)
                touched.add(folder.parts[:-1])
        except OSError as error:
            if error.errno not in _NAME_NOT_TAKEN:
                raise
            untaken.append(folder.parts)
    for done, record in enumerate(journal.records):
        on_file(done, len(journal.records))
        try:
            parent = beneath.folder(record.parts[:-1], make=True)
            assert parent is not None  # noqa: S101 - made where it was missing
            _place(run, record, parent)
        except Blocked as blocked:
            raise changed_meanwhile(record) from blocked
        except OSError as error:
            if error.errno not in _NAME_NOT_TAKEN:
                raise
            refused.append(Refusal(safe("/".join(record.parts)), Reason.NOT_TAKEN))
        touched.add(record.parts[:-1])
    on_file(len(journal.records), len(journal.records))
    _finish_folders(beneath, journal)
    _sync_folders(beneath, run, touched)
    holding = {record.parts[: len(parts)] for record in journal.records for parts in untaken}
    # An empty folder has nobody else to tell of it.
    refused += [Refusal(safe("/".join(parts)), Reason.NOT_TAKEN) for parts in untaken if parts not in holding]
    return tuple(refused)


def _finish_folders(beneath: Beneath, journal: Journal) -> None:
    """Give folders that were made the mode and time the archive has for them; their owner keeps access."""
    for folder in reversed(journal.folders):
        with contextlib.suppress(Blocked, OSError):
            descriptor = beneath.folder(folder.parts)
            if descriptor is None:
                continue
            if folder.mode is not None:
                os.fchmod(descriptor, folder.mode | stat.S_IRWXU)
            if folder.modified is not None:
                os.utime(descriptor, (folder.modified, folder.modified))


def _sync_folders(beneath: Beneath, run: Run, touched: set[tuple[str, ...]]) -> None:
    """Bring the names of every touched folder to the disk."""
    for parts in sorted(touched):
        with contextlib.suppress(Blocked):
            descriptor = beneath.folder(parts)
            if descriptor is not None:
                sync_folder(descriptor)
    sync_folder(run.files)


def _place(run: Run, record: Record, parent: int) -> None:
    name = record.parts[-1]
    slot = run.slot(record.name)
    if slot is None or not _still_staged(slot, run, record):
        return  # in its place since an earlier try
    if record.before is None:
        try:
            move_to_free_name(run.files, record.name, parent, name)
        except FileExistsError:
            raise changed_meanwhile(record) from None
        return
    try:
        swapped = exchange(run.files, record.name, parent, name)
    except FileNotFoundError:
        if run.slot(record.old_name) is None:
            raise changed_meanwhile(record) from None
        swapped = False
    if not swapped:
        _replace_by_steps(run, record, parent)
        return
    came_out = run.slot(record.name)
    if came_out is None or Identity.of(came_out) != record.before:
        exchange(run.files, record.name, parent, name)
        raise changed_meanwhile(record)


def _replace_by_steps(run: Run, record: Record, parent: int) -> None:
    """Replace where names can't be swapped: give the old file its second name first, then rename over it."""
    name = record.parts[-1]
    there = _lstat(parent, name)
    if run.slot(record.old_name) is None:
        if there is None or Identity.of(there) != record.before:
            raise changed_meanwhile(record)
        try:
            os.link(name, record.old_name, src_dir_fd=parent, dst_dir_fd=run.files, follow_symlinks=False)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            os.rename(name, record.old_name, src_dir_fd=parent, dst_dir_fd=run.files)
    elif there is not None and Identity.of(there) != record.before:
        raise changed_meanwhile(record)
    os.rename(record.name, name, src_dir_fd=run.files, dst_dir_fd=parent)


def take_back_all(
    beneath: Beneath, run: Run, journal: Journal, *, force: bool, on_file: Callable[[int, int], None]
) -> tuple[int, int, tuple[str, ...]]:
    """Put everything back that a run replaced and remove what it added, its folders included when they are empty.

    A file that changed since is left alone unless ``force``. Returns (put back, removed, left: paths to show).
    """
    put_back = removed = 0
    left: list[str] = []
    touched: set[tuple[str, ...]] = set()
    for done, record in enumerate(reversed(journal.records)):
        on_file(done, len(journal.records))
        try:
            parent = beneath.folder(record.parts[:-1], make=record.before is not None)
            outcome = _take_back(run, record, parent, force)
        except Blocked:
            outcome = None
        if outcome is None:
            left.append(safe("/".join(record.parts)))
            continue
        put_back += outcome and record.before is not None
        removed += outcome and record.before is None
        touched.add(record.parts[:-1])
    on_file(len(journal.records), len(journal.records))
    _sync_folders(beneath, run, touched)
    beneath.forget()
    for folder in reversed(journal.folders):
        with contextlib.suppress(Blocked, OSError):
            parent = beneath.folder(folder.parts[:-1])
            if parent is not None:
                os.rmdir(folder.parts[-1], dir_fd=parent)
    beneath.forget()
    return put_back, removed, tuple(reversed(left))


def _take_back(run: Run, record: Record, parent: int | None, force: bool) -> bool | None:
    """Undo one file; return whether anything had to be done, or None when it changed and was left alone."""
    name = record.parts[-1]
    slot, old = run.slot(record.name), run.slot(record.old_name)
    there = None if parent is None else _lstat(parent, name)
    if slot is not None and _still_staged(slot, run, record):
        return False if parent is None else _unfinish(run, record, parent, old, there)
    if parent is None:
        return False
    holder = record.old_name if old is not None else record.name if slot is not None else None
    if holder is None and (there is None or record.before is not None):
        return False  # gone, or put back by an earlier try
    if there is not None and (stat.S_ISDIR(there.st_mode) or not (force or _is(there, record, parent, name))):
        return None
    if holder is None:
        move_to_free_name(parent, name, run.files, record.name)
    elif there is None:
        move_to_free_name(run.files, holder, parent, name)
    elif not exchange(run.files, holder, parent, name):
        os.rename(holder, name, src_dir_fd=run.files, dst_dir_fd=parent)
    return True


def _unfinish(
    run: Run, record: Record, parent: int, old: os.stat_result | None, there: os.stat_result | None
) -> bool | None:
    """Undo a file that was never placed, or cut short on the way where that takes several steps."""
    name = record.parts[-1]
    if there is not None and same_file(run.files, record.name, parent, name):  # it had both names for a moment
        os.unlink(name, dir_fd=parent)
        there = None
        if old is None:
            return True
    if old is None:
        return False
    if there is None:
        move_to_free_name(run.files, record.old_name, parent, name)
        return True
    if not same_file(run.files, record.old_name, parent, name):
        return None
    os.unlink(record.old_name, dir_fd=run.files)
    return False


def _lstat(parent: int, name: str) -> os.stat_result | None:
    try:
        return os.lstat(name, dir_fd=parent)
    except FileNotFoundError:
        return None


def _still_staged(slot: os.stat_result, run: Run, record: Record) -> bool:
    """Whether a slot holds the new content yet, and not what it replaced (which may be the same bytes)."""
    if Identity.of(slot) in (record.staged, record.before):
        return Identity.of(slot) == record.staged
    return _is(slot, record, run.files, record.name)


def _is(status: os.stat_result, record: Record, parent: int, name: str) -> bool:
    """Whether a file is the one that was staged, untouched since.

    By identity; and by content, for a target that was copied or whose file system makes up inode numbers.
    """
    if not stat.S_ISREG(status.st_mode) or status.st_size != record.staged.size:
        return False
    return Identity.of(status) == record.staged or checksum_at(parent, name) == (record.staged.size, record.crc)
