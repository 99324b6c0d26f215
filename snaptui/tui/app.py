"""The program on the screen: themes, keys that work everywhere, how it ends, how it fails."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType

from snaptui.i18n import N_, _
from snaptui.session import Sessions
from snaptui.tui.bindings import binding, tooltip_of
from snaptui.tui.clipboard import copy_sequence
from snaptui.tui.commands import SnaptuiCommands
from snaptui.tui.notifications import notification_sequences
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.main import MainScreen
from snaptui.tui.surroundings import Surroundings, look_around
from snaptui.tui.themes import DARK, THEMES

_THEME = "theme"


class SnaptuiApp(App[int]):
    """snaptui on the screen. ``surroundings`` says what the terminal can do and what time it is there."""

    CSS_PATH = "app.tcss"
    TITLE = "snaptui"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {SnaptuiCommands}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-middle"), (110, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        binding("question_mark", "help", N_("help"), id="help", tooltip=N_("Show the keys that work here")),
        binding(
            "colon", "command_palette", N_("commands"), id="palette", tooltip=N_("Run any action by its name"),
        ),
        binding("q", "quit", N_("quit"), id="quit", tooltip=N_("Leave snaptui")),
    ]  # fmt: skip

    def __init__(
        self,
        sessions: Sessions,
        *,
        environ: Mapping[str, str] = os.environ,
        surroundings: Surroundings | None = None,
    ) -> None:
        super().__init__()
        self.sessions = sessions
        self._environ = environ
        self.surroundings = surroundings or look_around(sessions.config, environ)
        if self.surroundings.quiet:
            self.animation_level = "none"

    def on_mount(self) -> None:
        """Choose the theme and show the main screen."""
        for theme in THEMES:
            self.register_theme(theme)
        wanted = self.sessions.config.theme or self.sessions.remembered.get(_THEME) or DARK.name
        self.theme = wanted if wanted in self.available_themes else DARK.name
        self.theme_changed_signal.subscribe(self, lambda theme: self.sessions.remembered.set(_THEME, theme.name))
        if self.sessions.config.keys:
            self.set_keymap(dict(self.sessions.config.keys))
        self.push_screen(MainScreen(self))
        for problem in self.sessions.config.problems:
            self.notify(str(problem), severity="warning", markup=False, timeout=15)

    @property
    def main(self) -> MainScreen | None:
        """The main screen, once it is there."""
        return next((screen for screen in self.screen_stack if isinstance(screen, MainScreen)), None)

    def announce(self, words: str, *, failed: bool = False) -> None:
        """Tell that something ended, in the ways that the settings name."""
        ways = self.sessions.config.notify
        if "toast" in ways:
            self.notify(words, severity="error" if failed else "information", markup=False)
        self._send(notification_sequences(words, ways, self._environ))

    def _send(self, sequence: str) -> None:
        """Write an escape sequence to the terminal, by the same way Textual copies."""
        if sequence and self._driver is not None:
            self._driver.write(sequence)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy by OSC 52, through tmux and screen, and show what was copied."""
        self._clipboard = text
        self._send(copy_sequence(text, self._environ))
        self.notify(_("Copied: {text}").format(text=text), markup=False)

    # Keys

    def action_help(self) -> None:
        """Show the keys that work here."""
        from snaptui.tui.screens.help import HelpScreen

        keys = [
            (self.get_key_display(active.binding), tooltip_of(active.binding), active.binding.id or "")
            for active in self.screen.active_bindings.values()
            if active.enabled and active.binding.id
        ]
        self.push_screen(HelpScreen(keys))

    async def action_quit(self) -> None:
        """Leave, after asking where a download would be stopped."""
        main = self.main
        queue = main.desk.queue if main is not None else None
        if queue is not None and queue.busy:
            self.push_screen(
                AskScreen(
                    _("Downloads are under way"),
                    (_("They stop now; the next start offers to go on where they were."),),
                    (Answer("stay", "s", _("Stay")), Answer("quit", "q", _("Stop them and quit"))),
                ),
                self._leave_if_asked,
            )
            return
        await self._leave()

    async def _leave_if_asked(self, answer: str | None) -> None:
        if answer == "quit":
            await self._leave()

    async def _leave(self) -> None:
        if self.main is not None:
            await self.main.desk.aclose()
        self.exit(0)

    # Failing

    @property
    def fault(self) -> BaseException | None:
        """The fault of our own that ended the program, for whoever started it to report."""
        return self._exception

    def _fatal_error(self) -> None:
        """End without Textual's own report, which would print every local variable, a token among them."""
        self.bell()
        self._close_messages_no_wait()
