"""Everything that is written on any screen can be read: measured on what is painted, in both shipped themes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget

from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.help import HelpScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.screens.main import MainScreen
from snaptui.tui.screens.transfers import TransfersScreen
from snaptui.tui.themes import THEMES
from tests.tui.conftest import Make
from tests.tui.driving import LOJA, Driver, running
from tests.tui.widgets.test_themes import LEAST, contrast

pytestmark = pytest.mark.anyio

# What is drawn and not read: frames, scroll bars, bars of sizes and of progress, which have figures beside them.
DRAWN = set(" │┃─━╭╮╰╯▏▕▔▁▂▃▄▅▆▇█▊▎▌▮▯┊")


def written(screen: Screen[Any]) -> Iterator[tuple[Widget, str, float]]:
    """Every piece of text on a screen with its contrast."""
    for widget in screen.query("*").results(Widget):
        width, height = widget.outer_size
        if not widget.display or not width or not height or (widget.children and not isinstance(widget, Screen)):
            continue
        for strip in widget.render_lines(Region(0, 0, width, height)):
            for segment in strip:
                text = "".join(character for character in segment.text if character not in DRAWN)
                if text and segment.style is not None and segment.style.color and segment.style.bgcolor:
                    yield widget, segment.text.strip(), contrast(segment.style)


def check(driver: Driver, kind: type[Screen[Any]]) -> None:
    screen = driver.app.screen
    assert isinstance(screen, kind), screen
    pieces = list(written(screen))
    assert len(pieces) > 3, "something is written at all"
    poor = {
        f"{type(widget).__name__}#{widget.id} {text!r} {ratio:.2f}" for widget, text, ratio in pieces if ratio < LEAST
    }
    assert not poor, (type(screen).__name__, poor)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_what_is_written_can_be_read(make: Make, theme: str) -> None:
    async with running(make(settings={"theme": theme})) as driver:
        check(driver, MainScreen)
        await driver.press("f", "space", "j", "space", "h")
        check(driver, MainScreen)
        await driver.choose(LOJA)
        await driver.press("space", "V", "j")
        check(driver, MainScreen)
        await driver.press("escape", "slash")
        check(driver, MainScreen)
        await driver.press("x", "y", "z")
        check(driver, MainScreen)
        await driver.press("escape")
        await driver.press("question_mark")
        check(driver, HelpScreen)
        await driver.press("escape", "c")
        await driver.screen(CreateScreen)
        check(driver, CreateScreen)
        await driver.press("tab")
        check(driver, CreateScreen)
        await driver.press("escape", "d")
        await driver.screen(DownloadScreen)
        check(driver, DownloadScreen)
        await driver.press("enter")
        await driver.until(lambda: bool(driver.main.desk.queue and driver.main.desk.queue.transfers))
        check(driver, DownloadScreen)
        await driver.press("escape", "t")
        await driver.screen(TransfersScreen)
        check(driver, TransfersScreen)
        await driver.press("escape", "L")
        await driver.screen(LoginScreen)
        check(driver, LoginScreen)
        await driver.press("a", "tab")
        check(driver, LoginScreen)
        await driver.press("escape")
        await driver.screen(MainScreen)
        driver.app.notify("something happened", severity="error")
        driver.app.notify("something else", severity="warning")
        await driver.pilot.pause()
        check(driver, MainScreen)
