"""A walk past everything the program shows, for the tests that look at each place: one state after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from textual.screen import Screen
from textual.widgets import Input

from snaptui.transfers.queue import Transfer
from snaptui.tui.preferences import PREFERENCES
from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.create_many import CreateManyScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.help import HelpScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.screens.palette import PaletteScreen
from snaptui.tui.screens.settings import SettingsScreen, SettingsTable
from snaptui.tui.screens.transfers import TransfersScreen
from tests.tui.driving import ACERVO, BUSY, EMPTY, LOJA
from tests.tui.stage import Stage

_LOOKS = 10


async def tour(s: Stage) -> AsyncIterator[str]:
    """Go from state to state, and say at each what it is. A new screen has its place here."""
    await s.loaded()
    async for state in _lists(s):
        yield state
    async for state in _overlays(s):
        yield state
    async for state in _settings(s):
        yield state
    async for state in _fleet(s):
        yield state
    async for state in _creating(s):
        yield state
    async for state in _fetching(s):
        yield state


async def tour_of_signing_in(s: Stage) -> AsyncIterator[str]:
    """The states of somebody without a token."""
    login = await s.screen(LoginScreen)
    yield "login"
    await s.press("enter")
    yield "login: nothing typed"
    await s.press(*"demo", "enter")
    await s.until(lambda: isinstance(s.app.screen, AskScreen))
    await s.pilot.pause()
    yield "login: where to keep the token"
    await s.press("k")
    await s.until(lambda: isinstance(s.app.screen, AskScreen) and len(s.app.screen._body) > 1)
    await s.pilot.pause()
    yield "login: no keyring"
    await s.press("escape")
    await s.until(lambda: s.app.screen is login)
    await s.press("escape")
    await s.until(lambda: s.app.screen is s.main)
    await s.pilot.pause()
    yield "not signed in"


async def _lists(s: Stage) -> AsyncIterator[str]:
    yield "all apps"
    await s.press("a")
    yield "dates"
    await s.press("a")
    await s.choose(EMPTY)
    yield "no snapshots"
    await s.choose(LOJA)
    yield "one app"
    for _column in range(4):
        await s.press("s")
        yield "sorted by another column"
    await s.press("V", "j", "V", "slash", *"zzz")
    yield "nothing fits the filter"
    await s.press("escape", "escape", "escape")


async def _overlays(s: Stage) -> AsyncIterator[str]:
    await s.choose(LOJA)
    await s.press("question_mark")
    await drawn(s, HelpScreen)
    yield "help"
    await s.press("end")
    yield "help: the end of it"
    await s.press("slash", *"qqq")
    yield "help: nothing fits"
    await s.press("escape", "escape")
    await s.until(lambda: s.app.screen is s.main)
    await s.press("colon")
    await drawn(s, PaletteScreen)
    yield "palette"
    await s.press(*"qqq")
    await drawn(s, PaletteScreen)
    yield "palette: nothing fits"
    await s.press("escape")
    await s.until(lambda: s.app.screen is s.main)
    await s.press("T")
    await drawn(s, PaletteScreen)
    yield "themes"
    await s.press("escape")
    await s.until(lambda: s.app.screen is s.main)


async def drawn(s: Stage, kind: type[Screen[Any]]) -> None:
    """Wait until a screen of this class is in front, and has found and drawn all it was asked for."""
    await s.screen(kind)
    seen: list[str] = []

    def unchanged() -> bool:
        seen.append(s.shown())
        return len(seen) > _LOOKS and len(set(seen[-_LOOKS:])) == 1

    await s.until(unchanged)


async def _settings(s: Stage) -> AsyncIterator[str]:
    await s.press("comma")
    screen = await s.screen(SettingsScreen)
    for preference in PREFERENCES:
        yield f"settings: {preference.name}"
        await s.press("j")
    table = screen.query_one(SettingsTable)
    for name in ("theme", "download_dir"):
        table.move_to([each.name for each in PREFERENCES].index(name))
        await s.press("enter")
        await s.pilot.pause()
        yield f"settings: {name} is changed"
        if s.app.screen is screen:
            screen.query_one(Input).value = "zzz"
            await s.press("enter")
            yield f"settings: {name} is wrong"
        await s.press("escape")
        await s.until(lambda: s.app.screen is screen)
    table.move_to([each.name for each in PREFERENCES].index("read_only"))
    await s.press("enter")
    yield "settings: not here"
    await s.press("escape")
    await s.until(lambda: s.app.screen is s.main)


async def _fleet(s: Stage) -> AsyncIterator[str]:
    await s.choose(None)
    await s.press("f")
    yield "apps as a table"
    await s.press("space", "j", "V", "j")
    yield "apps: marked"
    await s.press("V", "S", "s")
    yield "apps: sorted by another column"
    await s.press("slash", *"zzz", "enter")
    yield "apps: nothing fits"
    await s.press("escape", "escape", "escape", "C")
    screen = await s.screen(CreateManyScreen)
    yield "a batch: asked"
    await s.press("escape")
    await s.until(lambda: s.app.screen is s.main)
    s.demo.controls.hold(f"/snapshot/{ACERVO}", "POST")
    await s.in_the_middle_of_many()
    yield "a batch: under way"
    await s.press("escape")
    await s.until(lambda: isinstance(s.app.screen, AskScreen))
    await s.pilot.pause()
    yield "a batch: leave?"
    await s.press("s")
    screen = await s.screen(CreateManyScreen)
    s.demo.controls.release()
    await s.until(lambda: screen.creation.ended)
    await s.pilot.pause()
    yield "a batch: done"
    await s.press("escape")
    await s.until(lambda: s.app.screen is s.main)
    await s.settled()
    await s.press("f")


async def _creating(s: Stage) -> AsyncIterator[str]:
    await s.choose(BUSY)
    await s.press("c")
    window = await s.screen(CreateScreen)
    yield "create"
    await s.press("enter")
    await s.until(lambda: window._retry_at is not None)
    yield "create: busy"
    await s.press("escape")
    await s.until(lambda: s.app.screen is s.main)


async def _fetching(s: Stage) -> AsyncIterator[str]:
    s.demo.controls.bytes_per_second = 2_000_000
    await s.choose(ACERVO)
    await s.press("d")
    await s.screen(DownloadScreen)
    yield "download"
    await s.press("enter")
    await s.until(lambda: any(t.received_bytes for t in _transfers(s)))
    yield "download: under way"
    await s.press("escape")
    await s.until(lambda: s.app.screen is s.main)
    yield "main, with a download"
    await s.press("t")
    await s.screen(TransfersScreen)
    yield "transfers: under way"
    await s.press("q")
    await s.until(lambda: isinstance(s.app.screen, AskScreen))
    await s.pilot.pause()
    yield "quit?"
    await s.press("s")
    await s.screen(TransfersScreen)
    await s.press("x")
    await s.until(lambda: not any(t.active for t in _transfers(s)))
    s.demo.controls.bytes_per_second = 0
    await s.press("escape")
    await s.until(lambda: s.app.screen is s.main)
    await s.choose(LOJA)
    s.demo.controls.fail_next("/snapshot", 404)
    await s.press("d")
    await s.screen(DownloadScreen)
    await s.press("enter")
    await s.until(lambda: any(t.key.app_id == LOJA and not t.active for t in _transfers(s)))
    await s.pilot.pause()
    yield "download: ended"
    await s.press("escape", "t")
    await s.screen(TransfersScreen)
    yield "transfers: ended"
    await s.press("escape")


def _transfers(s: Stage) -> Sequence[Transfer]:
    queue = s.main.desk.queue
    return queue.transfers if queue is not None else ()
