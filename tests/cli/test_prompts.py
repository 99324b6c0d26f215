"""What the commands show and ask in a real terminal: the bar, the hidden token, the consent to a plain file."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from snaptui.demo.run import DemoServer
from tests.terminal import Terminal

SNAPTUI = [sys.executable, "-m", "snaptui"]
ERASED = b"\r\x1b[2K"
TYPED = "typed-and-never-shown"


@pytest.fixture
def environ(server: DemoServer) -> dict[str, str]:
    """Signed in to the demo, in a terminal."""
    signed_in = {"SNAPTUI_API_URL": server.api_url, "DISCLOUD_TOKEN": server.token}
    return {**os.environ, **signed_in, "TERM": "xterm-256color", "LANG": "C.UTF-8"}


@pytest.fixture
def signed_out(server: DemoServer, environ: dict[str, str]) -> dict[str, str]:
    """Not signed in to a demo that takes what is typed here; no keyring."""
    server.controls.token = TYPED
    del environ["DISCLOUD_TOKEN"]
    return environ


def plain_file() -> Path | None:
    """The file with the token, where there is one."""
    found = [path for path in Path(os.environ["SNAPTUI_DATA_DIR"]).rglob("*") if path.is_file()]
    return next((path for path in found if TYPED in path.read_text(errors="replace")), None)


def test_a_terminal_gets_a_bar_that_leaves_nothing_behind(
    server: DemoServer, environ: dict[str, str], tmp_path: Path
) -> None:
    held = server.controls.hold_archives(60_000)
    argv = [*SNAPTUI, "download", "api-site", "-o", str(tmp_path / "a.zip")]
    with Terminal(argv, env=environ, size=(50, 24)) as terminal:
        terminal.until(" % · ")
        terminal.until(" of ")
        held.set()
        assert terminal.wait() == 0
        shown = bytes(terminal.output)
    *bars, outcome = shown.split(ERASED)
    assert len(bars) >= 2
    assert bars[0] == b""
    assert all(len(bar.decode()) < 50 and b"\n" not in bar for bar in bars), "it would wrap and stay"
    assert b"is whole" in outcome, "the bar is taken away before the outcome is written"
    assert "signature" not in shown.decode()


def test_a_pipe_gets_no_bar(environ: dict[str, str], tmp_path: Path) -> None:
    argv = [*SNAPTUI, "download", "api-site", "-o", str(tmp_path / "a.zip")]
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    assert done.stdout.startswith(str(tmp_path / "a.zip"))
    assert len(done.stdout.splitlines()) == 1


def test_a_typed_token_is_hidden_and_a_plain_file_written_only_after_consent(signed_out: dict[str, str]) -> None:
    def answered(answer: str) -> tuple[int, str]:
        with Terminal([*SNAPTUI, "login"], env=signed_out) as terminal:
            terminal.until("hidden")
            terminal.send(f"{TYPED}\r")
            terminal.until("readable by you alone?")
            assert plain_file() is None, "it was written before it was agreed to"
            terminal.send(f"{answer}\r")
            return terminal.wait(), terminal.output.decode()

    code, shown = answered("n")
    assert code == 1
    assert "was not kept" in shown
    assert TYPED not in shown
    assert plain_file() is None
    code, shown = answered("y")
    assert code == 0
    assert "Signed in as ana" in shown
    assert TYPED not in shown
    kept = plain_file()
    assert kept is not None
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_prompt_can_be_left(signed_out: dict[str, str]) -> None:
    with Terminal([*SNAPTUI, "login"], env=signed_out) as terminal:
        terminal.until("hidden")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.wait() == 130
        shown = terminal.output.decode()
    assert "Interrupted" in shown
    assert "Traceback" not in shown


def test_a_wrong_token_is_refused_before_anything_is_asked(signed_out: dict[str, str]) -> None:
    with Terminal([*SNAPTUI, "login"], env=signed_out) as terminal:
        terminal.until("hidden")
        terminal.send("another\r")
        assert terminal.wait() == 3
        assert "readable by you alone" not in terminal.output.decode()
