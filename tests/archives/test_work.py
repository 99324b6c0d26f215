"""Work on a thread: how it is stopped, and when it can't be any more."""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing

import pytest

from snaptui.archives.work import Job, events

pytestmark = pytest.mark.anyio


async def test_a_cancellation_before_it_has_settled_stops_it() -> None:
    reached, go_on = threading.Event(), threading.Event()
    settled: list[bool] = []

    def work(job: Job[str]) -> None:
        job.tell("begun")
        reached.set()
        go_on.wait(10)
        job.settle()
        settled.append(True)

    async def follow() -> list[str]:
        async with aclosing(events(work)) as told:
            return [event async for event in told]

    task = asyncio.create_task(follow())
    await asyncio.to_thread(reached.wait, 10)
    task.cancel()
    asyncio.get_running_loop().call_soon(go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not settled


async def test_a_cancellation_after_it_has_settled_comes_too_late_and_the_end_is_told() -> None:
    settled, go_on = threading.Event(), threading.Event()

    def work(job: Job[str]) -> None:
        job.settle()
        settled.set()
        go_on.wait(10)
        job.tell("done")

    async def follow() -> list[str]:
        async with aclosing(events(work)) as told:
            return [event async for event in told]

    task = asyncio.create_task(follow())
    await asyncio.to_thread(settled.wait, 10)
    task.cancel()
    asyncio.get_running_loop().call_soon(go_on.set)
    assert await task == ["done"]
    assert not task.cancelling()
