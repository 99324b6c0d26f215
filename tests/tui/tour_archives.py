"""The part of the walk past everything that looks into archives: browse, history, compare, restore, undo, send back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

from textual.widgets import Input

from snaptui.demo.run import DemoServer
from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.browse import BrowseScreen
from snaptui.tui.screens.compare import CompareScreen
from snaptui.tui.screens.compare_folder import FolderScreen
from snaptui.tui.screens.help import HelpScreen
from snaptui.tui.screens.history import HistoryScreen
from snaptui.tui.screens.line_diff import LineDiffScreen
from snaptui.tui.screens.restore import RestoreScreen
from snaptui.tui.screens.restore_planning import Phase
from snaptui.tui.screens.save import SaveScreen
from snaptui.tui.screens.send_back import SendBackScreen
from snaptui.tui.screens.sending import Stage as Step
from snaptui.tui.screens.undo import UndoScreen
from snaptui.tui.widgets.difference_tree import DifferenceTree
from tests.tui.driving import LOJA
from tests.tui.stage import Stage, plan_of_loja
from tests.tui.tour import drawn

SITE = "api-site"
_TEXTS = (".py", ".md", ".json", ".env", ".txt", ".log", ".yml", ".toml", ".html", ".config", ".js")
_MOST = 60_000
_DUMPED = 1000


def paths_of(demo: DemoServer) -> list[str]:
    """What the files are called in the archives that are looked into."""
    return [name for archive in _archives(demo) for name in archive.namelist()]


def texts_of(demo: DemoServer) -> list[str]:
    """What stands in their texts, and what is shown of a picture: its bytes."""
    texts = []
    for archive in _archives(demo):
        for each in archive.infolist():
            if each.filename.endswith(_TEXTS) and each.file_size < _MOST:
                texts.append(archive.read(each).decode(errors="replace"))
            elif each.filename.endswith(".png"):
                begin = archive.read(each)[:_DUMPED]
                texts += [begin.hex(" "), "".join(chr(byte) if 32 <= byte < 127 else "." for byte in begin)]
    return texts


def _archives(demo: DemoServer) -> list[zipfile.ZipFile]:
    """The newest of both apps, and the one that the first of them is compared with."""
    loja, site = (demo.world.apps[app_id].versions for app_id in (LOJA, SITE))
    held = [version.archive for version in (loja[-1], loja[-9], *site)]
    return [zipfile.ZipFile(io.BytesIO(b"".join(archive.read(0, archive.size)))) for archive in held]


async def tour_of_archives(s: Stage) -> AsyncIterator[str]:
    """Go from state to state, and say at each what it is: those that begin with "look" show what is in files."""
    await s.loaded()
    async for state in _browsing(s):
        yield state
    async for state in _comparing(s):
        yield state
    async for state in _restoring(s):
        yield state
    async for state in _sending_back(s):
        yield state


async def _quiet(s: Stage) -> None:
    """Wait until the screen in front works at nothing any more."""
    screen = s.app.screen
    await s.until(lambda: not any(w.node is screen and not w.is_finished for w in s.app.workers))
    await s.pilot.pause()


async def _back_to_main(s: Stage) -> None:
    await s.press("escape")
    await s.until(lambda: s.app.screen is s.main)
    await s.pilot.pause()


async def _browsing(s: Stage) -> AsyncIterator[str]:
    await s.choose(LOJA)
    await s.press("b")
    screen = await s.screen(BrowseScreen)
    await s.until(lambda: screen.files.row_count > 0 and screen.pane.document.title != "")
    await _quiet(s)
    yield "look: a folder"
    await s.press("question_mark")
    await drawn(s, HelpScreen)
    yield "browse: help"
    await s.press("escape")
    for path in (".env", "src/main.py", "banner"):
        await s.press("slash")
        screen.filter_field.value = path
        await s.until(lambda: screen.files.outline is not None and screen.files.outline.flat)
        yield "look: filter"
        await s.press("enter")
        await s.until(lambda path=path: path in screen.pane.document.title)  # type: ignore[misc]
        await _quiet(s)
        yield f"look: {path}"
    await s.press("enter")
    yield "look: in the preview"
    await s.press("escape", "space", "d")
    await s.screen(SaveScreen)
    yield "look: save"
    await s.press("escape")
    await s.press("slash")
    screen.filter_field.value = "zzz"
    await s.until(lambda: screen.files.row_count == 0)
    yield "look: nothing fits"
    await s.press("escape", "g", "z")
    await _quiet(s)
    yield "look: largest"
    await s.press("z", "slash")
    screen.filter_field.value = "config.json"
    await s.press("enter")
    await s.until(lambda: screen.pane.document.title == "config.json")
    await s.press("h")
    history = await s.screen(HistoryScreen)
    await s.until(lambda: history.history.row_count == len(s.demo.world.apps[LOJA].versions))
    await _quiet(s)
    yield "look: history"
    await s.press("escape")
    await s.until(lambda: s.app.screen is screen)
    await s.press("escape", "escape")
    if s.app.screen is screen:
        await s.press("escape")
    await s.until(lambda: s.app.screen is s.main)


async def _comparing(s: Stage) -> AsyncIterator[str]:
    await s.choose(LOJA)
    await s.press("space", "8", "j", "x")
    screen = await s.screen(CompareScreen)
    await s.until(lambda: screen._comparison is not None)
    await s.pilot.pause()
    yield "compare"
    await s.press("j", "space", "o")
    yield "compare: marked"
    await s.press("slash", *"zzz", "enter")
    yield "compare: nothing fits"
    await s.press("escape")
    tree = screen.query_one(DifferenceTree)
    for path in (".env", "src/main.py"):
        if tree.highlight(path):
            await s.press("enter")
            lines = await s.screen(LineDiffScreen)
            await s.until(lambda lines=lines: lines._found is not None)  # type: ignore[misc]
            await s.pilot.pause()
            yield f"look: lines of {path}"
            await s.press("escape")
            await s.until(lambda: s.app.screen is screen)
    await s.press("f")
    folder = await s.screen(FolderScreen)
    folder.query_one(Input).value = ""
    await s.press("enter")
    await s.pilot.pause()
    yield "compare: no folder"
    await s.press("escape", "w")
    await s.until(lambda: screen._comparison is not None)
    await s.pilot.pause()
    yield "compare: swapped"
    await s.press("escape", "escape")
    await s.until(lambda: s.app.screen is s.main)
    await s.press("escape", "G", "x")
    await s.until(lambda: isinstance(s.app.screen, AskScreen))
    await s.pilot.pause()
    yield "compare: nothing older"
    await _back_to_main(s)


async def _restoring(s: Stage) -> AsyncIterator[str]:
    await s.choose(LOJA)
    await plan_of_loja(s)
    screen = await s.screen(RestoreScreen)
    yield "plan"
    await s.press("enter")
    yield "plan: refused"
    await s.press("o")
    await s.until(lambda: screen.phase is Phase.READY)
    yield "plan: allowed"
    await s.press("space")
    yield "plan: folded"
    await s.press("slash", *"zzz")
    await _quiet(s)
    yield "plan: no such files"
    await s.press("end", *("backspace" for _letter in "zzz"), *"README.md")
    await s.until(lambda: screen.phase is Phase.READY)
    yield "plan: one file, typing"
    screen.query_one("#restore-patterns", Input).value = "README.md config.json"
    await s.until(lambda: screen.phase is Phase.PLANNING)
    await s.until(lambda: screen.phase is Phase.READY)
    await s.press("enter", "enter")
    await s.until(lambda: screen.phase is Phase.DONE)
    await s.pilot.pause()
    yield "restored"
    (Path.home() / "bot" / "config.json").write_bytes(b"changed since")
    await s.press("u")
    undo = await s.screen(UndoScreen)
    await s.until(lambda: undo._last is not None)
    await s.pilot.pause()
    yield "undo"
    await s.press("enter")
    await s.until(lambda: undo._result is not None)
    await s.pilot.pause()
    yield "undo: one was changed"
    await s.press("f")
    await s.until(lambda: isinstance(s.app.screen, AskScreen))
    await s.pilot.pause()
    yield "undo: lose the changes?"
    await s.press("escape", "escape")
    await s.until(lambda: s.app.screen is screen)
    await _back_to_main(s)


async def _sending_back(s: Stage) -> AsyncIterator[str]:
    s.demo.controls.restart_seconds = 0.0
    await s.choose(SITE)
    await s.press("U")
    screen = await s.screen(SendBackScreen)
    yield "send back"
    await s.press(*"zzz", "enter")
    yield "send back: another name"
    s.demo.controls.hold(f"/snapshot/{SITE}", "POST")
    screen.query_one("#send-field", Input).value = SITE
    await s.press("enter")
    await s.until(lambda: screen.stage is Step.SNAPSHOT)
    await s.pilot.pause()
    yield "send back: under way"
    await s.press("escape")
    await s.until(lambda: isinstance(s.app.screen, AskScreen))
    await s.pilot.pause()
    yield "send back: stop?"
    await s.press("s")
    s.demo.controls.release()
    await s.until(lambda: screen._over)
    await _quiet(s)
    yield "look: sent back"
    await _back_to_main(s)
