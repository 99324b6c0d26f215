"""Changing one setting of the file: nothing else in it moves, and what can't be changed is told and left alone."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snaptui import settings_file
from snaptui.config import Source, load_config, reread
from snaptui.config_file import read_setting, template
from snaptui.errors import SnaptuiError, UsageError
from snaptui.settings_file import Toml, change_setting, changed_text

MINE = """\
# My settings.
stale_days = 30   # a month

# Why: the line is slow.
quiet = true
notify = [
    "toast",  # on screen
    "bell",
]

[keys]
"download" = "f5"  # mine
"""


def names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


VALUES: list[tuple[str, Toml]] = [
    ("stale_days", 3),
    ("quiet", False),
    ("notify", ["bell"]),
    ("notify", []),
    ("download_dir", '~/back "ups"\\'),
    ("language", "pt_BR"),
    ("parallel_downloads", 8),
]


@pytest.mark.parametrize(("name", "value"), VALUES)
def test_a_value_is_set_and_every_other_line_stays(name: str, value: Toml) -> None:
    changed = changed_text(MINE, name, value)
    assert tomllib.loads(changed) == tomllib.loads(MINE) | {name: value}
    kept = [line for line in MINE.splitlines() if "#" in line and name not in line and "on screen" not in line]
    assert [line for line in changed.splitlines() if line in kept] == kept
    assert changed_text(changed, name, value) == changed
    if name == "stale_days":
        assert "stale_days = 3   # a month" in changed


@pytest.mark.parametrize("name", ["stale_days", "quiet", "notify"])
def test_a_value_is_taken_out(name: str) -> None:
    changed = changed_text(MINE, name, None)
    expected = tomllib.loads(MINE)
    del expected[name]
    assert tomllib.loads(changed) == expected
    assert "# My settings." in changed
    assert '"download" = "f5"  # mine' in changed
    assert changed_text(changed, name, None) == changed


@pytest.mark.parametrize(("name", "value"), VALUES)
def test_the_template_gets_its_lines_used_and_unused_again(name: str, value: Toml) -> None:
    changed = changed_text(template(), name, value)
    assert tomllib.loads(changed) == {name: value}
    assert len(changed.splitlines()) == len(template().splitlines())
    again = changed_text(changed, name, None)
    assert tomllib.loads(again) == {}
    assert len(again.splitlines()) == len(template().splitlines())


@given(st.dictionaries(st.sampled_from(["stale_days", "parallel_downloads"]), st.integers(1, 8)), st.text(max_size=30))
def test_any_words_survive_as_a_value(others: dict[str, int], text: str) -> None:
    before = "".join(f"{name} = {value} # {name}\n" for name, value in others.items())
    assert tomllib.loads(changed_text(before, "theme", text)) == {**others, "theme": text}


@pytest.mark.parametrize("text", ["quiet = ", "[[[", "a = 1\na = 2\n"])
def test_what_is_no_toml_is_told_and_never_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(SnaptuiError, match="correct it first"):
        change_setting(path, "quiet", True)
    assert path.read_text() == text
    assert names(tmp_path) == ["config.toml"]


def test_a_file_that_is_no_text_is_told_and_never_written(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SnaptuiError, match="correct it first"):
        change_setting(path, "quiet", True)
    assert path.read_bytes() == b"\xff\xfe"


def test_mode_and_link_are_kept(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "snaptui.toml"
    real.parent.mkdir()
    real.write_text("quiet = true\n")
    real.chmod(0o640)
    link = tmp_path / "config" / "config.toml"
    link.parent.mkdir()
    link.symlink_to(real)
    change_setting(link, "quiet", False)
    assert link.is_symlink()
    assert real.read_text() == "quiet = false\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert names(real.parent) == ["snaptui.toml"]


def test_a_missing_file_begins_as_the_template(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    change_setting(path, "stale_days", 3)
    assert tomllib.loads(path.read_text()) == {"stale_days": 3}
    assert path.read_text().replace("\nstale_days = 3", "\n# stale_days = 7") == template()


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file")
    with pytest.raises(SnaptuiError, match="can't be written"):
        change_setting(tmp_path / "config" / "config.toml", "quiet", True)


def test_a_link_to_itself_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.symlink_to(path)
    with pytest.raises(SnaptuiError, match="too many symbolic links"):
        change_setting(path, "quiet", True)
    assert path.is_symlink()
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_changed_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    path.write_text("quiet = true\n")
    through = settings_file.changed_text

    def meanwhile(text: str, name: str, value: Toml | None) -> str:
        path.write_text("quiet = true\nstale_days = 9\n")
        return through(text, name, value)

    monkeypatch.setattr(settings_file, "changed_text", meanwhile)
    with pytest.raises(SnaptuiError, match="once more"):
        change_setting(path, "quiet", False)
    assert "stale_days = 9" in path.read_text()
    assert names(tmp_path) == ["config.toml"]


def test_where_settings_come_from(tmp_path: Path) -> None:
    environ = {f"SNAPTUI_{name}_DIR": str(tmp_path / name.lower()) for name in ("CONFIG", "CACHE", "DATA")}
    path = tmp_path / "config" / "config.toml"
    change_setting(path, "language", "pt_BR")
    change_setting(path, "stale_days", 3)
    config = load_config({**environ, "SNAPTUI_API_URL": "https://one.example"}, language="en", read_only=True)
    assert dict(config.sources) == {
        "language": Source.FLAG,
        "read_only": Source.FLAG,
        "api_url": Source.ENVIRONMENT,
        "stale_days": Source.FILE,
    }
    assert path.read_text().splitlines()[config.lines["stale_days"] - 1] == "stale_days = 3"
    change_setting(path, "stale_days", 5)
    change_setting(path, "quiet", True)
    again = reread(config, "stale_days")
    assert (again.stale_days, again.quiet, again.api_url) == (5, None, "https://one.example")
    assert (reread(again, "language").language, reread(again, "quiet").quiet) == ("en", True)
    change_setting(path, "stale_days", None)
    last = reread(again, "stale_days")
    assert (last.stale_days, "stale_days" in last.sources) == (7, False)


def test_values_are_read_as_those_of_the_file() -> None:
    assert read_setting("download_dir", "~/x") == Path("~/x").expanduser()
    assert read_setting("notify", ["bell"]) == ("bell",)
    for name, value in (("stale_days", 0), ("download_dir", "x"), ("notify", ["horn"]), ("language", "xx")):
        with pytest.raises(UsageError, match=f"{name} takes"):
            read_setting(name, value)
