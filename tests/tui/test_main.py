"""The main screen: what it asks for, shows, keeps, and says where there is nothing to show."""

from __future__ import annotations

import pytest

from snaptui.demo.run import DemoServer
from snaptui.tui.widgets.account_bar import AccountBar
from snaptui.tui.widgets.detail import DetailLine
from tests.tui.conftest import Make
from tests.tui.driving import ACERVO, EMPTY, LOJA, running

pytestmark = pytest.mark.anyio


def paths(demo: DemoServer) -> list[str]:
    """What was asked of the API, in order."""
    return [request.path.removeprefix("/v2") for request in demo.controls.requests if request.origin == "api"]


async def test_two_requests_side_by_side_come_before_the_first_rows(demo: DemoServer, make: Make) -> None:
    apps, versions = demo.controls.hold("/app/all"), demo.controls.hold("/snapshot")
    async with running(make(), loaded=False) as driver:
        await driver.until(lambda: len(paths(demo)) == 2)
        assert sorted(paths(demo)) == ["/app/all", "/snapshot"]
        assert "Asking" in driver.notice
        versions.set()
        await driver.until(lambda: bool(driver.table.shown_rows))
        assert driver.notice == ""
        apps.set()
        await driver.settled()
        assert driver.table.total_rows > 500
        assert driver.main.query_one(AccountBar).state.username == "ana"


async def test_what_is_kept_from_the_last_run_is_there_before_anything_is_asked(demo: DemoServer, make: Make) -> None:
    async with running(make()) as driver:
        rows = driver.table.total_rows
    asked = len(paths(demo))
    held = demo.controls.hold("/")
    async with running(make(), loaded=False) as driver:
        assert driver.table.total_rows == rows
        assert driver.main.query_one(AccountBar).state.from_cache
        held.set()
        await driver.settled()
        assert not driver.main.query_one(AccountBar).state.from_cache
    assert len(paths(demo)) > asked


async def test_a_refresh_keeps_the_version_under_the_cursor(make: Make) -> None:
    async with running(make()) as driver:
        await driver.choose(LOJA)
        await driver.press("G")
        key, offset = driver.key, driver.table.cursor - driver.table.top
        session = driver.main.desk.session
        assert session is not None
        await session.api.create_snapshot(LOJA)
        await driver.press("r")
        await driver.settled()
        assert (driver.key, driver.table.total_rows) == (key, 43)
        assert driver.table.cursor - driver.table.top == offset


async def test_going_through_the_apps_asks_only_where_it_rests(demo: DemoServer, make: Make) -> None:
    async with running(make()) as driver:
        await driver.press("h")
        asked = len(paths(demo))
        await driver.press(*["down"] * 12)
        assert driver.main.app_id == driver.sidebar.highlighted_id
        assert {row.snapshot.app_id for row in driver.table.shown_rows} == {driver.main.app_id}
        await driver.settled()
        assert len(paths(demo)) == asked  # all of it was loaded a moment ago


async def test_a_resting_cursor_refreshes_what_is_old(demo: DemoServer, make: Make) -> None:
    async with running(make()) as driver:
        catalog = driver.main.desk.catalog
        assert catalog is not None
        catalog.loaded_at = None
        await driver.press("h", "down", "down")
        await driver.until(lambda: f"/snapshot/{ACERVO}" in paths(demo))
        await driver.settled()
        assert paths(demo).count(f"/snapshot/{ACERVO}") == 1


async def test_every_app_has_a_state_in_words_and_deleted_ones_are_said_to_be(make: Make) -> None:
    async with running(make()) as driver:
        catalog = driver.main.desk.catalog
        assert catalog is not None
        assert [row.app.id for row in catalog.apps() if row.app.deleted] == ["bot-antigo"]
        await driver.choose("bot-antigo")
        heading = driver.main.query_one("#heading")
        assert "deleted" in heading.render_line(0).text


async def test_names_from_the_server_are_shown_and_do_nothing(make: Make) -> None:
    async with running(make()) as driver:
        shown = "\n".join(driver.sidebar.render_line(y).text for y in range(driver.sidebar.size.height))
        assert "[bold red]Promo[/]" in shown
        assert "\x1b" not in shown
        assert "\x07" not in shown


async def test_an_app_without_snapshots_says_what_to_press(make: Make) -> None:
    async with running(make()) as driver:
        await driver.choose(EMPTY)
        assert "no snapshots" in driver.notice


async def test_the_filter_works_as_typed_and_escape_takes_it_away(make: Make) -> None:
    async with running(make()) as driver:
        total = driver.table.total_rows
        await driver.press("slash", *"clima")
        assert 0 < driver.table.row_count < total
        assert {row.app_name for row in driver.table.shown_rows} == {"Clima"}
        await driver.press("enter")
        assert driver.table.has_focus
        assert driver.table.row_count < total
        await driver.press("escape")
        assert driver.table.row_count == total


async def test_what_the_filter_does_not_understand_is_told(make: Make) -> None:
    async with running(make()) as driver:
        total, heading = driver.table.total_rows, driver.main.query_one("#heading")
        await driver.press("slash", *"local:x")
        assert "not understood" not in heading.render_line(0).text  # it may still become local:…
        await driver.press("space", *"loja")
        assert "not understood: local:x" in heading.render_line(0).text
        assert 0 < driver.table.row_count < total
        assert not driver.toasts
        await driver.press("enter")
        assert any("local:no, local:yes" in said for said in driver.toasts)
        assert "not understood: local:x" in heading.render_line(0).text
        await driver.press("escape")
        assert "not understood" not in heading.render_line(0).text
        assert driver.table.row_count == total


async def test_n_and_N_find_what_was_filtered_once_all_is_shown_again(make: Make) -> None:  # noqa: N802 - the keys
    async with running(make()) as driver:
        await driver.press("slash", *"clima", "enter", "escape", "g", "n")
        assert driver.table.row_count == driver.table.total_rows
        assert driver.table.cursor_row is not None
        assert driver.table.cursor_row.app_name == "Clima"
        first = driver.table.cursor
        await driver.press("n")
        assert driver.table.cursor_row.app_name == "Clima"
        assert driver.table.cursor > first
        await driver.press("N")
        assert driver.table.cursor == first


async def test_the_filter_of_the_apps(make: Make) -> None:
    async with running(make()) as driver:
        await driver.press("h", "slash", *"musica", "enter")
        assert [row.app.name for row in driver.sidebar.shown_apps] == ["Música"]
        assert driver.sidebar.has_focus
        await driver.press("escape")
        assert len(driver.sidebar.shown_apps) > 10


async def test_copying_shows_what_was_copied(make: Make) -> None:
    async with running(make()) as driver:
        await driver.choose(LOJA)
        assert driver.key is not None
        await driver.press("y")
        assert driver.app.clipboard == driver.key.version
        assert any(driver.key.version in words for words in driver.toasts)
        await driver.press("Y")
        assert driver.app.clipboard == LOJA


async def test_going_back_to_the_app_before(make: Make) -> None:
    async with running(make()) as driver:
        await driver.choose(LOJA)
        await driver.choose(ACERVO)
        await driver.press("minus")
        assert driver.main.app_id == LOJA
        await driver.press("minus")
        assert driver.main.app_id == ACERVO


async def test_the_sidebar_folds_and_comes_back(make: Make) -> None:
    async with running(make(), (80, 24)) as driver:
        width = driver.table.size.width
        await driver.press("backslash")
        assert driver.table.size.width > width
        await driver.press("h")
        assert driver.sidebar.display
        assert driver.sidebar.has_focus


async def test_without_a_network_the_listing_of_the_last_run_stays(demo: DemoServer, make: Make) -> None:
    async with running(make()) as driver:
        total = driver.table.total_rows
    demo.controls.fail_next("/", 0, times=1_000)
    async with running(make(), loaded=False) as driver:
        await driver.until(lambda: driver.main.query_one(AccountBar).state.offline)
        assert driver.table.total_rows == total
        demo.controls.faults.clear()
        await driver.press("r")
        await driver.until(lambda: not driver.main.query_one(AccountBar).state.offline)


async def test_without_a_network_and_without_a_listing_there_are_words(demo: DemoServer, make: Make) -> None:
    demo.stop()
    async with running(make(), loaded=False) as driver:
        await driver.until(lambda: bool(driver.main.last_error))
        await driver.until(lambda: "Asking" not in driver.notice)
        assert driver.notice == driver.main.last_error.sentence if driver.main.last_error else False


async def test_something_else_than_the_api_answers(demo: DemoServer, make: Make) -> None:
    demo.controls.answer_html("/", times=100)
    async with running(make(), loaded=False) as driver:
        await driver.until(lambda: driver.main.last_error is not None)
        await driver.until(lambda: bool(driver.notice) and "Asking" not in driver.notice)


async def test_read_only_hides_what_changes_anything(make: Make) -> None:
    async with running(make(settings={"read_only": True})) as driver:
        ids = {active.binding.id for active in driver.app.screen.active_bindings.values()}
        assert "create" not in ids
        assert "download" in ids
        await driver.press("c")
        assert driver.app.screen is driver.main


async def test_the_detail_line_has_the_exact_facts(make: Make) -> None:
    async with running(make()) as driver:
        await driver.choose(LOJA)
        text = driver.main.query_one(DetailLine).render_line(0).text
        assert driver.key is not None
        assert driver.key.version in text
        assert "bytes" in text
        assert "−03" in text


@pytest.mark.parametrize("size", [(20, 5), (59, 40), (1, 1)])
async def test_a_terminal_that_is_too_small_gets_a_sentence(make: Make, size: tuple[int, int]) -> None:
    async with running(make()) as driver:
        before = driver.key
        await driver.pilot.resize_terminal(*size)
        await driver.until(lambda: bool(driver.app.screen.query("TooSmall")))
        await driver.press("d")
        await driver.press("escape")
        await driver.pilot.resize_terminal(120, 40)
        await driver.until(lambda: not driver.app.screen.query("TooSmall"))
        assert driver.table.has_focus
        assert driver.key == before


@pytest.mark.parametrize("size", [(60, 20), (72, 30), (80, 24), (200, 60)])
async def test_every_size_from_the_smallest_has_rows_and_keys(make: Make, size: tuple[int, int]) -> None:
    async with running(make(), size) as driver:
        assert driver.table.size.height >= 5
        keys = driver.main.query_one("#keys").render_line(0).text
        assert "help" in keys
        assert "quit" in keys
