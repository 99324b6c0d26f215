"""All apps as one table: what a person new to snaptui sees first, and what the keys do there."""

from __future__ import annotations

import pytest

from snaptui.demo.run import DemoServer
from snaptui.fleet import Flag
from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.help import HelpScreen
from snaptui.tui.screens.main import MainScreen
from snaptui.tui.widgets.detail import DetailLine
from snaptui.tui.widgets.fleet_columns import FleetColumn
from snaptui.tui.widgets.fleet_line import FleetLine
from snaptui.tui.widgets.key_bar import KeyBar
from tests.tui.conftest import Make
from tests.tui.driving import EMPTY, LOJA, Driver, running

pytestmark = pytest.mark.anyio

STALE = {"1732400000003", "1732400000011"}


def ids(driver: Driver) -> list[str]:
    """The apps in the order they stand."""
    return [row.app.id for row in driver.fleet.shown_rows]


def sums(driver: Driver) -> str:
    """The line below the table."""
    return driver.main.query_one(FleetLine).render_line(0).text.strip()


async def test_it_is_what_comes_first_with_what_deserves_a_look_at_its_top(make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        assert driver.fleet.has_focus
        assert driver.fleet.display
        assert driver.main._versions is None
        flags = {row.app.id: row.flags for row in driver.fleet.shown_rows}
        assert {flag for found in flags.values() for flag in found} == set(Flag)
        assert {app_id for app_id, found in flags.items() if Flag.STALE in found} == STALE
        assert flags[EMPTY] == (Flag.NEVER,)
        assert flags["1732400000007"] == (Flag.SHRANK,)
        assert ids(driver)[0] == EMPTY
        assert ids(driver)[-1] == "bot-antigo"
        assert (driver.fleet.cursor, driver.fleet.top) == (0, 0)
        assert sums(driver).startswith("3 apps need a snapshot  C takes them · 1 never backed up")
        assert "15 apps · 547 snapshots" in driver.main.query_one("#heading").render_line(0).text


async def test_the_setting_says_what_is_stale(make: Make) -> None:
    async with running(make(as_versions=False, settings={"stale_days": 1})) as driver:
        assert sums(driver).startswith("8 apps need a snapshot")


async def test_enter_opens_an_app_and_minus_comes_back_to_it(make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        await driver.press("2", "j")
        assert driver.fleet.cursor_row is not None
        app_id = driver.fleet.cursor_row.app.id
        await driver.press("enter")
        await driver.until(lambda: driver.main.app_id == app_id)
        await driver.settled()
        assert driver.sidebar.highlighted_id == app_id
        assert driver.table.has_focus
        assert driver.table.display
        assert not driver.fleet.display
        assert {row.snapshot.app_id for row in driver.table.shown_rows} == {app_id}
        await driver.press("minus")
        await driver.until(lambda: driver.main.app_id is None)
        assert driver.fleet.has_focus
        assert driver.fleet.cursor_row.app.id == app_id
        await driver.press("minus")
        assert driver.main.app_id == app_id
        assert driver.table.has_focus


async def test_a_number_and_enter_open_that_line(make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        await driver.press("3", "enter")
        await driver.until(lambda: driver.main.app_id == ids(driver)[2])


async def test_an_app_that_the_sidebar_hides_is_opened_all_the_same(make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        await driver.press("h", "slash", *"musica", "enter", "l", "enter")
        await driver.until(lambda: driver.main.app_id == EMPTY)
        assert len(driver.sidebar.shown_apps) == 15


async def test_f_shows_every_version_and_that_is_remembered(make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        await driver.press("f")
        assert driver.table.has_focus
        assert driver.table.total_rows == 547
        assert driver.table.show_app_column
        assert not driver.fleet.display
        await driver.choose(LOJA)
        await driver.press("f")
        assert driver.main.app_id is None
        assert driver.table.total_rows == 547
    async with running(make(as_versions=False)) as driver:
        assert driver.table.has_focus
        assert driver.main._fleet is None
        await driver.press("f")
        assert driver.fleet.has_focus
        assert driver.fleet.total_rows == 15
    async with running(make(as_versions=False)) as driver:
        assert driver.fleet.has_focus


async def test_the_sidebar_keeps_the_keys_while_one_goes_through_it(make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        await driver.press("h", "down", "down", "up", "up")
        assert driver.sidebar.has_focus
        assert driver.fleet.display
        await driver.press("enter")
        assert driver.fleet.has_focus
        await driver.press("h", "3")
        await driver.until(lambda: driver.main.app_id is not None)
        assert driver.sidebar.cursor == 2


async def test_escape_takes_filter_and_marks_away_then_leads_back_and_says_so(make: Make) -> None:
    async with running(make(as_versions=False), size=(60, 20)) as driver:
        keys = driver.main.query_one(KeyBar)
        assert "esc back" not in keys.render_line(0).text
        await driver.choose(LOJA)
        await driver.until(lambda: "esc back" in keys.render_line(0).text)
        await driver.press("space", "slash", *"mb", "enter")
        await driver.until(lambda: "esc back" not in keys.render_line(0).text)
        await driver.press("escape")
        assert driver.table.filter_query is None
        await driver.press("escape")
        assert not driver.table.marked
        assert driver.main.app_id == LOJA
        await driver.press("escape")
        await driver.until(lambda: driver.main.app_id is None)
        assert driver.fleet.has_focus
        assert driver.fleet.cursor_row is not None
        await driver.until(lambda: "esc back" not in keys.render_line(0).text)


async def test_the_filter_and_the_marks_are_the_tables(make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        await driver.press("slash", *"stale", "enter")
        assert set(ids(driver)) == STALE
        assert driver.fleet.has_focus
        heading = driver.main.query_one("#heading")
        await driver.press("asterisk")
        assert "2 marked" in heading.render_line(0).text
        assert "2 shown by stale" in heading.render_line(0).text
        await driver.press("escape")
        assert driver.fleet.row_count == 15
        await driver.press("escape")
        assert not driver.fleet.marked


async def test_sorting(make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        driver.fleet.sort_by(FleetColumn.SIZE)
        assert ids(driver)[0] == LOJA
        await driver.press("S")
        assert ids(driver)[0] == EMPTY


async def test_the_keys_act_on_the_app_under_the_cursor_and_its_newest_version(demo: DemoServer, make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        assert driver.fleet.highlight(LOJA)
        await driver.pilot.pause()
        newest = demo.world.apps[LOJA].versions[-1].version
        assert newest in driver.main.query_one(DetailLine).render_line(0).text
        await driver.press("y")
        assert driver.app.clipboard == newest
        await driver.press("Y")
        assert driver.app.clipboard == LOJA
        await driver.press("c")
        window = await driver.screen(CreateScreen)
        assert "Loja Bot" in str(window.query_one(".title").render())
        await driver.press("enter")
        await driver.screen(MainScreen)
        await driver.until(lambda: len(demo.world.apps[LOJA].versions) == 43)
        await driver.until(lambda: driver.fleet.cursor_row is not None and driver.fleet.cursor_row.count == 43)
        assert driver.fleet.cursor_row is not None
        assert driver.fleet.cursor_row.app.id == LOJA


async def test_d_fetches_the_newest_of_every_marked_app(make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        await driver.press("space", "space", "space", "d")  # the first has no version
        await driver.screen(DownloadScreen)
        await driver.press("enter", "escape")
        await driver.until(lambda: driver.main.desk.queue is not None and len(driver.main.desk.queue.transfers) == 2)
        queue = driver.main.desk.queue
        assert queue is not None
        assert {transfer.key.app_id for transfer in queue.transfers} == STALE
        await driver.screen(MainScreen)
        assert not driver.fleet.marked


async def test_a_marked_app_without_a_version_does_not_fetch_another_ones(make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        await driver.press("space", "d")
        assert driver.app.screen is driver.main
        assert any("no version to download" in words for words in driver.toasts)


async def test_what_is_kept_is_in_the_first_frame_and_the_fresh_listing_leaves_the_cursor(
    demo: DemoServer, make: Make
) -> None:
    async with running(make(as_versions=False)):
        pass
    held = demo.controls.hold("/")
    async with running(make(as_versions=False), loaded=False) as driver:
        assert driver.fleet.total_rows == 15
        await driver.press("4", "j")
        row = driver.fleet.cursor_row
        held.set()
        await driver.settled()
        assert driver.fleet.cursor_row == row


async def test_read_only_hides_what_takes_snapshots(make: Make) -> None:
    async with running(make(as_versions=False, settings={"read_only": True})) as driver:
        shown = {active.binding.id for active in driver.app.screen.active_bindings.values()}
        assert not shown & {"create", "create-due"}
        await driver.press("C", "c", "space", "space", "c")
        assert driver.app.screen is driver.main
        assert "C takes" not in sums(driver)
        assert "3 apps need a snapshot" in sums(driver)


async def test_help_lists_the_keys_of_this_table_and_not_of_the_hidden_one(make: Make) -> None:
    async with running(make(as_versions=False)) as driver:
        await driver.press("f", "f", "question_mark")
        help_page = await driver.screen(HelpScreen)
        keys = {key.id for group in help_page._keys.values() for key in group}
        assert {"fleet-choose", "create-due", "toggle-fleet", "table-mark"} <= keys
        assert "table-choose" not in keys


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 60)])
async def test_every_size_has_rows_flags_and_the_sum(make: Make, size: tuple[int, int]) -> None:
    async with running(make(as_versions=False), size) as driver:
        assert driver.fleet.size.height >= 5
        assert "never" in driver.fleet.render_line(1).text
        assert sums(driver).startswith("3 apps need a snapshot")
