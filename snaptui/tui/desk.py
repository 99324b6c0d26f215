"""The account that is open, and what the screens ask of it; no widgets here.

One ``Desk`` lives as long as the program: sessions come and go on it, the downloads of a person stay.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from snaptui.models import Account, SnapshotKey
from snaptui.tui.widgets.cells import NO_COPY, LocalCell, LocalState, whole_percent

if TYPE_CHECKING:
    from snaptui.catalog import Catalog
    from snaptui.session import Session, Sessions
    from snaptui.tokens import Found
    from snaptui.transfers.local import LocalCopy
    from snaptui.transfers.queue import Transfer, TransferQueue

LAST_FOLDER = "last_download_folder"


class Desk:
    """Holds the open session.

    ``on_queue`` is told whenever the downloads change; ``key_of`` gives a command's key as shown, for words that name
    it.
    """

    def __init__(self, sessions: Sessions, on_queue: Callable[[], None], key_of: Callable[[str], str]) -> None:
        self.sessions = sessions
        self.key_of = key_of
        self.session: Session | None = None
        self._on_queue = on_queue
        self._unsubscribe: Callable[[], None] = lambda: None
        self._copies_ready = False
        self._under_way: dict[SnapshotKey, LocalCell] = {}
        self._held: Catalog | None = None

    @property
    def catalog(self) -> Catalog | None:
        """What is shown of the account; None while nothing is open.

        After the same person signed in again that is the old listing, until the new one is whole.
        """
        if self._held is not None:
            return self._held
        return self.session.catalog if self.session is not None else None

    @property
    def queue(self) -> TransferQueue | None:
        """The downloads; None while nobody is signed in."""
        return self.session.queue if self.session is not None and self.signed_in else None

    @property
    def queue_under_way(self) -> int:
        """How many downloads run or wait for their turn."""
        if self.queue is None:
            return 0
        from snaptui.transfers.queue import State

        transfers = self.queue.transfers
        return sum(t.active or t.state is State.QUEUED for t in transfers)

    @property
    def signed_in(self) -> bool:
        """Whether requests can be made."""
        return self.session is not None and self.session.found is not None

    @property
    def account(self) -> Account | None:
        """Whose account is shown, as far as it is known."""
        if self.session is not None and self.session.account is not None:
            return self.session.account
        return self.catalog.account if self.catalog is not None else None

    def open_last(self) -> bool:
        """Take the account used last as the cache has it; say whether there was one. Reads the disk."""
        session = self.sessions.open_last()
        if session is None or not session.catalog.restore():
            return False
        self.session = session
        return True

    async def open(self, found: Found, account: Account | None = None) -> None:
        """Open the account of a token in the place of the one before.

        Where it is the same person's, the downloads go on and the listing stays until there is a new one.
        """
        before, before_account = self.session, self.account
        session = await self.sessions.open(found, account)
        if session is not before:
            self._held = None
            if before is not None:
                if account is not None and before_account is not None and account.user_id == before_account.user_id:
                    self._take_over(before, session)
                await before.aclose()
        self.session = session
        self._unsubscribe()
        self._unsubscribe = session.queue.subscribe(self._on_queue)
        self._count_under_way()

    def _take_over(self, before: Session, after: Session) -> None:
        """Let the downloads go on with the new token, those first that failed for the old one."""
        from snaptui.errors import TokenError
        from snaptui.transfers.queue import State

        if before.catalog.loaded_at is not None:
            self._held = before.catalog
        queue: TransferQueue | None = before.__dict__.pop("queue", None)
        if queue is None:
            return
        queue.use_links(after.api, after.transfers_file)
        after.__dict__["queue"] = queue
        for transfer in queue.transfers:
            if transfer.state is State.FAILED and isinstance(transfer.error, TokenError):
                queue.retry(transfer.id)

    def release(self) -> None:
        """The new listing is there: show it."""
        self._held = None

    def offer_unfinished(self) -> tuple[Transfer, ...]:
        """Take in the downloads that an earlier run left unfinished; return them."""
        offered = self.queue.offer_unfinished() if self.queue is not None else ()
        self._count_under_way()
        return offered

    # Copies on this computer

    async def load_copies(self) -> None:
        """Read the record of local copies, off the event loop. Raises SnaptuiError."""
        if self.session is not None:
            await asyncio.to_thread(self.session.copies.load)
            self._copies_ready = True

    def copy_of(self, key: SnapshotKey) -> LocalCopy | None:
        """The recorded copy of a version; None as long as the record has not been read."""
        if self.session is None or not self._copies_ready:
            return None
        return self.session.copies.all().get(key)

    def local_of(self, key: SnapshotKey) -> LocalCell:
        """What is on this machine of a version, in a cell; quick enough to ask for every line."""
        if (cell := self._under_way.get(key)) is not None:
            return cell
        copy = self.copy_of(key)
        if copy is None:
            return NO_COPY
        if copy.problem is not None:
            return LocalCell(LocalState.MISSING if copy.missing else LocalState.DAMAGED)
        return LocalCell(LocalState.VERIFIED if copy.verified else LocalState.FILE)

    def queue_changed(self) -> frozenset[SnapshotKey]:
        """Look at the downloads again; return the versions whose cell reads otherwise."""
        before = self._under_way
        self._count_under_way()
        now = self._under_way
        return frozenset(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))

    def _count_under_way(self) -> None:
        from snaptui.transfers.queue import UNFINISHED

        transfers = self.queue.transfers if self.queue is not None else ()
        self._under_way = {
            t.key: LocalCell(LocalState.PERCENT, whole_percent(t.received_bytes, t.total_bytes) or 0)
            for t in transfers
            if t.state in UNFINISHED
        }

    def download_folder(self) -> Path:
        """Where the next download goes unless the person says otherwise: the folder used last, else the default."""
        from snaptui.transfers.paths import default_folder

        last = self.sessions.remembered.get(LAST_FOLDER)
        return Path(last) if last else default_folder(self.sessions.config.download_dir, Path.cwd())

    # The end

    async def sign_out(self) -> tuple[str, ...]:
        """Forget the token everywhere and close; return what could not be done, in sentences."""
        await self.sessions.sign_out()
        problems = self.sessions.tokens.problems
        session, self.session, self._held = self.session, None, None
        self._unsubscribe()
        self._under_way = {}
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
