"""Driving the screens in tests: the real program on the demo, waiting on conditions, never on durations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from snaptui.batch import Standing
from snaptui.config import load_config
from snaptui.demo.run import DemoServer
from snaptui.demo.world import DEMO_NOW
from snaptui.models import SnapshotKey
from snaptui.session import Sessions
from snaptui.tui.app import SnaptuiApp
from snaptui.tui.screens.create_many import CreateManyScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.screens.main import MainScreen
from snaptui.tui.screens.main_lists import ALL_APPS_VIEW, VERSIONS
from snaptui.tui.surroundings import look_around
from snaptui.tui.widgets.batch_table import BatchTable
from snaptui.tui.widgets.fleet_table import FleetTable
from snaptui.tui.widgets.notice import Notice
from snaptui.tui.widgets.sidebar import AppSidebar
from snaptui.tui.widgets.snapshot_table import SnapshotTable

S = TypeVar("S", bound=Screen[Any])

ZONE = ZoneInfo("America/Sao_Paulo")
LOJA = "1732400000001"
ACERVO = "1732400000006"
BUSY = "1732400000007"
EMPTY = "1732400000008"
_PATIENCE = 20.0
_LOADING = frozenset({"open", "load", "refresh-app", "account", "disk"})


async def until(pilot: Pilot[Any], condition: Callable[[], bool], patience: float = _PATIENCE) -> None:
    """Let the program run until ``condition`` holds; fail after ``patience`` seconds."""
    try:
        async with asyncio.timeout(patience):
            while not condition():
                await pilot.pause(0.01)
    except TimeoutError:
        raise AssertionError(f"it did not happen within {patience} s") from None


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until no load is under way and everything has been drawn."""
    app = pilot.app
    assert isinstance(app, SnaptuiApp)

    def quiet() -> bool:
        return not any(worker.group in _LOADING and not worker.is_finished for worker in app.workers)

    if not any(isinstance(screen, LoginScreen) for screen in app.screen_stack):
        await until(pilot, quiet)
    await pilot.pause()


def program(
    demo: DemoServer,
    folder: Path,
    *,
    token: str | None = "demo",
    settings: Mapping[str, Any] | None = None,
    file_only: bool = False,
    as_versions: bool = True,
    **environ: str,
) -> SnaptuiApp:
    """The program with everything it keeps below ``folder``, in a world whose time stands still.

    ``file_only`` leaves the settings at what the file says. Somebody who has chosen every version as the view of
    "All apps"; ``as_versions`` False is somebody new.
    """
    environment = {
        "SNAPTUI_API_URL": demo.api_url,
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        **{f"SNAPTUI_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "CACHE", "DATA")},
        **({"DISCLOUD_TOKEN": token} if token else {}),
        **environ,
    }
    over = {} if file_only else {"download_dir": folder / "backups", **(settings or {})}
    config = replace(load_config(environment), **over)
    around = look_around(config, environment)._replace(now=lambda: DEMO_NOW, zone=ZONE)
    sessions = Sessions.for_config(config, environment, now=lambda: DEMO_NOW)
    if as_versions:
        sessions.remembered.set(ALL_APPS_VIEW, VERSIONS)
    return SnaptuiApp(sessions, environ=environment, surroundings=around)


@dataclass(slots=True)
class Driver:
    """A running program and what tests ask of it."""

    app: SnaptuiApp
    pilot: Pilot[None]

    @property
    def main(self) -> MainScreen:
        """The main screen, in front or not."""
        return self.app.main

    @property
    def table(self) -> SnapshotTable:
        """The versions."""
        return self.main.versions

    @property
    def fleet(self) -> FleetTable:
        """The table of apps."""
        return self.main.fleet

    @property
    def sidebar(self) -> AppSidebar:
        """The apps."""
        return self.main.query_one(AppSidebar)

    @property
    def key(self) -> SnapshotKey | None:
        """The version under the cursor."""
        return self.table.cursor_row.key if self.table.cursor_row is not None else None

    @property
    def notice(self) -> str:
        """The title that stands in the place of rows; empty where there are rows."""
        shown = self.main.query(Notice)
        return next((each.text.title for each in shown if each.display and each.text is not None), "")

    @property
    def toasts(self) -> list[str]:
        """Every message shown so far that has not gone."""
        return [notification.message for notification in self.app._notifications]

    async def press(self, *keys: str) -> None:
        """Press keys and let the program draw."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition."""
        await until(self.pilot, condition)

    async def settled(self) -> None:
        """Wait until nothing loads."""
        await settled(self.pilot)

    async def screen(self, kind: type[S]) -> S:
        """Wait until a screen of this class is in front, drawn and with its focus."""
        await self.until(lambda: isinstance(self.app.screen, kind) and self.app.screen.is_mounted)
        await self.pilot.pause()
        assert isinstance(self.app.screen, kind)
        return self.app.screen

    async def choose(self, app_id: str | None) -> None:
        """Go to the versions of one app, or to what "All apps" shows."""
        self.sidebar.highlight(app_id)
        await self.until(lambda: self.main.app_id == app_id)
        self.main.list_in_front.focus()
        await self.settled()

    async def in_the_middle_of_many(self) -> None:
        """Take snapshots of some apps: one is busy, one under way for 12 s (held by the demo), the rest done."""
        self.app.screen.set_focus(self.fleet)
        for app_id in (BUSY, EMPTY, LOJA, ACERVO):
            self.fleet.highlight(app_id)
            await self.press("space")
        await self.press("c")
        screen = await self.screen(CreateManyScreen)
        tally, table = screen.creation.tally, screen.query_one(BatchTable)
        tally._clock = lambda: 0.0
        table._clock = lambda: 12.0
        await self.press("enter")
        await self.until(lambda: tally.count(Standing.UNDER_WAY) == 1 and not tally.count(Standing.WAITING))
        await self.until(lambda: tally.summary() in self.words("#batch-sum"))
        table.move_to(next(place for place, line in enumerate(tally.lines) if line.app.id == BUSY))
        await self.until(lambda: bool(self.words("#batch-detail")))

    def words(self, selector: str) -> str:
        """The words of a line on the screen in front."""
        return str(self.app.screen.query_one(selector, Static).content)


@asynccontextmanager
async def running(app: SnaptuiApp, size: tuple[int, int] = (120, 40), *, loaded: bool = True) -> AsyncIterator[Driver]:
    """Run the program; by default wait until it has loaded the account."""
    async with app.run_test(size=size, notifications=True) as pilot:
        driver = Driver(app, pilot)
        try:
            if loaded:
                await until(
                    pilot, lambda: driver.main.desk.catalog is not None and bool(driver.main.list_in_front.shown_rows)
                )
                await settled(pilot)
            yield driver
        finally:
            await app.wind_down()
