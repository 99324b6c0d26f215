"""Taking a snapshot: what is said before, while and after, and what happens when it does not simply work."""

from __future__ import annotations

import pytest

from snaptui.demo.run import DemoServer
from snaptui.tui.screens import create
from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.screens.main import MainScreen
from tests.tui.conftest import Make
from tests.tui.driving import ACERVO, BUSY, EMPTY, LOJA, Driver, running

pytestmark = pytest.mark.anyio


def posts(demo: DemoServer) -> int:
    """How many times a creation was asked for."""
    return sum(request.method == "POST" for request in demo.controls.requests)


async def opened(driver: Driver, app_id: str) -> CreateScreen:
    """The window for one app."""
    await driver.choose(app_id)
    await driver.press("c")
    return await driver.screen(CreateScreen)


async def test_the_new_version_is_under_the_cursor(demo: DemoServer, make: Make) -> None:
    async with running(make()) as driver:
        before = driver.table.total_rows
        window = await opened(driver, LOJA)
        assert "Loja Bot" in str(window.query_one(".title").render())
        assert posts(demo) == 0
        await driver.press("enter")
        await driver.screen(MainScreen)
        await driver.settled()
        assert driver.table.total_rows == 43
        assert before > 43
        assert driver.key == driver.table.shown_rows[0].key
        assert posts(demo) == 1


async def test_all_apps_takes_the_app_of_the_version_under_the_cursor(make: Make) -> None:
    async with running(make()) as driver:
        assert driver.table.cursor_row is not None
        name = driver.table.cursor_row.app_name
        await driver.press("c")
        window = await driver.screen(CreateScreen)
        assert name in str(window.query_one(".title").render())


async def test_an_app_without_snapshots_can_get_its_first(make: Make) -> None:
    async with running(make()) as driver:
        await opened(driver, EMPTY)
        await driver.press("enter")
        await driver.screen(MainScreen)
        assert driver.table.total_rows == 1
        assert driver.notice == ""


async def test_a_deleted_app_is_warned_of(make: Make) -> None:
    async with running(make()) as driver:
        await opened(driver, "bot-antigo")
        assert "deleted" in driver.words(".warning")


async def test_time_goes_by_while_the_server_works_and_the_window_can_be_left(demo: DemoServer, make: Make) -> None:
    held = demo.controls.hold(f"/snapshot/{ACERVO}", "POST")
    async with running(make()) as driver:
        await opened(driver, ACERVO)
        await driver.press("enter")
        await driver.until(lambda: "1 s" in driver.words("#create-state"))
        await driver.press("enter", "escape")
        await driver.screen(MainScreen)
        before = driver.table.total_rows
        held.set()
        await driver.until(lambda: driver.table.total_rows == before + 1)
        await driver.until(lambda: any("is there" in words for words in driver.toasts))
    assert posts(demo) == 1


async def test_quitting_while_a_snapshot_is_taken_asks(demo: DemoServer, make: Make) -> None:
    demo.controls.hold(f"/snapshot/{ACERVO}", "POST")
    async with running(make()) as driver:
        await opened(driver, ACERVO)
        await driver.press("enter", "escape", "q")
        await driver.screen(AskScreen)
        await driver.press("s")
        await driver.screen(MainScreen)


async def test_a_busy_app_is_tried_again_after_a_countdown(
    demo: DemoServer, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(create, "_FIRST_BUSY_SECONDS", 1.0)
    async with running(make()) as driver:
        await opened(driver, BUSY)
        await driver.press("enter")
        await driver.until(lambda: "Trying again in" in driver.words("#create-state"))
        await driver.until(lambda: posts(demo) == 2)
        await driver.until(lambda: "Trying again in" in driver.words("#create-state"))
        await driver.press("enter")
        await driver.until(lambda: posts(demo) == 3)
        await driver.press("escape")
        await driver.screen(MainScreen)
        await driver.settled()
    assert posts(demo) == 3


async def test_a_lost_answer_is_looked_up_and_never_asked_for_again(demo: DemoServer, make: Make) -> None:
    demo.controls.drop_post_answer = True
    async with running(make()) as driver:
        await opened(driver, LOJA)
        await driver.press("enter")
        await driver.screen(MainScreen)
        await driver.until(lambda: any("no need to try again" in words for words in driver.toasts))
        assert driver.table.total_rows == 43
        assert driver.key == driver.table.shown_rows[0].key
    assert posts(demo) == 1


async def test_a_failure_is_told_in_the_window(demo: DemoServer, make: Make) -> None:
    demo.controls.fail_next(f"/snapshot/{LOJA}", 500, method="POST")
    async with running(make()) as driver:
        await opened(driver, LOJA)
        await driver.press("enter")
        await driver.until(lambda: "Discloud is taking" not in driver.words("#create-state"))
        assert isinstance(driver.app.screen, CreateScreen)
        assert driver.words("#create-state").endswith(".")


async def test_a_refused_token_leads_to_the_login(demo: DemoServer, make: Make) -> None:
    async with running(make()) as driver:
        total = driver.table.total_rows
        await opened(driver, LOJA)
        demo.controls.revoke_token()
        await driver.press("enter")
        await driver.screen(LoginScreen)
        await driver.press("escape")
        await driver.screen(MainScreen)
        assert driver.table.total_rows <= total
        assert driver.table.total_rows == 42
