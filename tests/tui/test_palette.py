"""The palette and the help: everything is in reach, found by typing, and run."""

from __future__ import annotations

import pytest
from textual.widgets import Button, Input

from snaptui.tui.commands import Offer, fitting, live_bindings, offers
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.help import HelpScreen, KeyList
from snaptui.tui.screens.palette import OfferList, PaletteScreen
from snaptui.tui.screens.transfers import TransfersScreen
from snaptui.tui.symbols import ASCII
from tests.tui.conftest import Make
from tests.tui.driving import LOJA, Driver, running

pytestmark = pytest.mark.anyio


def offer(words: str, sentence: str = "", id: str = "") -> Offer:
    return Offer(words, "", sentence, lambda: None, id)


def titles(driver: Driver) -> list[str]:
    return [each.title for each in driver.app.screen.query_one(OfferList).offers]


def test_what_fits_best_comes_first() -> None:
    some = [
        offer("copy id", "Copy this app's id", "copy-app"),
        offer("sort", "Sort by the next column", "table-sort"),
        offer("download", "Download this version", "download"),
        offer("go to Música"),
    ]

    def found(typed: str) -> list[str]:
        return [each.words for each in fitting(typed, some)]

    assert found("") == ["copy id", "sort", "download", "go to Música"]
    assert found("MUSICA") == ["go to Música"]
    assert found("table") == ["sort"]
    assert found("dl") == ["download"]
    assert found("column") == ["sort"]
    assert found("this version") == ["download"]
    assert found("co")[0] == "copy id"
    assert found("zzz") == []


async def test_every_action_theme_and_app_is_offered(make: Make) -> None:
    async with running(make()) as driver:
        found = {each.words for each in offers(driver.app.screen)}
        assert {"create", "download", "mark all", "theme", "settings", "sign in", "go to Música"} <= found
        assert "theme: snaptui-light" in found
        ids = {each.id for each in offers(driver.app.screen)}
        for _node, bound, _keys in live_bindings(driver.app.screen):
            moves = (bound.id or "").startswith(("move-", "focus-next", "focus-previous"))
            assert bound.system or moves or bound.id in ids | {"commands"}, bound


async def test_typing_narrows_tab_completes_and_enter_runs(make: Make) -> None:
    async with running(make()) as driver:
        await driver.press("colon")
        await driver.screen(PaletteScreen)
        field = driver.app.screen.query_one(Input)
        assert not field.cursor_blink
        await driver.press(*"snaptui-li", "tab")
        assert field.value == "theme: snaptui-light"
        await driver.press("enter")
        await driver.until(lambda: driver.app.theme == "snaptui-light")
        await driver.press("ctrl+p", *"zzzz")
        assert not titles(driver)
        await driver.press("enter")
        assert "Nothing is called so" in driver.app.screen.query_one(OfferList).render_line(0).text
        await driver.press("escape")
        assert driver.app.screen is driver.main


async def test_an_app_is_reached_by_its_name_from_the_palette(make: Make) -> None:
    async with running(make()) as driver:
        await driver.press("h", "slash", *"musica", "enter", "colon", *"loja bot", "enter")
        await driver.until(lambda: driver.main.app_id == LOJA)
        assert driver.table.has_focus


async def test_the_palette_by_mouse(make: Make) -> None:
    async with running(make()) as driver:
        await driver.press("colon", *"transfers")
        await driver.pilot.click(OfferList, offset=(5, 0))
        await driver.screen(TransfersScreen)
        await driver.press("colon")
        await driver.screen(PaletteScreen)
        assert "Pause all" in titles(driver)
        await driver.press("up")
        found = driver.app.screen.query_one(OfferList)
        assert found.cursor == found.row_count - 1
        await driver.press("down", "pagedown", "pageup")
        assert found.cursor == 0


async def test_help_is_filtered_searched_and_run(make: Make) -> None:
    async with running(make(), size=(60, 20)) as driver:
        await driver.press("question_mark")
        await driver.screen(HelpScreen)
        keys = driver.app.screen.query_one(KeyList)
        every = keys.row_count
        await driver.press("G")
        assert keys.cursor == every - 1
        await driver.press("g", "2", "j", "slash", *"range", "enter")
        assert 0 < keys.row_count < every
        assert keys.has_focus
        await driver.press("escape")
        assert keys.row_count == every
        await driver.press("g", "n")
        assert keys.chosen is not None
        assert keys.chosen.id == "table-mark-range"
        await driver.press("slash", *"every download", "enter", "enter")
        await driver.screen(TransfersScreen)
        await driver.press("question_mark", "question_mark")
        await driver.screen(TransfersScreen)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_help_fits(make: Make, size: tuple[int, int]) -> None:
    async with running(make(), size=size) as driver:
        await driver.press("question_mark")
        await driver.screen(HelpScreen)
        keys = driver.app.screen.query_one(KeyList)
        box = keys.region
        assert box.right <= size[0]
        assert box.bottom < size[1]
        assert keys.page >= 10
        shown = [keys.render_line(y).text for y in range(box.height)]
        assert any("Mark this line" in text for text in shown)
        assert any("table-mark" in text for text in shown) is (size[0] >= 80)


async def test_windows_have_help_palette_and_vi_keys_too(make: Make) -> None:
    async with running(make()) as driver:
        await driver.choose(LOJA)
        await driver.press("c")
        screen = await driver.screen(CreateScreen)
        for key, button in (("l", "leave"), ("h", "create"), ("down", "leave"), ("up", "create"), ("j", "leave")):
            await driver.press(key)
            assert screen.focused is screen.query_one(f"#{button}", Button), key
        await driver.press("question_mark")
        await driver.screen(HelpScreen)
        await driver.press("escape", "colon")
        await driver.screen(PaletteScreen)
        assert "Back" in titles(driver)
        await driver.press(*"back", "enter")
        await driver.until(lambda: driver.app.screen is driver.main)
        await driver.press("d")
        screen_2 = await driver.screen(DownloadScreen)
        await driver.press("down")
        assert isinstance(screen_2.focused, Button)
        await driver.press("up")
        assert isinstance(screen_2.focused, Input)


async def test_keys_have_names_where_the_terminal_has_no_signs(make: Make) -> None:
    app = make(settings={"ascii": True})
    app.surroundings = app.surroundings._replace(symbols=ASCII)
    async with running(app) as driver:
        await driver.press("question_mark")
        await driver.screen(HelpScreen)
        keys = driver.app.screen.query_one(KeyList)
        shown = "\n".join(keys.render_line(y).text for y in range(keys.size.height))
        assert shown.isascii()
        assert "enter" in shown
        await driver.press("slash", *"list of apps", "enter")
        assert "h left" in "\n".join(keys.render_line(y).text for y in range(keys.size.height))


async def test_an_answer_has_its_key_before_any_movement(make: Make) -> None:
    given: list[str | None] = []
    answers = (Answer("keep", "k", "Keep"), Answer("replace", "r", "Replace"), Answer("no", "", "No"))
    async with running(make()) as driver:
        for keys, answer in (
            (["l", "enter"], "replace"),
            (["j", "right", "enter"], "no"),
            (["l", "h", "enter"], "keep"),
            (["l", "k"], "keep"),
            (["escape"], None),
        ):
            driver.app.push_screen(AskScreen("Which?", (), answers), given.append)
            screen = await driver.screen(AskScreen)
            await driver.press(*keys)
            await driver.until(lambda: driver.app.screen is driver.main)
            assert given[-1] == answer, keys
        driver.app.push_screen(AskScreen("Which?", (), answers), given.append)
        screen = await driver.screen(AskScreen)
        await driver.pilot.click(screen.query_one("#answer-1", Button))
        await driver.until(lambda: given[-1] == "replace")
