"""What people do on the screens, from the first frame to the last, against the demo over real sockets."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from textual.widgets import Input

from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.help import HelpScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.screens.transfers import TransfersScreen
from tests.tui.driving import ACERVO, BUSY, LOJA, program, running
from tests.tui.stage import Stage, staged

pytestmark = pytest.mark.anyio


def toasts(s: Stage) -> list[str]:
    """The words of every toast so far."""
    return [notification.message for notification in s.app._notifications]


async def test_the_first_screen_takes_two_requests(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        paths = [request.path.removeprefix("/v2") for request in s.demo.controls.requests]
        assert set(paths[:2]) == {"/app/all", "/snapshot"}
        assert paths.count("/app/all") == 1
        shown = s.shown()
        for words in ("All apps", "Loja Bot", "bot-antigo", "ana", "Safira", "environment", "requests"):
            assert words in shown


async def test_names_from_the_server_are_inert(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        shown = s.shown()
        assert "[bold red]" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown


async def test_a_snapshot_is_created_and_highlighted(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        await s.choose(LOJA)
        before = s.table.total_rows
        await s.press("c")
        await s.until(lambda: isinstance(s.app.screen, CreateScreen))
        assert "Loja Bot" in s.shown()
        await s.press("enter")
        await s.until(lambda: s.app.screen is s.main)
        await s.until(lambda: s.table.total_rows == before + 1)
        newest = s.demo.world.apps[LOJA].versions[-1].version
        await s.until(lambda: s.table.cursor_row is not None and s.table.cursor_row.snapshot.version == newest)


async def test_a_busy_app_says_so_and_can_be_left(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        await s.choose(BUSY)
        await s.press("c")
        await s.until(lambda: isinstance(s.app.screen, CreateScreen))
        await s.press("enter")
        await s.until(lambda: "busy" in s.shown())
        await s.press("escape")
        await s.until(lambda: s.app.screen is s.main)
        posts = [r for r in s.demo.controls.requests if r.method == "POST"]
        assert len(posts) == 1


async def test_a_lost_answer_is_looked_up_and_never_repeated(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        await s.choose(LOJA)
        s.demo.controls.drop_post_answer = True
        await s.press("c")
        await s.until(lambda: isinstance(s.app.screen, CreateScreen))
        await s.press("enter")
        newest = s.demo.world.apps[LOJA].versions
        await s.until(lambda: len(newest) == 43)
        await s.until(lambda: any(newest[-1].version in words for words in toasts(s)))
        assert len([r for r in s.demo.controls.requests if r.method == "POST"]) == 1


async def test_a_version_is_downloaded_whole_and_verified(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        await s.choose(LOJA)
        version = s.demo.world.apps[LOJA].versions[-1]
        await s.press("d")
        await s.until(lambda: isinstance(s.app.screen, DownloadScreen))
        assert "free" in s.shown()
        await s.press("enter")
        target = tmp_path / "backups" / f"{LOJA}-{version.version}.zip"
        await s.until(target.exists)
        assert target.stat().st_size == version.archive.size
        with zipfile.ZipFile(target) as archive:
            assert archive.testzip() is None
        await s.until(lambda: "verified" in s.shown())
        await s.press("escape")
        await s.until(lambda: s.app.screen is s.main)
        await s.until(lambda: "verified" in s.shown())
        archives = [r for r in s.demo.controls.requests if r.origin == "archives"]
        assert archives
        assert not any(r.had_token for r in archives)


async def test_a_file_in_the_way_is_never_replaced_without_asking(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        await s.choose(LOJA)
        version = s.demo.world.apps[LOJA].versions[-1].version
        target = tmp_path / "backups" / f"{LOJA}-{version}.zip"
        target.parent.mkdir()
        target.write_bytes(b"mine")
        await s.press("d")
        await s.until(lambda: isinstance(s.app.screen, DownloadScreen))
        await s.press("enter")
        await s.until(lambda: isinstance(s.app.screen, AskScreen))
        await s.press("escape")
        await s.until(lambda: isinstance(s.app.screen, DownloadScreen))
        assert target.read_bytes() == b"mine"
        await s.press("enter")
        await s.until(lambda: isinstance(s.app.screen, AskScreen))
        await s.press("r")
        await s.until(lambda: target.read_bytes()[:2] == b"PK")


async def test_marked_versions_are_one_batch_and_can_be_watched(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        await s.choose(LOJA)
        await s.press("space", "space", "space", "d")
        await s.until(lambda: isinstance(s.app.screen, DownloadScreen))
        await s.press("enter", "escape", "t")
        await s.until(lambda: isinstance(s.app.screen, TransfersScreen))
        await s.until(lambda: len(list((tmp_path / "backups").glob("*.zip"))) == 3)
        await s.press("escape")
        await s.until(lambda: s.app.screen is s.main)


async def test_the_window_of_a_download_leads_to_all_and_is_true_around_it(tmp_path: Path) -> None:
    async with staged(tmp_path, size=(100, 30)) as s:
        await s.loaded()
        await s.choose(LOJA)
        row = s.table.cursor_row
        assert row is not None
        held = s.demo.controls.hold_archives(1_000_000)
        await s.press("d")
        await s.screen(DownloadScreen)
        assert f" {LOJA}-{row.snapshot.version}.zip " in s.shown()
        await s.press("t", "backspace", "enter")
        held.set()
        await s.until(lambda: "Whole and verified" in s.shown())
        await s.until(lambda: " kB    verified" in s.shown())
        await s.press("t")
        await s.screen(TransfersScreen)
        await s.press("escape")
        await s.until(lambda: s.app.screen is s.main)


async def test_leaving_asks_while_something_runs(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        s.demo.controls.bytes_per_second = 1_000_000
        await s.loaded()
        await s.choose(ACERVO)
        await s.press("d")
        await s.until(lambda: isinstance(s.app.screen, DownloadScreen))
        await s.press("enter", "escape")
        await s.until(lambda: s.main.desk.queue is not None and s.main.desk.queue.busy)
        await s.press("q")
        await s.until(lambda: isinstance(s.app.screen, AskScreen))
        await s.press("escape")
        await s.until(lambda: s.app.screen is s.main)
        assert not list((tmp_path / "backups").glob("*.zip"))


async def test_a_token_refused_midway_leads_to_the_login_and_back(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        s.demo.controls.revoke_token()
        await s.press("r")
        await s.until(lambda: isinstance(s.app.screen, LoginScreen))
        s.demo.controls.token = "another"
        field = s.app.screen.query_one(Input)
        field.value = "another"
        await s.press("enter")
        await s.until(lambda: isinstance(s.app.screen, AskScreen))  # no keyring in tests: where should it be kept?
        await s.press("s")
        await s.until(lambda: s.app.screen is s.main)
        await s.loaded()
        assert s.table.total_rows == s.snapshots


async def test_a_wrong_token_is_said_and_never_shown(tmp_path: Path) -> None:
    async with staged(tmp_path, token=None) as s:
        await s.until(lambda: isinstance(s.app.screen, LoginScreen))
        await s.until(lambda: "discloud.com/dashboard" in s.shown())
        field = s.app.screen.query_one(Input)
        for wrong in ("", "two words", "wrong-word"):
            field.value = wrong
            await s.press("enter")
            await s.until(lambda: len(s.app.screen_stack) == 2)
        await s.until(lambda: "refuse" in s.shown().lower() or "not take" in s.shown().lower())
        assert "wrong-word" not in s.shown()
        assert not list(tmp_path.rglob("token"))  # noqa: ASYNC240 - nothing else runs here


async def test_without_a_network_the_screen_says_so_and_r_helps(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        s.demo.controls.fail_next("/snapshot", 500)
        s.demo.controls.fail_next("/app/all", 500)
        await s.until(lambda: s.main.last_error is not None)
        await s.until(lambda: "try again" in s.shown())
        await s.press("r")
        await s.loaded()


async def test_the_cache_is_shown_while_the_server_does_not_answer(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        demo = s.demo
    # The demo has stopped, so nothing answers at its address any more.
    async with running(program(demo, tmp_path), loaded=False) as again:
        await again.until(lambda: again.table.total_rows > 500)
        await again.until(lambda: again.main.last_error is not None)
        assert again.table.total_rows > 500
        await again.until(lambda: bool(again.toasts))
        await again.settled()
        assert len(again.toasts) == 1  # two requests failed in one way
        await again.press("r")
        await again.until(lambda: len(again.toasts) == 2)


async def test_filter_sort_copy_and_help(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        s.table.focus()
        await s.press("slash")
        await s.press(*"clima")
        await s.until(lambda: s.table.row_count == 15)
        await s.press("enter")
        await s.press("escape")
        await s.until(lambda: s.table.row_count == s.snapshots)
        await s.press("y")
        assert s.table.cursor_row is not None
        version = s.table.cursor_row.snapshot.version
        assert s.app.clipboard == version
        assert any(version in words for words in toasts(s))
        before = s.table.sorting
        await s.press("s")
        assert s.table.sorting != before
        await s.press("question_mark")
        await s.until(lambda: isinstance(s.app.screen, HelpScreen))
        await s.press("escape")
        await s.until(lambda: s.app.screen is s.main)


async def test_refresh_keeps_the_highlighted_row_and_the_scroll(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        s.table.focus()
        await s.press("pagedown", "pagedown", "down")
        row, top = s.table.cursor_row, s.table.top
        assert row is not None
        assert top > 0
        await s.press("r")
        await s.loaded()
        assert s.table.cursor_row is not None
        assert s.table.cursor_row.key == row.key
        assert s.table.top == top


async def test_read_only_takes_create_away(tmp_path: Path) -> None:
    async with staged(tmp_path, read_only=True) as s:
        await s.loaded()
        await s.choose(LOJA)
        await s.press("c")
        assert s.app.screen is s.main
        assert "create" not in s.shown().splitlines()[-1]


async def test_a_tiny_terminal_gets_a_sentence(tmp_path: Path) -> None:
    async with staged(tmp_path, size=(20, 5)) as s:
        await s.until(lambda: "60" in s.shown())


async def test_what_stands_behind_a_window_fits_another_size_too(tmp_path: Path) -> None:
    async with staged(tmp_path, size=(130, 24)) as s:
        await s.loaded()
        await s.press("d")
        await s.screen(DownloadScreen)
        await s.pilot.resize_terminal(80, 30)
        lines: list[str] = []

        def fits() -> bool:
            lines[:] = s.shown().split("\n")
            return len(lines) == 30 and "q quit" in lines[-1] and all(line[20:22] == " ▕" for line in lines[1:6])

        await s.until(fits)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_every_size_shows_versions_and_keys(tmp_path: Path, size: tuple[int, int]) -> None:
    async with staged(tmp_path, size=size) as s:
        await s.loaded()
        await s.choose(LOJA)
        shown = s.shown()
        assert s.demo.world.apps[LOJA].versions[-1].version in shown
        assert "quit" in shown.splitlines()[-1]


async def test_every_binding_has_an_id_and_a_tooltip(tmp_path: Path) -> None:
    async with staged(tmp_path) as s:
        await s.loaded()
        for active in s.main.active_bindings.values():
            if active.binding.key in ("tab", "shift+tab", "ctrl+c", "super+c"):
                continue  # Textual's own
            assert active.binding.id, active.binding
            assert active.binding.tooltip, active.binding
