"""Checking a whole archive: every byte is hashed, every member's CRC is held against its content."""

from __future__ import annotations

import contextlib
import hashlib
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snaptui.archives.verify import check_archive
from snaptui.errors import ArchiveDamaged, NotFound, SnaptuiError
from tests.archives.zips import Entry, archive
from tests.faults.doing import make_zip

CONTENT = random.Random(3).randbytes(20_000)


def check(path: Path, data: bytes):  # type: ignore[no-untyped-def]
    path.write_bytes(data)
    return check_archive(path)


@pytest.mark.parametrize(
    "data",
    [
        make_zip(100_000),
        archive([Entry("a", b"a" * 3_000_000), Entry("b", b""), Entry("c/", b"", deflated=False)]),
        archive([Entry("a", CONTENT, descriptor=True), Entry("b", CONTENT, deflated=False, descriptor=True)]),
        archive([Entry("a", CONTENT, zip64=True)], zip64=True),
        archive([Entry("a", CONTENT)], comment=b"a comment PK\x05\x06 in it"),
        archive([Entry("a", CONTENT)], prefix=b"#!/bin/sh\n"),
        archive([]),
    ],
    ids=["ordinary", "large and empty", "descriptors", "zip64", "comment", "prefix", "no members"],
)
def test_sound_archives(tmp_path: Path, data: bytes) -> None:
    found = check(tmp_path / "a.zip", data)
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert found.size_bytes == len(data)
    assert found.unchecked == 0


def test_members_are_counted_without_folders(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.mkdir("folder")
        for n in range(5):
            made.writestr(f"folder/{n}", CONTENT * n)
    assert check_archive(tmp_path / "a.zip").members == 5


def test_progress_goes_through_the_file_once(tmp_path: Path) -> None:
    data = make_zip(3_000_000)
    (tmp_path / "a.zip").write_bytes(data)
    told: list[tuple[int, int]] = []
    check_archive(tmp_path / "a.zip", on_progress=lambda done, total: told.append((done, total)))
    assert [done for done, _total in told] == sorted({done for done, _total in told})
    assert told[-1] == (len(data), len(data))


def test_it_can_be_stopped(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    (tmp_path / "a.zip").write_bytes(make_zip(3_000_000))
    with pytest.raises(Stop):
        check_archive(tmp_path / "a.zip", check_cancelled=stop)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_any_flipped_bit_of_content_is_found(tmp_path: Path, at: int, bit: int) -> None:
    data = bytearray(
        archive([Entry("a", CONTENT[:4_000], deflated=False), Entry("b", CONTENT[4_000:8_000], deflated=False)])
    )
    start = 30 + 1 + (at % 4_000)
    data[start] ^= 1 << bit
    with pytest.raises(ArchiveDamaged):
        check(tmp_path / "a.zip", bytes(data))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(cut=st.floats(0, 1, exclude_max=True))
def test_any_cut_is_found(tmp_path: Path, cut: float) -> None:
    data = make_zip(5_000)
    with pytest.raises(ArchiveDamaged):
        check(tmp_path / "a.zip", data[: int(len(data) * cut)])


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(changes=st.lists(st.tuples(st.integers(0, 4_999), st.integers(0, 255)), min_size=1, max_size=6))
def test_whatever_is_altered_it_says_yes_or_damaged(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    data = bytearray(make_zip(5_000))
    for at, value in changes:
        data[at % len(data)] = value
    with contextlib.suppress(ArchiveDamaged):
        check(tmp_path / "a.zip", bytes(data))


def test_something_behind_the_end(tmp_path: Path) -> None:
    with pytest.raises(ArchiveDamaged):
        check(tmp_path / "a.zip", make_zip(5_000) + b"more")


def test_another_size_than_announced(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(make_zip(5_000))
    with pytest.raises(ArchiveDamaged):
        check_archive(tmp_path / "a.zip", expected_size=5_001)


def test_a_size_that_is_a_lie_costs_no_memory(tmp_path: Path) -> None:
    entry = Entry("bomb", b"\0" * 50_000_000, size=10)
    with pytest.raises(ArchiveDamaged):
        check(tmp_path / "a.zip", archive([entry]))


def test_members_that_share_bytes(tmp_path: Path) -> None:
    kernel = Entry("a", b"0" * 5_000)
    for offset in (0, 10):
        with pytest.raises(ArchiveDamaged):
            check(tmp_path / "a.zip", archive([kernel, Entry("a", b"0" * 5_000, offset=offset)]))


def test_members_that_cannot_be_unpacked_are_counted(tmp_path: Path) -> None:
    secret = Entry("secret", CONTENT, deflated=False, flags=1, crc=1)
    odd = Entry("odd", CONTENT, deflated=False, method=14)
    found = check(tmp_path / "a.zip", archive([Entry("plain", CONTENT), secret, odd]))
    assert (found.members, found.unchecked) == (3, 2)
    beyond = Entry("secret", CONTENT, deflated=False, flags=1, compressed_size=len(CONTENT) + 500)
    with pytest.raises(ArchiveDamaged):
        check(tmp_path / "b.zip", archive([beyond]))


def test_what_is_not_there_or_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        check_archive(tmp_path / "nothing.zip")
    with pytest.raises(SnaptuiError):
        check_archive(tmp_path)
