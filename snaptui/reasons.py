"""Why the operating system refused, in the person's language: its own words come in whatever language it has."""

from __future__ import annotations

import errno

from snaptui.i18n import N_, _
from snaptui.text import one_line

_REASONS = {
    errno.EACCES: N_("permission denied"),
    errno.EPERM: N_("not permitted"),
    errno.ENOENT: N_("no such file or folder"),
    errno.EEXIST: N_("it exists already"),
    errno.ENOTDIR: N_("not a folder"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTEMPTY: N_("the folder is not empty"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.ELOOP: N_("too many symbolic links"),
    errno.EROFS: N_("the file system is read-only"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EFBIG: N_("the file is too large"),
    errno.EIO: N_("the disk failed"),
    errno.EBUSY: N_("it is in use"),
    errno.EXDEV: N_("another disk"),
    errno.EMFILE: N_("too many open files"),
    errno.ENOMEM: N_("out of memory"),
    errno.ENXIO: N_("no such device"),
    errno.ENOEXEC: N_("not a program"),
    errno.EADDRINUSE: N_("the address is in use"),
    errno.EADDRNOTAVAIL: N_("no such address here"),
}


def is_known(error: OSError) -> bool:
    """Whether it is one of the ways in which a system refuses, and not a sign of something else."""
    return error.errno in _REASONS


def reason_of(error: BaseException) -> str:
    """A few words, safe for the terminal: ours where they are known, else the system's, else the error's name."""
    known = _REASONS.get(getattr(error, "errno", None) or 0)
    if known is not None:
        return _(known)
    return one_line(str(getattr(error, "strerror", None) or type(error).__name__), 80)
