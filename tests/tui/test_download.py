"""Downloads by way of the screens: the window, the list, the marks, an earlier run, and the way out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from textual.widgets import Input

from snaptui.demo.run import DemoServer
from snaptui.transfers.queue import State, Transfer
from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.screens.main import MainScreen
from snaptui.tui.screens.transfers import TransfersScreen
from snaptui.tui.widgets.cells import LocalState
from snaptui.tui.widgets.transfer_table import TransferTable
from tests.tui.conftest import Make
from tests.tui.driving import ACERVO, LOJA, Driver, running

pytestmark = pytest.mark.anyio


def transfers(driver: Driver) -> tuple[Transfer, ...]:
    """The downloads as they are."""
    queue = driver.main.desk.queue
    return queue.transfers if queue is not None else ()


async def opened(driver: Driver, app_id: str = LOJA) -> DownloadScreen:
    """The window for the newest version of an app."""
    await driver.choose(app_id)
    await driver.press("d")
    return await driver.screen(DownloadScreen)


async def test_a_version_is_fetched_whole_and_verified(make: Make, tmp_path: Path) -> None:
    async with running(make()) as driver:
        await opened(driver)
        assert "free there" in driver.words("#download-room")
        await driver.press("enter")
        await driver.until(lambda: "SHA-256" in driver.words("#download-state"))
        (done,) = transfers(driver)
        assert done.sha256 is not None
        assert done.sha256 in driver.words("#download-state")
        assert zipfile.is_zipfile(done.target)
        assert done.target.parent == tmp_path / "backups"
        await driver.press("escape")
        await driver.screen(MainScreen)
        await driver.until(lambda: driver.main.desk.local_of(done.key).state is LocalState.VERIFIED)


async def test_enter_on_a_version_opens_the_same_window(make: Make) -> None:
    async with running(make()) as driver:
        await driver.press("enter")
        await driver.screen(DownloadScreen)


async def test_the_folder_is_remembered_for_the_next_run(make: Make, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    async with running(make()) as driver:
        window = await opened(driver)
        window.query_one("#destination", Input).value = str(elsewhere)
        await driver.press("enter")
        await driver.until(lambda: any(t.state is State.DONE for t in transfers(driver)))
    assert list(elsewhere.glob("*.zip"))
    async with running(make()) as driver:
        window = await opened(driver, ACERVO)
        assert window.query_one("#destination", Input).value == str(elsewhere)


async def test_another_file_is_never_replaced_without_asking(make: Make) -> None:
    async with running(make()) as driver:
        await driver.choose(LOJA)
        assert driver.key is not None
        target = driver.main.desk.download_folder() / f"{LOJA}-{driver.key.version}.zip"
        target.parent.mkdir(parents=True)
        target.write_bytes(b"something of the person's own")
        await driver.press("d")
        await driver.screen(DownloadScreen)
        await driver.press("enter")
        await driver.screen(AskScreen)
        await driver.press("k")
        await driver.until(lambda: any(t.state is State.FAILED for t in transfers(driver)))
        assert target.read_bytes() == b"something of the person's own"
        await driver.screen(DownloadScreen)
        await driver.press("ctrl+r")
        await driver.until(lambda: any(t.state is State.DONE for t in transfers(driver)))
        assert zipfile.is_zipfile(target)


async def test_the_window_can_be_left_and_the_download_goes_on(demo: DemoServer, make: Make) -> None:
    held = demo.controls.hold_archives(1_000_000)
    async with running(make()) as driver:
        await opened(driver)
        await driver.press("enter")
        await driver.until(lambda: bool(transfers(driver)) and transfers(driver)[0].received_bytes > 0)
        await driver.press("escape")
        await driver.screen(MainScreen)
        key = transfers(driver)[0].key
        await driver.until(lambda: driver.main.desk.local_of(key).state is LocalState.PERCENT)
        strip = driver.main.query_one("#strip")
        assert strip.display
        held.set()
        await driver.until(lambda: transfers(driver)[0].state is State.DONE)
        await driver.until(lambda: any("whole and verified" in words for words in driver.toasts))
        await driver.until(lambda: not strip.display)


async def test_cancelling_leaves_nothing(demo: DemoServer, make: Make, tmp_path: Path) -> None:
    demo.controls.hold_archives(1_000_000)
    async with running(make()) as driver:
        await opened(driver)
        await driver.press("enter")
        await driver.until(lambda: bool(transfers(driver)) and transfers(driver)[0].received_bytes > 0)
        await driver.press("ctrl+x")
        await driver.until(lambda: transfers(driver)[0].state is State.CANCELLED)
        await driver.until(lambda: "Cancelled" in driver.words("#download-state"))
    assert not [path for path in (tmp_path / "backups").iterdir() if path.suffix != ".lock"]


async def test_marked_versions_are_fetched_as_one_batch(demo: DemoServer, make: Make) -> None:
    held = demo.controls.hold_archives(100_000)
    async with running(make()) as driver:
        await driver.choose("api-site")
        await driver.press("asterisk", "d")
        window = await driver.screen(DownloadScreen)
        assert "3" in str(window.query_one(".title").render())
        await driver.press("enter", "escape")
        await driver.screen(MainScreen)
        held.set()
        await driver.until(
            lambda: len(transfers(driver)) == 3 and all(t.state is State.DONE for t in transfers(driver))
        )
        await driver.until(lambda: any("3 downloads" in words for words in driver.toasts))
        assert not driver.table.marked


async def test_a_folder_that_cannot_be_written_is_told(make: Make, tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("no folder")
    async with running(make()) as driver:
        window = await opened(driver)
        window.query_one("#destination", Input).value = str(blocked / "below")
        await driver.press("enter")
        await driver.until(lambda: any(t.state is State.FAILED for t in transfers(driver)))
        await driver.until(lambda: driver.words("#download-state").endswith("."))


async def test_pause_go_on_cancel_retry_and_move_up(demo: DemoServer, make: Make) -> None:
    held = demo.controls.hold_archives(1_000_000)
    async with running(make(settings={"parallel_downloads": 1})) as driver:
        await driver.choose(LOJA)
        await driver.press("space", "space", "space", "d", "enter", "escape", "t")
        await driver.screen(TransfersScreen)
        await driver.until(lambda: transfers(driver)[0].received_bytes > 0)
        await driver.press("p")
        await driver.until(lambda: transfers(driver)[0].state is State.PAUSED)
        await driver.press("p")
        await driver.until(lambda: transfers(driver)[0].state is State.QUEUED)
        last = transfers(driver)[2].id
        await driver.press("G", "K")
        await driver.until(lambda: transfers(driver)[0].id == last)
        table = driver.app.screen.query_one(TransferTable)
        await driver.until(lambda: table.cursor_transfer is not None and table.cursor_transfer.id == last)
        await driver.press("x")
        await driver.until(lambda: transfers(driver)[0].state is State.CANCELLED)
        await driver.press("r")
        held.set()
        await driver.until(lambda: all(t.state is State.DONE for t in transfers(driver)))
        await driver.press("C")
        assert not transfers(driver)
        await driver.press("t")
        await driver.screen(MainScreen)


async def test_the_list_begins_with_what_moves_and_goes_on_with_all(demo: DemoServer, make: Make) -> None:
    async with running(make()) as driver:
        await driver.choose("api-site")
        await driver.press("d", "enter", "escape")
        await driver.until(lambda: bool(transfers(driver)) and transfers(driver)[0].state is State.DONE)
        demo.controls.answer_html("/archives", times=99)
        await driver.press("asterisk", "d", "enter", "escape")
        await driver.until(lambda: [t.state for t in transfers(driver)].count(State.FAILED) == 2)
        await driver.press("t")
        screen = await driver.screen(TransfersScreen)
        at_cursor = screen.query_one(TransferTable).cursor_transfer
        assert at_cursor is not None
        assert at_cursor.state is State.FAILED
        assert at_cursor.error is not None
        assert at_cursor.error.sentence in driver.words("#transfer-detail")
        demo.controls.faults.clear()
        await driver.press("A")
        await driver.until(lambda: [t.state for t in transfers(driver)].count(State.DONE) >= 3)
        assert all(t.state is State.DONE for t in transfers(driver))


async def test_quitting_asks_while_something_is_under_way(demo: DemoServer, make: Make) -> None:
    demo.controls.hold_archives(2_000_000)
    async with running(make()) as driver:
        await opened(driver)
        await driver.press("enter")
        await driver.until(lambda: bool(transfers(driver)) and transfers(driver)[0].received_bytes > 0)
        await driver.press("escape", "q")
        await driver.screen(AskScreen)
        await driver.press("enter")
        await driver.screen(MainScreen)
        await driver.press("q")
        await driver.screen(AskScreen)
        await driver.press("q")
        await driver.until(lambda: driver.app._exit)


async def test_a_refused_token_in_the_middle_loses_nothing(demo: DemoServer, make: Make) -> None:
    async with running(make()) as driver:
        total = driver.table.total_rows
        demo.controls.revoke_token()
        await driver.press("d", "enter")
        await driver.screen(LoginScreen)
        assert [t.state for t in transfers(driver)] == [State.FAILED]
        assert driver.table.total_rows == total
        demo.controls.restore_token()
        held = demo.controls.hold("/snapshot")
        await driver.press(*"demo", "enter")
        await driver.screen(AskScreen)
        await driver.press("s")
        await driver.until(lambda: not isinstance(driver.app.screen, (AskScreen, LoginScreen)))
        assert driver.table.total_rows == total  # the old listing, while the new one is on its way
        held.set()
        await driver.until(lambda: transfers(driver)[0].state is State.DONE)
        await driver.settled()
        assert driver.table.total_rows == total


async def test_marked_copies_are_checked_together(make: Make) -> None:
    async with running(make()) as driver:
        await driver.choose("api-site")
        await driver.press("space", "space", "d", "enter", "escape")
        await driver.until(
            lambda: len(transfers(driver)) == 2 and all(t.state is State.DONE for t in transfers(driver))
        )
        first, second = transfers(driver)
        second.target.unlink()
        await driver.press("asterisk", "v")
        await driver.until(lambda: any("never downloaded" in words for words in driver.toasts))
        (said,) = [words for words in driver.toasts if "never downloaded" in words]
        assert said.startswith("1 copy is whole and unaltered. 1 is not what it was")
        assert f"{second.target.name} (missing)" in said
        assert driver.main.desk.local_of(first.key).state is LocalState.VERIFIED
        assert driver.main.desk.local_of(second.key).state is LocalState.MISSING


async def test_verifying_again_tells_what_changed(make: Make) -> None:
    async with running(make()) as driver:
        await opened(driver)
        await driver.press("enter")
        await driver.until(lambda: bool(transfers(driver)) and transfers(driver)[0].state is State.DONE)
        await driver.press("escape", "v")
        await driver.until(lambda: any("unaltered" in words for words in driver.toasts))
        done = transfers(driver)[0]
        with done.target.open("r+b") as file:
            file.seek(100)
            file.write(b"something else")
        await driver.press("v")
        await driver.until(lambda: any("not what it was" in words for words in driver.toasts))
        assert driver.main.desk.local_of(done.key).state is LocalState.DAMAGED
