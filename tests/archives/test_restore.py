"""Restoring: the plan, the policies, what is written, undoing, continuing, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import errno
import os
import stat
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from snaptui.archives import beneath, placing, staging
from snaptui.archives.beneath import Beneath
from snaptui.archives.journal import KEPT_RUNS, Run, UndoFolder
from snaptui.archives.plan import Policy
from snaptui.archives.readers import BytesReader
from snaptui.archives.restore import restore
from snaptui.archives.restore_events import Applying, Restored, Staging, Syncing
from snaptui.archives.runs import find_unfinished
from snaptui.archives.safety import Reason
from snaptui.archives.staging import Sync
from snaptui.errors import (
    CannotWrite,
    DiskFull,
    HeldElsewhere,
    NotFound,
    RestoreError,
    RestoreUnfinished,
    WouldReplace,
)
from tests.archives.doing import directory_of, go_on, plan_of, put_back, take_back
from tests.archives.zips import Entry, archive, honest, read_tree, state_of, write_tree

pytestmark = pytest.mark.anyio

OLD = {"config.json": b"old config", "same.txt": b"same", "src/a.py": b"old a", "mine/notes.txt": b"mine"}
NEW = {"config.json": b"new config", "same.txt": b"same", "src/a.py": b"new a", "src/deep/b.py": b"b" * 100_000}
BOTH = OLD | NEW


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    write_tree(folder, OLD)
    return folder


async def test_the_plan_says_what_would_happen_and_writes_nothing(target: Path) -> None:
    before = state_of(target)
    plan = plan_of(honest(NEW), target)
    assert [a.shown for a in plan.new] == ["src/deep/b.py"]
    assert sorted(a.shown for a in plan.replaced) == ["config.json", "src/a.py"]
    assert plan.unchanged == 1
    assert plan.kept == ("mine/notes.txt",)
    assert [f.parts for f in plan.folders] == [("src", "deep")]
    assert plan.bytes_to_write == len(b"new config") + len(b"new a") + 100_000
    assert plan.free_bytes is not None
    assert state_of(target) == before
    assert not (target / ".snaptui-undo").exists()


def test_a_plan_for_a_folder_that_is_not_there(tmp_path: Path) -> None:
    plan = plan_of(honest(NEW), tmp_path / "not" / "there")
    assert len(plan.new) == 4
    assert not plan.kept
    assert list(tmp_path.iterdir()) == []


async def test_restore_and_undo(target: Path) -> None:
    before = state_of(target)
    result = await put_back(honest(NEW), target)
    assert read_tree(target) == BOTH
    assert result.new == ("src/deep/b.py",)
    assert sorted(result.replaced) == ["config.json", "src/a.py"]
    assert result.undo is not None
    assert result.undo.is_dir()
    back = await take_back(target)
    assert (back.put_back, back.removed, back.left_changed) == (2, 1, ())
    assert state_of(target) == before
    assert not (target / ".snaptui-undo").exists()


@pytest.mark.parametrize("sync", list(Sync))
@pytest.mark.parametrize("remote", [True, False])
async def test_every_way_of_staging_gives_the_same(target: Path, sync: Sync, remote: bool) -> None:
    await put_back(honest(NEW), target, sync=sync, remote=remote)
    assert read_tree(target) == BOTH


async def test_a_target_that_was_made_is_unmade(tmp_path: Path) -> None:
    target = tmp_path / "made"
    await put_back(honest(NEW), target)
    assert read_tree(target) == NEW
    await take_back(target)
    assert not target.exists()


async def test_never_refuses_what_would_replace(target: Path) -> None:
    before = state_of(target)
    with pytest.raises(WouldReplace, match=r"2 files would be replaced, the first config\.json") as caught:
        await put_back(honest(NEW), target, policy=Policy.NEVER)
    assert caught.value.exit_code == 9
    assert state_of(target) == before
    result = await put_back(honest({"new.txt": b"x", "same.txt": b"same"}), target, policy=Policy.NEVER)
    assert result.new == ("new.txt",)
    assert result.unchanged == 1


async def test_always_replaces_what_is_the_same_too_and_undo_brings_that_back(target: Path) -> None:
    (target / "same.txt").chmod(0o600)
    os.utime(target / "same.txt", (1, 1))
    before = state_of(target)
    result = await put_back(honest(NEW), target, policy=Policy.ALWAYS)
    assert "same.txt" in result.replaced
    assert state_of(target)["same.txt"] != before["same.txt"]
    await take_back(target)
    assert state_of(target) == before


async def test_nothing_to_do_leaves_no_trace(target: Path) -> None:
    result = await put_back(honest({"same.txt": b"same"}), target)
    assert result.undo is None
    assert result.unchanged == 1
    assert not (target / ".snaptui-undo").exists()


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (["config.json"], {"config.json"}),
        (["src"], {"src/a.py", "src/deep/b.py"}),
        (["src/"], {"src/a.py", "src/deep/b.py"}),
        (["./src/deep"], {"src/deep/b.py"}),
        (["*.py"], {"src/a.py", "src/deep/b.py"}),
        (["src/*"], {"src/a.py", "src/deep/b.py"}),
        (["s*/d??p"], {"src/deep/b.py"}),
        (["[cs]*.json", "same.txt"], {"config.json", "same.txt"}),
    ],
)
async def test_patterns(patterns: list[str], names: set[str], tmp_path: Path) -> None:
    await put_back(honest(NEW), tmp_path / "t", patterns=patterns)
    assert set(read_tree(tmp_path / "t")) == names


async def test_a_pattern_that_names_nothing_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"matches \*\.exe"):
        plan_of(honest(NEW), tmp_path, patterns=["config.json", "*.exe"])


async def test_kept_of_a_part_are_the_neighbours(target: Path) -> None:
    write_tree(target, {"src/local.py": b"", "top.txt": b""})
    assert plan_of(honest(NEW), target, patterns=["src/a.py"]).kept == ("src/local.py",)


async def test_times_and_folders_of_the_archive_are_kept(tmp_path: Path) -> None:
    data = archive([Entry("empty/", mode=stat.S_IFDIR | 0o700), Entry("file", b"1"), Entry("folder/file", b"2")])
    await put_back(data, tmp_path / "t")
    member = directory_of(data).members[1]
    assert (tmp_path / "t" / "file").stat().st_mtime == member.modified_seconds()
    assert (tmp_path / "t" / "empty").stat().st_mtime == member.modified_seconds()
    assert stat.S_IMODE((tmp_path / "t" / "empty").stat().st_mode) == 0o700
    assert datetime.fromtimestamp(member.modified_seconds() or 0, UTC).year == 2026


async def test_folders_get_their_modes_when_an_interrupted_restore_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = archive([Entry("folder/", mode=stat.S_IFDIR | 0o750), Entry("folder/a", b"1"), Entry("folder/b", b"2")])
    with monkeypatch.context() as patch:
        _arm(patch, [3], after=True)
        with pytest.raises(_Killed):
            await put_back(data, tmp_path / "t")
    assert find_unfinished(tmp_path / "t") is not None
    await go_on(tmp_path / "t")
    status = (tmp_path / "t" / "folder").stat()
    assert stat.S_IMODE(status.st_mode) == 0o750
    assert status.st_mtime == directory_of(data).members[0].modified_seconds()


@pytest.mark.parametrize("step", ["journal", "applied"])
async def test_a_disk_that_fills_up_late_changes_nothing(
    step: str, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state_of(target)
    real = Run._write

    def failing(run: Run, name: str, data: bytes) -> None:
        if name == step:
            raise OSError(errno.ENOSPC, "full")
        real(run, name, data)

    monkeypatch.setattr(Run, "_write", failing)
    with pytest.raises(DiskFull):
        await put_back(honest(NEW), target)
    assert state_of(target) == before
    assert not (target / ".snaptui-undo").exists()


async def test_an_undo_that_cannot_write_can_be_repeated(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state_of(target)
    await put_back(honest(NEW), target)

    def failing(*_args: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    with monkeypatch.context() as patch:
        patch.setattr(placing, "exchange", failing)
        with pytest.raises(CannotWrite, match="nothing is lost"):
            await take_back(target)
    await take_back(target)
    assert state_of(target) == before


async def test_a_mode_the_archive_lacks_is_taken_from_what_is_replaced(target: Path) -> None:
    (target / "config.json").chmod(0o640)
    await put_back(archive([Entry("config.json", b"new", host=0, mode=0)]), target)
    assert stat.S_IMODE((target / "config.json").stat().st_mode) == 0o640


async def test_progress_is_told_in_order(target: Path) -> None:
    running = restore(plan_of(honest(NEW), target), directory_of(honest(NEW)), BytesReader(honest(NEW)), source="x")
    kinds = [type(event) for event in [event async for event in running]]
    assert kinds == sorted(kinds, key=[Staging, Syncing, Applying, Restored].index)
    assert kinds[-1] is Restored


async def test_undo_goes_back_one_restore_at_a_time(target: Path) -> None:
    states = [state_of(target)]
    for number in range(KEPT_RUNS):
        await put_back(honest({"config.json": b"%d" % number}), target)
        states.append(state_of(target))
    for expected in reversed(states[:-1]):
        await take_back(target)
        assert state_of(target) == expected
    with pytest.raises(NotFound):
        await take_back(target)


async def test_old_undo_steps_are_dropped(target: Path) -> None:
    for number in range(KEPT_RUNS + 2):
        await put_back(honest({"config.json": b"%d" % number}), target)
    for _ in range(KEPT_RUNS):
        await take_back(target)
    assert (target / "config.json").read_bytes() == b"1"
    assert not (target / ".snaptui-undo").exists()


async def test_undo_leaves_what_changed_since_unless_forced(target: Path) -> None:
    before = state_of(target)
    await put_back(honest(NEW), target)
    (target / "config.json").write_bytes(b"edited  !!")
    (target / "src" / "deep" / "b.py").write_bytes(b"edited")
    back = await take_back(target)
    assert back.left_changed == ("config.json", "src/deep/b.py")
    assert back.put_back == 1
    assert (target / "config.json").read_bytes() == b"edited  !!"
    assert (target / "src" / "a.py").read_bytes() == b"old a"
    back = await take_back(target, force=True)
    assert back.left_changed == ()
    assert state_of(target) == before


async def test_undo_after_files_and_folders_were_removed(target: Path) -> None:
    before = state_of(target)
    await put_back(honest(NEW), target)
    (target / "src" / "a.py").unlink()
    (target / "src" / "deep" / "b.py").unlink()
    (target / "src" / "deep").rmdir()
    (target / "src").rmdir()
    await take_back(target)
    assert read_tree(target) == {name: content for name, (_, _, content) in before.items() if content}


async def test_undo_keeps_folders_that_got_other_files(target: Path) -> None:
    await put_back(honest(NEW), target)
    (target / "src" / "deep" / "later.txt").write_bytes(b"later")
    await take_back(target)
    assert (target / "src" / "deep" / "later.txt").read_bytes() == b"later"
    assert not (target / "src" / "deep" / "b.py").exists()


async def test_undo_in_a_copy_of_the_target(target: Path, tmp_path: Path) -> None:
    import shutil

    before = read_tree(target)
    await put_back(honest(NEW), target)
    shutil.copytree(target, tmp_path / "copy")
    await take_back(tmp_path / "copy")
    assert read_tree(tmp_path / "copy") == before


async def test_undo_where_nothing_was_restored(target: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no restore"):
        await take_back(target)
    with pytest.raises(NotFound):
        await take_back(tmp_path / "missing")
    with pytest.raises(NotFound):
        await go_on(target)


async def test_two_at_once_do_not_fight(target: Path) -> None:
    with Beneath(target) as held, UndoFolder(held):
        with pytest.raises(HeldElsewhere):
            await put_back(honest(NEW), target)
        with pytest.raises(HeldElsewhere):
            await take_back(target)
    assert read_tree(target) == OLD


async def test_the_disk_is_too_small(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(archive([Entry("big", b"x", size=1 << 35, compressed_size=1 << 32)]), target)
    assert plan.refused  # a lie about the size does not get that far
    monkeypatch.setattr("snaptui.archives.plan._free_bytes", lambda target: 10)
    with pytest.raises(DiskFull) as caught:
        await put_back(honest(NEW), target)
    assert caught.value.missing_bytes == 100_015 - 10
    assert read_tree(target) == OLD


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
async def test_a_write_that_fails_changes_nothing(number: int, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state_of(target)
    written = 0

    def failing(descriptor: int, data: bytes) -> None:
        nonlocal written
        written += 1
        if written == 3:
            raise OSError(number, os.strerror(number))
        os.write(descriptor, data)

    monkeypatch.setattr(staging, "_write", failing)
    with pytest.raises(CannotWrite if number == errno.EIO else DiskFull, match="nothing was changed"):
        await put_back(honest(NEW), target)
    assert state_of(target) == before
    assert not (target / ".snaptui-undo").exists()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting a disk needs root on Linux")
@pytest.mark.parametrize("known", [True, False])
async def test_a_disk_that_is_really_full(known: bool, tmp_path: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    target = tmp_path / "small"
    target.mkdir()
    if libc.mount(b"none", os.fsencode(target), b"tmpfs", 0, b"size=256k") != 0:
        pytest.skip("this machine allows no mounts")
    try:
        write_tree(target, OLD)
        before = state_of(target)
        files = NEW | {"big": os.urandom(400_000)}
        plan = plan_of(honest(files), target)
        assert plan.missing_bytes > 0
        with pytest.raises(DiskFull, match="nothing was changed"):
            await put_back(honest(files), target, plan=plan if known else replace(plan, free_bytes=None))
        assert state_of(target) == before
        assert not (target / ".snaptui-undo").exists()
        await put_back(honest(NEW), target)
        await take_back(target)
        assert state_of(target) == before
    finally:
        libc.umount(os.fsencode(target))


async def test_a_file_changed_after_the_plan_stops_it(target: Path) -> None:
    plan = plan_of(honest(NEW), target)
    (target / "src" / "a.py").write_bytes(b"changed")
    before = state_of(target)
    with pytest.raises(RestoreError, match=r"src/a\.py"):
        await put_back(honest(NEW), target, plan=plan)
    assert state_of(target) == before


async def test_a_file_that_appeared_after_the_plan_stops_it(target: Path) -> None:
    plan = plan_of(honest(NEW), target)
    write_tree(target, {"src/deep/b.py": b"mine"})
    before = state_of(target)
    with pytest.raises(RestoreError, match=r"src/deep/b\.py"):
        await put_back(honest(NEW), target, plan=plan)
    assert state_of(target) == before


async def test_a_folder_swapped_for_a_link_after_the_plan_leads_nowhere(target: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write_tree(outside, {"a.py": b"outside"})
    plan = plan_of(honest(NEW), target)
    (target / "src").rename(target / "src-was")
    (target / "src").symlink_to(outside)
    before = state_of(target)
    with pytest.raises(RestoreError):
        await put_back(honest(NEW), target, plan=plan)
    assert read_tree(outside) == {"a.py": b"outside"}
    assert state_of(target) == before


async def test_a_folder_swapped_back_and_forth_meanwhile_leads_nowhere(target: Path, tmp_path: Path) -> None:
    """Somebody swaps a folder for a link as fast as they can while files are restored into it and taken back."""
    outside = tmp_path / "outside"
    write_tree(outside, {"a.py": b"outside", "f1": b"outside"})
    (tmp_path / "link").symlink_to(outside)
    data = honest(NEW | {f"src/f{i}": b"x" for i in range(60)})
    over = threading.Event()

    def swap() -> None:
        descriptor = os.open(tmp_path, os.O_RDONLY)
        while not over.is_set():
            assert beneath.exchange(descriptor, "link", descriptor, "app/src")
            assert beneath.exchange(descriptor, "link", descriptor, "app/src")
        os.close(descriptor)

    swapping = threading.Thread(target=swap)
    swapping.start()
    outcomes = {"restored": 0, "stopped": 0}
    try:
        for _ in range(40):
            try:
                await put_back(data, target)
                outcomes["restored"] += 1
            except RestoreError:
                outcomes["stopped"] += 1
            with contextlib.suppress(NotFound):
                await take_back(target, force=True)
    finally:
        over.set()
        swapping.join()
    assert read_tree(outside) == {"a.py": b"outside", "f1": b"outside"}
    assert sum(outcomes.values()) == 40


async def test_a_folder_swapped_for_a_link_before_the_undo_leads_nowhere(target: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    await put_back(honest(NEW), target)
    write_tree(outside, {"a.py": b"new a", "deep/b.py": b"b" * 100_000})
    (target / "src").rename(target / "src-was")
    (target / "src").symlink_to(outside)
    back = await take_back(target)
    assert set(back.left_changed) == {"src/a.py", "src/deep/b.py"}
    assert read_tree(outside) == {"a.py": b"new a", "deep/b.py": b"b" * 100_000}


async def test_cancelling_takes_everything_back(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state_of(target)
    placed = asyncio.Event()
    loop = asyncio.get_running_loop()
    real = placing._place

    def slow(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]
        loop.call_soon_threadsafe(placed.set)

    monkeypatch.setattr(placing, "_place", slow)

    async def run() -> None:
        await put_back(honest({f"f{i}": b"x" for i in range(2000)} | NEW), target)

    task = asyncio.create_task(run())
    await placed.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    assert state_of(target) == before
    assert not (target / ".snaptui-undo").exists()


class _Killed(BaseException):
    """Stands for a process that ends between two system calls."""


def _dying(real: Callable[..., object], countdown: list[int], *, after: bool) -> Callable[..., object]:
    def call(*args: object, **named: object) -> object:
        countdown[0] -= 1
        if countdown[0] < 0:
            raise _Killed  # dead: whatever cleaning up would call fails too
        if countdown[0] == 0:
            if after:
                real(*args, **named)
            raise _Killed
        return real(*args, **named)

    return call


_STEPS = ("exchange", "move_to_free_name")


# Where names can be swapped, hard links are not used.
@pytest.mark.parametrize(
    ("swaps", "links"), [(True, True), (False, True), (False, False)], ids=["swap", "by-steps", "by-steps-no-links"]
)
@pytest.mark.parametrize("after", [True, False], ids=["after", "before"])
async def test_death_between_any_two_steps(
    swaps: bool, links: bool, after: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut the restore after each of its renames and links; going on and taking back must both be exact."""
    if not swaps:
        monkeypatch.setattr(beneath, "_renameat2", lambda: None)
    if not links:

        def no_link(*_args: object, **_named: object) -> None:
            raise PermissionError(errno.EPERM, "no links here")

        monkeypatch.setattr(os, "link", no_link)
    cut = 0
    while True:
        cut += 1
        outcomes = []
        for way in ("resume", "undo", "undo, cut, undo"):
            target = tmp_path / f"{cut}-{way}"
            write_tree(target, OLD)
            before = state_of(target)
            died = await _die_at(honest(NEW), target, cut, after=after, monkeypatch=monkeypatch)
            if not died:
                outcomes.append(False)
                continue
            outcomes.append(True)
            unfinished = find_unfinished(target)
            if unfinished is not None:
                with pytest.raises(RestoreUnfinished):
                    await put_back(honest(NEW), target)
            if way == "resume":
                if unfinished is not None:
                    await go_on(target)
                await put_back(honest(NEW), target)
                assert read_tree(target) == BOTH
                await take_back(target)
            else:
                if way != "undo":
                    await _die_undoing(target, cut, after=after, monkeypatch=monkeypatch)
                with contextlib.suppress(NotFound):
                    assert (await take_back(target)).left_changed == ()
            assert state_of(target) == before, (cut, way)
        if not any(outcomes):
            break
    assert cut > 5


async def _die_at(data: bytes, target: Path, cut: int, *, after: bool, monkeypatch: pytest.MonkeyPatch) -> bool:
    countdown = [cut]
    with monkeypatch.context() as patch:
        _arm(patch, countdown, after=after)
        try:
            await put_back(data, target)
        except (_Killed, OSError):
            return True
    return False


async def _die_undoing(target: Path, cut: int, *, after: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        _arm(patch, [max(1, cut % 5)], after=after)
        with contextlib.suppress(_Killed, NotFound):
            await take_back(target)


def _arm(patch: pytest.MonkeyPatch, countdown: list[int], *, after: bool) -> None:
    real_rename, real_unlink, real_rmdir = os.rename, os.unlink, os.rmdir
    for name, real in (("rename", real_rename), ("unlink", real_unlink), ("rmdir", real_rmdir), ("link", os.link)):
        patch.setattr(os, name, _dying(real, countdown, after=after))
    for module in (placing, beneath):
        flagged = beneath._rename_flagged
        if module is beneath:
            patch.setattr(module, "_rename_flagged", _dying(flagged, countdown, after=after))


async def test_a_journal_with_paths_that_lead_out_is_not_obeyed(target: Path, tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"victim")
    await put_back(honest(NEW), target)
    journal = target / ".snaptui-undo" / "000001" / "journal"
    journal.write_bytes(journal.read_bytes().replace(b'"config.json"', b'"../victim"'))
    with pytest.raises(RestoreError, match="can't be read"):
        await take_back(target)
    assert (tmp_path / "victim").read_bytes() == b"victim"


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"format":1,"files":[[1]]}',
        b"\xff",
        b"[" * 100_000,
        b'{"format": 1, "files": [[1e999, "a", [1, 2, 3], 0, null]], "folders": [], "source": ""}',
    ],
)
async def test_a_journal_that_is_junk(junk: bytes, target: Path) -> None:
    await put_back(honest(NEW), target)
    (target / ".snaptui-undo" / "000001" / "journal").write_bytes(junk)
    with pytest.raises(RestoreError):
        await take_back(target)


async def test_the_undo_folder_is_private_and_ignored_by_git(target: Path) -> None:
    await put_back(honest(NEW), target)
    folder = target / ".snaptui-undo"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / ".gitignore").read_text() == "*\n"
    assert plan_of(honest(NEW), target).kept == ("mine/notes.txt",)


async def test_a_target_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(CannotWrite):
        plan_of(honest(NEW), tmp_path / "file")


async def test_damage_found_while_unpacking_leaves_the_rest(target: Path) -> None:
    data = archive([Entry("config.json", b"bad", crc=1), Entry("other.txt", b"fine")])
    result = await put_back(data, target)
    assert [(r.path, r.reason) for r in result.refused] == [("config.json", Reason.DAMAGED)]
    assert result.new == ("other.txt",)
    assert result.replaced == ()
    assert (target / "config.json").read_bytes() == b"old config"


def test_folders_that_may_not_be_entered_stop_no_plan() -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        write_tree(target, {"listed/a.txt": b"", "closed/b.txt": b"", "mine.txt": b""})
        target.chmod(0o755)
        (target / "listed").chmod(0o744)
        (target / "closed").chmod(0o700)
        root = os.geteuid() == 0
        try:
            if root:
                os.seteuid(65_534)  # root may enter everything
            else:
                (target / "listed").chmod(0o444)
                (target / "closed").chmod(0o000)
            plan = plan_of(honest({"listed/a.txt": b"x", "new.txt": b"x"}), target)
        finally:
            if root:
                os.seteuid(0)
            for name in ("listed", "closed"):
                (target / name).chmod(0o755)
    assert plan.kept == ("mine.txt",)
    assert [action.shown for action in plan.new] == ["new.txt"]
    assert [(refusal.path, refusal.reason) for refusal in plan.refused] == [("listed/a.txt", Reason.OBSTRUCTED)]
