"""The whole program in terminals of many kinds: inside tmux and screen, with few colours, over a slow line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.benchmarks.wire import begin_downloads, over, program
from tests.terminal import Terminal

SNAPTUI = f"{sys.executable} -m snaptui --demo"
COLOUR = re.compile(rb"\x1b\[([0-9;:]*)m")


def until(condition: Callable[[], bool], what: Callable[[], str], timeout: float = 20.0) -> None:
    """Wait for a condition; say what there was instead where it never comes."""
    deadline = time.perf_counter() + timeout
    while not condition():
        assert time.perf_counter() < deadline, what()
        time.sleep(0.02)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DISCLOUD_", "SSH_", "TMUX", "STY"))}
    temporary = tmp_path / "tmp"
    temporary.mkdir(mode=0o700)
    env |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PS1": "ready> "}
    return env | {"HOME": str(tmp_path), "TMPDIR": str(temporary)}


class Tmux:
    """A tmux server of its own with one shell in it."""

    def __init__(self, folder: Path, env: dict[str, str], size: tuple[int, int] = (100, 30)) -> None:
        self._env, self._socket = env, str(folder / "tmux")
        columns, rows = (str(each) for each in size)
        self("-f", "/dev/null", "new-session", "-d", "-x", columns, "-y", rows, "bash --norc --noprofile")
        self("set", "-g", "set-clipboard", "on")
        self("set", "-g", "allow-passthrough", "on")

    def __call__(self, *words: str) -> str:
        """Run a tmux command."""
        run = subprocess.run(
            ["tmux", "-S", self._socket, *words], env=self._env, capture_output=True, text=True, timeout=20
        )
        return run.stdout

    def type(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        self("send-keys", *keys)

    @property
    def shown(self) -> str:
        """What is on the screen."""
        return self("capture-pane", "-p")

    def until(self, words: str) -> None:
        """Wait until the screen shows these words."""
        until(lambda: words in self.shown, lambda: f"{words!r} is not on the screen:\n{self.shown}")


@pytest.fixture
def tmux(environment: dict[str, str], tmp_path: Path) -> Iterator[Tmux]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    made = Tmux(tmp_path, environment)
    try:
        yield made
    finally:
        made("kill-server")


def test_in_tmux_it_draws_copies_suspends_and_comes_back(tmux: Tmux) -> None:
    tmux.type(SNAPTUI, "Enter")
    tmux.until("Loja Bot")
    tmux.until("Safira")
    tmux.type("Y")
    tmux.until("Copied: ")
    said = re.search(r"Copied: (\S+)", tmux.shown)
    assert said is not None
    until(lambda: tmux("show-buffer").strip() == said[1], lambda: tmux("show-buffer"))
    tmux.type("C-z")
    tmux.until("Stopped")
    assert "Loja Bot" not in tmux.shown
    tmux.type("fg; echo it left with $?", "Enter")
    tmux.until("Loja Bot")
    tmux.type("?")
    tmux.until("keys that work here")
    tmux.type("Escape")
    until(lambda: "keys that work here" not in tmux.shown, lambda: tmux.shown)
    tmux.type("q")
    tmux.until("it left with 0")
    assert "Loja Bot" not in tmux.shown


def test_in_screen_it_draws_and_leaves_the_shell_as_it_was(environment: dict[str, str], tmp_path: Path) -> None:
    if shutil.which("screen") is None:
        pytest.skip("screen is not installed")
    sockets = tmp_path / "sockets"
    sockets.mkdir(mode=0o700)
    (tmp_path / ".screenrc").write_text("defutf8 on\ndeflogin off\nstartup_message off\nshell bash\n")
    env = environment | {"SCREENDIR": str(sockets)}
    with Terminal(["screen", "-U", "-c", str(tmp_path / ".screenrc"), "bash", "--norc"], env=env) as terminal:
        terminal.until("ready>")
        terminal.send(f"{SNAPTUI}\r")
        terminal.until("Loja Bot")
        terminal.until("Safira")
        since = len(terminal.output)
        terminal.send("Y")
        terminal.until("Copied: ", since=since)
        terminal.until("\x1b]52;c;", since=since)  # it went through to the terminal around screen
        since = len(terminal.output)
        terminal.send("q")
        terminal.until("ready>", since=since)
        terminal.send("exit\r")
        assert terminal.wait() == 0


@pytest.mark.parametrize(
    ("changes", "most"),
    [
        ({"TERM": "linux"}, 16),
        ({"TERM": "xterm-16color"}, 16),
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, 1 << 24),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)
def test_no_more_colours_than_the_terminal_has(environment: dict[str, str], changes: dict[str, str], most: int) -> None:
    with Terminal(SNAPTUI.split(), env=environment | changes) as terminal:
        terminal.until("Loja Bot")
        terminal.until("Safira")
        terminal.quiet(0.3)
        codes = {code for match in COLOUR.finditer(bytes(terminal.output)) for code in _colours(match[1])}
        terminal.send("q")
        assert terminal.wait() == 0
    assert codes, "there are colours at all"
    assert max(codes) <= most, codes


def _colours(parameters: bytes) -> Iterator[int]:
    """How many colours a terminal needs for each colour that a sequence sets."""
    numbers = [int(number or 0) for number in parameters.split(b";")]
    while numbers:
        number = numbers.pop(0)
        if number in (38, 48):
            direct = numbers.pop(0) == 2
            yield 1 << 24 if direct else 256
            del numbers[: 3 if direct else 1]
        elif 30 <= number <= 37 or 40 <= number <= 47 or 90 <= number <= 107:
            yield 16


def test_without_colour_states_are_told_apart(environment: dict[str, str]) -> None:
    with Terminal(SNAPTUI.split(), env=environment | {"NO_COLOR": "1", "COLORTERM": "truecolor"}) as terminal:
        terminal.until("Loja Bot")
        terminal.until("Safira")
        terminal.quiet(0.3)
        output = bytes(terminal.output)
        terminal.send("q")
        assert terminal.wait() == 0
    for red, green, blue in re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", output):
        assert red == green == blue
    for sign in "●○✕":
        assert sign.encode() in output


def test_over_a_slow_line_no_screen_sends_anything_by_itself() -> None:
    """Nothing blinks, spins or glides on any screen."""
    with program() as (terminal, _demo):

        def still(what: str, keys: str, marker: str) -> None:
            since = len(terminal.output)
            terminal.send(keys)
            terminal.until(marker, since=since)
            terminal.quiet(0.3)
            assert over(terminal, 0.6) == 0, what

        still("main", "j", "\x1b[")
        still("help", "?", "keys that work here")
        still("main again", "\x1b", "\x1b[")
        still("palette", ":", "ype what you want")  # its first letter is under the cursor
        still("main again", "\x1b", "\x1b[")
        still("filter", "/", "words, !word")
        still("main again", "\x1b", "\x1b[")
        still("create", "c", "Create a snapshot")
        still("main again", "\x1b", "\x1b[")
        still("download", "d", "Download")
        still("main again", "\x1b", "\x1b[")
        still("transfers", "t", "Nothing has been downloaded")
        still("main again", "\x1b", "\x1b[")
        still("login", "L", "Sign in to Discloud")


def test_four_downloads_send_little(tmp_path: Path) -> None:
    with program() as (terminal, demo):
        demo.controls.bytes_per_second = 5_000_000
        begin_downloads(terminal)
        assert over(terminal, 2.0) < 2 * 1_000, "their window"
        since = len(terminal.output)
        terminal.send("\x1b")
        terminal.until("t transfers", since=since)
        over(terminal, 1.0)
        assert over(terminal, 2.0) < 2 * 4_000, "the main screen"
        terminal.send("t")
        over(terminal, 1.0)
        assert over(terminal, 2.0) < 2 * 5_000, "their list"


def test_keys_that_come_in_one_piece_are_for_what_they_open() -> None:
    """As a slow line delivers them; otherwise the c of the filter would take a snapshot, and Enter would confirm it."""
    with program() as (terminal, demo):
        since = len(terminal.output)
        terminal.send("/acervo\r")
        terminal.until("4 shown by acervo", since=since)
        since = len(terminal.output)
        terminal.send("\x1b")
        terminal.quiet(0.3)
        terminal.send("?\x1b[B\x1b[Bq/musica\rj")
        terminal.quiet(0.5)
        assert terminal.process.poll() is None
        assert not [request for request in demo.controls.requests if request.method == "POST"]
