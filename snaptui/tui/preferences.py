"""The common settings as the settings screen shows them: what each is now, why, and changing it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from snaptui import formatting, i18n
from snaptui.config import Config, Source, reread
from snaptui.config_file import ConfigProblem, read_setting
from snaptui.i18n import N_, _
from snaptui.session import Sessions
from snaptui.settings_file import Toml, change_setting
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.detail import short_path

LANGUAGE_NAMES = {"en": "English", "pt_BR": "Português (Brasil)"}


@dataclass(frozen=True, slots=True)
class Preference:
    """One setting: its name in config.toml, its words, and what it is for (marked, untranslated).

    ``choices`` are its values as TOML has them, empty where it is typed; ``at_once`` says that a change needs no
    new start, ``fixed`` that it is only shown.
    """

    name: str
    label: str
    help: str
    choices: Sequence[Toml] = ()
    at_once: bool = False
    fixed: bool = False


PREFERENCES: tuple[Preference, ...] = (
    Preference("language", N_("Language"), N_("The language that snaptui speaks."), tuple(LANGUAGE_NAMES)),
    Preference("theme", N_("Theme"), N_("The colours. Without it, those chosen last."), at_once=True),
    Preference(
        "download_dir",
        N_("Download folder"),
        N_("Where downloads go, until another folder is chosen for one. A full path, which may begin with ~."),
        at_once=True,
    ),
    Preference(
        "parallel_downloads", N_("Downloads at a time"), N_("How many downloads run side by side."), tuple(range(1, 9))
    ),
    Preference(
        "quiet",
        N_("Quiet line"),
        N_("Few redraws and no animation. Without it, so over SSH only."),
        (True, False),
    ),
    Preference(
        "ascii", N_("Plain ASCII"), N_("Draw with ASCII only. Without it, as the terminal suggests."), (True, False)
    ),
    Preference(
        "notify",
        N_("Tell the end by"),
        N_("How the end of a download is told: some of toast, bell, osc9, osc777; none for not at all."),
        at_once=True,
    ),
    Preference(
        "stale_days",
        N_("Stale after days"),
        N_("An app whose newest snapshot is older than so many days is stale."),
        at_once=True,
    ),
    Preference(
        "read_only",
        N_("Read only"),
        N_("Hides what changes the account. Set by --read-only, or read_only in config.toml."),
        fixed=True,
    ),
)
BY_NAME = {preference.name: preference for preference in PREFERENCES}


@dataclass(slots=True)
class Preferences:
    """The settings in use. ``theme``, ``folder`` and ``themes`` say what is so where no setting decides it.

    ``problems`` are what is wrong in the file; ``changed`` hears the name of a setting to be used at once.
    """

    sessions: Sessions
    surroundings: Surroundings
    environ: Mapping[str, str]
    theme: Callable[[], str]
    themes: Callable[[], Sequence[str]]
    folder: Callable[[], Path]
    problems: Callable[[], Sequence[ConfigProblem]]
    changed: Callable[[str], None]
    _later: set[str] = field(default_factory=set)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def config(self) -> Config:
        """The settings as they are now."""
        return self.sessions.config

    def choices(self, name: str) -> Sequence[Toml]:
        """The values that can be chosen; none where the value is typed."""
        return self.themes() if name == "theme" else BY_NAME[name].choices

    def value(self, name: str) -> object:
        """What is so now, or will be from the next start."""
        value = getattr(self.config, name)
        if value is not None:
            return value
        return {
            "language": i18n.language(),
            "theme": self.theme(),
            "download_dir": self.folder(),
            "quiet": self.surroundings.quiet,
            "ascii": self.surroundings.symbols.ascii_only,
        }.get(name)

    def shown(self, name: str) -> str:
        """Its value in words."""
        return words_of(self.value(name))

    def typed(self, name: str) -> str:
        """Its value as a person would type it."""
        value = self.value(name)
        return (
            " ".join(value)
            if isinstance(value, tuple)
            else short_path(value)
            if isinstance(value, Path)
            else str(value)
        )

    def source(self, name: str) -> str:
        """Where the value comes from, and since when it counts."""
        words = self._source(name)
        return _("{source}; next start").format(source=words) if name in self._later else words

    def _source(self, name: str) -> str:
        config = self.config
        match config.sources.get(name):
            case Source.FLAG:
                return _("a flag, this time")
            case Source.ENVIRONMENT:
                return _("the environment")
            case Source.FILE:
                line = config.lines.get(name)
                return "config.toml" if line is None else _("config.toml, line {line}").format(line=line)
        if name == "language":
            return _("the locale") if any(self.environ.get(each) for each in ("LC_ALL", "LC_MESSAGES", "LANG")) else ""
        if name == "quiet" and self.surroundings.quiet:
            return _("this is SSH")
        if name == "ascii" and self.surroundings.symbols.ascii_only:
            return _("the terminal")
        return {"theme": _("chosen last"), "download_dir": _("used last, or the default")}.get(name, _("default"))

    def step(self, name: str, steps: int) -> Toml | None:
        """The choice so many steps further, around at the ends; None where the value is typed."""
        choices = self.choices(name)
        if not choices:
            return None
        value = self.value(name)
        place = choices.index(value) if value in choices else -1
        return choices[(place + steps) % len(choices)]

    def parsed(self, name: str, typed: str) -> Toml:
        """What was typed as TOML has it. Raises UsageError saying what the setting takes."""
        text = typed.strip()
        value: Toml = text
        if name == "notify":
            value = [] if text.casefold() in ("none", no_way()) else text.replace(",", " ").split()
        elif name in ("stale_days", "parallel_downloads"):
            value = int(text) if text.isdecimal() else text
        read_setting(name, value)
        return value

    async def change(self, name: str, value: Toml | None) -> str:
        """Write a value to config.toml, or take it out; return a sentence on what that means. Raises SnaptuiError."""
        async with self._turn:
            await asyncio.to_thread(change_setting, self.config.file, name, value)
            before = self.value(name)
            self.sessions.config = reread(self.config, name)
        preference = BY_NAME[name]
        match self.config.sources.get(name):
            case Source.FLAG:
                return _("Written, but this time the flag goes first.")
            case Source.ENVIRONMENT:
                return _("Written, but the environment goes first.")
        if preference.at_once:
            self.changed(name)
            return ""
        if self.value(name) != before:
            self._later.add(name)
        return _("That counts from the next start.")


def words_of(value: object) -> str:
    """A value in words."""
    match value:
        case bool():
            return _("yes") if value else _("no")
        case int():
            return formatting.number(value)
        case Path():
            return short_path(value)
        case tuple() | list():
            return ", ".join(value) or no_way()
    text = str(value)
    return LANGUAGE_NAMES.get(text, text)


def no_way() -> str:
    """The word for telling something in no way at all."""
    return _("none")
