"""Downloads outlive the program: killed in the middle, started again, finished, in a real terminal."""

from __future__ import annotations

import os
import signal
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from snaptui.demo.run import DemoServer
from tests.terminal import Terminal

SNAPTUI = [sys.executable, "-m", "snaptui"]


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    with DemoServer(requests_per_minute=600) as server:
        yield server
        server.controls.release()


@pytest.fixture
def environ(demo: DemoServer, tmp_path: Path) -> dict[str, str]:
    """Signed in to the demo; every way to be notified is set."""
    config = Path(os.environ["SNAPTUI_CONFIG_DIR"])
    config.mkdir(parents=True)
    (config / "config.toml").write_text(
        f'download_dir = "{tmp_path / "backups"}"\nnotify = ["toast", "bell", "osc9", "osc777"]\n'
    )
    kept = {k: v for k, v in os.environ.items() if k not in ("TMUX", "STY", "COLUMNS", "LINES")}
    return {
        **kept, "SNAPTUI_API_URL": demo.api_url, "DISCLOUD_TOKEN": demo.token, "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }  # fmt: skip


@pytest.mark.parametrize("end", ["killed", "quit"])
def test_an_unfinished_download_is_offered_again_with_its_progress_and_told_when_done(
    demo: DemoServer, environ: dict[str, str], tmp_path: Path, end: str
) -> None:
    demo.controls.hold_archives(2_000_000)
    with Terminal(SNAPTUI, env=environ) as terminal:
        terminal.until("Loja Bot")
        terminal.until("updated")
        terminal.send("f")
        terminal.until("Taken")
        terminal.send("d")
        terminal.until("free there")
        terminal.send("\r")
        terminal.until("2.0 MB of")
        terminal.send("\x1b")
        terminal.quiet(0.3)
        if end == "killed":
            os.kill(terminal.process.pid, signal.SIGKILL)
        else:
            terminal.send("q")
            terminal.until("Quit now?")
            terminal.quiet(0.3)
            terminal.send("q")
        assert terminal.wait() == (-signal.SIGKILL if end == "killed" else 0)
    (part,) = (tmp_path / "backups").glob("*.part")
    kept = part.stat().st_size
    assert kept > 1_000_000
    demo.controls.release()
    before = len(demo.controls.requests)
    with Terminal(SNAPTUI, env=environ) as terminal:
        terminal.until("An earlier download is not finished: press t")
        terminal.send("t")
        terminal.until("paused")
        terminal.until("2.0 MB of")
        terminal.send("p")
        terminal.until("\x1b]9;")
        terminal.until("\x1b]777;notify;snaptui;")
        terminal.until("whole and verified")
        terminal.until("members checked")
        assert terminal.output.count(b"\a") >= 3, "the bell rings besides the ends of the two sequences"
        terminal.send("\x1b")
        terminal.quiet(0.2)
        terminal.send("q")
        assert terminal.wait() == 0
    (archive,) = (tmp_path / "backups").iterdir()
    with zipfile.ZipFile(archive) as found:
        assert found.testzip() is None
    (asked,) = [request for request in demo.controls.requests[before:] if request.origin == "archives"]
    assert "range" in asked.headers, "what was there was not fetched again"
    assert not demo.controls.violations
