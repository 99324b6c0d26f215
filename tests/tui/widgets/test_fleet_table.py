"""The table of apps under keys, mouse and changing rows, and the line that sums it up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from snaptui.fleet import Flag, FleetRow, FleetSummary, by_gravity
from snaptui.models import App, Snapshot
from snaptui.query import parse
from snaptui.tui.symbols import ASCII
from snaptui.tui.widgets.fleet_columns import FleetColumn, Needs, choose_fleet_layout
from snaptui.tui.widgets.fleet_line import FleetLine, FleetSaid
from snaptui.tui.widgets.fleet_list import growth
from snaptui.tui.widgets.fleet_table import FleetTable
from tests.tui.widgets.worlds import AWKWARD, NOW, ZONE, count_refreshes, lines_of, on_stage

pytestmark = pytest.mark.anyio

HOURS = {"fresh": 10, "shrank": 30, "stale": 24 * 9, "gone": 24 * 120}


def row(app_id: str, *flags: Flag, name: str = "", hours: float | None = None, count: int = 3) -> FleetRow:
    """An app with ``count`` snapshots of a megabyte and a bit each, the newest so many hours old."""
    app = App(app_id, name or app_id.title(), online=app_id != "stale", deleted=Flag.DELETED in flags)
    age = HOURS.get(app_id) if hours is None else hours
    if age is None:
        return FleetRow(app, 0, None, None, 0, (), flags, True, 0)
    taken = NOW - timedelta(hours=age)
    newest = Snapshot(app_id, f"{taken:%Y%m%d-%H%M%S}", taken, 1_000_000)
    sizes = tuple(1_000_000 + 1_000 * step for step in range(count))
    return FleetRow(app, count, newest, NOW - taken, sum(sizes), sizes, flags, True, sum(sizes))


ROWS = (
    row("fresh", count=40),
    row("shrank", Flag.SHRANK),
    row("never", Flag.NEVER),
    row("gone", Flag.SHRANK, Flag.DELETED),
    row("stale", Flag.STALE, count=5),
)


def _table(rows: tuple[FleetRow, ...] = ROWS) -> FleetTable:
    table = FleetTable(now=NOW, zone=ZONE)
    table.set_rows(rows)
    return table


def _ids(table: FleetTable) -> list[str]:
    return [row.app.id for row in table.shown_rows]


async def test_a_line_says_state_name_newest_count_total_sizes_and_flags() -> None:
    table = _table()
    async with on_stage(table, size=(130, 8)):
        header, never, stale, shrank, _fresh, gone, *_rest = lines_of(table)
    assert header.split() == ["State", "App", "Version", "Newest", "Count", "Total", "Sizes", "Flags", "▾"]
    assert never.split() == ["▌", "●", "online", "Never", "–", "–", "0", "0", "B", "never", "backed", "up"]
    assert "○ offline" in stale
    assert "20261115-120000" in stale
    assert "15 Nov, 09:00" in stale
    assert "5.0 MB" in stale
    assert "▁▃▅▆█" in stale
    assert stale.endswith("stale")
    assert shrank.endswith("shrank")
    assert gone.endswith("shrank, deleted app")
    assert "✕ deleted" in gone


@pytest.mark.parametrize("width", [92, 58, 60])
async def test_every_flag_is_a_word_at_every_width(width: int) -> None:
    table = _table()
    async with on_stage(table, size=(width, 8)):
        text = "\n".join(lines_of(table))
        for word in ("never", "stale", "shrank", "deleted"):
            assert word in text
        assert all(name in text for name in ("Never", "Stale", "Fresh"))
        assert "▁▃▅▆█" in text or width < 92


@pytest.mark.parametrize("app", [5, 12, 24])
@pytest.mark.parametrize("taken", [(18, 8), (29, 16)])
def test_a_layout_never_exceeds_its_width(app: int, taken: tuple[int, int]) -> None:
    needs = Needs(app, *taken, flags=19, short_flags=15)
    seen = set()
    for width in range(5, 200):
        layout = choose_fleet_layout(width, needs)
        assert layout.cells <= max(width, 5)
        assert layout.width_of(FleetColumn.APP)
        seen.add(tuple(column for column, _cells in layout.widths))
    assert len(seen) > 4


def test_what_fits_beside_the_sidebar() -> None:
    needs = Needs(24, 18, 8, flags=19, short_flags=15)
    at_80 = {column for column, _cells in choose_fleet_layout(58, needs).widths}
    assert at_80 == set(FleetColumn) - {FleetColumn.VERSION, FleetColumn.SPARK}
    at_120 = {column for column, _cells in choose_fleet_layout(92, needs).widths}
    assert at_120 == set(FleetColumn) - {FleetColumn.VERSION}
    assert {column for column, _cells in choose_fleet_layout(132, needs).widths} == set(FleetColumn)


async def test_the_gravest_comes_first_and_the_other_way_last() -> None:
    table = _table()
    async with on_stage(table) as stage:
        assert _ids(table) == ["never", "stale", "shrank", "fresh", "gone"]
        assert _ids(table) == [row.app.id for row in by_gravity(ROWS)]
        await stage.pilot.press("S")
        assert _ids(table) == ["gone", "fresh", "shrank", "stale", "never"]
        assert "Flags ▴" in lines_of(table)[0]


@pytest.mark.parametrize(
    ("column", "from_its_useful_end"),
    [
        (FleetColumn.APP, ["fresh", "gone", "never", "shrank", "stale"]),
        (FleetColumn.STATE, ["stale", "fresh", "shrank", "never", "gone"]),
        (FleetColumn.VERSION, ["fresh", "shrank", "stale", "gone", "never"]),
        (FleetColumn.TAKEN, ["fresh", "shrank", "stale", "gone", "never"]),
        (FleetColumn.COUNT, ["fresh", "stale", "shrank", "gone", "never"]),
        (FleetColumn.SIZE, ["fresh", "stale", "shrank", "gone", "never"]),
        (FleetColumn.SPARK, ["fresh", "stale", "shrank", "gone", "never"]),
    ],
)
async def test_every_column_sorts_both_ways_with_the_unknown_last(
    column: FleetColumn, from_its_useful_end: list[str]
) -> None:
    table = _table()
    async with on_stage(table, size=(130, 10)) as stage:
        title = lines_of(table)[0].index(
            {"version": "Version", "taken": "Newest", "spark": "Sizes", "size": "Total"}.get(
                column.value, column.value.title()
            )
        )
        await stage.pilot.click(table, offset=(title, 0))
        assert table.sorting[0] is column
        assert _ids(table) == from_its_useful_end
        await stage.pilot.click(table, offset=(title, 0))
        known = [app_id for app_id in _ids(table) if app_id != "never"]
        if column in (FleetColumn.VERSION, FleetColumn.TAKEN, FleetColumn.SPARK):
            assert _ids(table)[-1] == "never"
        if column is FleetColumn.TAKEN:
            assert known == ["gone", "stale", "shrank", "fresh"]
        assert [message.column for message in stage.of(FleetTable.SortChanged)] == [column, column]


async def test_s_goes_through_the_columns() -> None:
    table = _table()
    async with on_stage(table, size=(92, 10)) as stage:
        seen = []
        for _step in range(7):
            await stage.pilot.press("s")
            seen.append(table.sorting[0])
        assert seen == [column for column, _cells in table.arrangement(92).widths]


async def test_keys_counts_and_jumps() -> None:
    rows = tuple(row(f"app{number:02}", hours=number + 1) for number in range(60))
    table = _table(rows)
    async with on_stage(table, size=(92, 21)) as stage:
        for keys, place in (
            ("j", 1), ("4 j", 5), ("2 k", 3), ("g", 0), ("G", 59), ("7 g", 6), ("5 0 G", 49),
            ("ctrl+b", 30), ("ctrl+d", 40),
        ):  # fmt: skip
            await stage.pilot.press(*keys.split())
            assert table.cursor == place, keys
        await stage.pilot.press("9", "enter")
        assert table.cursor == 8
        assert [message.row for message in stage.of(FleetTable.Chosen)] == [table.shown_rows[8]]
        assert stage.of(FleetTable.Highlighted)[-1].row == table.cursor_row


async def test_marks_and_the_mouse() -> None:
    table = _table()
    async with on_stage(table) as stage:
        press = stage.pilot.press
        await press("space", "space")
        assert table.marked == {"never", "stale"}
        await press("V", "j", "V")
        assert table.marked == {"never", "stale", "shrank", "fresh"}
        assert [each.app.id for each in table.marked_rows] == ["never", "stale", "shrank", "fresh"]
        await press("asterisk")
        assert table.marked == {each.app.id for each in ROWS}
        await press("asterisk")
        assert stage.of(FleetTable.MarksChanged)[-1].app_ids == frozenset()
        await stage.pilot.click(table, offset=(20, 3))
        assert table.cursor == 2
        await stage.pilot.double_click(table, offset=(20, 4))
        assert [message.row.app.id for message in stage.of(FleetTable.Chosen)] == ["fresh"]


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("stale", ["stale"]),
        ("never", ["never"]),
        ("!shrank", ["never", "stale", "fresh"]),
        ("offline", ["stale"]),
        (">7d !deleted", ["stale"]),
        (">10MB", ["fresh"]),
        ("FRE", ["fresh"]),
        ("20261115", ["stale"]),
        ("local:yes", []),
    ],
)
async def test_a_filter_looks_at_what_the_lines_say(typed: str, left: list[str]) -> None:
    table = _table()
    async with on_stage(table):
        table.set_query(parse(typed, NOW))
        assert _ids(table) == left
        table.set_query(None)
        assert table.row_count == table.total_rows == 5


async def test_the_cursor_stays_on_its_app_once_it_was_moved_and_on_the_gravest_before() -> None:
    table = _table(ROWS[:2])
    async with on_stage(table) as stage:
        table.set_rows(ROWS)
        assert table.cursor_row == ROWS[2]
        await stage.pilot.press("j")
        assert table.cursor_row == ROWS[4]
        healed = ROWS[4]._replace(flags=(), age=timedelta())
        table.set_rows((*ROWS[:4], healed))
        assert table.cursor_row == healed
        table.set_rows(ROWS[:3])
        await stage.pilot.pause()
        assert table.cursor_row is not None


async def test_what_is_not_known_yet_is_no_zero() -> None:
    vague = row("never")._replace(total_bytes=None)
    partly = row("fresh")._replace(total_bytes=None)
    table = _table((vague, partly))
    async with on_stage(table, size=(92, 5)):
        assert "0" not in lines_of(table)[2]
        assert "3.0 MB+" in lines_of(table)[1]
    assert growth(partly._replace(sizes=(None, 5, None, 9))) == 4
    assert growth(partly._replace(sizes=(None, 5))) is None


async def test_nothing_is_sent_for_rows_that_read_the_same() -> None:
    table = _table()
    async with on_stage(table) as stage:
        await stage.pilot.pause()
        sent = count_refreshes(table)
        table.set_rows(ROWS)
        table.refresh_ages(NOW + timedelta(seconds=1))
        assert not sent
        table.refresh_ages(NOW + timedelta(hours=1))
        assert sent


async def test_times_can_be_absolute() -> None:
    table = _table()
    async with on_stage(table, size=(92, 8)) as stage:
        await stage.pilot.press("a")
        assert "2026-11-15 09:00" in "\n".join(lines_of(table))


async def test_names_are_inert_and_fit() -> None:
    table = _table((row("a", name=AWKWARD, hours=1), row("b", name="x" * 300, hours=2)))
    async with on_stage(table, size=(120, 6)):
        assert "[red]Painel[/red] [/n" in "\n".join(lines_of(table))
        assert all(table.render_line(y).cell_length == 120 for y in range(6))


async def test_ascii_only() -> None:
    table = FleetTable(now=NOW, zone=ZONE, symbols=ASCII)
    table.set_rows((*ROWS, row("z", name="Música", hours=5)))
    async with on_stage(table, size=(130, 10)):
        text = "".join(lines_of(table))
        assert text.isascii()
        assert "never backed up" in text
        assert "shrank, deleted app" in text


@pytest.mark.parametrize("size", [(120, 40), (60, 20), (37, 10), (20, 5), (5, 2), (1, 1)])
async def test_any_size_holds(size: tuple[int, int]) -> None:
    table = _table(tuple(row(f"app{number:02}", hours=number) for number in range(60)))
    async with on_stage(table, size=(100, 20)) as stage:
        await stage.pilot.press("G")
        await stage.pilot.resize_terminal(*size)
        assert all(table.render_line(y).cell_length == size[0] for y in range(size[1]))
        assert table.top <= table.cursor < table.top + table.page
        await stage.pilot.press("k", "ctrl+b", "s", "V", "j", "V", "g")


async def test_the_line_below_says_what_is_due_first() -> None:
    flags = {Flag.NEVER: 1, Flag.STALE: 6, Flag.SHRANK: 2, Flag.DELETED: 1}
    whole = FleetSummary(15, 547, None, None, 0, flags)
    line = FleetLine()
    async with on_stage(line, size=(120, 1)) as stage:
        assert lines_of(line) == [""]
        line.show(FleetSaid(whole, 7, 7, "C takes them"))
        assert lines_of(line) == [
            " 7 apps need a snapshot  C takes them · 1 never backed up · 6 older than 7 days · 2 shrank by half"
            " · 1 deleted app"
        ]
        await stage.pilot.resize_terminal(44, 1)
        assert lines_of(line) == [" 7 apps need a snapshot · 2 shrank by half"]
        line.show(FleetSaid(whole._replace(flags=dict.fromkeys(Flag, 0)), 0, 7, "C takes them"))
        assert lines_of(line) == [" No app needs a snapshot"]
