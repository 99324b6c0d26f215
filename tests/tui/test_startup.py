"""The first frame: what is in it, what it does without, and what becomes of the cache it is made from."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from snaptui.cache import CachedListing, ListingCache, account_key
from snaptui.demo.run import DemoServer
from snaptui.models import Account, App, AppKind, Snapshot
from snaptui.remembered import Remembered
from tests.benchmarks.startup import BARE_APP, processor_seconds
from tests.terminal import Terminal
from tests.tui.conftest import Make
from tests.tui.driving import LOJA, running

SNAPTUI = [sys.executable, "-m", "snaptui"]
NOWHERE = "http://127.0.0.1:9"
TOKEN = "a-token-for-a-server-that-is-not-there"
NOW = datetime.now(UTC)

# Starts the program as people start it, and notes what is loaded when the first frame is there.
NOTING = """
import sys
import snaptui.cli.screens as screens
collect = screens._collect_garbage

def noting():
    with open(sys.argv[1], "w") as file:
        file.write("\\n".join(name for name, module in sys.modules.items() if module))
    collect()

screens._collect_garbage = noting
from snaptui.cli.run import run
sys.exit(run([]))
"""

NEEDLESS = {
    *("httpx", "keyring", "http.client", "starlette", "uvicorn", "humanize", "click", "gettext", "json", "tomllib"),
    *("hashlib", "secrets", "rich.markdown", "textual.widgets._data_table", "textual.widgets._markdown"),
    *("snaptui.api", "snaptui.tokens", "snaptui.pacing", "snaptui.query", "snaptui.loading", "snaptui.changes"),
    *("snaptui.transfers.queue", "snaptui.archives.archive", "snaptui.batch", "snaptui.tui.commands"),
    *("snaptui.tui.keymap", "snaptui.tui.places", "snaptui.tui.screens.login", "snaptui.tui.screens.help"),
    *("snaptui.tui.screens.download", "snaptui.tui.screens.ask", "snaptui.tui.widgets.snapshot_table"),
    *("snaptui.tui.widgets.notice", "snaptui.tui.widgets.transfer_strip"),
}
MODULES_AT_MOST = 70


@pytest.fixture
def cached(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who used snaptui three minutes ago and whose network is gone since."""
    # Without bytecode on disk every start would compile.
    left_out = ("SNAPTUI_", "SSH_", "PYTHONDONTWRITEBYTECODE")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(left_out)} | {
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "DISCLOUD_TOKEN": TOKEN,
        "SNAPTUI_API_URL": NOWHERE,
        **{f"SNAPTUI_{name}_DIR": str(tmp_path / name.lower()) for name in ("CONFIG", "CACHE", "DATA")},
    }
    key = account_key(TOKEN, NOWHERE)
    snapshots = tuple(
        Snapshot("1", f"{taken:%Y%m%d-%H%M%S}", taken, 12_000_000 + number)
        for number in range(500)
        for taken in (NOW - timedelta(hours=number),)
    )
    listing = CachedListing(
        snapshots,
        (App("1", "Loja Bot", True, AppKind.BOT),),
        datetime.now(UTC) - timedelta(minutes=3),  # the run may have begun long ago
        account=Account("7", "ana", "Safira", ("1",)),
    )
    assert ListingCache(tmp_path / "cache", key).store(listing)
    Remembered(tmp_path / "data" / "remembered").set("last_account", key)
    return environment


def test_the_first_frame_holds_the_cache_and_loads_little(cached: dict[str, str], tmp_path: Path) -> None:
    noted = tmp_path / "modules"
    with Terminal([sys.executable, "-c", NOTING, str(noted)], env=cached) as terminal:
        terminal.until("Loja Bot")
        terminal.quiet(0.3)
        frame = bytes(terminal.output).decode()
        terminal.send("q")
        assert terminal.wait() == 0
    for words in ("ana", "3 minutes ago", "500", "quit"):
        assert words in frame, words
    modules = set(noted.read_text().splitlines())
    assert "sqlite3" in modules
    assert modules & NEEDLESS == set()
    own = sorted(name for name in modules if name.startswith("snaptui"))
    assert len(own) <= MODULES_AT_MOST, own


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the system does not count processor time so")
def test_the_first_frame_costs_little_more_than_a_bare_apps(cached: dict[str, str]) -> None:
    """The benchmark measures it, with a budget of 1.15; here is room for the noise of a busy machine."""
    pairs = [
        (
            processor_seconds(SNAPTUI, cached, "Loja Bot"),
            processor_seconds([sys.executable, "-c", BARE_APP], cached, "bare-app-ready"),
        )
        for _ in range(5)
    ]
    ours, bare = (min(each) for each in zip(*pairs, strict=True))
    assert ours < 1.3 * bare


def test_offline_the_cache_is_the_program(cached: dict[str, str]) -> None:
    with Terminal(SNAPTUI, env=cached) as terminal:
        terminal.until("offline, as of", timeout=30)
        since = len(terminal.output)
        terminal.send("l\r")  # its versions
        terminal.until(f"{NOW - timedelta(hours=1):%Y%m%d-%H%M%S}", since=since)
        since = len(terminal.output)
        terminal.send("c")
        terminal.until("Create a snapshot", since=since)
        terminal.send("\r")  # what needs the server says so
        terminal.until("refused the connection", since=since)


def test_without_the_cache_nothing_of_it_is_shown_or_kept(cached: dict[str, str], tmp_path: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in (tmp_path / "cache").iterdir())
    with Terminal([*SNAPTUI, "--no-cache"], env=cached) as terminal:
        terminal.until("try again", timeout=30)
        assert b"Loja Bot" not in terminal.output
        terminal.send("q")
        assert terminal.wait() == 0
    assert sorted((path, path.stat().st_mtime_ns) for path in (tmp_path / "cache").iterdir()) == before


@pytest.mark.anyio
async def test_a_key_clears_the_cache_and_what_is_seen_stays(demo: DemoServer, make: Make, tmp_path: Path) -> None:
    async with running(make()) as driver:
        await driver.until(lambda: any((tmp_path / "cache").glob("listing-*")))
        total = driver.table.total_rows
        await driver.press("X")
        await driver.until(lambda: not any((tmp_path / "cache").glob("listing-*")))
        assert driver.table.total_rows == total
    held = demo.controls.hold("/")
    async with running(make(), loaded=False) as driver:
        assert driver.main.desk.catalog is None
        held.set()
        await driver.settled()


@pytest.mark.anyio
async def test_rows_keep_their_place_when_the_fresh_listing_arrives(demo: DemoServer, make: Make) -> None:
    async with running(make()):
        pass
    held = demo.controls.hold("/")
    async with running(make(), loaded=False) as driver:
        driver.sidebar.highlight(LOJA)
        await driver.until(lambda: driver.main.app_id == LOJA)
        driver.table.focus()
        await driver.press("G")
        key, offset = driver.key, driver.table.cursor - driver.table.top
        assert driver.table.top > 0
        held.set()
        await driver.settled()
        assert not driver.main.desk.catalog.from_cache if driver.main.desk.catalog is not None else False
        assert (driver.key, driver.table.cursor - driver.table.top) == (key, offset)
