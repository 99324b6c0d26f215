"""Sending a version back to Discloud: what will happen and what nobody knows, the name typed, the work, the answer."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from snaptui import formatting
from snaptui.errors import OutcomeUnknown, SnaptuiError
from snaptui.folding import folded
from snaptui.i18n import N_, _, ngettext
from snaptui.rows import VersionRow
from snaptui.tui.bindings import binding
from snaptui.tui.desk import Desk
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.main_keys import KEPT_KEYS
from snaptui.tui.screens.place import field, line, set_line
from snaptui.tui.screens.restore_progress import Stoppable
from snaptui.tui.screens.sending import Sending, Stage
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.progress_line import ProgressLine
from snaptui.tui.widgets.steps import Steps
from snaptui.tui.widgets.text_lines import TextLines
from snaptui.upload_events import LARGEST_UPLOAD_BYTES, Committed

_TICK = 1.0
_LONGEST_TYPED = 40


class SendBackScreen(Sending):
    """Sends a version's archive to its app; returns whether a snapshot was taken on the way.

    Nothing happens before the person has typed the app's name.
    """

    SHOWS_TRANSFERS = True

    BINDINGS: ClassVar[list[BindingType]] = [
        binding(
            "ctrl+n", "name", N_("type the name"), id="send-name", show=False, tooltip=N_("Go to the field of the name")
        ),
        binding("escape", "leave", N_("back"), id="send-leave", tooltip=N_("Go back; while it works, ask first")),
    ]  # fmt: skip

    _going: Stoppable[Committed] | None = None
    _over = False

    def __init__(self, row: VersionRow, desk: Desk, surroundings: Surroundings) -> None:
        super().__init__(row, desk, surroundings)
        size = row.snapshot.size_bytes
        self._too_large = size is not None and size > LARGEST_UPLOAD_BYTES
        # A name of hundreds of letters, or with letters that could not be shown, is nothing to ask a person for.
        self._typeable = len(row.app_name) <= _LONGEST_TYPED and "\ufffd" not in row.app_name

    def compose(self) -> ComposeResult:
        """What will happen, the field for the name; then the steps, the answer and the logs."""
        around = self._surroundings
        symbols = around.symbols
        title = _("Send {version} back to {app}").format(version=self._row.snapshot.version, app=self._row.app_name)
        yield line(" " + symbols.plain(title), id="heading")
        with Vertical(id="send-before"):
            for number, words in enumerate(self._what_happens()):
                yield line(symbols.plain(words), id=f"send-words-{number}", classes="words")
            yield line(symbols.plain(_not_known()), classes="warning")
            if warning := self._warning():
                yield line(symbols.plain(warning), classes="warning")
            yield line(symbols.plain(self._prompt()), id="send-prompt", classes="words")
        yield field(id="send-field")
        yield Steps(symbols=symbols, id="send-steps")
        yield ProgressLine(interval=around.redraw_seconds, symbols=symbols, id="send-progress")
        yield line("", id="send-state", classes="words")
        yield TextLines(symbols=symbols, id="send-logs")
        with Horizontal(classes="buttons"):
            yield Button(Content(_("Send back (Enter)")), id="send", compact=True)
            yield Button(Content(_("Back (Esc)")), id="leave", compact=True)
        yield KeyBar(keep=KEPT_KEYS, symbols=symbols, id="keys")

    def _what_happens(self) -> list[str]:
        size = formatting.size(self._row.snapshot.size_bytes, unknown=_("size unknown"))
        return [
            _("1. The archive is fetched, unless a verified copy is here, and checked."),
            _("2. A snapshot of the app as it is now is taken, so that there is a way back."),
            _("3. The archive ({size}) is sent to Discloud, which unpacks it and restarts the app.").format(size=size),
        ]

    def _warning(self) -> str:
        app = self._desk.catalog.app(self._row.snapshot.app_id) if self._desk.catalog is not None else None
        if app is not None and app.app.deleted:
            return _("This app is deleted: Discloud will most likely refuse.")
        if app is not None and app.owned is False:
            return _("This app is not yours: Discloud will most likely refuse.")
        return ""

    def _prompt(self) -> str:
        if self._too_large:
            return _("This archive can't be sent: it has {size}, and Discloud takes {most} at most.").format(
                size=formatting.size(self._row.snapshot.size_bytes), most=formatting.size(LARGEST_UPLOAD_BYTES)
            )
        if self._typeable:
            return _("Type the app's name, {app}, or its id, {id}, and press Enter:").format(
                app=self._row.app_name, id=self._row.snapshot.app_id
            )
        return _("Type the app's id, {id}, and press Enter:").format(id=self._row.snapshot.app_id)

    def on_mount(self) -> None:
        """The name is next; there is none to type for what is too large."""
        self.query_one("#send-prompt", Static).set_class(self._too_large, "failed")
        for shown in (self.query_one(Steps), self.query_one(ProgressLine), self.query_one(TextLines)):
            shown.display = False
        if self._too_large:
            self.query_one("#send-field").display = self.query_one("#send").display = False
            self.query_one("#leave", Button).focus()
        else:
            self.query_one("#send-field", Input).focus()
        self.set_interval(_TICK, self.tick)

    # Keys

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter sends, where the name is right."""
        event.stop()
        self._send_if_named()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was said of the name before no longer holds."""
        event.stop()
        self.say("")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        event.stop()
        if event.button.id == "send":
            self._send_if_named()
        else:
            self.action_leave()

    def action_name(self) -> None:
        """Go to the field."""
        self.query_one("#send-field", Input).focus()

    def on_text_lines_copied(self, event: TextLines.Copied) -> None:
        """Copy the answer and the logs."""
        event.stop()
        shown = ngettext("{n} line", "{n} lines", len(event.lines)).format(n=formatting.number(len(event.lines)))
        app: Any = self.app
        app.copy_to_clipboard("\n".join(event.lines), shown)

    def _send_if_named(self) -> None:
        if self._going is not None or self._over or self._too_large:
            return
        typed = folded(self.query_one("#send-field", Input).value.strip())
        if typed not in (folded(self._row.app_name), folded(self._row.snapshot.app_id)):
            words = _("That is not the name: type {name}. Nothing was sent.")
            name = self._row.app_name if self._typeable else self._row.snapshot.app_id
            self.say(words.format(name=name), look="failed")
            return
        self._send()

    def action_leave(self) -> None:
        """Go back; while it works ask first, and say what leaving does at this point."""
        if self._going is not None:
            if not self._going.stopped:
                self._ask_to_leave(self._going)
        else:
            self.dismiss(self.snapshot is not None)

    @work(group="send-leave", exclusive=True)
    async def _ask_to_leave(self, going: Stoppable[Committed]) -> None:
        download = _("Nothing has been sent yet, and nothing will be. A download goes on: {key} shows it.")
        body = {
            Stage.ARCHIVE: download.format(key=self.key_of("transfers")),
            Stage.SNAPSHOT: _("Nothing has been sent yet; Discloud may finish the snapshot."),
            Stage.SENDING: _("The upload is broken off. Whether Discloud does something with its part is not known."),
            Stage.WAITING: _("Everything is sent: Discloud goes on, but you would not be told what came of it."),
        }[self.stage]
        answers = (Answer("stay", "s", _("Stay")), Answer("stop", "x", _("Stop")))
        if await self.app.push_screen_wait(AskScreen(_("Stop now?"), [body], answers)) == "stop":
            going.stop()

    # The work

    @work(group="send-back")
    async def _send(self) -> None:
        self._going = Stoppable(self.sent())
        self.query_one("#send-before").display = False
        self.query_one("#send-field", Input).display = False
        self.query_one("#send", Button).display = False
        self.query_one(Steps).display = True
        self.query_one("#leave", Button).focus()
        outcome = await self._going.outcome()
        self._going = None
        self.query_one(ProgressLine).display = False
        if isinstance(outcome, Committed):
            self._show_answer(outcome)
        elif isinstance(outcome, SnaptuiError):
            self._show_failure(outcome)
        else:
            self._show_stopped()

    def _show_answer(self, answer: Committed) -> None:
        self._over = True
        self.step_done()
        words = _("Discloud took the archive, and the app restarts. It answered: {message}").format(
            message=answer.message or _("nothing more")
        )
        if self.snapshot is not None:
            back = _("The way back is to send {version} in the same way.").format(version=self.snapshot)
            words = f"{words}\n{back}"
        self.say(words)
        lines = answer.logs or (_("It sent no logs."),)
        logs = self.query_one(TextLines)
        logs.display = True
        logs.show(lines)
        logs.focus()
        self.query_one("#leave", Button).label = Content(_("Done (Esc)"))
        self.refresh_bindings()

    def _show_failure(self, error: SnaptuiError) -> None:
        """Say it. Only where it is certain that the app was left alone is there another try."""
        self.step_failed()
        self.say(error.sentence, look="failed")
        if isinstance(error, OutcomeUnknown):
            self._over = True
        else:
            self._offer_again()

    def _show_stopped(self) -> None:
        self.step_failed()
        if self.stage in (Stage.ARCHIVE, Stage.SNAPSHOT):
            self.say(_("Stopped before anything was sent: the app is as it was."))
            self._offer_again()
            return
        self._over = True
        words = _("Stopped on the way. Whether the app was changed is not known: look at it before you try again.")
        self.say(words, look="failed")

    def _offer_again(self) -> None:
        self.query_one("#send", Button).display = True
        self.query_one("#send", Button).label = Content(_("Try again"))
        self.query_one("#send", Button).focus()

    def say(self, words: str, *, look: str = "") -> None:
        """One or two sentences."""
        state = self.query_one("#send-state", Static)
        state.set_class(look == "failed", "failed")
        set_line(state, self._surroundings.symbols.plain(words))


def _not_known() -> str:
    return _("Not known: whether files that the archive lacks are kept or removed. Discloud does not say.")
