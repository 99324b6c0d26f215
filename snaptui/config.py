"""Settings: flags beat the environment, the environment beats ``config.toml``.

A wrong line in the file never stops snaptui: it is reported with its number, and the rest still applies. A wrong
API address in the environment does stop it, for the token would go somewhere else than the person meant.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from snaptui.endpoint import DEFAULT_BASE_URL, validate_base_url
from snaptui.errors import SnaptuiError, UsageError
from snaptui.i18n import LANGUAGES, N_, _, known_language
from snaptui.reasons import reason_of
from snaptui.text import one_line

FILE_NAME = "config.toml"
_LARGEST = 1 << 20
_NOTIFICATIONS = ("toast", "bell", "osc9", "osc777")


class Source(StrEnum):
    """Where a setting's value comes from, unless it is the default."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    FILE = "file"


class ConfigProblem(NamedTuple):
    """One thing wrong in the settings; ``line`` counts from 1, None where there is no one line."""

    sentence: str
    line: int | None = None

    def __str__(self) -> str:
        if self.line is None:
            return self.sentence
        return _("config.toml, line {line}: {problem}").format(line=self.line, problem=self.sentence)


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a person can set, after flags, environment and file were put together.

    ``None`` leaves a thing to what the surroundings suggest (the language to the locale, ``quiet`` to whether
    this is an SSH session). ``keys`` maps a binding's id to keys as Textual writes them; ``key_lines`` has the
    line of each, for whoever checks the ids. ``sources`` says where settings come from that are no defaults, and
    ``lines`` has the line of those that the file sets.
    """

    config_dir: Path
    cache_dir: Path
    data_dir: Path
    api_url: str = DEFAULT_BASE_URL
    download_dir: Path | None = None
    token_command: tuple[str, ...] | None = None
    parallel_downloads: int = 3
    theme: str | None = None
    language: str | None = None
    read_only: bool = False
    quiet: bool | None = None
    ascii: bool | None = None
    notify: tuple[str, ...] = ("toast", "bell")
    stale_days: int = 7
    keys: Mapping[str, str] = field(default_factory=dict)
    key_lines: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    debug: bool = False
    problems: tuple[ConfigProblem, ...] = ()

    @property
    def file(self) -> Path:
        """Where the settings file is, or would be."""
        return self.config_dir / FILE_NAME

    def in_folder(self, folder: Path) -> Config:
        """The same settings with everything that is kept or fetched going below ``folder``, and no token command."""
        return replace(
            self,
            config_dir=folder / "config",
            cache_dir=folder / "cache",
            data_dir=folder / "data",
            download_dir=folder / "backups",
            token_command=None,
        )


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
                '# "snapshot.download" = "d,enter"',
            )
        )
    )
    return "\n\n".join(parts) + "\n"


def load_config(
    environ: Mapping[str, str] | None = None,
    *,
    read_only: bool | None = None,
    language: str | None = None,
    ascii_only: bool | None = None,
) -> Config:
    """Put flags (``None``: not given), environment and file together.

    Raises UsageError for an API address in the environment that snaptui must not talk to, and for folders that can't
    be told.
    """
    environ = os.environ if environ is None else environ
    config = Config(
        config_dir=_own_folder(environ, "SNAPTUI_CONFIG_DIR", "user_config_path"),
        cache_dir=_own_folder(environ, "SNAPTUI_CACHE_DIR", "user_cache_path"),
        data_dir=_own_folder(environ, "SNAPTUI_DATA_DIR", "user_data_path"),
        debug=environ.get("SNAPTUI_DEBUG", "") not in ("", "0"),
    )
    config = _with_file(config)
    if url := environ.get("SNAPTUI_API_URL", ""):
        config = _given(config, Source.ENVIRONMENT, api_url=validate_base_url(url))
    return _given(config, Source.FLAG, read_only=read_only, language=language, ascii=ascii_only)


def reread(config: Config, name: str) -> Config:
    """The same settings with what the file says now of one of them, unless a flag or the environment goes first."""
    file = _with_file(Config(config.config_dir, config.cache_dir, config.data_dir))
    sources = {each: source for each, source in config.sources.items() if each != name}
    values: dict[str, Any] = {"lines": file.lines, "problems": file.problems}
    if config.sources.get(name) in (Source.FLAG, Source.ENVIRONMENT):
        sources[name] = config.sources[name]
    else:
        values[name] = getattr(file, name)
        if name in file.sources:
            sources[name] = Source.FILE
    return replace(config, **values, sources=sources)


def _given(config: Config, source: Source, **values: object) -> Config:
    """Put values over those there are; None is none."""
    given: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    return replace(config, **given, sources={**config.sources, **dict.fromkeys(given, source)})


def init_file(config: Config) -> Path:
    """Write the template; raise UsageError where there is a file already, SnaptuiError where it can't be written."""
    try:
        config.config_dir.mkdir(parents=True, exist_ok=True)
        with config.file.open("x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError:
        raise UsageError(
            _("There is a settings file already: edit {path}, or move it away first.").format(path=config.file)
        ) from None
    except OSError as error:
        raise SnaptuiError(
            _("The settings file {path} can't be written ({reason}): see to its folder.").format(
                path=config.file, reason=reason_of(error)
            )
        ) from None
    return config.file


def _own_folder(environ: Mapping[str, str], variable: str, function: str) -> Path:
    """The folder that the environment names, else the platform's. Raises UsageError where neither can be told."""
    try:
        if name := environ.get(variable, ""):
            return Path(name).expanduser().absolute()
        import platformdirs

        folder: Path = getattr(platformdirs, function)("snaptui", appauthor=False)
    except RuntimeError:  # a home that nobody knows
        raise UsageError(
            _("snaptui can't tell where its folders are: set HOME, or {variable} to a full path.").format(
                variable=variable
            )
        ) from None
    return folder


def _with_file(config: Config) -> Config:
    try:
        with config.file.open("rb") as file:
            text = file.read(_LARGEST).decode("utf-8")
    except FileNotFoundError:
        return config
    except UnicodeDecodeError:
        return replace(config, problems=(ConfigProblem(_("config.toml is not UTF-8 text: none of it was used.")),))
    except OSError as error:
        problem = _("config.toml can't be read ({reason}): none of it was used.").format(reason=reason_of(error))
        return replace(config, problems=(ConfigProblem(problem),))
    import tomllib

    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"line (\d+)", str(error))
        problem = _("this is not TOML, so none of the file was used: correct the line.")
        return replace(config, problems=(ConfigProblem(problem, int(place.group(1)) if place else None),))
    return _apply(config, document, text)


def _apply(config: Config, document: Mapping[str, object], text: str) -> Config:
    values: dict[str, Any] = {}
    problems: list[ConfigProblem] = []
    lines: dict[str, int] = {}
    for name, value in document.items():
        line = _line_of(text, name)
        if name == "keys":
            if not isinstance(value, dict):
                problems.append(ConfigProblem(_("keys is a table: write [keys] and the keys below it."), line))
                continue
            keys, key_lines, wrong = _keys(value, text)
            values |= {"keys": keys, "key_lines": key_lines}
            problems += wrong
        elif name not in _BY_NAME:
            problems.append(ConfigProblem(_unknown(name), line))
        else:
            try:
                values[name] = _BY_NAME[name].read(value)
                lines |= {name: line} if line is not None else {}
            except _Wrong as wrong_value:
                problems.append(
                    ConfigProblem(
                        _("{name} takes {what}: correct it.").format(name=name, what=wrong_value),
                        line,
                    )
                )
    sources = dict.fromkeys(values.keys() & _BY_NAME.keys(), Source.FILE)
    return replace(config, **values, sources=sources, lines=lines, problems=tuple(problems))


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
