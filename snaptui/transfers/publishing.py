"""Giving a finished file its final name, durably, and never in place of a file that nobody said to replace."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

# chmod on a file system without permissions, and fsync of a folder on one that has no such thing.
_NOT_THERE = (errno.EPERM, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS)


def publish(descriptor: int, path: Path, target: Path, *, overwrite: bool) -> None:
    """Name the open file at ``path`` ``target``, with the mode that a new file of the user has.

    Raises FileExistsError where something has the name already and is not to be replaced, and OSError.
    """
    with _where_there_is():
        os.fchmod(descriptor, 0o666 & ~_umask(path))
    os.fsync(descriptor)
    if overwrite:
        path.replace(target)
    else:
        _name_new(path, target)
    sync_folder(target.parent)


def _name_new(path: Path, target: Path) -> None:
    try:
        # Unlike a rename, a link fails where the name is taken, also by a file that came a moment ago.
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        # A file system without hard links: look, then rename. Only there could a file slip in between.
        if os.path.lexists(target):
            raise FileExistsError from None
        path.rename(target)
        return
    path.unlink()


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with _where_there_is():
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _where_there_is() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _NOT_THERE:
            raise


def _umask(path: Path) -> int:
    """The user's umask, found without changing it: that would be seen by every thread."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    probe = path.with_name(path.name + ".mode")
    descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        return 0o666 & ~os.fstat(descriptor).st_mode
    finally:
        os.close(descriptor)
        probe.unlink()
