"""The account that is open, and what the screens ask of it; no widgets here.

One ``Desk`` lives as long as the program: sessions come and go on it, the downloads stay.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from snaptui.catalog import Catalog
from snaptui.errors import SnaptuiError
from snaptui.models import Account, SnapshotKey
from snaptui.session import Session, Sessions
from snaptui.tokens import Found
from snaptui.transfers.local import LocalCopy
from snaptui.transfers.paths import default_folder
from snaptui.transfers.queue import UNFINISHED, Transfer, TransferQueue
from snaptui.tui.screens.download import LAST_FOLDER
from snaptui.tui.widgets.cells import NO_COPY, LocalCell, LocalState
from snaptui.tui.widgets.progress import percent_of


class Desk:
    """Holds the open session. ``on_queue`` is told whenever the downloads change."""

    def __init__(self, sessions: Sessions, on_queue: Callable[[], None]) -> None:
        self.sessions = sessions
        self.session: Session | None = None
        self._on_queue = on_queue
        self._unsubscribe: Callable[[], None] = lambda: None
        self._copies_broken = False

    @property
    def catalog(self) -> Catalog | None:
        """What the account holds; None while nothing is open."""
        return self.session.catalog if self.session is not None else None

    @property
    def queue(self) -> TransferQueue | None:
        """The downloads; None while nothing is open."""
        return self.session.queue if self.session is not None else None

    @property
    def signed_in(self) -> bool:
        """Whether requests can be made."""
        return self.session is not None and self.session.found is not None

    def open_last(self) -> bool:
        """Show the account used last as the cache has it; say whether there was one."""
        session = self.sessions.open_last()
        if session is None or not session.catalog.restore():
            return False
        self.session = session
        return True

    async def open(self, found: Found, account: Account | None = None) -> tuple[Transfer, ...]:
        """Open the account of a token; return the downloads an earlier run left unfinished."""
        before = self.session
        session = await self.sessions.open(found, account)
        await session.prepare()
        if session is not before:
            session.catalog.restore()
            if before is not None:
                self._take_over(before, session)
                await before.aclose()
        self.session = session
        self._unsubscribe()
        self._unsubscribe = session.queue.subscribe(self._on_queue)
        return session.queue.offer_unfinished()

    def _take_over(self, before: Session, after: Session) -> None:
        """Let the downloads go on with the new token: they were asked for by the same person."""
        if "queue" in before.__dict__:
            queue: TransferQueue = before.__dict__.pop("queue")
            queue.use_links(after.api)
            after.__dict__["queue"] = queue

    def copy_of(self, key: SnapshotKey) -> LocalCopy | None:
        """The recorded copy of a version."""
        if self.session is None or self._copies_broken:
            return None
        try:
            return self.session.copies.of(key)
        except SnaptuiError:
            self._copies_broken = True
            return None

    def local_of(self, key: SnapshotKey) -> LocalCell:
        """What is on this machine of a version, in a cell."""
        if self.session is None:
            return NO_COPY
        transfer = self.session.queue.of(key)
        if transfer is not None and transfer.state in UNFINISHED:
            return LocalCell(LocalState.PERCENT, percent_of(transfer) or 0)
        copy = self.copy_of(key)
        if copy is None:
            return NO_COPY
        if copy.problem is not None:
            return LocalCell(LocalState.DAMAGED)
        return LocalCell(LocalState.VERIFIED if copy.verified else LocalState.FILE)

    def download_folder(self) -> Path:
        """Where the next download goes unless the person says otherwise: the folder used last, else the default."""
        last = self.sessions.remembered.get(LAST_FOLDER)
        return Path(last) if last else default_folder(self.sessions.config.download_dir, Path.cwd())

    async def sign_out(self) -> tuple[str, ...]:
        """Forget the token everywhere and close; return what could not be done, in sentences."""
        await self.sessions.sign_out()
        problems = self.sessions.tokens.problems
        session, self.session = self.session, None
        self._unsubscribe()
        if session is not None:
            await session.catalog.forget_cached()
            await session.aclose()
        return problems

    async def aclose(self) -> None:
        """Stop the downloads, close the connections, end the demo."""
        self._unsubscribe()
        if self.session is not None:
            await self.session.aclose()
        await self.sessions.aclose()
