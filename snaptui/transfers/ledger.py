"""The list of transfers: what may be read from it, and who is told when it changes."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import replace

from snaptui.models import SnapshotKey
from snaptui.transfers.events import Event
from snaptui.transfers.transfer import UNFINISHED, State, Summary, Transfer, after, summarise

# Changes that come closer together than this are told together.
_TELL_SECONDS = 0.1


class Ledger:
    """Transfers by id, in the order they are taken up. Belongs to the event loop's thread."""

    def __init__(self) -> None:
        self._transfers: dict[int, Transfer] = {}
        self._settled: dict[int, asyncio.Event] = {}
        self._subscribers: list[Callable[[], None]] = []
        self._telling: asyncio.Handle | None = None
        self._told_at = 0.0
        self._closed = False
        self._hold = ("", float("-inf"))

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
        return max((t for t in self._transfers.values() if t.key == key), key=lambda t: t.id, default=None)

    def get(self, transfer_id: int) -> Transfer | None:
        """A transfer by its id."""
        return self._transfers.get(transfer_id)

    def summary(self) -> Summary:
        """The queue in one line."""
        return summarise(self._transfers.values())

    def unfinished(self) -> tuple[Transfer, ...]:
        """What an earlier run left and nobody has taken up yet."""
        return tuple(t for t in self._transfers.values() if t.from_earlier_run and t.state is State.PAUSED)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` after changes, at most ten times a second; return what ends that."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            with contextlib.suppress(ValueError):
                self._subscribers.remove(callback)

        return unsubscribe

    async def wait(self, transfer_id: int) -> Transfer:
        """Wait until a transfer is done, failed, paused or cancelled; return it. KeyError for one not on the list."""
        settled = self._settled[transfer_id]
        while True:
            t = self._transfers[transfer_id]
            if t.state not in UNFINISHED or t.state is State.PAUSED:
                return t
            await settled.wait()

    def held_up(self, reason: str, seconds: float) -> None:
        """Requests to the API have to wait that long: every transfer that wants a link is shown to wait for it."""
        self._hold = (reason, time.monotonic() + seconds)
        for t in self.transfers:
            if t.asking:
                self._transfers[t.id] = self._as_held(t)
        self._changed()

    def _take(self, transfer_id: int, event: Event) -> None:
        """Note what a download tells."""
        t = after(self._transfers[transfer_id], event, time.monotonic())
        self._transfers[transfer_id] = self._as_held(t) if t.asking else t
        self._changed()

    def _as_held(self, transfer: Transfer) -> Transfer:
        reason, until = self._hold
        if time.monotonic() >= until:
            return transfer
        return replace(transfer, state=State.WAITING, note=reason, waits_until=until)

    def _set(self, transfer_id: int, **changes: object) -> None:
        self._transfers[transfer_id] = replace(self._transfers[transfer_id], **changes)  # type: ignore[arg-type]
        self._changed()

    def _changed(self) -> None:
        if self._telling is None and self._subscribers and not self._closed:
            loop = asyncio.get_running_loop()
            wait = self._told_at + _TELL_SECONDS - loop.time()
            self._telling = loop.call_later(wait, self._tell) if wait > 0 else loop.call_soon(self._tell)

    def _tell(self) -> None:
        self._telling = None
        self._told_at = asyncio.get_running_loop().time()
        for callback in tuple(self._subscribers):
            callback()

    def _end_telling(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
