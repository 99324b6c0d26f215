"""What a member's first bytes show: text, a picture's size, a database's tables, or a hex head.

Everything returned is safe for a terminal. Formats read: PNG, GIF, JPEG, WebP, BMP, ICO (sizes only, from their
specifications' headers), SQLite 3 (through SQLite itself, on a copy in memory that can run nothing).
"""

from __future__ import annotations

import contextlib
import re
import struct
from dataclasses import dataclass, field
from enum import StrEnum

from snaptui.text import safe

PREVIEW_BYTES = 1024 * 1024
HEX_BYTES = 4096
# A database has to be whole to be read; beyond this only its announced size is told.
MOST_DATABASE_BYTES = 64 * 1024 * 1024

_SNIFFED = 8192
_LONGEST_LINE = 100_000
_MASK = "••••••••"
_MOST_TABLES = 500
_COUNT_STEPS = 2000  # of 1,000 instructions each


class PreviewKind(StrEnum):
    """How a content can be shown."""

    EMPTY = "empty"
    TEXT = "text"
    BINARY = "binary"
    IMAGE = "image"
    SQLITE = "sqlite"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture's format and its size in pixels (None where its header does not say)."""

    format: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a database; ``rows`` is None when counting would take too long or fails."""

    name: str
    columns: tuple[str, ...]
    rows: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What there is to see of one content of ``size`` bytes, of which ``seen`` were looked at.

    ``text`` has line feeds and tabs and nothing else that controls a terminal; ``masked`` is the same with the values
    of an ``.env``-like file hidden (None for other files): show that first.
    """

    kind: PreviewKind
    size: int
    seen: int
    text: str | None = field(default=None, repr=False)
    masked: str | None = field(default=None, repr=False)
    encoding: str | None = None
    image: Image | None = None
    tables: tuple[Table, ...] = ()
    problem: str | None = None
    hex: tuple[str, ...] = field(default=(), repr=False)

    @property
    def truncated(self) -> bool:
        """Whether there is more than was looked at."""
        return self.seen < self.size


def needs_whole(head: bytes, size: int) -> bool:
    """Whether ``make_preview`` can say more when it is given the whole content: a database that is not too big."""
    return head.startswith(b"SQLite format 3\0") and size <= MOST_DATABASE_BYTES


def make_preview(data: bytes, *, path: str, size: int) -> Preview:
    """Return what ``data``, the first bytes of a content of ``size`` bytes at ``path``, shows."""
    seen = len(data)
    if not size:
        return Preview(PreviewKind.EMPTY, 0, 0)
    if data.startswith(b"SQLite format 3\0"):
        tables, problem = _tables(data) if seen == size else ((), None)
        return Preview(PreviewKind.SQLITE, size, seen, tables=tables, problem=problem, hex=hex_lines(data))
    image = image_of(data)
    if image is not None:
        return Preview(PreviewKind.IMAGE, size, seen, image=image, hex=hex_lines(data))
    decoded = _decode(data, cut=seen < size)
    if decoded is None:
        return Preview(PreviewKind.BINARY, size, seen, hex=hex_lines(data))
    text, encoding = decoded
    shown = safe_text(text)
    masked = mask_values(shown) if holds_secrets(path) else None
    return Preview(PreviewKind.TEXT, size, seen, text=shown, masked=masked, encoding=encoding)


def safe_text(text: str) -> str:
    """Return several lines safe for a terminal: line feeds and tabs stay, CR LF becomes LF."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line if line.isprintable() else _safe_line(line) for line in lines)


def _safe_line(line: str) -> str:
    return "\t".join(part if part.isprintable() else safe(part, _LONGEST_LINE * 20) for part in line.split("\t"))


def hex_lines(data: bytes, most: int = HEX_BYTES) -> tuple[str, ...]:
    """Return the first bytes as lines of offset, sixteen bytes in hex, and what is printable of them."""
    lines: list[str] = []
    for at in range(0, min(len(data), most), 16):
        row = data[at : at + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{at:08x}  {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}  {shown}")
    return tuple(lines)


def _decode(data: bytes, *, cut: bool) -> tuple[str, str] | None:
    """Return (text, encoding), or None for what is not text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        with contextlib.suppress(UnicodeDecodeError):
            return data[: len(data) // 2 * 2].decode("utf-16"), "UTF-16"
    if b"\0" in data[:_SNIFFED]:
        return None
    for spare in range(4 if cut else 1):  # a cut may split a character of up to four bytes
        with contextlib.suppress(UnicodeDecodeError):
            return data[: len(data) - spare].decode("utf-8-sig"), "UTF-8"
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in data[:_SNIFFED])
    if controls * 100 > min(len(data), _SNIFFED):
        return None
    high = sum(byte >= 128 for byte in data[:_SNIFFED])
    if high * 3 > min(len(data), _SNIFFED):
        return None
    return data.decode("latin-1"), "Latin-1"


_SECRET_NAME = re.compile(
    r"\.env(rc)?([.-].*)?|.*\.env|\.netrc|\.npmrc|\.pypirc|\.pgpass|\.my\.cnf|(.*[._-])?(secrets?|credentials?)"
    r"([._-].*)?",
    re.IGNORECASE,
)
_ASSIGNMENT = re.compile(r"""^(\s*[#;]?\s*(?:export\s+)?["']?[\w.:/@-]+["']?\s*[=:])([^\S\n]*)(.*)$""")
_NO_VALUE = re.compile(r"\s*([#;].*|\[[\w .-]*\]|[\[\]{},]*)\s*")


def holds_secrets(path: str) -> bool:
    """Whether a file's name says that its values should not stand on a screen by themselves."""
    return _SECRET_NAME.fullmatch(path.rpartition("/")[2]) is not None


def mask_values(text: str) -> str:
    """Return ``KEY=value`` lines with their values hidden; a quoted value may go over several lines.

    A line that is neither an assignment, a comment nor empty is hidden whole.
    """
    shown: list[str] = []
    closing = ""
    for line in text.split("\n"):
        if closing:
            shown.append(_MASK)
            if closing in line.replace(f"\\{closing}", ""):
                closing = ""
            continue
        match = _ASSIGNMENT.match(line)
        if match is None:
            shown.append(line if _NO_VALUE.fullmatch(line) else _MASK)
            continue
        key, space, value = match.groups()
        shown.append(f"{key}{space}{_MASK}" if value.strip("{[, ") else line)
        quote = value[:1]
        if quote and quote in "\"'`" and quote not in value[1:].replace(f"\\{quote}", ""):
            closing = quote
    return "\n".join(shown)


def image_of(data: bytes) -> Image | None:
    """Return a picture's format and size from its header, or None for what is no picture known here."""
    try:
        return _image(data)
    except struct.error:  # a header that is cut off
        return None


def _image(data: bytes) -> Image | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return Image("PNG", *struct.unpack_from(">2L", data, 16))
    if data.startswith((b"GIF87a", b"GIF89a")):
        return Image("GIF", *struct.unpack_from("<2H", data, 6))
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp(data)
    if data.startswith(b"BM") and len(data) >= 26 and data[6:10] == b"\0\0\0\0":
        width, height = struct.unpack_from("<2l", data, 18)
        return Image("BMP", abs(width), abs(height))
    if data.startswith(b"\0\0\1\0") and len(data) >= 8 and 0 < data[4] < 64 and data[5] == 0:
        return Image("ICO", data[6] or 256, data[7] or 256)
    return None


def _jpeg(data: bytes) -> Image:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">2H", data, at + 5)
            return Image("JPEG", width, height)
        elif marker in (0x01, *range(0xD0, 0xD9)):
            at += 2
        else:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return Image("JPEG", None, None)


def _webp(data: bytes) -> Image:
    chunk = data[12:16]
    if chunk == b"VP8X" and len(data) >= 30:
        return Image("WebP", 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little"))
    if chunk == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return Image("WebP", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if chunk == b"VP8 " and len(data) >= 30:
        width, height = struct.unpack_from("<2H", data, 26)
        return Image("WebP", width & 0x3FFF, height & 0x3FFF)
    return Image("WebP", None, None)


def _tables(data: bytes) -> tuple[tuple[Table, ...], str | None]:
    """Return a database's tables, read by SQLite from a copy in memory; and what went wrong, if anything did."""
    import sqlite3

    copy = bytearray(data)
    if len(copy) >= 20:
        copy[18:20] = b"\x01\x01"  # a database in write-ahead mode can't be opened from memory otherwise
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        try:
            database.deserialize(bytes(copy))
            for pragma in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON"):
                database.execute(f"PRAGMA {pragma}")
            rows = database.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' "
                "AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name LIMIT ?",
                (_MOST_TABLES,),
            ).fetchall()
            return tuple(_table(database, str(name)) for (name,) in rows), None
        except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
            return (), safe(str(error))


def _table(database: object, name: str) -> Table:
    import sqlite3

    assert isinstance(database, sqlite3.Connection)  # noqa: S101 - typed loosely so that nothing imports it early
    columns: tuple[str, ...] = ()
    rows: int | None = None
    steps = iter(range(_COUNT_STEPS))
    database.set_progress_handler(lambda: int(next(steps, None) is None), 1000)
    try:
        columns = tuple(safe(str(c)) for (c,) in database.execute("SELECT name FROM pragma_table_info(?)", (name,)))
        quoted = name.replace('"', '""')
        rows = int(database.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])  # noqa: S608 - quoted
    except (sqlite3.Error, OverflowError, UnicodeDecodeError):
        pass
    finally:
        database.set_progress_handler(None, 1000)
    return Table(safe(name), columns, rows)
