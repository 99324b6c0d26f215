"""One run of the command line: its flags, and what a command is built from."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from snaptui.config import Config, load_config
from snaptui.errors import NotSignedIn, UsageError
from snaptui.i18n import _

if TYPE_CHECKING:
    from snaptui.pacing import Wait
    from snaptui.session import Session, Sessions
    from snaptui.tokens import Found

T = TypeVar("T")


class Interrupted(Exception):
    """Ctrl-C while a command was at work, or a person's no to its question, whose text then says what that left.

    click would write an empty line for the bare KeyboardInterrupt.
    """


class Invocation:
    """The flags before the command; a context manager that tidies up whatever way the command ends."""

    def __init__(
        self,
        *,
        demo: bool = False,
        read_only: bool | None = None,
        use_cache: bool = True,
        language: str | None = None,
        ascii_only: bool | None = None,
        config: Config | None = None,
    ) -> None:
        self.demo, self.use_cache = demo, use_cache
        self.read_only, self.language, self.ascii_only = read_only, language, ascii_only
        self._config = config
        self._sessions: list[Sessions] = []

    def __enter__(self) -> Invocation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sessions in self._sessions:
            sessions.clean_up()

    @property
    def config(self) -> Config:
        """The settings, read once."""
        if self._config is None:
            self._config = load_config(
                os.environ, read_only=self.read_only, language=self.language, ascii_only=self.ascii_only
            )
        return self._config

    def sessions(self, *, on_screen: bool = False) -> Sessions:
        """What finds tokens and opens accounts. Only the screens use the cache: a command tells what is so now."""
        from snaptui.session import Sessions

        made = Sessions.for_config(
            self.config,
            os.environ,
            demo=self.demo,
            use_cache=self.use_cache and on_screen,
            on_wait=None if on_screen else _tell_wait,
        )
        self._sessions.append(made)
        return made

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """The account signed in to, opened and closed again. Raises NotSignedIn, saying why where that is known."""
        sessions = self.sessions()
        try:
            session = await sessions.open(await found_token(sessions))
            try:
                yield session
            finally:
                await session.aclose()
        finally:
            await sessions.aclose()

    def refuse_changes(self) -> None:
        """Raise UsageError where snaptui was told to change nothing."""
        if self.config.read_only:
            raise UsageError(
                _("snaptui is set to read-only, so nothing was changed: leave --read-only or the setting out.")
            )

    def run(self, work: Coroutine[object, object, T]) -> T:
        """Run a command's work in an event loop of its own."""
        import asyncio

        try:
            return asyncio.run(work)
        except KeyboardInterrupt:
            raise Interrupted from None


async def found_token(sessions: Sessions) -> Found:
    """The token of the first source that has one. Raises NotSignedIn, saying why where that is known."""
    found = await sessions.find_token()
    if found is None:
        reasons = sessions.tokens.problems
        raise NotSignedIn(
            reasons[0] if reasons else _("You are not signed in: run “snaptui login”, or set DISCLOUD_TOKEN.")
        )
    return found


def _tell_wait(wait: Wait) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        from snaptui.cli.output import say

        say(wait.sentence)
