"""The record of archives on this computer."""

# ruff: noqa: ASYNC240 - nothing else runs in these loops
from __future__ import annotations

import hashlib
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from snaptui.errors import NotFound, SnaptuiError
from snaptui.models import SnapshotKey
from snaptui.transfers.local import LocalCopies, LocalCopy
from tests.archives.zips import Entry, archive

pytestmark = pytest.mark.anyio

KEY = SnapshotKey("loja-bot", "20261122-030000")
WHEN = datetime(2026, 11, 22, 3, 5, tzinfo=UTC)


@pytest.fixture
def copies(tmp_path: Path) -> LocalCopies:
    return LocalCopies(tmp_path / "data" / "copies.sqlite")


@pytest.fixture
def copy(data: bytes, target: Path, copies: LocalCopies) -> LocalCopy:
    """A copy on disk and on record."""
    target.write_bytes(data)
    found = LocalCopy(KEY, target, len(data), hashlib.sha256(data).hexdigest(), WHEN)
    copies.record(found)
    return found


async def test_a_record_survives(copies: LocalCopies, copy: LocalCopy, tmp_path: Path) -> None:
    again = LocalCopies(tmp_path / "data" / "copies.sqlite")
    assert again.of(KEY) == copies.of(KEY) == copy
    assert again.at(copy.path) == copy
    assert copy.verified
    assert again.of(SnapshotKey("loja-bot", "20261121-030000")) is None


async def test_reading_makes_no_file(copies: LocalCopies, tmp_path: Path) -> None:
    assert copies.of(KEY) is None
    assert not (tmp_path / "data").exists()


async def test_a_fine_copy(copies: LocalCopies, copy: LocalCopy) -> None:
    found = await copies.verify(KEY)
    assert found.problem is None
    assert found.verified_at is not None
    assert found.verified_at > WHEN


async def test_a_missing_copy(copies: LocalCopies, copy: LocalCopy, tmp_path: Path) -> None:
    copy.path.unlink()
    assert (await copies.verify(KEY)).problem == "missing"
    again = LocalCopies(tmp_path / "data" / "copies.sqlite").of(KEY)
    assert again is not None
    assert again.problem == "missing"
    assert not again.verified


@pytest.mark.parametrize("how", ["bit", "short", "other", "rubbish"])
async def test_an_altered_copy(copies: LocalCopies, copy: LocalCopy, other: bytes, data: bytes, how: str) -> None:
    changed = {
        "bit": data[:500] + bytes([data[500] ^ 1]) + data[501:],
        "short": data[:-100],
        "other": other,
        "rubbish": b"notes",
    }
    copy.path.write_bytes(changed[how])
    assert (await copies.verify(KEY)).problem == "altered"


async def test_a_copy_that_cannot_be_read(copies: LocalCopies, copy: LocalCopy) -> None:
    copy.path.unlink()
    copy.path.mkdir()
    assert (await copies.verify(KEY)).problem == "unreadable"


async def test_a_moved_copy_is_found_again_in_the_same_folder(
    copies: LocalCopies, copy: LocalCopy, other: bytes
) -> None:
    (copy.path.parent / "aaa.zip").write_bytes(other)
    moved = copy.path.rename(copy.path.with_name("before the update.zip"))
    found = await copies.verify(KEY)
    assert (found.path, found.problem) == (moved, None)
    assert copies.at(moved) == found


async def test_a_moved_copy_whose_name_was_taken_is_found_again(
    copies: LocalCopies, copy: LocalCopy, other: bytes
) -> None:
    moved = copy.path.rename(copy.path.with_name("mine.zip"))
    copy.path.write_bytes(other)
    assert (await copies.verify(KEY)).path == moved


async def test_a_check_from_outside_is_noted(copies: LocalCopies, copy: LocalCopy, data: bytes, other: bytes) -> None:
    fine = copies.note(copy.path, copy.sha256)
    assert fine is not None
    assert fine.verified
    unchecked = copies.note(copy.path, copy.sha256, unchecked=True)
    assert unchecked is not None
    assert not unchecked.verified
    copy.path.write_bytes(other)
    altered = copies.note(copy.path, hashlib.sha256(other).hexdigest())
    assert altered is not None
    assert (altered.problem, altered.missing) == ("altered", False)
    copy.path.unlink()
    missing = copies.note(copy.path, None)
    assert missing is not None
    assert missing.missing
    assert copies.of(KEY) == missing
    moved = copy.path.with_name("renamed.zip")
    moved.write_bytes(data)
    found = copies.note(copy.path, None)
    assert found is not None
    assert (found.path, found.problem) == (moved, None)


async def test_a_renamed_copy_is_known_by_its_new_name(
    copies: LocalCopies, copy: LocalCopy, data: bytes, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere.zip"
    elsewhere.write_bytes(data)
    assert copies.note(elsewhere, copy.sha256) is None, "the copy is still where it was"
    moved = copy.path.rename(copy.path.with_name("renamed.zip"))
    assert copies.note(elsewhere, copy.sha256) is None, "another folder is another file"
    found = copies.note(moved, copy.sha256)
    assert found is not None
    assert (found.key, found.path, found.verified) == (KEY, moved, True)
    assert copies.of(KEY) == found


async def test_what_could_not_be_checked_is_not_called_verified(copies: LocalCopies, target: Path) -> None:
    content = archive([Entry("secret", b"x" * 40, deflated=False, flags=1)])
    target.write_bytes(content)
    copies.record(LocalCopy(KEY, target, len(content), hashlib.sha256(content).hexdigest()))
    found = await copies.verify(KEY)
    assert (found.problem, found.verified_at) == (None, None)


async def test_without_a_record_there_is_nothing_to_verify(copies: LocalCopies) -> None:
    with pytest.raises(NotFound):
        await copies.verify(KEY)


async def test_forgetting_leaves_the_file(copies: LocalCopies, copy: LocalCopy, tmp_path: Path) -> None:
    copies.forget(KEY)
    assert copies.of(KEY) is None
    assert LocalCopies(tmp_path / "data" / "copies.sqlite").of(KEY) is None
    assert copy.path.exists()


async def test_a_name_that_is_not_text(copies: LocalCopies, data: bytes, target: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(target.parent) + b"/caf\xe9.zip"))
    odd.write_bytes(data)
    copies.record(LocalCopy(KEY, odd, len(data), hashlib.sha256(data).hexdigest(), WHEN))
    found = LocalCopies(tmp_path / "data" / "copies.sqlite").of(KEY)
    assert found is not None
    assert found.path == odd


async def test_a_broken_record_is_said_and_not_overwritten(copies: LocalCopies, tmp_path: Path) -> None:
    broken = tmp_path / "data" / "copies.sqlite"
    broken.parent.mkdir()
    broken.write_bytes(b"not a database" * 100)
    with pytest.raises(SnaptuiError, match="move it away"):
        copies.of(KEY)
    with pytest.raises(SnaptuiError):
        copies.record(LocalCopy(KEY, Path("x"), 1, "0"))
    assert broken.read_bytes().startswith(b"not a database")


async def test_several_may_write(copies: LocalCopies, tmp_path: Path) -> None:
    def write(number: int) -> None:
        mine = LocalCopies(tmp_path / "data" / "copies.sqlite")
        for n in range(10):
            mine.record(LocalCopy(SnapshotKey(f"app{number}", f"20261122-0300{n:02}"), Path(f"{number}-{n}"), n, "0"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(copies.all()) == 40
