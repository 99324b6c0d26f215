"""What the program opens from everywhere: help, palette, the list of themes, settings."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from snaptui.i18n import _
from snaptui.tui.themes import DARK
from snaptui.tui.type_ahead import TypeAhead

if TYPE_CHECKING:
    from textual.binding import BindingsMap
    from textual.types import IgnoreReturnCallbackType

    from snaptui.config_file import ConfigProblem
    from snaptui.session import Sessions
    from snaptui.tui.commands import Offer
    from snaptui.tui.screens.main import MainScreen
    from snaptui.tui.surroundings import Surroundings

THEME = "theme"


class Windows(TypeAhead):
    """The part of the program that opens them; each is imported when it is first wanted."""

    sessions: Sessions
    surroundings: Surroundings
    main: MainScreen
    environ: Mapping[str, str] = os.environ
    key_problems: tuple[ConfigProblem, ...] = ()

    def key_of(self, bound_id: str) -> str:
        """The first key of a command as it is shown, the person's own where there is one: for words that name it."""
        own = self._keymap.get(bound_id, "").split(",")[0]
        for bindings in self._bindings_to_name():
            for _key, bound in bindings:
                if bound.id == bound_id:
                    return self.get_key_display(bound.with_key(own) if own else bound)
        return own

    def _bindings_to_name(self) -> Iterator[BindingsMap]:
        """Those of what has the focus and of every screen, the one in front first; at last of all there are."""
        if self.focused is not None:
            yield self.focused._bindings
        for node in (*reversed(self.screen_stack), self.main, self):
            yield node._bindings
        from snaptui.tui.places import PLACES

        for place in PLACES:
            yield place._merge_bindings()

    def action_help(self) -> None:
        """Show the keys that work here."""
        from snaptui.tui.screens.help import HelpScreen, keys_of

        screen = HelpScreen(keys_of(self.screen), self.surroundings.symbols)
        self.push_screen(screen, self._run_soon)

    def action_command_palette(self) -> None:
        """Open the palette."""
        from snaptui.tui.commands import offers

        self._offer(offers(self.screen), _("Type what you want to do"))

    def _offer(self, offered: Sequence[Offer], placeholder: str, *, at: int = 0) -> None:
        from snaptui.tui.screens.palette import PaletteScreen

        if not isinstance(self.screen, PaletteScreen):
            screen = PaletteScreen(offered, self.surroundings.symbols, placeholder, at=at)
            self.push_screen(screen, lambda chosen: self._run_soon(chosen.run if chosen is not None else None))

    def _run_soon(self, run: IgnoreReturnCallbackType | None) -> None:
        """Run what was chosen, once the window it was chosen in is gone."""
        if run is not None:
            self.call_later(run)

    def more_offers(self) -> Iterator[Offer]:
        """What the palette has besides the keys: each setting, and each theme by its name."""
        from snaptui.tui.commands import Offer
        from snaptui.tui.preferences import PREFERENCES

        for preference in PREFERENCES:
            words = _("settings: {name}").format(name=_(preference.label))
            yield Offer(words, "", _(preference.help), partial(self.open_settings, preference.name), preference.name)
        for name in sorted(self.available_themes):
            words = _("theme: {name}").format(name=name)
            yield Offer(words, "", _("Use these colours, now and from now on"), partial(self.use_theme, name))

    def action_change_theme(self) -> None:
        """Choose the theme from a list."""
        from snaptui.tui.commands import Offer

        names = sorted(self.available_themes)
        themes = [
            Offer(name, "", _("Use these colours, now and from now on"), partial(self.use_theme, name))
            for name in names
        ]
        self._offer(themes, _("Type the name of a theme"), at=names.index(self.theme))

    def use_theme(self, name: str) -> None:
        """Use a theme, and tell where it will not last."""
        self.theme = name
        if (lasting := self.sessions.config.theme) not in (None, name):
            words = _("The settings say {theme}, which the next start uses again: change it there ({key}).")
            self.notify(words.format(theme=lasting, key=self.key_of("settings")), markup=False)

    def action_settings(self) -> None:
        """Show the settings."""
        self.open_settings()

    def open_settings(self, at: str = "") -> None:
        """Show the settings, with the cursor on the one named ``at``."""
        from snaptui.tui.preferences import Preferences
        from snaptui.tui.screens.settings import SettingsScreen

        if isinstance(self.screen, SettingsScreen):
            return
        preferences = Preferences(
            self.sessions,
            self.surroundings,
            self.environ,
            theme=lambda: self.theme,
            themes=lambda: sorted(self.available_themes),
            folder=self.main.desk.download_folder,
            problems=self.settings_problems,
            changed=self._setting_changed,
        )
        self.push_screen(SettingsScreen(preferences, self.surroundings.symbols, at))

    def _setting_changed(self, name: str) -> None:
        """Use at once what can be used at once; the rest asks for the setting whenever it needs it."""
        if name == THEME:
            wanted = self.sessions.config.theme or self.sessions.remembered.get(THEME) or DARK.name
            self.theme = wanted if wanted in self.available_themes else DARK.name
        elif name == "download_dir":
            from snaptui.tui.desk import LAST_FOLDER

            self.sessions.remembered.set(LAST_FOLDER, None)
        elif name == "stale_days":
            self.main.show_everything()

    def settings_problems(self) -> tuple[ConfigProblem, ...]:
        """What is wrong in the settings file, as it was last read."""
        from snaptui.tui.settings_check import theme_problems

        config = self.sessions.config
        return (*config.problems, *self.key_problems, *theme_problems(config, self.available_themes))
