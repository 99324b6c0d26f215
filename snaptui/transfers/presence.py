"""Whether the file that has the final name already is the very archive that was asked for.

Its size and a sound inside are not proof: another version can have both. The record of what was downloaded is; else
the archive's own directory, which holds the CRC of every member, is fetched and compared with the file's.
"""

from __future__ import annotations

import stat
from pathlib import Path

from snaptui.archives.directory import read_directory
from snaptui.archives.readers import FileReader
from snaptui.errors import ArchiveDamaged, CannotWrite
from snaptui.i18n import _
from snaptui.reasons import reason_of
from snaptui.text import one_line
from snaptui.transfers.connection import Reply, Silence
from snaptui.transfers.fetching import Unusable, accept, content_range, not_an_archive
from snaptui.transfers.part import exists
from snaptui.transfers.patience import Passing

_PIECE = 256 * 1024


def look_at(target: Path, *, overwrite: bool) -> bool:
    """Whether an ordinary file (or a link to one) has the final name.

    Raises TargetExists for anything else that is not to be replaced, and CannotWrite for a folder.
    """
    try:
        own = target.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        message = _("{path} cannot be looked at ({reason}): choose another place.")
        raise CannotWrite(message.format(path=one_line(str(target)), reason=reason_of(error))) from error
    if stat.S_ISDIR(own.st_mode):
        raise CannotWrite(_("{path} is a folder: choose a file name in it.").format(path=one_line(str(target))))
    if not overwrite and not target.is_file():
        raise exists(target)
    return True


def directory_start(target: Path) -> int:
    """Where the directory of an archive file begins. Raises ArchiveDamaged."""
    with FileReader(target) as file:
        return read_directory(file).start


def ask_tail(start: int, size: int) -> dict[str, str]:
    """The header that asks for the directory."""
    return {"Range": f"bytes={start}-{size - 1}"}


def is_same(reply: Reply, target: Path, start: int) -> bool:
    """Whether the host's archive equals the file: in its directory, or throughout where the host sends it all.

    Raises as ``accept`` does, and Passing where the answer ends early.
    """
    size = target.stat().st_size
    if reply.status == 206:
        span = content_range(reply)
        if span is None or span[:2] != (start, size - 1):
            raise Unusable(_("the archive's host sent another part than was asked for"))
        offset, total = start, span[2]
    elif reply.status == 416:
        return False  # the host's archive is shorter
    else:
        answer = accept(reply, 0, None, None)
        offset, total = 0, answer.total if answer.total is not None else size
    return total == size and _equal(reply, target, offset, size)


def _equal(reply: Reply, target: Path, offset: int, size: int) -> bool:
    buffer = memoryview(bytearray(_PIECE))
    with FileReader(target) as file:
        while offset < size:
            try:
                count = reply.read_some(buffer[: size - offset])
            except Silence:
                continue
            if not count:
                raise Passing(_("the connection ended early"))
            piece = bytes(buffer[:count])
            if offset == 0 and not piece.startswith(b"P"):
                raise not_an_archive()
            try:
                if file.read_at(offset, count) != piece:
                    return False
            except ArchiveDamaged:
                return False
            offset += count
    return True
