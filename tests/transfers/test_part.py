"""The unfinished file and what is believed of it."""

from __future__ import annotations

import errno
import json
import os
import stat
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from snaptui.errors import CannotWrite, DiskFull, HeldElsewhere, TargetExists
from snaptui.models import SnapshotKey
from snaptui.transfers.part import Part
from snaptui.transfers.state import PartState, boot_id, discard_part, kept_bytes, part_path, read_state, state_path

KEY = SnapshotKey("loja-bot", "20261122-030000")
ETAG = '"v0"'


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "archive.zip"


def left(target: Path, length: int, **state: object) -> None:
    """Leave a part of ``length`` bytes as an earlier run would have."""
    part_path(target).write_bytes(b"x" * length)
    found = PartState(*KEY, total=1_000, etag=ETAG, synced=300, boot=boot_id(), pid=1)
    state_path(target).write_text(json.dumps(asdict(replace(found, **state))))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "believed"),
    [
        ({}, 500),
        ({"boot": "another"}, 300),
        ({"boot": ""}, 300),
        ({"boot": "another", "synced": 0}, 0),
        ({"boot": "another", "synced": 900}, 500),
        ({"etag": None}, 0),
        ({"etag": None, "total": 500}, 500),
        ({"version": "20261121-030000"}, 0),
        ({"app_id": "other"}, 0),
        ({"synced": -1}, 0),
        ({"total": "many"}, 0),
        ({"boot": 3}, 0),
    ],
)
def test_what_is_believed_of_what_was_left(target: Path, state: dict[str, object], believed: int) -> None:
    left(target, 500, **state)
    assert kept_bytes(target, KEY) == believed
    part = Part(target, KEY)
    assert part.length == believed
    assert part.dropped == 500 - believed
    assert part_path(target).stat().st_size == believed
    part.close()
    assert part_path(target).exists() is bool(believed)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"app_id": 1}', '{"unknown": 1}', "\x00" * 9_000, "[" * 8_000]
)
def test_a_state_that_cannot_be_read_is_no_state(target: Path, text: str) -> None:
    part_path(target).write_bytes(b"x" * 500)
    state_path(target).write_text(text)
    assert read_state(target) is None
    assert kept_bytes(target, KEY) == 0
    Part(target, KEY).close()
    assert list(target.parent.iterdir()) == []


def test_bytes_known_good_are_written_down_and_never_ahead(target: Path) -> None:
    part = Part(target, KEY)
    part.describe(1_000, ETAG)
    part.write(memoryview(b"a" * 200))
    state = read_state(target)
    assert state is not None
    assert (state.synced, state.pid) == (0, os.getpid())
    part.sync()
    state = read_state(target)
    assert state is not None
    assert (state.synced, state.total, state.etag) == (200, 1_000, ETAG)
    part.start_over()
    state = read_state(target)
    assert state is not None
    assert (state.synced, state.total, state.etag) == (0, None, None)
    part.close()


def test_one_at_a_time_has_it(target: Path) -> None:
    part = Part(target, KEY)
    with pytest.raises(HeldElsewhere, match=str(os.getpid())):
        Part(target, KEY)
    part.close()
    Part(target, KEY).close()
    assert list(target.parent.iterdir()) == []


def test_a_finished_file_with_its_second_name_left_behind_is_not_touched(target: Path) -> None:
    target.write_bytes(b"whole")
    part_path(target).hardlink_to(target)
    part = Part(target, KEY)
    part.describe(10, ETAG)
    part.write(memoryview(b"other"))
    part.close()
    assert target.read_bytes() == b"whole"
    assert target.stat().st_nlink == 1


def test_publishing_replaces_nothing_unasked(target: Path) -> None:
    part = Part(target, KEY)
    part.describe(3, ETAG)
    part.write(memoryview(b"new"))
    target.write_bytes(b"old")
    with pytest.raises(TargetExists):
        part.publish(overwrite=False)
    assert target.read_bytes() == b"old"
    part.publish(overwrite=True)
    part.close()
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_publishing_works_without_hard_links(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    # No file system without them can be counted on where the tests run.
    monkeypatch.setattr(os, "link", refuse)
    part = Part(target, KEY)
    part.write(memoryview(b"new"))
    part.publish(overwrite=False)
    part.close()
    assert target.read_bytes() == b"new"
    again = Part(target, KEY)
    again.write(memoryview(b"newer"))
    with pytest.raises(TargetExists):
        again.publish(overwrite=False)
    again.close()
    assert target.read_bytes() == b"new"


def test_the_mode_is_private_until_it_is_done(target: Path) -> None:
    part = Part(target, KEY)
    assert stat.S_IMODE(part_path(target).stat().st_mode) == 0o600
    assert stat.S_IMODE(state_path(target).stat().st_mode) == 0o600
    part.write(memoryview(b"x"))
    before = os.umask(0o027)
    try:
        part.publish(overwrite=False)
    finally:
        os.umask(before)
    part.close()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_part_that_was_moved_away_is_not_published(target: Path) -> None:
    part = Part(target, KEY)
    part.write(memoryview(b"mine"))
    part_path(target).unlink()
    part_path(target).write_bytes(b"somebody else's")
    with pytest.raises(CannotWrite):
        part.publish(overwrite=False)
    part.close()
    assert not target.exists()
    assert part_path(target).read_bytes() == b"somebody else's"


def test_a_pipe_in_the_way_does_not_block(target: Path) -> None:
    os.mkfifo(part_path(target))
    with pytest.raises(CannotWrite):
        Part(target, KEY)


def test_no_room_is_seen_before(target: Path) -> None:
    part = Part(target, KEY)
    part.describe(1 << 60, ETAG)
    with pytest.raises(DiskFull) as caught:
        part.require_room()
    assert caught.value.missing_bytes > 1 << 50
    part.close()


def test_a_folder_that_cannot_be_made(target: Path) -> None:
    target.write_text("a file")
    with pytest.raises(CannotWrite):
        Part(target / "below.zip", KEY)


def test_discarding_leaves_what_somebody_works_on(target: Path) -> None:
    part = Part(target, KEY)
    part.describe(10, ETAG)
    part.write(memoryview(b"x"))
    discard_part(target, KEY)
    assert part_path(target).exists()
    part.close()
    discard_part(target, SnapshotKey("other", KEY.version))
    assert part_path(target).exists()
    discard_part(target, KEY)
    assert list(target.parent.iterdir()) == []
