"""The queue of downloads: a few at a time, in order, pausable, and remembered past the end of the program.

All methods belong to the event loop's thread. Whoever shows the queue subscribes and reads ``transfers``: frozen
values, one for each download.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from snaptui.errors import SnaptuiError
from snaptui.formatting import number
from snaptui.i18n import _, ngettext
from snaptui.models import SnapshotKey
from snaptui.transfers.events import Finished
from snaptui.transfers.ledger import Ledger
from snaptui.transfers.pending import Pending, PendingFile
from snaptui.transfers.transfer import ACTIVE, UNFINISHED, State, Summary, Transfer

if TYPE_CHECKING:
    from snaptui.transfers.download import LinkSource, Patience
    from snaptui.transfers.local import LocalCopies

__all__ = ["ACTIVE", "UNFINISHED", "State", "Summary", "Transfer", "TransferQueue"]

_REMEMBERED = UNFINISHED | {State.FAILED}


class TransferQueue(Ledger):
    """Downloads of one account; ``parallel`` of them run at a time."""

    def __init__(
        self,
        links: LinkSource,
        copies: LocalCopies,
        *,
        api_origin: str,
        parallel: int = 3,
        state_path: Path,
        patience: Patience | None = None,
    ) -> None:
        super().__init__()
        self._links, self._copies, self._api_origin = links, copies, api_origin
        self._parallel, self._patience = max(1, parallel), patience
        self._pending = PendingFile(state_path)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._stopping: dict[int, State] = {}
        self._next_id = 1

    # Changing

    def use_links(self, links: LinkSource, state_path: Path) -> None:
        """Go on for an account that signed in with a new token: its links, and where unfinished ones are remembered."""
        self._links = links
        self._pending.save([])
        self._pending = PendingFile(state_path)
        self._remember()

    def add(
        self,
        key: SnapshotKey,
        app_name: str,
        target: Path,
        *,
        overwrite: bool = False,
        expected_size: int | None = None,
    ) -> Transfer:
        """Queue a download; one of the same file that is not finished is returned (and resumed) instead of a second."""
        target = target.absolute()
        for t in self.transfers:
            if t.key == key and t.target == target and t.state in UNFINISHED:
                if overwrite and not t.active:
                    self._set(t.id, overwrite=True)
                self.resume(t.id)
                return self._transfers[t.id]
            if t.key == key and t.target == target and t.state in (State.FAILED, State.CANCELLED):
                self.remove(t.id)
        transfer = self._new(key, app_name, target, overwrite=overwrite, expected_size=expected_size)
        self._remember()
        self._start_more()
        return self._transfers[transfer.id]

    def _new(
        self, key: SnapshotKey, app_name: str, target: Path, *, overwrite: bool, expected_size: int | None
    ) -> Transfer:
        transfer = Transfer(
            self._next_id,
            key,
            app_name,
            target,
            total_bytes=expected_size,
            overwrite=overwrite,
            expected_size=expected_size,
        )
        self._next_id += 1
        self._transfers[transfer.id] = transfer
        self._settled[transfer.id] = asyncio.Event()
        return transfer

    def offer_unfinished(self) -> tuple[Transfer, ...]:
        """Take in what earlier runs left, paused, with the bytes that are here; return what was taken in."""
        from snaptui.transfers.state import kept_bytes

        offered = []
        for entry in self._pending.adopt():
            key, target = SnapshotKey(entry.app_id, entry.version), Path(entry.target)
            if any(t.key == key and t.target == target and t.state in UNFINISHED for t in self.transfers):
                continue
            t = self._new(key, entry.app_name, target, overwrite=entry.overwrite, expected_size=entry.expected_size)
            note = _("left unfinished by an earlier run")
            kept = kept_bytes(target, key)
            self._set(t.id, state=State.PAUSED, received_bytes=kept, from_earlier_run=True, note=note)
            self._settled[t.id].set()
            offered.append(self._transfers[t.id])
        return tuple(offered)

    def pause(self, transfer_id: int) -> None:
        """Stop a transfer and keep what came."""
        self._stop(transfer_id, State.PAUSED)

    def cancel(self, transfer_id: int) -> None:
        """Stop a transfer and remove what came."""
        self._stop(transfer_id, State.CANCELLED)

    def _stop(self, transfer_id: int, state: State) -> None:
        t = self._transfers.get(transfer_id)
        if t is None or t.state not in _REMEMBERED or t.state is state:
            return
        if t.state is State.FAILED and state is State.PAUSED:
            return
        task = self._tasks.get(transfer_id)
        if task is not None:
            self._stopping[transfer_id] = state
            task.cancel()
        else:
            self._settle(transfer_id, state)

    def resume(self, transfer_id: int) -> None:
        """Queue a paused transfer again."""
        self._requeue(transfer_id, {State.PAUSED})

    def retry(self, transfer_id: int, *, overwrite: bool | None = None) -> None:
        """Queue a failed, cancelled or paused transfer again; ``overwrite`` changes what that does to a file there."""
        t = self._transfers.get(transfer_id)
        if overwrite is not None and t is not None and not t.active:
            self._set(transfer_id, overwrite=overwrite)
        self._requeue(transfer_id, {State.FAILED, State.CANCELLED, State.PAUSED})

    def _requeue(self, transfer_id: int, states: set[State]) -> None:
        t = self._transfers.get(transfer_id)
        if t is None or t.state not in states or transfer_id in self._tasks:
            return
        self._settled[transfer_id].clear()
        self._set(transfer_id, state=State.QUEUED, note="", error=None, bytes_per_second=None)
        self._remember()
        self._start_more()

    def move_up(self, transfer_id: int) -> None:
        """Take a transfer up before the one that waits above it; what runs or has ended is passed over."""
        ids = list(self._transfers)
        if transfer_id not in ids:
            return
        at = ids.index(transfer_id)
        above = next((i for i in range(at - 1, -1, -1) if self._transfers[ids[i]].state is State.QUEUED), None)
        if above is None:
            return
        ids.insert(above, ids.pop(at))
        self._transfers = {i: self._transfers[i] for i in ids}
        self._remember()
        self._changed()

    def remove(self, transfer_id: int) -> None:
        """Take a transfer that has ended off the list; a failed one is not offered again."""
        t = self._transfers.get(transfer_id)
        if t is not None and t.state not in UNFINISHED:
            del self._transfers[transfer_id]
            self._settled.pop(transfer_id).set()
            self._remember()
            self._changed()

    def clear_finished(self) -> None:
        """Take every transfer that has ended off the list."""
        for t in self.transfers:
            self.remove(t.id)

    async def aclose(self) -> None:
        """Stop what runs; parts and the memory of them stay for the next run."""
        self._remember()
        self._closed = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._end_telling()

    # Running

    def _start_more(self) -> None:
        free = self._parallel - len(self._tasks)
        for t in self.transfers:
            if free <= 0 or self._closed:
                break
            if t.state is State.QUEUED and t.id not in self._tasks:
                self._set(t.id, state=State.RUNNING, from_earlier_run=False)
                self._tasks[t.id] = asyncio.create_task(self._run(t.id), name="transfer")
                free -= 1

    async def _run(self, transfer_id: int) -> None:
        try:
            await self._download(transfer_id)
            state = State.DONE
        except asyncio.CancelledError:
            state = self._stopping.pop(transfer_id, State.PAUSED)
        except SnaptuiError as error:
            self._set(transfer_id, error=error, note=error.sentence)
            state = State.FAILED
        except BaseException:
            self._settle(transfer_id, State.FAILED)  # a fault of our own: nobody waits for ever, and it is heard of
            raise
        finally:
            self._tasks.pop(transfer_id, None)
            self._stopping.pop(transfer_id, None)
        self._settle(transfer_id, state)
        self._start_more()

    async def _download(self, transfer_id: int) -> None:
        from snaptui.transfers.download import DownloadRequest, download

        t = self._transfers[transfer_id]
        known = await asyncio.to_thread(self._known_sha256, t)
        request = DownloadRequest(t.key, t.target, t.overwrite, t.expected_size, known)
        source = download(
            request, self._links, api_origin=self._api_origin, wait_for_other=True, patience=self._patience
        )
        async with aclosing(source) as progress:  # type: ignore[type-var]
            async for event in progress:
                self._take(transfer_id, event)
                if isinstance(event, Finished):
                    await self._finish(transfer_id, event)

    def _known_sha256(self, t: Transfer) -> str | None:
        try:
            copy = self._copies.of(t.key)
        except SnaptuiError:
            return None
        return copy.sha256 if copy is not None and copy.path == t.target else None

    async def _finish(self, transfer_id: int, event: Finished) -> None:
        from snaptui.transfers.local import downloaded

        note = ""
        if event.unchecked:
            words = ngettext(
                "{n} member is encrypted or packed in an unknown way, and was not checked",
                "{n} members are encrypted or packed in an unknown way, and were not checked",
                event.unchecked,
            )
            note = words.format(n=number(event.unchecked))
        # First of all, so that an order to stop that comes now finds it done.
        self._set(
            transfer_id,
            received_bytes=event.size_bytes,
            total_bytes=event.size_bytes,
            sha256=event.sha256,
            members=event.members,
            resumed_from=event.resumed_from,
            already_present=event.already_present,
            unchecked=event.unchecked,
            note=note,
        )
        copy = downloaded(self._transfers[transfer_id].key, event)
        try:
            await asyncio.shield(asyncio.to_thread(self._copies.record, copy))
        except SnaptuiError as error:
            self._set(transfer_id, note=error.sentence)  # the archive is here and whole; only the record is not

    def _settle(self, transfer_id: int, state: State) -> None:
        t = self._transfers[transfer_id]
        if t.sha256 is not None:
            state = State.DONE  # it had its final name when the order to stop came
        if state is State.CANCELLED:
            from snaptui.transfers.state import discard_part

            discard_part(t.target, t.key)
        kept = {} if state is not State.CANCELLED else {"received_bytes": 0}
        self._set(transfer_id, state=state, bytes_per_second=None, asking=False, waits_until=None, **kept)
        self._settled[transfer_id].set()
        if not self._closed:
            self._remember()

    def _remember(self) -> None:
        self._pending.save(
            [
                Pending(*t.key, t.app_name, str(t.target), t.overwrite, t.expected_size)
                for t in self._transfers.values()
                if t.state in _REMEMBERED
            ]
        )
