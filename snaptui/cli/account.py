"""``snaptui login``, ``logout`` and ``whoami``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from snaptui.cli.asking import asked
from snaptui.cli.invocation import Invocation, found_token
from snaptui.cli.output import emit, json_option, say, write
from snaptui.errors import KeyringUnavailable, NotSignedIn, SnaptuiError
from snaptui.i18n import _
from snaptui.tokens import DASHBOARD, Token, TokenSource

if TYPE_CHECKING:
    from snaptui.models import Account
    from snaptui.session import Sessions

_LARGEST = 64 << 10


@click.command(
    "login",
    help=_("Sign in: the token is asked for on a terminal, or read from standard input, checked, and kept."),
)
@click.option("--import", "import_official", is_flag=True, help=_("Take the token of the official Discloud CLI."))
@click.option(
    "--plain-file",
    is_flag=True,
    help=_("Agree to keep the token in a file only you can read, where there is no keyring."),
)
@json_option
@click.pass_obj
def login(invocation: Invocation, import_official: bool, plain_file: bool, as_json: bool) -> None:
    """Sign in with a token, and keep it."""
    sessions = invocation.sessions()
    token = _imported(sessions) if import_official else _asked_for(sessions)
    invocation.run(_login(sessions, token, plain_file, as_json))


def _imported(sessions: Sessions) -> Token:
    token = sessions.tokens.official_cli_token()
    if token is None:
        raise NotSignedIn(_("The official Discloud CLI keeps no token here: run “snaptui login” without --import."))
    return token


def _asked_for(sessions: Sessions) -> Token:
    """The token from the terminal, unseen, or else from standard input."""
    if sys.stdin is None:
        raise NotSignedIn(_("There is no input to read a token from: pipe it into “snaptui login”."))
    if not sys.stdin.isatty():
        return Token.parse(sys.stdin.buffer.read(_LARGEST).decode("utf-8", "replace"))
    official = sessions.tokens.official_cli_token()
    if official is not None and click.confirm(
        _("The official Discloud CLI has a token here. Import it?"), default=True, err=True
    ):
        return official
    say(_("You get a token at {place}, under API Key.").format(place=DASHBOARD))
    return Token.parse(
        click.prompt(_("Token (it stays hidden)"), hide_input=True, err=True, default="", show_default=False)
    )


async def _login(sessions: Sessions, token: Token, plain_file: bool, as_json: bool) -> None:
    try:
        account = await sessions.check(token)
        source = await _keep(sessions, token, account, plain_file)
    finally:
        await sessions.aclose()
    if as_json:
        emit(_document(account, source))
    else:
        say(
            _("Signed in as {name} ({plan}); the token is kept here: {source}.").format(
                name=account.username, plan=account.plan, source=source.label
            )
        )
    if (first := sessions.tokens.lasting_source()) is not None:
        say(_("{source} is set and goes before what was kept now: unset it to use that.").format(source=first))


async def _keep(sessions: Sessions, token: Token, account: Account, plain_file: bool) -> TokenSource:
    try:
        return await sessions.tokens.save(token, plain_file_consent=plain_file)
    except KeyringUnavailable as error:
        if not (sys.stdin is not None and sys.stdin.isatty()):
            raise KeyringUnavailable(
                _("The token is {name}'s but was not kept; {reason} Or agree to a file with --plain-file.").format(
                    name=account.username, reason=error.sentence
                )
            ) from None
        say(error.sentence)
        if not asked(_("Keep the token in {path}, readable by you alone?").format(path=sessions.tokens.plain_file)):
            raise KeyringUnavailable(_("The token was not kept: set DISCLOUD_TOKEN for the next commands.")) from None
        return await sessions.tokens.save(token, plain_file_consent=True)


@click.command("logout", help=_("Forget the token everywhere snaptui put it."))
@json_option
@click.pass_obj
def logout(invocation: Invocation, as_json: bool) -> None:
    """Forget the token."""
    invocation.run(_logout(invocation.sessions(), as_json))


async def _logout(sessions: Sessions, as_json: bool) -> None:
    gone = await sessions.sign_out()
    problems = sessions.tokens.problems
    remaining = sessions.tokens.lasting_source()
    if problems:
        raise SnaptuiError(_("A token may still be kept here; {reason}").format(reason=problems[0]))
    if as_json:
        emit({"forgotten": [source.value for source in gone], "still_set": remaining})
        return
    if gone:
        say(_("Signed out: the token is gone from here: {sources}.").format(sources=", ".join(s.label for s in gone)))
    else:
        say(_("There was no token to forget: snaptui kept none."))
    if remaining is not None:
        say(_("{source} still gives a token: unset it to sign out for good.").format(source=remaining))


@click.command("whoami", help=_("Tell whose token is used, and where it comes from."))
@json_option
@click.pass_obj
def whoami(invocation: Invocation, as_json: bool) -> None:
    """Tell whose token is used."""
    invocation.run(_whoami(invocation.sessions(), as_json))


async def _whoami(sessions: Sessions, as_json: bool) -> None:
    try:
        found = await found_token(sessions)
        account = await sessions.check(found.token)
    finally:
        await sessions.aclose()
    if as_json:
        emit(_document(account, found.source))
        return
    detail = f" ({found.detail})" if found.detail else ""
    write(
        _("{name} ({user_id}), plan {plan}; token from: {source}{detail}").format(
            name=account.username,
            user_id=account.user_id,
            plan=account.plan,
            source=found.source.label,
            detail=detail,
        )
    )


def _document(account: Account, source: TokenSource) -> dict[str, object]:
    return {
        "user_id": account.user_id,
        "username": account.username,
        "plan": account.plan,
        "token_source": source.value,
    }
