"""ZIP archives for tests, honest and hostile, written byte by byte so that every field can lie."""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

DOS_TIME = (2026 - 1980) << 25 | 11 << 21 | 22 << 16 | 3 << 11 | 4 << 5 | 3  # 22 Nov 2026 03:04:06
UNIX = 3


@dataclass
class Entry:
    """One member; what is None is worked out honestly, what is given is written as given."""

    name: str | bytes
    content: bytes = b""
    mode: int = stat.S_IFREG | 0o644
    deflated: bool = True
    flags: int | None = None
    method: int | None = None
    crc: int | None = None
    size: int | None = None
    compressed_size: int | None = None
    offset: int | None = None
    host: int = UNIX
    dos_time: int = DOS_TIME
    central_extra: bytes = b""
    local_extra: bytes = b""
    local_name: bytes | None = None
    descriptor: bool = False
    zip64: bool = False
    packed: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        self.raw = self.name if isinstance(self.name, bytes) else self.name.encode()
        if self.flags is None:
            self.flags = 0 if self.raw.isascii() or isinstance(self.name, bytes) else 0x800
        if self.descriptor:
            self.flags |= 8
        if not self.packed:
            self.packed = deflate(self.content) if self.deflated else self.content
        self.crc = zlib.crc32(self.content) if self.crc is None else self.crc
        self.size = len(self.content) if self.size is None else self.size
        self.compressed_size = len(self.packed) if self.compressed_size is None else self.compressed_size
        self.method = (8 if self.deflated else 0) if self.method is None else self.method

    def local(self) -> bytes:
        """The local header, the data and the descriptor."""
        blank = self.descriptor
        small = (0, 0, 0) if blank else (self.crc, _cap(self.compressed_size), _cap(self.size))
        name = self.raw if self.local_name is None else self.local_name
        head = struct.pack(
            "<4s5H3L2H", b"PK\x03\x04", 20, self.flags, self.method, self.dos_time & 0xFFFF, self.dos_time >> 16,
            *small, len(name), len(self.local_extra),
        )  # fmt: skip
        tail = struct.pack("<4s3L", b"PK\x07\x08", self.crc, self.compressed_size, self.size) if blank else b""
        return head + name + self.local_extra + self.packed + tail

    def central(self, offset: int) -> bytes:
        """The directory's entry."""
        offset = offset if self.offset is None else self.offset
        assert self.size is not None
        assert self.compressed_size is not None
        extra = self.central_extra
        size, packed = self.size, self.compressed_size
        if self.zip64 or max(size, packed, offset) >= 0xFFFFFFFF:
            extra = struct.pack("<2H3Q", 1, 24, size, packed, offset) + extra
            size = packed = offset = 0xFFFFFFFF
        head = struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", self.host << 8 | 20, 20, self.flags, self.method, self.dos_time & 0xFFFF,
            self.dos_time >> 16, self.crc, packed, size, len(self.raw), len(extra), 0, 0, 0, self.mode << 16 , offset,
        )  # fmt: skip
        return head + self.raw + extra


def _cap(value: int | None) -> int:
    assert value is not None
    return min(value, 0xFFFFFFFF)


def deflate(content: bytes) -> bytes:
    """Raw deflate."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def archive(
    entries: Sequence[Entry],
    *,
    zip64: bool = False,
    comment: bytes = b"",
    prefix: bytes = b"",
    count: int | None = None,
) -> bytes:
    """The whole archive; ``prefix`` stands before it without being counted in any offset."""
    data = b""
    offsets: list[int] = []
    parts: list[bytes] = []
    at = 0
    for entry in entries:
        offsets.append(at)
        part = entry.local()
        parts.append(part)
        at += len(part)
    data = b"".join(parts)
    directory = b"".join(entry.central(offset) for entry, offset in zip(entries, offsets, strict=True))
    number = len(entries) if count is None else count
    end = b""
    if zip64 or number > 0xFFFF:
        end += struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, number, number, len(directory), len(data))
        end += struct.pack("<4sLQL", b"PK\x06\x07", 0, len(data) + len(directory), 1)
        end += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, len(comment))
    else:
        end += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, number, number, len(directory), len(data), len(comment))
    return prefix + data + directory + end + comment


def honest(files: Mapping[str, bytes], *, modes: Mapping[str, int] | None = None) -> bytes:
    """An archive of these files, folders implied."""
    modes = modes or {}
    entries = [
        Entry(name, content, mode=stat.S_IFREG | modes.get(name, 0o644), deflated=len(content) > 20)
        for name, content in files.items()
    ]
    return archive(entries)


def write_tree(root: Path, files: Mapping[str, bytes]) -> None:
    """Put files into a folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def read_tree(root: Path) -> dict[str, bytes]:
    """Every file of a folder by path, the undo folder left out; symlinks as their targets' text."""
    found: dict[str, bytes] = {}
    if not root.exists():
        return found
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.split("/")[0] == ".snaptui-undo":
            continue
        if path.is_symlink():
            found[name] = b"-> " + str(path.readlink()).encode()
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def state_of(root: Path) -> dict[str, tuple[int, int, bytes | str]]:
    """Everything about a folder that an undo has to bring back: types, modes, times of files, contents."""
    found: dict[str, tuple[int, int, bytes | str]] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.split("/")[0] == ".snaptui-undo":
            continue
        status = path.lstat()
        if path.is_symlink():
            found[name] = (status.st_mode, 0, str(path.readlink()))
        elif path.is_file():
            found[name] = (status.st_mode, status.st_mtime_ns, path.read_bytes())
        else:
            found[name] = (status.st_mode, 0, b"")
    return found
