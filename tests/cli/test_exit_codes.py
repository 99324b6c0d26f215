"""Every exit code of the interface, each brought about for real; the same sentence with and without ``--json``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from snaptui.demo.controls import Controls
from snaptui.demo.run import DemoServer
from tests.cli.conftest import Run

Prepare = Callable[[Controls, Path], object]


def nothing(_controls: Controls, _folder: Path) -> None:
    """All is well."""


def revoked(controls: Controls, _folder: Path) -> None:
    """The token is not taken any more."""
    controls.revoke_token()


def spent(controls: Controls, _folder: Path) -> None:
    """The budget is used up, and for longer than anybody waits."""
    controls.leave(0, seconds=3_000)


def failing(controls: Controls, _folder: Path) -> None:
    """The server answers what no new try mends."""
    controls.answer_html("/", times=99)


def not_an_archive(controls: Controls, _folder: Path) -> None:
    """The archives' host sends a web page."""
    controls.answer_html("/archives", times=99)


def in_the_way(_controls: Controls, folder: Path) -> None:
    """A file has the name."""
    (folder / "taken.zip").write_text("notes")
    (folder / "there").mkdir()
    (folder / "there" / "package.json").write_text("mine")


@pytest.mark.parametrize(
    ("code", "prepare", "words"),
    [
        (0, nothing, ["list", "api-site"]),
        (1, in_the_way, ["download", "api-site", "-o", "taken.zip"]),
        (2, nothing, ["list", "--sideways"]),
        (2, nothing, ["download", "api-site", "not-a-version"]),
        (2, nothing, ["download", "Registros", "2026"]),
        (3, revoked, ["list"]),
        (4, nothing, ["download", "nobody"]),
        (4, nothing, ["download", "api-site", "latest~99"]),
        (4, nothing, ["verify", "nowhere.zip"]),
        (5, nothing, ["create", "Moderador"]),
        (6, spent, ["list"]),
        (7, failing, ["list"]),
        (8, not_an_archive, ["download", "api-site"]),
        (9, in_the_way, ["restore", "api-site", "latest", "--to", "there", "--yes"]),
    ],
)
def test_exit_code(
    snaptui: Run, server: DemoServer, tmp_path: Path, code: int, prepare: Prepare, words: list[str]
) -> None:
    prepare(server.controls, tmp_path)
    found, out, err = snaptui(*words)
    assert found == code, err
    assert "Traceback" not in out + err
    assert "signature" not in out + err
    assert "http" not in err
    if code and words[0] not in ("create", "restore"):
        assert len(err.splitlines()) == 1, err
        assert err.rstrip().endswith("."), err


@pytest.mark.parametrize(
    ("code", "prepare", "words"),
    [(2, nothing, ["list", "a", "b"]), (3, revoked, ["whoami"]), (6, spent, ["apps"]), (7, failing, ["list"])],
)
def test_an_error_under_json_is_one_document(
    document: Callable[..., dict[str, dict[str, object]]],
    server: DemoServer,
    tmp_path: Path,
    code: int,
    prepare: Prepare,
    words: list[str],
) -> None:
    prepare(server.controls, tmp_path)
    told = document(*words, code=code)
    assert set(told) == {"error"}
    assert told["error"]["code"] == code
    assert str(told["error"]["message"]).endswith(".")


def test_a_name_that_several_apps_share_lists_their_ids(snaptui: Run, server: DemoServer) -> None:
    apps = server.world.apps
    apps["api-site"].name = apps["1732400000002"].name
    code, _out, err = snaptui("list", apps["api-site"].name)
    assert code == 2
    assert "api-site" in err
    assert "1732400000002" in err


def test_output_folders_and_names(snaptui: Run, tmp_path: Path) -> None:
    """A folder that is there, one written with a slash, one without a suffix, a name; an equal file is left alone."""
    (tmp_path / "there.d").mkdir()
    for output, expected in (
        ("there.d", "there.d/api-site-"),
        ("made/", "made/api-site-"),
        ("named", "named/api-site-"),
        ("my.backup", "my.backup"),
        ("deep/er/mine.zip", "deep/er/mine.zip"),
    ):
        code, out, err = snaptui("download", "api-site", "-o", output)
        assert code == 0, err
        path = Path(out.split(" is ")[0])
        assert str(path).removeprefix(f"{tmp_path}/").startswith(expected)
        assert path.is_file()
        before = path.stat()
        code, out, _err = snaptui("download", "api-site", "-o", output)
        assert code == 0
        assert "there already" in out
        assert path.stat().st_ino == before.st_ino
