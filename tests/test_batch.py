"""A batch of snapshots: each asked for once, the rest going on whatever happens to one, and stopping."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from snaptui.batch import Batch, Began, Event, LeftOut, NotTaken, Standing, Taken, Tally
from snaptui.errors import AppBusy, NotOwner, OutcomeUnknown, RateLimited, SnaptuiError, TokenRefused
from snaptui.models import App, CreatedSnapshot, Snapshot

pytestmark = pytest.mark.anyio

APPS = tuple(App(name, name.title()) for name in ("one", "two", "three", "four", "five"))
TAKEN_AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Saving:
    """Stands in for the catalog: holds apps back, and fails for those that ``errors`` names."""

    def __init__(self, errors: Mapping[str, Exception] | None = None, held: tuple[str, ...] = ()) -> None:
        self.errors = errors or {}
        self.asked: list[str] = []
        self.most_at_once = self.at_once = 0
        self.gates = {app_id: asyncio.Event() for app_id in held}

    async def create(self, app_id: str) -> CreatedSnapshot:
        self.asked.append(app_id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            if app_id in self.gates:
                await self.gates[app_id].wait()
            if app_id in self.errors:
                raise self.errors[app_id]
            return CreatedSnapshot(Snapshot(app_id, "20261124-120000", TAKEN_AT, 1_200_000))
        finally:
            self.at_once -= 1


async def told(batch: Batch) -> list[Event]:
    """Everything a batch says."""
    return [event async for event in batch.events()]


async def test_one_after_the_other_in_the_order_given_and_none_twice() -> None:
    saving = Saving()
    events = await told(Batch(saving, (*APPS, APPS[0])))
    assert saving.asked == [app.id for app in APPS]
    assert saving.most_at_once == 1
    assert [type(event) for event in events] == [Began, Taken] * len(APPS)


async def test_a_few_side_by_side() -> None:
    saving = Saving()
    events = await told(Batch(saving, APPS, side_by_side=3))
    assert saving.most_at_once == 3
    assert sorted(saving.asked) == sorted(app.id for app in APPS)
    assert sum(isinstance(event, Taken) for event in events) == len(APPS)


async def test_nothing_to_do_is_done() -> None:
    assert await told(Batch(Saving(), ())) == []


async def test_what_happens_to_one_is_told_of_it_and_the_rest_goes_on() -> None:
    errors: dict[str, SnaptuiError] = {
        "one": AppBusy("busy"),
        "two": NotOwner("not yours"),
        "three": OutcomeUnknown("lost"),
        "four": RateLimited("used up", 30),
    }
    saving, tally = Saving(errors), Tally(APPS, clock=lambda: 1.0)
    for event in await told(Batch(saving, APPS)):
        tally.take(event)
    assert saving.asked == [app.id for app in APPS]
    assert [line.standing for line in tally.lines] == [
        Standing.FAILED, Standing.FAILED, Standing.UNKNOWN, Standing.FAILED, Standing.TAKEN,
    ]  # fmt: skip
    assert tally.ended
    assert tally.summary() == "1 snapshot taken, 3 failed, 1 unknown"
    assert tally.text().splitlines() == [
        "1 snapshot taken, 3 failed, 1 unknown",
        "One (one): busy",
        "Two (two): not yours",
        "Three (three): lost",
        "Four (four): used up",
        "Five (five): 20261124-120000, 1.2 MB",
    ]


async def test_a_refused_token_is_not_tried_again_and_again() -> None:
    saving = Saving({"two": TokenRefused("refused")})
    events = await told(Batch(saving, APPS))
    assert saving.asked == ["one", "two"]
    assert [event.app.id for event in events if isinstance(event, NotTaken)] == ["two", "three", "four", "five"]


async def test_stopping_waits_for_what_is_under_way_and_leaves_the_rest_out() -> None:
    saving = Saving(held=("one", "two"))
    batch, tally = Batch(saving, APPS, side_by_side=2), Tally(APPS)
    async for event in batch.events():
        tally.take(event)
        if tally.count(Standing.UNDER_WAY) == 2:
            batch.stop()
            assert batch.stopping
            assert not tally.ended
            for gate in saving.gates.values():
                gate.set()
    assert saving.asked == ["one", "two"]
    assert [line.standing for line in tally.lines] == [Standing.TAKEN] * 2 + [Standing.LEFT_OUT] * 3
    assert tally.text().splitlines()[-1] == "Five (five): left out: the batch was stopped before its turn"


async def test_closed_early_it_asks_for_nothing_more() -> None:
    saving = Saving(held=("one",))
    batch = Batch(saving, APPS)
    async with aclosing(batch.events()) as events:  # type: ignore[type-var]
        assert await anext(events) == Began(APPS[0])
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    assert saving.asked == ["one"]
    assert saving.at_once == 0


async def test_a_fault_of_our_own_is_loud() -> None:
    with pytest.raises(ZeroDivisionError):
        await told(Batch(Saving({"two": ZeroDivisionError()}), APPS, side_by_side=2))


async def test_what_was_not_begun_when_it_was_stopped_is_said_to_be_left_out() -> None:
    batch = Batch(Saving(), APPS)
    batch.stop()
    assert await told(batch) == [LeftOut(app) for app in APPS]
