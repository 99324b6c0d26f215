"""Every screen in its language: no word comes past the catalogue, and the words fit."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.containers import VerticalScroll
from textual.dom import DOMNode
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from snaptui import i18n
from snaptui.demo.world import DEMO_NOW
from snaptui.tui.app import SnaptuiApp
from snaptui.tui.ascii_filter import AsciiOnly
from snaptui.tui.bindings import description_of
from snaptui.tui.places import PLACES
from snaptui.tui.preferences import PREFERENCES
from snaptui.tui.widgets.columns import Column
from snaptui.tui.widgets.fleet_columns import FleetColumn
from snaptui.tui.widgets.fleet_table import FleetTable
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.policy_line import PolicyLine
from snaptui.tui.widgets.snapshot_table import SnapshotTable
from snaptui.tui.widgets.sorted_table import SortedTable
from tests import pseudo
from tests.tui.driving import ZONE
from tests.tui.stage import Stage, staged
from tests.tui.tour import tour, tour_of_signing_in
from tests.tui.tour_archives import paths_of, texts_of, tour_of_archives

Tour = Callable[[Stage], AsyncIterator[str]]
# With the token of whoever goes on them.
TOURS: dict[str, tuple[Tour, str | None]] = {
    "signed in": (tour, "demo"),
    "archives": (tour_of_archives, "demo"),
    "not": (tour_of_signing_in, None),
}
WITH_KEYS: tuple[type[DOMNode], ...] = (SnaptuiApp, *PLACES)

# What a file of no text looks like: an offset, bytes in figures, and such of them as are letters, which are no words.
HEX_LINE = re.compile(r"\b[0-9a-f]{8}  (?:[0-9a-f]{2} ){4}.*")

# Words that are the same in every language: the program, the account, keys, addresses, and what the demo says.
NAMES = (
    "snaptui ana Safira zzz qqq https://discloud.com/dashboard asked to fail",
    "esc tab shift enter home end pgdn pgup del ctrl",
    ".zip backups data/credentials/token",
    "The app is busy with another task App updated unpacking installing requirements started",
    "config.toml toast bell Português (Brasil) UTF-8 PNG SQLite CRC SHA",
)


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    folder = i18n._LOCALE_DIR
    yield
    i18n._LOCALE_DIR = folder
    i18n.use_language(None)


@pytest.fixture(autouse=True)
def a_home_without_a_keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("HOME", str(tmp_path))  # paths below it are short


def ids() -> set[str]:
    """What the settings call the commands, and what the help shows of it."""
    return {bound.id for place in WITH_KEYS for _key, bound in place._merge_bindings() if bound.id}


@pytest.mark.anyio
@pytest.mark.parametrize(("visit", "token"), TOURS.values(), ids=TOURS)
async def test_no_word_comes_past_the_catalogue(visit: Tour, token: str | None, tmp_path: Path) -> None:
    pseudo.speak(tmp_path / "locale")
    async with staged(tmp_path, token=token) as s:
        # Names may be cut, and joined to signs.
        data = [*NAMES, str(tmp_path), *s.app.available_themes, *ids(), *(each.name for each in PREFERENCES)]
        data += [app.name for app in s.demo.world.apps.values()] + [app.id for app in s.demo.world.apps.values()]
        data += [theme.replace("-", " ").title() for theme in s.app.available_themes]
        paths = paths_of(s.demo)
        texts = texts_of(s.demo)
        async for state in visit(s):
            # What is in files may be any word; where none is shown the check is as sharp as it can be.
            known = [*data, *paths, *(texts if state.startswith("look") else ())] if visit is tour_of_archives else data
            shown = HEX_LINE.sub("", s.shown())
            assert (state, pseudo.plain_words(shown, known)) == (state, set())


@pytest.mark.parametrize(
    ("shown", "caught"),
    [
        ("Ȧṗṗṡ  42", False),
        ("Apps  42", True),
        ("Loja Bot Loj… há 2 dias, 3 min", False),
        (pseudo.pseudo("Choose {n} apps").format(n="Loja"), False),
        ("Ṡıżė Size", True),
    ],
)
def test_the_test(shown: str, caught: bool) -> None:
    assert bool(pseudo.plain_words(shown, ["Loja Bot"])) is caught


# Fitting


def crop(s: Stage, widget: Widget) -> str:
    """What the screen shows in the place of a widget."""
    area = widget.region.intersection(s.app.screen.region)
    lines = s.app.screen._compositor.render_strips()[area.y : area.bottom]
    return "\n".join(strip.crop(area.x, area.right).text for strip in lines)


def bare(text: str) -> str:
    """A text without the blanks and breaks that wrapping moves about."""
    return re.sub(r"\s", "", text)


def words_of(widget: Widget) -> str:
    """The words that must be seen whole."""
    if isinstance(widget, Button):
        return str(widget.label)
    if isinstance(widget, Input):
        return "" if widget.value else str(widget.placeholder)
    if isinstance(widget, PolicyLine):
        return "".join(text for _x, _policy, text in widget._choices()) + widget.hint
    return str(widget.content) if isinstance(widget, Static) else ""


def cut(s: Stage) -> list[str]:
    """What is on the screen in front and not to be read whole, scrolled lists aside."""
    found = []
    for widget in s.app.screen.query("*"):
        scrolled = any(isinstance(above, VerticalScroll) for above in widget.ancestors)
        displayed = widget.visible and all(each.display for each in widget.ancestors_with_self)
        words = words_of(widget) if displayed and not scrolled else ""
        if bare(words) not in bare(crop(s, widget)):
            found.append(words)
        if isinstance(widget, KeyBar):
            kept = widget._items[1]
            line = widget._arranged(widget.size.width)[-1]
            shown = [item for x, item in line if x + item.cells <= widget.size.width]
            found += [item.words for item in kept if item not in shown]
    return found


@pytest.mark.anyio
@pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=["80x24", "60x20"])
async def test_the_words_fit(size: tuple[int, int], tmp_path: Path) -> None:
    """In the language with the longer words; English, in which the screens are made, is in the pictures."""
    i18n.use_language("pt_BR")
    for name, (visit, token) in TOURS.items():
        async with staged(tmp_path / name[:1], token=token, size=size, notifications=False) as s:
            async for state in visit(s):
                assert (state, cut(s)) == (state, [])


@pytest.mark.anyio
async def test_nothing_but_ascii_where_there_is_nothing_else(tmp_path: Path) -> None:
    """In the language with the accents; the frames of windows and the messages too."""
    i18n.use_language("pt_BR")
    for name, (visit, token) in TOURS.items():
        async with staged(tmp_path / name[:1], token=token, size=(80, 24), ascii=True) as s:
            async for state in visit(s):
                shown = s.shown()
                assert (state, {letter for letter in shown if not letter.isascii()}) == (state, set())
                if state == "help":
                    assert ">enter " in shown


@pytest.mark.parametrize("text", ["Versão …", "╭─│ ▌", "日本 x", "🔎 e\u0301 🛍️👩‍💻", "plain"])
def test_ascii_takes_as_many_cells(text: str) -> None:
    (made,) = AsciiOnly().apply([Segment(text)], Color(0, 0, 0))
    assert made.text.isascii()
    assert cell_len(made.text) == cell_len(text)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_titles_of_columns_are_whole(language: str) -> None:
    """At every width, sorted by or not; a title that is cut by a letter reads like another word."""
    i18n.use_language(language)
    tables: tuple[SortedTable[Any, Any, Any], ...] = (
        SnapshotTable(now=DEMO_NOW, zone=ZONE, show_app_column=True),
        FleetTable(now=DEMO_NOW, zone=ZONE),
    )
    for table, column in [(each, column) for each in tables for column in type(each.sorting[0])]:
        table._list.sorting = (column, True)
        for width in range(50, 140):
            for each, cells in table.arrange_columns(width).widths:
                title = table.title_of(each)
                if cells > 2 and each not in (Column.APP, FleetColumn.APP):
                    assert table.title(each, cells).rstrip("▾▴ ").strip() == title, (width, each)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_words_of_keys_are_short(language: str) -> None:
    i18n.use_language(language)
    shown = {description_of(bound) for place in WITH_KEYS for _key, bound in place._merge_bindings()}
    assert [words for words in shown if cell_len(words) > 20] == []
