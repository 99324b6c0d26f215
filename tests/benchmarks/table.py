"""The tables of versions and of apps in figures: ``python -m tests.benchmarks.table`` prints them beside their budgets.

Times are taken in this process from the call to the frame that shows it; bytes in a real pseudo-terminal of
120x40 with a small Textual app that holds nothing but the table, in 16 million colours (the dearest).
``tests.benchmarks.wire`` has the whole program, and ``less``, ``mc`` and VisiData beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from textual.app import App, ComposeResult

from snaptui.catalog import VersionRow
from snaptui.fleet import Flag, FleetRow
from snaptui.models import App as DiscloudApp
from snaptui.models import Snapshot
from snaptui.query import parse
from snaptui.tui.widgets.cells import NO_COPY, LocalCell, LocalState
from snaptui.tui.widgets.columns import Column
from snaptui.tui.widgets.fleet_columns import FleetColumn
from snaptui.tui.widgets.fleet_table import FleetTable
from snaptui.tui.widgets.snapshot_table import SnapshotTable
from tests.terminal import Terminal

SIZE = (120, 40)
ROWS = 100_000
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_APPS = tuple((f"app{number:02}", f"Loja Bot {number}") for number in range(12))
_LOCAL = (LocalCell(LocalState.VERIFIED), LocalCell(LocalState.FILE), NO_COPY, NO_COPY, NO_COPY, NO_COPY)


def version_rows(count: int) -> tuple[VersionRow, ...]:
    """``count`` rows, newest first, ten minutes apart, of a dozen apps."""
    rows: list[VersionRow] = []
    for number in range(count):
        taken = NOW - timedelta(minutes=10 * number + 1)
        app_id, name = _APPS[number % len(_APPS)]
        size = 12_000_000 + number * 7919 % 900_000
        snapshot = Snapshot(app_id, f"{taken:%Y%m%d-%H%M%S}", taken, size)
        rows.append(VersionRow(snapshot, name, number * 104_729 % 900_000 - 450_000))
    return tuple(rows)


class TableApp(App[None]):
    """The table and nothing else."""

    def __init__(self, rows: tuple[VersionRow, ...]) -> None:
        super().__init__()
        self.rows = rows

    def compose(self) -> ComposeResult:
        """The table."""
        yield SnapshotTable(
            now=NOW, zone=UTC, show_app_column=True, local_of=lambda key: _LOCAL[int(key.version[-6:-2]) % 6]
        )

    def on_mount(self) -> None:
        """Fill it."""
        table = self.query_one(SnapshotTable)
        table.set_rows(self.rows)
        table.focus()


def fleet_rows(count: int) -> tuple[FleetRow, ...]:
    """``count`` apps, every other one with something to say of it."""
    flags = ((), (Flag.STALE,), (), (Flag.SHRANK, Flag.DELETED))
    rows: list[FleetRow] = []
    for number in range(count):
        age = timedelta(hours=7 * number + 1)
        newest = Snapshot(f"app{number:03}", f"{NOW - age:%Y%m%d-%H%M%S}", NOW - age, 12_000_000 + 7919 * number)
        sizes = tuple(11_000_000 + (number + step) * 7919 % 900_000 for step in range(30))
        app = DiscloudApp(newest.app_id, f"Loja Bot {number}", online=number % 3 > 0)
        rows.append(FleetRow(app, 30, newest, age, sum(sizes), sizes, flags[number % 4], True, sum(sizes)))
    return tuple(rows)


class FleetApp(App[None]):
    """The table of apps and nothing else."""

    def compose(self) -> ComposeResult:
        """The table."""
        yield FleetTable(now=NOW, zone=UTC)

    def on_mount(self) -> None:
        """Fill it, in an order in which the lines are as unlike as they come."""
        table = self.query_one(FleetTable)
        table.sort_by(FleetColumn.TAKEN, reverse=True)
        table.set_rows(fleet_rows(1_000))
        table.focus()


Figure = tuple[str, float, str, float | None]


async def _to_frame(app: App[None], change: Callable[[], None]) -> float:
    painted = asyncio.Event()
    started = time.perf_counter()
    change()
    app.query_one(SnapshotTable).call_after_refresh(painted.set)
    await painted.wait()
    return (time.perf_counter() - started) * 1e3


async def times() -> list[Figure]:
    """Milliseconds to the frame: rows shown, one key of a filter, one sort; the median of seven each."""
    rows = version_rows(ROWS)
    figures: list[Figure] = []
    app = TableApp(())
    async with app.run_test(size=SIZE) as pilot:
        table = app.query_one(SnapshotTable)

        async def median(what: str, budget: float, before: Callable[[], None], change: Callable[[], None]) -> None:
            taken = []
            for _ in range(7):
                before()
                await pilot.pause()
                taken.append(await _to_frame(app, change))
            figures.append((what, statistics.median(taken), "ms", budget))

        await median(f"{ROWS:,} rows shown", 50, partial(table.set_rows, ()), partial(table.set_rows, rows))
        for text in ("l", "loja 7", "!loja", "2026", ">12.5MB", "<30d"):
            keyed = partial(table.set_query, parse(text))
            await median(f"one filter key ({text})", 50, partial(table.set_query, None), keyed)
        table.set_query(None)
        for column in (Column.VERSION, Column.APP, Column.SIZE, Column.CHANGE, Column.LOCAL):
            by = partial(table.sort_by, column)
            await median(f"one sort ({column})", 300, partial(table.sort_by, Column.TAKEN, reverse=True), by)
        by = partial(table.sort_by, Column.TAKEN, reverse=False)
        await median("one sort (taken)", 300, partial(table.sort_by, Column.TAKEN, reverse=True), by)
    return figures


def _sent(terminal: Terminal, keys: str) -> int:
    before = len(terminal.output)
    terminal.send(keys)
    terminal.read(2.0)
    terminal.quiet(0.05)
    return len(terminal.output) - before


def wire(steps: int = 20, pages: int = 10, held_pages: int = 3, *, fleet: bool = False) -> Iterator[Figure]:
    """Bytes the table writes to the terminal, averaged over so many steps and pages; ``fleet`` is the one of apps."""
    argv = [sys.executable, "-m", "tests.benchmarks.table", "--fleet" if fleet else "--app"]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SSH_", "TEXTUAL", "SNAPTUI_"))}
    env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    with Terminal(argv, env=env, size=SIZE) as terminal:
        terminal.until("20261124-110000" if fleet else "20261124-115900")
        terminal.quiet(0.5)
        yield "start", len(terminal.output), "bytes", None
        yield "cursor step", statistics.mean(_sent(terminal, "j") for _ in range(steps)), "bytes", 450
        yield "page", statistics.mean(_sent(terminal, "\x06") for _ in range(pages)), "bytes", 8_100
        terminal.send(f"{SIZE[1]}j")
        terminal.quiet(0.3)
        held = [_sent(terminal, "j") for _ in range(held_pages * SIZE[1])]
        yield "step of a held key past the edge, averaged", statistics.mean(held), "bytes", 1_200
        moves = "".join(f"\x1b[<35;{x};{y}M" for x, y in ((10, 5), (20, 9), (60, 30), (90, 12)))
        before = len(terminal.output)
        terminal.send(moves)
        terminal.quiet(0.5)
        yield "mouse motion", (len(terminal.output) - before) / 4, "bytes", 0
        before, seconds = len(terminal.output), 2
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            terminal.read(left)
        yield "idle second", (len(terminal.output) - before) / seconds, "bytes", 0


def main() -> None:
    """Print the table, or run the app that is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", action="store_true", help="run the app that is measured")
    parser.add_argument("--fleet", action="store_true", help="run the app with the table of apps")
    chosen = parser.parse_args()
    if chosen.app or chosen.fleet:
        (FleetApp() if chosen.fleet else TableApp(version_rows(1_000))).run()
        return
    print(f"{'what':48} {'figure':>10} {'':5} {'budget':>8}")  # noqa: T201
    of_apps = ((f"apps: {what}", *rest) for what, *rest in wire(fleet=True))
    for what, figure, unit, budget in (*asyncio.run(times()), *wire(), *of_apps):
        limit = "" if budget is None else f"{budget:,.0f}"
        print(f"{what:48} {figure:10,.1f} {unit:5} {limit:>8}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
