"""Requests are a budget: batches never run into 429, and the person goes first."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snaptui.api import DiscloudApi, Priority, Wait
from snaptui.errors import RateLimited
from snaptui.pacing import Claim, Pacer
from tests.api.clocks import Clock, run_without_waiting
from tests.api.server import Reply, Request, reply, serve

MakeApi = Callable[..., DiscloudApi]
USER, BACKGROUND = Priority.USER, Priority.BACKGROUND
A = "20261122-030000"


@dataclass
class Budget:
    """A server's side of the rate limit: windows of a fixed length, from the first request or by the wall clock."""

    limit: int = 60
    window: float = 60.0
    aligned: bool = False
    rounding: Callable[[float], int] = math.ceil
    refused: int = 0
    counts: list[int] = field(default_factory=list)
    _ends: float = float("-inf")
    _used: int = 0

    def take(self, now: float) -> dict[str, str]:
        if now >= self._ends:
            self.counts.append(0)
            self._used = 0
            self._ends = (now // self.window + 1) * self.window if self.aligned else now + self.window
        self._used += 1
        self.counts[-1] += 1
        self.refused += self._used > self.limit
        return {
            "ratelimit-limit": str(self.limit),
            "ratelimit-remaining": str(max(self.limit - self._used, 0)),
            "ratelimit-reset": str(self.rounding(self._ends - now)),
        }


def simulate(
    budget: Budget,
    requests: list[tuple[Priority, float]],
    latencies: list[tuple[float, float]],
    *,
    patience: float = 1e9,
) -> list[tuple[Priority, float]]:
    """Send requests, each at its moment, through a Pacer in a loop without real time; return who went when."""
    went: list[tuple[Priority, float]] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()
        pacer = Pacer(clock=loop.time)

        async def one(number: int, priority: Priority, start: float) -> None:
            await asyncio.sleep(start)
            claim = Claim(priority, patience)
            to_server, back = latencies[number % len(latencies)]
            async with pacer.turn(claim):
                went.append((priority, loop.time()))
                await asyncio.sleep(to_server)
                headers = budget.take(loop.time())
                await asyncio.sleep(back)
                pacer.heard(headers, claim)

        async with asyncio.TaskGroup() as group:
            for number, (priority, start) in enumerate(requests):
                group.create_task(one(number, priority, start))
        pacer.close()

    run_without_waiting(run())
    return went


def test_fifty_links_go_at_once_and_a_hundred_refreshes_take_two_windows() -> None:
    budget = Budget()
    went = simulate(budget, [(USER, 0.0)] * 50, [(0.02, 0.03)])
    assert budget.refused == 0
    assert max(at for _who, at in went) < 1
    budget = Budget()
    went = simulate(budget, [(USER, 0.0)] * 100, [(0.02, 0.03)])
    assert budget.refused == 0
    assert 55 < max(at for _who, at in went) < 65
    budget = Budget()
    simulate(budget, [(BACKGROUND, 0.0)] * 100, [(0.02, 0.03)])
    assert budget.refused == 0
    assert len(budget.counts) <= 3


def test_the_person_goes_before_what_waits_in_the_background() -> None:
    budget = Budget()
    went = simulate(budget, [(BACKGROUND, 0.0)] * 100 + [(USER, 5.0)] * 10, [(0.02, 0.03)])
    assert budget.refused == 0
    assert all(at < 6 for who, at in went if who is USER), "the background left no room"
    assert len([at for who, at in went if who is BACKGROUND and at < 60]) >= 40, "the background waits needlessly"


def test_the_two_of_the_first_screen_go_side_by_side() -> None:
    assert [at for _who, at in simulate(Budget(), [(USER, 0.0)] * 2, [(0.1, 0.1)])] == [0.0, 0.0]


_BUDGETS = st.builds(
    Budget,
    limit=st.integers(3, 80),
    window=st.sampled_from([10.0, 60.0]),
    aligned=st.booleans(),
    rounding=st.sampled_from([math.ceil, math.floor, round]),
)


@settings(max_examples=300, deadline=None)
@given(
    _BUDGETS,
    st.integers(0, 250),
    st.sampled_from([0.1, 20, 150]),
    st.sampled_from([0.01, 0.5, 8]),
    st.integers(0, 1 << 32),
)
def test_no_timing_runs_into_429(budget: Budget, count: int, spread: float, latency: float, seed: int) -> None:
    """Whatever answers take, up to a quarter of the window; a server slower than that cannot be counted with."""
    chance = Random(seed)
    latency = min(latency, budget.window / 8)
    requests = [(chance.choice([USER, BACKGROUND]), chance.uniform(0, spread)) for _ in range(count)]
    latencies = [(chance.uniform(0, latency), chance.uniform(0, latency)) for _ in range(17)]
    went = simulate(budget, requests, latencies)
    assert len(went) == len(requests)
    assert budget.refused == 0, budget.counts


def test_a_spent_budget_turns_the_impatient_away_and_nobody_else() -> None:
    budget = Budget(limit=5)
    with pytest.raises(ExceptionGroup) as caught:
        simulate(budget, [(USER, 0.0)] * 8, [(0.01, 0.01)], patience=10)
    (error,) = {type(error) for error in caught.value.exceptions}
    assert error is RateLimited
    assert budget.refused == 0
    budget = Budget(limit=5)
    assert len(simulate(budget, [(BACKGROUND, 0.0)] * 8, [(0.01, 0.01)], patience=10)) == 8


def test_who_leaves_the_line_gives_the_turn_back() -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        pacer = Pacer(clock=loop.time)
        first = Claim(USER, 100)
        async with pacer.turn(first):
            pacer.heard({"ratelimit-limit": "60", "ratelimit-remaining": "1", "ratelimit-reset": "60"}, first)

        async def take_one() -> float:
            async with pacer.turn(Claim(USER, 100)):
                return loop.time()

        tasks = [asyncio.create_task(take_one()) for _ in range(3)]
        tasks[0].cancel()  # before it ran
        await asyncio.sleep(0)
        tasks[2].cancel()  # while it waits in the line
        times = await asyncio.gather(*tasks, return_exceptions=True)
        assert times[1] == 0.0
        granted = asyncio.create_task(take_one())
        await asyncio.sleep(0)
        granted.cancel()
        await asyncio.wait([granted])
        assert pacer.rate_limit is not None
        assert pacer.rate_limit.remaining == 0
        pacer.close()

    run_without_waiting(run())


def test_a_turn_given_but_not_taken_is_no_request() -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        pacer = Pacer(clock=loop.time)
        claims = [Claim(USER, 100) for _ in range(4)]
        hold = asyncio.Event()

        async def take(claim: Claim) -> None:
            async with pacer.turn(claim):
                pacer.heard({"ratelimit-limit": "60", "ratelimit-remaining": "50", "ratelimit-reset": "60"}, claim)
                await hold.wait()

        tasks = [asyncio.create_task(take(claim)) for claim in claims]
        await asyncio.sleep(0)
        waiting = Claim(USER, 100)
        enter = asyncio.create_task(take(waiting))
        await asyncio.sleep(0)
        before = pacer.rate_limit
        enter.cancel()
        hold.set()
        await asyncio.wait([enter, *tasks])
        assert before is not None
        assert pacer._brief == 0
        pacer.close()

    run_without_waiting(run())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ratelimit-remaining": "junk", "ratelimit-limit": "60", "ratelimit-reset": "3"},
        {"ratelimit-remaining": "-1"},
        {"ratelimit-remaining": "9" * 400},
        {"ratelimit-remaining": ""},
        {"ratelimit-remaining": "NaN"},
    ],
)
def test_headers_that_say_nothing_limit_nothing(headers: dict[str, str]) -> None:
    async def run() -> None:
        pacer = Pacer(clock=asyncio.get_running_loop().time)
        for _ in range(100):
            claim = Claim(USER, 0)
            async with pacer.turn(claim):
                pacer.heard(headers, claim)
        assert pacer.rate_limit is None

    run_without_waiting(run())


def test_headers_of_the_newer_drafts_are_read_too() -> None:
    async def run() -> None:
        pacer = Pacer(clock=asyncio.get_running_loop().time, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
        claim = Claim(USER, 0)
        async with pacer.turn(claim):
            pacer.heard(
                {"ratelimit-limit": "60, 60;w=60", "ratelimit-remaining": "12", "ratelimit-reset": "4.5"}, claim
            )
        assert pacer.rate_limit is not None
        assert (pacer.rate_limit.limit, pacer.rate_limit.remaining) == (60, 12)

    run_without_waiting(run())


@pytest.mark.anyio
async def test_a_batch_over_real_sockets_never_sees_429(make_api: MakeApi) -> None:
    """Time is real here, and the window a second."""
    budget = Budget(limit=40, window=1.0)
    waits: list[Wait] = []
    link = {"download": {"url": "https://files.example/a", "version": A}}

    def answer(_request: Request, _n: int) -> Reply:
        headers = {name.replace("-", "_"): value for name, value in budget.take(time.monotonic()).items()}
        return reply(link, 429 if budget.refused else 200, "application/json", **headers)

    async with (
        serve(answer) as server,
        make_api(server.url, clock=time.monotonic, sleep=asyncio.sleep, on_wait=waits.append) as api,
    ):
        await asyncio.gather(*(api.download_link(f"app-{n}", A) for n in range(50)))
    assert budget.refused == 0
    assert len(server.requests) == 50
    assert {wait.reason for wait in waits} == {"rate-limit"}
    assert len(waits) <= 2, "one wait is told once, not once for each request"


@pytest.mark.anyio
async def test_429_holds_everybody_back_and_is_told(make_api: MakeApi, clock: Clock) -> None:
    waits: list[Wait] = []
    times: list[float] = []

    def answer(_request: Request, n: int) -> Reply:
        times.append(clock())
        return reply({"message": "often"}, 429, retry_after="12") if n == 1 else reply({"apps": [], "versions": []})

    async with serve(answer) as server, make_api(server.url, on_wait=waits.append) as api:
        await api.apps()
        await api.app_snapshots("loja-1")
    assert len(server.requests) == 3
    assert [round(wait.seconds) for wait in waits] == [12]
    assert waits[0].sentence == "waiting 12 s for the rate limit"
    assert times[1] - times[0] == pytest.approx(12)


@pytest.mark.anyio
async def test_a_person_who_joins_a_background_request_moves_it_forward(make_api: MakeApi) -> None:
    gate = asyncio.Event()

    async def answer(request: Request, _n: int) -> Reply:
        if request.path.endswith("first"):
            await gate.wait()
        return reply({"versions": [A], "apps": []})

    async with serve(answer) as server, make_api(server.url) as api:
        await api.apps()
        names = ["a-first", "b-first", "c-first", "d-1", "e-2"]
        tasks = [asyncio.create_task(api.app_snapshots(name, priority=BACKGROUND)) for name in names]
        await server.saw(4)
        joined = asyncio.create_task(api.app_snapshots("e-2"))
        await joined
        gate.set()
        await asyncio.gather(*tasks)
    paths = [r.path.rpartition("/")[2] for r in server.requests]
    assert paths.index("e-2") < paths.index("d-1")
    assert len(paths) == 6
