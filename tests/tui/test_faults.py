"""A fault of our own: the program ends, nothing of its variables is printed, and the code says that it failed."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.worker import WorkerFailed

from snaptui.tui.app import SnaptuiApp
from snaptui.tui.screens.login import LoginScreen, TokenField
from tests.tui.conftest import Make
from tests.tui.driving import running

pytestmark = pytest.mark.anyio


def test_textual_still_ends_by_the_method_that_is_replaced() -> None:
    assert "_fatal_error" in vars(App)
    assert "_fatal_error" in vars(SnaptuiApp)


async def test_a_fault_ends_with_a_code_and_without_variables(make: Make) -> None:
    app = make()

    async def broken(secret: str) -> None:
        raise ZeroDivisionError

    with pytest.raises(WorkerFailed):  # noqa: PT012 - it comes out of the end of the run
        async with running(app) as driver:
            app.run_worker(broken("plain-word"))
            await driver.until(lambda: app.fault is not None)
    assert app.return_code == 1
    assert isinstance(app.fault, ZeroDivisionError)
    assert not app._exit_renderables


async def test_the_field_forgets_the_token_and_takes_none_in_pieces(make: Make) -> None:
    async with running(make(token=None), loaded=False) as driver:
        login = await driver.screen(LoginScreen)
        field = login.query_one(TokenField)
        from textual.events import Paste

        driver.app.post_message(Paste("one\ntwo"))
        await driver.until(lambda: "line breaks" in driver.words("#login-state"))
        assert field.value == ""
        driver.app.post_message(Paste("some-word"))
        await driver.until(lambda: field.value == "some-word")
        await driver.press("enter")
        assert field.value == ""
        await driver.until(lambda: "Asking" not in driver.words("#login-state"))
        assert "some-word" not in driver.words("#login-state")
