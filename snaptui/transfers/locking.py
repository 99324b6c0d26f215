"""A lock on an open file that ends with the process, however that ends."""

from __future__ import annotations

import contextlib
import errno
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
