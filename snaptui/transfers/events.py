"""What a download tells while it runs: frozen values, the same for the screens, the progress bar and the tests.

Sizes are bytes, times seconds. ``total_bytes`` is None until the server has said it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asking:
    """A link is being asked for; the answer may have to wait for the account's requests."""


@dataclass(frozen=True, slots=True)
class Started:
    """Bytes are about to come, at first or after a break; ``resumed_from`` of them are already here."""

    target: Path
    total_bytes: int | None
    resumed_from: int


@dataclass(frozen=True, slots=True)
class Advanced:
    """More has been written, or nothing came for a moment.

    ``bytes_per_second`` is over the last seconds, None in the first moment.
    """

    received_bytes: int
    total_bytes: int | None
    bytes_per_second: float | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something failed that may pass; the next try is in ``seconds``."""

    reason: str
    seconds: float
    attempt: int


@dataclass(frozen=True, slots=True)
class StartedOver:
    """What was here could not be continued, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Checking:
    """All bytes are here and are being read back."""

    checked_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole, checked file has its final name.

    ``resumed_from`` bytes of it were here before this run. ``unchecked`` members could not be unpacked (encrypted, or
    packed by an unknown method), so their content is as it came, and nobody here can tell more.
    """

    path: Path
    size_bytes: int
    sha256: str
    members: int
    resumed_from: int = 0
    already_present: bool = False
    unchecked: int = 0


Event = Asking | Started | Advanced | Waiting | StartedOver | Checking | Finished
