"""Completion in real shells: names with spaces, ids, versions, files, and never an error at the prompt."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from snaptui.cache import CachedListing, ListingCache
from snaptui.cached_names import CachedApp, cached_apps, cached_versions
from snaptui.cli.commands import COMMANDS
from snaptui.cli.completion import quoted_for_bash
from snaptui.cli.run import run
from snaptui.models import App, Snapshot
from tests.terminal import Terminal

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
VERSIONS = ("20261122-030000", "20261121-030000", "20261030-030000")
APPS = (
    App("1001", "Loja Bot"),
    App("1002", "Música"),
    App("1003", "Painel"),
    App("1004", "Painel"),
    App("1005", "[b] $HOME 'it' \"x\" `id`, y:z"),
    App("1006", "--json"),
    App("api-site", "api-site"),
)
AWKWARD = APPS[4].name


@pytest.fixture
def cache_folder() -> Path:
    """A listing on disk, as the screens leave it."""
    folder = Path(os.environ["SNAPTUI_CACHE_DIR"])
    snapshots = (*(Snapshot("1001", version) for version in VERSIONS), Snapshot("gone-app", VERSIONS[0]))
    assert ListingCache(folder, "one").store(CachedListing(snapshots, APPS, NOW))
    return folder


@pytest.fixture
def environment(tmp_path: Path, cache_folder: Path) -> dict[str, str]:
    """A home without settings of its own, and ``snaptui`` on the path."""
    commands = tmp_path / "bin"
    commands.mkdir()
    script = commands / "snaptui"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m snaptui "$@"\n')
    script.chmod(0o755)
    path = f"{commands}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}


def shell(name: str) -> str:
    """Where a shell is; in CI it has to be there."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is missing")
        pytest.skip(f"{name} is not installed")
    return found


def in_bash(environment: dict[str, str], *words: str) -> list[str]:
    """What bash's function puts into COMPREPLY for these words, the last of which is being typed."""
    script = """
        source <(snaptui completion bash) || exit 9
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        compopt() { printf 'compopt %s\\n' "$2"; }
        _snaptui_completion snaptui
        for each in "${COMPREPLY[@]}"; do printf '%s\\n' "$each"; done
    """
    ran = subprocess.run(
        [shell("bash"), "--norc", "-c", script, "bash", *words],
        env=environment, capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert ran.stderr == ""
    return ran.stdout.splitlines()


def in_fish(environment: dict[str, str], line: str) -> dict[str, str]:
    """What fish offers for a command line, with what it says of each."""
    script = "snaptui completion fish | source; complete -C $argv[1]"
    ran = subprocess.run(
        [shell("fish"), "--no-config", "-c", script, line],
        env=environment, capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert ran.stderr == ""
    pairs = [line.partition("\t") for line in ran.stdout.splitlines()]
    return {value: about for value, _tab, about in pairs}


# Each begun word, and the words it may become.
WORDS: list[tuple[list[str], list[str]]] = [
    (["list", "Lo"], ["Loja Bot"]),
    (["list", "mus"], ["Música"]),
    (["list", "1002"], ["1002"]),
    (["list", "go"], ["gone-app"]),
    (["create", "api-site", "Lo"], ["Loja Bot"]),
    (["download", "Loja Bot", ""], ["latest", *VERSIONS]),
    (["download", "1001", "202611"], list(VERSIONS[:2])),
    (["files", "loja bot", "20261030"], [VERSIONS[2]]),
    (["diff", "Loja Bot", "latest", "2026112"], list(VERSIONS[:2])),
    (["restore", "Loja Bot", "lat"], ["latest"]),
    (["cat", "Loja Bot", "latest", "x"], []),
    (["list", "nobody"], []),
    (["download", "nobody", ""], ["latest"]),
    (["who"], ["whoami"]),
    (["completion", "z"], ["zsh"]),
    (["--lang", "p"], ["pt_BR"]),
    (["--no-cache", "list", "Lo"], []),
    (["--demo", "list", "Loj"], ["Loja Bot"]),
]


@pytest.mark.parametrize(("words", "expected"), WORDS, ids=lambda words: " ".join(words))
def test_the_words_of_each_command(
    words: list[str],
    expected: list[str],
    cache_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("_SNAPTUI_COMPLETE", "fish_complete")
    monkeypatch.setenv("COMP_WORDS", " ".join(["snaptui", *(f'"{word}"' for word in words[:-1])]))
    monkeypatch.setenv("COMP_CWORD", f'"{words[-1]}"' if words[-1] else "")
    assert run([]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    values = [line.removeprefix("plain,").partition("\t")[0] for line in out.splitlines() if line]
    assert values == expected


def test_an_empty_word_offers_each_app_once_and_ids_where_names_are_shared(
    environment: dict[str, str],
) -> None:
    offered = in_bash(environment, "snaptui", "list", "")
    names = [r"Loja\ Bot", "Música", "1003", "1004", quoted_for_bash(AWKWARD, ""), "1006", "api-site", "gone-app"]
    assert sorted(offered) == sorted(set(names) - {"1006"})


def test_bash_gets_one_word_in_the_quotes_that_were_begun(environment: dict[str, str]) -> None:
    assert in_bash(environment, "snaptui", "list", '"Loja B') == ["Loja Bot"]
    assert in_bash(environment, "snaptui", "list", "Loja\\ B") == [r"Loja\ Bot"]
    for begun, ended in (("", ""), ('"', '"'), ("'", "'")):
        (offered,) = in_bash(environment, "snaptui", "list", f"{begun}[b")
        line = f"printf %s {begun}{offered}{ended}"
        said = subprocess.run([shell("bash"), "-c", line], capture_output=True, text=True, check=True, timeout=30)
        assert said.stdout == AWKWARD, line


def test_bash_completes_files_where_files_are_meant(environment: dict[str, str]) -> None:
    assert in_bash(environment, "snaptui", "verify", "x") == ["compopt default"]
    assert in_bash(environment, "snaptui", "download", "-o", "x") == ["compopt default"]
    assert in_bash(environment, "snaptui", "diff", "Loja\\ Bot", "latest", "sr") == ["compopt dirnames"]


def typed_in(terminal: Terminal, line: str) -> str:
    """Type a line, complete it, and have the shell itself say what its words are."""
    terminal.send(line)
    terminal.quiet(0.3)
    since = len(terminal.output)
    terminal.send("\t")
    terminal.until("ot", since=since)  # the rest of the name
    terminal.quiet(0.3)
    since = len(terminal.output)
    terminal.send("\x01printf '<%s>' \x05 END\r")
    terminal.until("<END>", since=since)
    return bytes(terminal.output[since:]).decode(errors="replace")


@pytest.mark.parametrize(
    ("name", "arguments", "setup"),
    [
        ("bash", ["--norc", "--noprofile", "-i"], "source <(snaptui completion bash)"),
        (
            "zsh",
            ["-f", "-i"],
            "bindkey -e; autoload -U compinit; compinit -u -D; source <(snaptui completion zsh)",
        ),
    ],
)
def test_a_name_with_a_space_is_one_word_at_a_real_prompt(
    environment: dict[str, str], name: str, arguments: list[str], setup: str
) -> None:
    env = {**environment, "PS1": "ready> ", "HISTFILE": ""}
    with Terminal([shell(name), *arguments], env=env) as terminal:
        terminal.until("ready> ")
        terminal.send(f"{setup}; echo set''up\r")
        terminal.until("setup")
        terminal.quiet(0.3)
        for begun in ("snaptui list Loj", 'snaptui list "Loj', "snaptui list Loja\\ B"):
            assert "<snaptui><list><Loja Bot><END>" in typed_in(terminal, begun), begun
        since = len(terminal.output)
        terminal.send("snaptui download nobody 99\t")
        terminal.quiet(1.0)
        assert b"rror" not in terminal.output[since:]


def test_fish(environment: dict[str, str]) -> None:
    assert in_fish(environment, "snaptui list Loj") == {"Loja Bot": "1001"}
    assert in_fish(environment, 'snaptui list "Loja B') == {"Loja Bot": "1001"}
    assert AWKWARD in in_fish(environment, "snaptui list ")
    assert list(in_fish(environment, 'snaptui download "Loja Bot" 2026')) == list(VERSIONS)
    assert "--json" in in_fish(environment, "snaptui list --")
    assert set(COMMANDS) <= set(in_fish(environment, "snaptui "))
    assert in_fish(environment, "snaptui list nobody") == {}


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_scripts_are_right_for_their_shell(
    name: str, environment: dict[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["completion", name]) == 0
    script, err = capfd.readouterr()
    assert err == ""
    path = tmp_path / "script"
    path.write_text(script)
    subprocess.run([shell(name), "-n", str(path)], env=environment, check=True, timeout=30)


def _no_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def _junk(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(b"junk")


def _other_form(folder: Path) -> None:
    for path in folder.iterdir():
        with sqlite3.connect(path) as db:
            db.execute("pragma user_version = 99")
        db.close()


def _folder_in_the_way(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
        path.mkdir()


@pytest.mark.parametrize("spoil", [_no_folder, _junk, _other_form, _folder_in_the_way])
def test_a_cache_that_cannot_be_read_offers_nothing_and_is_left_alone(
    spoil: Callable[[Path], None], cache_folder: Path
) -> None:
    spoil(cache_folder)
    before = sorted(cache_folder.glob("*"))
    assert cached_apps(cache_folder) == ()
    assert cached_versions(cache_folder, "1001", "") == ()
    assert sorted(cache_folder.glob("*")) == before


def test_a_setting_that_is_wrong_is_not_told_at_the_prompt(environment: dict[str, str]) -> None:
    assert in_bash({**environment, "SNAPTUI_API_URL": "ftp://x"}, "snaptui", "list", "Lo") == []


def test_every_account_is_offered_the_one_used_last_first(cache_folder: Path) -> None:
    other = ListingCache(cache_folder, "two")
    other.store(CachedListing((Snapshot("9", VERSIONS[0]),), (App("9", "Outra"), App("1001", "Loja nova")), NOW))
    os.utime(other.path, (4e9, 4e9))
    apps = cached_apps(cache_folder)
    assert apps[:2] == (CachedApp("9", "Outra"), CachedApp("1001", "Loja nova"))
    assert CachedApp("1002", "Música") in apps
    assert cached_versions(cache_folder, "1001", "") == VERSIONS


def test_a_hundred_thousand_versions_are_no_hindrance(cache_folder: Path) -> None:
    big = tuple(Snapshot(f"app-{n % 300}", f"2026{n % 10_000:04}-{n % 1_000_000:06}") for n in range(100_000))
    ListingCache(cache_folder, "big").store(CachedListing(big, APPS, NOW))
    times = []
    for _attempt in range(3):
        started = time.process_time()
        assert len(cached_apps(cache_folder)) == len(APPS) + 301
        assert cached_versions(cache_folder, "app-7", "2026")
        times.append(time.process_time() - started)
    assert min(times) < 0.05


def test_completing_loads_little(cache_folder: Path, environment: dict[str, str]) -> None:
    code = """
import sys
from snaptui.cli.run import run
run([])
heavy = {"httpx", "keyring", "textual", "asyncio", "snaptui.session", "snaptui.tokens", "starlette"}
print(sorted(heavy & set(sys.modules)), file=sys.stderr)
"""
    env = {**environment, "_SNAPTUI_COMPLETE": "bash_complete", "COMP_WORDS": "snaptui\nlist\nLo", "COMP_CWORD": "2"}
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, timeout=30)
    assert (ran.stdout, ran.stderr) == ("plain,Loja\\ Bot\n", "[]\n")
