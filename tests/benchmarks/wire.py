"""The whole program on the wire: ``python -m tests.benchmarks.wire`` prints bytes and milliseconds.

snaptui runs against the demo in a real pseudo-terminal of 120x40 as over SSH (``SSH_CONNECTION``), in 16 million
colours, the dearest. ``less``, ``mc`` and VisiData do the like in the same terminal, where they are installed; where
one is not, that is said. The versions of all apps are shown, 547 of them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from snaptui.demo.run import DemoServer
from snaptui.remembered import Remembered
from tests.terminal import Terminal

SIZE = (120, 40)
MOVES = "".join(f"\x1b[<35;{x};{y}M" for x, y in ((40, 5), (50, 9), (60, 30), (90, 12), (10, 20), (60, 39), (50, 1)))
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement; without a budget it is there to compare with. ``why`` stands in the place of a missing one."""

    what: str
    value: float | None
    unit: str = "bytes"
    budget: float | None = None
    why: str = ""


@contextmanager
def program(
    *, quiet: bool = True, size: tuple[int, int] = SIZE, **environ: str
) -> Iterator[tuple[Terminal, DemoServer]]:
    """snaptui, signed in to a demo of its own and loaded, with the versions of all apps in front."""
    with tempfile.TemporaryDirectory() as name, DemoServer(requests_per_minute=100_000) as demo:
        folder = Path(name)
        left_out = ("SSH_", "TEXTUAL", "SNAPTUI_", "DISCLOUD_", "TMUX", "STY", "NO_COLOR", "COLORTERM")
        env = {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
        env |= {f"SNAPTUI_{each}_DIR": str(folder / each.lower()) for each in ("CONFIG", "CACHE", "DATA")}
        env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "HOME": name}
        env |= {"SNAPTUI_API_URL": demo.api_url, "DISCLOUD_TOKEN": demo.token}
        env |= {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        if quiet:
            env["SSH_CONNECTION"] = "192.0.2.1 50000 192.0.2.2 22"
        Remembered(folder / "data" / "remembered").set("all_apps_view", "versions")
        (folder / "config").mkdir()
        (folder / "config" / "config.toml").write_text(
            f'parallel_downloads = 4\ndownload_dir = "{folder / "backups"}"\n'
        )
        with Terminal([sys.executable, "-m", "snaptui"], env=env | environ, size=SIZE) as terminal:
            terminal.until("547")
            terminal.quiet(1.0)
            yield terminal, demo


def sent(terminal: Terminal, keys: str, *, still: float = 0.15) -> int:
    """Bytes that a key brings, until nothing has come for ``still`` seconds."""
    before = len(terminal.output)
    terminal.send(keys)
    terminal.read(3.0)
    terminal.quiet(still)
    return len(terminal.output) - before


def over(terminal: Terminal, seconds: float) -> int:
    """Bytes that come by themselves within so many seconds."""
    before, deadline = len(terminal.output), time.perf_counter() + seconds
    while (left := deadline - time.perf_counter()) > 0:
        terminal.read(left)
    return len(terminal.output) - before


def begin_downloads(terminal: Terminal) -> None:
    """Fetch the four large archives of one app; their window stays open."""
    since = len(terminal.output)
    terminal.send("/")
    terminal.until("words, !word", since=since)
    terminal.send("acervo\r")
    terminal.until("4 shown", since=since)
    since = len(terminal.output)
    terminal.send("*")
    terminal.until("4 marked", since=since)
    terminal.send("d")
    terminal.until("Enter", since=since)
    terminal.quiet(0.3)
    since = len(terminal.output)
    terminal.send("\r")
    terminal.until("MB/s", since=since, timeout=30)


def snaptui(steps: int = 20, pages: int = 8, held_pages: int = 3) -> Iterator[Figure]:
    """What each thing a person does costs."""
    with program() as (terminal, _demo):
        yield Figure("start, until the fresh listing is there", len(terminal.output))
        sent(terminal, "j")
        step = statistics.mean(sent(terminal, "j") for _ in range(steps))
        yield Figure("cursor step, the line of details with it", step)
        yield Figure("page", statistics.mean(sent(terminal, "\x06") for _ in range(pages)), budget=8_100)
        terminal.send(f"{SIZE[1]}j")
        terminal.quiet(0.3)
        held = [sent(terminal, "j", still=0.03) for _ in range(held_pages * SIZE[1])]
        yield Figure("step of a held key past the edge, averaged", statistics.mean(held), budget=1_200)
        before = len(terminal.output)
        terminal.send(MOVES)
        terminal.quiet(0.5)
        yield Figure("mouse motion", (len(terminal.output) - before) / MOVES.count("M"), budget=0)
        yield Figure("idle second", over(terminal, 3) / 3, budget=0)
    with program() as (terminal, demo):
        demo.controls.bytes_per_second = 5 * _MB
        begin_downloads(terminal)
        yield Figure("a second of four downloads, in their window", over(terminal, 4) / 4)
        terminal.send("\x1b")
        over(terminal, 1)
        yield Figure("a second of four downloads, on the main screen", over(terminal, 4) / 4)
        terminal.send("t")
        over(terminal, 1)
        yield Figure("a second of four downloads, in their list", over(terminal, 4) / 4)


def latency(keys: int = 60) -> Iterator[Figure]:
    """From a key to its frame while four downloads run: the next version's name stands in the line below the table."""
    with program(quiet=False) as (terminal, demo):
        demo.controls.bytes_per_second = 20 * _MB
        names = [row.version for row in demo_versions(demo)]
        begin_downloads(terminal)
        terminal.send("\x1b")
        over(terminal, 0.5)
        terminal.send("\x1b")  # the filter goes
        over(terminal, 0.5)
        terminal.send("g")
        over(terminal, 0.5)
        taken = []
        for name in names[1 : keys + 1]:
            since, began = len(terminal.output), time.perf_counter()
            terminal.send("j")
            terminal.until(name, since=since)
            taken.append((time.perf_counter() - began) * 1e3)
            over(terminal, 0.05)
        taken.sort()
        yield Figure("key to frame while four downloads run, median", statistics.median(taken), "ms")
        yield Figure("key to frame while four downloads run, p95", taken[round(len(taken) * 0.95) - 1], "ms", 50)


@dataclass(frozen=True, slots=True)
class _Named:
    version: str
    taken: float


def demo_versions(demo: DemoServer) -> list[_Named]:
    """Every version the demo has, newest first, as the table shows them."""
    every = [_Named(made.version, made.taken.timestamp()) for app in demo.world.apps.values() for made in app.versions]
    return sorted(every, key=lambda one: -one.taken)


def others() -> Iterator[Figure]:
    """The same in other programs, for scale."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [f"20261124-{number:06},Loja Bot {number % 12},{12_000_000 + number}" for number in range(547)]
        (folder / "rows.csv").write_text("\n".join(["version,app,size", *lines]) + "\n")
        for number in range(200):
            (folder / f"file-{number:03}").touch()
        programs = (
            ("less", ["less", str(folder / "rows.csv")], "j", "f"),
            ("mc", ["mc", str(folder), str(folder)], "\x1bOB", "\x1b[6~"),
            ("VisiData", ["vd", str(folder / "rows.csv")], "j", "\x06"),
        )
        env = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": name}
        for program_name, argv, step, page in programs:
            if shutil.which(argv[0]) is None:
                yield Figure(f"{program_name}", None, why=f"{argv[0]} is not installed here")
                continue
            with Terminal(argv, env=env, size=SIZE) as terminal:
                terminal.read(10.0)
                terminal.quiet(0.8)
                yield Figure(f"{program_name}: start", len(terminal.output))
                yield Figure(f"{program_name}: cursor step", statistics.mean(sent(terminal, step) for _ in range(10)))
                yield Figure(f"{program_name}: page", statistics.mean(sent(terminal, page) for _ in range(4)))
                held = [sent(terminal, step, still=0.03) for _ in range(2 * SIZE[1])]
                yield Figure(f"{program_name}: step of a held key, averaged", statistics.mean(held))
                before = len(terminal.output)
                terminal.send(MOVES)
                terminal.quiet(0.5)
                yield Figure(f"{program_name}: mouse motion", (len(terminal.output) - before) / MOVES.count("M"))
                yield Figure(f"{program_name}: idle second", over(terminal, 3) / 3)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-others", action="store_true", help="measure snaptui alone")
    arguments = parser.parse_args()
    print(f"{'what':52} {'figure':>10} {'':5} {'budget':>8}")  # noqa: T201
    for figure in chain(snaptui(), latency(), () if arguments.without_others else others()):
        limit = "" if figure.budget is None else f"{figure.budget:,.0f}"
        shown = figure.why if figure.value is None else f"{figure.value:10,.1f} {figure.unit:5} {limit:>8}"
        print(f"{figure.what:52} {shown}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
