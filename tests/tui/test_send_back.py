"""Sending a version back: what is said before, the name, every step, and every way it can end."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from textual.widgets import Button, Input

from snaptui.demo.run import DemoServer
from snaptui.transfers.queue import State
from snaptui.tui.commands import offers
from snaptui.tui.screens import send_back, sending
from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.main import MainScreen
from snaptui.tui.screens.send_back import SendBackScreen
from snaptui.tui.widgets.text_lines import TextLines
from tests.tui.conftest import Make
from tests.tui.driving import BUSY, Driver, running

pytestmark = pytest.mark.anyio

SITE, ODD, LONG, OTHERS = "api-site", "1732400000009", "1732400000014", "1732400000015"


def asked(demo: DemoServer, method: str) -> list[str]:
    """The paths that were asked for with this method, in their order."""
    return [request.path for request in demo.controls.requests if request.method == method]


async def opened(driver: Driver, app_id: str = SITE) -> SendBackScreen:
    """The screen for the oldest version of an app."""
    await driver.choose(app_id)
    await driver.press("G", "U")
    return await driver.screen(SendBackScreen)


async def named(driver: Driver, name: str = SITE) -> None:
    """Type a name and press Enter."""
    driver.app.screen.query_one("#send-field", Input).value = name
    await driver.press("enter")


def said(driver: Driver) -> str:
    return driver.words("#send-state")


def shown(driver: Driver) -> str:
    lines = driver.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


async def test_the_whole_way(demo: DemoServer, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.controls.restart_seconds = 0.0
    app = demo.world.apps[SITE]
    oldest = app.versions[0]
    written: list[str] = []
    async with running(make()) as driver:
        monkeypatch.setattr(driver.app, "_send", written.append)
        before = driver.table.total_rows
        await opened(driver)
        for words in ("snapshot of the app as it is now", "restarts the app", "Not known: whether files", "kept or"):
            assert words in shown(driver)
        await driver.press("enter")
        assert "That is not the name" in said(driver)
        await named(driver, "Loja Bot")
        assert "That is not the name: type api-site. Nothing was sent." in said(driver)
        assert not asked(demo, "PUT")
        assert not asked(demo, "POST")
        await named(driver, " API-Site ")
        await driver.until(lambda: "App updated" in said(driver))
        assert asked(demo, "POST") == [f"/v2/snapshot/{SITE}"]
        assert asked(demo, "PUT") == [f"/v2/app/{SITE}/commit"]
        queue = driver.main.desk.queue
        assert queue is not None
        (transfer,) = queue.transfers
        assert transfer.state is State.DONE
        assert app.commits == [transfer.target.read_bytes()]
        assert len(app.commits[0]) == oldest.archive.size
        assert f"Snapshot {app.versions[-1].version} of the app as it was" in shown(driver)
        assert "installing requirements" in shown(driver)
        logs = driver.app.screen.query_one(TextLines)
        assert logs.has_focus
        await driver.press("y")
        payload = written[-1].partition(";c;")[2].removesuffix("\x07")
        assert base64.b64decode(payload) == b"unpacking\ninstalling requirements\nstarted"
        await driver.until(lambda: any("3 lines" in words for words in driver.toasts))
        await driver.press("escape")
        await driver.screen(MainScreen)
        await driver.choose(None)
        assert driver.table.total_rows == before + 1


async def test_a_verified_copy_is_used_and_checked_once_more(demo: DemoServer, make: Make) -> None:
    demo.controls.restart_seconds = 0.0
    async with running(make()) as driver:
        await driver.choose(SITE)
        await driver.press("G", "d", "enter")
        queue = driver.main.desk.queue
        assert queue is not None
        await driver.until(lambda: [t.state for t in queue.transfers] == [State.DONE])
        await driver.press("escape", "U")
        await driver.screen(SendBackScreen)
        await named(driver)
        await driver.until(lambda: "App updated" in said(driver))
        assert len(queue.transfers) == 1


async def test_a_copy_that_was_altered_is_not_sent(demo: DemoServer, make: Make) -> None:
    async with running(make()) as driver:
        await driver.choose(SITE)
        await driver.press("G", "d", "enter")
        queue = driver.main.desk.queue
        assert queue is not None
        await driver.until(lambda: [t.state for t in queue.transfers] == [State.DONE])
        with queue.transfers[0].target.open("r+b") as file:
            file.seek(100)
            file.write(b"something else")
        await driver.press("escape", "U")
        await driver.screen(SendBackScreen)
        await named(driver)
        await driver.until(lambda: driver.app.screen.query_one("#send", Button).has_focus)
        assert str(queue.transfers[0].target.name) in said(driver)
        assert not asked(demo, "PUT")
        assert not asked(demo, "POST")


async def test_read_only_has_no_such_key(make: Make) -> None:
    async with running(make(settings={"read_only": True})) as driver:
        await driver.choose(SITE)
        assert not [offer for offer in offers(driver.app.screen) if offer.words == "send back"]
        await driver.press("U")
        await driver.pilot.pause()
        assert driver.app.screen is driver.main
    async with running(make()) as driver:
        await driver.choose(SITE)
        assert [offer for offer in offers(driver.app.screen) if offer.words == "send back"]


async def test_what_is_too_large_is_refused_before_anything(
    demo: DemoServer, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send_back, "LARGEST_UPLOAD_BYTES", 100_000)
    async with running(make()) as driver:
        screen = await opened(driver)
        assert "Discloud takes 100 kB at most" in driver.words("#send-prompt")
        assert not screen.query_one("#send-field").display
        await driver.press("enter")
        await driver.screen(MainScreen)
    assert not asked(demo, "PUT")


async def test_a_size_that_was_not_known_is_looked_at_before_the_snapshot(
    demo: DemoServer, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.controls.sizes = "absent"
    monkeypatch.setattr(sending, "LARGEST_UPLOAD_BYTES", 100_000)
    async with running(make()) as driver:
        await opened(driver)
        assert "size unknown" in shown(driver)
        await named(driver)
        await driver.until(lambda: "Discloud takes 100 kB at most" in said(driver))
    assert not asked(demo, "PUT")
    assert not asked(demo, "POST")


async def test_without_a_snapshot_it_stops_unless_told_to_go_on(demo: DemoServer, make: Make) -> None:
    demo.controls.restart_seconds = 0.0
    demo.controls.fail_next(f"/snapshot/{SITE}", 500, method="POST", times=3)
    async with running(make()) as driver:
        await opened(driver)
        await named(driver)
        await driver.screen(AskScreen)
        assert "no way back" in shown(driver)
        await driver.press("enter")
        await driver.screen(SendBackScreen)
        assert "Nothing was sent" in said(driver)
        assert not asked(demo, "PUT")
        await driver.press("enter")  # try again
        await driver.screen(AskScreen)
        await driver.press("a")
        await driver.until(lambda: len(asked(demo, "POST")) == 3)
        await driver.screen(AskScreen)
        await driver.press("w")
        await driver.until(lambda: "App updated" in said(driver))
        assert "you chose to send without it" in shown(driver)
    assert len(demo.world.apps[SITE].commits) == 1


async def test_a_busy_app_is_left_alone(demo: DemoServer, make: Make) -> None:
    async with running(make()) as driver:
        await opened(driver, BUSY)
        await named(driver, BUSY)
        await driver.screen(AskScreen)
        assert "busy" in shown(driver)
        await driver.press("w")
        await driver.until(lambda: "busy" in said(driver))
        assert driver.app.screen.query_one("#send", Button).has_focus
        await driver.press("escape")
        await driver.screen(MainScreen)
    assert not demo.world.apps[BUSY].commits


async def test_an_answer_that_is_lost_is_not_asked_for_again(demo: DemoServer, make: Make) -> None:
    demo.controls.fail_next(f"/app/{SITE}/commit", 0, method="PUT")
    async with running(make()) as driver:
        screen = await opened(driver)
        await named(driver)
        await driver.until(lambda: "may have been changed or not" in said(driver))
        assert not screen.query_one("#send").display
        await driver.press("enter")
        await driver.screen(MainScreen)  # Enter is on the button that goes back
    assert len(asked(demo, "PUT")) == 1


async def test_leaving_asks_and_tells_what_is_not_known(demo: DemoServer, make: Make) -> None:
    held = demo.controls.hold(f"/app/{SITE}/commit", "PUT")
    async with running(make()) as driver:
        await opened(driver)
        await named(driver)
        await driver.until(lambda: "Waiting for Discloud's answer" in said(driver))
        await driver.press("escape")
        await driver.screen(AskScreen)
        assert "Discloud goes on" in shown(driver)
        await driver.press("enter")
        screen = await driver.screen(SendBackScreen)
        assert screen.stage is sending.Stage.WAITING
        await driver.press("q")
        await driver.screen(AskScreen)
        assert "sent back to Discloud" in shown(driver)
        await driver.press("s")
        await driver.press("escape", "x")
        await driver.until(lambda: "Whether the app was changed is not known" in said(driver))
        held.set()
        assert not screen.query_one("#send").display
        await driver.press("escape")
        await driver.screen(MainScreen)


async def test_stopping_before_anything_is_sent(demo: DemoServer, make: Make) -> None:
    held = demo.controls.hold(f"/snapshot/{SITE}", "POST")
    async with running(make()) as driver:
        await opened(driver)
        await named(driver)
        await driver.until(lambda: "taking a snapshot of the app as it is" in said(driver))
        await driver.press("escape")
        await driver.screen(AskScreen)
        await driver.press("x")
        await driver.until(lambda: "Stopped before anything was sent" in said(driver))
        held.set()
    assert not asked(demo, "PUT")


async def test_somebody_elses_app_is_warned_of(demo: DemoServer, make: Make) -> None:
    async with running(make()) as driver:
        await opened(driver, OTHERS)
        assert "not yours" in shown(driver)
        await named(driver, OTHERS)
        await driver.screen(AskScreen)
        await driver.press("w")
        await driver.until(lambda: driver.app.screen.query_one("#send", Button).has_focus)
        assert said(driver).endswith(".")
    assert not demo.world.apps[OTHERS].commits


@pytest.mark.parametrize("size", [(120, 40), (60, 20)])
async def test_names_that_nobody_can_type(make: Make, size: tuple[int, int], tmp_path: Path) -> None:
    async with running(make(), size) as driver:
        await opened(driver, LONG)
        assert f"Type the app's id, {LONG}" in shown(driver)
        assert "Send back (Enter)" in shown(driver)
        await driver.press("escape")
        await opened(driver, ODD)
        assert "[bold red]Promo[/]" in driver.words("#send-prompt")
        await named(driver, "[bold red]promo[/")
        assert "That is not the name: type [bold red]Promo[/]." in said(driver)
