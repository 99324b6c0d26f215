"""The extra fields and names of a directory's entries.

Sources: PKWARE's APPNOTE 6.3.10 (4.5 and appendix D) and Info-ZIP's extrafld.txt (0x5455, 0x7075).
"""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

UTF8_FLAG = 0x800
UNIX_HOSTS = (3, 19)  # APPNOTE 4.4.2.2: UNIX and OS X
_NTFS_EXTRA = 0x000A
_TIME_EXTRA = 0x5455
_UNICODE_PATH_EXTRA = 0x7075


def extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (tag, content) of each whole extra field; what is cut off at the end is left out."""
    at = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<2H", extra, at)
        content = extra[at + 4 : at + 4 + length]
        if len(content) == length:
            yield tag, content
        at += 4 + length


def extra_time(extra: bytes) -> datetime | None:
    if not extra:
        return None
    for tag, content in extra_fields(extra):
        try:
            if tag == _TIME_EXTRA and len(content) >= 5 and content[0] & 1:
                return datetime.fromtimestamp(struct.unpack_from("<l", content, 1)[0], UTC)
            if tag == _NTFS_EXTRA and len(content) >= 16 and content[4:8] == b"\x01\x00\x18\x00":
                tenths_of_microseconds: int = struct.unpack_from("<Q", content, 8)[0]
                return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=tenths_of_microseconds // 10)
        except (ValueError, OverflowError, OSError, struct.error):
            continue
    return None


def decode_name(raw: bytes, flags: int, extra: bytes, host: int) -> str:
    """Return a name that is not ASCII as text.

    Unmarked names are CP437 by the standard; Info-ZIP on Unix stores them unmarked as the system has them, which is
    UTF-8 today (and no CP437 text is valid UTF-8 but by a rare chance), so that is tried first for those hosts.
    """
    if flags & UTF8_FLAG:
        return raw.decode("utf-8", "surrogateescape")
    for tag, content in extra_fields(extra):
        if tag == _UNICODE_PATH_EXTRA and len(content) > 5 and content[0] == 1:
            (checksum,) = struct.unpack_from("<L", content, 1)
            if checksum == zlib.crc32(raw):  # else another tool renamed the member and left the field behind
                return content[5:].decode("utf-8", "surrogateescape")
    if host in UNIX_HOSTS:
        with contextlib.suppress(UnicodeDecodeError):
            return raw.decode("utf-8")
    return raw.decode("cp437")
