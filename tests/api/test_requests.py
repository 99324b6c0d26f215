"""What the API sends, what it reads, and how it follows pages."""

from __future__ import annotations

import asyncio
import platform
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from snaptui import __version__
from snaptui.api import DiscloudApi, Priority, validate_base_url
from snaptui.endpoint import origin_of
from snaptui.errors import UnreadableAnswer, UsageError
from snaptui.models import Listing
from tests.api.clocks import START
from tests.api.server import Reply, Request, reply, serve

pytestmark = pytest.mark.anyio
MakeApi = Callable[..., DiscloudApi]
A = "20261122-030000"


def versions(first: int, count: int) -> list[dict[str, str]]:
    return [
        {"appID": "loja-1", "version": f"{20200101 + n // 1000:08}-{n % 1000:06}"} for n in range(first, first + count)
    ]


async def test_every_request_says_who_asks_and_with_what(make_api: MakeApi, secret: str) -> None:
    async with (
        serve(lambda request, _n: reply({"status": "ok", "user": {"userID": "1"}})) as server,
        make_api(server.url) as api,
    ):
        await api.user()
    (request,) = server.requests
    assert (request.method, request.target) == ("GET", "/v2/user")
    assert request.headers["api-token"] == secret
    agent = request.headers["user-agent"]
    assert re.fullmatch(r"snaptui/\S+ \(\S+ [^;]+; \S+\)", agent)
    assert agent.startswith(f"snaptui/{__version__} ({platform.system()} ")


async def test_paths_and_queries(make_api: MakeApi) -> None:
    link = {"download": {"url": "https://files.example/a", "version": A}}

    def answer(request: Request, _n: int) -> Reply:
        if request.method == "POST":
            return reply({"status": "ok", "snapshot": {"version": A}})
        return reply({"status": "ok", "apps": [], **(link if "/versions/" in request.path else {})})

    async with serve(answer) as server, make_api(server.url) as api:
        await api.apps()
        await api.snapshots_page(2, 50, app_id="loja-1", summary=True)
        await api.app_snapshots("loja-1")
        await api.download_link("loja-1", A)
        await api.create_snapshot("loja-1")
        assert api.requests_sent == 5
    assert [(r.method, r.target) for r in server.requests] == [
        ("GET", "/v2/app/all"),
        ("GET", "/v2/snapshot?page=2&limit=50&summary=true&appID=loja-1"),
        ("GET", "/v2/snapshot/loja-1"),
        ("GET", f"/v2/snapshot/loja-1/versions/{A}"),
        ("POST", "/v2/snapshot/loja-1"),
    ]


@pytest.mark.parametrize("app_id", ["", "a/b", "../user", "a b", "ü", "a" * 41, "a?x=1", "a#", "a%2e", "a\n"])
async def test_no_url_is_built_from_what_is_no_id(make_api: MakeApi, app_id: str) -> None:
    async with serve(lambda _request, _n: reply({})) as server, make_api(server.url) as api:
        for call in (
            api.app_snapshots(app_id),
            api.create_snapshot(app_id),
            api.download_link(app_id, A),
            api.snapshots_page(app_id=app_id),
        ):
            with pytest.raises(UsageError):
                await call
        for version in ("", "latest", "20261122-03000", f"{A}/..", f"{A}\n", "٢٠٢٦١١٢٢-٠٣٠٠٠٠"):
            with pytest.raises(UsageError):
                await api.download_link("loja-1", version)
        for page, limit in ((0, 50), (1, 0), (1, 201)):
            with pytest.raises(UsageError):
                await api.snapshots_page(page, limit)
    assert server.requests == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.discloud.app/v2", "https://api.discloud.app/v2"),
        ("HTTPS://API.Discloud.app/v2/", "https://api.discloud.app/v2"),
        ("https://api.example:8443", "https://api.example:8443"),
        ("http://127.0.0.1:8000/v2", "http://127.0.0.1:8000/v2"),
        ("http://localhost:1/", "http://localhost:1"),
        ("http://[::1]:9/v2", "http://[::1]:9/v2"),
    ],
)
def test_base_urls_that_are_taken(given: str, kept: str) -> None:
    assert validate_base_url(given) == kept


@pytest.mark.parametrize(
    "url",
    [
        "", "api.discloud.app", "ftp://api.example", "http://api.discloud.app/v2", "http://127.0.0.1.example/v2",
        "http://localhost.example", "https://user:word@api.example", "https://api.example\\@evil.example",
        "https://api.example/v2?x=1", "https://api.example/v2#x", "https://api.example:99999", "https://api.example:0",
        "https://", "https:///v2", "https://a b", "https://api.example/../x", "https://[::zz]", "http://10.0.0.1",
        "http://0.0.0.0", "https://api.example/v2\n/x", "https://bücher.example",
    ],
)  # fmt: skip
def test_base_urls_that_are_refused(url: str) -> None:
    with pytest.raises(UsageError):
        validate_base_url(url)


def test_origins_write_their_port_out() -> None:
    assert origin_of("https://API.example/v2") == origin_of("https://api.example:443") == "https://api.example:443"
    assert origin_of("http://[::1]/") == "http://[::1]:80"
    with pytest.raises(ValueError, match="http"):
        origin_of("/v2/user")


def paged(total: int, cap: int = 200) -> Callable[[Request, int], Reply]:
    """A server with so many snapshots that never puts more than ``cap`` on a page."""

    def answer(request: Request, _n: int) -> Reply:
        query = parse_qs(urlsplit(request.target).query)
        page, limit = int(query["page"][0]), min(int(query["limit"][0]), cap)
        start = (page - 1) * limit
        return reply({"status": "ok", "snapshots": versions(start, max(0, min(limit, total - start)))})

    return answer


@pytest.mark.parametrize(
    ("total", "cap", "requests"),
    [
        (0, 200, 1),
        (30, 200, 1),
        (200, 200, 2),
        (350, 200, 2),
        (400, 200, 3),
        (49, 50, 1),
        (130, 50, 3),
        (150, 50, 4),
        (250, 100, 4),
    ],
)
async def test_pages_are_followed_to_their_end(make_api: MakeApi, total: int, cap: int, requests: int) -> None:
    async with serve(paged(total, cap)) as server, make_api(server.url) as api:
        pages = [listing async for listing in api.snapshots()]
    assert sum(len(listing.snapshots) for listing in pages) == total
    assert len({s.key for listing in pages for s in listing.snapshots}) == total
    assert len(server.requests) == requests


async def test_a_server_that_ignores_the_page_is_asked_twice(make_api: MakeApi) -> None:
    async with (
        serve(lambda _request, _n: reply({"snapshots": versions(0, 200)})) as server,
        make_api(server.url) as api,
    ):
        pages = [listing async for listing in api.snapshots()]
    assert [len(listing.snapshots) for listing in pages] == [200]
    assert len(server.requests) == 2


async def test_pages_that_overlap_tell_each_snapshot_once(make_api: MakeApi) -> None:
    starts = {1: 0, 2: 190, 3: 400}
    async with (
        serve(lambda _request, n: reply({"snapshots": versions(starts[n], 200 if n < 3 else 0)})) as server,
        make_api(server.url) as api,
    ):
        pages = [listing async for listing in api.snapshots()]
    assert [len(listing.snapshots) for listing in pages] == [200, 190]


async def test_pages_without_end_are_given_up(make_api: MakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snaptui.api._MOST_PAGES", 5)
    async with (
        serve(lambda _request, n: reply({"snapshots": versions(n * 200, 200)})) as server,
        make_api(server.url) as api,
    ):
        pages: list[Listing] = []

        async def follow() -> None:
            async for listing in api.snapshots():
                pages.append(listing)  # noqa: PERF401 - what came before the error counts

        with pytest.raises(UnreadableAnswer):
            await follow()
    assert len(pages) == len(server.requests) == 5


@pytest.mark.parametrize("body", [{"code": 404, "message": "No backups"}, {"status": "error", "message": "none"}, b""])
async def test_no_backups_is_an_empty_listing(make_api: MakeApi, body: object) -> None:
    async with serve(lambda _request, _n: reply(body, 404)) as server, make_api(server.url) as api:
        assert await api.app_snapshots("loja-1") == Listing()
        assert [listing async for listing in api.snapshots()] == [Listing()]
    assert len(server.requests) == 2


async def test_a_web_page_with_404_is_not_an_empty_listing(make_api: MakeApi) -> None:
    async with serve(lambda _request, _n: reply(b"<html>", 404, "text/html")) as server, make_api(server.url) as api:
        with pytest.raises(UnreadableAnswer):
            await api.app_snapshots("loja-1")


async def test_identical_requests_under_way_are_one(make_api: MakeApi) -> None:
    gate = asyncio.Event()

    async def answer(_request: Request, _n: int) -> Reply:
        await gate.wait()
        return reply({"status": "ok", "versions": [A]})

    async with serve(answer) as server, make_api(server.url) as api:
        asked = [
            asyncio.create_task(api.app_snapshots("loja-1", priority=p))
            for p in (Priority.BACKGROUND, *[Priority.USER] * 5)
        ]
        other = asyncio.create_task(api.app_snapshots("b"))
        await server.saw(2)
        asked[0].cancel()  # one who leaves does not take the answer from the others
        gate.set()
        answers = await asyncio.gather(*asked, other, return_exceptions=True)
        assert isinstance(answers[0], asyncio.CancelledError)
        assert len({id(a) for a in answers}) == 7
        assert all(isinstance(a, Listing) and len(a.snapshots) == 1 for a in answers[1:])
        await api.app_snapshots("loja-1")
    assert sorted(r.path[-1] for r in server.requests) == ["1", "1", "b"]


async def test_a_request_nobody_waits_for_is_ended(make_api: MakeApi) -> None:
    async def never(_request: Request, _n: int) -> Reply:
        await asyncio.Event().wait()
        return None

    async with serve(never) as server, make_api(server.url) as api:
        asked = [asyncio.create_task(api.apps()) for _ in range(2)]
        await server.saw(1)
        for task in asked:
            task.cancel()
        await asyncio.wait(asked)
        assert api._gets._flights == {}


async def test_links_are_never_shared(make_api: MakeApi) -> None:
    link = {"download": {"url": "https://files.example/a", "version": A}}
    async with serve(lambda _request, _n: reply(link)) as server, make_api(server.url) as api:
        await asyncio.gather(*(api.download_link("loja-1", A) for _ in range(3)))
    assert len(server.requests) == 3


async def test_the_budget_is_kept_from_the_headers(make_api: MakeApi) -> None:
    answer = reply({"apps": []}, ratelimit_limit="60", ratelimit_remaining="41", ratelimit_reset="30")
    async with serve(lambda _request, _n: answer) as server, make_api(server.url) as api:
        before = api.rate_limit
        await api.apps()
        after = api.rate_limit
    assert before is None
    assert after is not None
    assert (after.limit, after.remaining) == (60, 41)
    assert after.resets_at == START + timedelta(seconds=30)
    assert len(server.requests) == 1


async def test_a_page_of_entries_that_cannot_be_read_is_counted(make_api: MakeApi) -> None:
    def answer(_request: Request, n: int) -> Reply:
        return reply({"snapshots": versions(0, 200) if n == 1 else [{"version": "?"}] * 7})

    async with serve(answer) as server, make_api(server.url) as api:
        pages = [listing async for listing in api.snapshots()]
    assert [(len(page.snapshots), page.unreadable) for page in pages] == [(200, 0), (0, 7)]
    assert len(server.requests) == 2
