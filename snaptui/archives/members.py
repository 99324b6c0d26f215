"""The bytes of one member, unpacked piece by piece and checked against what the directory says."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from itertools import chain

from snaptui.archives.directory import DEFLATED, LOCAL_HEADER_BYTES, STORED, Directory, Member, Reader
from snaptui.errors import ArchiveDamaged, ArchiveRefused
from snaptui.i18n import _

_LOCAL = struct.Struct("<4s5H3L2H")
# A local header's extra fields are longer than the directory's by a few bytes (access times): one request gets all.
_SLACK_BYTES = 64
_PIECE_BYTES = 256 * 1024


def stretch(directory: Directory, member: Member) -> tuple[int, int]:
    """Return (offset, length) of what has to be fetched to read a member in one go."""
    guess = LOCAL_HEADER_BYTES + len(member.raw_name) + len(member.extra) + _SLACK_BYTES + member.compressed_size
    return member.offset, max(0, min(guess, directory.room_end(member) - member.offset))


def read_member(reader: Reader, directory: Directory, member: Member, *, limit: int | None = None) -> Iterator[bytes]:
    """Yield a member's content in pieces of at most 256 KiB.

    Never yields more than the announced size. With ``limit`` it stops after that many bytes, unchecked. Without,
    the last piece is followed by the check of size and CRC: until the iterator ends by itself nothing is proven.
    Raises ``ArchiveDamaged``, and ``ArchiveRefused`` for an encrypted or unknown packing.
    """
    _require_readable(member)
    packed = _packed(reader, directory, member, limit)
    pieces = packed if member.method == STORED else _inflate(packed, member)
    checksum = received = 0
    for piece in pieces:
        received += len(piece)
        if received > member.size:
            raise damaged(member)
        if limit is not None and received >= limit:
            yield piece[: len(piece) - (received - limit)]
            return
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if received != member.size or checksum != member.crc:
        raise damaged(member)


def read_small(reader: Reader, directory: Directory, member: Member) -> bytes:
    """Return a member's whole content, checked, with one read: for members that fit in memory."""
    _require_readable(member)
    offset, length = stretch(directory, member)
    data = reader.read_at(offset, length)
    start = _data_start(data, directory, member)
    packed = data[start : start + member.compressed_size]
    missing = member.compressed_size - len(packed)
    if missing:
        packed += reader.read_at(offset + max(start, len(data)), missing)
    if member.method == DEFLATED:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = unpacker.decompress(packed, member.size + 1)
        except zlib.error as error:
            raise damaged(member) from error
        if not unpacker.eof and not (len(content) == member.size and _only_end_left(unpacker)):
            raise damaged(member)
        if unpacker.unused_data:
            raise damaged(member)
    else:
        content = packed
    if len(content) != member.size or zlib.crc32(content) != member.crc:
        raise damaged(member)
    return content


def damaged(member: Member) -> ArchiveDamaged:
    """Return the error that names a damaged member."""
    message = _("The member {path} is damaged; fetch the archive again, or take another version.")
    return ArchiveDamaged(message.format(path=member.shown))


def _require_readable(member: Member) -> None:
    if member.encrypted:
        message = _("The member {path} is encrypted, which snaptui does not read; use a tool that asks its password.")
        raise ArchiveRefused(message.format(path=member.shown))
    if member.method not in (STORED, DEFLATED):
        message = _("The member {path} is packed by method {method}, which snaptui does not read; use another tool.")
        raise ArchiveRefused(message.format(path=member.shown, method=member.method))


def _data_start(data: bytes, directory: Directory, member: Member) -> int:
    """Check the local header at the start of ``data``; return where in ``data`` the content begins."""
    if len(data) < LOCAL_HEADER_BYTES:
        raise damaged(member)
    signature, _v, flags, method, _t, _d, _c, _p, _s, name_bytes, extra_bytes = _LOCAL.unpack_from(data)
    name = data[LOCAL_HEADER_BYTES : LOCAL_HEADER_BYTES + name_bytes]
    start: int = LOCAL_HEADER_BYTES + name_bytes + extra_bytes
    if signature != b"PK\x03\x04" or method != member.method or name != member.raw_name or flags & 1:
        raise damaged(member)
    if member.offset + start + member.compressed_size > directory.room_end(member):
        raise damaged(member)
    return start


def _packed(reader: Reader, directory: Directory, member: Member, limit: int | None) -> Iterator[bytes]:
    """Yield a member's packed bytes: one request, and a second only for unusually long extra fields.

    Where no more than ``limit`` bytes of the content are wanted, the first request is no longer than they can be.
    """
    offset, length = stretch(directory, member)
    if limit is not None:
        length = min(length, length - member.compressed_size + limit + limit // 512)  # deflate grows noise a little
    pieces = reader.stream(offset, length)
    head = b""
    enough = LOCAL_HEADER_BYTES + len(member.raw_name)
    for piece in pieces:
        head += piece
        if len(head) >= enough:
            break
    start = _data_start(head, directory, member)
    end = start + member.compressed_size
    at = 0  # where the piece at hand begins, counted from the local header
    for piece in chain((head,), pieces):
        kept = piece[max(0, start - at) : max(0, end - at)]
        at += len(piece)
        if kept:
            yield kept
        if at >= end:
            return
    at = max(at, start)  # the guess was too short: fetch the rest
    yield from reader.stream(offset + at, end - at)


def _inflate(packed: Iterator[bytes], member: Member) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in packed:
            waiting = piece
            while waiting and not unpacker.eof:
                unpacked = unpacker.decompress(waiting, _PIECE_BYTES)
                waiting = unpacker.unconsumed_tail
                if unpacked:
                    yield unpacked
            if unpacker.eof and (waiting or unpacker.unused_data):
                raise damaged(member)
        while not unpacker.eof:
            unpacked = unpacker.decompress(unpacker.unconsumed_tail, _PIECE_BYTES)
            if not unpacked:
                break
            yield unpacked
    except zlib.error as error:
        raise damaged(member) from error
    if not unpacker.eof:
        raise damaged(member)


def _only_end_left(unpacker: zlib._Decompress) -> bool:
    """Whether nothing but the end mark of the stream was still to be read when the bound was met."""
    return not unpacker.decompress(unpacker.unconsumed_tail, 1) and unpacker.eof
