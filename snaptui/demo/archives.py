"""Archives of the demo's world: real ZIP files that exist as segments and are made only where they are read.

An archive's size is known without building it, any range of it can be produced alone, and the same app and
version give the same bytes in every process. Bulk is stored (a block repeated), the rest is deflated or stored.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

_BLOCK = 1 << 16
_STORED, _DEFLATED = 0, 8
_UTF8 = 0x800


@dataclass(frozen=True, slots=True)
class Content:
    """What a member holds: ``data``, deflated or ``stored``, or ``size`` stored bytes of noise from ``seed``."""

    data: bytes = b""
    seed: str = ""
    size: int = 0
    stored: bool = False

    @property
    def length(self) -> int:
        """Bytes once unpacked."""
        return self.size if self.seed else len(self.data)

    @property
    def packed_length(self) -> int:
        """Bytes in the archive."""
        return self.length if self.is_stored else len(_deflated(self.data))

    @property
    def is_stored(self) -> bool:
        """Whether it is in the archive as it is."""
        return self.stored or bool(self.seed)


@dataclass(frozen=True, slots=True)
class MemberPlan:
    """One member before it is placed in an archive."""

    path: str
    content: Content
    modified: datetime
    mode: int = 0o644


@lru_cache(maxsize=64)
def _noise(seed: str) -> bytes:
    """One block of bytes that look like data and do not compress."""
    return hashlib.shake_256(seed.encode()).digest(_BLOCK)


@lru_cache(maxsize=4096)
def _deflated(data: bytes) -> bytes:
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
    return squeeze.compress(data) + squeeze.flush()


@lru_cache(maxsize=4096)
def _crc(content: Content) -> int:
    if not content.seed:
        return zlib.crc32(content.data)
    crc, block = 0, _noise(content.seed)
    for _ in range(content.size // _BLOCK):
        crc = zlib.crc32(block, crc)
    return zlib.crc32(block[: content.size % _BLOCK], crc)


def _dos_time(moment: datetime) -> tuple[int, int]:
    date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return moment.hour << 11 | moment.minute << 5 | moment.second // 2, date


def _fields(member: MemberPlan) -> bytes:
    """The part that a member's local header and its central directory entry share."""
    time, date = _dos_time(member.modified)
    method = _STORED if member.content.is_stored else _DEFLATED
    name = member.path.encode()
    return struct.pack(
        "<HHHHHIIIHH",
        20,
        _UTF8,
        method,
        time,
        date,
        _crc(member.content),
        member.content.packed_length,
        member.content.length,
        len(name),
        0,
    )


class Archive:
    """One ZIP file: ``size``, ``etag`` and any range of its bytes, without ever holding the whole."""

    def __init__(self, members: tuple[MemberPlan, ...]) -> None:
        self.members = members

    @cached_property
    def size(self) -> int:
        """Bytes of the whole file, from the formula: 30 and 46 bytes a member, its name twice, 22 at the end."""
        names = sum(len(m.path.encode()) for m in self.members)
        return sum(m.content.packed_length for m in self.members) + 76 * len(self.members) + 2 * names + 22

    @cached_property
    def etag(self) -> str:
        """A strong entity tag: equal bytes, equal tag."""
        digest = hashlib.sha256()
        for m in self.members:
            told = (m.path, m.content.seed, m.content.size, m.content.stored, m.modified.isoformat(), m.mode)
            digest.update(repr(told).encode() + m.content.data)
        return f'"{digest.hexdigest()[:32]}"'

    @cached_property
    def _segments(self) -> tuple[tuple[int, bytes | Content], ...]:
        """(offset, bytes or content) from the first byte to the last."""
        segments: list[tuple[int, bytes | Content]] = []
        directory: list[bytes] = []
        at = 0
        for m in self.members:
            fields, name = _fields(m), m.path.encode()
            header = b"PK\x03\x04" + fields + name
            directory.append(
                b"PK\x01\x02\x14\x03" + fields + struct.pack("<HHHII", 0, 0, 0, (0o100000 | m.mode) << 16, at) + name
            )
            for piece, length in ((header, len(header)), (m.content, m.content.packed_length)):
                if length:
                    segments.append((at, piece))
                    at += length
        tail = b"".join(directory)
        end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(directory), len(directory), len(tail), at, 0)
        segments.append((at, tail + end))
        return tuple(segments)

    def read(self, start: int, stop: int, chunk: int = _BLOCK) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to ``stop`` in pieces of at most ``chunk``."""
        for at, piece in self._segments:
            length = len(piece) if isinstance(piece, bytes) else piece.packed_length
            low, high = max(start, at) - at, min(stop, at + length) - at
            while low < high:
                part = _slice(piece, low, min(high, low + chunk))
                yield part
                low += len(part)


class WholeArchive(Archive):
    """An archive that somebody sent, as it is."""

    def __init__(self, data: bytes) -> None:
        super().__init__(())
        self._data = data

    @cached_property
    def size(self) -> int:
        """Bytes of the whole file."""
        return len(self._data)

    @cached_property
    def etag(self) -> str:
        """A strong entity tag."""
        return f'"{hashlib.sha256(self._data).hexdigest()[:32]}"'

    @cached_property
    def _segments(self) -> tuple[tuple[int, bytes | Content], ...]:
        return ((0, self._data),)


def _slice(piece: bytes | Content, low: int, high: int) -> bytes:
    if isinstance(piece, bytes):
        return piece[low:high]
    if not piece.seed:
        return (piece.data if piece.stored else _deflated(piece.data))[low:high]
    offset = low % _BLOCK
    return _noise(piece.seed)[offset : min(_BLOCK, offset + high - low)]
