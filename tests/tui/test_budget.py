"""A person going through a long list of apps, and a batch, with sixty requests a minute and no more."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from snaptui.demo.run import DemoServer
from snaptui.demo.world import DEMO_NOW, DemoApp
from snaptui.transfers.queue import State
from snaptui.tui.widgets.account_bar import AccountBar
from tests.tui.driving import program, running
from tests.tui.widgets.worlds import lines_of

pytestmark = pytest.mark.anyio


async def test_the_down_key_held_through_a_hundred_apps_stays_within_sixty_requests(tmp_path: Path) -> None:
    with DemoServer(DEMO_NOW, requests_per_minute=60) as demo:
        for number in range(100):
            demo.world.apps[f"shop-{number:03}"] = DemoApp(f"shop-{number:03}", f"Shop {number:03}")
        async with running(program(demo, tmp_path)) as driver:
            catalog = driver.main.desk.catalog
            assert catalog is not None
            catalog.loaded_at = DEMO_NOW - timedelta(hours=1)  # so that resting on an app asks for it again
            await driver.press("h", "home")
            asked, limited = len(demo.controls.requests), demo.controls.limited
            for _times in range(4):
                for _key in range(25):  # what the key does, without the pause after each that a test makes
                    driver.sidebar.action_cursor_down()
                    await asyncio.sleep(0.01)
                await driver.until(lambda: driver.main.app_id == driver.sidebar.highlighted_id)
            last = driver.main.app_id
            assert last is not None
            await driver.until(lambda: any(last in request.path for request in demo.controls.requests))
            await driver.settled()
            assert len(demo.controls.requests) - asked <= 30, "an app that was only passed was asked for"
            assert demo.controls.limited == limited == 0


async def test_what_waits_for_requests_says_so_and_the_header_when_they_are_back(tmp_path: Path) -> None:
    with DemoServer(DEMO_NOW, requests_per_minute=60) as demo:
        async with running(program(demo, tmp_path)) as driver:
            await driver.choose("api-site")
            demo.controls.leave(1, seconds=3.0)
            await driver.press("r")
            await driver.settled()
            await driver.press("asterisk", "d", "enter", "escape")
            queue = driver.main.desk.queue
            assert queue is not None
            await driver.until(lambda: any(t.state is State.WAITING for t in queue.transfers))
            assert {t.note for t in queue.transfers if t.state is State.WAITING} == {
                "the account's requests are used up"
            }
            bar = driver.main.query_one(AccountBar)
            assert "0/60 requests, all back at 09:0" in lines_of(bar)[0]
            await driver.press("t")
            await driver.until(lambda: all(t.state is State.DONE for t in queue.transfers))
            assert demo.controls.limited == 0
            await driver.press("t")
            await driver.until(lambda: "all back" not in lines_of(bar)[0])
