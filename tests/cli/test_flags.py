"""snaptui's own flags: each is in the help, reaches what it is for, and may stand before or behind the command."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click
import pytest

from snaptui.cli import screens
from snaptui.cli.commands import COMMANDS, build, flags_first
from snaptui.cli.invocation import Invocation
from snaptui.cli.run import run
from snaptui.config import Source
from tests.cli.conftest import Run
from tests.terminal import Terminal
from tests.tui.test_terminal import environment

__all__ = ["environment"]
FLAGS = ("--demo", "--read-only", "--no-cache", "--lang", "--ascii")


@pytest.fixture
def invoked(monkeypatch: pytest.MonkeyPatch) -> list[Invocation]:
    """What the screens were opened with, instead of opening them."""
    opened: list[Invocation] = []

    def open_screens(invocation: Invocation) -> int:
        opened.append(invocation)
        return 0

    monkeypatch.setattr(screens, "open_screens", open_screens)
    return opened


def test_each_is_in_the_help(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    out, _err = capfd.readouterr()
    assert all(f"  {flag} " in out for flag in FLAGS)
    assert "may also stand behind it" in " ".join(out.split())


def test_no_command_has_an_option_of_the_same_name() -> None:
    group = build()
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        options = {option for parameter in command.params for option in parameter.opts}
        assert not options & set(FLAGS), name


def test_each_reaches_what_it_is_for(invoked: list[Invocation]) -> None:
    assert run([]) == 0
    assert run(["--demo", "--read-only", "--no-cache", "--lang", "pt", "--ascii"]) == 0
    assert run(["--lang=en"]) == 0
    plain, every, english = invoked
    assert (plain.demo, plain.use_cache, plain.config.sources) == (False, True, {})
    config = every.config
    assert (every.demo, every.use_cache) == (True, False)
    assert (config.read_only, config.ascii) == (True, True)
    assert {name for name, source in config.sources.items() if source is Source.FLAG} == {
        "read_only",
        "ascii",
        "language",
    }
    assert english.language == "en"


@pytest.mark.parametrize(
    ("arguments", "same"),
    [
        (["list", "--demo"], ["--demo", "list"]),
        (["create", "a", "--read-only", "--json"], ["--read-only", "create", "a", "--json"]),
        (["list", "--lang", "en", "x"], ["--lang", "en", "list", "x"]),
        (["list", "--lang=en"], ["--lang=en", "list"]),
        (["list", "--lang"], ["list", "--lang"]),
        (["list", "--", "--demo"], ["list", "--", "--demo"]),
    ],
)
def test_they_may_stand_behind_the_command(arguments: list[str], same: list[str]) -> None:
    assert flags_first(arguments) == same
    assert flags_first(same) == same


def test_behind_the_command_they_do_the_same(snaptui: Run) -> None:
    code, _out, err = snaptui("create", "Clima", "--read-only")
    assert code == 2
    assert "read-only" in err
    code, _out, err = snaptui("list", "--lang", "xx")
    assert code == 2
    assert "xx" in err
    assert snaptui("list", "--demo", "--json")[0] == 0


def test_the_screens_keep_to_them(environment: dict[str, str], tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "snaptui", "--demo", "--read-only", "--ascii", "--lang", "en"]
    with Terminal(argv, env=environment) as terminal:
        terminal.until("read only")
        terminal.until("42")
        terminal.quiet(0.5)
        terminal.send("?")
        terminal.until("config.toml calls them")
        terminal.send("\x1b")
        terminal.quiet(0.5)
        terminal.send(",")
        terminal.until("a flag, this time")
        terminal.send("\x11")
        assert terminal.wait() == 0
    shown = re.sub(rb"\x1b\[[0-9;?<>=$]*[ -/]*[@-~]|\x1b[^\[]", b"", bytes(terminal.output)).decode()
    assert "Take a snapshot" not in shown
    assert "download" in shown
    assert {letter for letter in shown if not letter.isascii()} == set()
