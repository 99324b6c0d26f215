"""Snapshots of many apps: asked once, one line each, whatever happens to one; stopped, left, copied."""

from __future__ import annotations

import pytest

from snaptui.batch import Standing
from snaptui.demo.run import DemoServer
from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.create_many import CreateManyScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.screens.main import MainScreen
from snaptui.tui.widgets.batch_table import BatchTable
from tests.tui.conftest import Make
from tests.tui.driving import ACERVO, BUSY, EMPTY, LOJA, Driver, running
from tests.tui.widgets.worlds import lines_of

pytestmark = pytest.mark.anyio

CLIMA, MUSICA, RANKING = "1732400000012", "1732400000002", "1732400000015"
DUE = {"1732400000003", EMPTY, "1732400000011"}


def posts(demo: DemoServer) -> list[str]:
    """The apps that a creation was asked for, in order."""
    return [request.path.rpartition("/")[2] for request in demo.controls.requests if request.method == "POST"]


async def opened(driver: Driver, *app_ids: str) -> CreateManyScreen:
    """The screen for these apps, marked one by one."""
    for app_id in app_ids:
        assert driver.fleet.highlight(app_id)
        await driver.press("space")
    await driver.press("c")
    return await driver.screen(CreateManyScreen)


def standings(screen: CreateManyScreen) -> dict[str, Standing]:
    """Where each app stands."""
    return {line.app.id: line.standing for line in screen.creation.tally.lines}


def shown(screen: CreateManyScreen) -> str:
    """The lines of the list."""
    return "\n".join(lines_of(screen.query_one(BatchTable)))


async def test_all_that_are_due_are_taken_once_asked(demo: DemoServer, make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        await driver.press("C")
        screen = await driver.screen(CreateManyScreen)
        assert set(standings(screen)) == DUE
        assert "no snapshot yet" in shown(screen)
        assert "newest 9 days ago" in shown(screen)
        assert "Enter takes them" in driver.words("#batch-sum")
        assert posts(demo) == []
        await driver.press("enter", "enter")
        await driver.until(lambda: screen.creation.ended)
        assert set(standings(screen).values()) == {Standing.TAKEN}
        assert sorted(posts(demo)) == sorted(DUE)
        await driver.until(lambda: "Done: 3 snapshots taken" in driver.words("#batch-sum"))
        assert "taken: 20261124-1200" in shown(screen)
        await driver.press("escape")
        await driver.screen(MainScreen)
        assert not [row for row in driver.fleet.shown_rows if row.needs_snapshot]
        await driver.press("C")
        assert driver.app.screen is driver.main
        assert any("No app needs a snapshot" in words for words in driver.toasts)


async def test_left_before_it_begins_nothing_is_asked_for(demo: DemoServer, make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        await opened(driver, CLIMA, LOJA)
        await driver.press("escape")
        await driver.screen(MainScreen)
        assert driver.fleet.marked == {CLIMA, LOJA}
    assert posts(demo) == []


async def test_busy_lost_refused_and_failed_are_told_of_each_and_the_rest_goes_on(demo: DemoServer, make: Make) -> None:
    demo.controls.fail_next(f"/snapshot/{ACERVO}", 500, method="POST")
    demo.controls.fail_next(f"/snapshot/{MUSICA}", 0, method="POST")
    async with running(make(as_versions=False)) as driver:
        screen = await opened(driver, BUSY, ACERVO, MUSICA, RANKING, CLIMA, LOJA)
        assert "not your app" in shown(screen)
        await driver.press("enter")
        await driver.until(lambda: screen.creation.ended)
        assert standings(screen) == {
            BUSY: Standing.FAILED, ACERVO: Standing.FAILED, RANKING: Standing.FAILED, MUSICA: Standing.UNKNOWN,
            CLIMA: Standing.TAKEN, LOJA: Standing.TAKEN,
        }  # fmt: skip
        assert sorted(posts(demo)) == sorted([BUSY, ACERVO, MUSICA, RANKING, CLIMA, LOJA])
        await driver.press("y")
        copied = driver.app.clipboard.splitlines()
        assert copied[0] == "2 snapshots taken, 3 failed, 1 unknown"
        assert len(copied) == 7
        newest = demo.world.apps[CLIMA].versions[-1].version
        assert any(line.startswith(f"Clima ({CLIMA}): {newest}, ") for line in copied)
        assert any(line.startswith(f"Música ({MUSICA}): The connection broke") for line in copied)
        await driver.press("g")
        for _step in copied[1:]:  # all of a sentence is read below the list
            line = screen.query_one(BatchTable).cursor_line
            assert line is not None
            if line.error is not None:
                assert line.error.sentence in driver.words("#batch-detail")
            await driver.press("j")


async def test_a_lost_answer_is_looked_up_and_never_asked_for_again(demo: DemoServer, make: Make) -> None:
    demo.controls.drop_post_answer = True
    async with running(make(as_versions=False)) as driver:
        screen = await opened(driver, CLIMA, LOJA)
        await driver.press("enter")
        await driver.until(lambda: screen.creation.ended)
        assert set(standings(screen).values()) == {Standing.UNKNOWN}
        assert shown(screen).count("?") == 2
        assert "no need to try again" in driver.words("#batch-detail")
        assert sorted(posts(demo)) == sorted([CLIMA, LOJA])
        await driver.press("escape")
        await driver.screen(MainScreen)
        assert {row.count for row in driver.fleet.shown_rows if row.app.id == LOJA} == {43}


async def test_time_goes_by_and_stopping_begins_no_more(demo: DemoServer, make: Make) -> None:
    held = demo.controls.hold("/snapshot", "POST")
    async with running(make(as_versions=False)) as driver:
        screen = await opened(driver, ACERVO, MUSICA, CLIMA, LOJA, EMPTY)
        await driver.press("enter")
        await driver.until(lambda: len(posts(demo)) == 3)
        await driver.until(lambda: shown(screen).count("under way for 1 s") == 3)
        assert shown(screen).count("waiting") == 2
        await driver.press("x")
        assert "Stopping" in driver.words("#batch-sum")
        held.set()
        await driver.until(lambda: screen.creation.ended)
        assert sorted(standings(screen).values()) == [Standing.LEFT_OUT] * 2 + [Standing.TAKEN] * 3
        assert "left out" in shown(screen)
    assert len(posts(demo)) == 3


async def test_leaving_asks_and_the_batch_goes_on_out_of_sight(demo: DemoServer, make: Make) -> None:
    held = demo.controls.hold("/snapshot", "POST")
    async with running(make(as_versions=False)) as driver:
        screen = await opened(driver, BUSY, CLIMA, LOJA, EMPTY)
        await driver.press("enter")
        await driver.until(lambda: len(posts(demo)) == 3)
        await driver.press("escape")
        await driver.screen(AskScreen)
        await driver.press("s")
        assert await driver.screen(CreateManyScreen) is screen
        await driver.press("escape")
        await driver.screen(AskScreen)
        await driver.press("l")
        await driver.screen(MainScreen)
        await driver.press("q")  # leaving snaptui asks too
        await driver.screen(AskScreen)
        await driver.press("s")
        await driver.screen(MainScreen)
        await driver.press("C")  # shows the one that runs instead of beginning another
        again = await driver.screen(CreateManyScreen)
        assert again.creation is screen.creation
        await driver.press("escape", "l")
        await driver.screen(MainScreen)
        held.set()
        await driver.until(lambda: any("3 of 4 snapshots are taken" in words for words in driver.toasts))
        assert len(posts(demo)) == 4
        await driver.press("C")
        ended = await driver.screen(CreateManyScreen)
        assert ended.creation is screen.creation
        assert "1 failed" in driver.words("#batch-sum")
        await driver.press("escape")
        await driver.screen(MainScreen)
    assert len(posts(demo)) == 4


async def test_stopping_in_the_question_stays_on_the_screen(demo: DemoServer, make: Make) -> None:
    held = demo.controls.hold("/snapshot", "POST")
    async with running(make(as_versions=False)) as driver:
        screen = await opened(driver, CLIMA, LOJA, EMPTY, MUSICA)
        await driver.press("enter")
        await driver.until(lambda: len(posts(demo)) == 3)
        await driver.press("escape")
        await driver.screen(AskScreen)
        await driver.press("x")
        assert await driver.screen(CreateManyScreen) is screen
        held.set()
        await driver.until(lambda: screen.creation.ended)
        assert list(standings(screen).values()).count(Standing.LEFT_OUT) == 1
    assert len(posts(demo)) == 3


async def test_a_spent_budget_is_waited_for_and_said(demo: DemoServer, make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        session = driver.main.desk.session
        assert session is not None
        demo.controls.leave(2, seconds=2)
        await session.api.user()  # whose answer tells that there is one left
        screen = await opened(driver, CLIMA, LOJA)
        await driver.press("enter")
        await driver.until(lambda: "for the rate limit" in driver.words("#batch-sum"))
        await driver.until(lambda: screen.creation.ended)
        assert set(standings(screen).values()) == {Standing.TAKEN}
    assert sorted(posts(demo)) == sorted([CLIMA, LOJA])


async def test_a_budget_that_others_spent_is_told_of_the_app_it_stopped(demo: DemoServer, make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        demo.controls.leave(1, seconds=2)
        screen = await opened(driver, CLIMA, LOJA)
        await driver.press("enter")
        await driver.until(lambda: screen.creation.ended)
        assert sorted(standings(screen).values()) == [Standing.FAILED, Standing.TAKEN]
    assert sorted(posts(demo)) == sorted([CLIMA, LOJA])


async def test_a_refused_token_leads_to_the_login(demo: DemoServer, make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        screen = await opened(driver, CLIMA, LOJA, EMPTY, MUSICA)
        demo.controls.revoke_token()
        await driver.press("enter")
        await driver.until(lambda: screen.creation.ended)
        await driver.screen(LoginScreen)
        assert set(standings(screen).values()) == {Standing.FAILED}


async def test_one_marked_app_gets_the_window_for_one(make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        assert driver.fleet.highlight(LOJA)
        await driver.press("space", "g", "c")
        await driver.until(lambda: "Loja Bot" in str(driver.app.screen.query(".title").first().render()))


async def test_those_that_failed_are_asked_about_anew_and_the_unknown_are_not(demo: DemoServer, make: Make) -> None:
    demo.controls.fail_next(f"/snapshot/{MUSICA}", 0, method="POST")
    async with running(make(as_versions=False)) as driver:
        screen = await opened(driver, CLIMA, MUSICA, BUSY)
        await driver.press("enter", "r")
        await driver.until(lambda: screen.creation.ended)
        demo.world.apps[BUSY].busy = False
        await driver.press("r")
        await driver.until(lambda: driver.app.screen is not screen)
        again = await driver.screen(CreateManyScreen)
        assert list(standings(again)) == [BUSY]
        assert "Enter takes it" in driver.words("#batch-sum")
        assert len(posts(demo)) == 3
        await driver.press("enter")
        await driver.until(lambda: again.creation.ended)
        assert standings(again) == {BUSY: Standing.TAKEN}
        await driver.press("escape")
        await driver.screen(MainScreen)
    assert posts(demo).count(MUSICA) == 1


async def test_it_fits_the_smallest_terminal(make: Make) -> None:
    async with running(make(as_versions=False), (60, 20)) as driver:
        screen = await opened(driver, CLIMA, BUSY)
        await driver.press("enter")
        await driver.until(lambda: screen.creation.ended)
        assert all(strip.cell_length == 60 for strip in driver.app.screen._compositor.render_strips())
