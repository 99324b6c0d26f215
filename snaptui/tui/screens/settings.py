"""The common settings: what each is, where that comes from, and changing it without an editor."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input, Static

from snaptui.config_file import ConfigProblem
from snaptui.errors import SnaptuiError
from snaptui.i18n import N_, _
from snaptui.settings_file import Toml
from snaptui.tui.bindings import binding
from snaptui.tui.commands import Offer
from snaptui.tui.preferences import PREFERENCES, Preference, Preferences, words_of
from snaptui.tui.screens.main_keys import KEPT_KEYS
from snaptui.tui.screens.palette import PaletteScreen
from snaptui.tui.screens.place import Place, field, line, set_line
from snaptui.tui.symbols import Symbols
from snaptui.tui.widgets.cursor_list import CursorList
from snaptui.tui.widgets.detail import short_path
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.lines import fit

_LABEL_CELLS = 22
_LEAST_VALUE = 12
_SOURCE_CELLS = 34


class SettingsTable(CursorList):
    """A line a setting, then a line for each thing that is wrong in the file."""

    DEFAULT_CSS = """
    SettingsTable {
        width: 1fr;
        height: 1fr;
    }
    """

    class Highlighted(Message):
        """Another line is under the cursor."""

    class Chosen(Message):
        """A setting was opened."""

    def __init__(self, preferences: Preferences, *, symbols: Symbols) -> None:
        super().__init__(symbols=symbols, id="settings")
        self._preferences = preferences
        self.problems = preferences.problems()

    @property
    def row_count(self) -> int:
        """Settings and problems."""
        return len(PREFERENCES) + len(self.problems)

    @property
    def preference(self) -> Preference | None:
        """The setting under the cursor; None on a problem."""
        return PREFERENCES[self.cursor] if self.cursor < len(PREFERENCES) else None

    @property
    def problem(self) -> ConfigProblem | None:
        """The problem under the cursor; None on a setting."""
        return None if self.preference is not None else self.problems[self.cursor - len(PREFERENCES)]

    def look_again(self) -> None:
        """Draw what changed."""
        self.problems = self._preferences.problems()
        self.move_to(self.cursor)
        self.repaint()

    def on_cursor_moved(self) -> None:
        """Tell it."""
        self.post_message(self.Highlighted())

    def on_row_chosen(self) -> None:
        """Open the setting."""
        self.post_message(self.Chosen())

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """What it is called, what it is, and why; or what is wrong."""
        look = self.cursor_look if self.is_at_cursor(index) else ""
        plain, ellipsis = self.symbols.plain, self.symbols.ellipsis
        sign = (self.symbols.cursor if look else " ", look or "text")
        if index >= len(PREFERENCES):
            text = plain(str(self.problems[index - len(PREFERENCES)]))
            shown = fit(f" ! {text}", max(1, width - 2), ellipsis=ellipsis)
            return self.strip([sign, (shown, look or "warn")], width, rest=look or "text")
        preference = PREFERENCES[index]
        room = max(_LEAST_VALUE, width - _LABEL_CELLS - _SOURCE_CELLS - 4)
        value = plain(self._preferences.shown(preference.name))
        source = plain(self._preferences.source(preference.name))
        left = max(1, width - _LABEL_CELLS - room - 5)
        parts = [
            sign,
            (" " + fit(plain(_(preference.label)), _LABEL_CELLS - 1, ellipsis=ellipsis), look or "text"),
            (fit(value, room, ellipsis=ellipsis), look or ("muted" if preference.fixed else "strong")),
            ("  " + fit(source, left, ellipsis=ellipsis), look or "muted"),
        ]
        return self.strip(parts, width, rest=look or "text")


class SettingsScreen(Place[None]):
    """Shows and changes them; what is wrong in the file is below. ``at`` names the setting to begin with."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("enter", "change", N_("change"), id="setting-change", tooltip=N_("Choose or type another value")),
        binding("right,l,space", "step(1)", N_("next value"), id="setting-next", tooltip=N_("Take the next value")),
        binding(
            "left,h", "step(-1)", N_("value before"), id="setting-previous", show=False,
            tooltip=N_("Take the value before"),
        ),
        binding(
            "delete,backspace", "reset", N_("default"), id="setting-reset",
            tooltip=N_("Take the setting out of config.toml"),
        ),
        binding("y", "copy_path", N_("copy path"), id="setting-copy", tooltip=N_("Copy where config.toml is")),
        binding("escape,comma", "leave", N_("back"), id="settings-leave", tooltip=N_("Go back, or give up typing")),
    ]  # fmt: skip

    def __init__(self, preferences: Preferences, symbols: Symbols, at: str = "") -> None:
        super().__init__()
        self._preferences, self._symbols, self._at = preferences, symbols, at

    def compose(self) -> ComposeResult:
        """A title with the file, the settings, what the one under the cursor is for, the keys."""
        plain = self._symbols.plain
        title = _("Settings · {path}").format(path=short_path(self._preferences.config.file))
        yield line(plain(f" {title}"), id="heading")
        yield SettingsTable(self._preferences, symbols=self._symbols)
        yield line("", id="setting-help", classes="quiet")
        yield field(id="setting-value")
        yield KeyBar(keep=("settings-leave", *KEPT_KEYS), symbols=self._symbols, id="keys")

    def on_mount(self) -> None:
        """Begin with the one that was asked for."""
        table = self.query_one(SettingsTable)
        table.focus()
        table.move_to(next((at for at, each in enumerate(PREFERENCES) if each.name == self._at), 0))
        self.query_one("#setting-value", Input).display = False
        self._explain()

    def _explain(self, said: str = "") -> None:
        table = self.query_one(SettingsTable)
        preference, problem = table.preference, table.problem
        words = said
        if not words and problem is not None:
            words = str(problem)
        elif not words and preference is not None:
            words = _(preference.help)
            if self._preferences.sessions.demo:
                words += " " + _("In the demo, changes go when it ends.")
        set_line(self.query_one("#setting-help", Static), self._symbols.plain(words))
        self.query_one("#setting-help", Static).set_class(bool(problem), "warning")

    def on_settings_table_highlighted(self, event: SettingsTable.Highlighted) -> None:
        """Say what it is for; other keys work for another setting."""
        event.stop()
        self._explain()
        self.refresh_bindings()

    def on_settings_table_chosen(self, event: SettingsTable.Chosen) -> None:
        """A double click changes it."""
        event.stop()
        self.action_change()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done to the setting under the cursor has a key."""
        preference = self.query_one(SettingsTable).preference if self.is_mounted else None
        if action in ("change", "reset"):
            return preference is not None and not preference.fixed
        if action == "step":
            return preference is not None and not preference.fixed and bool(self._preferences.choices(preference.name))
        return True

    # Changing

    def action_change(self) -> None:
        """Choose from a list, or type."""
        preference = self.query_one(SettingsTable).preference
        if preference is None or preference.fixed:
            return
        if choices := self._preferences.choices(preference.name):
            offers = [
                Offer(words_of(value), "", "", partial(self._change, preference.name, value)) for value in choices
            ]
            value = self._preferences.value(preference.name)
            at = next((place for place, choice in enumerate(choices) if choice == value), 0)
            screen = PaletteScreen(offers, self._symbols, _(preference.label), at=at)
            self.app.push_screen(screen, self._choose)
            return
        typed = self.query_one("#setting-value", Input)
        typed.value = self._preferences.typed(preference.name)
        typed.cursor_position = len(typed.value)
        typed.display = True
        typed.focus()

    def _choose(self, chosen: Offer | None) -> None:
        if chosen is not None:
            self.call_later(chosen.run)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what was typed, or say what the setting takes; an empty line takes the setting out."""
        event.stop()
        preference = self.query_one(SettingsTable).preference
        if preference is None:
            return
        if not event.value.strip():
            self._change(preference.name, None)
        else:
            try:
                value = self._preferences.parsed(preference.name, event.value)
            except SnaptuiError as error:
                self._explain(error.sentence)
                return
            self._change(preference.name, value)
        self._close_field()

    def _close_field(self) -> None:
        self.query_one("#setting-value", Input).display = False
        self.query_one(SettingsTable).focus()
        self._explain()

    def action_step(self, steps: int) -> None:
        """Take another choice."""
        preference = self.query_one(SettingsTable).preference
        if preference is not None and (value := self._preferences.step(preference.name, steps)) is not None:
            self._change(preference.name, value)

    def action_reset(self) -> None:
        """Take the setting out of the file."""
        if (preference := self.query_one(SettingsTable).preference) is not None:
            self._change(preference.name, None)

    @work(group="settings")
    async def _change(self, name: str, value: Toml | None) -> None:
        try:
            said = await self._preferences.change(name, value)
        except SnaptuiError as error:
            self._explain(error.sentence)
            self.notify(error.sentence, severity="error", markup=False)
            return
        self.query_one(SettingsTable).look_again()
        self._explain(said)

    # Leaving

    def action_copy_path(self) -> None:
        """Copy where the file is."""
        self.app.copy_to_clipboard(str(self._preferences.config.file))

    def action_leave(self) -> None:
        """Give up typing, or go back."""
        if self.query_one("#setting-value", Input).display:
            self._close_field()
        else:
            self.dismiss(None)
