"""The token goes to the API and nowhere else: no other host, log, message, repr or traceback."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Callable

import httpx
import pytest

from snaptui.api import DiscloudApi
from snaptui.errors import SnaptuiError, UnreadableAnswer
from tests.api.server import Reply, Request, reply, serve

pytestmark = pytest.mark.anyio
MakeApi = Callable[..., DiscloudApi]
A = "20261122-030000"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(make_api: MakeApi, status: int) -> None:
    async with serve(lambda _request, _n: reply({"apps": []})) as other:
        elsewhere = other.url

        def away(request: Request, _n: int) -> Reply:
            return reply(b"", status, location=f"{elsewhere}{request.path}")

        async with serve(away) as server, make_api(server.url) as api:
            for call in (api.apps(), api.create_snapshot("loja-1")):
                with pytest.raises(UnreadableAnswer):
                    await call
        assert other.requests == []
    assert len(server.requests) == 2


async def test_the_token_is_not_put_on_a_request_to_another_origin(make_api: MakeApi, secret: str) -> None:
    async with serve(lambda _request, _n: reply({"apps": []})) as server, make_api(server.url) as api:
        client = api._exchange._open()
        assert isinstance(client, httpx.AsyncClient)
        assert secret not in repr(client.headers)
        port = server.url.rpartition(":")[2].removesuffix("/v2")
        for url in ("http://files.example/a", f"http://localhost:{port}/v2/user", f"https://127.0.0.1:{port}/v2/user"):
            with pytest.raises(UnreadableAnswer):
                await client.get(url)
    assert server.requests == []


async def test_nothing_secret_is_logged(make_api: MakeApi, secret: str, caplog: pytest.LogCaptureFixture) -> None:
    link = {"download": {"url": "https://files.example/a?sig=hidden", "version": A}}
    caplog.set_level(logging.DEBUG)
    async with serve(lambda _request, _n: reply(link)) as server, make_api(server.url) as api:
        await api.download_link("loja-1", A)
    assert secret not in caplog.text
    assert "hidden" not in caplog.text
    assert not [r for r in caplog.records if r.name.startswith(("httpx", "httpcore"))]


@pytest.mark.parametrize("fault", [None, b"", reply(b"<html>"), reply(b"", 401), reply(b"", 503), reply(b"", 429)])
async def test_no_error_holds_the_token(make_api: MakeApi, secret: str, fault: Reply) -> None:
    async with serve(lambda _request, _n: fault) as server, make_api(server.url) as api:
        assert secret not in repr(api)
        calls = (api.apps, lambda: api.create_snapshot("loja-1"), lambda: api.download_link("loja-1", A))
        for call in calls:
            with pytest.raises(SnaptuiError) as caught:
                await call()
            error = caught.value
            frames = [frame for frame, _line in traceback.walk_tb(error.__traceback__)]
            ours = [frame for frame in frames if frame.f_globals["__name__"].startswith("snaptui.")]
            assert ours
            assert secret not in repr([frame.f_locals for frame in ours])
            assert secret not in repr(error) + str(error)
            assert error.__cause__ is None
            assert not isinstance(error.__context__, httpx.HTTPError | OSError)


async def test_a_server_that_repeats_the_token_is_not_quoted(make_api: MakeApi, secret: str) -> None:
    def echo(request: Request, _n: int) -> Reply:
        return reply({"message": f"bad token {request.headers['api-token']}, sorry"}, 401)

    async with serve(echo) as server, make_api(server.url) as api:
        with pytest.raises(SnaptuiError) as caught:
            await api.apps()
    assert secret not in str(caught.value)
    assert "sorry" in str(caught.value)


def test_an_api_is_not_pickled(make_api: MakeApi) -> None:
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
        pickle.dumps(make_api("https://api.invalid"))
