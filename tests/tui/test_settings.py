"""The settings screen: where values come from, changing them, what is wrong, and what applies at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from snaptui.config_file import SETTINGS
from snaptui.demo.run import DemoServer
from snaptui.tui.app import SnaptuiApp
from snaptui.tui.desk import LAST_FOLDER
from snaptui.tui.preferences import PREFERENCES
from snaptui.tui.screens.palette import OfferList, PaletteScreen
from snaptui.tui.screens.settings import SettingsScreen, SettingsTable
from snaptui.tui.widgets.key_bar import KeyBar
from tests.tui.driving import Driver, program, running

pytestmark = pytest.mark.anyio
Made = Callable[..., SnaptuiApp]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Where the settings file is."""
    folder = tmp_path / "config"
    folder.mkdir()
    return folder / "config.toml"


@pytest.fixture
def made(demo: DemoServer, tmp_path: Path, config: Path) -> Made:
    """Makes the program with what the settings file says, and nothing over it."""

    def making(text: str = "", **environ: Any) -> SnaptuiApp:
        if text:
            config.write_text(text)
        return program(demo, tmp_path, file_only=True, **environ)

    return making


def text_of(file: Path) -> str:
    return file.read_text() if file.exists() else ""


async def opened(driver: Driver, at: str) -> SettingsTable:
    """Open the settings with the cursor on one of them."""
    await driver.press("comma")
    screen = await driver.screen(SettingsScreen)
    table = screen.query_one(SettingsTable)
    table.move_to([each.name for each in PREFERENCES].index(at))
    await driver.pilot.pause()
    return table


def line_of(table: SettingsTable, name: str) -> str:
    return " ".join(table.render_line([each.name for each in PREFERENCES].index(name)).text.split())


def test_every_one_of_them_is_a_setting() -> None:
    assert {each.name for each in PREFERENCES} <= {setting.name for setting in SETTINGS}


async def test_each_says_what_it_is_and_why(made: Made) -> None:
    async with running(made("stale_days = 30\n", SSH_CONNECTION="x", LANG="en_US.UTF-8")) as driver:
        table = await opened(driver, "language")
        assert line_of(table, "language") == "▌ Language English the locale"
        assert line_of(table, "stale_days") == "Stale after days 30 config.toml, line 1"
        assert line_of(table, "quiet") == "Quiet line yes this is SSH"
        assert line_of(table, "notify") == "Tell the end by toast, bell default"
        assert line_of(table, "theme") == "Theme snaptui-dark chosen last"
        assert "language that snaptui speaks" in driver.words("#setting-help")
        await driver.press("escape")
        assert driver.app.screen is driver.main


async def test_a_choice_is_written_with_the_comments_kept(made: Made, config: Path) -> None:
    async with running(made("# mine\nstale_days = 30 # a month\n\n[keys]\ndownload = 'f5'\n")) as driver:
        table = await opened(driver, "theme")
        await driver.press("enter")
        await driver.screen(PaletteScreen)
        await driver.press(*"snaptui-light", "enter")
        await driver.until(lambda: driver.app.theme == "snaptui-light")
        await driver.until(lambda: "theme" in text_of(config))
        assert tomllib.loads(text_of(config))["theme"] == "snaptui-light"
        assert "# mine\nstale_days = 30 # a month\n" in text_of(config)
        assert line_of(table, "theme").startswith("▌ Theme snaptui-light config.toml, line ")
        await driver.press("delete")
        await driver.until(lambda: "theme =" not in text_of(config).replace("# theme =", ""))
        await driver.until(lambda: "chosen last" in line_of(table, "theme"))


async def test_arrows_and_vi_keys_step_and_what_waits_says_so(made: Made, config: Path) -> None:
    async with running(made()) as driver:
        table = await opened(driver, "parallel_downloads")
        await driver.press("l")
        await driver.until(lambda: "4 config.toml" in line_of(table, "parallel_downloads"))
        assert line_of(table, "parallel_downloads").endswith("config.toml, line 7; next start")
        assert "next start" in driver.words("#setting-help")
        await driver.press("left")
        await driver.until(lambda: tomllib.loads(text_of(config)) == {"parallel_downloads": 3})
        assert "# Settings of snaptui." in text_of(config)


async def test_what_is_typed_is_checked_and_used_at_once(made: Made, config: Path, tmp_path: Path) -> None:
    async with running(made()) as driver:
        driver.app.sessions.remembered.set(LAST_FOLDER, "/elsewhere")
        table = await opened(driver, "download_dir")
        await driver.press("enter")
        field = driver.app.screen.query_one(Input)
        assert field.value == "/elsewhere"
        field.value = "not/a/full/path"
        await driver.press("enter")
        assert "download_dir takes a folder's full path" in driver.words("#setting-help")
        assert field.has_focus
        assert not text_of(config)
        field.value = str(tmp_path / "mine")
        await driver.press("enter")
        await driver.until(lambda: driver.main.desk.download_folder() == tmp_path / "mine")
        assert table.has_focus
        table.move_to(table.cursor + 4)
        await driver.press("enter")
        assert field.value == "toast bell"
        field.value = "bell, toast"
        await driver.press("enter")
        await driver.until(lambda: driver.app.sessions.config.notify == ("bell", "toast"))
        await driver.press("enter")
        field.value = "none"
        await driver.press("enter")
        await driver.until(lambda: driver.app.sessions.config.notify == ())
        await driver.press("enter", "escape")
        assert table.has_focus
        await driver.press("j", "enter")
        field.value = ""
        await driver.press("enter")
        await driver.until(lambda: not field.display)
        assert driver.app.sessions.config.stale_days == 7
        assert tomllib.loads(text_of(config)) == {"download_dir": str(tmp_path / "mine"), "notify": []}


async def test_read_only_is_shown_and_not_changed(made: Made, config: Path) -> None:
    async with running(made("read_only = true\n")) as driver:
        table = await opened(driver, "read_only")
        assert line_of(table, "read_only") == "▌ Read only yes config.toml, line 1"
        await driver.press("enter", "l", "space", "delete")
        assert isinstance(driver.app.screen, SettingsScreen)
        assert text_of(config) == "read_only = true\n"


async def test_a_file_that_cannot_be_understood_is_told_and_left_alone(made: Made, config: Path) -> None:
    async with running(made("quiet = \n")) as driver:
        table = await opened(driver, "quiet")
        await driver.press("G")
        assert table.problem is not None
        assert "line 1" in driver.words("#setting-help")
        table.move_to(3)
        await driver.press("l")
        await driver.until(lambda: any("correct it first" in said for said in driver.toasts))
        assert text_of(config) == "quiet = \n"


async def test_a_problem_goes_when_its_setting_is_set(made: Made, config: Path) -> None:
    async with running(made('stale_days = "week"\nlanguage = "xx"\ntheme = "snaptui-drak"\n')) as driver:
        assert any("did you mean snaptui-dark?" in said for said in driver.toasts)
        table = await opened(driver, "stale_days")
        assert len(table.problems) == 3
        await driver.press("enter")
        driver.app.screen.query_one(Input).value = "9"
        await driver.press("enter")
        await driver.until(lambda: len(table.problems) == 2)
        assert tomllib.loads(text_of(config))["stale_days"] == 9


async def test_a_list_of_values_begins_at_the_one_in_use_and_the_way_back_is_always_shown(made: Made) -> None:
    async with running(made(), size=(60, 20)) as driver:
        await opened(driver, "theme")
        assert "esc back" in driver.app.screen.query_one(KeyBar).render_line(0).text
        await driver.press("enter")
        await driver.screen(PaletteScreen)
        await driver.press("enter")
        await driver.until(lambda: driver.app.sessions.config.theme == "snaptui-dark")
        await driver.press("escape", "T")
        palette = await driver.screen(PaletteScreen)
        chosen = palette.query_one(OfferList).chosen
        assert chosen is not None
        assert chosen.words == "snaptui-dark"


async def test_the_palette_opens_one_setting_and_the_mouse_changes_it(made: Made, config: Path) -> None:
    async with running(made(), size=(80, 24)) as driver:
        await driver.press("colon", *"settings: quiet", "enter")
        screen = await driver.screen(SettingsScreen)
        table = screen.query_one(SettingsTable)
        assert table.preference is not None
        assert table.preference.name == "quiet"
        await driver.pilot.click(table, offset=(5, 5), times=2)
        await driver.screen(PaletteScreen)
        await driver.pilot.click(OfferList, offset=(5, 0))
        await driver.until(lambda: tomllib.loads(text_of(config)) == {"ascii": True})


async def test_a_theme_chosen_against_the_settings_is_told_not_to_last(made: Made) -> None:
    async with running(made('theme = "nord"\n')) as driver:
        await driver.press("T", *"snaptui-dark", "enter")
        await driver.until(lambda: driver.app.theme == "snaptui-dark")
        assert any("The settings say nord" in said for said in driver.toasts)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_it_fits(made: Made, size: tuple[int, int]) -> None:
    async with running(made("stale_dais = 1\n"), size=size) as driver:
        table = await opened(driver, "notify")
        assert table.row_count == len(PREFERENCES) + 1
        assert table.page >= table.row_count
        for y in range(table.row_count):
            assert table.render_line(y).cell_length == size[0]
        assert "default" in line_of(table, "parallel_downloads")
