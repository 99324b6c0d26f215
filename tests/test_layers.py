"""Imports point down only, and what is costly is loaded only by who needs it."""

from __future__ import annotations

import ast
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import snaptui
from snaptui.cli.commands import COMMANDS
from tests.archives.zips import honest

pytest.importorskip("starlette", reason="the demo needs its extra")
from snaptui.demo.run import DemoServer

ROOT = Path(snaptui.__file__).parent
# Every module or package of snaptui, from the ground up; each may import its own layer and those below.
LAYERS = (
    {"__init__", "errors", "models", "text", "locales", "folding", "priority"},
    {"i18n", "reasons"},
    {"wire", "shapes", "quantities", "formatting", "rows", "finding", "query", "changes", "secret", "endpoint"}
    | {"upload_events"},
    {"answers", "network", "pacing", "retry", "exchange", "api", "upload"}
    | {
        "cache",
        "cached_names",
        "config",
        "config_file",
        "settings_file",
        "remembered",
        "tokens",
        "token_file",
        "token_command",
        "keyring_store",
    },
    {"catalog", "loading", "fleet", "batch", "transfers", "archives", "demo"},
    {"session"},
    {"tui"},
    {"cli", "__main__"},
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def room(module: str) -> str:
    """The module or package below ``snaptui`` that a dotted name belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] != "__version__" else "__init__"


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it; of ``from snaptui import x``, x counts as a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module
            if node.module == "snaptui":
                yield from (f"snaptui.{alias.name}" for alias in node.names)
            else:
                yield node.module


FILES = sorted(ROOT.rglob("*.py"))


def owner(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[0]


def test_every_module_has_its_place() -> None:
    assert {owner(path) for path in FILES} - set(RANK) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    up = [name for name in imports(path) if name.split(".")[0] == "snaptui" and RANK[room(name)] > RANK[owner(path)]]
    assert up == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    libraries = {name.split(".")[0] for name in imports(path)}
    if owner(path) == "tui":
        assert not libraries & {"httpx", "keyring", "sqlite3", "http", "ssl"}
    else:
        assert not libraries & {"textual", "rich"}
    if owner(path) != "demo":
        assert not libraries & {"starlette", "uvicorn"}


def loaded_by(code: str, folder: Path, **environ: str) -> tuple[int, set[str]]:
    """Run code in a fresh interpreter; return what it leaves in ``code``, and the packages that it loaded."""
    out = folder / "modules.json"
    ending = f"""
import json, pathlib, sys
pathlib.Path({str(out)!r}).write_text(json.dumps([code, sorted(m for m in sys.modules if sys.modules[m])]))
"""
    subprocess.run(
        [sys.executable, "-c", code + ending], cwd=folder, env={**os.environ, **environ}, check=True, timeout=60
    )
    result, modules = json.loads(out.read_text())
    return result, {module.split(".")[0] for module in modules} | set(modules)


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(requests_per_minute=100_000, create_seconds=0.0) as server:
        yield server


# Words that make each command do its work against the demo, and its exit code then.
WORDS: dict[str, tuple[list[str], int]] = {
    "apps": (["--json"], 0),
    "list": (["--json"], 0),
    "create": (["Clima", "--json"], 0),
    "download": (["api-site", "--json"], 0),
    "files": (["api-site", "latest", "--json"], 0),
    "cat": (["api-site", "latest", "no-such-member"], 4),
    "diff": (["api-site", "latest", "latest~1", "--json"], 0),
    "restore": (["api-site", "latest", "--to", "back", "--dry-run", "--json"], 0),
    "undo": (["back"], 4),
    "verify": (["a.zip"], 0),
    "login": ([], 1),
    "logout": (["--json"], 0),
    "whoami": (["--json"], 0),
    "doctor": (["--json"], 0),
    "config": (["path"], 0),
    "completion": (["bash"], 0),
}


def test_every_command_is_looked_at() -> None:
    assert set(WORDS) | {"demo-server"} == set(COMMANDS)


@pytest.mark.parametrize("command", WORDS)
def test_headless_commands_never_load_textual(command: str, demo: DemoServer, tmp_path: Path) -> None:
    words, expected = WORDS[command]
    (tmp_path / "a.zip").write_bytes(honest({"a": b"a"}))
    code = f"import io, sys; sys.stdin = io.TextIOWrapper(io.BytesIO(b'{demo.token}'))\n" if command == "login" else ""
    code += f"from snaptui.cli.run import run; code = run({[command, *words]!r})"
    result, modules = loaded_by(code, tmp_path, SNAPTUI_API_URL=demo.api_url, DISCLOUD_TOKEN=demo.token)
    assert result == expected
    assert not modules & {"textual", "rich", "snaptui.tui"}
    if command in ("list", "apps", "download", "create", "whoami"):
        assert not modules & {"keyring", "starlette"}, "the environment has the token"


def test_the_demo_server_does_not_load_textual(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code = f"from snaptui.cli.run import run; code = run(['demo-server', '--port', '{port}'])"
        result, modules = loaded_by(code, tmp_path)
    assert result == 1
    assert not modules & {"textual", "snaptui.tui"}


def test_the_first_frame_pays_for_nothing_it_does_not_need(tmp_path: Path) -> None:
    code = """
import os
from snaptui.config import load_config
from snaptui.session import Sessions
from snaptui.tui.app import SnaptuiApp
SnaptuiApp(Sessions.for_config(load_config(), os.environ))
code = 0
"""
    _result, modules = loaded_by(code, tmp_path)
    assert "textual" in modules
    assert not modules & {"httpx", "keyring", "sqlite3", "snaptui.api", "starlette", "http.client"}


def test_version_and_help_load_next_to_nothing(tmp_path: Path) -> None:
    code = "import sys; sys.argv = ['snaptui', '--version']; from snaptui.cli import main; main(); code = 0"
    _result, modules = loaded_by(code, tmp_path)
    assert not modules & {"click", "asyncio", "snaptui.errors", "snaptui.i18n"}
    _result, modules = loaded_by("from snaptui.cli.run import run; code = run(['--help'])", tmp_path)
    assert not modules & {"asyncio", "httpx", "keyring", "textual", "snaptui.session"}
    assert not {module for module in modules if module.startswith("snaptui.cli.")} - {
        "snaptui.cli.click_words",
        "snaptui.cli.commands",
        "snaptui.cli.invocation",
        "snaptui.cli.output",
        "snaptui.cli.run",
    }
