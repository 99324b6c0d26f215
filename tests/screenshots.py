"""Makes the pictures in ``screenshots/`` from the demo: ``python -m tests.screenshots``.

Each picture is of the real program on the demo's world at a fixed moment, over real sockets.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from snaptui.transfers.paths import file_name
from snaptui.transfers.queue import State
from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.help import HelpScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.screens.transfers import TransfersScreen
from tests.tui.driving import ACERVO, LOJA
from tests.tui.stage import Stage, staged

FOLDER = Path(__file__).resolve().parent.parent / "screenshots"

Scene = Callable[[Stage], Awaitable[None]]


async def main_scene(s: Stage) -> None:
    """One app's versions."""
    await s.choose(LOJA)


async def create_scene(s: Stage) -> None:
    """The window that takes a snapshot."""
    await s.choose(LOJA)
    await s.press("c")
    await s.until(lambda: isinstance(s.app.screen, CreateScreen))
    await s.pilot.pause()


async def download_scene(s: Stage) -> None:
    """A download under way."""
    s.demo.controls.bytes_per_second = 20_000_000
    await s.choose(ACERVO)
    await s.press("d")
    await s.until(lambda: isinstance(s.app.screen, DownloadScreen))
    await s.press("enter")
    await _part_way(s)


async def transfers_scene(s: Stage) -> None:
    """The screen of all downloads: some here, one with another file in its way, some under way, one paused."""
    await s.choose("api-site")
    await s.press("asterisk", "d", "enter", "escape")
    queue = s.main.desk.queue
    assert queue is not None
    await s.until(lambda: len(queue.transfers) == 3 and not queue.busy)
    s.demo.controls.bytes_per_second = 4_000_000
    await s.choose(ACERVO)
    newest = s.table.shown_rows[0].key
    (s.main.desk.download_folder() / file_name(newest)).write_text("another file")
    await s.press("asterisk", "d")
    await s.until(lambda: isinstance(s.app.screen, DownloadScreen))
    await s.press("enter", "escape")
    await s.until(lambda: all(t.received_bytes > 4_000_000 for t in queue.transfers[-3:]))
    queue.pause(queue.transfers[-1].id)
    await s.until(lambda: queue.transfers[-1].state is State.PAUSED)
    await s.press("t")
    await s.until(lambda: isinstance(s.app.screen, TransfersScreen))
    await s.pilot.pause()


async def _part_way(s: Stage) -> None:
    def moving() -> bool:
        queue = s.main.desk.queue
        return queue is not None and any(t.received_bytes > 30_000_000 for t in queue.transfers)

    await s.until(moving)
    await s.pilot.pause()


async def help_scene(s: Stage) -> None:
    """The keys."""
    await s.choose(LOJA)
    await s.press("question_mark")
    await s.until(lambda: isinstance(s.app.screen, HelpScreen))
    await s.pilot.pause()


async def light_scene(s: Stage) -> None:
    """The light theme."""
    s.app.theme = "snaptui-light"
    await s.choose(LOJA)


SCENES: dict[str, tuple[tuple[int, int], Scene]] = {
    "main": ((120, 40), main_scene),
    "create": ((120, 40), create_scene),
    "download": ((120, 40), download_scene),
    "transfers": ((120, 40), transfers_scene),
    "help": ((120, 40), help_scene),
    "light": ((120, 40), light_scene),
    "main-80x24": ((80, 24), main_scene),
    "download-80x24": ((80, 24), download_scene),
}


async def _shoot(name: str, size: tuple[int, int], scene: Scene) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder  # paths below it are shown as ~
        async with staged(Path(folder), size=size, notifications=False) as s:
            await s.loaded()
            await scene(s)
            _save(name, s)


async def _shoot_login() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with staged(Path(folder), token=None, notifications=False) as s:
            await s.until(lambda: isinstance(s.app.screen, LoginScreen))
            await s.until(lambda: "dashboard" in s.shown())
            _save("login", s)


def _save(name: str, s: Stage) -> None:
    picture = s.app.export_screenshot(title="snaptui")
    # Textual names its style classes after a random number; the same picture should be the same file.
    number = re.search(r"terminal-(\d+)-", picture)
    (FOLDER / f"{name}.svg").write_text(picture.replace(number[1], "0") if number else picture)


def main() -> None:
    """Make every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    for name, (size, scene) in SCENES.items():
        asyncio.run(_shoot(name, size, scene))
    asyncio.run(_shoot_login())


if __name__ == "__main__":
    main()
