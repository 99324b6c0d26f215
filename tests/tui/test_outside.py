"""Files in the person's own pager and editor: which program, what it is given, and what is left behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from snaptui.errors import NotFound
from snaptui.tui.outside import editor_command, pager_command, private_copy, run
from tests.terminal import Terminal

# Ctrl-C reaches only programs whose controlling terminal it is.
CONTROLLED = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
SNAPTUI = [sys.executable, "-c", CONTROLLED, sys.executable, "-m", "snaptui", "--demo"]


def program(folder: Path, name: str, body: str = "") -> Path:
    """A program of this name in a folder."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_which_program(tmp_path: Path) -> None:
    bin_folder = tmp_path / "bin"
    more = {"PATH": str(bin_folder)}
    with pytest.raises(NotFound, match="set PAGER"):
        pager_command(more)
    program(bin_folder, "more")
    assert pager_command(more) == ["more"]
    program(bin_folder, "less")
    assert pager_command(more | {"PAGER": "  "}) == ["less"]
    assert pager_command(more | {"PAGER": "less -R '+/a b'"}) == ["less", "-R", "+/a b"]
    for wrong in ("nosuch -x", "'", "''"):
        with pytest.raises(NotFound, match="PAGER is"):
            pager_command(more | {"PAGER": wrong})
    program(bin_folder, "vi")
    assert editor_command(more) == ["vi"]
    program(bin_folder, "code")
    assert editor_command(more | {"EDITOR": "vi", "VISUAL": "code --wait"}) == ["code", "--wait"]


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/config.json", "config.json"), ("-rf", "-rf"), ("a/..", "member"), ("a\\b", "member"), ("a/\x1b", "member")],
)
def test_a_copy_is_private_and_gone_afterwards(path: str, name: str) -> None:
    with private_copy(path, "read-only-copy") as copy:
        assert copy.path.name == name
        copy.write(b"one ")
        copy.write(b"two")
        copy.close(read_only=True)
        assert copy.path.read_bytes() == b"one two"
        assert copy.path.stat().st_mode & 0o777 == 0o400
        assert copy.path.parent.stat().st_mode & 0o077 == 0
        assert copy.path.parent.parent.stat().st_mode & 0o077 == 0
        before: bool = copy.changed
        assert not before
        held = copy.path
        held.unlink()
        held.write_bytes(b"other")
        changed: bool = copy.changed
    assert changed
    assert not held.exists()
    assert not held.parent.parent.exists()


def test_the_token_is_not_told(tmp_path: Path) -> None:
    said = tmp_path / "said"
    teller = program(tmp_path / "bin", "teller", f'echo "${{DISCLOUD_TOKEN:-none}} $1" > {said}\nexit 3')
    environ = os.environ | {"DISCLOUD_TOKEN": "not-a-real-one"}
    assert run([str(teller)], tmp_path / "-x", environ) == 3
    assert said.read_text() == f"none {tmp_path / '-x'}\n"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An empty home, and a folder of its own for temporary files."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DISCLOUD_", "SSH_")) and k != "VISUAL"}
    return env | {"TERM": "xterm-256color", "TMPDIR": str(temporary), "HOME": str(tmp_path), "LANG": "C.UTF-8"}


def left_behind(environment: dict[str, str]) -> list[str]:
    return [entry.name for entry in Path(environment["TMPDIR"]).iterdir() if entry.name.startswith("snaptui-view-")]


def at_config(terminal: Terminal) -> None:
    """Look into the newest version, with the cursor on ``config.json``."""
    terminal.until("Safira")
    terminal.send("f")
    terminal.until("Taken")
    terminal.until("20261")  # rows, of whichever day it is
    terminal.send("b")
    terminal.until("discloud.config")
    terminal.quiet(0.1)
    since = len(terminal.output)
    terminal.send("/")
    terminal.until("ords of a path", since=since)  # the cursor stands on the first letter
    terminal.send("config.json")
    terminal.until("1 file with", since=since)
    terminal.send("\r")
    terminal.until("idioma", since=since)


def test_a_file_in_a_pager_and_an_editor_in_a_real_terminal(environment: dict[str, str], tmp_path: Path) -> None:
    pager = program(tmp_path / "bin", "pager", 'echo "PAGED $2 $(basename "$3")"; cat "$3"; read answer')
    editor = program(
        tmp_path / "bin", "editor", 'echo "EDITED $(stat -c %a "$1")"; chmod 600 "$1"; echo more >> "$1"; read answer'
    )
    env = environment | {"PAGER": f"{pager} -R 'a b'", "EDITOR": str(editor)}
    with Terminal(SNAPTUI, env=env) as terminal:
        at_config(terminal)
        since = len(terminal.output)
        terminal.send("o")
        terminal.until("PAGED a b config.json", since=since)
        terminal.until('"prefixo"', since=since)
        assert left_behind(environment)
        since = len(terminal.output)
        terminal.send("\x03")  # ends the pager, not snaptui
        terminal.until("Loja Bot", since=since)
        terminal.quiet(0.2)
        assert not left_behind(environment)
        terminal.send("e")
        terminal.until("EDITED 400", since=since)
        terminal.send("\r")
        terminal.until("That was a copy", since=since)
        assert not left_behind(environment)
        terminal.send("q")
        assert terminal.wait() == 0


def test_a_pager_that_is_not_there_is_told(environment: dict[str, str]) -> None:
    with Terminal(SNAPTUI, env=environment | {"PAGER": "no-such-pager"}) as terminal:
        at_config(terminal)
        terminal.send("o")
        terminal.until("which is no program here")
        terminal.send("q")
        assert terminal.wait() == 0
