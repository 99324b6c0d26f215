"""Browsing an archive of 100,000 members in figures: ``python -m tests.benchmarks.browse`` prints them and the budgets.

The real program on the demo; only the archive is a file of our own. Times are from the key to the frame that shows
it. ``without a turn`` is the longest time the event loop did nothing else meanwhile, drawing included; ``worked`` is
how much of such a time this process was at work, which a busy machine does not lengthen.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import struct
import sys
import tempfile
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult

from snaptui.archives.archive import Archive, open_file
from snaptui.archives.directory import read_directory
from snaptui.archives.outline import tree_outline
from snaptui.archives.readers import FileReader
from snaptui.archives.tree import FileTree
from snaptui.tui.screens.browse import BrowseScreen
from snaptui.tui.widgets.file_tree import FileTreeView
from tests.benchmarks.archives import MANY_MEMBERS
from tests.benchmarks.table import NOW
from tests.benchmarks.table import _sent as sent
from tests.terminal import Terminal
from tests.tui.stage import Stage, staged

Figure = tuple[str, float, str, float | None]


def make_members(path: Path, names: Sequence[str]) -> None:
    """An archive of files of one byte, written quicker than ``zipfile`` does."""
    crc, moment = zlib.crc32(b"x"), (33_000, 23_926)
    parts: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for text in names:
        name = text.encode()
        shared = struct.pack("<5H3L2H", 20, 0, 0, *moment, crc, 1, 1, len(name), 0)
        parts.append(b"PK\3\4" + shared + name + b"x")
        directory.append(b"PK\1\2\x14\3" + shared + struct.pack("<3H2L", 0, 0, 0, 0o100644 << 16, at) + name)
        at += 31 + len(name)
    listed = b"".join(directory)
    count = min(len(names), 0xFFFF)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, len(names), len(names), len(listed), at)
    end64 += struct.pack("<4sLQL", b"PK\6\7", 0, at + len(listed), 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listed), at, 0)
    path.write_bytes(b"".join([*parts, listed, end64, end]))


def make_flat(path: Path, members: int = MANY_MEMBERS) -> None:
    """So many members in one folder, their names in no order."""
    numbers = list(range(members))
    random.Random(1).shuffle(numbers)
    make_members(path, [f"data/{number:06x}-file.txt" for number in numbers])


def make_many(path: Path, members: int = MANY_MEMBERS) -> None:
    """So many members in 2,100 folders."""
    make_members(path, [f"src/folder-{n % 300}/sub-{n % 7}/file-{n}.txt" for n in range(members)])


class Lag:
    """The longest time the event loop had no turn for a task that always wants one, in seconds.

    ``worked`` is the most processor time this process took between two turns.
    """

    def __init__(self) -> None:
        self.longest = self.worked = 0.0

    async def watch(self) -> None:
        """Watch until cancelled."""
        while True:
            before, work_before = time.perf_counter(), time.process_time()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, time.perf_counter() - before - 0.001)
            self.worked = max(self.worked, time.process_time() - work_before)


@asynccontextmanager
async def watched() -> AsyncIterator[Lag]:
    """Watch the event loop meanwhile."""
    lag = Lag()
    task = asyncio.create_task(lag.watch())
    await asyncio.sleep(0.01)
    lag.longest = lag.worked = 0.0
    try:
        yield lag
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def screen_on(s: Stage, path: Path) -> BrowseScreen:
    """A browse screen for an archive file."""

    async def opener(_app: App[Any], _desk: object, _row: object) -> Archive:
        return await open_file(path)

    row = s.table.cursor_row
    assert row is not None
    return BrowseScreen(row, s.main.desk, s.app.surroundings, opener=opener)


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - it is the screen that is watched
        await asyncio.sleep(0.001)


async def _to_frame(screen: BrowseScreen, condition: Callable[[], bool]) -> None:
    """Wait until something holds and has been drawn."""
    await _until(condition)
    painted = asyncio.Event()
    screen.call_after_refresh(painted.set)
    await painted.wait()


async def opening(s: Stage, path: Path) -> tuple[float, Lag]:
    """Seconds from the push to the frame with rows, and the lag until it is known which members are refused."""
    screen = screen_on(s, path)
    await asyncio.sleep(0.2)
    async with watched() as lag:
        started = time.perf_counter()
        s.app.push_screen(screen)
        await _until(lambda: screen.is_mounted)
        await _to_frame(screen, lambda: screen.files.row_count > 0)
        seconds = time.perf_counter() - started
        await _until(lambda: not any(w.group in ("judge", "preview") and not w.is_finished for w in screen.workers))
    screen.dismiss(None)
    await s.until(lambda: s.app.screen is s.main)
    return seconds, lag


async def keys(s: Stage, path: Path) -> list[Figure]:
    """What keys cost on a folder of 100,000 files."""
    screen = screen_on(s, path)
    s.app.push_screen(screen)
    await _until(lambda: screen.is_mounted)
    await _to_frame(screen, lambda: screen.files.row_count > 0)
    figures: list[Figure] = []

    async def one(what: str, act: Callable[[], object], done: Callable[[], bool]) -> None:
        async with watched() as lag:
            started = time.perf_counter()
            act()
            await _to_frame(screen, done)
            seconds = time.perf_counter() - started
        figures.append((what, seconds * 1e3, "ms", 1000))
        figures.extend(_lag_figures([lag]))

    view = screen.files
    if view.row_count < MANY_MEMBERS:
        await one("opening a folder of 100,000", view.action_open, lambda: view.row_count > MANY_MEMBERS)
    outline = view.outline
    await one("sorting by size", view.action_sort_next, lambda: view.outline is not outline)
    await one("one filter key", lambda: screen.filter_by("f"), lambda: view.outline is not None and view.outline.flat)
    await one("taking it away", lambda: screen.filter_by(""), lambda: view.row_count > MANY_MEMBERS)
    await one("the largest", screen.action_largest, lambda: view.outline is not None and view.outline.flat)
    screen.dismiss(None)
    return figures


def _lag_figures(lags: list[Lag]) -> list[Figure]:
    return [
        ("    longest without a turn", max(lag.longest for lag in lags) * 1e3, "ms", 50),
        ("    worked", max(lag.worked for lag in lags) * 1e3, "ms", 50),
    ]


async def measure(runs: int) -> list[Figure]:
    """All figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        many, flat = folder / "many.zip", folder / "flat.zip"
        make_many(many)
        make_flat(flat)
        async with staged(folder / "home") as s:
            await s.loaded()
            figures: list[Figure] = []
            for path, what in ((many, "100,000 members in 2,100 folders"), (flat, "100,000 members in one folder")):
                found = [await opening(s, path) for _ in range(runs)]
                figures.append((f"first frame, {what}", statistics.median(f for f, _ in found) * 1e3, "ms", 1000))
                figures.extend(_lag_figures([lag for _, lag in found]))
            return [*figures, *await keys(s, flat)]


class TreeApp(App[None]):
    """The tree and nothing else, its folders open."""

    def compose(self) -> ComposeResult:
        """The tree."""
        yield FileTreeView(now=NOW, zone=UTC)

    def on_mount(self) -> None:
        """Fill it."""
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "many.zip"
            make_many(path, 2_000)
            with FileReader(path) as reader:
                tree = FileTree.of(read_directory(reader))
        view = self.query_one(FileTreeView)
        view.show(tree_outline(tree, {"src", *(f"src/folder-{number}" for number in range(300))}))
        view.focus()


def wire(steps: int = 20, pages: int = 10) -> Iterator[Figure]:
    """Bytes the tree writes to a terminal of 120x40, averaged over so many steps and pages."""
    argv = [sys.executable, "-m", "tests.benchmarks.browse", "--app"]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SSH_", "TEXTUAL", "SNAPTUI_"))}
    env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    with Terminal(argv, env=env, size=(120, 40)) as terminal:
        terminal.until("folder-101")
        terminal.quiet(0.5)
        yield "cursor step", statistics.mean(sent(terminal, "j") for _ in range(steps)), "B", 450
        yield "page", statistics.mean(sent(terminal, "\x06") for _ in range(pages)), "B", 8_100
        held = [sent(terminal, "j") for _ in range(40)]
        yield "step of a held key past the edge, averaged", statistics.mean(held), "B", 1_200
        before = len(terminal.output)
        terminal.quiet(1.0)
        yield "idle second", len(terminal.output) - before, "B", 0


def main() -> None:
    """Print the table, or run the app that is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--app", action="store_true", help="run the app that is measured")
    asked = parser.parse_args()
    if asked.app:
        TreeApp().run()
        return
    for what, figure, unit, budget in (*asyncio.run(measure(asked.runs)), *wire()):
        print(f"{what:60} {figure:10,.1f} {unit:3} {budget:8,.0f}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
