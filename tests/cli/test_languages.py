"""The commands in the language of whoever runs them: their help, what they write, how they fail."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from snaptui import i18n
from snaptui.cli.asking import asked
from snaptui.cli.commands import COMMANDS
from snaptui.config_file import SETTINGS
from snaptui.demo.run import DemoServer
from tests import pseudo
from tests.archives.zips import honest
from tests.cli.conftest import Run

HELP = [[*name.split(), "--help"] for name in ("", *COMMANDS, "config init", "config path", "config check")]
# Every command doing its work, and the ways in which the command line itself is wrong.
WORK = """
apps
list
list api-site
list Recém-criado
create api-site
create bot-antigo
create
create --stale x
create --stale 9999w
download api-site
download api-site
download api-site latest~99
download nobody
download
files api-site
files --archive missing.zip
cat api-site
cat api-site latest x
diff api-site latest latest~1
diff api-site
restore api-site latest --to out
restore api-site latest --to out --dry-run
restore api-site latest --to out --yes
restore api-site latest --to out --yes
restore api-site latest~1 --to out --yes
undo out
undo out
undo
verify whole.zip not.zip missing.zip .
whoami
doctor
config init
config init
config path
config check
config
logout
--read-only create api-site

lst
list a b
list --jso
--lang xx
verify
download -o
apps --json=1
demo-server --port x
demo-server --port 99999
restore a --to out --overwrite maybe
restore --continue --to out
""".strip().splitlines()
SCRIPT = """
import contextlib, io, json, sys
from pathlib import Path
from tests import pseudo
pseudo.speak(Path(sys.argv[1]))
from snaptui.cli.run import run
told = []
for arguments in json.load(sys.stdin):
    both = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(both), contextlib.redirect_stderr(both):
        code = run([*arguments, "--lang", "pt_BR"] if "--lang" not in arguments else arguments)
    both.flush()
    told.append((arguments, code, both.buffer.getvalue().decode()))
json.dump(told, sys.stdout)
"""
# Words that are the same in every language: names of things, and what a person types.
NAMES = (
    "snaptui APP never changed always apps json http https xx lst jso maybe whole not missing nobody",
    "pt_BR",
    "integer range",  # click's own names of its types, which the translations leave out
    "textual httpx keyring Python Linux ana Safira demo DISCLOUD_TOKEN config toml latest",
)

# What is typed behind a command, in every language.
TYPED = "init path check bash zsh fish"


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    i18n.use_language(None)


def without_typed(text: str) -> str:
    """What is left of a text without options, addresses, digests and paths."""
    return re.sub(r"--?[a-z][-a-z]*|https?://\S+|\b[0-9a-f]{64}\b|\S*/\S*|\S+\.(?:zip|toml|json)", "", text)


def test_no_word_comes_past_the_catalogue(server: DemoServer, tmp_path: Path) -> None:
    """In one process of its own: a command's help is made when it is first loaded."""
    (tmp_path / "whole.zip").write_bytes(honest({"a.txt": b"a"}))
    (tmp_path / "not.zip").write_text("no archive")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    environ |= {
        "SNAPTUI_API_URL": server.api_url,
        "DISCLOUD_TOKEN": server.token,
        "PYTHONPATH": str(Path(__file__).parent.parent.parent),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "LANG": "pt_BR.UTF-8",
        **{f"SNAPTUI_{name}_DIR": str(tmp_path / name.lower()) for name in ("CONFIG", "CACHE", "DATA")},
    }
    lines = [*HELP, *(line.split() for line in WORK)]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "locale")],
        input=json.dumps(lines), capture_output=True, text=True, cwd=tmp_path, env=environ, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names = [name for app in server.world.apps.values() for name in (app.name, app.id)]
    found = {}
    for arguments, _code, text in json.loads(done.stdout):
        words = pseudo.plain_words(without_typed(text), [*NAMES, *names, *COMMANDS, *arguments, TYPED])
        # An archive's members, and the machine this runs on, are no words of the program.
        if words and arguments[:1] not in (["files"], ["diff"]) and "--dry-run" not in arguments:
            found[" ".join(arguments)] = words
    assert found == {}
    assert all(text for arguments, code, text in json.loads(done.stdout) if code)


def in_portuguese(told: tuple[int, str, str]) -> bool:
    return "Mais recente" in told[1]


@pytest.mark.parametrize(
    "arguments",
    [("--lang", "pt_BR", "apps"), ("apps", "--lang", "pt"), ("--lang=pt-br", "apps"), ("apps", "--lang=pt_PT.UTF-8")],
)
def test_the_flag_may_stand_anywhere(arguments: tuple[str, ...], snaptui: Run) -> None:
    assert in_portuguese(snaptui(*arguments))


def test_the_flag_before_the_setting_before_the_locale(
    snaptui: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SNAPTUI_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("LANG", "pt_BR.UTF-8")
    assert in_portuguese(snaptui("apps"))
    (tmp_path / "config.toml").write_text('language = "en"\n')
    assert not in_portuguese(snaptui("apps"))
    assert in_portuguese(snaptui("apps", "--lang", "pt"))
    (tmp_path / "config.toml").write_text('language = "pt_BR"\n')
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert in_portuguese(snaptui("apps"))


def test_what_comes_after_two_dashes_is_no_flag(snaptui: Run) -> None:
    code, _out, err = snaptui("list", "--", "--lang")
    assert (code, "--lang" in err) == (4, True)


@pytest.mark.parametrize("arguments", [("--lang", "xx"), ("apps", "--lang"), ("apps", "--lang=")])
def test_a_language_nobody_knows_is_told_in_one_that_is(
    arguments: tuple[str, ...], snaptui: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "pt_BR.UTF-8")
    code, _out, err = snaptui(*arguments)
    assert code == 2
    assert "não fala" in err
    assert "en, pt_BR" in err


def test_sizes_ages_and_counts_are_written_as_there(snaptui: Run) -> None:
    _code, out, _err = snaptui("apps", "--lang", "pt")
    assert re.search(r"\d,\d MB", out)
    assert not re.search(r"\d\.\d MB", out)
    assert re.search(r"há (?:um dia|\d+ horas)", out)
    _code, out, err = snaptui("files", "api-site", "--lang", "pt")
    assert re.search(r"\d\d/\d\d/20\d\d \d\d:\d\d", out)
    assert "itens" in err


def test_json_is_the_same_in_every_language(snaptui: Run) -> None:
    assert snaptui("apps", "--json") == snaptui("apps", "--json", "--lang", "pt_BR")


def test_the_systems_reasons_are_told_in_the_language(
    snaptui: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SNAPTUI_CONFIG_DIR", str(tmp_path / "file" / "below"))
    code, _out, err = snaptui("config", "init", "--lang", "pt")
    assert code == 1
    assert "não é uma pasta" in err
    assert "directory" not in err


def test_the_settings_file_explains_itself_in_the_language(
    snaptui: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SNAPTUI_CONFIG_DIR", str(tmp_path))
    assert snaptui("config", "init", "--lang", "pt")[0] == 0
    text = (tmp_path / "config.toml").read_text(encoding="utf-8")
    assert "Configurações do snaptui" in text
    assert tomllib.loads(text) == {}
    for setting in SETTINGS:
        assert setting.help not in text
        assert f"# {setting.name} = {setting.example}" in text


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("s\n", True), ("sim\n", True), ("S\n", True), ("y\n", True), ("n\n", False), ("não\n", False), ("\n", False),
        ("talvez\nn\n", False), ("talvez\nsim\n", True),
    ],
)  # fmt: skip
def test_questions_are_answered_in_the_language(typed: str, answer: bool) -> None:
    i18n.use_language("pt_BR")
    with CliRunner().isolation(input=typed) as (_out, err, _both):
        assert asked("Baixar?") is answer
        told = err.getvalue().decode()
    assert told.startswith("Baixar? [s/N]: ")
    assert ("Responda s ou n." in told) is typed.startswith("talvez")


def test_no_answer_is_no_consent() -> None:
    with CliRunner().isolation(input=""), pytest.raises(click.Abort):
        asked("Restore?", default=True)
