"""Locks on open files: they end with the process, however that ends."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

fcntl: ModuleType | None = None
with contextlib.suppress(ImportError):  # Windows, where nobody can rename or remove a file that is open anyway
    import fcntl

# File systems that know no locks (some network ones): there, going on beats refusing to work.
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


def try_lock(descriptor: int) -> bool:
    """Lock the file for this descriptor alone, without waiting; return whether that worked. Raises OSError."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True


@contextlib.contextmanager
def held(path: Path, seconds: float = 2.0) -> Iterator[None]:
    """Hold the lock file at ``path`` (made where it is missing) for a short piece of work.

    Raises TimeoutError where another process holds it for longer than ``seconds``, and OSError.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        end = time.monotonic() + seconds
        while not try_lock(descriptor):
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(0.01)
        yield
    finally:
        os.close(descriptor)
