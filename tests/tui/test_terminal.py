"""The whole program in a real terminal: how it opens, ends, fails, and what it leaves behind."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal

SNAPTUI = [sys.executable, "-m", "snaptui"]

CRASHING = """
import sys
from snaptui.cli import main
from snaptui.tui.screens.main import MainScreen

def action_refresh(self):
    held_in_a_local = "".join(["never", "-", "shown"])
    raise RuntimeError("a fault")

MainScreen.action_refresh = action_refresh
sys.argv = ["snaptui", "--demo"]
main()
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An empty home, and a folder of its own for temporary files."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DISCLOUD_", "SSH_"))}
    return env | {"TERM": "xterm-256color", "TMPDIR": str(temporary), "HOME": str(tmp_path), "LANG": "C.UTF-8"}


def left_behind(environment: dict[str, str]) -> list[str]:
    """The demo's folders that are still there."""
    return [entry.name for entry in Path(environment["TMPDIR"]).iterdir() if entry.name.startswith("snaptui-demo-")]


def test_the_demo_opens_and_leaves_nothing(environment: dict[str, str]) -> None:
    with Terminal([*SNAPTUI, "--demo"], env=environment) as terminal:
        terminal.until("Loja Bot")
        terminal.until("Safira")
        assert left_behind(environment)
        terminal.send("q")
        assert terminal.wait() == 0
    assert not left_behind(environment)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_closed_terminal_leaves_nothing_behind(environment: dict[str, str], number: signal.Signals) -> None:
    with Terminal([*SNAPTUI, "--demo"], env=environment) as terminal:
        terminal.until("Loja Bot")
        terminal.process.send_signal(number)
        assert terminal.wait() == 128 + number
    assert not left_behind(environment)


def test_a_resize_storm_is_survived(environment: dict[str, str]) -> None:
    with Terminal([*SNAPTUI, "--demo"], env=environment) as terminal:
        terminal.until("Loja Bot")
        for columns, rows in [(20, 5), (200, 60), (80, 24), (60, 20), (19, 4), (100, 30)] * 3:
            terminal.resize(columns, rows)
        since = len(terminal.output)
        terminal.resize(80, 24)
        terminal.send("?")
        terminal.until("keys that work here", since=since)
        terminal.send("\x1b")
        terminal.quiet(0.5)
        terminal.send("q")
        assert terminal.wait() == 0


def test_a_fault_is_one_sentence_without_variables(environment: dict[str, str]) -> None:
    with Terminal([sys.executable, "-c", CRASHING], env=environment) as terminal:
        terminal.until("Loja Bot")
        terminal.send("r")
        assert terminal.wait() == 1
        end = bytes(terminal.output).rpartition(b"\x1b[?1049l")[2].decode()
    assert "fault of its own" in end
    assert "never-shown" not in end
    assert "Traceback" not in end
    assert not left_behind(environment)


def test_keys_in_one_packet_have_their_effects_one_after_the_other(environment: dict[str, str]) -> None:
    with Terminal([*SNAPTUI, "--demo"], env=environment) as terminal:
        terminal.until("Safira")
        terminal.quiet(0.5)
        since = len(terminal.output)
        terminal.send("/clima\r")  # c would begin a snapshot, l go to the versions, a show dates
        terminal.until("shown by clima", since=since)
        terminal.quiet(0.5)
        since = len(terminal.output)
        terminal.send("\x1b")
        terminal.quiet(0.5)
        terminal.send(":transfers\r")
        terminal.until("Nothing has been downloaded", since=since)
        assert b"Create a snapshot" not in terminal.output
        terminal.send("\x11")
        assert terminal.wait() == 0


@pytest.mark.parametrize("behind", ["?", ":", ",q"])
def test_keys_behind_the_one_that_leaves_open_nothing(environment: dict[str, str], behind: str) -> None:
    with Terminal([*SNAPTUI, "--demo"], env=environment) as terminal:
        terminal.until("Safira")
        terminal.quiet(0.5)
        terminal.send(f"q{behind}")
        assert terminal.wait() == 0
