"""The plain file a token is kept in where there is no keyring and the person agreed to it.

A JSON object of API address to token, mode 0600, in a folder of its own with mode 0700.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
from pathlib import Path

from snaptui.errors import CannotWrite, TokenError, TokenMalformed
from snaptui.i18n import _
from snaptui.reasons import reason_of
from snaptui.secret import Token

_LARGEST = 64 << 10
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


class TokenFile:
    """Keeps one token for each API address (``account``) in ``path``."""

    def __init__(self, path: Path, account: str) -> None:
        self.path = path
        self._account = account

    def read(self) -> Token | None:
        """The token kept here, or None. Raises TokenError for a file that others may read, or that is no such file."""
        kept = self._kept().get(self._account)
        return None if kept is None else Token.parse(kept)

    def write(self, token: Token) -> None:
        """Keep a token. Call it only after the person agreed. Raises CannotWrite."""
        try:
            kept = self._kept()
        except TokenError:
            kept = {}
        self._replace({**kept, self._account: token.reveal()})

    def delete(self) -> bool:
        """Forget the token kept here; say whether there was one. Raises CannotWrite."""
        try:
            kept = self._kept()
        except TokenError:
            kept = {self._account: ""}  # Whatever is in a file like this goes.
        if kept.pop(self._account, None) is None:
            return False
        if kept:
            self._replace(kept)
            return True
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise self._cannot_write(error) from None
        return True

    def _kept(self) -> dict[str, str]:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise TokenError(
                _("The token file {path} can't be read ({reason}): sign in again.").format(
                    path=self.path, reason=reason_of(error)
                )
            ) from None
        with os.fdopen(descriptor, "rb") as file:
            self._check(os.fstat(descriptor))
            data = file.read(_LARGEST)
        try:
            kept = json.loads(data)
        except (ValueError, RecursionError):
            kept = None
        if not isinstance(kept, dict) or not all(isinstance(value, str) for value in kept.values()):
            raise TokenMalformed(_("The token file {path} is damaged: sign in again.").format(path=self.path))
        return kept

    def _check(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise TokenError(_("The token file {path} is no ordinary file: remove it.").format(path=self.path))
        if os.name == "posix" and (found.st_uid != os.geteuid() or found.st_mode & 0o077):
            raise TokenError(
                _("Others may read or own the token file {path}: get a new token and sign in again.").format(
                    path=self.path
                )
            )

    def _replace(self, kept: dict[str, str]) -> None:
        temporary = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        try:
            self._private_folder()
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600)
            try:
                with os.fdopen(descriptor, "w", encoding="ascii") as file:
                    json.dump(kept, file)
                    file.flush()
                    os.fsync(descriptor)
                temporary.replace(self.path)
            except BaseException:
                with contextlib.suppress(OSError):
                    temporary.unlink()
                raise
        except OSError as error:
            raise self._cannot_write(error) from None

    def _private_folder(self) -> None:
        folder = self.path.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix" and folder.stat().st_mode & 0o077:
            folder.chmod(0o700)

    def _cannot_write(self, error: OSError) -> CannotWrite:
        return CannotWrite(
            _("The token file {path} can't be written ({reason}): use DISCLOUD_TOKEN instead.").format(
                path=self.path, reason=reason_of(error)
            )
        )
