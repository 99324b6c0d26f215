"""Sessions: the account shown before its token is known, no request at opening, and a demo that leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from snaptui.config import load_config
from snaptui.demo.run import DemoServer
from snaptui.errors import NotSignedIn, TokenRefused
from snaptui.session import Sessions
from snaptui.tokens import Found, Token, TokenSource

pytestmark = pytest.mark.anyio


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer(requests_per_minute=100_000) as running:
        yield running


def sessions_for(server: DemoServer, token: str) -> Sessions:
    config = replace(load_config(), api_url=server.api_url)
    return Sessions.for_config(config, {"DISCLOUD_TOKEN": token})


async def test_the_last_account_is_there_before_its_token(server: DemoServer) -> None:
    first = sessions_for(server, server.token)
    assert first.open_last() is None
    found = await first.find_token()
    assert found is not None
    session = await first.open(found)
    assert server.controls.requests == []
    async for _change in session.catalog.load():
        pass
    await session.aclose()

    later = sessions_for(server, server.token)
    shown = later.open_last()
    assert shown is not None
    assert shown.catalog.restore()
    assert shown.found is None
    with pytest.raises(NotSignedIn):
        await shown.load_account()
    assert await later.open(found) is shown
    assert (await shown.load_account()).username == "ana"
    assert shown.source is TokenSource.ENVIRONMENT
    await shown.aclose()
    await later.sign_out()
    assert later.open_last() is None


async def test_another_account_gets_a_session_of_its_own(server: DemoServer) -> None:
    sessions = sessions_for(server, server.token)
    await (await sessions.open(Found(Token.parse("one"), TokenSource.SESSION))).aclose()
    shown = sessions.open_last()
    other = await sessions.open(Found(Token.parse("two"), TokenSource.SESSION))
    assert other is not shown
    await other.aclose()
    with pytest.raises(TokenRefused):
        await sessions.check(Token.parse("refused"))


async def test_the_demo_keeps_to_its_folder_and_takes_it_away() -> None:
    sessions = Sessions.for_config(load_config(), {}, demo=True)
    folder = sessions.config.data_dir.parent
    assert Path(sessions.config.download_dir or "/").parent == folder
    found = await sessions.find_token()
    assert found is not None
    assert found.source is TokenSource.DEMO
    session = await sessions.open(found)
    assert (await session.load_account()).username == "ana"
    await session.aclose()
    await sessions.aclose()
    assert not folder.exists()
    assert not load_config().data_dir.exists()


async def test_nothing_is_sent_back_without_a_token(server: DemoServer, tmp_path: Path) -> None:
    sessions = sessions_for(server, server.token)
    await (await sessions.open(Found(Token.parse("one"), TokenSource.SESSION))).aclose()
    shown = sessions.open_last()
    assert shown is not None
    with pytest.raises(NotSignedIn):
        shown.send_back("api-site", tmp_path / "a.zip")
    await shown.aclose()
