"""The central directory of a ZIP archive, read without trusting a byte of it.

Source of the formats: PKWARE's APPNOTE 6.3.10 (sections 4.3.12 to 4.3.16, 4.4, 4.5.3). Only what every reader
agrees on is taken; what contradicts itself raises ``ArchiveDamaged``. Nothing here looks at members' data: see
``members`` for that.
"""

from __future__ import annotations

import stat
import struct
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import cached_property, partial
from typing import NamedTuple, Protocol, cast, overload

from snaptui.archives.fields import UNIX_HOSTS, decode_name, extra_fields, extra_time
from snaptui.errors import ArchiveDamaged, NotFound
from snaptui.i18n import _
from snaptui.text import safe

STORED = 0
DEFLATED = 8
ENCRYPTED_FLAG = 0x1
DESCRIPTOR_FLAG = 0x8
STRONG_ENCRYPTION_FLAG = 0x40
MASKED_HEADERS_FLAG = 0x2000
LOCAL_HEADER_BYTES = 30

# One request for the tail lists an archive of 5,000 members (measured), at a thousandth of 500 MB.
FIRST_TAIL_BYTES = 512 * 1024
MOST_DIRECTORY_BYTES = 512 * 1024 * 1024
MOST_MEMBERS = 2_000_000

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LONGEST_COMMENT = 0xFFFF
_FULL16 = 0xFFFF
_FULL32 = 0xFFFFFFFF
_ZIP64_EXTRA = 0x0001


class Reader(Protocol):
    """The bytes of one archive, wherever they are. Used from one thread at a time; may block."""

    @property
    def size(self) -> int:
        """Bytes of the whole archive; a remote reader knows it only after ``tail``."""

    def tail(self, length: int) -> bytes:
        """Return the last ``length`` bytes, or the whole archive if it is shorter."""

    def read_at(self, offset: int, length: int) -> bytes:
        """Return exactly ``length`` bytes from ``offset``; raise ``ArchiveDamaged`` past the end."""

    def stream(self, offset: int, length: int) -> Iterator[bytes]:
        """Yield exactly ``length`` bytes from ``offset`` in pieces of at most 1 MiB."""


class Kind(StrEnum):
    """What a member is to become on disk."""

    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    SPECIAL = "special"


def dos_datetime(dos_time: int, zone: tzinfo | None = None) -> datetime | None:
    """Return a DOS date and time, read as ``zone`` (default: the system's); None where it is no valid one."""
    date, clock = dos_time >> 16, dos_time & _FULL16
    try:
        naive = datetime(  # noqa: DTZ001 - a DOS time has no zone until one is given
            1980 + (date >> 9), date >> 5 & 15, date & 31, clock >> 11, clock >> 5 & 63, (clock & 31) * 2
        )
        return naive.replace(tzinfo=zone) if zone is not None else naive.astimezone()
    except (ValueError, OverflowError, OSError):
        return None


class Member(NamedTuple):
    """One entry of the directory, as the archive says it.

    ``path`` is the decoded name and untrusted: for a person use ``shown``; before writing ask ``safety``. Bytes
    that are not text in the name's encoding became lone surrogates. ``offset`` is where the local header starts,
    counted from the first byte of the file; it may lie. ``number`` is the place in the directory, from 0.
    Sizes are bytes.
    """

    number: int
    path: str
    size: int
    compressed_size: int
    crc: int
    method: int
    flags: int
    dos_time: int
    host: int
    attributes: int
    offset: int
    raw_name: bytes
    extra: bytes

    @property
    def shown(self) -> str:
        """The path made safe for a terminal."""
        return safe(self.path)

    @property
    def kind(self) -> Kind:
        """File, directory, symlink or something else, from the name and the Unix mode."""
        file_type = self.attributes >> 16 & 0o170000
        if file_type in (stat.S_IFREG, 0):
            return Kind.DIRECTORY if self.path.endswith("/") else Kind.FILE
        if file_type == stat.S_IFDIR:
            return Kind.DIRECTORY
        return Kind.SYMLINK if file_type == stat.S_IFLNK else Kind.SPECIAL

    @property
    def is_dir(self) -> bool:
        """Whether this entry is a directory."""
        return self.path.endswith("/") or self.attributes >> 16 & 0o170000 == stat.S_IFDIR

    @property
    def mode(self) -> int | None:
        """Permission bits without setuid, setgid and sticky; None where the writer did not say."""
        mode = self.attributes >> 16
        if self.host in UNIX_HOSTS or stat.S_IFMT(mode):
            return mode & 0o777 or None
        return None

    @property
    def encrypted(self) -> bool:
        """Whether a password would be needed."""
        return bool(self.flags & (ENCRYPTED_FLAG | STRONG_ENCRYPTION_FLAG | MASKED_HEADERS_FLAG))

    @property
    def modified_utc(self) -> datetime | None:
        """When it was modified, where an extra field says it in UTC (Unix or NTFS time)."""
        return extra_time(self.extra)

    def modified(self, zone: tzinfo | None = None) -> datetime | None:
        """When it was modified; a DOS time, which has no zone, is read as ``zone`` (default: the system's).

        None when there is no valid time.
        """
        when = self.modified_utc
        if when is not None:
            return when.astimezone(zone)
        return dos_datetime(self.dos_time, zone)

    def modified_seconds(self, zone: tzinfo | None = None) -> int | None:
        """The modification time in seconds since the epoch; quick for the system's zone."""
        if not self.extra and zone is None:
            date, clock = self.dos_time >> 16, self.dos_time & _FULL16
            if not (date & 31 and date >> 5 & 15):
                return None
            parts = (1980 + (date >> 9), date >> 5 & 15, date & 31, clock >> 11, clock >> 5 & 63, (clock & 31) * 2)
            try:
                return int(time.mktime((*parts, 0, 0, -1)))
            except (ValueError, OverflowError):
                return None
        when = self.modified(zone)
        return None if when is None else int(when.timestamp())


_Row = tuple[int, str, int, int, int, int, int, int, int, int, int, bytes, bytes]
_as_member = cast("Callable[[_Row], Member]", partial(tuple.__new__, Member))


class Members(Sequence[Member]):
    """The members of one directory, in its order.

    They are kept as plain tuples, which the garbage collector stops looking at, and become ``Member`` when asked for:
    so 100,000 of them do not hold up the event loop at every collection.
    """

    __slots__ = ("_rows",)

    def __init__(self, rows: list[_Row]) -> None:
        self._rows = rows

    @overload
    def __getitem__(self, at: int) -> Member: ...

    @overload
    def __getitem__(self, at: slice) -> Members: ...

    def __getitem__(self, at: int | slice) -> Member | Members:
        return Members(self._rows[at]) if isinstance(at, slice) else _as_member(self._rows[at])

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Member]:
        return map(_as_member, self._rows)

    def __eq__(self, other: object) -> bool:
        return self._rows == other._rows if isinstance(other, Members) else NotImplemented

    def __hash__(self) -> int:
        return hash(len(self._rows))

    def __repr__(self) -> str:
        return f"Members({len(self._rows)})"


@dataclass(frozen=True)
class Directory:
    """Everything a ZIP's directory says. ``start`` is where it begins, ``archive_size`` the bytes of the file."""

    members: Members
    start: int
    archive_size: int

    @cached_property
    def total_bytes(self) -> int:
        """Bytes of all members when unpacked, as announced."""
        return sum(member.size for member in self.members)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {member.path: member.number for member in self.members}

    def get(self, path: str) -> Member | None:
        """Return the member with this path, or None; of several the last, which is why ``safety`` refuses them."""
        number = self._numbers.get(path)
        return None if number is None else self.members[number]

    @cached_property
    def _offsets(self) -> list[int]:
        return sorted({member.offset for member in self.members} | {self.start})

    def room_end(self, member: Member) -> int:
        """Where the next thing in the file begins: a member's header and data must end before it."""
        at = bisect_right(self._offsets, member.offset)
        return self._offsets[at] if at < len(self._offsets) else self.start

    def find(self, path: str) -> Member:
        """Return the file with this path (as stored or as shown); raise ``NotFound``."""
        wanted = path.removeprefix("./")
        found = self.get(wanted)
        if found is None:
            found = next((member for member in self.members if member.shown == wanted), None)
        if found is None or found.is_dir:
            message = _("The archive has no file {path}; list its files to see the names.")
            raise NotFound(message.format(path=safe(path)))
        return found


def read_directory(reader: Reader, *, first_tail: int = FIRST_TAIL_BYTES) -> Directory:
    """Read the directory: one ``tail`` of ``first_tail`` bytes, and one ``read_at`` more when that is too short.

    Raises ``ArchiveDamaged`` for anything that is not a whole ZIP archive, and whatever the reader raises.
    """
    tail = reader.tail(max(first_tail, _END.size))
    tail_start = reader.size - len(tail)
    count, length, start, shift = _locate(reader, tail, tail_start)
    if length > MOST_DIRECTORY_BYTES or count > MOST_MEMBERS:
        raise ArchiveDamaged(_("The archive announces more members than snaptui reads; it was left alone."))
    if start >= tail_start:
        data = tail[start - tail_start : start - tail_start + length]
    else:
        missing = min(length, tail_start - start)
        data = reader.read_at(start, missing) + tail[: max(0, length - missing)]
    members = _parse(data, shift)
    # Writers without ZIP64 count modulo 65,536.
    if len(members) != count and (len(members) & _FULL16 != count or count > _FULL16):
        raise _damaged()
    return Directory(Members(members), start, reader.size)


def _damaged() -> ArchiveDamaged:
    return ArchiveDamaged(_("The archive's directory contradicts itself; fetch it again, or take another version."))


def _locate(reader: Reader, tail: bytes, tail_start: int) -> tuple[int, int, int, int]:
    """Return (members, directory bytes, where it starts, bytes put before the archive)."""
    at = _find_end(tail)
    if at < 0:
        sentence = _("This is not a whole ZIP archive: its end is missing; fetch it again, or take another version.")
        raise ArchiveDamaged(sentence)
    _sig, disk, first_disk, here, count, length, offset, _comment = _END.unpack_from(tail, at)
    end = tail_start + at
    full = _FULL16 in (disk, first_disk, here, count) or _FULL32 in (length, offset)
    end64 = _read_end64(reader, tail, tail_start, at)
    if end64 is not None:
        # Some writers add the ZIP64 record where nobody needs it; then both have to say the same.
        if not full and end64[1:] != (disk, first_disk, here, count, length, offset):
            raise _damaged()
        end, disk, first_disk, here, count, length, offset = end64
    if disk != 0 or first_disk != 0 or here != count:
        raise ArchiveDamaged(_("The archive is one part of several, which snaptui does not read."))
    start = end - length
    # Info-ZIP's ``zip -fz`` into a pipe fills the offset without writing the ZIP64 record it announces.
    shift = 0 if offset == _FULL32 and start < _FULL32 else start - offset
    if start < 0 or shift < 0:
        raise _damaged()
    return count, length, start, shift


def _find_end(tail: bytes) -> int:
    """Return where the end record starts in ``tail``: the last one whose comment reaches to the end; -1 without."""
    lowest = max(0, len(tail) - _END.size - _LONGEST_COMMENT)
    at = tail.rfind(b"PK\x05\x06", lowest, max(0, len(tail) - _END.size + 4))
    while at >= 0:
        (comment,) = struct.unpack_from("<H", tail, at + _END.size - 2)
        if at + _END.size + comment == len(tail):
            return at
        at = tail.rfind(b"PK\x05\x06", lowest, at + 3)
    return -1


def _read_end64(
    reader: Reader, tail: bytes, tail_start: int, end: int
) -> tuple[int, int, int, int, int, int, int] | None:
    """Return (where the ZIP64 end record is, disk, first disk, members here, members, bytes, offset), or None."""
    at = end - _END64_LOCATOR.size
    if at < 0 or tail[at : at + 4] != b"PK\x06\x07":
        return None
    _sig, disk, offset, _disks = _END64_LOCATOR.unpack_from(tail, at)
    # The record stands right before its locator; its own offset is wrong when something was put before the archive.
    position = tail_start + at - _END64.size
    if position < 0 or disk != 0:
        raise _damaged()
    record = tail[at - _END64.size : at] if at >= _END64.size else reader.read_at(position, _END64.size)
    if record[:4] != b"PK\x06\x06":
        if offset + _END64.size > tail_start + at:
            raise _damaged()
        position = offset
        inside = offset - tail_start
        record = tail[inside : inside + _END64.size] if inside >= 0 else reader.read_at(offset, _END64.size)
        if record[:4] != b"PK\x06\x06":
            raise _damaged()
    _sig, _length, _made, _needed, disk, first_disk, here, count, length, start = _END64.unpack(record)
    return position, disk, first_disk, here, count, length, start


def _parse(data: bytes, shift: int) -> list[_Row]:
    members: list[_Row] = []
    append, unpack, fixed = members.append, _CENTRAL.unpack_from, _CENTRAL.size
    at, end = 0, len(data)
    while at < end:
        if end - at < fixed:
            raise _damaged()
        (
            signature, made, _needed, flags, method, clock, date, crc, packed, size, name_len, extra_len, note_len,
            disk, _internal, attributes, offset,
        ) = unpack(data, at)  # fmt: skip
        at += fixed
        after_name = at + name_len
        after = after_name + extra_len + note_len
        if signature != b"PK\x01\x02" or after > end:
            raise _damaged()
        raw = data[at:after_name]
        extra = data[after_name : after_name + extra_len] if extra_len else b""
        if size == _FULL32 or packed == _FULL32 or offset == _FULL32:
            size, packed, offset = _wide(extra, size, packed, offset)
        if disk not in (0, _FULL16):
            raise _damaged()
        path = raw.decode("ascii") if raw.isascii() else decode_name(raw, flags, extra, made >> 8)
        append(
            (len(members), path, size, packed, crc, method, flags, date << 16 | clock, made >> 8, attributes,
             offset + shift, raw, extra)
        )  # fmt: skip
        at = after
    return members


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Return the 64-bit values for those that are full in 32 bits (APPNOTE 4.5.3)."""
    values = [size, packed, offset]
    for tag, content in extra_fields(extra):
        if tag != _ZIP64_EXTRA:
            continue
        at = 0
        for which, value in enumerate(values):
            if value == _FULL32:
                if at + 8 > len(content):
                    raise _damaged()
                values[which] = int.from_bytes(content[at : at + 8], "little")
                at += 8
        break
    return values[0], values[1], values[2]
