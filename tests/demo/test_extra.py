"""Without the demo's libraries a person is told which command installs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from snaptui import demo
from snaptui.errors import UsageError


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_the_command_that_mends_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str) -> None:
    monkeypatch.setattr(demo, "find_spec", lambda name: None if name == missing else object())
    with pytest.raises(UsageError, match=r"pip install -e '\.\[demo\]'"):
        demo.require_demo_extra()
    monkeypatch.setattr(demo, "_CHECKOUT", tmp_path / "pyproject.toml")
    with pytest.raises(UsageError, match=r"pip install 'snaptui\[demo\]'"):
        demo.require_demo_extra()


@pytest.mark.parametrize("words", [["--demo", "apps"], ["demo-server"]])
def test_the_commands_say_so(words: list[str]) -> None:
    code = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "import importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'uvicorn' else real(name, *rest)\n"
        f"from snaptui.cli.run import run; sys.exit(run({words!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "[demo]" in done.stderr
    assert "Traceback" not in done.stderr
