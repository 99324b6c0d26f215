"""Putting back on the screen: the plan and what then is on the disk, policies, refusals, stopping, undoing."""

from __future__ import annotations

import stat
import threading
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Button, Input

from snaptui.archives import archive as archives
from snaptui.archives import placing
from snaptui.archives.archive import Archive, open_file
from snaptui.archives.plan import Policy, make_plan
from snaptui.archives.runs import find_last, find_unfinished
from snaptui.demo.run import DemoServer
from snaptui.transfers.queue import State
from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.main import MainScreen
from snaptui.tui.screens.restore import RestoreScreen
from snaptui.tui.screens.restore_planning import Phase
from snaptui.tui.screens.undo import UndoScreen
from snaptui.tui.widgets.folder_field import FolderField, completed
from snaptui.tui.widgets.plan_list import PlanList
from snaptui.tui.widgets.policy_line import PolicyLine
from tests.archives.doing import put_back
from tests.archives.zips import Entry, archive, honest, read_tree, state_of, write_tree
from tests.tui.conftest import Make
from tests.tui.driving import ACERVO, LOJA, Driver, running

pytestmark = pytest.mark.anyio

SITE = "api-site"
OLD = {"config.json": b"old config", "same.txt": b"same", "mine/notes.txt": b"mine"}
NEW = {"config.json": b"new config", "same.txt": b"same", "src/deep/b.py": b"b" * 100_000}


@pytest.fixture(autouse=True)
def below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is restored without a folder being named goes below this one."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    write_tree(folder, OLD)
    (folder / "config.json").chmod(0o640)
    return folder


async def planned(driver: Driver, screen: RestoreScreen) -> None:
    """Wait for the plan of what is asked for now."""
    await driver.until(lambda: screen.phase is Phase.READY)
    await driver.pilot.pause()


async def opened(driver: Driver, folder: Path | None = None, app_id: str = SITE) -> RestoreScreen:
    """The screen for the newest version of an app, with its plan."""
    await driver.choose(app_id)
    await driver.press("R")
    screen = await driver.screen(RestoreScreen)
    if folder is not None:
        screen.query_one(FolderField).value = str(folder)
        await driver.pilot.pause()
    await planned(driver, screen)
    return screen


async def with_archive(
    driver: Driver, path: Path, folder: Path, *, names: tuple[str, ...] = ()
) -> tuple[RestoreScreen, Archive]:
    """The screen for an archive of the test's own, or for some members of it; whoever opened it closes it."""
    own = await open_file(path)
    await driver.choose(SITE)
    row = driver.table.cursor_row
    assert row is not None
    members = [member for member in own.directory.members if member.path in names] if names else None
    screen = RestoreScreen(row, driver.main.desk, driver.main.surroundings, archive=own, members=members)
    driver.app.push_screen(screen)
    await driver.screen(RestoreScreen)
    screen.query_one(FolderField).value = str(folder)
    await driver.pilot.pause()
    await planned(driver, screen)
    return screen, own


def zipped(tmp_path: Path, files: Mapping[str, bytes] = NEW) -> Path:
    path = tmp_path / "own.zip"
    path.write_bytes(honest(files, modes={"config.json": 0o600}))
    return path


def restored(tmp_path: Path) -> list[Path]:
    """The folders that were made where none was named."""
    return list(tmp_path.glob("discloud/restored/*"))


def said(driver: Driver) -> str:
    return driver.words("#restore-state")


def shown(driver: Driver) -> str:
    lines = driver.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


async def done(driver: Driver, screen: RestoreScreen) -> None:
    await driver.until(lambda: screen.phase is Phase.DONE)
    await driver.pilot.pause()


async def test_what_the_plan_said_is_what_is_there(make: Make, tmp_path: Path) -> None:
    async with running(make()) as driver:
        screen = await opened(driver)
        plan = screen.plan
        assert plan is not None
        assert plan.target == tmp_path / "discloud" / "restored" / f"{SITE}-{driver.key.version if driver.key else ''}"
        assert not plan.target.exists()
        assert "makes the folder" in said(driver)
        assert f"{len(plan.new)} new · 0 replaced · 0 unchanged · 0 refused · 0 kept" in shown(driver)
        assert "free there" in shown(driver)
        assert "limits: 500,000 members" in shown(driver)
        await driver.press("enter")
        await done(driver, screen)
        there = read_tree(plan.target)
        assert {path: zlib.crc32(content) for path, content in there.items()} == {
            action.member.path: action.member.crc for action in plan.actions
        }
        assert f"{len(plan.new)} new, 0 replaced" in said(driver)
        assert "snaptui undo" in said(driver)
        await driver.press("escape")
        await driver.screen(MainScreen)
        # The same folder is offered the next time, and there nothing is left to do.
        await driver.press("R")
        again = await driver.screen(RestoreScreen)
        await planned(driver, again)
        assert again.query_one(FolderField).folder == plan.target
        assert "nothing to do" in said(driver)
        await driver.press("enter")
        assert again.phase is Phase.READY


async def test_nothing_is_replaced_before_a_key_allows_it(make: Make, tmp_path: Path, target: Path) -> None:
    before = state_of(target)
    async with running(make()) as driver:
        screen, _own = await with_archive(driver, zipped(tmp_path), target)
        assert screen.plan is not None
        assert screen.plan.forbidden
        assert "may not be replaced: ^o allows it" in said(driver)
        assert "the policy forbids it: 1" in shown(driver)
        assert "config.json" in shown(driver)
        assert "1 kept" in shown(driver)
        await driver.press("enter", "enter")
        assert screen.phase is Phase.READY
        assert state_of(target) == before
        await driver.press("o")
        assert screen.policy is Policy.CHANGED
        assert "[what differs]" in shown(driver)
        await driver.press("enter")
        await done(driver, screen)
    assert read_tree(target) == OLD | NEW
    assert stat.S_IMODE((target / "config.json").stat().st_mode) == 0o600


async def test_always_replaces_what_is_the_same_too(make: Make, tmp_path: Path, target: Path) -> None:
    async with running(make()) as driver:
        screen, _own = await with_archive(driver, zipped(tmp_path), target)
        await driver.press("o", "o")
        await planned(driver, screen)
        assert screen.plan is not None
        assert sorted(action.shown for action in screen.plan.replaced) == ["config.json", "same.txt"]
        assert screen.plan.unchanged == 0
        await driver.press("o")
        await planned(driver, screen)
        assert (screen.policy, screen.plan.unchanged) == (Policy.NEVER, 1)
        await driver.pilot.click(PolicyLine, offset=(12, 0))
        assert screen.policy is Policy.CHANGED


async def test_one_chosen_file_is_put_back_and_taken_back(make: Make, tmp_path: Path, target: Path) -> None:
    before = state_of(target)
    results: list[Any] = []
    async with running(make()) as driver:
        screen, own = await with_archive(driver, zipped(tmp_path), target, names=("config.json",))
        screen._result_callbacks[-1].callback = results.append
        assert screen.plan is not None
        assert [action.shown for action in screen.plan.actions] == ["config.json"]
        await driver.press("o", "enter")
        await done(driver, screen)
        assert read_tree(target) == OLD | {"config.json": b"new config"}
        await driver.press("u")
        await driver.screen(UndoScreen)
        await driver.until(lambda: "0 new, 1 replaced" in driver.words("#undo-about"))
        assert "config.json" in shown(driver)
        await driver.press("enter")
        await driver.until(lambda: "1 file put back, 0 files removed" in driver.words("#undo-about"))
        assert state_of(target) == before
        await driver.press("escape")
        await driver.screen(RestoreScreen)
        await planned(driver, screen)
        assert "Taken back" in said(driver)
        await driver.press("escape")
        await driver.screen(MainScreen)
        assert results == [None]
        assert await own.read(own.find("config.json")) == b"new config"  # still the caller's, and open
        await own.aclose()


async def test_names_narrow_what_was_chosen(make: Make, tmp_path: Path, target: Path) -> None:
    async with running(make()) as driver:
        screen, _own = await with_archive(driver, zipped(tmp_path), target, names=("config.json", "src/deep/b.py"))
        names = screen.query_one("#restore-patterns", Input)

        async def named(text: str) -> list[str]:
            names.value = text
            await driver.pilot.pause()
            await planned(driver, screen)
            return [action.shown for action in screen.plan.actions] if screen.plan is not None else []

        await driver.press("slash")
        assert names.has_focus
        assert await named("*.json") == ["config.json"]
        assert "^o allows" in said(driver)
        assert await named("src/ config.json") == ["config.json", "src/deep/b.py"]
        names.value = "*.exe"
        await driver.until(lambda: "matches *.exe" in said(driver))
        names.value = "same.txt"
        await driver.until(lambda: "None of the files you chose" in said(driver))
        names.value = '"src'
        await driver.until(lambda: "quotation mark" in said(driver))
        assert screen.plan is None
        await driver.press("enter", "enter")
        assert read_tree(target) == OLD
        await driver.press("slash")
        assert await named("'src/deep'") == ["src/deep/b.py"]
        assert "goes on to the plan" in said(driver)


async def test_a_hostile_archive_is_named_and_the_rest_restored(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "hostile.zip"
    link = Entry("link", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)
    names = [Entry("../outside.txt", b"x"), link, Entry("a\x1b[31m.txt", b"x"), Entry("good.txt", b"good")]
    path.write_bytes(archive(names))
    folder = tmp_path / "deep" / "into"
    async with running(make()) as driver:
        screen, _own = await with_archive(driver, path, folder)
        assert screen.plan is not None
        assert "3 refused" in shown(driver)
        for words in ("its name leads out of the folder", "it is a symbolic link", "it has control", "Refused: 3"):
            assert words.replace("it has control", "its name has control characters") in shown(driver)
        assert "\x1b" not in shown(driver)
        await driver.press("down")
        assert "../outside.txt: its name leads out of the folder" in driver.words("#restore-detail")
        await driver.press("enter")
        await done(driver, screen)
        assert "3 were refused" in said(driver)
    assert read_tree(folder) == {"good.txt": b"good"}
    assert not (tmp_path / "deep" / "outside.txt").exists()


async def test_stopping_while_it_is_fetched_leaves_the_folder_as_it_was(
    demo: DemoServer, make: Make, target: Path
) -> None:
    before = state_of(target)
    async with running(make()) as driver:
        screen = await opened(driver, target, LOJA)
        await driver.press("o")
        await planned(driver, screen)
        held = demo.controls.hold_archives(300_000)
        await driver.press("enter")
        await driver.until(lambda: "Unpacking and checking" in said(driver))
        assert screen.phase is Phase.WORKING
        await driver.press("escape")
        await driver.screen(AskScreen)
        await driver.press("enter")  # the first answer harms nothing
        await driver.screen(RestoreScreen)
        assert screen.phase is Phase.WORKING
        await driver.press("escape", "s")
        await driver.until(lambda: "Stopped: everything is as it was." in said(driver))
        held.set()
        await planned(driver, screen)
        assert state_of(target) == before
        assert not (target / ".snaptui-undo").exists()
        await driver.press("enter")
        await done(driver, screen)
    assert find_last(target) is not None


async def test_ending_the_program_in_the_middle_takes_everything_back(
    demo: DemoServer, make: Make, target: Path
) -> None:
    before = state_of(target)
    async with running(make()) as driver:
        screen = await opened(driver, target, LOJA)
        await driver.press("o")
        await planned(driver, screen)
        demo.controls.hold_archives(300_000)
        await driver.press("enter")
        await driver.until(lambda: (target / ".snaptui-undo").exists())
        await driver.pilot.click(PolicyLine, offset=(2, 0))
        assert screen.phase is Phase.WORKING
        await driver.press("q")
        await driver.screen(AskScreen)
        assert "being put back" in shown(driver)
        await driver.press("q")
        await driver.until(lambda: driver.app._exit)
    assert state_of(target) == before
    assert not (target / ".snaptui-undo").exists()


async def test_all_of_a_remote_archive_comes_through_the_queue(
    demo: DemoServer, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_WHOLE_FROM_BYTES", 0)
    async with running(make()) as driver:
        screen = await opened(driver)
        held = demo.controls.hold_archives(100_000)
        await driver.press("enter")
        queue = driver.main.desk.queue
        assert queue is not None
        await driver.until(lambda: any(t.active for t in queue.transfers))
        assert "Fetching the whole archive" in said(driver)
        await driver.press("escape", "s")
        await driver.until(lambda: queue.transfers[0].state is State.CANCELLED)
        held.set()
        await planned(driver, screen)
        assert not restored(tmp_path)
        await driver.press("enter")
        await done(driver, screen)
        (transfer,) = queue.transfers
        assert (transfer.state, transfer.sha256 is not None) == (State.DONE, True)
        assert screen.plan is not None
        assert len(read_tree(screen.plan.target)) == len(screen.plan.actions)


async def test_a_host_that_sends_only_whole_archives(demo: DemoServer, make: Make) -> None:
    demo.controls.honours_range = False
    async with running(make()) as driver:
        held = demo.controls.hold_archives(1_000_000)
        await driver.choose(LOJA)
        await driver.press("R")
        screen = await driver.screen(RestoreScreen)
        assert "Opening the archive" in said(driver)
        await driver.until(lambda: screen.query_one("#restore-progress").display)
        held.set()
        await planned(driver, screen)
        assert not screen.query_one("#restore-progress").display
        await driver.press("enter")
        await done(driver, screen)
        await driver.press("escape")
        await driver.choose(ACERVO)
        await driver.press("R")
        await driver.screen(AskScreen)
        await driver.press("n")
        await driver.screen(MainScreen)


async def test_a_folder_that_changed_meanwhile_is_looked_at_again(
    demo: DemoServer, make: Make, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_WHOLE_FROM_BYTES", 0)
    async with running(make()) as driver:
        screen = await opened(driver, target)
        held = demo.controls.hold_archives(100_000)
        await driver.press("enter")
        await driver.until(lambda: "Fetching the whole archive" in said(driver))
        (target / "index.js").write_bytes(b"written meanwhile")
        held.set()
        await planned(driver, screen)
        assert "changed while the archive was fetched" in said(driver)
        assert (target / "index.js").read_bytes() == b"written meanwhile"
        assert screen.plan is not None
        assert screen.plan.forbidden


class Killed(BaseException):
    """Stands for the end of the process."""


async def cut_short(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a restore of ``NEW`` half done."""
    placed: list[Any] = []
    real = placing._place

    def dying(*arguments: Any) -> None:
        if placed:
            raise Killed
        placed.append(real(*arguments))

    with monkeypatch.context() as patch:
        patch.setattr(placing, "_place", dying)
        with pytest.raises(Killed):
            await put_back(honest(NEW), folder)
    assert find_unfinished(folder) is not None


@pytest.mark.parametrize("answer", ["f", "b", "l"])
async def test_an_interrupted_restore_is_settled_first(
    make: Make, target: Path, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state_of(target)
    await cut_short(target, monkeypatch)
    async with running(make()) as driver:
        app = driver.app
        app.sessions.remembered.set(f"last_restore_target-{SITE}", str(target))
        await driver.choose(SITE)
        await driver.press("R")
        await driver.screen(AskScreen)
        assert "interrupted" in shown(driver)
        await driver.press(answer)
        screen = await driver.screen(RestoreScreen)
        if answer == "l":
            assert "Enter asks" in said(driver)
            await driver.press("enter")
            await driver.screen(AskScreen)
            await driver.press("escape")
            assert find_unfinished(target) is not None
            return
        await planned(driver, screen)
        assert ("is finished" if answer == "f" else "is taken back") in said(driver)
    if answer == "f":
        assert read_tree(target) == OLD | NEW
    else:
        assert state_of(target) == before


async def test_too_little_room_says_how_much(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snaptui.archives.plan._free_bytes", lambda target: 1_000)
    async with running(make()) as driver:
        screen, _own = await with_archive(driver, zipped(tmp_path), tmp_path / "t")
        assert "The disk has 99 kB too little" in said(driver)
        await driver.press("enter")
        assert screen.phase is Phase.READY
    assert not (tmp_path / "t").exists()


async def test_what_is_no_folder_is_said(make: Make, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    async with running(make()) as driver:
        screen = await opened(driver)
        folder = screen.query_one(FolderField)
        folder.value = str(tmp_path / "file")
        await driver.until(lambda: "can't be used as a folder" in said(driver))
        folder.value = " "
        await driver.until(lambda: "Write a folder" in said(driver))
        await driver.press("enter")
        assert screen.plan is None


async def test_many_members_are_planned_beside_the_event_loop(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def noted(*arguments: Any, **options: Any) -> Any:
        threads.append(threading.current_thread())
        return make_plan(*arguments, **options)

    monkeypatch.setattr(archives, "make_plan", noted)
    many = {f"d{number % 50}/f{number}.txt": b"x" for number in range(5_000)}
    write_tree(tmp_path / "t", {"d0/f0.txt": b"mine"})
    async with running(make()) as driver:
        screen, _own = await with_archive(driver, zipped(tmp_path, many), tmp_path / "t")
        assert threading.main_thread() not in threads
        plan_list = screen.query_one(PlanList)
        assert plan_list.row_count == 5_000 + 2
        await driver.press("space")
        assert plan_list.row_count == 4_999 + 2
        await driver.press("G")
        assert "d9/" in driver.words("#restore-detail")
        await driver.press("space")
        assert plan_list.row_count == 2


async def test_tab_makes_a_folders_name_whole(make: Make, tmp_path: Path) -> None:
    (tmp_path / "server" / "bot").mkdir(parents=True)
    (tmp_path / "server-file").write_bytes(b"")
    (tmp_path / ".hidden").mkdir()
    assert completed("ser") == "server/"
    assert completed(f"{tmp_path}/s") == f"{tmp_path}/server/"
    assert completed("~") is None
    assert completed("server/") is None
    assert completed("h") is None
    assert completed(".h") == ".hidden/"
    assert completed("server/bot") is None
    assert completed("nowhere/x") is None
    async with running(make()) as driver:
        screen = await opened(driver)
        await driver.press("f")
        folder = screen.query_one(FolderField)
        assert folder.has_focus
        folder.value = ""
        await driver.press(*"ser", "tab")
        await driver.until(lambda: folder.value == "server/")
        await driver.press("b", "tab")
        await driver.until(lambda: folder.value == "server/bot/")
        await driver.press("tab")
        assert screen.query_one("#restore-patterns").has_focus
        folder.focus()
        await planned(driver, screen)
        await driver.press("enter")
        assert screen.query_one(PlanList).has_focus
        await driver.press("enter")
        await done(driver, screen)
    assert read_tree(tmp_path / "server" / "bot")


async def test_read_only_restores_to_a_folder_all_the_same(make: Make, tmp_path: Path) -> None:
    async with running(make(settings={"read_only": True})) as driver:
        screen = await opened(driver)
        await driver.pilot.click("#restore")
        await done(driver, screen)
        await driver.pilot.click("#leave")
        await driver.screen(MainScreen)
    assert restored(tmp_path)


async def test_undo_from_the_main_screen_leaves_what_changed_unless_forced(make: Make, target: Path) -> None:
    before = state_of(target)
    await put_back(honest(NEW), target)
    (target / "config.json").write_bytes(b"edited since")
    async with running(make()) as driver:
        await driver.press("u")
        window = await driver.screen(UndoScreen)
        await driver.until(lambda: "no restore in this folder" in driver.words("#undo-about"))
        window.query_one(FolderField).value = str(target)
        await driver.until(lambda: "came from test: 1 new, 1 replaced" in driver.words("#undo-about"))
        await driver.press("enter")
        await driver.until(lambda: "1 was changed since and left alone" in driver.words("#undo-about"))
        assert "config.json" in shown(driver)
        assert (target / "config.json").read_bytes() == b"edited since"
        await driver.press("f")
        await driver.screen(AskScreen)
        await driver.press("enter")
        await driver.screen(UndoScreen)
        assert (target / "config.json").read_bytes() == b"edited since"
        await driver.press("f", "t")
        await driver.until(lambda: "1 file put back" in driver.words("#undo-about"))
        assert not window.query_one("#force", Button).display
        await driver.press("escape")
        await driver.screen(MainScreen)
    assert state_of(target) == before


async def test_undo_begins_with_the_folder_restored_into_last(make: Make, tmp_path: Path) -> None:
    async with running(make()) as driver:
        screen = await opened(driver)
        await driver.press("enter")
        await done(driver, screen)
        assert screen.plan is not None
        folder = screen.plan.target
        await driver.press("escape", "u")
        window = await driver.screen(UndoScreen)
        assert window.query_one(FolderField).folder == folder
        await driver.until(lambda: "came from api-site" in driver.words("#undo-about"))
        await driver.press("enter")
        await driver.until(lambda: "files removed" in driver.words("#undo-about"))
    assert not folder.exists()


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_there_is_room_for_the_plan(make: Make, target: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(make(settings={"ascii": True}), size) as driver:
        screen, _own = await with_archive(driver, zipped(tmp_path), target)
        assert shown(driver).isascii()
        assert "config.json" in shown(driver)
        assert "may not be replaced: ^o" in shown(driver)
        assert "Restore (Enter)" in shown(driver)
        assert screen.query_one(PlanList).size.height >= 7
        await driver.press("o", "enter")
        await done(driver, screen)
        assert "snaptui undo" in shown(driver)
        await driver.press("u")
        await driver.screen(UndoScreen)
        await driver.until(lambda: "1 replaced" in driver.words("#undo-about"))
        assert "config.json" in shown(driver)
