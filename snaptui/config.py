"""Settings: flags beat the environment, the environment beats ``config.toml``.

A wrong line in the file never stops snaptui: it is reported with its number, and the rest still applies. A wrong
API address in the environment does stop it, for the token would go somewhere else than the person meant.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snaptui.endpoint import DEFAULT_BASE_URL, validate_base_url
from snaptui.errors import UsageError
from snaptui.i18n import _

if TYPE_CHECKING:
    from snaptui.config_file import ConfigProblem

FILE_NAME = "config.toml"
_LARGEST = 1 << 20


class Source(StrEnum):
    """Where a setting's value comes from, unless it is the default."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    FILE = "file"


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
    """The same with what the file says. Most people have none: then nothing of how it is read is loaded."""
    try:
        with config.file.open("rb") as file:
            data = file.read(_LARGEST)
    except FileNotFoundError:
        return config
    except OSError as error:
        from snaptui.config_file import unreadable

        return replace(config, problems=(unreadable(error),))
    from snaptui.config_file import parse

    parsed = parse(data)
    sources = dict.fromkeys(parsed.values, Source.FILE)
    return replace(
        config,
        **parsed.values,
        keys=parsed.keys,
        key_lines=parsed.key_lines,
        sources=sources,
        lines=parsed.lines,
        problems=parsed.problems,
    )
