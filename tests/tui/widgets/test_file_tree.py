"""The file tree under keys, mouse, marks and other rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from snaptui.archives.directory import Directory, read_directory
from snaptui.archives.outline import found_outline, tree_outline
from snaptui.archives.readers import FileReader
from snaptui.archives.safety import judge
from snaptui.archives.tree import FileTree, Order
from snaptui.tui.symbols import ASCII, UNICODE, Symbols
from snaptui.tui.widgets.file_tree import FEW_ROWS, FileTreeView
from tests.archives.doing import directory_of
from tests.archives.zips import Entry, archive, honest
from tests.benchmarks.browse import make_many
from tests.tui.widgets.worlds import NOW, ZONE, Stage, count_refreshes, lines_of, on_stage

pytestmark = pytest.mark.anyio

FILES = {"src/main.py": b"print()", "src/lib/a.py": b"", "config.json": b"{}" * 40, "[bold]x": b"", "zzz": b"1"}


def tree_of(files: dict[str, bytes] | None = None) -> FileTree:
    return FileTree.of(directory_of(honest(files or FILES)))


def view_of(tree: FileTree, symbols: Symbols = UNICODE) -> FileTreeView:
    view = FileTreeView(now=NOW, zone=ZONE, symbols=symbols)
    view.show(tree_outline(tree))
    return view


async def press(stage: Stage, view: FileTreeView, *keys: str) -> None:
    """Press keys; folders are small enough to be opened at once."""
    await stage.pilot.press(*keys)
    assert not stage.of(FileTreeView.Opening)


async def test_a_line_says_name_size_and_time_and_markup_is_inert() -> None:
    view = view_of(tree_of())
    async with on_stage(view, size=(70, 8)):
        header, first, second, *_rest = lines_of(view)
    assert header.split() == ["Name", "▴", "Size", "Modified"]
    assert first.split()[:5] == ["▌", "▸", "src/", "7", "B"]
    assert "[bold]x" in second
    assert first.endswith("2 days ago, 03:04")


async def test_folders_open_and_close_by_keys() -> None:
    view = view_of(tree_of())
    async with on_stage(view, size=(70, 12)) as stage:
        await press(stage, view, "l")
        assert view.row_count == 6
        assert "▾ src/" in lines_of(view)[1]
        await press(stage, view, "l", "l")  # steps in, and opens the folder there
        assert view.cursor == 1
        assert view.row_count == 7
        assert lines_of(view)[2].startswith("▌   ▾ lib/")
        await press(stage, view, "j", "left")  # from a file to its folder
        assert view.cursor == 1
        await press(stage, view, "left", "left", "h")
        assert view.row_count == 4
        assert view.cursor == 0
        await press(stage, view, "j", "enter")
        assert [message.entry.path for message in stage.of(FileTreeView.Chosen)] == ["[bold]x"]


async def test_h_closes_folders_and_is_free_on_files() -> None:
    view = view_of(tree_of())
    async with on_stage(view, size=(70, 12)) as stage:
        assert view.check_action("fold", ())
        await press(stage, view, "j")
        assert not view.check_action("fold", ())
        await press(stage, view, "k", "l", "h")
        assert view.row_count == 4


async def test_another_order_keeps_the_entry_under_the_cursor() -> None:
    tree = tree_of()
    view = view_of(tree)
    async with on_stage(view, size=(70, 12)) as stage:
        await press(stage, view, "j", "j")
        held = view.cursor_entry
        assert held is not None
        await press(stage, view, "s")
        assert view.order is Order.SIZE
        assert len(stage.of(FileTreeView.SortChanged)) == 1
        view.show(tree_outline(tree, (), view.order, reverse=view.reverse))
        assert view.cursor_entry == held
        assert "Size ▾" in lines_of(view)[0]
        await press(stage, view, "S")
        assert view.reverse
        size = lines_of(view)[0].index("Modified")
        await stage.pilot.click(view, offset=(size, 0))
        assert [m.tree_view.order for m in stage.of(FileTreeView.SortChanged)][-1] is Order.MODIFIED


async def test_marks_of_files_folders_ranges_and_all() -> None:
    view = view_of(tree_of())
    async with on_stage(view, size=(70, 12)) as stage:
        await press(stage, view, "space")
        assert (view.marking.files, view.cursor) == (2, 1)
        await press(stage, view, "k", "l")
        assert [line[1] for line in lines_of(view)[1:6]] == ["◆", "◆", "◆", " ", " "]
        await press(stage, view, "j", "j", "space")
        assert [line[1] for line in lines_of(view)[1:4]] == ["◈", "◆", " "]
        await press(stage, view, "V", "j", "V")
        assert view.marking.files == 3
        await press(stage, view, "V", "escape", "asterisk")
        assert not view.marking
        await press(stage, view, "asterisk")
        assert view.marking.files == len(FILES)
        assert stage.of(FileTreeView.MarksChanged)
        view.show(found_outline(tree_of(), "src"))
        assert [line[1] for line in lines_of(view)[1:3]] == ["◆", "◆"]


async def test_what_would_not_be_unpacked_says_why() -> None:
    directory: Directory = directory_of(
        archive([Entry("../evil.txt", b"1"), Entry("fine", b"1"), Entry("a\x1b[31m", b"")])
    )
    tree = FileTree.of(directory)
    view = view_of(tree)
    async with on_stage(view, size=(100, 8)) as stage:
        await press(stage, view, "l")
        assert "✕" not in "".join(lines_of(view))
        tree.refused = judge(directory)
        view.refresh_entries()
        shown = "\n".join(lines_of(view))
        assert "✕ evil.txt  its name leads out of the folder" in shown
        assert "its name has control characters" in shown
        assert "\x1b" not in shown


@pytest.mark.parametrize("width", [120, 60, 40, 20, 5])
@pytest.mark.parametrize("symbols", [UNICODE, ASCII], ids=["unicode", "ascii"])
async def test_every_width_is_filled(width: int, symbols: Symbols) -> None:
    view = view_of(tree_of(FILES | {"a" * 300: b"", "名前/ファイル.txt": b""}), symbols)
    async with on_stage(view, size=(width, 12)) as stage:
        await press(stage, view, "l", "space")
        assert all(view.render_line(y).cell_length == width for y in range(12))
        if symbols is ASCII:
            assert all(line.isascii() for line in lines_of(view))


async def test_a_cursor_step_among_many_files_refreshes_two_lines(tmp_path: Path) -> None:
    make_many(tmp_path / "many.zip", 20_000)
    with FileReader(tmp_path / "many.zip") as reader:
        tree = FileTree.of(read_directory(reader))
    view = FileTreeView(now=NOW, zone=ZONE)
    view.show(tree_outline(tree, {"src", *(f"src/folder-{number}" for number in range(300))}))
    async with on_stage(view, size=(54, 38)) as stage:
        assert view.row_count == 1 + 300 + 2100
        sent = count_refreshes(view)
        for _ in range(20):
            await stage.pilot.press("j")
        assert max(sent) <= 2 * 54
        sent.clear()
        view.refresh_entries()
        assert not sent


async def test_an_empty_archive_says_so() -> None:
    view = FileTreeView(now=NOW, zone=ZONE)
    view.show(tree_outline(FileTree([])))
    view.empty_text = "The archive is empty."
    async with on_stage(view, size=(60, 6)) as stage:
        for key in ("j", "enter", "left", "space", "V", "asterisk", "s", "h"):
            await stage.pilot.press(key)
        assert "The archive is empty." in lines_of(view)[1]
        assert view.cursor_entry is None


async def test_a_large_folder_is_asked_for() -> None:
    tree = tree_of({f"a/{number}": b"" for number in range(FEW_ROWS + 1)})
    view = view_of(tree)
    async with on_stage(view, size=(60, 6)) as stage:
        await stage.pilot.press("l")
        assert view.row_count == 1
        (asked,) = stage.of(FileTreeView.Opening)
        view.open(asked.folder, tree.rows(asked.folder))
        assert view.row_count == FEW_ROWS + 2
        view.open(asked.folder, tree.rows(asked.folder))
        assert view.row_count == FEW_ROWS + 2
