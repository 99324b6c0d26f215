"""The tree of differences under keys and mouse, and what it sends."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from snaptui.archives.compare import Change, Comparison, Content, Difference, compare
from snaptui.tui.symbols import ASCII
from snaptui.tui.widgets.difference_rows import By, DifferenceRows
from snaptui.tui.widgets.difference_tree import DifferenceTree
from tests.tui.widgets.worlds import count_refreshes, lines_of, on_stage

pytestmark = pytest.mark.anyio

OLD = {
    "config.json": Content(100, 1),
    "same.txt": Content(5, 5),
    "src/lib/time.py": Content(700, 2),
    "src/main.py": Content(2_000, 3),
    "src/old.py": Content(4_000, 4),
}
NEW = {
    "config.json": Content(100, 7),
    "same.txt": Content(5, 5),
    "src/util/time.py": Content(700, 2),
    "src/main.py": Content(3_500, 8),
    "assets/[red]new.bin": Content(300_000, 9),
}
MANY = 5_000


def _tree(comparison: Comparison | None = None) -> DifferenceTree:
    tree = DifferenceTree()
    tree.set_comparison(comparison or compare(OLD, NEW))
    return tree


def _many(count: int = MANY) -> Comparison:
    paths = [f"node_modules/package-{number % 250}/lib/file-{number}.js" for number in range(count)]
    grown = (Difference(Change.CHANGED, path, path, size, 2 * size) for size, path in enumerate(sorted(paths)))
    return Comparison(tuple(grown), 9)


def _paths(tree: DifferenceTree) -> list[str]:
    return [row.path for row in tree.rows]


def _marked(tree: DifferenceTree) -> list[str]:
    return [difference.path for difference in tree.marked]


async def test_each_kind_has_a_sign_and_a_word_and_folders_add_up() -> None:
    async with on_stage(tree := _tree(), size=(100, 14)):
        lines = lines_of(tree)
    assert lines[0].split() == ["Path", "▴", "Change"]
    assert [line.split() for line in lines[1:11]] == [
        ["▌", "▾", "assets/", "+1", "+300", "kB"],
        ["+", "[red]new.bin", "added", "300", "kB", "+300", "kB"],
        ["▾", "src/", "−1", "~1", "→1", "−2", "kB"],
        ["▾", "util/", "→1", "0", "B"],
        ["→", "time.py", "(was", "src/lib/time.py)", "renamed", "700", "B", "0", "B"],
        ["~", "main.py", "changed", "2", "kB", "→", "4", "kB", "+2", "kB"],
        ["−", "old.py", "removed", "4", "kB", "−4", "kB"],
        ["~", "config.json", "changed", "100", "B", "→", "100", "B", "0", "B"],
        [], [],
    ]  # fmt: skip


@pytest.mark.parametrize("width", [120, 80, 60, 40, 20])
async def test_every_width_shows_kind_and_change(width: int) -> None:
    tree = DifferenceTree(symbols=ASCII)
    tree.set_comparison(compare(OLD, NEW))
    async with on_stage(tree, size=(width, 14)):
        assert all(tree.render_line(y).cell_length == width for y in range(14))
        assert all(line.isascii() for line in lines_of(tree))
        if width >= 60:
            assert lines_of(tree)[7].split()[-2:] == ["-4", "kB"]
            assert "removed" in lines_of(tree)[7]
            assert "> " in lines_of(tree)[5]


async def test_folders_open_and_close() -> None:
    async with on_stage(tree := _tree(), size=(90, 14)) as stage:
        await stage.pilot.press("enter")
        assert _paths(tree)[:2] == ["assets/", "src/"]
        await stage.pilot.press("l")
        assert _paths(tree)[1] == "assets/[red]new.bin"
        await stage.pilot.press("l", "left", "left")
        assert _paths(tree)[:2] == ["assets/", "src/"]
        await stage.pilot.press("E")
        assert len(_paths(tree)) == 8
        await stage.pilot.press("j", "j", "E")
        assert _paths(tree) == ["assets/", "src/", "config.json"]
        assert tree.cursor_row is not None
        assert tree.cursor_row.path == "src/"
        assert tree.highlight("src/util/time.py")
        assert tree.cursor_row.path == "src/util/time.py"
        assert not tree.highlight("nowhere")
        await stage.pilot.press("left")
        assert tree.cursor_row.path == "src/util/"


async def test_what_grew_stands_first_and_the_row_stays_highlighted() -> None:
    async with on_stage(tree := _tree(), size=(90, 14)) as stage:
        tree.highlight("src/main.py")
        await stage.pilot.press("s")
        grown = ["assets/[red]new.bin", "src/main.py", "config.json", "src/util/time.py", "src/old.py"]
        assert _paths(tree) == grown
        assert tree.cursor == 1
        assert lines_of(tree)[0].endswith("▾ Change")
        await stage.pilot.press("S")
        assert _paths(tree) == grown[::-1]
        assert [d.path for d in tree.in_order] == grown[::-1]
        await stage.pilot.press("s")
        assert tree.sorting == (By.PATH, False)
        await stage.pilot.press("S")
        assert _paths(tree)[0] == "src/"
        await stage.pilot.click(tree, offset=(85, 0))
        assert tree.sorting == (By.GROWTH, False)
        await stage.pilot.click(tree, offset=(5, 0))
        await stage.pilot.click(tree, offset=(5, 0))
        assert tree.sorting == (By.PATH, True)


async def test_the_filter_looks_at_paths_and_kinds_and_opens_folders() -> None:
    async with on_stage(tree := _tree(), size=(90, 14)) as stage:
        await stage.pilot.press("E", "E", "E")
        tree.set_filter("SRC py")
        assert _paths(tree) == ["src/", "src/util/", "src/util/time.py", "src/main.py", "src/old.py"]
        tree.set_filter("removed")
        assert [d.path for d in tree.shown] == ["src/old.py"]
        await stage.pilot.press("asterisk")
        tree.set_filter("nothing")
        assert tree.row_count == 0
        await stage.pilot.press("enter", "space", "V", "left", "right", "asterisk", "E")
        tree.set_filter("")
        assert _marked(tree) == ["src/old.py"]


async def test_marks_of_files_folders_ranges_and_all() -> None:
    async with on_stage(tree := _tree(), size=(90, 14)) as stage:
        await stage.pilot.press("j", "j", "space")
        assert _marked(tree) == ["src/main.py", "src/old.py", "src/util/time.py"]
        assert [line[1] for line in lines_of(tree)[3:8]] == ["◆"] * 5
        await stage.pilot.press("j", "j", "space")
        assert _marked(tree) == ["src/old.py", "src/util/time.py"]
        assert lines_of(tree)[3][1] == "·"
        await stage.pilot.press("g", "V", "j", "j", "j", "space")
        assert _marked(tree) == ["assets/[red]new.bin", "src/old.py", "src/util/time.py"]
        await stage.pilot.press("g", "V", "G", "escape")
        assert tree.mark_count == 3
        await stage.pilot.press("asterisk")
        assert tree.mark_count == 5
        await stage.pilot.press("asterisk")
        assert tree.mark_count == 0
        assert len(stage.of(DifferenceTree.MarksChanged)) >= 5
        tree.mark(["src/old.py"])
        assert tree.chosen == tree.marked
        tree.clear_marks()
        await stage.pilot.press("g")
        assert [d.path for d in tree.chosen] == ["assets/[red]new.bin"]


async def test_a_closed_folder_is_marked_whole_by_a_range() -> None:
    async with on_stage(tree := _tree(), size=(90, 14)) as stage:
        await stage.pilot.press("E", "V", "j", "V")
        assert _marked(tree) == ["assets/[red]new.bin", "src/main.py", "src/old.py", "src/util/time.py"]


async def test_enter_and_double_click_choose_a_file() -> None:
    async with on_stage(tree := _tree(), size=(90, 14)) as stage:
        await stage.pilot.press("j", "enter")
        await stage.pilot.double_click(tree, offset=(12, 6))
        chosen = [message.difference.path for message in stage.of(DifferenceTree.Chosen)]
        assert chosen == ["assets/[red]new.bin", "src/main.py"]
        told = [message.row.path for message in stage.of(DifferenceTree.Highlighted) if message.row is not None]
        assert told[-1] == "src/main.py"


async def test_many_differences_begin_closed_and_are_quick() -> None:
    comparison = _many()
    started = time.perf_counter()
    shows = DifferenceRows(comparison)
    shows.sort(By.GROWTH)
    shows.set_filter("file-49")
    shows.set_filter("")
    shows.sort(By.PATH)
    shows.set_all_open(True)
    assert len(shows.rows) == MANY + 501
    shows.set_all_open(False)
    assert time.perf_counter() - started < 1.0  # about 0.05 where nothing else runs
    async with on_stage(tree := _tree(comparison), size=(120, 40)) as stage:
        assert _paths(tree)[:3] == ["node_modules/", "node_modules/package-0/", "node_modules/package-1/"]
        await stage.pilot.press("asterisk", "G", "space")
        assert tree.mark_count == MANY - 20


async def test_a_step_sends_two_rows_and_a_mark_one() -> None:
    async with on_stage(tree := _tree(_many()), size=(120, 40)) as stage:
        sent = count_refreshes(tree)
        await stage.pilot.press("j")
        assert sum(sent) <= 2 * 120
        sent.clear()
        tree.mark(())
        tree.repaint()
        assert sum(sent) == 0
        await stage.pilot.press("space")
        assert sum(sent) <= 2 * 120 + 40 + 4


def _awkward() -> Sequence[str]:
    return ("a/" * 300 + "deep", "ev\x1b[31mil", "日本/" + "長" * 300, "a//b", "/root")


async def test_names_that_archives_should_not_have_are_shown_safely() -> None:
    paths = sorted(_awkward())
    comparison = Comparison(tuple(Difference(Change.ADDED, path, path, None, 1) for path in paths), 0)
    async with on_stage(tree := _tree(comparison), size=(80, 30)) as stage:
        assert "\x1b" not in "".join(lines_of(tree))
        assert all(tree.render_line(y).cell_length == 80 for y in range(30))
        await stage.pilot.press("s")
        assert sorted(row.path for row in tree.rows) == paths
        await stage.pilot.press("asterisk")
        assert tree.mark_count == len(paths)
