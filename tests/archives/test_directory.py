"""The directory parser: every form an honest writer uses, and what it refuses to read."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from snaptui.archives.directory import Directory, Kind, read_directory
from snaptui.archives.members import read_member, read_small
from snaptui.archives.readers import BytesReader, FileReader
from snaptui.errors import ArchiveDamaged, ArchiveRefused, NotFound, SnaptuiError
from tests.archives.doing import directory_of
from tests.archives.zips import Entry, archive, deflate


def contents(data: bytes) -> dict[str, bytes]:
    """Every member read both ways, which must agree."""
    reader, directory = BytesReader(data), directory_of(data)
    found = {}
    for member in directory.members:
        whole = read_small(reader, directory, member)
        assert b"".join(read_member(reader, directory, member)) == whole
        found[member.path] = whole
    return found


TEXTS = {"config.json": b'{"a": 1}', "src/main.py": b"print()\n" * 500, "empty": b""}


@pytest.mark.parametrize("deflated", [True, False])
@pytest.mark.parametrize("descriptor", [True, False])
@pytest.mark.parametrize("zip64", [True, False])
@pytest.mark.parametrize("prefix", [b"", b"#!/bin/sh\nexit\n"])
def test_every_form_of_an_honest_archive(deflated: bool, descriptor: bool, zip64: bool, prefix: bytes) -> None:
    entries = [
        Entry(name, content, deflated=deflated, descriptor=descriptor, zip64=zip64) for name, content in TEXTS.items()
    ]
    data = archive(entries, zip64=zip64, prefix=prefix, comment=b"a comment with PK\x05\x06 in it")
    assert contents(data) == TEXTS


def test_more_members_than_16_bits_count() -> None:
    many = [Entry(f"d{i % 100}/{i}", b"", deflated=False) for i in range(70_000)]
    assert len(directory_of(archive(many)).members) == 70_000
    wrapped = archive(many, count=70_000 - 65_536)
    assert len(directory_of(wrapped).members) == 70_000


def test_the_tail_may_hold_less_than_the_directory() -> None:
    data = archive([Entry(f"folder/file-{i}", b"x" * 30, deflated=False) for i in range(500)])
    whole = read_directory(BytesReader(data))
    for tail in (22, 100, 5000, len(data) - 1):
        assert read_directory(BytesReader(data), first_tail=tail) == whole


def test_a_zip64_end_that_nobody_needs_is_read_when_both_say_the_same() -> None:
    data = archive([Entry("a", b"x"), Entry("b", b"")], zip64=True)
    at = data.rfind(b"PK\x05\x06")
    count, length, start = struct.unpack_from("<32xQQQ", data, data.rfind(b"PK\x06\x06"))
    plain = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, length, start, 0)
    assert contents(data[:at] + plain) == {"a": b"x", "b": b""}
    lying = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, length, start - 1, 0)
    with pytest.raises(ArchiveDamaged):
        directory_of(data[:at] + lying)


def test_a_zip64_end_outside_the_first_tail() -> None:
    data = archive([Entry("a", b"x")], zip64=True)
    assert read_directory(BytesReader(data), first_tail=42).members[0].path == "a"


def test_names_in_utf8_cp437_and_the_unicode_path_field() -> None:
    old = "café.txt".encode("cp437")
    unicode_path = struct.pack("<2HBL", 0x7075, 5 + len("日本.txt".encode()), 1, zlib.crc32(b"??.txt"))
    stale = struct.pack("<2HBL", 0x7075, 5 + 5, 1, 12345) + b"other"
    data = archive(
        [
            Entry("ação.txt", b"1"),
            Entry(old, b"2"),
            Entry(b"??.txt", b"3", central_extra=unicode_path + "日本.txt".encode()),
            Entry(b"r\x82sum\x82", b"4", central_extra=stale),
        ]
    )
    assert [m.path for m in directory_of(data).members] == ["ação.txt", "café.txt", "??.txt", "résumé"]


def test_unmarked_utf8_of_unix_hosts_and_of_others() -> None:
    data = archive([Entry("ação".encode(), flags=0), Entry("ação".encode(), flags=0, host=0), Entry(b"caf\x82")])
    assert [m.path for m in directory_of(data).members] == ["ação", "a├º├úo", "café"]


def test_an_offset_filled_without_the_record_it_announces() -> None:
    data = bytearray(archive([Entry("a", b"hello" * 9)]))
    data[-6:-2] = b"\xff" * 4
    assert contents(bytes(data)) == {"a": b"hello" * 9}


def test_the_unicode_path_field_of_a_name_that_is_not_ascii() -> None:
    raw = b"\x93\xfa.txt"
    name = "日.txt".encode()
    extra = struct.pack("<2HBL", 0x7075, 5 + len(name), 1, zlib.crc32(raw)) + name
    assert directory_of(archive([Entry(raw, b"3", central_extra=extra)])).members[0].path == "日.txt"


def test_times_from_extra_fields_and_dos() -> None:
    when = datetime(2026, 11, 22, 3, 0, 7, tzinfo=UTC)
    unix = struct.pack("<2HBl", 0x5455, 5, 1, int(when.timestamp()))
    ticks = (when - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10
    ntfs = struct.pack("<2HL2H3Q", 0x000A, 32, 0, 1, 24, ticks, 0, 0)
    data = archive([Entry("unix", central_extra=unix), Entry("ntfs", central_extra=ntfs), Entry("dos")])
    zone = timezone(timedelta(hours=-3))
    unix_time, ntfs_time, dos_time = (m.modified(zone) for m in directory_of(data).members)
    assert unix_time == ntfs_time == when
    assert dos_time == datetime(2026, 11, 22, 3, 4, 6, tzinfo=zone)
    assert directory_of(archive([Entry("none", dos_time=0)])).members[0].modified(UTC) is None
    assert directory_of(archive([Entry("none", dos_time=0)])).members[0].modified_seconds() is None


def test_quick_seconds_agree_with_the_date() -> None:
    member = directory_of(archive([Entry("dos")])).members[0]
    moment = member.modified()
    assert moment is not None
    assert member.modified_seconds() == int(moment.timestamp())


def test_kinds_and_modes() -> None:
    data = archive(
        [
            Entry("file", mode=0o106755),
            Entry("folder/", mode=0o40755),
            Entry("marked-folder", mode=0o40700),
            Entry("link", b"/etc/passwd", mode=0o120777),
            Entry("device", mode=0o60600),
            Entry("windows", host=0, mode=0),
        ]
    )
    members = directory_of(data).members
    assert [m.kind for m in members] == [
        Kind.FILE, Kind.DIRECTORY, Kind.DIRECTORY, Kind.SYMLINK, Kind.SPECIAL, Kind.FILE
    ]  # fmt: skip
    assert members[0].mode == 0o755
    assert members[5].mode is None


def test_find_takes_a_path_and_says_when_there_is_none() -> None:
    directory = directory_of(archive([Entry("a/b.txt", b"1"), Entry("a/", b"")]))
    assert directory.find("a/b.txt").size == 1
    assert directory.find("./a/b.txt").size == 1
    for missing in ("a", "a/", "b.txt", ""):
        with pytest.raises(NotFound):
            directory.find(missing)


GOOD = archive([Entry("a", b"hello" * 50), Entry("b", b"world" * 50)])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x05\x06",
        b"<html>not found</html>",
        GOOD[:-1],
        GOOD[: len(GOOD) // 2],
        GOOD + b"\n",
        GOOD[:-12] + b"\xff\xff\xff\x7f" + GOOD[-8:],
        archive([Entry("a", b"x")], count=2),
        archive([Entry("a", b"x")], count=0),
        GOOD.replace(b"PK\x01\x02", b"PK\x01\x03"),
    ],
)
def test_what_is_no_whole_archive_is_damaged(data: bytes) -> None:
    with pytest.raises(ArchiveDamaged):
        directory_of(data)


def test_an_archive_in_several_parts_is_damaged() -> None:
    data = bytearray(GOOD)
    data[-18:-16] = b"\x01\x00"
    with pytest.raises(ArchiveDamaged, match="one part of several"):
        directory_of(bytes(data))


def test_a_directory_that_announces_too_much() -> None:
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1 << 40, 1 << 40, 1 << 50, 0)
    end64 += struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    end64 += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    with pytest.raises(ArchiveDamaged):
        directory_of(end64)


def read_one(entry: Entry, *others: Entry) -> bytes:
    data = archive([entry, *others])
    directory = directory_of(data)
    member = directory.members[0]
    with pytest.raises((ArchiveDamaged, ArchiveRefused)) as first:
        b"".join(read_member(BytesReader(data), directory, member))
    with pytest.raises(type(first.value)):
        read_small(BytesReader(data), directory, member)
    return str(first.value).encode()


@pytest.mark.parametrize(
    "entry",
    [
        Entry("a", b"hello", crc=1),
        Entry("a", b"hello", size=6),
        Entry("a", b"hello", size=4),
        Entry("a", b"hello", size=0),
        Entry("a", b"hello", packed=b"\xff\xff\xff\xff"),
        Entry("a", b"hello", packed=deflate(b"hello") + b"more"),
        Entry("a", b"hello" * 100, packed=deflate(b"hello" * 100)[:-3]),
        Entry("a", b"hello", local_name=b"b"),
        Entry("a", b"hello", offset=1),
        Entry("a", b"hello", offset=10_000),
        Entry("a", b"hello", compressed_size=10_000),
        Entry("a", b"hello", deflated=False, size=3),
        Entry("a", b"hello", flags=1),
        Entry("a", b"hello", method=12),
    ],
)
def test_a_member_that_lies_is_not_read(entry: Entry) -> None:
    assert read_one(entry, Entry("z", b"another member")).startswith(b"The member a ")


def test_a_forged_size_does_not_take_memory() -> None:
    bomb = deflate(b"\0" * 50_000_000)
    data = archive([Entry("a", packed=bomb, size=1000, crc=0)])
    directory = directory_of(data)
    received: list[int] = []
    with pytest.raises(ArchiveDamaged):
        received.extend(len(piece) for piece in read_member(BytesReader(data), directory, directory.members[0]))
    assert sum(received) <= 1000


def test_a_limit_stops_early() -> None:
    data = archive([Entry("a", b"0123456789" * 100_000)])
    directory = directory_of(data)
    pieces = read_member(BytesReader(data), directory, directory.members[0], limit=15)
    assert b"".join(pieces) == b"012345678901234"


def test_long_local_extra_fields_cost_one_more_read() -> None:
    entries = [Entry("a", b"hello" * 40, local_extra=b"\x99\x99" + struct.pack("<H", 996) + b"x" * 996), Entry("b")]
    data = archive(entries)
    directory = directory_of(data)
    assert read_small(BytesReader(data), directory, directory.members[0]) == b"hello" * 40
    assert b"".join(read_member(BytesReader(data), directory, directory.members[0])) == b"hello" * 40


def test_big_members_come_in_pieces() -> None:
    content = bytes(range(256)) * 20_000
    for deflated in (True, False):
        data = archive([Entry("big", content, deflated=deflated, descriptor=True), Entry("z", b"end")])
        assert contents(data)["big"] == content


def test_python_reads_what_the_tests_write_and_the_other_way_round(tmp_path: Path) -> None:
    data = archive([Entry(n, c, descriptor=True) for n, c in TEXTS.items()], zip64=True, comment=b"hi")
    with zipfile.ZipFile(io.BytesIO(data)) as theirs:
        assert {n: theirs.read(n) for n in theirs.namelist()} == TEXTS
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in TEXTS.items():
            made.writestr(name, content)
    with FileReader(path) as reader:
        directory: Directory = read_directory(reader)
        assert {m.path: read_small(reader, directory, m) for m in directory.members} == TEXTS


def test_a_file_reader_says_what_it_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        FileReader(tmp_path / "missing")
    with pytest.raises(SnaptuiError):
        FileReader(tmp_path)
