"""The person's own keys: what is taken, and what is said of names, clashes and commands left without a key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from snaptui.config import Config, load_config
from snaptui.tui.app import SnaptuiApp
from snaptui.tui.keymap import Keymap, bindings_of, read_keymap
from snaptui.tui.places import PLACES, chains
from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.restore import RestoreScreen
from snaptui.tui.widgets.notice import Notice
from snaptui.tui.widgets.policy_line import PolicyLine
from tests.terminal import Terminal
from tests.tui.conftest import Make
from tests.tui.driving import EMPTY, LOJA, running
from tests.tui.test_terminal import SNAPTUI, environment

__all__ = ["environment"]


def config(keys: dict[str, str]) -> Config:
    """Settings with these keys, one a line from the third on."""
    return replace(load_config(), keys=keys, key_lines={name: line for line, name in enumerate(keys, start=3)})


def read(keys: dict[str, str]) -> Keymap:
    return read_keymap(config(keys), chains(SnaptuiApp))


def told(keys: dict[str, str]) -> list[str]:
    return [str(problem).partition(": ")[2] for problem in read(keys).problems]


def test_every_place_is_in_a_chain_and_windows_end_theirs() -> None:
    found = chains(SnaptuiApp)
    assert {place for chain in found for place in chain} == {SnaptuiApp, *PLACES}
    for chain in found:
        assert (chain[-1] is SnaptuiApp) is not any(issubclass(place, ModalScreen) for place in chain)


def test_keys_of_the_settings_are_taken() -> None:
    keymap = read({"download": "ctrl+x,f5", "quit": "Q"})
    assert dict(keymap.keys) == {"download": "ctrl+x,f5", "quit": "Q"}
    assert not keymap.problems


@pytest.mark.parametrize(
    ("written", "key"),
    [
        *[("/", "slash"), ("slash", "slash"), ("^d", "ctrl+d"), ("esc", "escape"), ("pgdn", "pagedown"), ("+", "plus")],
        *[("ctrl++", "ctrl+plus"), (",", "comma"), ("-", "minus"), ("ç", "ç")],
        *[("D", "D"), ("shift+f5", "shift+f5"), ("f5, f5", "f5"), ("ctrl+pgup", "ctrl+pageup")],
    ],
)
def test_keys_may_be_written_as_they_are_shown(written: str, key: str) -> None:
    assert dict(read({"copy-app": written}).keys) == {"copy-app": key}


def test_unknown_commands_and_keys_are_told_with_their_line() -> None:
    keymap = read({"downlod": "d", "quit": "nokey+x", "refresh": "ctrl+zz", "zzzzzz": "d"})
    assert not keymap.keys
    assert [problem.line for problem in keymap.problems] == [3, 4, 5, 6]
    sentences = [problem.sentence for problem in keymap.problems]
    assert "did you mean download?" in sentences[0]
    assert "“nokey+x” is no key" in sentences[1]
    assert "“ctrl+zz” is no key" in sentences[2]
    assert "the ? page shows their names" in sentences[3]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            {"download": "c"},
            "the key c of download was that of create (create): give that one another."
            " Now nothing is left to press for it.",
        ),
        (
            {"download": "colon"},
            "the key : of download was that of commands (commands): give that one another. It keeps ctrl+p.",
        ),
        ({"download": "j"}, "the key j does move-down (down) before it reaches download: choose another."),
        (
            {"table-mark": "q"},
            "the key q of table-mark was that of quit (quit): give that one another. Now nothing is left to press"
            " for it.",
        ),
        (
            {"download": "ctrl+q"},
            "the key ctrl+q does quit-anywhere (quit) before it reaches download: choose another.",
        ),
        ({"verify": "5"}, "the key 5 of verify begins a number in the lists: choose another."),
    ],
)
def test_a_clash_is_told_with_what_is_left(keys: dict[str, str], expected: str) -> None:
    assert expected in told(keys)
    assert {problem.line for problem in read(keys).problems} == {3}


def test_one_key_for_two_is_told_at_the_second_line() -> None:
    problems = read({"download": "f5", "refresh": "f5"}).problems
    assert [(problem.line, "is given to download and to refresh" in problem.sentence) for problem in problems] == [
        (4, True)
    ]


def test_exchanged_keys_are_no_problem() -> None:
    assert not told({"download": "c", "create": "d"})


def test_the_keys_as_they_are_clash_with_nothing() -> None:
    assert not told({})
    keys: dict[str, set[frozenset[str]]] = {}
    for place in PLACES:
        for bound_id, bindings in bindings_of(place).items():
            keys.setdefault(bound_id, set()).add(frozenset(bound.key for bound in bindings))
    for bound_id, sets in keys.items():
        if len(sets) == 1:  # where a window takes some of a command's keys for itself, asking for them is a clash
            assert not told({bound_id: ",".join(next(iter(sets)))}), bound_id


@pytest.mark.anyio
async def test_a_command_keeps_the_key_that_it_shared_with_one_given_another(make: Make) -> None:
    async with running(make(settings={"keys": {"transfer-pause": "z"}})) as driver:
        assert not driver.toasts
        await driver.press("t")
        bindings = driver.app.screen._modal_binding_chain[1][1]
        assert [bound.id for bound in bindings.key_to_bindings["p"]] == ["transfer-resume"]
        assert [bound.id for bound in bindings.key_to_bindings["z"]] == ["transfer-pause"]


def test_own_keys_and_what_is_wrong_with_them_in_a_terminal(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "config.toml").write_text('stale_dais = 3\n[keys]\nhelp = "f2"\ndownlod = "d"\nverify = "c"\n')
    with Terminal([*SNAPTUI], env={**environment, "SNAPTUI_CONFIG_DIR": str(folder)}) as terminal:
        for said in ("line 1", "stale_days?", "line 4", "download?", "line 5", "(create)"):
            terminal.until(said)
        terminal.send("\x1bOQ")
        terminal.until("keys that work here")
        terminal.send("\x1b")
        terminal.quiet(0.3)
        terminal.send("\x11")
        assert terminal.wait() == 0


@pytest.mark.anyio
async def test_words_that_name_a_key_name_the_persons_own(make: Make) -> None:
    own = {"transfers": "f6", "create": "f7", "sign-in": "f8", "clear": "f9", "download-cancel": "ctrl+e"}
    async with running(make(settings={"keys": own})) as driver:
        assert driver.main.transfer_strip.hint == "f6 transfers"
        await driver.choose(EMPTY)
        assert driver.main.query_one(Notice).text is not None
        notice = driver.main.notice
        assert "f7" in "".join(notice.render_line(y).text for y in range(notice.size.height))
        await driver.choose(LOJA)
        await driver.press("slash", *"zzz", "enter")
        assert "f9 takes it away" in driver.table.render_line(1).text
        await driver.press("f9", "d")
        screen = await driver.screen(DownloadScreen)
        assert "(^e)" in str(screen.query_one("#cancel", Button).label)
        assert driver.app.key_of("quit") == "q"
        assert driver.app.key_of("no-such") == ""


@pytest.mark.anyio
async def test_so_do_the_words_of_the_screens_of_archives(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = {"restore-policy": "f6", "table-mark": "f7", "compare": "f8", "history-restore": "f9"}
    async with running(make(settings={"keys": own})) as driver:
        await driver.choose("api-site")
        await driver.press("G", "f8")
        question = await driver.screen(AskScreen)
        assert any("with f7 and press f8 again" in str(each.content) for each in question.query(Static))
        await driver.press("escape", "R")
        restore = await driver.screen(RestoreScreen)
        assert restore.query_one(PolicyLine).hint == "f6 changes it"
        assert driver.app.key_of("history-restore") == "f9"  # its screen was not opened yet
