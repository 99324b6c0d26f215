"""The README says what is so."""

from __future__ import annotations

import re

import pytest
from textual.dom import DOMNode

from snaptui.tui.app import SnaptuiApp
from snaptui.tui.bindings import PLACE_TITLES, title_of
from snaptui.tui.keymap import bindings_of
from snaptui.tui.places import PLACES
from tests.readme_keys import README, sections, table, written

EVERYWHERE: list[type[DOMNode]] = [SnaptuiApp, *PLACES]


def test_the_keys_are_those_there_are() -> None:
    text = README.read_text(encoding="utf-8")
    assert written(text) == text, "run: python -m tests.readme_keys --write"


def test_every_command_is_in_the_table() -> None:
    shown = table()
    for place in EVERYWHERE:
        for bound_id, bindings in bindings_of(place).items():
            assert bindings[0].system or f"| `{bound_id}` |" in shown, bound_id


def test_every_place_has_a_title() -> None:
    places: list[type] = [SnaptuiApp, *PLACES]
    missing = [place.__name__ for place in places if vars(place).get("BINDINGS") and place.__name__ not in PLACE_TITLES]
    assert not missing, "give the new places titles in PLACE_TITLES"
    assert title_of(type("FleetScreen", (), {})) == "Fleet Screen"
    assert all(sections().values())


def test_a_readme_without_a_place_for_them_is_told() -> None:
    with pytest.raises(ValueError, match="no place"):
        written("nothing")


def test_the_keys_in_the_example_are_commands() -> None:
    example = re.search(r"\[keys\]\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    ids = {line.partition(" ")[0] for line in example[1].splitlines() if line}
    assert ids <= {bound_id for place in EVERYWHERE for bound_id in bindings_of(place)}
