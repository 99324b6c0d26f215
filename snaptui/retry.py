"""GETs that come through: tried again when that can help, and one request for all who ask the same.

A small loop of our own and not a retry library: a refused request must wait in the pacer's line with all others,
under a clock and a sleep that tests give, within one person's patience, and say so to whoever watches; libraries
sleep by themselves, bound the number of tries or the time since the first, and report to process-wide hooks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from snaptui.answers import RETRIED_STATUSES, Answer
from snaptui.errors import NetworkFailed
from snaptui.exchange import Exchange, Failed
from snaptui.network import LASTING
from snaptui.pacing import Claim, Pacer, Priority, Wait

_TRIES, _TRIES_AFTER_TIMEOUT = 4, 2
_FIRST_BACKOFF = 0.5

_Key = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds to wait after the n-th try: doubling from a half, between half and the whole of that by ``jitter``."""

    jitter: Callable[[], float]

    def seconds(self, attempt: int) -> float:
        """Return the pause after try number ``attempt``, counted from 1."""
        return _FIRST_BACKOFF * float(2 ** (attempt - 1)) * (0.5 + self.jitter() / 2)


@dataclass(slots=True)
class _Flight:
    """A GET under way and how many wait for its answer."""

    claim: Claim
    task: asyncio.Task[Answer]
    waiting: int = 0


class Gets:
    """Answers GETs for everybody who holds the same API."""

    def __init__(
        self,
        exchange: Exchange,
        pacer: Pacer,
        *,
        max_wait: float,
        on_wait: Callable[[Wait], None] | None,
        sleep: Callable[[float], Awaitable[None]],
        backoff: Backoff,
    ) -> None:
        self._exchange, self._pacer = exchange, pacer
        self._max_wait, self._on_wait, self._sleep, self._backoff = max_wait, on_wait, sleep, backoff
        self._flights: dict[_Key, _Flight] = {}

    async def aclose(self) -> None:
        """End what is under way."""
        tasks = [flight.task for flight in self._flights.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def answer(self, path: str, params: Mapping[str, str], *, priority: Priority, share: bool = True) -> Answer:
        """Return the answer to a GET, for better or worse; who asks for one that is under way gets the same.

        Raises the error of an exchange that had no answer, and RateLimited when the budget opens too late.
        """
        if not share:
            return await self._try(path, params, Claim(priority, self._max_wait))
        key = (path, tuple(sorted(params.items())))
        flight = self._flights.get(key)
        if flight is None:
            claim = Claim(priority, self._max_wait)
            flight = _Flight(claim, asyncio.create_task(self._try(path, params, claim)))
            self._flights[key] = flight
            flight.task.add_done_callback(lambda task: self._landed(key, task))
        elif priority < flight.claim.priority:
            self._pacer.promote(flight.claim, self._max_wait)
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                # Nobody wants it any more. Whoever asks from now on must not join a request that is being ended.
                self._flights.pop(key, None)
                flight.task.cancel()

    def _landed(self, key: tuple[str, tuple[tuple[str, str], ...]], task: asyncio.Task[Answer]) -> None:
        if (flight := self._flights.get(key)) is not None and flight.task is task:
            del self._flights[key]
        if not task.cancelled():
            task.exception()  # Taken note of, so that asyncio does not report it when nobody waits any more.

    async def _try(self, path: str, params: Mapping[str, str], claim: Claim) -> Answer:
        """Send a GET until it is answered for good, or its tries or its patience are over."""
        attempt = 1
        while True:
            async with self._pacer.turn(claim):
                outcome = await self._exchange.send(
                    "GET", path, params, lambda headers: self._pacer.heard(headers, claim)
                )
                if isinstance(outcome, Answer) and outcome.status == 429:
                    self._pacer.refused(outcome.wait_seconds or self._backoff.seconds(attempt + 2))
            seconds = self._pause_before_next(outcome, attempt, claim)
            if seconds is None:
                if isinstance(outcome, Failed):
                    raise outcome.error
                return outcome
            attempt += 1
            if seconds:
                claim.patience -= seconds
                if self._on_wait is not None:
                    reason: Literal["network", "server"] = "network" if isinstance(outcome, Failed) else "server"
                    self._on_wait(Wait(reason, seconds, claim.priority, attempt))
                await self._sleep(seconds)

    def _pause_before_next(self, outcome: Answer | Failed, attempt: int, claim: Claim) -> float | None:
        """Return the seconds to wait before the next try, or None when this outcome is the last."""
        tries = _TRIES
        if isinstance(outcome, Failed):
            error = outcome.error
            if not isinstance(error, NetworkFailed) or error.kind in LASTING:
                return None
            if error.kind == "timeout":
                tries = _TRIES_AFTER_TIMEOUT
            asked = None
        elif outcome.status not in RETRIED_STATUSES:
            return None
        else:
            asked = outcome.wait_seconds
        if attempt >= tries:
            return None
        if isinstance(outcome, Answer) and outcome.status == 429:
            return 0.0  # The pacer keeps everybody waiting, this request with the rest.
        seconds = max(asked or 0.0, self._backoff.seconds(attempt))
        return seconds if seconds <= claim.patience else None
