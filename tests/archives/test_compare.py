"""Comparisons: their other side, what they cost, and the lines of one member."""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings

from snaptui.archives.archive import compare_archives, open_file, open_remote
from snaptui.archives.compare import Change, Comparison, Content, Difference, compare, contents
from snaptui.archives.member_diff import diff_member, read_below
from snaptui.archives.text_diff import LineKind, Verdict
from snaptui.errors import NotFound
from snaptui.models import SnapshotKey
from tests.archives.doing import directory_of
from tests.archives.host import KEY_APP, KEY_VERSION, Host
from tests.archives.test_properties import trees
from tests.archives.zips import Entry, archive, honest, write_tree

KEY = SnapshotKey(KEY_APP, KEY_VERSION)


def side(files: dict[str, bytes]) -> dict[str, Content]:
    return contents(directory_of(honest(files)))


@settings(max_examples=100, deadline=None)
@given(trees(), trees())
def test_the_other_side_is_the_comparison_the_other_way_round(old: dict[str, bytes], new: dict[str, bytes]) -> None:
    there = compare(side(old), side(new))
    back = compare(side(new), side(old))
    assert there.swapped().swapped() == there
    assert there.swapped().delta == -there.delta == back.delta
    kinds = {change: len(there.swapped().of(change)) for change in Change}
    assert kinds == {change: len(back.of(change)) for change in Change}
    assert there.without_renames() == compare(side(old), side(new), renames=False)
    for difference in there.differences:
        assert (difference.on_old_side in old) is (difference.on_old_side is not None)
        assert (difference.on_new_side in new) is (difference.on_new_side is not None)


def test_a_path_of_very_many_folders_counts_in_the_whole() -> None:
    deep = "a/" * 30_000 + "x"
    folders = Comparison((Difference(Change.ADDED, deep, deep, None, 7), _added("b/y")), 0).folders()
    assert set(folders) == {"", "b"}
    assert (folders[""].delta, folders[""].count) == (8, 2)


def _added(path: str) -> Difference:
    return Difference(Change.ADDED, path, path, None, 1)


def _version(seed: int) -> bytes:
    chance = random.Random(seed)
    names = [f"app/node_modules/package-{number % 250}/lib/file-{number}.js" for number in range(5_000)]
    return archive([Entry(name, chance.randbytes(8) if number % 9 else b"same") for number, name in enumerate(names)])


@pytest.mark.anyio
async def test_comparing_two_versions_of_5000_members_takes_six_requests_at_most() -> None:
    with Host(_version(1)) as one, Host(_version(2)) as other:
        async with (
            await open_remote(KEY, one, api_origin=one.url) as old,
            await open_remote(KEY, other, api_origin=other.url) as new,
        ):
            comparison = await compare_archives(old, new)
            asked = len(one.ranges) + one.links + len(other.ranges) + other.links
            assert (comparison.same, len(comparison.differences)) == (556, 4_444)
            assert asked == old.requests + old.links + new.requests + new.links
    assert asked <= 6


@pytest.mark.anyio
async def test_the_lines_of_one_member_fetch_just_its_two_contents() -> None:
    # What is kept of the archive's end answers for small archives, so there is bulk behind the files.
    bulk = Entry("z.bin", random.Random(1).randbytes(600_000), deflated=False)
    old = archive([Entry("a.txt", b"one\ntwo\n"), Entry("gone", b"x"), Entry("was", b"moved"), bulk])
    new = archive([Entry("a.txt", b"one\n2\n"), Entry("is", b"moved"), bulk])
    with Host(old) as one, Host(new) as other:
        async with (
            await open_remote(KEY, one, api_origin=one.url) as before,
            await open_remote(KEY, other, api_origin=other.url) as after,
        ):
            found = {d.path: d for d in (await compare_archives(before, after)).differences}
            assert {path: d.change for path, d in found.items()} == {
                "a.txt": Change.CHANGED, "gone": Change.REMOVED, "is": Change.RENAMED,
            }  # fmt: skip
            counts = len(one.ranges), len(other.ranges)
            lines = await diff_member(before, after, found["a.txt"])
            assert [(line.kind, line.text) for line in lines.lines] == [
                (LineKind.SAME, "one"), (LineKind.REMOVED, "two"), (LineKind.ADDED, "2"),
            ]  # fmt: skip
            assert (len(one.ranges), len(other.ranges)) == (counts[0] + 1, counts[1] + 1)
            assert before.transferred_bytes + after.transferred_bytes < 2 * 512 * 1024 + 500
            removed = await diff_member(before, after, found["gone"])
            assert removed.count(LineKind.REMOVED) == 1
            assert (await diff_member(before, after, found["is"])).verdict is Verdict.MOVED
            assert (len(one.ranges), len(other.ranges)) == (counts[0] + 2, counts[1] + 1)


@pytest.mark.anyio
async def test_large_files_are_not_fetched_and_folders_are_read_safely(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(honest({"big.txt": b"1" * 2_000_000, "a.txt": b"one\n", "grows": b"1"}))
    folder = tmp_path / "folder"
    write_tree(folder, {"big.txt": b"2", "a.txt": b"two\n", "grows": b"22"})
    async with await open_file(tmp_path / "a.zip") as opened:
        found = {d.path: d for d in (await opened.compare_folder(folder)).differences}
        assert (await diff_member(opened, folder, found["big.txt"])).verdict is Verdict.TOO_LARGE
        assert (await diff_member(opened, folder, found["a.txt"])).count(LineKind.ADDED) == 1
        (folder / "grows").write_bytes(b"2" * 2_000_000)
        assert (await diff_member(opened, folder, found["grows"])).verdict is Verdict.TOO_LARGE
        (folder / "a.txt").unlink()
        with pytest.raises(NotFound, match="compare again"):
            await diff_member(opened, folder, found["a.txt"])


@pytest.mark.anyio
async def test_what_cannot_be_read_in_a_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the reason; who runs the tests may be allowed to read everything."""
    (tmp_path / "a.zip").write_bytes(honest({"shut/a": b"1", "file": b"1", "open/b": b"1"}))
    write_tree(tmp_path / "folder", {"shut/a": b"1", "file": b"1", "open/b": b"1"})
    real = os.open

    def refusing(path: str | Path, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if str(path) in ("shut", "file"):
            raise PermissionError(errno.EACCES, "no")
        return real(path, flags, mode, dir_fd=dir_fd)

    async with await open_file(tmp_path / "a.zip") as opened:
        monkeypatch.setattr(os, "open", refusing)
        comparison = await opened.compare_folder(tmp_path / "folder")
        monkeypatch.undo()
    assert comparison.unread == ("file", "shut/")
    assert comparison.same == 1
    assert comparison.swapped().unread == comparison.without_renames().unread == comparison.unread


def test_no_link_below_the_folder_is_followed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"outside/secret": b"secret", "folder/real/file": b"fine"})
    (tmp_path / "folder" / "link").symlink_to("../outside/secret")
    (tmp_path / "folder" / "links").symlink_to("../outside")
    assert read_below(tmp_path / "folder", "real/file") == b"fine"
    for path in ("link", "links/secret", "real", "missing", "missing/too", "real/file/below"):
        with pytest.raises(NotFound):
            read_below(tmp_path / "folder", path)
