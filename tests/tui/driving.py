"""Driving the screens in tests: waiting on conditions, never on durations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from textual.pilot import Pilot

from snaptui.config import load_config
from snaptui.demo.run import DemoServer
from snaptui.demo.world import DEMO_NOW
from snaptui.session import Sessions
from snaptui.tui.app import SnaptuiApp
from snaptui.tui.screens.main import MainScreen
from snaptui.tui.surroundings import look_around
from snaptui.tui.widgets.sidebar import AppSidebar
from snaptui.tui.widgets.snapshot_table import SnapshotTable

_PATIENCE = 20.0
LOJA, PAINEL, BUSY, ACERVO = "1732400000001", "1732400000003", "1732400000007", "1732400000006"


async def until(pilot: Pilot[Any], condition: Callable[[], bool], patience: float = _PATIENCE) -> None:
    """Let the program run until ``condition`` holds; fail after ``patience`` seconds."""
    async with asyncio.timeout(patience):
        while not condition():
            await pilot.pause(0.01)


def demo_app(api_url: str, folder: Path, token: str | None, **settings: Any) -> SnaptuiApp:
    """The program, signed in by the environment, in a world whose time stands still."""
    environ = {
        "SNAPTUI_API_URL": api_url,
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        **{f"SNAPTUI_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "CACHE", "DATA")},
    }
    if token is not None:
        environ["DISCLOUD_TOKEN"] = token
    config = replace(load_config(environ), download_dir=folder / "backups", **settings)
    around = replace(look_around(config, environ), now=lambda: DEMO_NOW, zone=ZoneInfo("America/Sao_Paulo"), quiet=True)
    return SnaptuiApp(Sessions.for_config(config, environ), environ=environ, surroundings=around)


def main_of(app: SnaptuiApp) -> MainScreen:
    """The main screen, which the program begins with."""
    return app.get_default_screen()


@dataclass(slots=True)
class Screens:
    """The program under test: the app, its pilot and the demo it talks to."""

    app: SnaptuiApp
    pilot: Pilot[Any]
    demo: DemoServer

    @property
    def main(self) -> MainScreen:
        """The main screen."""
        return main_of(self.app)

    @property
    def table(self) -> SnapshotTable:
        """The versions."""
        return self.main.query_one(SnapshotTable)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition."""
        await until(self.pilot, condition)

    async def press(self, *keys: str) -> None:
        """Press keys, and let what they start begin."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def snapshots(self) -> int:
        """How many snapshots the demo has."""
        return sum(len(app.versions) for app in self.demo.world.apps.values())

    async def loaded(self) -> None:
        """Wait until everything has arrived and nothing is asked for any more."""

        def arrived() -> bool:
            catalog = self.main.desk.catalog
            return catalog is not None and not catalog.loading and len(catalog.rows()) >= self.snapshots

        await self.until(arrived)
        await self.until(lambda: self.main.desk.catalog is not None and self.main.desk.catalog.account is not None)
        await self.pilot.pause()

    async def choose(self, app_id: str) -> None:
        """Go to the versions of one app."""
        self.main.query_one(AppSidebar).highlight(app_id)
        await self.until(lambda: self.main.app_id == app_id)
        self.table.focus()
        await self.pilot.pause()

    def words(self) -> str:
        """What is on the screen, as plain text."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in lines)


@asynccontextmanager
async def screens(
    folder: Path,
    *,
    token: str | None = "demo",
    size: tuple[int, int] = (120, 40),
    notifications: bool = True,
    **settings: Any,
) -> AsyncIterator[Screens]:
    """Run the program against a demo of its own."""
    with DemoServer(DEMO_NOW, requests_per_minute=600, create_seconds=0.0) as demo:
        app = demo_app(demo.api_url, folder, token, **settings)
        try:
            async with app.run_test(size=size, notifications=notifications) as pilot:
                yield Screens(app, pilot, demo)
        finally:
            await main_of(app).desk.aclose()
