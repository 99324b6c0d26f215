"""What is wrong in the settings that only the screens can tell: keys and the theme."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from snaptui.config import Config
from snaptui.config_file import ConfigProblem
from snaptui.i18n import _
from snaptui.text import one_line
from snaptui.tui.keymap import Keymap, read_keymap


def keymap_of(config: Config) -> Keymap:
    """The person's own keys, checked in every place there is."""
    from snaptui.tui.app import SnaptuiApp
    from snaptui.tui.places import chains

    return read_keymap(config, chains(SnaptuiApp))


def theme_problems(config: Config, known: Iterable[str]) -> tuple[ConfigProblem, ...]:
    """What is said of a theme that there is not; nothing where there is."""
    name, known = config.theme, sorted(known)
    if name is None or name in known:
        return ()
    shown, line = one_line(name, 40), config.lines.get("theme")
    if near := difflib.get_close_matches(name, known, n=1):
        return (
            ConfigProblem(_("there is no theme {name}: did you mean {near}?").format(name=shown, near=near[0]), line),
        )
    return (ConfigProblem(_("there is no theme {name}: choose one in the settings.").format(name=shown), line),)


def all_problems(config: Config) -> tuple[ConfigProblem, ...]:
    """Everything that is wrong in the settings file, by line, without running the screens."""
    from textual.theme import BUILTIN_THEMES

    from snaptui.tui.themes import THEMES

    themes = theme_problems(config, (*BUILTIN_THEMES, *(theme.name for theme in THEMES)))
    return tuple(sorted((*config.problems, *keymap_of(config).problems, *themes), key=lambda each: each.line or 0))
