"""Settings: flags over environment over file, and what is wrong told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from snaptui.config import load_config
from snaptui.config_file import SETTINGS, template
from snaptui.errors import UsageError
from snaptui.remembered import Remembered


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {f"SNAPTUI_{name}_DIR": str(tmp_path / name.lower()) for name in ("CONFIG", "CACHE", "DATA")}


def write(environ: dict[str, str], text: str) -> None:
    folder = Path(environ["SNAPTUI_CONFIG_DIR"])
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text(text)


def test_nothing_set(environ: dict[str, str]) -> None:
    config = load_config(environ)
    assert (config.api_url, config.problems) == ("https://api.discloud.app/v2", ())
    assert config.data_dir == Path(environ["SNAPTUI_DATA_DIR"])


def test_flags_beat_environment_beats_file(environ: dict[str, str]) -> None:
    write(environ, 'api_url = "https://one.example/v2"\nread_only = true\nlanguage = "pt-br"\n')
    assert load_config(environ).api_url == "https://one.example/v2"
    environ["SNAPTUI_API_URL"] = "https://two.example/v2/"
    config = load_config(environ, read_only=False, language="en")
    assert (config.api_url, config.read_only, config.language) == ("https://two.example/v2", False, "en")
    assert load_config(environ).language == "pt_BR"


@pytest.mark.parametrize("url", ["http://example.com", "ftp://example.com", "example.com", "https://u:p@example.com"])
def test_a_wrong_address_in_the_environment_stops(environ: dict[str, str], url: str) -> None:
    with pytest.raises(UsageError):
        load_config({**environ, "SNAPTUI_API_URL": url})


def test_wrong_lines_are_told_and_the_rest_applies(environ: dict[str, str]) -> None:
    write(
        environ,
        'stale_days = 30\nparalel_downloads = 2\nquiet = "yes"\napi_url = "http://example.com"\n'
        '[keys]\n"snapshot.download" = "d,enter"\nhelp.show = "f1"\nquit = 3\n',
    )
    config = load_config(environ)
    assert (config.stale_days, config.quiet, config.parallel_downloads) == (30, None, 3)
    assert [problem.line for problem in config.problems] == [2, 3, 4, 8]
    assert "parallel_downloads" in config.problems[0].sentence
    assert "line 2" in str(config.problems[0])
    assert config.keys == {"snapshot.download": "d,enter", "help.show": "f1"}
    assert config.key_lines["snapshot.download"] == 6


@pytest.mark.parametrize("text", ["a = ", "[[[", "\0", "a" * 5_000, "x = " + "[" * 3_000])
def test_a_file_that_is_no_toml_stops_nothing(environ: dict[str, str], text: str) -> None:
    write(environ, text)
    assert len(load_config(environ).problems) == 1


@pytest.mark.parametrize("folder", ["backups", "~nobody-here/backups", "/a\\u0000b", ""])
def test_a_folder_that_can_be_none_is_told_and_stops_nothing(environ: dict[str, str], folder: str) -> None:
    write(environ, f'download_dir = "{folder}"\nstale_days = 30\n')
    config = load_config(environ)
    assert [problem.line for problem in config.problems] == [1]
    assert (config.download_dir, config.stale_days) == (None, 30)


@pytest.mark.parametrize("name", ["CONFIG", "CACHE", "DATA"])
def test_a_home_of_nobody_in_the_environment_stops(environ: dict[str, str], name: str) -> None:
    with pytest.raises(UsageError, match=f"SNAPTUI_{name}_DIR"):
        load_config({**environ, f"SNAPTUI_{name}_DIR": "~nobody-here/x"})


def test_the_template_is_right_when_everything_in_it_is_used(environ: dict[str, str]) -> None:
    write(environ, template())
    assert load_config(environ).problems == ()
    used = [
        line.removeprefix("# ") if " = " in line or line == "# [keys]" else line for line in template().splitlines()
    ]
    write(environ, "\n".join(used))
    config = load_config(environ)
    assert config.problems == ()
    assert config.keys
    assert all(setting.name in template() for setting in SETTINGS)


def test_what_is_remembered_survives_anything(tmp_path: Path) -> None:
    path = tmp_path / "data" / "remembered"
    Remembered(path).set("theme", "nord")
    other = Remembered(path)
    other.set("folder", "/x")
    assert Remembered(path).get("theme") == "nord"
    other.set("theme", None)
    assert Remembered(path).get("theme") is None
    other.set("folder", "/x = y\n/\\n/ação/\udcff")
    assert Remembered(path).get("folder") == "/x = y\n/\\n/ação/\udcff"
    for junk in (b"", b"theme", b"theme = \\x", b"theme = \xff", b"theme = \xc3\xa7", b"\0" * 9_000):
        path.write_bytes(junk)
        assert Remembered(path).get("theme") is None
    Remembered(Path("/proc/no/such")).set("theme", "nord")
