"""A program and a demo of its own, for the tests that follow a person's whole journey, and for the pictures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snaptui.demo.run import DemoServer
from snaptui.demo.world import DEMO_NOW
from snaptui.tui.app import SnaptuiApp
from snaptui.tui.screens.restore import RestoreScreen
from snaptui.tui.screens.restore_planning import LAST_TARGET, Phase
from tests.archives.zips import write_tree
from tests.tui.driving import LOJA, Driver, program


@dataclass(slots=True)
class Stage(Driver):
    """The running program and the demo it talks to."""

    demo: DemoServer

    @property
    def snapshots(self) -> int:
        """How many snapshots the demo has."""
        return sum(len(app.versions) for app in self.demo.world.apps.values())

    async def loaded(self) -> None:
        """Wait until everything has arrived, the account too, and nothing is asked for any more."""

        def arrived() -> bool:
            catalog = self.main.desk.catalog
            return (
                catalog is not None
                and not catalog.loading
                and len(catalog.rows()) >= self.snapshots
                and self.main.desk.account is not None
            )

        await self.until(arrived)
        await self.settled()

    def shown(self) -> str:
        """Everything on the screen in front, as plain text."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in lines)


async def plan_of_loja(s: Stage) -> None:
    """Plan a restore of the version under the cursor into a folder with files of its own, some of them in the way."""
    folder = Path.home() / "bot"
    write_tree(folder, {"config.json": b"{}", "src/main.py": b"import bot", "notas.txt": b"", "dados/fotos.bin": b""})
    s.app.sessions.remembered.set(f"{LAST_TARGET}-{LOJA}", str(folder))
    await s.press("R")
    await s.until(lambda: isinstance(s.app.screen, RestoreScreen) and s.app.screen.phase is Phase.READY)
    await s.pilot.pause()


@asynccontextmanager
async def staged(
    folder: Path,
    *,
    token: str | None = "demo",
    size: tuple[int, int] = (120, 40),
    notifications: bool = True,
    **settings: Any,
) -> AsyncIterator[Stage]:
    """Run the program against a demo of its own."""
    with DemoServer(DEMO_NOW, requests_per_minute=600, create_seconds=0.0) as demo:
        app: SnaptuiApp = program(demo, folder, token=token, settings=settings)
        try:
            async with app.run_test(size=size, notifications=notifications) as pilot:
                yield Stage(app, pilot, demo)
        finally:
            demo.controls.release()
            await app.main.desk.aclose()
