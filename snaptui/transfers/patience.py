"""How long a download goes on trying: the limits, and the count of what failed since something last got better."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from snaptui.errors import RateLimited, SnaptuiError
from snaptui.i18n import _
from snaptui.transfers.events import Waiting

_SELDOM = 2


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on: seconds without a byte, tries and links without progress, and the pauses between them.

    ``renewing_bytes`` beyond the farthest point so far (less for a small archive) make the tries whole again.
    """

    stall_seconds: float = 30.0
    head_seconds: float = 60.0
    tries: int = 8
    first_pause: float = 0.5
    longest_pause: float = 30.0
    longest_asked_pause: float = 300.0
    renewing_bytes: int = 1 << 16
    refused_links: int = 4
    other_seconds: float = 1.0


class Passing(SnaptuiError):
    """A failure that may pass. ``seconds`` is the least time to wait; ``error`` is raised when it does not pass.

    With ``seldom`` it may be met twice in a download, whatever progress is made between.
    """

    def __init__(
        self, reason: str, seconds: float = 0.0, error: SnaptuiError | None = None, *, seldom: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds
        self.error = error
        self.seldom = seldom


class Tries:
    """Counts the failures of one download; progress renews the budget, and only real progress does."""

    def __init__(self, patience: Patience, tell: Callable[[Waiting], None], pause: Callable[[float], None]) -> None:
        self._patience, self._tell, self._pause = patience, tell, pause
        self._farthest = 0
        self._seldom = 0
        self.count = 0

    def begin(self, length: int) -> None:
        """Note how far an earlier run had come."""
        self._farthest = length

    def reached(self, length: int, total: int | None) -> None:
        """Note how far this try came. Only bytes beyond the farthest point count, so that starting over does not."""
        step = min(self._patience.renewing_bytes, max(1, (total or 0) // 100))
        if length >= self._farthest + step:
            self._farthest = length
            self.count = 0

    def failed(self, why: Passing, *, pause: bool = True) -> None:
        """Wait for the next try; raise ``why`` where there is none, RateLimited where the wait would be too long."""
        self.count += 1
        self._seldom += why.seldom
        if self.count >= self._patience.tries or self._seldom >= _SELDOM:
            raise why
        if why.seconds > self._patience.longest_asked_pause:
            message = _("The archive's host asks to wait {seconds} s before the next try: start it again then.")
            raise RateLimited(message.format(seconds=round(why.seconds)), why.seconds)
        seconds = min(self._patience.longest_pause, self._patience.first_pause * 2.0 ** (self.count - 1))
        seconds = max(seconds * random.uniform(0.5, 1.0), why.seconds)  # noqa: S311 - jitter, not a secret
        if pause:
            self._tell(Waiting(why.reason, seconds, self.count + 1))
            self._pause(seconds)
