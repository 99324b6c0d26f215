"""Keys, palette, help, and the sequences that are written past Textual."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from textual.dom import DOMNode

from snaptui.tui.app import SnaptuiApp
from snaptui.tui.clipboard import copy_sequence
from snaptui.tui.commands import offers
from snaptui.tui.keymap import bindings_of
from snaptui.tui.notifications import notification_sequences
from snaptui.tui.places import PLACES
from snaptui.tui.screens.help import keys_of
from snaptui.tui.screens.transfers import TransfersScreen
from tests.tui.conftest import Make
from tests.tui.driving import running
from tests.tui.stage import staged

EVERYWHERE: list[type[DOMNode]] = [SnaptuiApp, *PLACES]


@pytest.mark.parametrize("place", EVERYWHERE, ids=lambda place: place.__name__)
def test_every_binding_has_an_id_and_a_tooltip(place: type[DOMNode]) -> None:
    for _key, bound in place._merge_bindings():
        assert bound.id, bound
        assert bound.tooltip, bound


def test_ids_stand_for_one_command_each() -> None:
    for place in EVERYWHERE:
        for bound_id, bindings in bindings_of(place).items():
            assert len({bound.action for bound in bindings}) == 1, bound_id


@pytest.mark.anyio
async def test_another_key_works_and_help_and_palette_show_it(make: Make) -> None:
    settings: dict[str, Any] = {"keys": {"download": "f5"}}
    async with running(make(settings=settings)) as driver:
        help_keys = [key for keys in keys_of(driver.app.screen).values() for key in keys if key.id == "download"]
        assert [key.keys for key in help_keys] == [("f5",)]
        assert [offer.key for offer in offers(driver.app.screen) if offer.id == "download"] == ["f5"]
        await driver.press("d")
        assert driver.app.screen is driver.main
        await driver.press("f5")
        await driver.until(lambda: driver.app.screen is not driver.main)


@pytest.mark.anyio
async def test_the_palette_has_every_action_and_runs_it(make: Make) -> None:
    async with running(make()) as driver:
        words = {offer.words for offer in offers(driver.app.screen)}
        assert {"create", "download", "sort", "filter", "theme", "quit", "sign in"} <= words
        await driver.press("colon", *"transfers", "enter")
        await driver.screen(TransfersScreen)


@pytest.mark.anyio
async def test_the_theme_is_remembered(make: Make) -> None:
    async with running(make()) as driver:
        driver.app.theme = "snaptui-light"
        await driver.settled()
    async with running(make()) as driver:
        assert driver.app.theme == "snaptui-light"


def test_copying_goes_through_multiplexers() -> None:
    bare = f"\x1b]52;c;{base64.b64encode(b'20261122-030000').decode()}\x07"
    assert copy_sequence("20261122-030000", {"TERM": "xterm-256color"}) == bare
    in_tmux = copy_sequence("20261122-030000", {"TMUX": "/tmp/tmux,1,0", "TERM": "tmux-256color"})
    assert in_tmux.startswith(f"{bare}\x1bPtmux;\x1b\x1b]52;c;")
    in_screen = copy_sequence("20261122-030000", {"STY": "1.pts-0", "TERM": "screen"})
    assert in_screen.startswith("\x1bP\x1b]52;c;")
    assert in_screen.endswith("\x1b\\")


def test_notifications_hold_no_more_than_their_words() -> None:
    said = notification_sequences("done; \x1b[31mred\x07", ("osc9", "osc777", "bell"), {})
    assert said.count("\x1b") == 2
    assert said.count("\x07") == 3
    assert not notification_sequences("done", ("toast",), {})


@pytest.mark.anyio
@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_the_help_shows_the_keys(tmp_path: Path, size: tuple[int, int]) -> None:
    async with staged(tmp_path, size=size) as s:
        await s.press("question_mark")
        await s.until(lambda: "Sort by the next column" in s.shown())
        await s.press("slash", *"pager", "enter")
        await s.until(lambda: "No key does that" in s.shown())
