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
from unittest import mock

from snaptui.i18n import use_language
from snaptui.transfers.paths import file_name
from snaptui.transfers.queue import State
from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.help import HelpScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.screens.send_back import SendBackScreen
from snaptui.tui.screens.settings import SettingsScreen
from snaptui.tui.screens.transfers import TransfersScreen
from tests.tui.driving import ACERVO, LOJA
from tests.tui.stage import Stage, plan_of_loja, staged
from tests.tui.test_pictures import of_browsing, of_history

FOLDER = Path(__file__).resolve().parent.parent / "screenshots"
_FREE_BYTES = 84_300_000_000

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


async def compare_scene(s: Stage) -> None:
    """What differs between two versions, with marks."""
    await s.choose(LOJA)
    await s.press("space", "3", "6", "j", "x")
    await s.until(lambda: "the same" in s.shown())
    await s.press("j", "space")


async def lines_scene(s: Stage) -> None:
    """Which lines of one file differ."""
    await s.choose(LOJA)
    await s.press("space", "8", "j", "x")
    await s.until(lambda: "the same" in s.shown())
    await s.press("G", "k", "enter")
    await s.until(lambda: "LIMITE" in s.shown())


async def help_scene(s: Stage) -> None:
    """The keys."""
    await s.choose(LOJA)
    await s.press("question_mark")
    await s.until(lambda: isinstance(s.app.screen, HelpScreen))
    await s.pilot.pause()


async def fleet_scene(s: Stage) -> None:
    """All apps as one table, those that need a snapshot marked."""
    await s.press("f", "space", "space", "space")


async def create_many_scene(s: Stage) -> None:
    """A batch of snapshots under way."""
    s.demo.controls.hold(f"/snapshot/{ACERVO}", "POST")
    await s.press("f")
    await s.in_the_middle_of_many()


async def plan_scene(s: Stage) -> None:
    """What a restore would do, before anything is written."""
    await s.choose(LOJA)
    await plan_of_loja(s)


async def restored_scene(s: Stage) -> None:
    """What a restore did, and how it is taken back."""
    await plan_scene(s)
    await s.press("o", "enter")
    await s.until(lambda: "snaptui undo" in s.shown())


async def send_back_scene(s: Stage) -> None:
    """A version sent back to Discloud."""
    s.demo.controls.restart_seconds = 0.0
    await s.choose(LOJA)
    await s.press("U")
    await s.until(lambda: isinstance(s.app.screen, SendBackScreen))
    await s.press(*"Loja Bot", "enter")
    await s.until(lambda: "App updated" in s.shown())
    await s.pilot.pause()


async def browse_scene(s: Stage) -> None:
    """Looking into a version where it lies."""
    await of_browsing(s)


async def history_scene(s: Stage) -> None:
    """In which versions a file is what."""
    await of_history(s)


async def settings_scene(s: Stage) -> None:
    """The settings."""
    await s.choose(LOJA)
    await s.press("comma")
    await s.until(lambda: isinstance(s.app.screen, SettingsScreen))
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
    "compare": ((120, 40), compare_scene),
    "compare-80x24": ((80, 24), compare_scene),
    "diff": ((120, 40), lines_scene),
    "fleet": ((120, 40), fleet_scene),
    "fleet-80x24": ((80, 24), fleet_scene),
    "create-many": ((120, 40), create_many_scene),
    "help": ((120, 40), help_scene),
    "settings": ((80, 24), settings_scene),
    "light": ((120, 40), light_scene),
    "light-80x24": ((80, 24), light_scene),
    "plan": ((120, 40), plan_scene),
    "restored": ((120, 40), restored_scene),
    "send-back": ((120, 40), send_back_scene),
    "browse": ((120, 40), browse_scene),
    "history": ((120, 40), history_scene),
    "main-80x24": ((80, 24), main_scene),
    "main-pt": ((120, 40), main_scene),
    "main-pt-80x24": ((80, 24), main_scene),
    "plan-pt": ((120, 40), plan_scene),
    "browse-pt-80x24": ((80, 24), browse_scene),
    "download-80x24": ((80, 24), download_scene),
    "browse-80x24": ((80, 24), browse_scene),
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
    # The room on this computer's disk is nobody's business, and another one each time.
    mock.patch("snaptui.tui.screens.download.free_bytes", return_value=_FREE_BYTES).start()
    mock.patch("snaptui.archives.plan._free_bytes", return_value=_FREE_BYTES).start()
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    for name, (size, scene) in SCENES.items():
        use_language("pt_BR" if "-pt" in name else None)
        asyncio.run(_shoot(name, size, scene))
    use_language(None)
    asyncio.run(_shoot_login())


if __name__ == "__main__":
    main()
