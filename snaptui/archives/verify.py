"""Whether an archive file is whole and sound: its directory, the CRC of every member, and its SHA-256, in one pass."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from snaptui.archives.directory import DEFLATED, LOCAL_HEADER_BYTES, STORED, Directory, Kind, read_directory
from snaptui.archives.members import damaged, read_member
from snaptui.archives.readers import PIECE_BYTES, FileReader
from snaptui.errors import ArchiveDamaged
from snaptui.formatting import number
from snaptui.i18n import _


@dataclass(frozen=True, slots=True)
class Verified:
    """A whole, sound archive: what it measures, how many files are in it, and its SHA-256 in hex.

    ``unchecked`` members are encrypted or packed by a method that is unknown here: they lie where they should, and
    whether their content is sound nobody can tell without a password or another tool.
    """

    path: Path
    size_bytes: int
    members: int
    sha256: str
    unchecked: int = 0


class _HashingReader:
    """Reads a file forward and hashes each byte once, as it comes by."""

    def __init__(self, reader: FileReader, told: Callable[[int], None]) -> None:
        self._reader = reader
        self._told = told
        self._digest = hashlib.sha256()
        self._at = 0

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._reader.size

    def tail(self, length: int) -> bytes:
        """Return the last ``length`` bytes, unhashed: they come by again at the end."""
        return self._reader.tail(length)

    def read_at(self, offset: int, length: int) -> bytes:
        """Return ``length`` bytes from ``offset``, unhashed."""
        return self._reader.read_at(offset, length)

    def stream(self, offset: int, length: int) -> Iterator[bytes]:
        """Yield ``length`` bytes from ``offset``; what was skipped on the way is hashed too."""
        self._skip_to(offset)
        for piece in self._reader.stream(offset, length):
            self._take(offset, piece)
            offset += len(piece)
            yield piece

    def _take(self, offset: int, piece: bytes) -> None:
        new = piece[max(0, self._at - offset) :]
        if new:
            self._digest.update(new)
            self._at += len(new)
            self._told(self._at)

    def _skip_to(self, offset: int) -> None:
        while self._at < offset:
            self._take(self._at, self._reader.read_at(self._at, min(PIECE_BYTES, offset - self._at)))

    def finish(self) -> str:
        """Hash to the end; return the digest in hex."""
        self._skip_to(self.size)
        return self._digest.hexdigest()


def check_archive(
    path: Path,
    *,
    expected_size: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    check_cancelled: Callable[[], None] | None = None,
) -> Verified:
    """Read the whole file and return what it is; the caller's thread blocks meanwhile.

    ``on_progress`` hears (bytes checked, bytes of the file); ``check_cancelled`` may raise to stop. Raises
    NotFound and ArchiveDamaged, and SnaptuiError for what cannot be read as a file.
    """
    with FileReader(path) as file:
        if expected_size is not None and file.size != expected_size:
            raise ArchiveDamaged(
                _("The archive has {found} bytes where {expected} were announced: fetch it again.").format(
                    found=number(file.size), expected=number(expected_size)
                )
            )

        def told(checked: int) -> None:
            if check_cancelled is not None:
                check_cancelled()
            if on_progress is not None:
                on_progress(checked, file.size)

        reader = _HashingReader(file, told)
        directory = read_directory(reader)
        files, unchecked = _check_members(reader, directory)
        return Verified(path, file.size, files, reader.finish(), unchecked)


def _check_members(reader: _HashingReader, directory: Directory) -> tuple[int, int]:
    """Unpack every member in the order of the file; return how many files there are, and how many were not unpacked."""
    files = unchecked = 0
    before = -1
    for member in sorted(directory.members, key=lambda member: member.offset):
        if member.offset == before:
            raise damaged(member)  # two members with one header: a few bytes that read as many
        before = member.offset
        if member.encrypted or member.method not in (STORED, DEFLATED):
            least = LOCAL_HEADER_BYTES + len(member.raw_name) + member.compressed_size
            if member.offset + least > directory.room_end(member):
                raise damaged(member)
            unchecked += 1
        else:
            for _piece in read_member(reader, directory, member):
                pass
        files += member.kind is not Kind.DIRECTORY
    return files, unchecked
