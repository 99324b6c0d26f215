"""Both ends against the API's OpenAPI file: what the client asks, and what the demo answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from snaptui.api import DiscloudApi
from snaptui.demo.run import DemoServer
from snaptui.errors import AppBusy, NotFound, NotOwner, OutcomeUnknown, ServerFailed, SnaptuiError, TokenRefused
from snaptui.models import Listing
from snaptui.tokens import Token

pytestmark = pytest.mark.anyio

CONTRACT = OpenAPI.from_dict(
    json.loads((Path(__file__).parent / "discloud-snapshot.openapi.json").read_text(encoding="utf-8"))
)


class ContractRequest:
    """A request as openapi-core wants it, told as if it went to the contract's own server."""

    host_url = "https://api.discloud.app"
    content_type = "application/json"
    body = None

    def __init__(self, request: httpx.Request) -> None:
        self.path = request.url.path
        self.method = request.method.lower()
        query = parse_qsl(request.url.query.decode(), keep_blank_values=True, strict_parsing=bool(request.url.query))
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(query), header=Headers(list(request.headers.items())), cookie=ImmutableMultiDict()
        )


class ContractResponse:
    """An answer as openapi-core wants it."""

    def __init__(self, response: httpx.Response) -> None:
        self.data = response.content
        self.status_code = response.status_code
        self.content_type = response.headers.get("content-type", "")
        self.headers: Mapping[str, Any] = dict(response.headers)


class Recorder(httpx.AsyncHTTPTransport):
    """The real transport, keeping every exchange that the contract describes."""

    def __init__(self) -> None:
        super().__init__()
        self.exchanges: list[tuple[httpx.Request, httpx.Response]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        body = await response.aread()
        copy = httpx.Response(response.status_code, headers=response.headers, content=body, request=request)
        if request.url.path.startswith("/v2/snapshot"):
            self.exchanges.append((request, copy))
        return httpx.Response(response.status_code, headers=response.headers, content=body)

    def check(self, *, count: int) -> None:
        """Hold every exchange against the contract."""
        assert len(self.exchanges) == count
        for request, response in self.exchanges:
            CONTRACT.validate_request(ContractRequest(request))
            CONTRACT.validate_response(ContractRequest(request), ContractResponse(response))


@pytest.fixture(scope="module")
def running() -> Iterator[DemoServer]:
    with DemoServer(create_seconds=0.0, requests_per_minute=10_000) as demo:
        yield demo


@pytest.fixture
def demo(running: DemoServer) -> DemoServer:
    controls = running.controls
    controls.token, controls.shape, controls.sizes_as_text, controls.drop_post_answer = "demo", "flat", False, False
    controls.faults.clear()
    return running


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def api(demo: DemoServer, recorder: Recorder) -> DiscloudApi:
    return DiscloudApi(demo.api_url, Token.parse(demo.token), transport=recorder)


def pick(demo: DemoServer, **traits: bool) -> str:
    """Return the id of an app of the demo's world with these traits, and with versions unless told otherwise."""
    wanted = {"deleted": False, "busy": False} | traits
    return next(
        app.id
        for app in demo.world.apps.values()
        if all(getattr(app, name) == value for name, value in wanted.items()) and app.versions
    )


@pytest.mark.parametrize("shape", ["flat", "nested", "keyed", "bare"])
async def test_the_listing_in_every_shape(demo: DemoServer, api: DiscloudApi, recorder: Recorder, shape: str) -> None:
    demo.controls.shape = shape  # type: ignore[assignment]
    demo.controls.sizes_as_text = shape == "nested"
    async with api:
        pages = [listing async for listing in api.snapshots()]
    expected = {(app.id, version.version) for app in demo.world.apps.values() for version in app.versions}
    assert {snapshot.key for page in pages for snapshot in page.snapshots} == expected
    assert sum(page.unreadable for page in pages) == 0
    assert all((s.size_bytes is None) == (shape == "bare") for page in pages for s in page.snapshots)
    recorder.check(count=-(-len(expected) // 200))


async def test_filters_and_one_app(demo: DemoServer, api: DiscloudApi, recorder: Recorder) -> None:
    app_id = pick(demo)
    async with api:
        page = await api.snapshots_page(1, 5, app_id=app_id, summary=True)
        listing = await api.app_snapshots(app_id)
        empty = await api.app_snapshots("no-such-app")
    assert 0 < len(page.snapshots) <= 5
    assert {s.key for s in page.snapshots} <= {s.key for s in listing.snapshots}
    assert [s.version for s in listing.snapshots] == [v.version for v in reversed(demo.world.apps[app_id].versions)]
    assert empty == Listing()
    recorder.check(count=3)


async def test_a_creation_and_its_link(demo: DemoServer, api: DiscloudApi, recorder: Recorder) -> None:
    app_id = pick(demo)
    async with api:
        created = await api.create_snapshot(app_id)
        link = await api.download_link(app_id, created.snapshot.version)
    newest = demo.world.apps[app_id].versions[-1]
    assert (created.snapshot.version, created.snapshot.size_bytes) == (newest.version, newest.archive.size)
    assert len(created.all_versions) == len(demo.world.apps[app_id].versions) - 1
    assert link.size_bytes == newest.archive.size
    assert link.expires_at is not None
    recorder.check(count=2)


async def test_the_account_and_its_apps(demo: DemoServer, api: DiscloudApi) -> None:
    async with api:
        account, apps = await api.user(), await api.apps()
    assert account.username == demo.world.username
    assert {app.id for app in apps.apps} == {app.id for app in demo.world.apps.values() if not app.deleted}
    assert apps.unreadable == 0


Call = Callable[[DiscloudApi, DemoServer], Awaitable[object]]
REFUSALS: list[tuple[Call, type[SnaptuiError]]] = [
    (lambda api, demo: api.create_snapshot(pick(demo, busy=True)), AppBusy),
    (lambda api, demo: api.create_snapshot("no-such-app"), NotFound),
    (lambda api, demo: api.download_link(pick(demo), "20000101-000000"), NotFound),
]


@pytest.mark.parametrize(("call", "kind"), REFUSALS)
async def test_refusals(
    demo: DemoServer, api: DiscloudApi, recorder: Recorder, call: Call, kind: type[SnaptuiError]
) -> None:
    async with api:
        with pytest.raises(kind):
            await call(api, demo)
    recorder.check(count=1)


async def test_somebody_elses_app(
    demo: DemoServer, api: DiscloudApi, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    app_id = pick(demo)
    monkeypatch.setattr(demo.world.apps[app_id], "owned", False)
    async with api:
        with pytest.raises(NotOwner):
            await api.create_snapshot(app_id)
    recorder.check(count=1)


async def test_a_lost_answer_is_told_as_such(demo: DemoServer, api: DiscloudApi, recorder: Recorder) -> None:
    app_id = pick(demo)
    demo.controls.drop_post_answer = True
    before = len(demo.world.apps[app_id].versions)
    async with api:
        with pytest.raises(OutcomeUnknown):
            await api.create_snapshot(app_id)
        listing = await api.app_snapshots(app_id)
    assert len(listing.snapshots) == before + 1
    recorder.check(count=1)


async def test_a_refused_token_and_a_failing_server(demo: DemoServer, api: DiscloudApi, recorder: Recorder) -> None:
    demo.controls.fail_next("/snapshot", 500)
    async with api:
        with pytest.raises(ServerFailed):
            await api.app_snapshots(pick(demo))
        demo.controls.revoke_token()
        for call in (api.app_snapshots, api.create_snapshot):
            with pytest.raises(TokenRefused):
                await call(pick(demo))
    recorder.check(count=3)


@pytest.mark.parametrize("query", ["page=0", "limit=0", "limit=201", "page=x", "appID=a/b", "appID=" + "a" * 41])
async def test_the_demo_refuses_what_the_contract_refuses(demo: DemoServer, query: str) -> None:
    async with httpx.AsyncClient(headers={"api-token": demo.token}) as client:
        response = await client.get(f"{demo.api_url}/snapshot?{query}")
    assert response.status_code == 400
    with pytest.raises(OpenAPIError):
        CONTRACT.validate_request(ContractRequest(response.request))
    CONTRACT.validate_response(ContractRequest(response.request), ContractResponse(response))


async def test_the_contract_notices_a_missing_token(demo: DemoServer) -> None:
    async with httpx.AsyncClient() as client:
        response = await client.get(f"{demo.api_url}/snapshot")
    assert response.status_code == 401
    with pytest.raises(OpenAPIError):
        CONTRACT.validate_request(ContractRequest(response.request))
