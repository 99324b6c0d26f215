"""A folder on disk, and what is below it, reached through descriptors and never through a symbolic link.

Every component is opened relative to its parent with ``O_NOFOLLOW``, so a folder that is swapped for a link while
snaptui works cannot lead it elsewhere. For POSIX systems.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import stat
import sys
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from snaptui.archives.safety import UNDO_FOLDER, Reason
from snaptui.errors import CannotWrite, NotFound
from snaptui.i18n import _
from snaptui.reasons import reason_of
from snaptui.text import safe

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PIECE_BYTES = 256 * 1024
_RENAME_NOREPLACE = 1
_RENAME_EXCHANGE = 2
NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK)
_UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)


class Blocked(Exception):
    """A path below the folder can't be used; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Beneath:
    """One folder held open by descriptor. ``fd`` is the folder's, ``device`` its file system.

    ``unread`` are the folders that ``entries`` and ``walk`` passed by, because they can't be read or are other disks.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open ``path`` (a link to it may be followed: the person named it); with ``create`` make it first.

        Raises ``NotFound`` when it isn't there, ``CannotWrite`` when it is no folder or can't be made or opened.
        """
        self.path = path
        try:
            if create:
                path.mkdir(parents=True, exist_ok=True)
            self.fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            message = _("There is no folder {path}; check its name.")
            raise NotFound(message.format(path=safe(str(path)))) from error
        except OSError as error:
            message = _("{path} can't be used as a folder ({problem}); choose another one.")
            raise CannotWrite(message.format(path=safe(str(path)), problem=reason_of(error))) from error
        self.device = os.fstat(self.fd).st_dev
        self.unread: list[tuple[str, ...]] = []
        self._open: list[tuple[str, int]] = []

    def folder(self, parts: Sequence[str], *, make: bool = False) -> int | None:
        """Return a descriptor of the folder at ``parts``, good until the next call; None when it isn't there.

        With ``make`` missing folders are made. Raises ``Blocked`` for a link, a file or another disk in the way.
        """
        same = 0
        while same < len(parts) and same < len(self._open) and self._open[same][0] == parts[same]:
            same += 1
        self._leave(same)
        for name in parts[same:]:
            parent = self._open[-1][1] if self._open else self.fd
            descriptor = self._enter(parent, name, make)
            if descriptor is None:
                return None
            self._open.append((name, descriptor))
        return self._open[-1][1] if self._open else self.fd

    def _enter(self, parent: int, name: str, make: bool) -> int | None:
        try:
            descriptor = os.open(name, _FOLDER, dir_fd=parent)
        except FileNotFoundError:
            if not make:
                return None
            with contextlib.suppress(FileExistsError):  # somebody else may make it just now
                os.mkdir(name, dir_fd=parent)
            return self._enter(parent, name, make=False)
        except OSError as error:
            if error.errno not in (errno.ENOTDIR, errno.ELOOP):
                raise
            status = os.lstat(name, dir_fd=parent)
            raise Blocked(Reason.THROUGH_SYMLINK if stat.S_ISLNK(status.st_mode) else Reason.OBSTRUCTED) from None
        if os.fstat(descriptor).st_dev != self.device:
            os.close(descriptor)
            raise Blocked(Reason.OTHER_FILE_SYSTEM)
        return descriptor

    def _leave(self, depth: int) -> None:
        while len(self._open) > depth:
            os.close(self._open.pop()[1])

    def forget(self) -> None:
        """Close the folders kept open on the way, so that the next call looks at the disk anew."""
        self._leave(0)

    def status(self, parts: Sequence[str]) -> os.stat_result | None:
        """Return what is at ``parts`` (a link itself, not its target), or None when nothing is."""
        parent = self.folder(parts[:-1])
        if parent is None:
            return None
        try:
            return os.lstat(parts[-1], dir_fd=parent)
        except FileNotFoundError:
            return None

    def checksum(self, parts: Sequence[str]) -> tuple[int, int] | None:
        """Return (size, CRC-32) of the regular file at ``parts``, or None when there is none."""
        parent = self.folder(parts[:-1])
        return None if parent is None else checksum_at(parent, parts[-1])

    def walk(self) -> Iterator[tuple[tuple[str, ...], os.stat_result]]:
        """Yield (parts, status) of everything that is no folder, links not followed, the undo folder left out.

        Folders that can't be read and other disks are passed by.
        """
        waiting: list[tuple[str, ...]] = [()]
        while waiting:
            here = waiting.pop()
            for name, status in self.entries(here):
                if stat.S_ISDIR(status.st_mode):
                    waiting.append((*here, name))
                else:
                    yield (*here, name), status

    def entries(self, parts: Sequence[str]) -> list[tuple[str, os.stat_result]]:
        """Return (name, status) of what is in one folder, sorted; nothing when it can't be read."""
        try:
            descriptor = self.folder(parts)
            if descriptor is None:
                return []
            names = os.listdir(descriptor)  # noqa: PTH208 - by descriptor
        except (Blocked, OSError):
            self.unread.append(tuple(parts))
            return []
        found: list[tuple[str, os.stat_result]] = []
        for name in sorted(names):
            if not parts and name == UNDO_FOLDER:
                continue
            with contextlib.suppress(OSError):  # gone just now, or in a folder that may be listed and not entered
                found.append((name, os.lstat(name, dir_fd=descriptor)))
        return found

    def close(self) -> None:
        """Release every descriptor."""
        self._leave(0)
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def __enter__(self) -> Beneath:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def checksum_at(parent: int, name: str) -> tuple[int, int] | None:
    """Return (size, CRC-32) of a regular file in a folder held open, or None when it is none or can't be read."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=parent)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        size = crc = 0
        while piece := os.read(descriptor, _PIECE_BYTES):
            size += len(piece)
            crc = zlib.crc32(piece, crc)
        return size, crc
    finally:
        os.close(descriptor)


@cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


@cache
def _renameat2() -> Any:
    return getattr(_libc(), "renameat2", None) if sys.platform == "linux" else None


def _rename_flagged(old_dir: int, old: str, new_dir: int, new: str, flag: int) -> bool:
    """Call renameat2; return False where the system or the file system has no such thing."""
    call = _renameat2()
    if call is None:
        return False
    if call(old_dir, os.fsencode(old), new_dir, os.fsencode(new), flag) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number))


def exchange(one_dir: int, one: str, other_dir: int, other: str) -> bool:
    """Swap two names in one step, so that neither is ever missing; return False where that can't be done."""
    return _rename_flagged(one_dir, one, other_dir, other, _RENAME_EXCHANGE)


def move_to_free_name(old_dir: int, old: str, new_dir: int, new: str) -> None:
    """Rename to a name that must be free (or be a second name of the same file); else raise FileExistsError."""
    try:
        if _rename_flagged(old_dir, old, new_dir, new, _RENAME_NOREPLACE):
            return
        try:
            os.link(old, new, src_dir_fd=old_dir, dst_dir_fd=new_dir, follow_symlinks=False)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            _look_then_rename(old_dir, old, new_dir, new)
            return
    except FileExistsError:
        if not same_file(old_dir, old, new_dir, new):
            raise
    os.unlink(old, dir_fd=old_dir)


def _look_then_rename(old_dir: int, old: str, new_dir: int, new: str) -> None:
    """Rename where neither flags nor hard links exist (FAT on an old kernel, say)."""
    try:
        os.lstat(new, dir_fd=new_dir)
    except FileNotFoundError:
        os.rename(old, new, src_dir_fd=old_dir, dst_dir_fd=new_dir)
        return
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


def same_file(one_dir: int, one: str, other_dir: int, other: str) -> bool:
    """Whether two names are of one file; False when either is missing."""
    try:
        first, second = os.lstat(one, dir_fd=one_dir), os.lstat(other, dir_fd=other_dir)
    except FileNotFoundError:
        return False
    return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)


def sync_disk(descriptor: int) -> bool:
    """Sync everything written to the file system of ``descriptor``; return False where only fsync exists."""
    call = getattr(_libc(), "syncfs", None) if sys.platform == "linux" else None
    if call is None:
        return False
    if call(descriptor) != 0:
        number = ctypes.get_errno()
        if number in _UNSUPPORTED:
            return False
        raise OSError(number, os.strerror(number))
    return True


def sync_folder(descriptor: int) -> None:
    """Bring a folder's names to the disk, where its file system has such a thing."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise


def ignores_case(descriptor: int, name: str) -> bool:
    """Whether names in a folder are compared without case, found out by looking, not by writing.

    ``name`` is an entry of the folder that has letters; without one the answer is the platform's habit.
    """
    if _casefold_flag(descriptor):
        return True
    swapped = name.swapcase()
    if swapped == name or len(swapped) != len(name):
        return sys.platform == "darwin"
    try:
        one = os.lstat(name, dir_fd=descriptor)
        other = os.lstat(swapped, dir_fd=descriptor)
    except OSError:
        return False
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


def _casefold_flag(descriptor: int) -> bool:
    """Whether Linux says that this folder folds case (ext4 and f2fs, ``FS_CASEFOLD_FL`` of linux/fs.h)."""
    if sys.platform != "linux":
        return False
    import fcntl

    get_flags = 0x80086601 if ctypes.sizeof(ctypes.c_long) == 8 else 0x80046601
    try:
        answer = fcntl.ioctl(descriptor, get_flags, b"\0" * 8)
    except OSError:
        return False
    return bool(int.from_bytes(answer[:4], sys.byteorder) & 0x40000000)
