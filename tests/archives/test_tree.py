"""The tree of files, the comparison and the differences between texts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from snaptui.archives.archive import open_file
from snaptui.archives.compare import Change, Content, compare, contents, folder_contents
from snaptui.archives.safety import Reason, judge
from snaptui.archives.text_diff import Line, LineKind, Verdict, comparable, diff_contents, line_diff
from snaptui.archives.tree import FileTree, Order
from snaptui.errors import NotFound
from tests.archives.doing import directory_of
from tests.archives.zips import DOS_TIME, Entry, archive, honest, write_tree

FILES = {"b.txt": b"12", "a/x": b"123", "a/y/z": b"1" * 50, "C/": b"", "README": b""}


def tree_of(*entries: Entry) -> FileTree:
    directory = directory_of(archive(list(entries)))
    return FileTree.of(directory, refused=judge(directory))


def test_folders_have_totals_and_come_first() -> None:
    tree = tree_of(*(Entry(name, content) for name, content in FILES.items()))
    assert [(r.name, r.size, r.is_folder) for r in tree.rows(tree.root)] == [
        ("a", 53, True), ("C", 0, True), ("b.txt", 2, False), ("README", 0, False),
    ]  # fmt: skip
    folder = tree.folder("a")
    assert folder is not None
    assert (folder.files, folder.size) == (2, 53)
    assert [r.name for r in tree.rows(folder)] == ["y", "x"]
    assert tree.folder("nowhere") is None
    assert tree.folder("C") is not None


def test_orders() -> None:
    tree = tree_of(
        Entry("small-new", b"1", dos_time=DOS_TIME + (1 << 16)), Entry("big-old", b"123"), Entry("Mid", b"12")
    )
    assert [r.name for r in tree.rows(tree.root)] == ["big-old", "Mid", "small-new"]
    assert [r.name for r in tree.rows(tree.root, Order.SIZE)] == ["big-old", "Mid", "small-new"]
    assert [r.name for r in tree.rows(tree.root, Order.SIZE, reverse=True)] == ["small-new", "Mid", "big-old"]
    assert tree.rows(tree.root, Order.MODIFIED)[0].name == "small-new"


def test_finding_and_the_largest() -> None:
    tree = tree_of(*(Entry(name, content) for name, content in FILES.items()))
    assert [e.path for e in tree.find("A Z")] == ["a/y/z"]
    assert not tree.find("nothing")
    assert [m.path for m in tree.largest(2)] == ["a/y/z", "a/x"]


def test_refused_members_are_shown_as_such() -> None:
    tree = tree_of(Entry("../evil", b"1"), Entry("fine", b"1"))
    up = tree.rows(tree.root)[0]
    assert up.folder is not None
    assert tree.rows(up.folder)[0].refused is Reason.OUTSIDE
    assert tree.rows(tree.root)[1].refused is None


@pytest.mark.anyio
async def test_the_first_rows_do_not_wait_for_the_judgement(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(archive([Entry("evil\n", b"1")]))
    async with await open_file(tmp_path / "a.zip") as opened:
        tree = await opened.tree()
        assert tree.rows(tree.root)[0].refused is None
        assert await opened.refused() == {0: Reason.CONTROL}
        assert tree.rows(tree.root)[0].refused is Reason.CONTROL


def test_names_as_deep_as_they_come_cost_little() -> None:
    tree = tree_of(*(Entry("/" * 30_000 + str(i), b"1") for i in range(50)), Entry("a/" * 30_000, b""))
    assert tree.root.files == 50
    assert sum(1 for _ in tree.walk()) == 50


def side(files: dict[str, bytes]) -> dict[str, Content]:
    return contents(directory_of(honest(files)))


def test_what_differs() -> None:
    old = {"same": b"1", "changed": b"old", "gone": b"gone!", "src/was": b"moved content", "empty-was": b""}
    new = {"same": b"1", "changed": b"newer", "fresh": b"fresh", "lib/is": b"moved content", "empty-is": b""}
    comparison = compare(side(old), side(new))
    assert [(d.change, d.old_path, d.path, d.delta) for d in comparison.differences] == [
        (Change.CHANGED, "changed", "changed", 2),
        (Change.ADDED, "empty-is", "empty-is", 0),
        (Change.REMOVED, "empty-was", "empty-was", 0),
        (Change.ADDED, "fresh", "fresh", 5),
        (Change.REMOVED, "gone", "gone", -5),
        (Change.RENAMED, "src/was", "lib/is", 0),
    ]
    assert comparison.same == 1
    assert comparison.delta == 2
    assert comparison.by_growth()[0].path == "fresh"
    assert [d.path for d in comparison.of(Change.RENAMED)] == ["lib/is"]
    assert comparison.folders()["lib"].renamed == 1
    assert comparison.folders()[""].added == 2


def test_renames_prefer_the_same_last_name_and_leave_copies_alone() -> None:
    old = {"a/one.txt": b"same", "a/two.txt": b"same"}
    new = {"b/two.txt": b"same", "b/zzz.txt": b"same", "b/extra": b"same"}
    comparison = compare(side(old), side(new))
    assert {(d.old_path, d.path) for d in comparison.of(Change.RENAMED)} == {
        ("a/two.txt", "b/two.txt"),
        ("a/one.txt", "b/extra"),
    }
    assert [d.path for d in comparison.of(Change.ADDED)] == ["b/zzz.txt"]


@pytest.mark.anyio
async def test_against_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(honest({"same": b"1", "changed": b"old", "gone": b"gone", "was": b"moved!"}))
    folder = tmp_path / "folder"
    write_tree(folder, {"same": b"1", "changed": b"new", "is": b"moved!", "more": b"", ".snaptui-undo/x": b"x"})
    (folder / "link").symlink_to("/etc/passwd")
    async with await open_file(tmp_path / "a.zip") as opened:
        root = (await opened.tree()).root
        assert [row.name for row in await opened.rows(root, Order.SIZE)] == ["was", "gone", "changed", "same"]
        comparison = await opened.compare_folder(folder)
        assert {(d.change, d.path) for d in comparison.differences} == {
            (Change.CHANGED, "changed"), (Change.REMOVED, "gone"), (Change.RENAMED, "is"), (Change.ADDED, "more"),
        }  # fmt: skip
        with pytest.raises(NotFound):
            await opened.compare_folder(tmp_path / "missing")


def test_only_files_that_may_be_equal_are_read(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a": b"12", "b": b"123", "c": b"1234"})
    os.chmod(tmp_path / "b", 0)  # noqa: PTH101 - said twice as clearly
    found, unread = folder_contents(tmp_path, {"a": Content(2, 0), "gone": Content(4, 0)})
    assert unread == []
    assert found["a"].crc > 0
    assert found["c"].crc > 0
    assert found["b"] == Content(3, -1)


def shown(lines: tuple[Line, ...]) -> list[str]:
    marks = {LineKind.SAME: " ", LineKind.ADDED: "+", LineKind.REMOVED: "-", LineKind.GAP: "~"}
    return [f"{marks[line.kind]}{line.text}" for line in lines]


def test_line_diff() -> None:
    old = [f"line {i}" for i in range(20)]
    new = [*old[:5], "five", *old[6:15], "more", *old[15:]]
    assert shown(line_diff(old, new, context=1)) == [
        "~", " line 4", "-line 5", "+five", " line 6", "~", " line 14", "+more", " line 15", "~",
    ]  # fmt: skip
    assert line_diff(old, old) == ()
    assert shown(line_diff([], ["a"])) == ["+a"]
    assert shown(line_diff(["a"], [])) == ["-a"]
    assert shown(line_diff(old, new, context=0))[0] in ("~", "-line 5")


def test_line_numbers_count_both_sides() -> None:
    lines = line_diff(["a", "b", "c"], ["a", "x", "y", "c"], context=3)
    assert [(line.old_number, line.new_number) for line in lines] == [
        (1, 1), (2, None), (None, 2), (None, 3), (3, 4),
    ]  # fmt: skip


def test_texts_that_have_nothing_in_common_do_not_take_forever() -> None:
    old = [f"{i * 7919 % 100_003}" for i in range(20_000)]
    new = [f"{i * 104_729 % 100_003}" for i in range(20_000)]
    lines = line_diff(old, new)
    assert {line.kind for line in lines} <= {LineKind.REMOVED, LineKind.ADDED, LineKind.SAME}


def test_contents_of_a_member() -> None:
    found = diff_contents(b"a\r\nb\x1b[31m\n", b"a\nc\n", path="x")
    assert shown(found.lines) == [" a", "-b\ufffd[31m", "+c"]
    assert (found.verdict, found.masked) == (Verdict.LINES, None)
    assert shown(diff_contents(None, b"1\n2", path="x").lines) == ["+1", "+2"]
    assert shown(diff_contents(b"1\n", b"", path="x").lines) == ["-1"]
    assert diff_contents(b"\0\1\2", b"text", path="x").verdict is Verdict.BINARY
    assert diff_contents(b"a\nb", b"a\nb\n", path="x").verdict is Verdict.LAST_LINE_END
    assert diff_contents(b"a\r\n", b"a\n", path="x").verdict is Verdict.UNSEEN
    assert diff_contents(b"", None, path="x").verdict is Verdict.UNSEEN
    assert comparable(10)
    assert not comparable(1 << 30)


def test_secrets_are_masked_on_both_sides_and_still_seen_to_differ() -> None:
    old = b"# note\nTOKEN=one-secret\nSAME=kept-secret\nKEY='two\nlines-of-it'\n"
    new = b"# note\nTOKEN=another-secret\nSAME=kept-secret\nKEY='two\nlines-of-that'\nMORE=new-secret"
    found = diff_contents(old, new, path="app/.env")
    assert found.masked is not None
    assert shown(found.masked) == [
        " # note", "-TOKEN=••••••••", "+TOKEN=••••••••", " SAME=••••••••", " KEY=••••••••",
        "-••••••••", "+••••••••", "+MORE=••••••••",
    ]  # fmt: skip
    assert not any("secret" in line.text or "lines-of" in line.text for line in found.masked)
    assert "+TOKEN=another-secret" in shown(found.lines)
    assert diff_contents(old, new, path="app/notes.txt").masked is None
