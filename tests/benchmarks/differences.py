"""The tree of differences in figures: ``python -m tests.benchmarks.differences`` prints them beside their budgets.

Times are of 5,000 differences in this process, bytes those that a real pseudo-terminal of 120x40 gets, with nothing
but the tree in it, in 16 million colours (the dearest).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator

from textual.app import App, ComposeResult

from snaptui.archives.compare import Change, Content, compare
from snaptui.tui.widgets.difference_rows import By, DifferenceRows
from snaptui.tui.widgets.difference_tree import DifferenceTree
from tests.terminal import Terminal

SIZE = (120, 40)
DIFFERENCES = 5_000
Figure = tuple[str, float, str, float | None]


def sides(count: int) -> tuple[dict[str, Content], dict[str, Content]]:
    """Two sides of which every file differs: some were added, removed and renamed, most changed."""
    old = {f"node_modules/package-{n % 250}/lib/file-{n}.js": Content(n * 7919 % 90_000, n) for n in range(count)}
    new: dict[str, Content] = {}
    for n, (path, content) in enumerate(old.items()):
        match n % 20:
            case 0:
                new[path.replace("file", "added")] = Content(n, n + count)
            case 1:
                new[path.replace("file", "moved")] = content
            case _:
                new[path] = Content(content.size + n % 700 - 300, n + count)
    return old, new


class TreeApp(App[None]):
    """Holds the tree."""

    def compose(self) -> ComposeResult:
        """The tree."""
        yield DifferenceTree()

    def on_mount(self) -> None:
        """Fill it, every folder open."""
        tree = self.query_one(DifferenceTree)
        tree.set_comparison(compare(*sides(DIFFERENCES)))
        tree.action_toggle_all()
        tree.focus()


def times() -> Iterator[Figure]:
    """Milliseconds to compare and to arrange, the median of five each."""
    old, new = sides(DIFFERENCES)
    comparison = compare(old, new)
    rows = DifferenceRows(comparison)

    def median(work: Callable[[], object]) -> float:
        taken = []
        for _ in range(5):
            started = time.perf_counter()
            work()
            taken.append((time.perf_counter() - started) * 1e3)
        return statistics.median(taken)

    def filtered() -> None:
        rows.set_filter("file-49")
        rows.set_filter("")

    def sorted_otherwise() -> None:
        rows.sort(By.GROWTH)
        rows.sort(By.PATH)

    yield "comparing two of 5,000 members", median(lambda: compare(old, new)), "ms", 50
    yield "arranging what differs", median(lambda: DifferenceRows(comparison)), "ms", 50
    yield "one filter key and taking it back", median(filtered), "ms", 50
    yield "what grew, and by path again", median(sorted_otherwise), "ms", 50
    assert {change for change in Change if comparison.of(change)} == set(Change)


def wire(steps: int = 10, pages: int = 5) -> Iterator[Figure]:
    """Bytes the tree writes to the terminal, averaged over so many steps and pages."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SSH_", "TEXTUAL", "SNAPTUI_"))}
    env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    with Terminal([sys.executable, "-m", "tests.benchmarks.differences", "--app"], env=env, size=SIZE) as terminal:
        terminal.until("package-0")
        terminal.quiet(0.5)

        def sent(keys: str) -> int:
            before = len(terminal.output)
            terminal.send(keys)
            terminal.read(2.0)
            terminal.quiet(0.05)
            return len(terminal.output) - before

        yield "cursor step", statistics.mean(sent("j") for _ in range(steps)), "bytes", 450
        yield "mark and step", statistics.mean(sent(" ") for _ in range(steps)), "bytes", 700
        yield "page", statistics.mean(sent("\x06") for _ in range(pages)), "bytes", 8_100
        yield "idle second", terminal.quiet(1.0), "bytes", 0


def main() -> None:
    """Print the table, or run the app that is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", action="store_true", help="run the app that is measured")
    if parser.parse_args().app:
        TreeApp().run()
        return
    print(f"{'what':48} {'figure':>10} {'':5} {'budget':>8}")  # noqa: T201
    for what, figure, unit, budget in (*times(), *wire()):
        limit = "" if budget is None else f"{budget:,.0f}"
        print(f"{what:48} {figure:10,.1f} {unit:5} {limit:>8}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
