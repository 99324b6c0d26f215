"""Nothing dangerous is ever written: every refusal, each with a look at the disk outside the target."""

from __future__ import annotations

import errno
import os
import socket
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from snaptui.archives import placing
from snaptui.archives.beneath import ignores_case
from snaptui.archives.journal import Record, Run
from snaptui.archives.plan import Policy
from snaptui.archives.safety import Limits, Reason, judge
from snaptui.errors import ArchiveDamaged, ArchiveRefused, CannotWrite
from tests.archives.doing import directory_of, plan_of, put_back, take_back
from tests.archives.zips import Entry, archive, deflate, read_tree, state_of

pytestmark = pytest.mark.anyio

GOOD = Entry("good.txt", b"good")

NAMES = [
    ("../evil", Reason.OUTSIDE),
    ("a/../../evil", Reason.OUTSIDE),
    ("a/..", Reason.OUTSIDE),
    ("../evil/", Reason.OUTSIDE),
    ("/evil", Reason.ABSOLUTE),
    ("//evil/share", Reason.ABSOLUTE),
    ("C:evil", Reason.DRIVE),
    ("C:/evil", Reason.DRIVE),
    ("..\\evil", Reason.BACKSLASH),
    ("a\\evil", Reason.BACKSLASH),
    ("\\\\server\\evil", Reason.BACKSLASH),
    ("./evil", Reason.NOT_NORMAL),
    ("a/./evil", Reason.NOT_NORMAL),
    ("a//evil", Reason.NOT_NORMAL),
    ("a/.. /evil", Reason.NOT_NORMAL),
    ("a/.../evil", Reason.NOT_NORMAL),
    ("evil//", Reason.NOT_NORMAL),
    (" ", Reason.NOT_NORMAL),
    ("", Reason.NOT_NORMAL),
    ("\u2025/evil", Reason.NOT_NORMAL),
    ("a／..／evil", Reason.NOT_NORMAL),
    ("evil\n", Reason.CONTROL),
    ("ev\x1b[31mil", Reason.CONTROL),
    ("evil\0.txt", Reason.CONTROL),
    ("evil\x7f", Reason.CONTROL),
    ("evil\x85", Reason.CONTROL),
    ("evil\u202egnp.exe", Reason.CONTROL),
    ("evil\u2028", Reason.CONTROL),
    ("e" * 256, Reason.TOO_LONG),
    ("é" * 128, Reason.TOO_LONG),
    ("/".join(["evil"] * 1000), Reason.TOO_LONG),
    ("a/" * 300 + "evil", Reason.TOO_LONG),
    (".snaptui-undo/000001/journal", Reason.RESERVED),
    (".SNAPTUI-undo/evil", Reason.RESERVED),
    (".snaptui-undo", Reason.RESERVED),
]
MEMBERS = [
    (Entry(b"evil\xff", flags=0x800), Reason.NOT_TEXT),
    (Entry("evil", b"/etc/passwd", mode=stat.S_IFLNK | 0o777), Reason.SYMLINK),
    (Entry("evil", b"/etc/passwd", mode=stat.S_IFLNK | 0o777, host=0), Reason.SYMLINK),
    (Entry("evil", mode=stat.S_IFBLK | 0o666), Reason.SPECIAL),
    (Entry("evil", mode=stat.S_IFCHR | 0o666), Reason.SPECIAL),
    (Entry("evil", mode=stat.S_IFIFO | 0o666), Reason.SPECIAL),
    (Entry("evil", mode=stat.S_IFSOCK | 0o666), Reason.SPECIAL),
    (Entry("evil", b"x" * 12, flags=1), Reason.ENCRYPTED),
    (Entry("evil", b"x" * 12, flags=0x41), Reason.ENCRYPTED),
    (Entry("evil", b"x", method=99), Reason.UNSUPPORTED),
    (Entry("evil", b"x", method=12), Reason.UNSUPPORTED),
    (Entry("evil/", b"content"), Reason.CONTRADICTORY),
    (Entry("evil", b"content", deflated=False, size=3), Reason.CONTRADICTORY),
    (Entry("evil", b"x", offset=1_000_000), Reason.OVERLAP),
    (Entry("evil", b"x", compressed_size=100_000), Reason.OVERLAP),
    (Entry("evil", b"x", size=1 << 40), Reason.TOO_LARGE),
    (Entry("evil", b"x", size=1 << 30), Reason.RATIO),
    (Entry("evil", b"\xff" * 9, packed=b"\xff" * 9), Reason.DAMAGED),
    (Entry("evil", b"x", crc=7), Reason.DAMAGED),
    (Entry("evil", b"x", local_name=b"good"), Reason.DAMAGED),
    (Entry("evil", packed=deflate(b"\0" * 9_000_000), size=1000), Reason.DAMAGED),
]
TOGETHER = [
    ([Entry("evil", b"1"), Entry("evil", b"2")], Reason.DUPLICATE),
    ([Entry("evil/é", b"1"), Entry("evil/e\u0301", b"2")], Reason.UNICODE_CLASH),
    ([Entry("é/evil", b"1"), Entry("e\u0301/evil2", b"2")], Reason.UNICODE_CLASH),
    ([Entry("evil", b"1"), Entry("evil/below", b"2")], Reason.FILE_AND_FOLDER),
    ([Entry("evil/", b""), Entry("evil", b"1")], Reason.FILE_AND_FOLDER),
    ([Entry("evil", b"1", offset=5), Entry("evil2", b"2")], Reason.OVERLAP),
    ([Entry("evil", b"1", offset=0, packed=b"1234"), Entry("evil2", b"12", offset=0)], Reason.OVERLAP),
]


async def refused_and_rest_restored(entries: Sequence[Entry], tmp_path: Path) -> set[Reason]:
    """Restore with a good member beside; nothing but the good one may be anywhere."""
    target = tmp_path / "outer" / "target"
    before = read_tree(tmp_path)
    result = await put_back(archive([*entries, GOOD]), target)
    assert len(result.refused) == len(entries)
    assert read_tree(target) == {"good.txt": b"good"}
    assert read_tree(tmp_path) == before | {"outer/target/good.txt": b"good"} | {
        name: content for name, content in read_tree(tmp_path).items() if "/.snaptui-undo/" in name
    }
    assert "evil" not in os.listdir("/")  # noqa: PTH208 - a dangling link counts too
    assert all(refusal.path.isprintable() for refusal in result.refused)
    assert all(refusal.reason.sentence for refusal in result.refused)
    await take_back(target)
    assert read_tree(tmp_path) == before
    return {refusal.reason for refusal in result.refused}


@pytest.mark.parametrize(("name", "reason"), NAMES, ids=lambda value: ascii(value)[:40])
async def test_names(name: str, reason: Reason, tmp_path: Path) -> None:
    assert await refused_and_rest_restored([Entry(name, b"evil" if name[-1:] != "/" else b"")], tmp_path) == {reason}


@pytest.mark.parametrize(("entry", "reason"), MEMBERS, ids=[f"{i}-{reason}" for i, (_, reason) in enumerate(MEMBERS)])
async def test_members(entry: Entry, reason: Reason, tmp_path: Path) -> None:
    assert await refused_and_rest_restored([entry], tmp_path) == {reason}


@pytest.mark.parametrize(
    ("entries", "reason"), TOGETHER, ids=[f"{i}-{reason}" for i, (_, reason) in enumerate(TOGETHER)]
)
async def test_members_that_clash(entries: list[Entry], reason: Reason, tmp_path: Path) -> None:
    assert await refused_and_rest_restored(entries, tmp_path) == {reason}


async def test_strict_refuses_the_whole_for_every_reason(tmp_path: Path) -> None:
    before = read_tree(tmp_path)
    cases = [([Entry(name, b"evil" if name[-1:] != "/" else b"")], reason) for name, reason in NAMES]
    cases += [([entry], reason) for entry, reason in MEMBERS if reason is not Reason.DAMAGED] + TOGETHER
    for entries, reason in cases:
        with pytest.raises(ArchiveRefused, match="--strict") as refused:
            await put_back(archive([*entries, GOOD]), tmp_path / "target", strict=True)
        assert reason.sentence in refused.value.sentence
        assert read_tree(tmp_path) == before
        assert not (tmp_path / "target").exists()


async def test_strict_refuses_the_whole_for_damage_found_late(tmp_path: Path) -> None:
    data = archive([GOOD, Entry("evil", b"x", crc=7)])
    with pytest.raises(ArchiveDamaged, match="damaged"):
        await put_back(data, tmp_path / "target", strict=True)
    assert not (tmp_path / "target").exists()


async def test_names_that_differ_by_case_clash_only_where_case_is_ignored(tmp_path: Path) -> None:
    data = archive([Entry("Evil", b"1"), Entry("evil", b"2"), Entry("A/x", b"3"), Entry("a/y", b"4"), GOOD])
    assert not plan_of(data, tmp_path, case_insensitive=False).refused
    plan = plan_of(data, tmp_path, case_insensitive=True)
    assert {r.reason for r in plan.refused} == {Reason.CASE_CLASH}
    assert len(plan.refused) == 4
    await put_back(data, tmp_path / "t", plan=plan_of(data, tmp_path / "t", case_insensitive=True))
    assert {name: content for name, content in read_tree(tmp_path).items() if "/.snaptui-undo/" not in name} == {
        "t/good.txt": b"good"
    }


def test_a_disk_that_ignores_case_is_known_by_looking(tmp_path: Path) -> None:
    """Two spellings that lead to one file, as on such a disk."""
    (tmp_path / "Folder").write_bytes(b"")
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        assert not ignores_case(descriptor, "Folder")
        (tmp_path / "fOLDER").hardlink_to(tmp_path / "Folder")
        assert ignores_case(descriptor, "Folder")
        assert not ignores_case(descriptor, "missing")
        assert not ignores_case(descriptor, "123") or sys.platform == "darwin"
    finally:
        os.close(descriptor)


def test_case_folding_of_the_whole_of_unicode(tmp_path: Path) -> None:
    data = archive([Entry("STRASSE", b"1"), Entry("straße", b"2")])
    assert len(plan_of(data, tmp_path, case_insensitive=True).refused) == 2


def test_shared_headers_are_a_bomb() -> None:
    kernel = Entry("0", b"\0" * 1_000_000)
    bomb = archive([kernel, *(Entry(str(i), packed=b"", offset=0, size=1_000_000) for i in range(1, 400))])
    refused = judge(directory_of(bomb))
    assert len(refused) == 400
    assert set(refused.values()) <= {Reason.OVERLAP, Reason.CONTRADICTORY}


async def test_bounds_count_what_is_chosen(tmp_path: Path) -> None:
    data = archive([Entry(f"{i}", b"x" * 100) for i in range(10)])
    too_many = plan_of(data, tmp_path, limits=Limits(members=9))
    assert {r.reason for r in too_many.refused} == {Reason.TOO_MANY}
    assert len(too_many.refused) == 10
    too_large = plan_of(data, tmp_path, limits=Limits(total_bytes=999))
    assert {r.reason for r in too_large.refused} == {Reason.TOO_LARGE}
    assert not plan_of(data, tmp_path, limits=Limits(members=9, total_bytes=999), patterns=["3", "4"]).refused
    for limits in (Limits(members=9), Limits(total_bytes=999)):
        done = await put_back(data, tmp_path / "target", limits=limits)
        assert (done.new, len(done.refused)) == ((), 10)
        assert state_of(tmp_path) == {}


async def test_names_the_disk_does_not_take_are_found_when_looking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a FAT disk does at the first look: it has no such name."""
    target = tmp_path / "target"
    target.mkdir()
    real = os.lstat

    def lstat(path: str, *, dir_fd: int | None = None) -> os.stat_result:
        if "?" in str(path):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return real(path, dir_fd=dir_fd)

    monkeypatch.setattr(os, "lstat", lstat)
    result = await put_back(archive([Entry("evil?", b"x"), GOOD]), target)
    assert [(r.path, r.reason) for r in result.refused] == [("evil?", Reason.NOT_TAKEN)]
    monkeypatch.undo()
    assert read_tree(target) == {"good.txt": b"good"}


@pytest.mark.parametrize("strict", [False, True])
async def test_names_the_disk_does_not_take_are_found_when_writing(
    strict: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it does where the name is free: it refuses to make it."""
    real_mkdir, real_place = os.mkdir, placing._place

    def refuse(name: str) -> None:
        if ":" in name:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    def mkdir(path: str, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        refuse(os.fsdecode(path))
        real_mkdir(path, mode, dir_fd=dir_fd)

    def place(run: Run, record: Record, parent: int) -> None:
        refuse(record.parts[-1])
        real_place(run, record, parent)

    monkeypatch.setattr(os, "mkdir", mkdir)
    monkeypatch.setattr(placing, "_place", place)
    target = tmp_path / "target"
    data = archive([Entry("ev:il", b"x"), Entry("evil: folder/below", b"x"), Entry("evil: empty/"), GOOD])
    if strict:
        with pytest.raises(ArchiveRefused, match="--strict"):
            await put_back(data, target, strict=True)
    else:
        result = await put_back(data, target)
        assert sorted((r.path, r.reason) for r in result.refused) == [
            ("ev:il", Reason.NOT_TAKEN), ("evil: empty", Reason.NOT_TAKEN), ("evil: folder/below", Reason.NOT_TAKEN),
        ]  # fmt: skip
        assert read_tree(target) == {"good.txt": b"good"}
        await take_back(target)
    assert state_of(tmp_path) == {}


async def test_a_symlink_in_the_target_is_never_followed(tmp_path: Path) -> None:
    outside, target = tmp_path / "outside", tmp_path / "target"
    outside.mkdir()
    (outside / "kept.txt").write_bytes(b"kept")
    target.mkdir()
    (target / "folder").symlink_to(outside)
    (target / "deep").mkdir()
    (target / "deep" / "er").symlink_to("../../outside")
    (target / "file").symlink_to(outside / "kept.txt")
    (target / "dangling").symlink_to(outside / "new.txt")
    data = archive(
        [
            Entry("folder/kept.txt", b"evil"), Entry("deep/er/kept.txt", b"evil"), Entry("folder/", b""),
            Entry("file", b"evil"), Entry("dangling", b"evil"), GOOD,
        ]
    )  # fmt: skip
    result = await put_back(data, target, policy=Policy.ALWAYS)
    assert [r.reason for r in result.refused] == [
        Reason.THROUGH_SYMLINK, Reason.THROUGH_SYMLINK, Reason.THROUGH_SYMLINK,
        Reason.SYMLINK_THERE, Reason.SYMLINK_THERE,
    ]  # fmt: skip
    assert read_tree(outside) == {"kept.txt": b"kept"}
    assert (target / "good.txt").read_bytes() == b"good"
    assert (target / "file").is_symlink()


async def test_the_target_itself_may_be_a_link_the_person_named(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    await put_back(archive([GOOD]), tmp_path / "link")
    assert read_tree(tmp_path / "real") == {"good.txt": b"good"}


async def test_what_stands_in_the_way_is_left_there(tmp_path: Path) -> None:
    target = tmp_path / "target"
    (target / "folder-there").mkdir(parents=True)
    (target / "file-there").write_bytes(b"mine")
    os.mkfifo(target / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(target)  # the name of a socket may be 100 bytes at most
        try:
            listener.bind("socket")
        finally:
            os.chdir(here)
    before = state_of(target)
    names = ["folder-there", "file-there/below", "file-there/", "pipe", "socket"]
    result = await put_back(archive([Entry(name, b"x"[: name[-1] != "/"]) for name in names]), target)
    refused = {r.path: r.reason for r in result.refused}
    assert refused.pop("file-there/", Reason.FILE_AND_FOLDER) in (Reason.FILE_AND_FOLDER, Reason.OBSTRUCTED)
    assert set(refused.values()) == {Reason.OBSTRUCTED}
    assert len(result.refused) == len(names)
    assert state_of(target) == before


async def test_an_undo_folder_that_is_a_link_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    target = tmp_path / "target"
    target.mkdir()
    (target / ".snaptui-undo").symlink_to(tmp_path / "outside")
    with pytest.raises(CannotWrite, match="needs it"):
        await put_back(archive([GOOD]), target)
    assert not list((tmp_path / "outside").iterdir())


async def test_no_setuid_setgid_or_sticky_and_permissions_kept(tmp_path: Path) -> None:
    data = archive(
        [
            Entry("setuid", b"1", mode=0o104755), Entry("setgid", b"1", mode=0o102711), Entry("sticky", mode=0o101666),
            Entry("secret", b"1", mode=0o100600), Entry("readonly", b"1", mode=0o100444), Entry("shut/", mode=0o42555),
            Entry("shut/in", b"x", mode=0o100640), Entry("dos", b"1", host=0, mode=0),
        ]
    )  # fmt: skip
    umask = os.umask(0o027)
    try:
        await put_back(data, tmp_path / "t")
    finally:
        os.umask(umask)
    modes = {name: mode & 0o7777 for name, (mode, _, _) in state_of(tmp_path / "t").items()}
    assert modes == {
        "setuid": 0o755, "setgid": 0o711, "sticky": 0o666, "secret": 0o600, "readonly": 0o444, "shut": 0o755,
        "shut/in": 0o640, "dos": 0o640,
    }  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting a disk needs root on Linux")
async def test_another_disk_inside_the_target(tmp_path: Path) -> None:
    import ctypes

    target = tmp_path / "target"
    (target / "mounted").mkdir(parents=True)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", os.fsencode(target / "mounted"), b"tmpfs", 0, None) != 0:
        pytest.skip("this machine allows no mounts")
    try:
        result = await put_back(archive([Entry("mounted/file", b"x"), GOOD]), target)
        assert [r.reason for r in result.refused] == [Reason.OTHER_FILE_SYSTEM]
        assert not list((target / "mounted").iterdir())
    finally:
        libc.umount(os.fsencode(target / "mounted"))
