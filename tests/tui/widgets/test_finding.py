"""Numbers while they are typed, and going from match to match in lists."""

from __future__ import annotations

import time

import pytest

from snaptui.query import parse
from snaptui.tui.symbols import ASCII
from snaptui.tui.widgets.sidebar import AppSidebar
from snaptui.tui.widgets.snapshot_table import SnapshotTable
from tests.tui.widgets.worlds import NOW, ZONE, app_rows, count_refreshes, lines_of, on_stage, version_rows

pytestmark = pytest.mark.anyio


def _table(count: int = 100) -> SnapshotTable:
    table = SnapshotTable(now=NOW, zone=ZONE)
    table.set_rows(version_rows(count))
    return table


async def test_a_number_is_seen_while_it_is_typed_and_costs_one_line() -> None:
    table = _table()
    async with on_stage(table, size=(80, 21)) as stage:
        refreshed = count_refreshes(table)
        await stage.pilot.press("1", "2")
        assert lines_of(table)[-1].endswith(" 12")
        assert refreshed
        assert all(0 < cells <= 80 for cells in refreshed)
        await stage.pilot.press("j")
        assert table.cursor == 12
        assert not lines_of(table)[-1].endswith(" 12")
        await stage.pilot.press("4", "escape")
        assert not lines_of(table)[-1].endswith(" 4")


async def test_n_goes_on_to_what_the_last_filter_lets_through_and_around() -> None:
    table = _table(30)
    async with on_stage(table, size=(80, 40)) as stage:
        press = stage.pilot.press
        await press("n")
        assert lines_of(table)[-1].endswith("no filter yet")
        assert table.cursor == 0
        day = table.shown_rows[10].snapshot.version[:8]
        table.set_query(parse(day, NOW))
        fitting = [row.snapshot.version for row in table.shown_rows]
        assert len(fitting) == 3
        table.set_query(None)
        assert table.row_count == 30
        await press("g")
        seen = []
        for _time in fitting:
            await press("n")
            seen.append(table.cursor_row.snapshot.version if table.cursor_row else "")
        assert seen == fitting
        assert not lines_of(table)[-1].endswith("again")
        await press("n")
        assert table.cursor_row is not None
        assert table.cursor_row.snapshot.version == fitting[0]
        assert lines_of(table)[-1].endswith("from the top again")
        await press("N")
        assert table.cursor_row.snapshot.version == fitting[-1]
        assert lines_of(table)[-1].endswith("from the end again")
        await press("2", "N")
        assert table.cursor_row.snapshot.version == fitting[0]
        await press("j")
        assert not lines_of(table)[-1].endswith("again")


async def test_n_says_where_nothing_fits_any_more() -> None:
    table = _table(10)
    async with on_stage(table, size=(80, 20)) as stage:
        table.set_query(parse("loja", NOW))
        table.set_query(None)
        table.set_rows(version_rows(5, app_id="x", name="Outro"), keep=False)
        await stage.pilot.press("n")
        assert lines_of(table)[-1].endswith("nothing here fits the last filter")
        table.set_rows([])
        await stage.pilot.press("n", "N", "5", "n")


async def test_n_in_a_hundred_thousand_rows_is_as_quick_as_a_filter() -> None:
    table = _table(100_000)
    async with on_stage(table, size=(80, 20)):
        table.set_query(parse("nowhere", NOW))
        table.set_query(None)
        started = time.perf_counter()
        table.action_match_next()
        assert time.perf_counter() - started < 0.5


async def test_n_in_the_apps() -> None:
    sidebar = AppSidebar(symbols=ASCII)
    sidebar.set_apps(app_rows("Loja", "Música", "Loja 2", "Clima"))
    async with on_stage(sidebar, size=(30, 12)) as stage:
        sidebar.set_filter("loja")
        sidebar.set_filter("")
        for place in (1, 3, 1):
            await stage.pilot.press("n")
            assert sidebar.cursor == place
        assert lines_of(sidebar)[-1].endswith("from the top again")
        await stage.pilot.press("N")
        assert sidebar.cursor == 3


async def test_the_apps_are_filtered_by_several_words_and_by_what_they_are_not() -> None:
    sidebar = AppSidebar(symbols=ASCII)
    sidebar.set_apps(app_rows("Loja", "Música", "Loja 2", "Clima"))
    async with on_stage(sidebar, size=(30, 12)):
        for text, names in (
            ("loja 2", ["Loja 2"]),
            ("!loja", ["Música", "Clima"]),
            ("loja !2", ["Loja"]),
            ("MUSICA", ["Música"]),
            ("id-4", ["Clima"]),
            ("!", ["Loja", "Música", "Loja 2", "Clima"]),
        ):
            sidebar.set_filter(text)
            assert [row.app.name for row in sidebar.shown_apps] == names, text


async def test_a_click_left_of_a_version_marks_it() -> None:
    table = _table(10)
    async with on_stage(table, size=(80, 20)) as stage:
        await stage.pilot.click(table, offset=(1, 4))
        assert [row.key for row in table.marked_rows] == [table.shown_rows[3].key]
        await stage.pilot.click(table, offset=(10, 6))
        assert len(table.marked) == 1
        await stage.pilot.click(table, offset=(1, 4))
        assert not table.marked
        assert not stage.of(SnapshotTable.Chosen)
