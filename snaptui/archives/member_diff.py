"""One file that differs, compared line by line: only its two contents are fetched, and only where that can help."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

from snaptui.archives.archive import Archive
from snaptui.archives.beneath import Beneath, Blocked
from snaptui.archives.compare import Change, Difference
from snaptui.archives.preview import PREVIEW_BYTES
from snaptui.archives.text_diff import TextDiff, Verdict, comparable, diff_contents
from snaptui.archives.work import in_thread
from snaptui.errors import NotFound
from snaptui.i18n import _
from snaptui.text import safe

Source = Archive | Path
"""Where one side's files are: an open archive, or a folder on this computer."""


async def diff_member(old: Source, new: Source, difference: Difference) -> TextDiff:
    """Compare the two contents of one difference; what is large, or only moved, is not fetched.

    Raises what ``Archive.read`` raises, and ``NotFound`` for a file that has gone from a folder meanwhile.
    """
    if difference.change is Change.RENAMED:
        return TextDiff(Verdict.MOVED)
    if not all(comparable(size or 0) for size in (difference.old_bytes, difference.new_bytes)):
        return TextDiff(Verdict.TOO_LARGE)
    before, after = await asyncio.gather(
        _content(old, difference.on_old_side), _content(new, difference.on_new_side)
    )  # fmt: skip
    if any(data is not None and not comparable(len(data)) for data in (before, after)):
        return TextDiff(Verdict.TOO_LARGE)  # it grew since it was listed
    return await in_thread(lambda _job: diff_contents(before, after, path=difference.path))


async def _content(source: Source, path: str | None) -> bytes | None:
    if path is None:
        return None
    if isinstance(source, Archive):
        member = source.directory.get(path)
        if member is None:
            raise _gone(path)
        return await source.read(member)
    return await in_thread(lambda _job: read_below(source, path))


def read_below(folder: Path, path: str, most: int = PREVIEW_BYTES) -> bytes:
    """Return a regular file's bytes, at most one more than ``most``; no link below the folder is followed."""
    parts = path.split("/")
    try:
        with Beneath(folder) as beneath:
            parent = beneath.folder(parts[:-1])
            if parent is None:
                raise _gone(path)
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            with open(os.open(parts[-1], flags, dir_fd=parent), "rb") as file:  # noqa: PTH123 - by descriptor
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise _gone(path)
                return file.read(most + 1)
    except (Blocked, OSError) as error:
        raise _gone(path) from error


def _gone(path: str) -> NotFound:
    return NotFound(_("{path} can't be read any more; compare again.").format(path=safe(path)))
