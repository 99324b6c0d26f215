"""What stands in ``config.toml``: every setting, how it is read, and what is wrong with a line."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from snaptui.endpoint import DEFAULT_BASE_URL, validate_base_url
from snaptui.errors import SnaptuiError, UsageError
from snaptui.i18n import LANGUAGES, N_, _, known_language
from snaptui.reasons import reason_of
from snaptui.text import one_line

_NOTIFICATIONS = ("toast", "bell", "osc9", "osc777")


class ConfigProblem(NamedTuple):
    """One thing wrong in the settings; ``line`` counts from 1, None where there is no one line."""

    sentence: str
    line: int | None = None

    def __str__(self) -> str:
        if self.line is None:
            return self.sentence
        return _("config.toml, line {line}: {problem}").format(line=self.line, problem=self.sentence)


class _Wrong(Exception):
    """A value is not what the setting takes; the text says what it takes."""


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Wrong(_("text in quotes"))
    return value


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(_("true or false"))
    return value


def _whole(lowest: int, highest: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise _Wrong(_("a whole number from {lowest} to {highest}").format(lowest=lowest, highest=highest))
        return value

    return read


def _folder(value: object) -> Path:
    text = _text(value)
    # Somebody's home whom this computer does not know stays as it is written, and is no full path then.
    path = Path(os.path.expanduser(text))  # noqa: PTH111 - Path's own raises
    if not path.is_absolute() or "\0" in text:
        raise _Wrong(_("a folder's full path (it may begin with ~)"))
    return path


def _arguments(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(part, str) and part for part in value):
        raise _Wrong(_('a list such as ["pass", "show", "discloud"]'))
    return tuple(value)


def _notifications(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(part in _NOTIFICATIONS for part in value):
        raise _Wrong(_("a list of some of {names}").format(names=", ".join(_NOTIFICATIONS)))
    return tuple(value)


def _a_language(value: object) -> str:
    language = known_language(_text(value))
    if language is None:
        raise _Wrong(_("one of {names}").format(names=", ".join(LANGUAGES)))
    return language


def _address(value: object) -> str:
    try:
        return validate_base_url(_text(value))
    except UsageError:
        raise _Wrong(_("an https:// address")) from None


class Setting(NamedTuple):
    """One key of the file: how its value is read, an example as TOML, and what it is for (marked, untranslated)."""

    name: str
    read: Callable[[object], Any]
    example: str
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("download_dir", _folder, '"~/backups"', N_("Where downloads go, instead of discloud/backups here.")),
    Setting("parallel_downloads", _whole(1, 8), "3", N_("How many downloads run side by side, 1 to 8.")),
    Setting("theme", _text, '"snaptui-dark"', N_("The theme; the one chosen in snaptui last when this is not set.")),
    Setting("language", _a_language, '"pt_BR"', N_("en or pt_BR; the locale decides when this is not set.")),
    Setting("read_only", _switch, "true", N_("Hide and refuse whatever changes the account.")),
    Setting("quiet", _switch, "true", N_("Few redraws, no animation; over SSH that is so when this is not set.")),
    Setting("ascii", _switch, "true", N_("Draw with ASCII only; the locale decides when this is not set.")),
    Setting(
        "notify",
        _notifications,
        '["toast", "bell"]',
        N_("How the end of a download is told: toast, bell, osc9, osc777."),
    ),
    Setting("stale_days", _whole(1, 3650), "7", N_("An app whose newest snapshot is older than these days is stale.")),
    Setting(
        "token_command",
        _arguments,
        '["pass", "show", "discloud"]',
        N_("A program that prints the token, as a list: name and arguments."),
    ),
    Setting("api_url", _address, f'"{DEFAULT_BASE_URL}"', N_("The address of the Discloud API.")),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def read_setting(name: str, value: object) -> object:
    """Return a value as TOML has it the way the setting is kept; raises UsageError saying what it takes."""
    try:
        return _BY_NAME[name].read(value)
    except _Wrong as wrong:
        raise UsageError(_("{name} takes {what}.").format(name=name, what=wrong)) from None


def template() -> str:
    """The commented file that ``snaptui config init`` writes: every setting with what it is for, none of them set."""
    parts = [_("# Settings of snaptui. Take away the # before a line to use it.")]
    parts += [f"# {_(setting.help)}\n# {setting.name} = {setting.example}" for setting in SETTINGS]
    parts.append(
        "\n".join(
            (
                _("# Keys: the id of a command (the ? page shows them) and the keys for it, with commas between."),
                "# [keys]",
                '# download = "d,f5"',
            )
        )
    )
    return "\n\n".join(parts) + "\n"


def init_file(path: Path) -> Path:
    """Write the template; raise UsageError where there is a file already, SnaptuiError where it can't be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError:
        raise UsageError(
            _("There is a settings file already: edit {path}, or move it away first.").format(path=path)
        ) from None
    except OSError as error:
        raise SnaptuiError(
            _("The settings file {path} can't be written ({reason}): see to its folder.").format(
                path=path, reason=reason_of(error)
            )
        ) from None
    return path


class Parsed(NamedTuple):
    """What a file sets: the values of settings and of ``keys``, the line of each, and what is wrong in it."""

    values: Mapping[str, Any] = {}
    keys: Mapping[str, str] = {}
    key_lines: Mapping[str, int] = {}
    lines: Mapping[str, int] = {}
    problems: tuple[ConfigProblem, ...] = ()


def unreadable(error: OSError) -> ConfigProblem:
    """Say that the file is there and can't be read."""
    return ConfigProblem(
        _("config.toml can't be read ({reason}): none of it was used.").format(reason=reason_of(error))
    )


def parse(data: bytes) -> Parsed:
    """Read the file's bytes; what is wrong in them is listed, and the rest applies."""
    import tomllib

    try:
        text = data.decode("utf-8")
        document = tomllib.loads(text)
    except UnicodeDecodeError:
        return Parsed(problems=(ConfigProblem(_("config.toml is not UTF-8 text: none of it was used.")),))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"line (\d+)", str(error))
        problem = _("this is not TOML, so none of the file was used: correct the line.")
        return Parsed(problems=(ConfigProblem(problem, int(place.group(1)) if place else None),))
    return _parsed(document, text)


def _parsed(document: Mapping[str, object], text: str) -> Parsed:
    values: dict[str, Any] = {}
    keys: dict[str, str] = {}
    key_lines: dict[str, int] = {}
    problems: list[ConfigProblem] = []
    lines: dict[str, int] = {}
    for name, value in document.items():
        line = _line_of(text, name)
        if name == "keys":
            if not isinstance(value, dict):
                problems.append(ConfigProblem(_("keys is a table: write [keys] and the keys below it."), line))
                continue
            keys, key_lines, wrong = _keys(value, text)
            problems += wrong
        elif name not in _BY_NAME:
            problems.append(ConfigProblem(_unknown(name), line))
        else:
            try:
                values[name] = _BY_NAME[name].read(value)
                lines |= {name: line} if line is not None else {}
            except _Wrong as wrong_value:
                words = _("{name} takes {what}: correct it.").format(name=name, what=wrong_value)
                problems.append(ConfigProblem(words, line))
    return Parsed(values, keys, key_lines, lines, tuple(problems))


def _keys(table: Mapping[str, object], text: str) -> tuple[dict[str, str], dict[str, int], list[ConfigProblem]]:
    keys: dict[str, str] = {}
    lines: dict[str, int] = {}
    problems: list[ConfigProblem] = []
    for name, value in _flat(table):
        line = _line_of(text, name, table="keys")
        if isinstance(value, str) and value.strip():
            keys[name] = value.strip()
            if line is not None:
                lines[name] = line
        else:
            shown = one_line(name, 60)
            problems.append(
                ConfigProblem(_("the keys of {name} are text in quotes: correct it.").format(name=shown), line)
            )
    return keys, lines, problems


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, object]]:
    """Ids have dots in them, and TOML reads a dotted name without quotes as nested tables: put them together again."""
    pairs: list[tuple[str, object]] = []
    for name, value in table.items():
        pairs += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(f"{prefix}{name}", value)]
    return pairs


def _unknown(name: str) -> str:
    import difflib

    shown = one_line(name, 60)
    near = difflib.get_close_matches(name, [*_BY_NAME, "keys"], n=1)
    if near:
        return _("there is no setting {name}: did you mean {near}?").format(name=shown, near=near[0])
    return _("there is no setting {name}: take it out.").format(name=shown)


def _line_of(text: str, name: str, table: str = "") -> int | None:
    """The line that sets ``name`` in ``table``; TOML libraries do not tell, so it is looked for."""
    wanted = re.compile(rf"""\s*(?:{re.escape(name)}|"{re.escape(name)}"|'{re.escape(name)}')\s*(?:=|\.)""")
    header = re.compile(r"\s*\[+\s*([^\]]*?)\s*\]+")
    here = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if (match := header.match(line)) is not None:
            here = match.group(1).strip("\"'")
            if not table and here.split(".")[0] == name:
                return number
        elif here == table and wanted.match(line):
            return number
    return None
