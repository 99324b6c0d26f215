"""The command line in this process, signed in to a demo over real sockets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from snaptui.cli.run import run
from snaptui.demo.run import DemoServer

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer(requests_per_minute=100_000, create_seconds=0.0) as running:
        yield running


@pytest.fixture
def snaptui(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], server: DemoServer, tmp_path: Path
) -> Run:
    """Run a command line in ``tmp_path``; return exit code, standard output and standard error."""
    monkeypatch.setenv("SNAPTUI_API_URL", server.api_url)
    monkeypatch.setenv("DISCLOUD_TOKEN", server.token)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.chdir(tmp_path)

    def running(*arguments: str | Path) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return running


@pytest.fixture
def document(snaptui: Run) -> Callable[..., Any]:
    """Run a command with ``--json``; return its document, having seen that nothing else was written."""

    def running(*arguments: str | Path, code: int = 0) -> Any:
        found, out, err = snaptui(*arguments, "--json")
        assert (found, err) == (code, ""), (found, out, err)
        return json.loads(out)

    return running
