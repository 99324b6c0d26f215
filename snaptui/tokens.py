"""Where the token comes from and where it is kept; the source is always known.

In this order: ``DISCLOUD_TOKEN``, ``DISCLOUD_TOKEN_FILE``, the configured command, the system's keyring, a plain file
that the person agreed to. What the person set up on purpose (the first three) and does not work ends the search:
going on could act on another account.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from snaptui.endpoint import DEFAULT_BASE_URL, origin_of, validate_base_url
from snaptui.errors import KeyringUnavailable, SnaptuiError, TokenError, TokenMalformed
from snaptui.i18n import N_, _
from snaptui.reasons import reason_of
from snaptui.secret import Token, masked
from snaptui.text import one_line

if TYPE_CHECKING:
    from snaptui.config import Config
    from snaptui.keyring_store import Keyring, KeyringState
    from snaptui.remembered import Remembered
    from snaptui.token_file import TokenFile

__all__ = ["DASHBOARD", "Found", "Token", "TokenSource", "TokenStore", "masked", "official_cli_token"]

DASHBOARD = "https://discloud.com/dashboard"
_LARGEST = 64 << 10
_FILE_SECONDS = 3.0
_IN_KEYRING = "token_in_keyring"


class TokenSource(StrEnum):
    """Where a token came from; the value is the word the JSON documents use."""

    ENVIRONMENT = "environment"
    FILE = "file"
    COMMAND = "command"
    KEYRING = "keyring"
    PLAIN_FILE = "plain-file"
    SESSION = "session"
    DEMO = "demo"

    @property
    def label(self) -> str:
        """The source in the person's language, short enough for the header."""
        return _(_LABELS[self])


_LABELS = {
    TokenSource.ENVIRONMENT: N_("environment"),
    TokenSource.FILE: N_("file"),
    TokenSource.COMMAND: N_("command"),
    TokenSource.KEYRING: N_("keyring"),
    TokenSource.PLAIN_FILE: N_("plain file"),
    TokenSource.SESSION: N_("this session"),
    TokenSource.DEMO: N_("demo"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A token, where it came from, and in ``detail`` the variable, file or program by name (may be empty)."""

    token: Token
    source: TokenSource
    detail: str = ""


class TokenStore:
    """Finds, keeps and forgets the token for one API.

    ``remembered`` keeps note of whether there may be one in the keyring.

    The plain file would be in a folder of its own below ``data_dir``. A token belongs to one API address and is
    never found for another. With ``memory_only`` (the demo) nothing is looked for or kept outside this process.
    ``problems`` has a sentence for each source that failed in the last ``find`` or ``forget``.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        environ: Mapping[str, str] | None = None,
        command: Sequence[str] | None = None,
        api_url: str = DEFAULT_BASE_URL,
        memory_only: bool = False,
        remembered: Remembered | None = None,
    ) -> None:
        self.plain_file = data_dir / "credentials" / "token"
        self.problems: tuple[str, ...] = ()
        self._environ = os.environ if environ is None else environ
        self._command = tuple(command) if command else None
        self._account = origin_of(validate_base_url(api_url))
        self._memory_only = memory_only
        self._remembered = remembered

    @classmethod
    def for_config(
        cls, config: Config, environ: Mapping[str, str] | None = None, *, remembered: Remembered | None = None
    ) -> TokenStore:
        """The store that these settings describe."""
        return cls(
            config.data_dir,
            environ=environ,
            command=config.token_command,
            api_url=config.api_url,
            remembered=remembered,
        )

    async def find(self) -> Found | None:
        """The first token in the order above, or None; never asks anybody anything, never raises."""
        self.problems = ()
        if self._memory_only:
            return None
        try:
            if (found := await self._find_set_up()) is not None:
                return found
        except TokenError as error:
            self.problems = (error.sentence,)
            return None
        return await self._find_kept()

    async def _find_set_up(self) -> Found | None:
        if (text := self._environ.get("DISCLOUD_TOKEN", "")).strip():
            return Found(_parsed(text, "DISCLOUD_TOKEN"), TokenSource.ENVIRONMENT, "DISCLOUD_TOKEN")
        if name := self._environ.get("DISCLOUD_TOKEN_FILE", ""):
            return Found(_parsed(await _file_text(name), name), TokenSource.FILE, name)
        if self._command:
            from snaptui.token_command import command_output

            program = self._command[0]
            return Found(_parsed(await command_output(self._command), program), TokenSource.COMMAND, program)
        return None

    async def _find_kept(self) -> Found | None:
        problems: list[str] = []
        found: Found | None = None
        try:
            if (token := await self._keyring().read()) is not None:
                found = Found(token, TokenSource.KEYRING)
        except KeyringUnavailable as error:
            if self._may_be_in_keyring():
                problems.append(error.sentence)
        try:
            if found is None and (token := self._file().read()) is not None:
                found = Found(token, TokenSource.PLAIN_FILE, str(self.plain_file))
        except TokenError as error:
            problems.append(error.sentence)
        self.problems = tuple(problems)
        return found

    async def save(self, token: Token, *, plain_file_consent: bool = False) -> TokenSource:
        """Keep a token in the keyring, or, only with consent, in the plain file; say where it went.

        Raises KeyringUnavailable when there is no safe keyring and no consent, and CannotWrite.
        """
        if self._memory_only:
            return TokenSource.SESSION
        try:
            await self._keyring().write(token)
        except KeyringUnavailable:
            if not plain_file_consent:
                raise
            self._file().write(token)
            return TokenSource.PLAIN_FILE
        if self._remembered is not None:
            self._remembered.set(_IN_KEYRING, "yes")
        self._file().delete()  # An older token in the file would come to light when the keyring is not there.
        return TokenSource.KEYRING

    async def forget(self) -> tuple[TokenSource, ...]:
        """Remove the token from wherever snaptui put it; say where it was. ``problems`` tells what did not work."""
        self.problems = ()
        if self._memory_only:
            return ()
        gone: list[TokenSource] = []
        problems: list[str] = []
        try:
            if await self._keyring().delete():
                gone.append(TokenSource.KEYRING)
            if self._remembered is not None:
                self._remembered.set(_IN_KEYRING, None)
        except KeyringUnavailable as error:
            if self._may_be_in_keyring():
                problems.append(error.sentence)
        try:
            if self._file().delete():
                gone.append(TokenSource.PLAIN_FILE)
        except SnaptuiError as error:
            problems.append(error.sentence)
        self.problems = tuple(problems)
        return tuple(gone)

    def lasting_source(self) -> str | None:
        """The variable or program that would sign in again after a sign-out, if one is set."""
        if self._memory_only:
            return None
        for name in ("DISCLOUD_TOKEN", "DISCLOUD_TOKEN_FILE"):
            if self._environ.get(name, "").strip():
                return name
        return self._command[0] if self._command else None

    async def keyring_state(self) -> KeyringState:
        """How the keyring is, for doctor."""
        return await self._keyring().state()

    def official_cli_token(self) -> Token | None:
        """The token of the official Discloud CLI, where it keeps one."""
        if self._memory_only:
            return None
        home = self._environ.get("HOME") or self._environ.get("USERPROFILE") or os.path.expanduser("~")  # noqa: PTH111
        return official_cli_token(Path(home))

    def _may_be_in_keyring(self) -> bool:
        """Where nothing was ever put, a keyring that is not there is no news."""
        return self._remembered is None or self._remembered.get(_IN_KEYRING) is not None

    def _keyring(self) -> Keyring:
        from snaptui.keyring_store import Keyring

        return Keyring(self._account)

    def _file(self) -> TokenFile:
        from snaptui.token_file import TokenFile

        return TokenFile(self.plain_file, self._account)


def official_cli_token(home: Path) -> Token | None:
    """Read ``~/.discloud/.cli`` (base64 of a JSON object with ``token``, as the official CLI writes it)."""
    try:
        with (home / ".discloud" / ".cli").open("rb") as file:
            document = json.loads(base64.b64decode(file.read(_LARGEST), validate=False))
        return Token.parse(document["token"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, TokenMalformed):
        return None


def _parsed(text: str, where: str) -> Token:
    try:
        return Token.parse(text)
    except TokenMalformed as error:
        raise TokenMalformed(
            _("{where} gives no usable token; {reason}").format(where=one_line(where), reason=error.sentence)
        ) from None


async def _file_text(name: str) -> str:
    from snaptui.keyring_store import in_daemon_thread

    def read() -> str:
        with Path(name).expanduser().open("rb") as file:
            return file.read(_LARGEST).decode("utf-8", "replace")

    try:
        # A pipe without a writer would never open.
        return await in_daemon_thread(read, _FILE_SECONDS)
    except (OSError, RuntimeError) as error:
        reason = _("it does not answer") if isinstance(error, TimeoutError) else reason_of(error)
        raise TokenError(
            _("The token file {path} can't be read ({reason}): correct DISCLOUD_TOKEN_FILE.").format(
                path=one_line(name), reason=reason
            )
        ) from None
