"""The main states as pictures, at 120×40 and 80×24: what a person sees, compared cell by cell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from snaptui.demo.run import DemoServer
from snaptui.demo.world import DEMO_NOW
from snaptui.i18n import use_language
from snaptui.tui.screens.browse import BrowseScreen
from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.help import HelpScreen
from snaptui.tui.screens.history import HistoryScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.screens.palette import PaletteScreen
from snaptui.tui.screens.send_back import SendBackScreen
from snaptui.tui.screens.settings import SettingsScreen
from snaptui.tui.screens.transfers import TransfersScreen
from tests.tui.driving import ACERVO, LOJA, program
from tests.tui.stage import Stage, plan_of_loja

pytestmark = pytest.mark.pictures

WIDE, NARROW = (120, 40), (80, 24)
Compare = Callable[..., bool]
Scene = Callable[[Stage], Awaitable[None]]


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    with DemoServer(DEMO_NOW, requests_per_minute=600, create_seconds=0.0) as server:
        yield server


@pytest.fixture
def picture(
    demo: DemoServer, tmp_path: Path, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., bool]:
    """Compare what a scene shows with the picture kept for the test."""
    monkeypatch.setenv("HOME", str(tmp_path))  # paths below it are shown as ~
    monkeypatch.setattr("snaptui.tui.screens.download.free_bytes", lambda folder: 84_300_000_000)
    monkeypatch.setattr("snaptui.archives.plan._free_bytes", lambda folder: 84_300_000_000)

    def compare(scene: Scene, size: tuple[int, int], *, token: str | None = "demo") -> bool:
        app = program(demo, tmp_path, token=token, settings={"download_dir": Path.home() / "backups", "quiet": True})

        async def before(pilot: Pilot[Any]) -> None:
            await scene(Stage(app, pilot, demo))
            await app.main.desk.aclose()  # the picture ends the program without its goodbye
            await pilot.pause()

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


async def of_one_app(s: Stage) -> None:
    """The versions of one app."""
    await s.loaded()
    await s.choose(LOJA)


async def of_creating(s: Stage) -> None:
    """The window that takes a snapshot."""
    await of_one_app(s)
    await s.press("c")
    await s.until(lambda: isinstance(s.app.screen, CreateScreen))


async def of_downloading(s: Stage) -> None:
    """The window that fetches one."""
    await of_one_app(s)
    await s.press("d")
    await s.until(lambda: isinstance(s.app.screen, DownloadScreen))


async def of_login(s: Stage) -> None:
    """Signing in."""
    await s.until(lambda: isinstance(s.app.screen, LoginScreen))
    await s.until(lambda: "discloud.com/dashboard" in s.shown())


async def of_help(s: Stage) -> None:
    """The keys."""
    await of_one_app(s)
    await s.press("question_mark")
    await s.until(lambda: isinstance(s.app.screen, HelpScreen))


async def of_settings(s: Stage) -> None:
    """The settings, where they come from nowhere but the program."""
    await of_one_app(s)
    await s.press("comma")
    await s.until(lambda: isinstance(s.app.screen, SettingsScreen))
    await s.pilot.pause()


async def of_palette(s: Stage) -> None:
    """Any action by its name."""
    await of_one_app(s)
    await s.press("colon", *"so")
    await s.until(lambda: isinstance(s.app.screen, PaletteScreen))
    await s.pilot.pause()


async def of_no_snapshots(s: Stage) -> None:
    """An app without any."""
    await s.loaded()
    await s.choose("1732400000008")


async def of_no_transfers(s: Stage) -> None:
    """Nothing downloaded yet."""
    await s.loaded()
    await s.press("t")
    await s.until(lambda: isinstance(s.app.screen, TransfersScreen))


async def of_failure(s: Stage) -> None:
    """A server that is not well."""
    await s.until(lambda: s.main.last_error is not None)
    await s.until(lambda: "try again" in s.shown())


async def of_comparing(s: Stage) -> None:
    """What differs between two versions, and marks."""
    await of_one_app(s)
    await s.press("space", "3", "6", "j", "x")
    await s.until(lambda: "the same" in s.shown())
    await s.press("j", "space")


async def of_lines(s: Stage) -> None:
    """Which lines of one file differ."""
    await of_one_app(s)
    await s.press("space", "8", "j", "x")
    await s.until(lambda: "the same" in s.shown())
    await s.press("G", "k", "enter")
    await s.until(lambda: "LIMITE" in s.shown())


async def of_fleet(s: Stage) -> None:
    """All apps as one table, two of them marked."""
    await s.loaded()
    await s.press("f", "space", "space")


async def of_creating_many(s: Stage) -> None:
    """A batch: one app is busy, one under way, the rest done."""
    s.demo.controls.hold(f"/snapshot/{ACERVO}", "POST")
    await s.loaded()
    await s.press("f")
    await s.in_the_middle_of_many()


async def of_plan(s: Stage) -> None:
    """What a restore into a folder that holds some of the files would do."""
    await of_one_app(s)
    await plan_of_loja(s)


async def of_send_back(s: Stage) -> None:
    """What is said before a version is sent back."""
    await of_one_app(s)
    await s.press("U")
    await s.until(lambda: isinstance(s.app.screen, SendBackScreen))
    await s.press(*"Loja")


async def of_browsing(s: Stage) -> None:
    """Looking into a version, at a file of code."""
    await of_one_app(s)
    await s.press("b")
    screen = await s.screen(BrowseScreen)
    await s.until(lambda: screen.files.row_count > 0)
    await s.press("j", "j", "j", "l", "j", "l", "j", "j")
    await s.until(lambda: screen.pane.document.title == "src/comandos/loja.py" and screen.pane.coloured)
    await s.press("space")
    await s.until(lambda: screen.pane.document.title == "src/comandos/música.py" and screen.pane.coloured)
    await s.until(lambda: not any(w.node is screen and not w.is_finished for w in s.app.workers))


async def of_browsing_in_light(s: Stage) -> None:
    """The same in the light theme."""
    s.app.theme = "snaptui-light"
    await of_browsing(s)


async def of_history(s: Stage) -> None:
    """In which versions a file is what."""
    await of_one_app(s)
    await s.press("b")
    screen = await s.screen(BrowseScreen)
    await s.until(lambda: screen.files.row_count > 0)
    await s.press("j", "j", "j", "j", "j")
    await s.until(lambda: screen.pane.document.title == "config.json" and screen.pane.coloured)
    await s.press("h")
    history = await s.screen(HistoryScreen)
    await s.until(lambda: "contents in" in history.words)


async def of_light(s: Stage) -> None:
    """The light theme."""
    s.app.theme = "snaptui-light"
    await of_one_app(s)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
@pytest.mark.parametrize(
    "scene",
    [
        of_one_app,
        of_creating,
        of_downloading,
        of_help,
        of_no_snapshots,
        of_no_transfers,
        of_comparing,
        of_lines,
        of_light,
        of_fleet,
        of_creating_many,
        of_plan,
        of_send_back,
        of_browsing,
        of_browsing_in_light,
        of_history,
        of_settings,
        of_palette,
    ],
    ids=lambda scene: scene.__name__.removeprefix("of_"),
)
def test_picture(picture: Callable[..., bool], scene: Scene, size: tuple[int, int]) -> None:
    assert picture(scene, size)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
def test_picture_of_login(picture: Callable[..., bool], size: tuple[int, int]) -> None:
    assert picture(of_login, size, token=None)


@pytest.fixture
def portuguese() -> Iterator[None]:
    use_language("pt_BR")
    yield
    use_language(None)


@pytest.mark.usefixtures("portuguese")
@pytest.mark.parametrize(
    ("scene", "size"),
    [
        (of_one_app, WIDE),
        (of_one_app, NARROW),
        (of_downloading, NARROW),
        (of_help, NARROW),
        (of_browsing, NARROW),
        (of_plan, NARROW),
    ],
    ids=["one_app-120x40", "one_app-80x24", "downloading-80x24", "help-80x24", "browsing-80x24", "plan-80x24"],
)
def test_picture_in_portuguese(picture: Callable[..., bool], scene: Scene, size: tuple[int, int]) -> None:
    assert picture(scene, size)


@pytest.mark.usefixtures("portuguese")
def test_picture_of_login_in_portuguese(picture: Callable[..., bool]) -> None:
    assert picture(of_login, NARROW, token=None)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
def test_picture_of_failure(picture: Callable[..., bool], demo: DemoServer, size: tuple[int, int]) -> None:
    demo.controls.fail_next("/snapshot", 500, times=9)
    demo.controls.fail_next("/app/all", 500, times=9)
    assert picture(of_failure, size)
