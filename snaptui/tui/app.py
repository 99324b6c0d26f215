"""The program on the screen: themes, keys that work everywhere, how it ends, how it fails."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import constants, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.theme import Theme
from textual.worker import NoActiveWorker, WorkerError, get_current_worker

from snaptui import formatting
from snaptui.i18n import N_, _, ngettext
from snaptui.text import one_line
from snaptui.tui.app_windows import THEME, Windows
from snaptui.tui.bindings import binding
from snaptui.tui.screens.main import MainScreen
from snaptui.tui.screens.place import Place
from snaptui.tui.surroundings import Surroundings, look_around
from snaptui.tui.themes import DARK, THEMES

if TYPE_CHECKING:
    from snaptui.session import Sessions

_PROBLEMS_SHOWN = 3
# A worker that does not end when told to must not keep a person from leaving.
_LONGEST_GOODBYE = 3.0


class SnaptuiApp(Windows, inherit_bindings=False):
    """snaptui on the screen. ``surroundings`` says what the terminal can do and what time it is there."""

    CSS_PATH = "app.tcss"
    TITLE = "snaptui"
    ENABLE_COMMAND_PALETTE = False  # Textual's own: its words are English, and it blinks.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-middle"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]
    BINDINGS: ClassVar[list[BindingType]] = [
        binding("question_mark,f1", "help", N_("help"), id="help", tooltip=N_("Show the keys that work here")),
        binding(
            "colon,ctrl+p", "command_palette", N_("commands"), id="commands", tooltip=N_("Run any action by its name"),
        ),
        binding("q", "quit", N_("quit"), id="quit", tooltip=N_("Leave snaptui")),
        binding(
            "ctrl+q", "quit", N_("quit"), id="quit-anywhere", show=False, priority=True, system=True,
            tooltip=N_("Leave snaptui, from anywhere"),
        ),
        binding(
            "ctrl+c", "tell_quit", N_("how to quit"), id="quit-hint", show=False, system=True,
            tooltip=N_("Say which key leaves snaptui"),
        ),
        binding("T", "change_theme", N_("theme"), id="theme", show=False, tooltip=N_("Choose the colours")),
        binding(
            "comma", "settings", N_("settings"), id="settings", show=False, tooltip=N_("Show and change the settings"),
        ),
        binding(
            "ctrl+z", "suspend_process", N_("suspend"), id="suspend", show=False,
            tooltip=N_("Go back to the shell; fg returns"),
        ),
    ]  # fmt: skip

    def __init__(
        self,
        sessions: Sessions,
        *,
        environ: Mapping[str, str] = os.environ,
        surroundings: Surroundings | None = None,
        on_first_frame: Callable[[], None] = lambda: None,
    ) -> None:
        _leave_keys_unlogged()
        super().__init__()
        self.sessions = sessions
        self.environ = environ
        self.surroundings = surroundings or look_around(sessions.config, environ)
        self.main = MainScreen(sessions, self.surroundings, on_first_frame)
        if self.surroundings.quiet:
            self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        wanted = sessions.config.theme or sessions.remembered.get(THEME) or DARK.name
        if self.surroundings.symbols.ascii_only:
            from snaptui.tui.ascii_filter import AsciiOnly

            self._filters.append(AsciiOnly())
        # Before anything is styled, so that the style sheet is worked out once.
        self.set_reactive(App.theme, wanted if wanted in self.available_themes else DARK.name)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_default_screen(self) -> MainScreen:
        """Begin with the main screen."""
        return self.main

    def on_mount(self) -> None:
        """Everything that the first frame does not wait for."""
        self.theme_changed_signal.subscribe(self, self._remember_theme)
        self.app_resume_signal.subscribe(self, self._paint_again)
        self._end_on_signals()
        config = self.sessions.config
        if config.keys or config.problems or (config.theme and config.theme not in self.available_themes):
            self._take_settings()

    def _take_settings(self) -> None:
        """Apply the person's keys, and tell what is wrong in the settings."""
        from snaptui.tui.settings_check import keymap_of

        keymap = keymap_of(self.sessions.config)
        self.set_keymap(dict(keymap.keys))
        self.key_problems = keymap.problems
        problems = self.settings_problems()
        for problem in problems[:_PROBLEMS_SHOWN]:
            self.notify(str(problem), severity="warning", markup=False, timeout=15)
        if (more := len(problems) - _PROBLEMS_SHOWN) > 0:
            words = ngettext("… and {n} more: {key} shows all.", "… and {n} more: {key} shows all.", more)
            words = words.format(n=formatting.number(more), key=self.key_of("settings"))
            self.notify(words, severity="warning", markup=False, timeout=15)

    def _paint_again(self, _app: object) -> None:
        """Back from the shell: the terminal has forgotten everything, and its size may be the same."""
        self.screen.refresh(layout=True)

    def _remember_theme(self, theme: Theme) -> None:
        if theme.name != self.sessions.config.theme:
            self.sessions.remembered.set(THEME, theme.name)

    # What screens ask for

    def announce(self, words: str, *, failed: bool = False) -> None:
        """Tell that something ended, in the ways that the settings name; a failure is always shown."""
        from snaptui.tui.notifications import notification_sequences

        ways = self.sessions.config.notify
        seen = isinstance(self.screen, Place) and self.screen.SHOWS_TRANSFERS
        if ("toast" in ways or failed) and not seen:
            self.notify(words, severity="error" if failed else "information", markup=False)
        self._send(notification_sequences(words, ways, self.environ))

    def _send(self, sequence: str) -> None:
        """Write an escape sequence to the terminal, by the same way Textual copies."""
        if sequence and self._driver is not None:
            self._driver.write(sequence)

    def copy_to_clipboard(self, text: str, shown: str = "") -> None:
        """Copy by OSC 52, through tmux and screen, and show what was copied: not every terminal takes it.

        ``shown`` stands for what is too long to be shown.
        """
        from snaptui.tui.clipboard import copy_sequence

        if not text:
            return
        self._clipboard = text
        self._send(copy_sequence(text, self.environ))
        self.notify(_("Copied: {text}").format(text=shown or one_line(text)), markup=False)

    # Keys

    def get_key_display(self, binding: Binding) -> str:
        """A key as help, footer and palette show it; by its name where the terminal has no sign for it."""
        shown = super().get_key_display(binding)
        if shown == "space":
            return _("space")
        return shown if shown.isascii() or not self.surroundings.symbols.ascii_only else binding.key

    def action_tell_quit(self) -> None:
        """Ctrl-C stops programs elsewhere; here it says what does."""
        self.notify(_("Press {key} to leave snaptui.").format(key=self.key_of("quit-anywhere")), markup=False)

    # Leaving

    async def action_quit(self) -> None:
        """Leave, after asking where that would stop something."""
        if not any(worker.group == "quit" and worker.is_running for worker in self.workers):
            stops = self._what_stops()
            if not stops:
                self.hear_no_more()
            self._quit(stops)

    def _what_stops(self) -> list[str]:
        """What leaving would stop, in a sentence each."""
        queue = self.main.desk.queue_under_way
        body: list[str] = []
        if queue:
            body.append(
                ngettext(
                    "A download stops; the next start offers to go on with it.",
                    "{n} downloads stop; the next start offers to go on with them.",
                    queue,
                ).format(n=formatting.number(queue))
            )
        if any(worker.group == "create" and worker.is_running for worker in self.workers):
            body.append(_("A snapshot is being taken: Discloud may finish it, but you would not be told."))
        if any(worker.group == "restore" and worker.is_running for worker in self.workers):
            body.append(_("Files are being put back: what is half done is taken back, or offered the next time."))
        if any(worker.group == "send-back" and worker.is_running for worker in self.workers):
            body.append(_("An archive is being sent back to Discloud: you would not be told what came of it."))
        return body

    @work(group="quit")
    async def _quit(self, stops: list[str]) -> None:
        from snaptui.tui.screens.ask import Answer, AskScreen

        if stops:
            answers = (Answer("stay", "s", _("Stay")), Answer("quit", "q", _("Quit")))
            if await self.push_screen_wait(AskScreen(_("Quit now?"), stops, answers)) != "quit":
                return
        await self._leave(0)

    async def _leave(self, return_code: int) -> None:
        self.hear_no_more()
        await self.wind_down()
        self.exit(return_code=return_code)

    async def wind_down(self) -> None:
        """End what is under way and close what is open; Textual itself would not wait for it."""
        own = None
        with contextlib.suppress(NoActiveWorker):
            own = get_current_worker()
        others = [worker for worker in self.workers if worker is not own and not worker.is_finished]
        for worker in others:
            worker.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_GOODBYE):
                for worker in others:
                    with contextlib.suppress(WorkerError):
                        await worker.wait()
        await self.main.desk.aclose()

    def _end_on_signals(self) -> None:
        """End tidily when the terminal is closed or the process is told to; the terminal gets its state back."""
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            with contextlib.suppress(NotImplementedError, RuntimeError):
                loop.add_signal_handler(number, self._end_on_signal, number)

    def _end_on_signal(self, number: int) -> None:
        self.run_worker(self._leave(128 + number), group="quit", exclusive=True)

    # Failing

    @property
    def fault(self) -> BaseException | None:
        """The fault of our own that ended the program, for whoever started it to report."""
        error: BaseException | None = self._exception
        while isinstance(error, WorkerError) and (inner := getattr(error, "error", None)) is not None:
            error = inner
        return error

    def _fatal_error(self) -> None:
        """End without Textual's own report, which would print every local variable, a token among them."""
        self.bell()
        self._close_messages_no_wait()


def _leave_keys_unlogged() -> None:
    """Turn off Textual's own logs: they hold every key typed, a token too."""
    setattr(constants, "LOG_FILE", None)  # noqa: B010 - declared final there
    if "devtools" in (features := os.environ.get("TEXTUAL", "").split(",")):
        os.environ["TEXTUAL"] = ",".join(feature for feature in features if feature != "devtools")
