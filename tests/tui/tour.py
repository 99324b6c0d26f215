"""A walk past everything the program shows, for the tests that look at each place: one state after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from snaptui.transfers.queue import Transfer
from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.help import HelpScreen
from snaptui.tui.screens.login import LoginScreen
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
    await s.screen(HelpScreen)
    yield "help"
    await s.press("escape", "colon")
    await _still(s)
    yield "palette"
    await s.press(*"qqq")
    await _still(s)
    yield "palette: nothing fits"
    await s.press("escape")
    await s.until(lambda: s.app.screen is s.main)
    await s.press("T")
    await _still(s)
    yield "themes"
    await s.press("escape")
    await s.until(lambda: s.app.screen is s.main)


async def _still(s: Stage) -> None:
    """Wait until something is in front of the main screen, and has found and drawn all it was asked for."""
    seen: list[str] = []

    def unchanged() -> bool:
        seen.append(s.shown())
        return s.app.screen is not s.main and len(seen) > _LOOKS and len(set(seen[-_LOOKS:])) == 1

    await s.until(unchanged)


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
