"""The system's keyring, kept at arm's length: only safe back-ends, never longer than a few seconds.

A keyring may hang for good (a locked one asks on a display that nobody watches) and its back-ends raise what they
like, so every call runs in a daemon thread that neither the event loop nor the exit waits for.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from snaptui.errors import KeyringUnavailable, TokenMalformed
from snaptui.i18n import _
from snaptui.secret import Token
from snaptui.text import one_line

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "snaptui"
LIMIT_SECONDS = 3.0

# The systems' own keyrings. Any other must have been chosen by the person (in PYTHON_KEYRING_BACKEND or
# keyringrc.cfg), and even then none that keeps plain text, keeps nothing, or asks on the terminal.
_SYSTEM_BACKENDS = (
    "keyring.backends.SecretService",
    "keyring.backends.kwallet",
    "keyring.backends.libsecret",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
_REFUSED_MODULES = ("keyring.backends.null", "keyring.backends.fail", "keyrings.alt", "keyrings.cryptfile")
_REFUSED_NAMES = ("plaintext", "uncrypted", "cryptfile", "encryptedkeyring", "nullkeyring")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeyringState:
    """What a look at the keyring found: the back-end's name, and in ``problem`` why it can't be used, if so."""

    backend: str
    problem: str | None = None

    @property
    def ok(self) -> bool:
        """Whether tokens can be kept there."""
        return self.problem is None

    def __str__(self) -> str:
        return self.backend if self.problem is None else self.problem


async def in_daemon_thread(work: Callable[[], T], seconds: float) -> T:
    """Run ``work`` in a thread that may be left behind; raise what it raises, or TimeoutError after ``seconds``."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(set_outcome: Callable[[], None]) -> None:
        if not done.done():
            set_outcome()

    def report(set_outcome: Callable[[], None]) -> None:
        try:
            loop.call_soon_threadsafe(settle, set_outcome)
        except RuntimeError:
            return  # The loop is closed: nobody waits any more.

    def run() -> None:
        try:
            outcome = work()
        except BaseException as error:  # noqa: BLE001 - handed over to the one who waits
            # SystemExit and its like would end the event loop instead of reaching the caller.
            failure = error if isinstance(error, Exception) else RuntimeError(type(error).__name__)
            report(lambda: done.set_exception(failure))
        else:
            report(lambda: done.set_result(outcome))

    threading.Thread(target=run, name="snaptui-aside", daemon=True).start()
    return await asyncio.wait_for(done, seconds)


class Keyring:
    """Keeps one token for each API address (``account``) under the service ``snaptui``."""

    def __init__(self, account: str, *, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._account = account
        self._limit = limit_seconds

    async def read(self) -> Token | None:
        """The token kept here, or None. Raises KeyringUnavailable."""

        def read() -> Token | None:
            text = _backend().get_password(SERVICE, self._account)
            return None if text is None else Token.parse(text)

        return await self._aside(read)

    async def write(self, token: Token) -> None:
        """Keep a token, and see that it is really there. Raises KeyringUnavailable."""

        def write() -> None:
            backend = _backend()
            backend.set_password(SERVICE, self._account, token.reveal())
            if backend.get_password(SERVICE, self._account) != token.reveal():
                raise KeyringUnavailable(
                    _("The system's keyring did not keep the token: put it in DISCLOUD_TOKEN instead.")
                )

        await self._aside(write)

    async def delete(self) -> bool:
        """Forget the token kept here; say whether there was one. Raises KeyringUnavailable."""

        def delete() -> bool:
            backend = _backend()
            if backend.get_password(SERVICE, self._account) is None:
                return False
            backend.delete_password(SERVICE, self._account)
            return True

        return await self._aside(delete)

    async def state(self) -> KeyringState:
        """Look whether the keyring answers, without changing it."""

        def look() -> str:
            backend = _backend()
            backend.get_password(SERVICE, self._account)
            return _name(backend)

        try:
            return KeyringState(await self._aside(look))
        except KeyringUnavailable as error:
            return KeyringState("", error.sentence)

    async def _aside(self, work: Callable[[], T]) -> T:
        try:
            return await in_daemon_thread(work, self._limit)
        except KeyringUnavailable:
            raise
        except TokenMalformed:
            raise KeyringUnavailable(
                _("The system's keyring holds no proper token for snaptui: sign in again.")
            ) from None
        except TimeoutError:
            raise KeyringUnavailable(
                _("The system's keyring did not answer within {seconds} s: unlock it, or use DISCLOUD_TOKEN.").format(
                    seconds=round(self._limit)
                )
            ) from None
        except Exception as error:  # noqa: BLE001 - back-ends and what is below them raise anything
            raise KeyringUnavailable(_explain(error)) from None


def _backend() -> KeyringBackend:
    """The safe back-end to use. Raises KeyringUnavailable, or anything a broken one raises."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    chosen = keyring.get_keyring()
    if isinstance(chosen, ChainerBackend):
        safe: list[KeyringBackend] = [
            backend for backend in chosen.backends if _is_safe(backend, chosen_by_person=False)
        ]
        if safe:
            return safe[0]
    elif _is_safe(chosen, chosen_by_person=_person_chose()):
        return chosen
    if type(chosen).__module__.startswith("keyring.backends."):
        raise KeyringUnavailable(_no_keyring())
    raise KeyringUnavailable(
        _("The only keyring here ({name}) does not keep secrets safely: use DISCLOUD_TOKEN or a private file.").format(
            name=_name(chosen)
        )
    )


def _is_safe(backend: KeyringBackend, *, chosen_by_person: bool) -> bool:
    for kind in type(backend).__mro__:
        if kind.__module__.startswith(_REFUSED_MODULES) or kind.__name__.lower().startswith(_REFUSED_NAMES):
            return False
    return chosen_by_person or type(backend).__module__.startswith(_SYSTEM_BACKENDS)


def _person_chose() -> bool:
    from keyring.core import load_config, load_env

    return load_env() is not None or load_config() is not None


def _name(backend: KeyringBackend) -> str:
    kind = type(backend)
    return one_line(f"{kind.__module__}.{kind.__qualname__}".removeprefix("keyring.backends."), 100)


def _explain(error: Exception) -> str:
    """A sentence for what a back-end raised; its own words may hold anything, so only its kind is named."""
    kind = type(error).__name__
    if kind == "KeyringLocked":
        return _("The system's keyring is locked: unlock it and try again, or use DISCLOUD_TOKEN.")
    if kind == "NoKeyringError":
        return _no_keyring()
    return _("The system's keyring failed ({kind}): use DISCLOUD_TOKEN or a private file.").format(
        kind=one_line(kind, 60)
    )


def _no_keyring() -> str:
    return _("There is no keyring on this system: use DISCLOUD_TOKEN or a private file.")
