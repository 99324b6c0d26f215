"""Signing in: where a token comes from, whether it works, whose it is, and where it will be kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Static

from snaptui.errors import KeyringUnavailable, SnaptuiError, TokenMalformed
from snaptui.i18n import N_, _
from snaptui.models import Account
from snaptui.session import Sessions
from snaptui.text import one_line
from snaptui.tokens import DASHBOARD, Found, Token, TokenSource
from snaptui.tui.bindings import binding
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.place import STEP_KEYS, Place, line, set_line
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.key_bar import KeyBar


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A token that the server takes, where it is kept, and whose it is."""

    found: Found
    account: Account


class TokenField(Input):
    """Takes a token without showing it, and gives it away once."""

    class Torn(Message):
        """What was pasted has line breaks inside; a plain field would have taken its first line."""

    def __init__(self) -> None:
        super().__init__(password=True, id="token", placeholder=_("paste the token and press Enter"), compact=True)
        self.cursor_blink = False

    def take(self) -> str:
        """What was typed, which the field forgets."""
        text, self.value = self.value, ""
        return text

    def on_paste(self, event: events.Paste) -> None:
        """Refuse a token in pieces instead of cutting it."""
        if len(event.text.strip().splitlines()) > 1:
            event.stop()
            event.prevent_default()
            self.post_message(self.Torn())

    def action_copy(self) -> None:
        """A token that can't be seen is not copied either."""

    def action_cut(self) -> None:
        """A token that can't be seen is not copied either."""


class LoginScreen(Place[SignedIn | None]):
    """Asks for a token. ``reason`` says why, where something went wrong before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("escape", "leave", N_("back"), id="login-leave", tooltip=N_("Go back without signing in")),
        binding(
            "ctrl+o", "import_token", N_("import"), id="login-import",
            tooltip=N_("Use the token of the official Discloud command line"),
        ),
        *STEP_KEYS,
    ]  # fmt: skip

    def __init__(self, sessions: Sessions, surroundings: Surroundings, reason: str = "") -> None:
        super().__init__()
        self._sessions, self._surroundings, self._reason = sessions, surroundings, reason
        self._official: Token | None = None
        self._tried: Token | None = None

    def compose(self) -> ComposeResult:
        """Words, the masked field, what happens, and the buttons."""
        symbols = self._surroundings.symbols
        with Vertical(id="login"), Vertical(classes="box"):
            yield line(_("Sign in to Discloud"), classes="title")
            yield line(
                _("snaptui needs your API token: copy it from {place}, tab “API Key”, and paste it here.").format(
                    place=DASHBOARD
                ),
                classes="words",
            )
            yield TokenField()
            yield line(one_line(self._reason), id="login-state", classes="state")
            with Horizontal(classes="buttons"):
                yield Button(Content(_("Sign in (Enter)")), id="sign-in", compact=True)
                words = _("Import from the Discloud CLI ({key})").format(key=self.key_of("login-import"))
                yield Button(Content(words), id="import", compact=True)
                yield Button(Content(_("Back (Esc)")), id="leave", compact=True)
        yield KeyBar(keep=("quit-anywhere",), symbols=symbols, id="keys")

    def on_mount(self) -> None:
        """Offer the import where there is something to import."""
        self._official = self._sessions.tokens.official_cli_token()
        self.query_one("#import", Button).display = self._official is not None
        self.query_one(TokenField).focus()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The import is there only where there is something to import."""
        return self._official is not None if action == "import_token" else True

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Check what was typed."""
        event.stop()
        self._take_typed()

    def on_token_field_torn(self, event: TokenField.Torn) -> None:
        """Say why nothing was pasted."""
        event.stop()
        self._say(_("A token has no line breaks inside: copy it again from the dashboard, in one piece."))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        event.stop()
        match event.button.id:
            case "sign-in":
                self._take_typed()
            case "import":
                self.action_import_token()
            case _:
                self.action_leave()

    def action_leave(self) -> None:
        """Leave without a token."""
        self.query_one(TokenField).take()
        self.dismiss(None)

    def action_import_token(self) -> None:
        """Check the official command line's token."""
        if self._official is not None:
            self._check(self._official)

    def _take_typed(self) -> None:
        """Wrap what was typed at once: from here on nothing that prints holds it."""
        text = self.query_one(TokenField).take()
        if not text and self._tried is not None:
            self._check(self._tried)
            return
        try:
            token = Token.parse(text)
        except TokenMalformed as error:
            self._say(error.sentence)
            return
        self._check(token)

    def _say(self, sentence: str) -> None:
        set_line(self.query_one("#login-state", Static), one_line(sentence))

    @work(group="login", exclusive=True)
    async def _check(self, token: Token) -> None:
        """Ask the server, then keep the token where the person agrees."""
        self._say(_("Asking Discloud whose token this is…"))
        try:
            account = await self._sessions.check(token)
        except SnaptuiError as error:
            self._tried = token
            again = _("Enter tries the same token again.") if error.exit_code == 7 else ""
            self._say(f"{error.sentence} {again}")
            return
        self._say(_("This token belongs to {name} ({plan}).").format(name=account.username, plan=account.plan))
        source = await self._keep(token, account)
        if source is not None:
            self.dismiss(SignedIn(Found(token, source), account))

    async def _keep(self, token: Token, account: Account) -> TokenSource | None:
        """Ask where to keep it, the keyring first; None where the person took it all back."""
        if self._sessions.demo:
            return TokenSource.DEMO
        title = _("This token belongs to {name} ({plan})").format(name=account.username, plan=account.plan)
        body = [_("Where should it be kept?")]
        if (lasting := self._sessions.tokens.lasting_source()) is not None:
            body.append(_("{name} is set and goes first at the next start: unset it.").format(name=lasting))
        session = Answer("session", "s", _("This session only"))
        answer = await self._ask(title, body, (Answer("keyring", "k", _("In the keyring")), session))
        if answer != "keyring":
            return TokenSource.SESSION if answer else None
        try:
            return await self._sessions.tokens.save(token)
        except KeyringUnavailable as error:
            body = [error.sentence, self._file_words()]
        answer = await self._ask(title, body, (session, Answer("file", "f", _("In this file"))))
        if answer != "file":
            return TokenSource.SESSION if answer else None
        try:
            return await self._sessions.tokens.save(token, plain_file_consent=True)
        except SnaptuiError as error:
            self.notify(error.sentence, severity="error", markup=False)
            return TokenSource.SESSION

    def _file_words(self) -> str:
        path = one_line(str(self._sessions.tokens.plain_file))
        return _("It could be kept as plain text in a file that only your user can read: {path}").format(path=path)

    async def _ask(self, title: str, body: list[str], answers: tuple[Answer, ...]) -> str | None:
        return await self.app.push_screen_wait(AskScreen(title, body, answers))
