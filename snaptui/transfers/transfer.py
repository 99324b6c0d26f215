"""One download in the queue as it stands, and all of them in a line: frozen values for whoever shows them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from snaptui.errors import SnaptuiError
from snaptui.models import SnapshotKey
from snaptui.transfers.events import Advanced, Asking, Checking, Event, Finished, Started, StartedOver, Waiting


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
    """One download as it stands. Sizes are bytes; ``note`` says in words what is going on, or went wrong.

    ``expected_size`` is the listing's figure; ``unchecked`` members of the finished archive could not be unpacked.
    ``asking`` is set while a link is asked for, ``waits_until`` is when it is tried again, by the monotonic clock.
    """

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
    expected_size: int | None = None
    unchecked: int = 0
    asking: bool = False
    waits_until: float | None = None

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
    """The queue in one line; bytes, rate and seconds are of the downloads that run or wait for their turn.

    ``held_up`` says why, where none of those that are active gets on.
    """

    active: int = 0
    queued: int = 0
    paused: int = 0
    failed: int = 0
    done: int = 0
    received_bytes: int = 0
    total_bytes: int | None = None
    bytes_per_second: float = 0.0
    remaining_seconds: float | None = None
    held_up: str = ""

    @property
    def pending(self) -> bool:
        """Whether there is any that a person may still want to look at: under way, waiting, paused or failed."""
        return bool(self.active or self.queued or self.paused or self.failed)


def summarise(transfers: Collection[Transfer]) -> Summary:
    """Sum up; the total is None while the size of one that is under way is not known."""
    counts = dict.fromkeys(State, 0)
    for transfer in transfers:
        counts[transfer.state] += 1
    going = [t for t in transfers if t.active or t.state is State.QUEUED]
    totals = [t.total_bytes for t in going]
    total = sum(n for n in totals if n is not None) if going and None not in totals else None
    # One that is being checked has all its bytes, however far the check is.
    received = sum((t.total_bytes or 0) if t.state is State.CHECKING else t.received_bytes for t in going)
    active = [t for t in going if t.active]
    stuck = bool(active) and all(t.state is State.WAITING for t in active)
    rate = sum(t.bytes_per_second or 0.0 for t in going if t.state is State.RUNNING)
    return Summary(
        active=len(active),
        queued=counts[State.QUEUED],
        paused=counts[State.PAUSED],
        failed=counts[State.FAILED],
        done=counts[State.DONE],
        received_bytes=received,
        total_bytes=total,
        bytes_per_second=rate,
        remaining_seconds=max(0, total - received) / rate if total is not None and rate else None,
        held_up=active[0].note if stuck else "",
    )


def after(transfer: Transfer, event: Event, now: float) -> Transfer:
    """How a transfer stands after an event of its download; ``Finished`` is the queue's to take in.

    ``now`` is the monotonic clock's.
    """
    if transfer.asking or transfer.waits_until is not None:
        transfer = replace(transfer, asking=False, waits_until=None)
    match event:
        case Asking():
            return replace(transfer, state=State.RUNNING, note="", bytes_per_second=None, asking=True)
        case Started(total_bytes=total, resumed_from=here):
            return replace(transfer, state=State.RUNNING, received_bytes=here, total_bytes=total, note="")
        case Advanced(received_bytes=received, total_bytes=total, bytes_per_second=rate):
            figures = replace(transfer, received_bytes=received, total_bytes=total, bytes_per_second=rate)
            return replace(figures, state=State.RUNNING)
        case Waiting(reason=reason, seconds=seconds):
            waiting = replace(transfer, state=State.WAITING, note=reason, bytes_per_second=None)
            return replace(waiting, waits_until=now + seconds)
        case StartedOver(reason=reason):
            return replace(transfer, received_bytes=0, note=reason)
        case Checking(checked_bytes=checked, total_bytes=total):
            return replace(transfer, state=State.CHECKING, received_bytes=checked, total_bytes=total)
        case Finished():
            return transfer
