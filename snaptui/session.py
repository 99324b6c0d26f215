"""The headless heart that the screens and the commands stand on: an account opened, with what works on it.

Importing this, and opening a session, loads neither the HTTP library nor the keyring nor the database: each comes
with its first use, so that the first frame does not wait for them.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from snaptui.config import Config
from snaptui.errors import NotSignedIn
from snaptui.i18n import _
from snaptui.remembered import Remembered

if TYPE_CHECKING:
    from snaptui.api import DiscloudApi
    from snaptui.cache import ListingCache
    from snaptui.catalog import Catalog
    from snaptui.demo.run import DemoServer
    from snaptui.models import Account, RateLimit
    from snaptui.pacing import Wait
    from snaptui.tokens import Found, Token, TokenSource, TokenStore
    from snaptui.transfers.local import LocalCopies
    from snaptui.transfers.queue import TransferQueue
    from snaptui.upload_events import UploadEvent

_LAST_ACCOUNT = "last_account"
# How long a sign-in waits for a server that is limiting or not well; a person is sitting before it.
_CHECK_SECONDS = 20.0


class LateApi:
    """Stands in for ``DiscloudApi`` and makes the real one at its first request, or once ``prepare`` has run."""

    def __init__(
        self,
        base_url: str,
        token: Token | None,
        on_wait: Callable[[Wait], None] | None,
        now: Callable[[], datetime],
    ) -> None:
        self._now = now
        self._base_url, self._token, self._on_wait = base_url, token, on_wait
        self._api: DiscloudApi | None = None

    def __repr__(self) -> str:
        return f"LateApi({self.origin!r})"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._made(), name)

    @property
    def origin(self) -> str:
        """Where the API is."""
        from snaptui.endpoint import origin_of

        return origin_of(self._base_url)

    @property
    def rate_limit(self) -> RateLimit | None:
        """The budget as the server told it; None before the first answer."""
        return self._api.rate_limit if self._api is not None else None

    @property
    def requests_sent(self) -> int:
        """How many requests went out so far."""
        return self._api.requests_sent if self._api is not None else 0

    def use(self, token: Token) -> None:
        """Take the token that was not known yet."""
        if self._api is None:
            self._token = token

    async def prepare(self) -> None:
        """Load the HTTP library in a thread, so that the first request does not hold up the screen."""
        await asyncio.to_thread(api_class)

    async def aclose(self) -> None:
        """Close the connections, if there are any."""
        if self._api is not None:
            await self._api.aclose()

    def _made(self) -> DiscloudApi:
        if self._api is None:
            if self._token is None:
                raise NotSignedIn(_not_signed_in())
            self._api = api_class()(self._base_url, self._token, on_wait=self._on_wait, now=self._now)
        return self._api


class Session:
    """One account, opened. ``source`` is None for the last account shown from the cache before its token is found."""

    def __init__(
        self,
        config: Config,
        found: Found | None,
        *,
        account_key: str,
        use_cache: bool,
        on_wait: Callable[[Wait], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self.config = config
        self.found = found
        self.account: Account | None = None
        self.account_key = account_key
        self._use_cache = use_cache
        self._on_wait = on_wait
        self._late = LateApi(config.api_url, found.token if found else None, self._waits, now)
        self._closed = False

    def __repr__(self) -> str:
        return f"Session({self._late.origin!r}, source={self.source!r})"

    @property
    def source(self) -> TokenSource | None:
        """Where the token came from."""
        return self.found.source if self.found is not None else None

    @property
    def api(self) -> DiscloudApi:
        """The API with this account's token."""
        return cast("DiscloudApi", self._late)

    @cached_property
    def cache(self) -> ListingCache | None:
        """The last known listing on disk, where it is wanted."""
        if not self._use_cache:
            return None
        from snaptui.cache import ListingCache

        return ListingCache(self.config.cache_dir, self.account_key)

    @cached_property
    def catalog(self) -> Catalog:
        """What the account holds."""
        from snaptui.catalog import Catalog

        return Catalog(self.api, cache=self.cache, now=self._now)

    @cached_property
    def copies(self) -> LocalCopies:
        """The record of archives on this computer."""
        return local_copies(self.config)

    @cached_property
    def queue(self) -> TransferQueue:
        """The downloads of this account."""
        from snaptui.transfers.queue import TransferQueue

        return TransferQueue(
            self.api,
            self.copies,
            api_origin=self._late.origin,
            parallel=self.config.parallel_downloads,
            state_path=self.transfers_file,
        )

    @property
    def transfers_file(self) -> Path:
        """Where this account's unfinished downloads are remembered."""
        return self.config.data_dir / f"transfers-{self.account_key}.json"

    def _waits(self, wait: Wait) -> None:
        """A request of this account has to wait: the downloads say so, for their links may be among them."""
        if "queue" in self.__dict__ and wait.is_persons:
            self.queue.held_up(wait.why, wait.seconds)
        if self._on_wait is not None:
            self._on_wait(wait)

    async def prepare(self) -> None:
        """Load what the first request needs, off the event loop."""
        await self._late.prepare()

    async def load_account(self) -> Account:
        """Ask whose token this is, and tell the catalog."""
        account = await self.api.user()
        self.take_account(account)
        return account

    def take_account(self, account: Account) -> None:
        """Take note of whose token this is."""
        self.account = account
        self.catalog.set_account(account)

    def sign_in(self, found: Found) -> None:
        """Go on with the token of the account that was shown from the cache."""
        self.found = found
        self._late.use(found.token)

    def send_back(self, app_id: str, archive: Path) -> AsyncGenerator[UploadEvent, None]:
        """Send an archive to an app in the place of its files, once: see ``upload.commit_archive``."""
        if self.found is None:
            raise NotSignedIn(_not_signed_in())
        api_class()  # the HTTP library, as everything else loads it
        from snaptui.upload import commit_archive

        return commit_archive(self.config.api_url, self.found.token, app_id, archive)

    async def aclose(self) -> None:
        """Stop the downloads, whose parts stay, and close the connections."""
        if self._closed:
            return
        self._closed = True
        if "queue" in self.__dict__:
            await self.queue.aclose()
        await self._late.aclose()


class Sessions:
    """Finds tokens and opens sessions; with ``demo`` it runs the demo and keeps everything in a temporary folder.

    ``config`` and ``remembered`` are the ones in use: in the demo, others than the person's.
    """

    def __init__(
        self,
        config: Config,
        environ: Mapping[str, str],
        *,
        demo: bool = False,
        use_cache: bool = True,
        on_wait: Callable[[Wait], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self.demo = demo
        self._use_cache = use_cache
        self._on_wait = on_wait
        self._server: DemoServer | None = None
        self._folder: Path | None = None
        self._last: Session | None = None
        if demo:
            from snaptui.demo import require_demo_extra

            require_demo_extra()
            self._folder = Path(tempfile.mkdtemp(prefix="snaptui-demo-"))
            config = config.in_folder(self._folder)
        self.config, self._environ = config, environ
        self.remembered = Remembered(config.data_dir / "remembered")

    @classmethod
    def for_config(
        cls,
        config: Config,
        environ: Mapping[str, str] | None = None,
        *,
        demo: bool = False,
        use_cache: bool = True,
        on_wait: Callable[[Wait], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Sessions:
        """Build them from settings alone."""
        environ = os.environ if environ is None else environ
        return cls(config, environ, demo=demo, use_cache=use_cache, on_wait=on_wait, now=now)

    @cached_property
    def tokens(self) -> TokenStore:
        """Where tokens come from and go to; in the demo, nowhere outside this process."""
        from snaptui.tokens import TokenStore

        if self.demo:
            return TokenStore(self.config.data_dir, environ={}, memory_only=True)
        return TokenStore.for_config(self.config, self._environ, remembered=self.remembered)

    @property
    def demo_server(self) -> DemoServer | None:
        """The demo once it runs, for its levers."""
        return self._server

    def open_last(self) -> Session | None:
        """The account used last, as the cache has it and not signed in yet, for the first frame; None without one.

        ``open`` goes on with this session when the token turns out to be the same account's.
        """
        key = None if self.demo or not self._use_cache else self.remembered.get(_LAST_ACCOUNT)
        if key is None:
            return None
        self._last = self._session(None, key)
        return self._last

    async def find_token(self) -> Found | None:
        """The first token there is, or None: then ``tokens.problems`` may say why. Starts the demo first."""
        if self.demo:
            from snaptui.tokens import Found, Token, TokenSource

            server = await self._demo()
            return Found(Token.parse(server.token), TokenSource.DEMO)
        return await self.tokens.find()

    async def check(self, token: Token) -> Account:
        """Ask the server whose token this is. Raises TokenRefused and whatever else the API raises."""
        if self.demo:
            await self._demo()
        made_by = await asyncio.to_thread(api_class)
        async with made_by(self.config.api_url, token, max_wait=_CHECK_SECONDS) as api:
            return await api.user()

    async def open(self, found: Found, account: Account | None = None) -> Session:
        """Open the account of a token; makes no request."""
        from snaptui.cache import account_key
        from snaptui.endpoint import origin_of

        if self.demo:
            await self._demo()
        key = account_key(found.token.reveal(), origin_of(self.config.api_url))
        last, self._last = self._last, None
        if last is not None and last.account_key == key:
            session = last
            session.sign_in(found)
        else:
            session = self._session(found, key)
            if last is not None:
                await last.aclose()
        if self._use_cache and not self.demo:
            self.remembered.set(_LAST_ACCOUNT, key)
        if account is not None:
            session.take_account(account)
        return session

    async def sign_out(self) -> tuple[TokenSource, ...]:
        """Forget the token everywhere snaptui put it; ``tokens.problems`` tells what did not work."""
        self.remembered.set(_LAST_ACCOUNT, None)
        return await self.tokens.forget()

    async def aclose(self) -> None:
        """Stop the demo and remove its folder."""
        server, self._server = self._server, None
        if server is not None:
            await asyncio.to_thread(server.stop)
        self.clean_up()

    def clean_up(self) -> None:
        """Remove the demo's folder, for an end that can't wait for ``aclose``; does no harm twice."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _session(self, found: Found | None, key: str) -> Session:
        return Session(
            self.config, found, account_key=key, use_cache=self._use_cache, on_wait=self._on_wait, now=self._now
        )

    async def _demo(self) -> DemoServer:
        if self._server is None:
            self._server = await asyncio.to_thread(_start_demo)
            self.config = replace(self.config, api_url=self._server.api_url)
        return self._server


def local_copies(config: Config) -> LocalCopies:
    """The record of archives on this computer, which is the same for every account."""
    from snaptui.transfers.local import LocalCopies

    return LocalCopies(config.data_dir / "copies.sqlite")


def api_class() -> type[DiscloudApi]:
    """Load the class that speaks to the API, and with it the HTTP library."""
    # Where httpx finds rich and click it imports a command line of its own, a third of its import time. None in
    # ``sys.modules`` is Python's way to say that there is no such module.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    from snaptui.api import DiscloudApi

    return DiscloudApi


def _start_demo() -> DemoServer:
    from snaptui.demo.run import DemoServer

    return DemoServer().start()


def _not_signed_in() -> str:
    return _("You are not signed in: run “snaptui login”, or set DISCLOUD_TOKEN.")
