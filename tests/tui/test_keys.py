"""Keys, palette, help, and the sequences that are written past Textual."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest
from textual.dom import DOMNode

from snaptui.config import Config, load_config
from snaptui.tui.clipboard import copy_sequence
from snaptui.tui.commands import offers
from snaptui.tui.keymap import bindings_of, read_keymap
from snaptui.tui.notifications import notification_sequences
from snaptui.tui.places import PLACES
from snaptui.tui.screens.help import keys_of
from tests.tui.conftest import Make
from tests.tui.driving import running


def config(keys: dict[str, str]) -> Config:
    """Settings with these keys, one a line."""
    return replace(load_config(), keys=keys, key_lines={name: line for line, name in enumerate(keys, start=3)})


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_every_binding_has_an_id_and_a_tooltip(place: type[DOMNode]) -> None:
    for _key, bound in place._merge_bindings():
        assert bound.id, bound
        assert bound.tooltip, bound


def test_keys_of_the_settings_are_taken() -> None:
    keymap = read_keymap(config({"download": "ctrl+d,f5", "quit": "Q"}), PLACES)
    assert dict(keymap.keys) == {"download": "ctrl+d,f5", "quit": "Q"}


def test_unknown_commands_and_keys_are_told_with_their_line() -> None:
    keymap = read_keymap(config({"downlod": "d", "quit": "nokey+x"}), PLACES)
    assert not keymap.keys
    assert [problem.line for problem in keymap.problems] == [3, 4]
    assert "download" in keymap.problems[0].sentence


def test_a_key_taken_from_another_command_is_told() -> None:
    (problem,) = read_keymap(config({"download": "c"}), PLACES).problems
    assert "create" in problem.sentence
    assert problem.line == 3


def test_exchanged_keys_are_no_problem() -> None:
    assert not read_keymap(config({"download": "c", "create": "d"}), PLACES).problems


def test_ids_stand_for_one_command_each() -> None:
    for place in PLACES:
        for bound_id, bindings in bindings_of(place).items():
            assert len({bound.action for bound in bindings}) == 1, bound_id


@pytest.mark.anyio
async def test_another_key_works_and_help_and_palette_show_it(make: Make) -> None:
    settings: dict[str, Any] = {"keys": {"download": "f5"}}
    async with running(make(settings=settings)) as driver:
        help_keys = [key for keys in keys_of(driver.app.screen).values() for key in keys if key.id == "download"]
        assert [key.keys for key in help_keys] == [("f5",)]
        assert any(offer.title.endswith("(f5)") for offer in offers(driver.app.screen))
        await driver.press("d")
        assert driver.app.screen is driver.main
        await driver.press("f5")
        await driver.until(lambda: driver.app.screen is not driver.main)


@pytest.mark.anyio
async def test_the_palette_has_every_action_and_runs_it(make: Make) -> None:
    async with running(make()) as driver:
        words = {offer.words for offer in offers(driver.app.screen)}
        assert {"create", "download", "sort", "filter", "theme", "quit", "sign in"} <= words
        await driver.press("colon", *"transfers")
        await driver.until(lambda: type(driver.app.screen).__name__ == "CommandPalette")
        await driver.until(lambda: bool(driver.app.screen.query("OptionList").first().option_count))  # type: ignore[attr-defined]
        await driver.press("enter")
        await driver.until(lambda: type(driver.app.screen).__name__ == "TransfersScreen")


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
