"""What is wrong around a command becomes a sentence or a code, never a fault of its own: folders, pipes, the output."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from snaptui.cli import run as cli_run
from snaptui.cli.run import run
from tests.cli.conftest import Run

LONG = "a" * 300
FAULT = "fault of its own"


@pytest.mark.parametrize(
    "arguments",
    [
        ("download", "Música", "-o", LONG),
        ("diff", "Música", "latest", LONG),
        ("verify", LONG),
        ("files", "--archive", LONG),
        ("restore", "Música", "latest", "--to", LONG, "--yes"),
        ("undo", LONG),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_name_no_disk_takes_is_told_with_its_reason(snaptui: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = snaptui(*arguments)
    assert (code, out) == (1, "")
    assert LONG[:200] in err
    assert FAULT not in err


def test_a_home_of_nobody_is_a_name_like_any_other(snaptui: Run, tmp_path: Path) -> None:
    code, _out, err = snaptui("download", "Música", "-o", "~nobody-here/x.zip")
    assert (code, err) == (0, "")
    assert (tmp_path / "~nobody-here" / "x.zip").stat().st_size


@pytest.mark.parametrize("variable", ["SNAPTUI_CONFIG_DIR", "SNAPTUI_CACHE_DIR", "SNAPTUI_DATA_DIR"])
def test_folders_that_cannot_be_told_are_asked_for(
    snaptui: Run, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "~nobody-here/x")
    code, out, err = snaptui("list")
    assert (code, out) == (2, "")
    assert variable in err


@pytest.mark.parametrize("variable", ["SNAPTUI_CONFIG_DIR", "SNAPTUI_CACHE_DIR", "SNAPTUI_DATA_DIR"])
@pytest.mark.parametrize("arguments", [("list", "Música"), ("verify", "got.zip"), ("doctor",), ("config", "check")])
def test_folders_that_cannot_be_looked_into_stop_nothing_but_what_needs_them(
    snaptui: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, arguments: tuple[str, ...]
) -> None:
    assert snaptui("download", "Música", "-o", "got.zip")[0] == 0
    monkeypatch.setenv(variable, str(tmp_path / LONG / "snaptui"))
    code, out, err = snaptui(*arguments)
    assert FAULT not in out + err
    assert code == 0 or "name is too long" in out, (out, err)


def test_the_folder_that_was_removed_under_ones_feet(
    snaptui: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for arguments in (
        ("download", "Música"),
        ("verify", "x.zip"),
        ("restore", "Música", "latest", "--to", "x", "--yes"),
    ):
        code, out, err = snaptui(*arguments)
        assert (code, out, err) == (1, "", "The folder you are in is gone: go to another one and try again.\n")


def test_a_pipe_and_a_device_are_no_archives_and_are_not_read(snaptui: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    code, out, err = snaptui("verify", "pipe", "/dev/zero")
    assert (code, out) == (1, "")
    assert err.count("can't be read as a file") == 2


class _Gone(io.StringIO):
    """A stream whose reader is gone, and which holds nothing back."""

    encoding = "utf-8"

    def write(self, _text: str) -> int:
        raise BrokenPipeError

    def flush(self) -> None:
        """Nothing was held back."""


@pytest.mark.parametrize("arguments", [("verify", "--nosuch"), ("verify", "--nosuch", "--json")])
def test_where_nobody_reads_the_error_its_code_is_still_told(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr("sys.stdout", _Gone())
    monkeypatch.setattr("sys.stderr", _Gone())
    assert run(arguments) == 2


def test_a_member_goes_nowhere_where_standard_output_is_closed(
    snaptui: Run, document: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = document("files", "Loja Bot", "latest")["members"][-1]["path"]
    monkeypatch.setattr("sys.stdout", None)
    assert snaptui("cat", "Loja Bot", "latest", name) == (0, "", "")


def test_only_a_refusal_of_the_system_is_told_as_one() -> None:
    refused = PermissionError(13, "Permission denied", "/etc/x")
    assert cli_run._of_the_system(refused) == "/etc/x can't be used (permission denied): see to it, or choose another."
    assert cli_run._of_the_system(OSError(22, "Invalid argument", "/etc/x")) is None
    assert cli_run._of_the_system(ConnectionResetError(104, "reset")) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ("--lang", "x\x1b[1m", "list"),
        ("list", "x\x1b[1m"),
        ("download", "x\x1b[1m", "\x9b1m"),
        ("files", "--archive", "x\x1b[1m"),
        ("restore", "Loja Bot", "latest", "--to", "x\x1b]0;\x07", "--dry-run"),
        ("diff", "Loja Bot", "latest", "x\x1b[1m"),
    ],
)
def test_words_do_not_control_the_terminal_that_they_are_told_on(snaptui: Run, arguments: tuple[str, ...]) -> None:
    _code, out, err = snaptui(*arguments)
    assert (out + err).replace("\n", "").isprintable()
    assert "\ufffd" in out + err


def test_settings_do_not_control_the_terminal_they_are_told_on(
    snaptui: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SNAPTUI_CONFIG_DIR", str(tmp_path / "x\x1b[1m"))
    (tmp_path / "x\x1b[1m").write_text("in the way")
    _code, _out, err = snaptui("config", "init")
    assert err.removesuffix("\n").isprintable()
