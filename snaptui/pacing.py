"""Requests are a budget: sixty a minute is all an account has.

The ``Pacer`` lets a request go only while the server's own headers say that there is room for it, so a batch
never runs into 429. What a person asked for goes before what snaptui does in the background, and the background
leaves a part of every window alone.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from snaptui.errors import RateLimited
from snaptui.i18n import _
from snaptui.models import RateLimit
from snaptui.priority import Priority as Priority

# The server says whole seconds, rounded one way or the other.
_ROUNDING = 1.0
_USUAL_WINDOW = 60.0
_LONGEST_WINDOW = 3_600.0
_SIDE_BY_SIDE = {0: 8, 1: 3}
_SIDE_BY_SIDE_UNTIL_FIRST_ANSWER = 2
_BACKGROUND_LEAVES = 5  # one fifth of the window
_NUMBER = re.compile(r"\s*([0-9]{1,12})(?:\.[0-9]*)?\s*(?:[,;].*)?", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause that a person may want to know about: why, and how many seconds it will take."""

    reason: Literal["rate-limit", "server", "network"]
    seconds: float
    priority: Priority = Priority.USER
    attempt: int = 1

    @property
    def is_persons(self) -> bool:
        """Whether a person waits for it, and not only snaptui itself."""
        return self.priority is Priority.USER

    @property
    def why(self) -> str:
        """The reason in words, without how long."""
        if self.reason == "rate-limit":
            return _("the account's requests are used up")
        return _("the server is not well") if self.reason == "server" else _("no connection")

    @property
    def sentence(self) -> str:
        """Say it in words."""
        seconds = max(1, round(self.seconds))
        if self.reason == "rate-limit":
            return _("waiting {seconds} s for the rate limit").format(seconds=seconds)
        if self.reason == "server":
            return _("the server is not well, trying again in {seconds} s").format(seconds=seconds)
        return _("no connection, trying again in {seconds} s").format(seconds=seconds)


@dataclass(eq=False, slots=True)
class Claim:
    """One request's place in the line.

    ``patience`` is how many seconds it may still wait for the budget; only a person's requests run out of it.
    A ``brief`` request counts towards those side by side; a creation that takes minutes does not.
    """

    priority: Priority
    patience: float
    brief: bool = True
    order: int = 0
    entered_at: float = 0.0
    sent_at: float = 0.0
    number: int = 0
    beside: int = 0
    ready: asyncio.Future[None] | None = field(default=None, repr=False)


class Pacer:
    """Hands out turns to send a request; keeps what the server's headers say about the budget."""

    def __init__(
        self,
        *,
        on_wait: Callable[[Wait], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._on_wait, self._clock, self._sleep, self._now = on_wait, clock, sleep, now
        self._line: list[Claim] = []
        self._orders = itertools.count()
        self._turns = self._brief = 0
        self._heard_anything = False
        # The window as this side counts it: what is left after everything sent, and when it surely is over.
        # ``_left`` is None until a server says that there is a limit; ``_confirmed`` is False for a window that
        # began by our clock and of which no answer has told yet.
        self._limit: int | None = None
        self._left: int | None = None
        self._ends = 0.0
        self._resets_at = now()
        self._began = float("-inf")
        self._confirmed = False
        self._blocked_until = float("-inf")
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at = 0.0
        self._told: tuple[float, Priority] | None = None

    @property
    def rate_limit(self) -> RateLimit | None:
        """The budget after everything sent so far, or None while no answer has told of one."""
        if self._limit is None or self._left is None:
            return None
        self._turn_window()
        return RateLimit(limit=self._limit, remaining=max(self._left, 0), resets_at=self._resets_at)

    @asynccontextmanager
    async def turn(self, claim: Claim) -> AsyncIterator[None]:
        """Wait until the request may be sent; hold its place beside others until it is answered.

        Raises RateLimited when a person's request would have to wait longer than its patience.
        """
        await self._enter(claim)
        try:
            yield
        finally:
            self._brief -= claim.brief
            self._serve()

    def promote(self, claim: Claim, patience: float) -> None:
        """Move a waiting background request forward, because a person now asks for the same."""
        claim.priority = Priority.USER
        claim.patience = patience
        claim.entered_at = self._clock()
        self._serve()

    def heard(self, headers: Mapping[str, str], claim: Claim) -> None:
        """Take in the ``ratelimit-*`` headers of the answer to ``claim``; anything but numbers is ignored."""
        self._heard_anything = True
        remaining = _number(headers.get("ratelimit-remaining"))
        if remaining is None or claim.sent_at < self._began:
            return
        reset = _number(headers.get("ratelimit-reset"))
        seconds = min(_USUAL_WINDOW if reset is None else float(reset), _LONGEST_WINDOW)
        self._limit = _number(headers.get("ratelimit-limit")) or max(self._limit or 0, remaining)
        # The server looked at its clock at some moment between sending and now.
        earliest_end, latest_end = claim.sent_at + seconds - _ROUNDING, self._clock() + seconds + _ROUNDING
        is_new_window = self._confirmed and earliest_end > self._ends
        if self._left is None or is_new_window:
            # The count was taken while others were on their way, and perhaps before the server saw them.
            self._left = remaining - (self._turns - claim.number) - claim.beside
            self._began = claim.sent_at if is_new_window else self._began
            self._end_at(latest_end)
        else:
            self._left = min(self._left, remaining)
            if not self._confirmed or latest_end < self._ends:
                self._end_at(latest_end)
        self._confirmed = True

    def refused(self, seconds: float) -> None:
        """The server answered 429: nobody goes for that long."""
        self._blocked_until = max(self._blocked_until, self._clock() + seconds)
        if self._left is not None:
            self._left = 0
            self._end_at(self._blocked_until)
            self._confirmed = False

    def close(self) -> None:
        """Stop the alarm; whoever still waits is cancelled by its owner."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    async def _enter(self, claim: Claim) -> None:
        ready = claim.ready = asyncio.get_running_loop().create_future()
        claim.order, claim.entered_at = next(self._orders), self._clock()
        self._line.append(claim)
        self._serve()
        try:
            await ready
        except asyncio.CancelledError:
            if claim in self._line:
                self._line.remove(claim)
            elif ready.done() and not ready.cancelled() and ready.exception() is None:
                self._take_back(claim)
            self._serve()
            raise
        if claim.priority is Priority.USER:
            claim.patience -= max(self._clock() - claim.entered_at, 0)

    def _serve(self) -> None:
        """Let go everyone whose turn it is, in order."""
        self._turn_window()
        while self._line:
            claim = min(self._line, key=lambda waiting: (waiting.priority, waiting.order))
            opening = self._opening(claim.priority)
            if opening > self._clock():
                self._hold(opening)
                return
            if claim.brief and self._brief >= self._room(claim.priority):
                return
            self._line.remove(claim)
            self._let_go(claim)
        self.close()

    def _let_go(self, claim: Claim) -> None:
        claim.sent_at, claim.beside = self._clock(), self._brief
        self._turns += 1
        claim.number = self._turns
        self._brief += claim.brief
        if self._left is not None:
            self._left -= 1
        if claim.ready is not None and not claim.ready.done():
            claim.ready.set_result(None)

    def _take_back(self, claim: Claim) -> None:
        """Undo a turn that was given but never used."""
        self._brief -= claim.brief
        if self._left is not None and claim.sent_at >= self._began:
            self._left += 1

    def _room(self, priority: Priority) -> int:
        room = _SIDE_BY_SIDE[priority]
        return room if self._heard_anything else min(room, _SIDE_BY_SIDE_UNTIL_FIRST_ANSWER)

    def _opening(self, priority: Priority) -> float:
        """Return when, by the clock, the next request of this priority may go; the past means now."""
        if self._blocked_until > self._clock():
            return self._blocked_until
        if self._left is None or self._limit is None:
            return float("-inf")
        leaves = self._limit // _BACKGROUND_LEAVES if priority is Priority.BACKGROUND else 0
        return float("-inf") if self._left > leaves else self._ends

    def _turn_window(self) -> None:
        """Begin a new window when the old one is over by our clock."""
        now = self._clock()
        if self._left is None or self._limit is None or now < self._ends:
            return
        # Those on their way may be counted in the new window.
        self._left = max(self._limit - self._brief, 1)
        self._began, self._confirmed = now, False
        self._end_at(now + _USUAL_WINDOW)

    def _end_at(self, moment: float) -> None:
        """Set when the window is over by our clock, and by the clock on the wall for whoever shows it."""
        self._ends = moment
        self._resets_at = self._now() + timedelta(seconds=max(moment - _ROUNDING - self._clock(), 0))

    def _hold(self, opening: float) -> None:
        """Make the line wait for ``opening``; turn away those who would not wait that long."""
        seconds = opening - self._clock()
        for claim in [c for c in self._line if c.priority is Priority.USER and c.entered_at + c.patience < opening]:
            self._line.remove(claim)
            if claim.ready is not None and not claim.ready.done():
                claim.ready.set_exception(rate_limited(seconds))
        if not self._line:
            self.close()
            return
        self._tell(opening, min(claim.priority for claim in self._line))
        if self._alarm is None or opening < self._alarm_at:
            self.close()
            self._alarm_at = opening
            self._alarm = asyncio.get_running_loop().create_task(self._ring(seconds))

    def _tell(self, opening: float, priority: Priority) -> None:
        """Say once for every opening and priority that the line is waiting."""
        if self._on_wait is None:
            return
        if self._told is not None and abs(self._told[0] - opening) < _ROUNDING and self._told[1] <= priority:
            return
        self._told = (opening, priority)
        self._on_wait(Wait("rate-limit", opening - self._clock(), priority))

    async def _ring(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._alarm = None
        self._serve()


def rate_limited(seconds: float) -> RateLimited:
    """Return the error for a budget that is spent for so many seconds."""
    whole = max(1, round(seconds))
    return RateLimited(
        _("The account's requests are used up for {seconds} s; try again then.").format(seconds=whole), seconds
    )


def _number(text: str | None) -> int | None:
    """Return the leading whole number of a header, which newer drafts follow with parameters."""
    match = _NUMBER.fullmatch(text) if text is not None else None
    return int(match.group(1)) if match else None
