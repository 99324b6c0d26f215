"""The versions table under keys, mouse and changing rows."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from snaptui.models import SnapshotKey
from snaptui.query import parse
from snaptui.tui.symbols import ASCII
from snaptui.tui.widgets.cells import NO_COPY, LocalCell, LocalState
from snaptui.tui.widgets.columns import Column
from snaptui.tui.widgets.snapshot_table import SnapshotTable
from tests.tui.widgets.worlds import AWKWARD, NOW, ZONE, count_refreshes, lines_of, on_stage, version_rows

pytestmark = pytest.mark.anyio


def _table(count: int = 100) -> SnapshotTable:
    table = SnapshotTable(now=NOW, zone=ZONE)
    table.set_rows(version_rows(count))
    return table


async def test_a_line_says_version_time_size_change_and_copy() -> None:
    states = iter([LocalCell(LocalState.VERIFIED), LocalCell(LocalState.PERCENT, 43), LocalCell(LocalState.DAMAGED)])
    cells: dict[SnapshotKey, LocalCell] = {}
    rows = version_rows(4, sizes=(12_400_000, None, 6_000_000, 13_000_000))
    for row in rows[:3]:
        cells[row.key] = next(states)
    table = SnapshotTable(now=NOW, zone=ZONE, local_of=lambda key: cells.get(key, NO_COPY))
    table.set_rows(rows)
    async with on_stage(table, size=(97, 8)):
        header, first, second, third, fourth, *_rest = lines_of(table)
    assert header.split() == ["Version", "Taken", "▾", "Size", "Change", "Local"]
    assert first.split() == ["▌", "20261124-110000", "an", "hour", "ago", "12.4", "MB", "–", "verified"]
    assert second.split()[4:6] == ["–", "–"]
    assert second.endswith("43 % ▮▮▯▯▯▯")
    assert "6.0 MB     −7.0 MB ▼" in third
    assert third.endswith("damaged")
    assert fourth.endswith("—")


async def test_keys_move_and_repeat() -> None:
    table = _table()
    async with on_stage(table, size=(80, 21)) as stage:
        press = stage.pilot.press
        for keys, row in (
            ("j", 1), ("down", 2), ("k", 1), ("1 2 j", 13), ("3 up", 10), ("g", 0), ("G", 99), ("home", 0),
            ("ctrl+f", 19), ("ctrl+b", 0), ("ctrl+d", 10), ("ctrl+u", 0), ("pagedown", 19), ("end", 99),
            ("5 0 G", 49), ("7 g", 6), ("9 9 9 9 j", 99), ("2 ctrl+b", 61), ("g", 0), ("5 escape j", 1),
        ):  # fmt: skip
            await press(*keys.split())
            assert table.cursor == row, keys
        assert [message.row for message in stage.of(SnapshotTable.Highlighted)][-1] == table.cursor_row


async def test_a_key_held_past_the_edge_scrolls_by_part_of_a_page() -> None:
    table = _table()
    async with on_stage(table, size=(80, 21)) as stage:
        tops = []
        for _ in range(40):
            await stage.pilot.press("j")
            tops.append(table.top)
            assert table.top <= table.cursor < table.top + table.page
        assert len(set(tops)) == 5
        await stage.pilot.press("G")
        assert table.top == 80


async def test_enter_and_double_click_open_a_version() -> None:
    table = _table()
    async with on_stage(table) as stage:
        await stage.pilot.press("j", "enter")
        await stage.pilot.click(table, offset=(10, 5))
        assert table.cursor == 4
        assert len(stage.of(SnapshotTable.Chosen)) == 1
        await stage.pilot.double_click(table, offset=(10, 8))
        assert [message.row.key for message in stage.of(SnapshotTable.Chosen)] == [
            table.shown_rows[1].key,
            table.shown_rows[7].key,
        ]


async def test_the_wheel_scrolls_and_the_cursor_stays() -> None:
    table = _table()
    async with on_stage(table) as stage:
        await stage.pilot._post_mouse_events([MouseScrollDown], table, offset=(5, 5))
        assert (table.top, table.cursor) == (3, 0)
        await stage.pilot._post_mouse_events([MouseScrollUp], table, offset=(5, 5))
        assert table.top == 0


async def test_the_header_sorts_by_a_click() -> None:
    table = _table(5)
    async with on_stage(table) as stage:
        size = lines_of(table)[0].index("Size")
        await stage.pilot.click(table, offset=(size, 0))
        assert table.sorting == (Column.SIZE, True)
        assert "Size ▾" in lines_of(table)[0]
        await stage.pilot.click(table, offset=(size, 0))
        assert table.sorting == (Column.SIZE, False)
        sizes = [row.snapshot.size_bytes for row in table.shown_rows]
        assert sizes == sorted(sizes, key=lambda size: size or 0)
        assert [(m.column, m.reverse) for m in stage.of(SnapshotTable.SortChanged)] == [
            (Column.SIZE, True),
            (Column.SIZE, False),
        ]


@pytest.mark.parametrize("column", list(Column))
async def test_every_column_sorts_both_ways_with_the_unknown_last(column: Column) -> None:
    rows = version_rows(6, sizes=(5, None, 3, 9)) + version_rows(3, app_id="z", name="Ábaco")
    rows[1] = rows[1]._replace(snapshot=rows[1].snapshot._replace(taken_at=None))
    table = SnapshotTable(now=NOW, zone=ZONE, show_app_column=True)
    table.set_rows(rows)
    async with on_stage(table):
        for reverse in (True, False):
            table.sort_by(column, reverse)
            assert sorted(row.key for row in table.shown_rows) == sorted(row.key for row in rows)
            if column is Column.SIZE:
                assert table.shown_rows[-1].snapshot.size_bytes is None
            if column is Column.TAKEN and not reverse:
                assert table.shown_rows[-1].snapshot.taken_at is None


async def test_sorting_keeps_the_highlighted_version() -> None:
    table = _table(30)
    async with on_stage(table) as stage:
        await stage.pilot.press("5", "j")
        held = table.cursor_row
        await stage.pilot.press("s", "S")
        assert table.cursor_row == held
        assert table.sorting != (Column.TAKEN, True)


async def test_marks() -> None:
    table = _table(10)
    keys = [row.key for row in table.shown_rows]
    async with on_stage(table) as stage:
        press = stage.pilot.press
        await press("space", "space")
        assert table.marked == {keys[0], keys[1]}
        assert table.cursor == 2
        assert [line[1] for line in lines_of(table)[1:4]] == ["◆", "◆", " "]
        await press("j", "V", "2", "j")
        assert [line[1] for line in lines_of(table)[4:8]] == ["◆", "◆", "◆", " "]
        await press("escape")
        assert table.marked == {keys[0], keys[1]}
        await press("V", "k", "V")
        assert table.marked == {*keys[:2], keys[4], keys[5]}
        await press("asterisk")
        assert table.marked == set(keys)
        await press("asterisk")
        assert not table.marked
        assert stage.of(SnapshotTable.MarksChanged)[-1].keys == frozenset()
        await press("space")
        assert [row.key for row in table.marked_rows] == [keys[4]]
        table.clear_marks()
        assert not table.marked


async def test_marks_of_versions_that_are_gone_are_dropped() -> None:
    table = _table(3)
    async with on_stage(table) as stage:
        await stage.pilot.press("space", "space")
        rows = table.shown_rows[1:]
        table.set_rows(rows)
        await stage.pilot.pause()
        assert table.marked == {rows[0].key}
        assert stage.of(SnapshotTable.MarksChanged)[-1].keys == {rows[0].key}


async def test_new_rows_leave_the_highlighted_one_in_its_place() -> None:
    table = SnapshotTable(now=NOW, zone=ZONE)
    rows = version_rows(100)
    table.set_rows(rows[3:])
    async with on_stage(table, size=(80, 21)) as stage:
        await stage.pilot.press("5", "0", "j")
        held, place = table.cursor_row, table.cursor - table.top
        before, sent = lines_of(table), count_refreshes(table)
        table.set_rows(rows)
        assert (table.cursor_row, table.cursor - table.top) == (held, place)
        assert [line[:60] for line in lines_of(table)] == [line[:60] for line in before]
        assert not sent or max(sent) <= 4 * 80
        table.set_rows(rows, keep=False)
        assert (table.cursor, table.top) == (0, 0)


async def test_at_the_top_a_new_version_comes_into_view_above_the_highlighted_one() -> None:
    table = SnapshotTable(now=NOW, zone=ZONE)
    rows = version_rows(100)
    table.set_rows(rows[1:])
    async with on_stage(table):
        table.set_rows(rows)
        assert (table.cursor, table.top) == (1, 0)
        assert table.highlight(rows[0].key)
        assert table.cursor == 0


async def test_rows_that_go_leave_the_cursor_where_it_was() -> None:
    table = _table(10)
    async with on_stage(table) as stage:
        await stage.pilot.press("4", "j")
        table.set_rows(table.shown_rows[:3])
        assert table.cursor == 2
        table.set_rows(())
        await stage.pilot.pause()
        assert table.cursor_row is None
        assert stage.of(SnapshotTable.Highlighted)[-1].row is None
        await stage.pilot.press("j", "enter", "space", "V", "asterisk", "G", "ctrl+f", "s")
        table.empty_text = "No versions"
        table.repaint()
        assert lines_of(table)[1] == "  No versions"


async def test_a_filter_hides_and_keeps_the_cursor() -> None:
    table = SnapshotTable(now=NOW, zone=ZONE, show_app_column=True)
    table.set_rows(version_rows(50) + version_rows(50, app_id="musica", name="Música"))
    async with on_stage(table) as stage:
        await stage.pilot.press("6", "0", "g")
        held = table.cursor_row
        table.set_query(parse("musica"))
        assert table.row_count == 50
        assert table.cursor_row == held
        table.set_query(parse("!musica"))
        assert table.row_count == 50
        assert table.total_rows == 100
        table.set_query(None)
        assert table.row_count == 100


async def test_one_changed_copy_repaints_one_line() -> None:
    cells: dict[SnapshotKey, LocalCell] = {}
    table = SnapshotTable(now=NOW, zone=ZONE, local_of=lambda key: cells.get(key, NO_COPY))
    rows = version_rows(100)
    table.set_rows(rows)
    async with on_stage(table) as stage:
        await stage.pilot.pause()
        sent = count_refreshes(table)
        cells[rows[2].key] = LocalCell(LocalState.PERCENT, 7)
        table.refresh_key(rows[2].key)
        assert len(sent) == 1
        assert 0 < sent[0] <= 100
        assert " 7 % ▯▯▯▯▯▯" in lines_of(table)[3]
        cells[rows[50].key] = LocalCell(LocalState.VERIFIED)
        table.refresh_key(rows[50].key)
        table.refresh_ages(NOW)
        assert len(sent) == 1


async def test_ages_are_counted_anew_and_only_what_reads_otherwise_is_sent() -> None:
    table = _table(100)
    async with on_stage(table, size=(97, 20)) as stage:
        await stage.pilot.pause()
        sent = count_refreshes(table)
        table.refresh_ages(NOW + timedelta(seconds=30))
        assert not sent
        table.refresh_ages(NOW + timedelta(hours=2))
        assert "3 hours ago" in lines_of(table)[1]
        assert sent
        assert max(sent) < 20 * 97


async def test_times_can_be_absolute() -> None:
    table = _table(3)
    async with on_stage(table) as stage:
        await stage.pilot.press("a")
        assert "Tue 24 Nov 2026 08:00:00 −03" in lines_of(table)[1]
        await stage.pilot.resize_terminal(60, 20)
        assert "2026-11-24 08:00" in lines_of(table)[1]
        await stage.pilot.press("a")
        assert "1 h" in lines_of(table)[1]


async def test_names_are_inert_and_fit() -> None:
    table = SnapshotTable(now=NOW, zone=UTC, show_app_column=True)
    table.set_rows(version_rows(2, name=AWKWARD) + version_rows(1, app_id="x", name="x" * 300))
    async with on_stage(table, size=(120, 6)):
        assert "[red]Painel[/red] [/nop…" in lines_of(table)[1]
        assert all(table.render_line(y).cell_length == 120 for y in range(6))


async def test_ascii_only() -> None:
    table = SnapshotTable(now=NOW, zone=ZONE, symbols=ASCII, show_app_column=True)
    table.set_rows(version_rows(5, name="Música", sizes=(1_000, 9_000)))
    async with on_stage(table):
        assert "".join(lines_of(table)).isascii()


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20), (37, 10), (20, 5), (5, 2), (1, 1)])
async def test_any_size_holds(size: tuple[int, int]) -> None:
    table = _table()
    table.show_app_column = True
    async with on_stage(table, size=(100, 20)) as stage:
        await stage.pilot.press("G")
        await stage.pilot.resize_terminal(*size)
        assert all(table.render_line(y).cell_length == size[0] for y in range(size[1]))
        assert table.top <= table.cursor < table.top + table.page
        await stage.pilot.press("k", "ctrl+b", "s", "V", "j", "V", "g")
        await stage.pilot.resize_terminal(100, 20)
        assert len(lines_of(table)) == 20


async def test_every_binding_has_an_id_and_a_tooltip() -> None:
    table = _table()
    async with on_stage(table):
        bindings = [binding for _key, binding in table._bindings]
    assert bindings
    assert all(binding.id and binding.tooltip and binding.description for binding in bindings)
