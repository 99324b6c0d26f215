"""The queue of downloads: a few at a time, in order, pausable, and remembered past the end of the program.

All methods belong to the event loop's thread. Whoever shows the queue subscribes and reads ``transfers``: frozen
values, one for each download.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from snaptui.errors import SnaptuiError
from snaptui.models import SnapshotKey
from snaptui.transfers.events import Advanced, Checking, Event, Finished, Started, StartedOver, Waiting
from snaptui.transfers.pending import Pending, PendingFile

if TYPE_CHECKING:
    from snaptui.transfers.download import LinkSource, Patience
    from snaptui.transfers.local import LocalCopies


class State(StrEnum):
    """Where a transfer stands."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    CHECKING = "checking"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = frozenset({State.RUNNING, State.WAITING, State.CHECKING})
UNFINISHED = ACTIVE | {State.QUEUED, State.PAUSED}


@dataclass(frozen=True, slots=True)
class Transfer:
    """One download as it stands. Sizes are bytes; ``note`` says in words what is going on, or went wrong."""

    id: int
    key: SnapshotKey
    app_name: str
    target: Path
    state: State = State.QUEUED
    received_bytes: int = 0
    total_bytes: int | None = None
    bytes_per_second: float | None = None
    note: str = ""
    error: SnaptuiError | None = None
    sha256: str | None = None
    members: int = 0
    resumed_from: int = 0
    already_present: bool = False
    overwrite: bool = False
    from_earlier_run: bool = False

    @property
    def remaining_seconds(self) -> float | None:
        """Seconds until all bytes are here at the present rate; None where that cannot be told."""
        if self.state is not State.RUNNING or self.total_bytes is None or not self.bytes_per_second:
            return None
        return max(0.0, (self.total_bytes - self.received_bytes) / self.bytes_per_second)

    @property
    def active(self) -> bool:
        """Whether it runs now, be it waiting for another try."""
        return self.state in ACTIVE


@dataclass(frozen=True, slots=True)
class Summary:
    """The queue in one line; bytes are of the downloads that are not finished."""

    active: int = 0
    queued: int = 0
    paused: int = 0
    failed: int = 0
    done: int = 0
    received_bytes: int = 0
    total_bytes: int | None = None
    bytes_per_second: float = 0.0
    remaining_seconds: float | None = None


class TransferQueue:
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
        self._links, self._copies, self._api_origin = links, copies, api_origin
        self._parallel, self._patience = max(1, parallel), patience
        self._pending = PendingFile(state_path)
        self._transfers: dict[int, Transfer] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._stopping: dict[int, State] = {}
        self._subscribers: list[Callable[[], None]] = []
        self._finished: dict[int, asyncio.Event] = {}
        self._next_id = 1
        self._announced = False
        self._closed = False

    # Reading

    @property
    def transfers(self) -> tuple[Transfer, ...]:
        """Every transfer, in the order they are taken up."""
        return tuple(self._transfers.values())

    @property
    def busy(self) -> bool:
        """Whether anything runs or waits for its turn."""
        return any(t.active or t.state is State.QUEUED for t in self._transfers.values())

    def of(self, key: SnapshotKey) -> Transfer | None:
        """The newest transfer of a snapshot."""
        return next((t for t in reversed(self.transfers) if t.key == key), None)

    def get(self, transfer_id: int) -> Transfer | None:
        """A transfer by its id."""
        return self._transfers.get(transfer_id)

    def summary(self) -> Summary:
        """The queue in one line."""
        everything = self.transfers
        counts = {state: sum(t.state is state for t in everything) for state in State}
        going = [t for t in everything if t.active or t.state is State.QUEUED]
        totals = [t.total_bytes for t in going]
        total = sum(n for n in totals if n is not None) if going and None not in totals else None
        received = sum(t.received_bytes for t in going)
        rate = sum(t.bytes_per_second or 0.0 for t in going if t.state is State.RUNNING)
        return Summary(
            active=sum(t.active for t in everything),
            queued=counts[State.QUEUED],
            paused=counts[State.PAUSED],
            failed=counts[State.FAILED],
            done=counts[State.DONE],
            received_bytes=received,
            total_bytes=total,
            bytes_per_second=rate,
            remaining_seconds=(total - received) / rate if total is not None and rate else None,
        )

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` soon after anything changes, once for changes that come together; return the end of it."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            with contextlib.suppress(ValueError):
                self._subscribers.remove(callback)

        return unsubscribe

    # Changing

    def use_links(self, links: LinkSource) -> None:
        """Ask another source for links from now on: the account signed in again with a new token."""
        self._links = links

    def add(
        self,
        key: SnapshotKey,
        app_name: str,
        target: Path,
        *,
        overwrite: bool = False,
        expected_size: int | None = None,
    ) -> Transfer:
        """Queue a download; one of the same file that is not finished is returned instead of a second."""
        for t in self._transfers.values():
            if t.key == key and t.target == target and t.state in UNFINISHED:
                if t.state is State.PAUSED:
                    self.resume(t.id)
                return self._transfers[t.id]
        transfer = self._new(key, app_name, target, overwrite=overwrite, expected_size=expected_size)
        self._remember()
        self._start_more()
        return self._transfers[transfer.id]

    def _new(
        self, key: SnapshotKey, app_name: str, target: Path, *, overwrite: bool, expected_size: int | None
    ) -> Transfer:
        transfer = Transfer(
            self._next_id, key, app_name, target.absolute(), total_bytes=expected_size, overwrite=overwrite
        )
        self._next_id += 1
        self._transfers[transfer.id] = transfer
        self._finished[transfer.id] = asyncio.Event()
        return transfer

    def offer_unfinished(self) -> tuple[Transfer, ...]:
        """Take in what an earlier run left, paused, with the bytes that are here; return it."""
        from snaptui.transfers.state import kept_bytes

        offered = []
        for entry in self._pending.adopt():
            key, target = SnapshotKey(entry.app_id, entry.version), Path(entry.target)
            t = self._new(key, entry.app_name, target, overwrite=entry.overwrite, expected_size=entry.expected_size)
            self._set(t.id, state=State.PAUSED, received_bytes=kept_bytes(target, key), from_earlier_run=True)
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
        if t is None or t.state not in UNFINISHED or t.state is state:
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
        """Queue a failed or cancelled transfer again."""
        if overwrite is not None and transfer_id in self._transfers:
            self._set(transfer_id, overwrite=overwrite)
        self._requeue(transfer_id, {State.FAILED, State.CANCELLED, State.PAUSED})

    def _requeue(self, transfer_id: int, states: set[State]) -> None:
        t = self._transfers.get(transfer_id)
        if t is None or t.state not in states or transfer_id in self._tasks:
            return
        self._finished[transfer_id].clear()
        self._set(transfer_id, state=State.QUEUED, note="", error=None, bytes_per_second=None)
        self._remember()
        self._start_more()

    def move_up(self, transfer_id: int) -> None:
        """Take a transfer up before the one above it."""
        ids = list(self._transfers)
        if transfer_id not in ids or (at := ids.index(transfer_id)) == 0:
            return
        ids[at - 1], ids[at] = ids[at], ids[at - 1]
        self._transfers = {i: self._transfers[i] for i in ids}
        self._remember()
        self._changed()

    def remove(self, transfer_id: int) -> None:
        """Take a finished transfer off the list."""
        t = self._transfers.get(transfer_id)
        if t is not None and t.state not in UNFINISHED:
            del self._transfers[transfer_id]
            self._changed()

    def clear_finished(self) -> None:
        """Take every finished transfer off the list."""
        for t in self.transfers:
            self.remove(t.id)

    async def wait(self, transfer_id: int) -> Transfer:
        """Wait until a transfer is done, failed, paused or cancelled."""
        await self._finished[transfer_id].wait()
        return self._transfers[transfer_id]

    async def aclose(self) -> None:
        """Stop what runs; parts and the memory of them stay for the next run."""
        self._closed = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    # Running

    def _start_more(self) -> None:
        free = self._parallel - len(self._tasks)
        for t in self.transfers:
            if free <= 0 or self._closed:
                break
            if t.state is State.QUEUED and t.id not in self._tasks:
                self._set(t.id, state=State.RUNNING)
                self._tasks[t.id] = asyncio.create_task(self._run(t.id), name="transfer")
                free -= 1
        self._changed()

    async def _run(self, transfer_id: int) -> None:
        from snaptui.transfers.download import DownloadRequest, download

        t = self._transfers[transfer_id]
        request = DownloadRequest(t.key, t.target, t.overwrite)
        try:
            source = download(request, self._links, api_origin=self._api_origin, patience=self._patience)
            async with aclosing(source) as progress:  # type: ignore[type-var]
                async for event in progress:
                    self._take(transfer_id, event)
        except asyncio.CancelledError:
            self._settle(transfer_id, self._stopping.pop(transfer_id, State.PAUSED))
        except SnaptuiError as error:
            self._set(transfer_id, error=error, note=error.sentence)
            self._settle(transfer_id, State.FAILED)
        finally:
            self._tasks.pop(transfer_id, None)
            self._start_more()

    def _take(self, transfer_id: int, event: Event) -> None:
        match event:
            case Started():
                self._set(
                    transfer_id,
                    state=State.RUNNING,
                    total_bytes=event.total_bytes,
                    received_bytes=event.resumed_from,
                    note="",
                )
            case Advanced():
                self._set(
                    transfer_id,
                    state=State.RUNNING,
                    received_bytes=event.received_bytes,
                    total_bytes=event.total_bytes,
                    bytes_per_second=event.bytes_per_second,
                )
            case Waiting():
                self._set(transfer_id, state=State.WAITING, note=event.reason, bytes_per_second=None)
            case StartedOver():
                self._set(transfer_id, received_bytes=0, note=event.reason)
            case Checking():
                self._set(
                    transfer_id, state=State.CHECKING, received_bytes=event.checked_bytes, total_bytes=event.total_bytes
                )
            case Finished():
                self._finish(transfer_id, event)

    def _finish(self, transfer_id: int, event: Finished) -> None:
        from snaptui.transfers.local import LocalCopy

        self._set(
            transfer_id,
            received_bytes=event.size_bytes,
            total_bytes=event.size_bytes,
            sha256=event.sha256,
            members=event.members,
            resumed_from=event.resumed_from,
            already_present=event.already_present,
            note="",
        )
        t = self._transfers[transfer_id]
        try:
            self._copies.record(LocalCopy(t.key, event.path, event.size_bytes, event.sha256, datetime.now(UTC)))
        except SnaptuiError as error:
            self._set(transfer_id, note=error.sentence)  # the archive is here and whole; only the record is not
        self._settle(transfer_id, State.DONE)

    def _settle(self, transfer_id: int, state: State) -> None:
        t = self._transfers[transfer_id]
        if state is State.CANCELLED:
            from snaptui.transfers.state import discard_part

            discard_part(t.target, t.key)
        self._set(transfer_id, state=state, bytes_per_second=None)
        self._finished[transfer_id].set()
        if not self._closed:
            self._remember()

    def _set(self, transfer_id: int, **changes: object) -> None:
        self._transfers[transfer_id] = replace(self._transfers[transfer_id], **changes)  # type: ignore[arg-type]
        self._changed()

    def _changed(self) -> None:
        if not self._announced and self._subscribers:
            self._announced = True
            asyncio.get_running_loop().call_soon(self._announce)

    def _announce(self) -> None:
        self._announced = False
        for callback in tuple(self._subscribers):
            callback()

    def _remember(self) -> None:
        self._pending.save(
            [
                Pending(*t.key, t.app_name, str(t.target), t.overwrite, t.total_bytes)
                for t in self.transfers
                if t.state in UNFINISHED
            ]
        )
