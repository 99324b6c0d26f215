"""Signing in: where a token comes from, whether it works, whose it is, and where it will be kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button, Input, Static

from snaptui.errors import KeyringUnavailable, SnaptuiError, TokenError
from snaptui.i18n import N_, _
from snaptui.models import Account
from snaptui.session import Sessions
from snaptui.text import one_line
from snaptui.tokens import DASHBOARD, Found, Token, TokenSource
from snaptui.tui.bindings import binding
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.modal import line, set_line


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A token that the server takes, where it is kept, and whose it is."""

    found: Found
    account: Account


class LoginScreen(Screen[SignedIn | None]):
    """Asks for a token. ``reason`` says why, where something went wrong before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("escape", "leave", N_("back"), id="login-leave", tooltip=N_("Go back without signing in")),
        binding(
            "ctrl+o", "import_token", N_("import"), id="login-import",
            tooltip=N_("Use the token of the official Discloud command line, where it keeps one"),
        ),
    ]  # fmt: skip

    def __init__(self, sessions: Sessions, reason: str = "") -> None:
        super().__init__()
        self._sessions = sessions
        self._reason = reason
        self._official: Token | None = None

    def compose(self) -> ComposeResult:
        """Words, the masked field, what happens, and the buttons."""
        with Vertical(classes="box"):
            yield line(_("Sign in to Discloud"), classes="title")
            yield line(
                _("snaptui needs your API token. Copy it from {place}, tab “API Key”.").format(place=DASHBOARD),
                classes="words",
            )
            yield Input(password=True, id="token", placeholder=_("paste the token and press Enter"), compact=True)
            yield Static(Content(one_line(self._reason)), id="login-state", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(Content(_("Sign in")), id="sign-in", compact=True)
                yield Button(Content(_("Import from the Discloud CLI (^o)")), id="import", compact=True)
                yield Button(Content(_("Back (Esc)")), id="leave", compact=True)

    def on_mount(self) -> None:
        """Offer the import where there is something to import."""
        self._official = self._sessions.tokens.official_cli_token()
        self.query_one("#import", Button).display = self._official is not None
        self.query_one("#token", Input).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The import is there only where there is something to import."""
        return self._official is not None if action == "import_token" else True

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Check what was typed."""
        event.stop()
        self._take_typed()

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
        self.query_one("#token", Input).value = ""
        self.dismiss(None)

    def action_import_token(self) -> None:
        """Check the official command line's token."""
        if self._official is not None:
            self._check(self._official)

    def _take_typed(self) -> None:
        field = self.query_one("#token", Input)
        try:
            token = Token.parse(field.value)
        except TokenError as error:
            self._say(error.sentence)
            return
        self._check(token)

    def _say(self, sentence: str) -> None:
        set_line(self.query_one("#login-state", Static), sentence)

    @work(group="login", exclusive=True)
    async def _check(self, token: Token) -> None:
        """Ask the server, then keep the token where the person agrees."""
        self._say(_("Asking Discloud whose token this is…"))
        try:
            account = await self._sessions.check(token)
        except SnaptuiError as error:
            self._say(error.sentence)
            self.query_one("#token", Input).focus()
            return
        self.query_one("#token", Input).value = ""
        self._say(_("This token belongs to {name} ({plan}).").format(name=account.username, plan=account.plan))
        source = await self._keep(token)
        if source is not None:
            self.dismiss(SignedIn(Found(token, source), account))

    async def _keep(self, token: Token) -> TokenSource | None:
        tokens = self._sessions.tokens
        try:
            return await tokens.save(token)
        except KeyringUnavailable as error:
            reason = error.sentence
        except SnaptuiError as error:
            reason = error.sentence
        answer = await self.app.push_screen_wait(
            AskScreen(
                _("Where should the token be kept?"),
                (
                    reason,
                    _("A private file would be {path}: plain text that only your user can read.").format(
                        path=one_line(str(tokens.plain_file))
                    ),
                ),
                (
                    Answer("session", "s", _("This session only")),
                    Answer("file", "f", _("Private file")),
                ),
            )
        )
        if answer != "file":
            return TokenSource.SESSION if answer else None
        try:
            return await tokens.save(token, plain_file_consent=True)
        except SnaptuiError as error:
            self.notify(error.sentence, severity="error", markup=False)
            return TokenSource.SESSION
