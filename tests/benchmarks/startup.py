"""Start-up in figures: ``python -m tests.benchmarks.startup`` prints them, each beside its reference.

Every pair is run in turn (A B A B …) so that a slow moment of the machine touches both; the ratio is the median
of the pairs' ratios. Bytecode is compiled first, as it is after an installation.
"""

from __future__ import annotations

import argparse
import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import snaptui
from tests.terminal import Terminal

BARE_APP = """
from textual.app import App, ComposeResult
from textual.widgets import Static

class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("bare-app-ready")

Bare().run()
"""


def _environment(folder: Path, **more: str) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE" and not k.startswith("SNAPTUI_")}
    env |= {f"SNAPTUI_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "CACHE", "DATA")}
    return env | {"TERM": "xterm-256color", "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"} | more


def process_seconds(argv: list[str], env: dict[str, str]) -> float:
    """Wall time of one whole process."""
    started = time.perf_counter()
    subprocess.run(argv, env=env, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return time.perf_counter() - started


def frame_seconds(argv: list[str], env: dict[str, str], marker: str) -> float:
    """Seconds from the start of the process to the frame that holds ``marker``."""
    with Terminal(argv, env=env) as terminal:
        return terminal.until(marker)


def processor_seconds(argv: list[str], env: dict[str, str], marker: str) -> float:
    """Processor time of all threads of the process until the frame that holds ``marker``: steady on a busy machine."""
    with Terminal(argv, env=env) as terminal:
        terminal.until(marker)
        threads = Path(f"/proc/{terminal.process.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text().split()[0]) for each in threads) / 1e9


def paired(ours: Callable[[], float], reference: Callable[[], float], runs: int) -> tuple[float, float, float]:
    """Median seconds of each, and the median ratio, over ``runs`` pairs after one warm-up."""
    ours()
    reference()
    pairs = [(ours(), reference()) for _ in range(runs)]
    return (
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )


def measure(runs: int) -> list[tuple[str, float, float, float, float | None]]:
    """Rows of (what, seconds, reference seconds, ratio, budget)."""
    from snaptui.demo.run import DemoServer

    python = sys.executable
    compileall.compile_dir(Path(snaptui.__file__).parent, quiet=2)
    rows: list[tuple[str, float, float, float, float | None]] = []
    with tempfile.TemporaryDirectory() as folder, DemoServer(requests_per_minute=100_000) as demo:
        plain = _environment(Path(folder))
        signed_in = plain | {"SNAPTUI_API_URL": demo.api_url, "DISCLOUD_TOKEN": demo.token}
        # What people run; ``python -m`` would count the work of finding a module by name.
        snaptui_command = [str(Path(python).with_name("snaptui"))]

        def bare() -> float:
            return frame_seconds([python, "-c", BARE_APP], plain, "bare-app-ready")

        rows.append(
            (
                "snaptui --version / python -c pass",
                *paired(
                    lambda: process_seconds([*snaptui_command, "--version"], plain),
                    lambda: process_seconds([python, "-c", "pass"], plain),
                    runs,
                ),
                None,
            )
        )
        rows.append(
            (
                "snaptui list --json / import httpx",
                *paired(
                    lambda: process_seconds([*snaptui_command, "list", "--json"], signed_in),
                    lambda: process_seconds([python, "-c", "import httpx"], plain),
                    runs,
                ),
                2.0,
            )
        )
        with Terminal(snaptui_command, env=signed_in) as terminal:  # one run that fills the cache
            terminal.until("Loja Bot")
            terminal.quiet(1.0)
            terminal.send("q")
            terminal.wait()
        rows.append(
            (
                "first frame with cached rows / bare Textual app",
                *paired(lambda: frame_seconds(snaptui_command, signed_in, "Loja Bot"), bare, runs),
                1.15,
            )
        )
        rows.append(
            (
                "the same in processor time",
                *paired(
                    lambda: processor_seconds(snaptui_command, signed_in, "Loja Bot"),
                    lambda: processor_seconds([python, "-c", BARE_APP], plain, "bare-app-ready"),
                    runs,
                ),
                1.15,
            )
        )
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    rows = measure(parser.parse_args().runs)
    print(f"{'what':50} {'ms':>8} {'reference':>10} {'ratio':>7} {'budget':>7}")  # noqa: T201
    for what, seconds, reference, ratio, budget in rows:
        limit = f"{budget:.2f}" if budget else "–"
        print(f"{what:50} {seconds * 1e3:8.0f} {reference * 1e3:10.0f} {ratio:7.2f} {limit:>7}")  # noqa: T201


if __name__ == "__main__":
    main()
