"""Comparing on the screens, over the demo: what differs, what grew, lines, folders, and everything that goes wrong."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from snaptui.archives.compare import Change
from snaptui.archives.text_diff import LineKind
from snaptui.demo.archives import Archive, WholeArchive
from snaptui.demo.world import DemoVersion
from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.compare import CompareScreen
from snaptui.tui.screens.compare_folder import FolderScreen
from snaptui.tui.screens.history import HistoryScreen
from snaptui.tui.screens.line_diff import LineDiffScreen
from snaptui.tui.screens.restore import RestoreScreen
from snaptui.tui.screens.restore_planning import Phase
from snaptui.tui.widgets.difference_tree import DifferenceTree
from snaptui.tui.widgets.line_diff_view import LineDiffView
from snaptui.tui.widgets.notice import Notice
from tests.archives.zips import Entry, archive, honest, read_tree, write_tree
from tests.tui.driving import ACERVO, LOJA
from tests.tui.stage import Stage, staged

pytestmark = pytest.mark.anyio

MUSICA = "1732400000002"
SIZES = [(120, 40), (60, 20)]


@asynccontextmanager
async def loja(folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Stage]:
    """The versions of one app, everything loaded."""
    async with staged(folder, size=size) as s:
        await s.loaded()
        await s.choose(LOJA)
        yield s


def put(s: Stage, place: int, data: bytes | Archive) -> None:
    """Put another archive behind a version of the shop, counted as Python does."""
    versions = s.demo.world.apps[LOJA].versions
    made = data if isinstance(data, Archive) else WholeArchive(data)
    versions[place] = DemoVersion(versions[place].version, versions[place].taken, lambda: made)


def with_bulk(files: dict[str, bytes]) -> bytes:
    """An archive whose files lie before what is read of its end to list it."""
    return honest({**files, "z.bin": random.Random(1).randbytes(600_000)})


async def compared(s: Stage) -> DifferenceTree:
    """Wait for the differences."""
    screen = await s.screen(CompareScreen)
    await s.until(lambda: screen._comparison is not None)
    await s.pilot.pause()
    return screen.query_one(DifferenceTree)


async def said(s: Stage, *words: str) -> str:
    """Wait until the words in the place of rows hold these."""

    def text() -> str:
        notices = s.app.screen.query(Notice)
        shown = notices.first().text if notices and notices.first().display else None
        return "" if shown is None else f"{shown.title} {shown.sentence}"

    await s.until(lambda: all(word in text() for word in words))
    return text()


async def lines(s: Stage) -> LineDiffView:
    """Wait for the lines of one difference."""
    screen = await s.screen(LineDiffScreen)
    await s.until(lambda: screen._found is not None)
    await s.pilot.pause()
    return screen.query_one(LineDiffView)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_version_against_the_one_before_it_fetches_no_archive(tmp_path: Path, size: tuple[int, int]) -> None:
    async with loja(tmp_path, size) as s:
        before = len(s.demo.controls.requests)
        await s.press("x")
        tree = await compared(s)
        old, new = ({m.path: m for m in v.archive.members} for v in s.demo.world.apps[LOJA].versions[-2:])
        assert {d.path: d.change for d in tree.shown} == {
            **dict.fromkeys(new.keys() - old.keys(), Change.ADDED),
            **dict.fromkeys(old.keys() - new.keys(), Change.REMOVED),
            **{p: Change.CHANGED for p in old.keys() & new.keys() if old[p].content != new[p].content},
        }
        assert len(s.demo.controls.requests) - before <= 6
        shown = s.shown()
        assert "4 requests" in shown or size[0] == 60
        assert "~1 changed" in shown
        assert "27 the same" in shown
        await s.press("escape")
        await s.screen(type(s.main))


async def test_two_marked_versions_the_older_one_first_whatever_the_order(tmp_path: Path) -> None:
    async with loja(tmp_path) as s:
        await s.press("space", "j", "j", "j", "space", "x")
        await compared(s)
        versions = [v.version for v in s.demo.world.apps[LOJA].versions]
        assert f"{versions[-5]} → {versions[-1]}" in s.shown()
        await s.press("escape", "escape", "G", "space", "g", "x")
        await compared(s)
        assert f"{versions[0]} → {versions[-1]}" in s.shown()
        await s.press("escape", "escape", "space", "space", "space", "x")
        await s.until(lambda: any("3 are marked" in words for words in s.toasts))
        assert s.app.screen is s.main


async def test_versions_of_two_apps_are_compared_when_they_were_marked(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        for app_id in (LOJA, MUSICA):
            newest = s.demo.world.apps[app_id].versions[-1]
            assert s.table.highlight(s.table.shown_rows[0].key._replace(app_id=app_id, version=newest.version))
            await s.press("space")
        await s.press("x")
        await compared(s)
        assert "Loja Bot 2026" in s.shown()
        assert "Música 2026" in s.shown().splitlines()[0]


async def test_the_first_version_has_another_way_on(tmp_path: Path) -> None:
    write_tree(tmp_path / "here", {"config.json": b"{}"})
    async with loja(tmp_path) as s:
        await s.press("G", "x")
        await s.screen(AskScreen)
        assert "No older version of Loja Bot" in s.shown()
        await s.press("f")
        folder = await s.screen(FolderScreen)
        folder.query_one("#destination").value = str(tmp_path / "here")  # type: ignore[attr-defined]
        await s.press("enter")
        tree = await compared(s)
        assert {d.change for d in tree.shown} == {Change.REMOVED, Change.CHANGED}
        assert "~/here" in s.shown() or str(tmp_path / "here") in s.shown()
        await s.press("escape")
        assert s.app.screen is s.main


async def test_what_grew_filter_marks_copying_and_swapping(tmp_path: Path) -> None:
    async with loja(tmp_path) as s:
        await s.press("space", "8", "j", "x")
        tree = await compared(s)
        await s.press("s")
        deltas = [row.difference.delta for row in tree.rows if row.difference is not None]
        assert deltas == sorted(deltas, reverse=True)
        await s.press("s", "slash", *"src py", "enter")
        assert tree.has_focus
        assert all(d.path.startswith("src/") for d in tree.shown)
        await s.until(lambda: "shown by src py" in s.shown())
        await s.press("asterisk")
        await s.until(lambda: f"{len(tree.shown)} marked" in s.shown())
        await s.press("G", "y")
        path = tree.cursor_row.path if tree.cursor_row is not None else ""
        assert s.app.clipboard == path
        await s.press("Y")
        copied = s.app.clipboard.splitlines()
        assert copied[1].endswith("kB)")
        assert any(line.startswith("~ src/main.py (") for line in copied[2:])
        await s.press("escape")
        assert not tree.filter_text
        assert isinstance(s.app.screen, CompareScreen)
        await s.press("escape", "escape", "g", "x")
        tree = await compared(s)
        tree.mark(["logs/bot.log"])
        before = len(s.demo.controls.requests)
        await s.press("w")
        await s.until(lambda: any(d.change is Change.REMOVED for d in tree.shown))
        assert [d.path for d in tree.marked] == ["logs/bot.log"]
        assert "−269 kB" in s.shown()
        await s.press("w")
        assert not any(d.change is Change.REMOVED for d in tree.shown)
        assert len(s.demo.controls.requests) == before


async def test_the_lines_of_a_text_and_its_neighbours(tmp_path: Path) -> None:
    async with loja(tmp_path) as s:
        await s.press("space", "8", "j", "x")
        tree = await compared(s)
        assert tree.highlight("src/main.py")
        before = sum(r.origin == "archives" for r in s.demo.controls.requests)
        await s.press("enter")
        view = await lines(s)
        assert {line.kind for line in view.lines} == set(LineKind)
        assert sum(r.origin == "archives" for r in s.demo.controls.requests) - before <= 2
        assert "~ src/main.py · changed" in s.shown()
        await s.press("n", "Y")
        assert any(line.startswith("-LIMITE = ") for line in s.app.clipboard.splitlines())
        await s.press("y")
        assert s.app.clipboard == "src/main.py"
        await s.press("left_square_bracket")
        await s.until(lambda: "~ src/main.py ·" not in s.shown())
        await lines(s)
        await s.press("escape")
        await s.screen(CompareScreen)
        assert tree.cursor_row is not None
        assert tree.cursor_row.path != "src/main.py"


async def test_values_stay_hidden_until_a_key_shows_them_and_what_has_no_lines_says_so(tmp_path: Path) -> None:
    async with loja(tmp_path) as s:
        put(s, -2, honest({".env": b"KEY=first-value\nSAME=kept-value\n", "a": b"1"}))
        put(s, -1, honest({".env": b"KEY=other-value\nSAME=kept-value\n", "b": b"1"}))
        await s.press("x")
        tree = await compared(s)
        assert [(d.change, d.old_path, d.path) for d in tree.shown] == [
            (Change.CHANGED, ".env", ".env"), (Change.RENAMED, "a", "b"),
        ]  # fmt: skip
        await s.press("enter")
        view = await lines(s)
        assert "value\n" not in s.shown()
        assert "-value" not in s.shown()
        assert [line.kind for line in view.lines] == [LineKind.REMOVED, LineKind.ADDED, LineKind.SAME]
        await s.press("Y")
        assert "-value" not in s.app.clipboard
        await s.press("u")
        assert "KEY=other-value" in s.shown()
        await s.press("u")
        assert "-value" not in s.shown()
        await s.press("right_square_bracket")
        await said(s, "only moved", "It was a")
        await s.press("u", "n", "Y", "escape")
        await s.screen(CompareScreen)
        await s.press("escape")
        put(s, -2, archive([Entry("1.bin", b"\0\1"), Entry("2.txt", b"a\r\n"), Entry("3.txt", b"x" * 2_000_000)]))
        put(s, -1, archive([Entry("1.bin", b"\0\2"), Entry("2.txt", b"a\n"), Entry("3.txt", b"y"), Entry("4", b"")]))
        await s.press("x")
        await compared(s)
        await s.press("enter")
        await said(s, "no text", "2 bytes")
        for words in ("No line differs", "too large", "It is empty"):
            await s.press("right_square_bracket")
            await said(s, words)


async def test_a_local_folder_that_is_remembered_and_bad_answers(tmp_path: Path) -> None:
    files = {"config.json": b"mine", "new.txt": b"new"}
    write_tree(tmp_path / "site", files)
    (tmp_path / "file").write_bytes(b"")
    async with loja(tmp_path) as s:
        await s.press("x")
        await compared(s)
        for answer, words in (
            ("", "Write a folder first"),
            (str(tmp_path / "missing"), "no folder"),
            (str(tmp_path / "file"), "is a file"),
            ("~nobody-of-this-name/x", "Nobody here is called ~nobody-of-this-name"),
        ):  # fmt: skip
            if not isinstance(s.app.screen, FolderScreen):
                await s.press("f")
            folder = await s.screen(FolderScreen)
            folder.query_one("#destination").value = answer  # type: ignore[attr-defined]
            await s.press("enter")
            await s.until(lambda words=words: words in s.words("#folder-state"))  # type: ignore[misc]
        folder.query_one("#destination").value = str(tmp_path / "site")  # type: ignore[attr-defined]
        await s.press("enter")
        screen = await s.screen(CompareScreen)
        await s.until(lambda: screen._new == tmp_path / "site" and screen._comparison is not None)
        tree = screen.query_one(DifferenceTree)
        assert {"new.txt", "config.json"} <= {d.path for d in tree.shown}
        assert tree.highlight("config.json")
        await s.press("enter")
        view = await lines(s)
        assert [line.text for line in view.lines if line.kind is LineKind.ADDED] == ["mine"]
        await s.press("escape", "w")
        await s.until(lambda: isinstance(screen._old, Path))
        assert not screen.check_action("restore", ())
        await s.press("f")
        again = await s.screen(FolderScreen)
        assert again.query_one("#destination").value.endswith("/site")  # type: ignore[attr-defined]


async def test_marked_files_are_put_back_from_the_older_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with loja(tmp_path) as s:
        await s.press("space", "8", "j", "x")
        tree = await compared(s)
        new = next(d.path for d in tree.shown if d.change is Change.ADDED)
        tree.mark([new])
        await s.press("R")
        await s.until(lambda: any("nothing to put back" in words for words in s.toasts))
        assert isinstance(s.app.screen, CompareScreen)
        tree.mark(["src/main.py", "config.json"])
        await s.press("R")
        restore = await s.screen(RestoreScreen)
        await s.until(lambda: any("1 marked file is new" in words for words in s.toasts))
        await s.until(lambda: restore.phase is Phase.READY)
        await s.press("enter")
        await s.until(lambda: restore.phase is Phase.DONE)
        restored = {n: c for n, c in read_tree(tmp_path).items() if "/src/" in n or n.endswith("/config.json")}
        old = {m.path: m.content.data for m in s.demo.world.apps[LOJA].versions[-10].archive.members}
        folder = next(iter(restored)).removesuffix("config.json")
        assert restored == {f"{folder}{path}": old[path] for path in ("config.json", "src/main.py")}
        await s.press("escape")
        await s.screen(CompareScreen)


async def test_a_file_has_its_history(tmp_path: Path) -> None:
    async with loja(tmp_path) as s:
        await s.press("space", "8", "j", "x")
        tree = await compared(s)
        await s.press("h")
        await s.until(lambda: any("a folder has no history" in words for words in s.toasts))
        assert tree.highlight("src/main.py")
        await s.press("h")
        await s.screen(HistoryScreen)
        assert "History of src/main.py" in s.shown()
        await s.press("escape")
        await s.screen(CompareScreen)


async def test_two_that_are_the_same_and_one_version_twice(tmp_path: Path) -> None:
    async with loja(tmp_path) as s:
        put(s, -1, s.demo.world.apps[LOJA].versions[-2].archive)
        await s.press("x")
        await said(s, "These two are the same", "files have the same content")
        await s.press("slash", "Y", "R", "enter", "escape")
        assert s.app.screen is s.main
        row = s.table.cursor_row
        assert row is not None
        before = len(s.demo.controls.requests)
        s.app.push_screen(CompareScreen(row, row, s.main.desk, s.main.surroundings))
        await said(s, "one version on both sides")
        assert len(s.demo.controls.requests) == before
        await s.press("escape")
        put(s, -1, honest({}))
        put(s, -2, honest({}))
        await s.press("x")
        await said(s, "the same", "Neither has a file")


async def test_damage_is_named_and_the_rest_can_be_looked_at(tmp_path: Path) -> None:
    async with loja(tmp_path) as s:
        version = s.demo.world.apps[LOJA].versions[-2].version
        whole = s.demo.world.apps[LOJA].versions[-2].archive
        put(s, -2, b"not an archive" * 99)
        await s.press("x")
        await said(s, version, "not a whole ZIP archive")
        put(s, -2, whole)
        await s.press("r")
        await compared(s)
        await s.press("escape")
        put(s, -2, archive([Entry("a", b"old", crc=7), Entry("b", b"old")]))
        put(s, -1, archive([Entry("a", b"new"), Entry("b", b"new")]))
        await s.press("x")
        await compared(s)
        await s.press("enter")
        await said(s, "damaged")
        await s.press("right_square_bracket")
        assert len((await lines(s)).lines) == 2


async def test_expired_links_are_renewed_and_the_network_fails_and_comes_back(tmp_path: Path) -> None:
    async with loja(tmp_path) as s:
        put(s, -2, with_bulk({"a": b"old"}))
        put(s, -1, with_bulk({"a": b"new"}))
        await s.press("x")
        await compared(s)
        s.demo.links.expire_all()
        before = len(s.demo.controls.requests)
        await s.press("enter")
        assert len((await lines(s)).lines) == 2
        assert len(s.demo.controls.requests) - before == 6  # refused, renewed, fetched, for either side
        await s.press("escape", "escape")
        put(s, -2, with_bulk({"a": b"old", "b": b"old"}))
        put(s, -1, with_bulk({"a": b"new", "b": b"new"}))
        s.demo.controls.fail_next("/archives", 404)
        await s.press("x")
        await said(s, "does not have this archive")
        await s.press("r")
        await compared(s)
        s.demo.controls.fail_next("/archives", 404, times=2)
        await s.press("enter")
        await said(s, "does not have this archive")
        await s.press("r")
        assert len((await lines(s)).lines) == 2
        s.demo.stop()
        await s.press("escape", "r")
        await said(s, "refused the connection")
        assert "not compared" in s.shown()


async def test_a_host_without_ranges_is_asked_about_when_large(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        await s.choose(ACERVO)
        s.demo.controls.honours_range = False
        await s.press("x")
        await s.screen(AskScreen)
        await s.press("n")
        await s.screen(AskScreen)
        await s.press("n")
        await said(s, "downloaded whole")
        await s.press("escape")
        assert s.app.screen is s.main


async def test_a_host_without_ranges_and_small_archives_works(tmp_path: Path) -> None:
    async with loja(tmp_path) as s:
        put(s, -2, honest({"a": b"1"}))
        put(s, -1, honest({"a": b"2", "b": b"more" * 200_000}))
        s.demo.controls.honours_range = False
        await s.press("x")
        tree = await compared(s)
        assert [d.path for d in tree.shown] == ["a", "b"]
        assert "no archive fetched" not in s.shown()
