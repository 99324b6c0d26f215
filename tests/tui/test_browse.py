"""Looking into archives on the screen, against the demo over real sockets."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from textual.screen import ModalScreen

from snaptui.archives.tree import Order
from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.browse import BrowseScreen
from snaptui.tui.screens.help import HelpScreen
from snaptui.tui.screens.history import HistoryScreen
from snaptui.tui.screens.save import SaveScreen
from tests.archives.zips import read_tree
from tests.tui.driving import ACERVO, LOJA
from tests.tui.stage import Stage, staged

pytestmark = pytest.mark.anyio

ODD = "1732400000009"
SMALL = "api-site"


async def browse(s: Stage, app_id: str = LOJA, *, ready: bool = True) -> BrowseScreen:
    """Go to an app and look into its newest version."""
    await s.loaded()
    await s.choose(app_id)
    await s.press("b")
    screen = await s.screen(BrowseScreen)
    if ready:
        await s.until(lambda: screen.files.row_count > 0 and screen.pane.document.title != "")
        await looked(s, screen)
    return screen


async def looked(s: Stage, screen: BrowseScreen) -> None:
    """Wait until nothing is read any more."""

    def quiet() -> bool:
        return not any(w.node is screen and not w.is_finished for w in s.app.workers)

    await s.until(quiet)
    await s.pilot.pause()


async def go_to(s: Stage, screen: BrowseScreen, path: str) -> None:
    """Put the cursor on a file by way of the filter, and wait for its preview."""
    await s.press("slash")
    screen.filter_field.value = path
    await s.until(lambda: screen.files.outline is not None and screen.files.outline.flat)
    await s.press("enter")
    await s.until(lambda: screen.pane.document.title == path and screen.pane.document.facts != ())
    await looked(s, screen)


@asynccontextmanager
async def browsing(folder: Path, app_id: str = LOJA, **options: Any) -> AsyncIterator[tuple[Stage, BrowseScreen]]:
    async with staged(folder, **options) as s:
        yield s, await browse(s, app_id)


async def test_a_version_is_browsed_without_downloading_it(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (s, screen):
        archive = screen.archive
        assert archive is not None
        assert archive.requests == 1
        assert archive.transferred_bytes < archive.size_bytes / 100
        shown = s.shown()
        for words in ("Loja Bot", "29 files", "in 1 request", "▸ src/", "config.json"):
            assert words in shown
        before = archive.transferred_bytes
        await go_to(s, screen, "src/main.py")
        assert "import logging" in s.shown()
        await go_to(s, screen, "assets/banner.png")
        assert archive.requests <= 3
        assert archive.transferred_bytes - before < 120_000
        assert not s.demo.controls.violations
        assert not (tmp_path / "backups").exists()
        await s.press("escape", "escape")
        await s.until(lambda: s.app.screen is s.main)
        assert screen.archive is None


async def test_every_kind_of_file_has_its_preview(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (s, screen):
        await s.until(lambda: screen.pane.document.title == "assets/")
        assert "Its largest files" in s.shown()
        assert "pacote-00.bin" in s.shown()
        for path, words in (
            ("config.json", ("text", "UTF-8", '"prefixo"')),
            ("assets/banner.png", ("PNG picture of 320 × 180 pixels",)),
            ("dados/usuarios.sqlite", ("SQLite database", "usuarios", "saldo", "rows")),
            ("assets/pacote-00.bin", ("binary", "00000000  ")),
        ):
            await go_to(s, screen, path)
            for word in words:
                assert word in s.shown(), (path, word)
        archive = screen.archive
        assert archive is not None
        assert archive.transferred_bytes < 500_000  # of the 4 MB pack only its head
        await go_to(s, screen, ".env")
        assert "exemplo" not in s.shown()
        assert "SENHA_DO_PAINEL=••••" in s.shown()
        await s.press("u")
        await s.until(lambda: "SENHA_DO_PAINEL=exemplo" in s.shown())
        await s.press("u")
        await s.until(lambda: "exemplo" not in s.shown())
        await s.press("u", "escape")
        await go_to(s, screen, "config.json")
        await go_to(s, screen, ".env")
        assert "exemplo" not in s.shown()
        assert not screen.check_action("more", ())
        await s.press("y")
        assert s.app.clipboard == ".env"


async def test_files_are_filtered_sorted_and_the_largest_listed(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (s, screen):
        await s.press("slash", *"comandos LOJA".replace(" ", "_").split("_")[0], "space", *"loja")
        await s.until(lambda: screen.files.row_count == 1)
        assert "1 file with “comandos loja”" in s.shown()
        await s.press("escape")
        await s.until(lambda: "▸ src/" in s.shown())
        await s.press("slash", "q", "q", "q")
        await s.until(lambda: "No path holds these words" in s.shown())
        await s.press("escape", "z")
        await s.until(lambda: "the 29 largest files" in s.shown())
        assert screen.files.order is Order.SIZE
        first = screen.files.cursor_entry
        await s.press("g")
        assert screen.files.outline is not None
        sizes = [screen.files.outline.entry(at).size for at in range(29)]
        assert sizes == sorted(sizes, reverse=True)
        await s.press("escape")
        await s.until(lambda: screen.files.outline is not None and not screen.files.outline.flat)
        assert first is not None
        await s.press("g", "l")
        await s.until(lambda: screen.files.row_count > 10)
        await s.press("s")
        await s.until(lambda: "Size ▾" in s.shown())
        assert "pacote-00.bin" in s.shown()  # what was open stays open


async def test_one_file_is_saved_under_its_name_and_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (s, screen):
        await go_to(s, screen, "src/main.py")
        target = tmp_path / "out"
        for _ in range(2):
            await save_into(s, target)
            await s.until(lambda: not screen.saving)
        assert list(read_tree(target)) == ["main.py"]
        whole = (target / "main.py").read_bytes()
        assert any("main.py is saved in" in words for words in s.toasts)
        assert any("there already, the same" in words for words in s.toasts)
        (target / "main.py").write_bytes(b"mine")
        await save_into(s, target)
        ask = await s.screen(AskScreen)
        assert "is there already and differs" in s.shown()
        await s.press("enter")
        await s.until(lambda: s.app.screen is screen)
        assert (target / "main.py").read_bytes() == b"mine"
        assert ask is not None
        await save_into(s, target)
        await s.screen(AskScreen)
        await s.press("r")
        await s.until(lambda: (target / "main.py").read_bytes() == whole)


async def save_into(s: Stage, target: Path) -> None:
    await s.press("d")
    save = await s.screen(SaveScreen)
    save.query_one("#save-folder").value = str(target)  # type: ignore[attr-defined]
    await s.press("enter")
    await s.until(lambda: s.app.screen is not save)


async def test_marked_files_are_saved_with_their_folders(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (s, screen):
        await s.press("j", "j", "j", "space", "space")  # src/ and .env
        await s.until(lambda: "marked" in s.shown())
        await save_into(s, tmp_path / "out")
        await s.until(lambda: any("are saved in" in words for words in s.toasts))
        saved = read_tree(tmp_path / "out")
        assert ".env" in saved
        assert "src/main.py" in saved
        assert "config.json" not in saved
        assert not screen.files.marking
        assert (tmp_path / "out" / ".env").stat().st_mode & 0o777 == 0o600


async def test_nothing_dangerous_is_saved_and_each_refusal_is_named(tmp_path: Path) -> None:
    async with browsing(tmp_path, ODD) as (s, screen):
        await s.until(lambda: "would not be unpacked" in s.shown())
        outside = tmp_path / "deep"
        await s.press("asterisk")
        await save_into(s, outside / "out")
        await s.until(lambda: any("left out" in words for words in s.toasts))
        told = next(words for words in s.toasts if "left out" in words)
        assert "C:\\temp\\x.txt was left out: its name has a backslash." in told
        assert "2 more were left out." in told
        assert sorted(path.name for path in outside.iterdir()) == ["out"]
        saved = read_tree(outside / "out")
        assert "README.md" in saved
        assert not any(".." in path or "\x1b" in path or path.startswith("C:") for path in saved)
        assert not any(content.startswith(b"-> ") for content in saved.values())
        assert screen.archive is not None
        await go_to(s, screen, "../fora.txt")
        assert "would not unpack it: its name leads out" in s.shown()
        await save_into(s, tmp_path / "alone")
        await s.until(lambda: any("fora.txt was left out" in words for words in s.toasts))
        assert not read_tree(tmp_path / "alone")


async def test_enter_goes_into_the_preview_and_escape_comes_back(tmp_path: Path) -> None:
    async with browsing(tmp_path, size=(80, 24)) as (s, screen):
        await go_to(s, screen, "src/main.py")
        height = screen.pane.size.height
        await s.press("enter")
        assert screen.pane.has_focus
        assert screen.pane.size.height > height
        await s.press("G")
        assert screen.pane.top > 0
        await s.press("escape")
        assert screen.files.has_focus
        await s.press("p")
        assert not screen.query_one("#browse-look").display
        await s.press("enter")
        await s.until(lambda: screen.pane.has_focus)


@pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=str)
async def test_it_is_usable_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with browsing(tmp_path, size=size) as (s, screen):
        assert screen.files.page >= 5
        assert screen.pane.size.height >= 5
        shown = s.shown()
        for words in ("▸ assets/", "help", "back", "Its largest files"):
            assert words in shown
        await s.press("question_mark")
        await s.screen(HelpScreen)
        assert "In the files" in s.shown()


async def test_a_verified_copy_is_read_instead_of_the_network(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        await s.choose(SMALL)
        await s.press("d", "enter")
        await s.until(lambda: len(list((tmp_path / "backups").glob("*.zip"))) == 1)
        await s.until(lambda: s.main.desk.queue_under_way == 0)
        await s.press("escape")
        await s.until(lambda: s.app.screen is s.main)
        fetched = len([r for r in s.demo.controls.requests if r.origin == "archives"])
        screen = await browse(s, SMALL)
        await s.until(lambda: "read from the copy on this computer" in s.shown())
        await go_to(s, screen, "index.js")
        assert "'use strict'" in s.shown()
        assert len([r for r in s.demo.controls.requests if r.origin == "archives"]) == fetched


# What goes wrong


async def test_it_can_be_left_while_it_loads(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        held = s.demo.controls.hold("/archives")
        screen = await browse(s, ready=False)
        assert "Reading the list of files" in s.shown()
        await s.pilot.pause()
        await s.press("escape")
        await s.until(lambda: s.app.screen is s.main)
        held.set()
        await s.until(lambda: not any(w.node is screen and not w.is_finished for w in s.app.workers))


async def test_a_lost_connection_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snaptui.archives.remote._MOST_FAILURES", 1)
    async with staged(tmp_path) as s:
        await s.loaded()
        s.demo.controls.fail_next("/archives", 503, times=1)
        screen = await browse(s, ready=False)
        await s.until(lambda: screen.error is not None)
        assert "failed again and again" in s.shown()
        assert "try again" in s.shown()
        await s.press("r")
        await s.until(lambda: screen.files.row_count > 0)
        assert screen.error is None
        await looked(s, screen)
        s.demo.controls.fail_next("/archives", 503, times=1)
        await s.press("slash", *"banner", "enter")
        await s.until(lambda: "failed again and again" in s.shown())
        assert screen.files.row_count == 1  # the list stays
        assert "r try again" in s.shown()
        await s.press("r")
        await s.until(lambda: screen._preview is not None and not screen.can_read_again())


async def test_an_expired_link_is_renewed_unseen(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (s, screen):
        s.demo.controls.fail_next("/archives", 403, times=1)
        await go_to(s, screen, "src/main.py")
        assert "import logging" in s.shown()


async def test_a_damaged_archive_says_so(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        s.demo.controls.answer_html("/archives")
        screen = await browse(s, ready=False)
        await s.until(lambda: screen.error is not None)
        assert "not a whole ZIP archive" in s.shown()
        await s.press("escape")
        await s.until(lambda: s.app.screen is s.main)


async def test_an_archive_that_was_replaced_meanwhile_is_opened_again(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (s, screen):
        versions = s.demo.world.apps[LOJA].versions
        versions[-1] = replace(versions[-1], make=versions[-2].make)
        s.demo.controls.fail_next("/archives", 403, times=1)  # the next link leads to the other one
        await s.press("slash", *"banner", "enter")
        await s.until(lambda: screen.error is not None)
        assert "Another archive took the place of this one" in s.shown()
        await s.press("r")
        await s.until(lambda: screen.error is None and screen.archive is not None)
        await s.until(lambda: "PNG picture" in s.shown())


async def test_saving_can_be_stopped_and_leaves_nothing(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (s, screen):
        await go_to(s, screen, "assets/pacote-00.bin")
        held = s.demo.controls.hold_archives(after=500_000)
        await save_into(s, tmp_path / "out")
        await s.until(lambda: "Esc stops it" in s.shown())
        await s.press("escape")
        await s.until(lambda: not screen.saving and "Saving" not in s.shown())
        held.set()
        assert any("Stopped" in words for words in s.toasts)
        await s.until(lambda: not (tmp_path / "out").exists())
        assert s.app.screen is screen


async def test_a_host_without_parts_sends_small_archives_whole_and_asks_before_large_ones(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        s.demo.controls.honours_range = False
        await browse(s, SMALL)
        assert "read from the copy on this computer" in s.shown()
        await s.press("escape")
        await s.until(lambda: s.app.screen is s.main)
        await s.choose(ACERVO)
        await s.press("b")
        await s.screen(AskScreen)
        await s.press("enter")
        screen = await s.screen(BrowseScreen)
        await s.until(lambda: "The archive was not fetched" in s.shown())
        assert screen.archive is None
        await s.press("r")
        await s.screen(AskScreen)
        await s.press("escape", "escape")
        await s.until(lambda: s.app.screen is s.main)


async def test_quitting_from_here_ends_the_program(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (s, _screen):
        await s.press("q")
        await s.until(lambda: s.app._exit)


# Looking back


async def test_the_history_of_a_file_reads_lists_only(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (s, screen):
        await go_to(s, screen, "config.json")
        before = len([r for r in s.demo.controls.requests if r.origin == "archives"])
        await s.press("h")
        history = await s.screen(HistoryScreen)
        versions = s.demo.world.apps[LOJA].versions
        await s.until(lambda: history.history.row_count == len(versions))
        await s.until(lambda: f"contents in {len(versions)} versions" in s.shown())
        asked = len([r for r in s.demo.controls.requests if r.origin == "archives"]) - before
        assert asked == len(versions)
        contents = {
            next(m.content.data for m in version.archive.members if m.path == "config.json") for version in versions
        }
        assert history.history.contents == len(contents)
        assert history._fetched < 2_000_000
        assert "first seen" in s.shown()
        shown_version = screen.row.snapshot.version
        assert s.shown().index(shown_version) < s.shown().index(versions[-2].version)
        await s.press(*["j"] * 12, "enter")
        older = await s.screen(BrowseScreen)
        await s.until(lambda: older is not s.app.screen or older.row.snapshot.version == versions[-13].version)
        older = await s.screen(BrowseScreen)
        assert older.row.snapshot.version == versions[-13].version
        await s.until(lambda: older.pane.document.title == "config.json")
        await s.until(lambda: '"edicao"' in s.shown())
        await s.press("escape")
        await s.until(lambda: s.app.screen is screen)


async def test_a_history_stops_where_it_is_left_and_goes_on_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("snaptui.archives.remote._MOST_FAILURES", 1)
    async with browsing(tmp_path) as (s, screen):
        await go_to(s, screen, "config.json")
        s.demo.controls.fail_next("/archives", 503, times=1)
        await s.press("h")
        history = await s.screen(HistoryScreen)
        await s.until(lambda: "r goes on" in s.shown())
        assert history.history.row_count == 0
        await s.press("r")
        await s.until(lambda: history.history.row_count > 2)
        await s.press("escape")
        await s.until(lambda: s.app.screen is screen)
        asked = len(s.demo.controls.requests)
        await s.until(lambda: not any(w.group == "history" and not w.is_finished for w in s.app.workers))
        assert len(s.demo.controls.requests) - asked <= 2


async def test_a_version_that_cannot_be_read_is_a_line_of_the_history(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (s, screen):
        await go_to(s, screen, "src/util/tempo.py")
        s.demo.controls.answer_html("/archives")
        await s.press("h")
        history = await s.screen(HistoryScreen)
        await s.until(lambda: history.history.row_count == 42)
        await s.pilot.pause()
        assert "not a whole ZIP" in s.shown()
        await s.press("G")
        assert "not in this version" in s.shown()


# Putting back


class FakeRestore(ModalScreen[None]):
    """Stands for the screen that restores; keeps what it was given."""

    given: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__()
        self.given.append((args, options))


async def test_restoring_is_handed_over_with_the_chosen_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("snaptui.tui.screens.restore")
    module.RestoreScreen = FakeRestore  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "snaptui.tui.screens.restore", module)
    FakeRestore.given.clear()
    async with browsing(tmp_path) as (s, screen):
        await go_to(s, screen, "config.json")
        await s.press("R")
        fake = await s.screen(FakeRestore)
        (args, options), *_none = FakeRestore.given
        assert args == (screen.row, screen.desk, screen.surroundings)
        assert options["archive"] is screen.archive
        assert [member.path for member in options["members"]] == ["config.json"]
        fake.dismiss(None)
        await s.until(lambda: s.app.screen is screen)
        await s.press("h")
        history = await s.screen(HistoryScreen)
        await s.until(lambda: history.history.row_count > 1)
        await s.press("j", "R")
        await s.screen(FakeRestore)
        (args, options) = FakeRestore.given[-1]
        assert args[0].snapshot.version == s.demo.world.apps[LOJA].versions[-2].version
        assert [member.path for member in options["members"]] == ["config.json"]
