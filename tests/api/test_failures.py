"""Every way an exchange can fail, and which error a person gets for it."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest
import trustme

from snaptui.api import DiscloudApi, Priority, Wait
from snaptui.errors import (
    ApiError,
    AppBusy,
    BadRequest,
    NetworkFailed,
    NotFound,
    NotOwner,
    OutcomeUnknown,
    RateLimited,
    ServerFailed,
    SnaptuiError,
    TokenRefused,
    UnreadableAnswer,
)
from tests.api.clocks import START, Clock
from tests.api.server import Reply, Request, listen, reply, serve

pytestmark = pytest.mark.anyio
MakeApi = Callable[..., DiscloudApi]
A = "20261122-030000"
CREATED = {"status": "ok", "snapshot": {"version": A}}
OK = {"status": "ok", "apps": []}

STATUSES: list[tuple[int, type[SnaptuiError]]] = [
    (301, UnreadableAnswer),
    (400, BadRequest),
    (401, TokenRefused),
    (403, NotOwner),
    (404, NotFound),
    (405, BadRequest),
    (409, AppBusy),
    (422, BadRequest),
    (429, RateLimited),
    (500, ServerFailed),
    (501, ServerFailed),
    (502, ServerFailed),
    (503, ServerFailed),
    (504, ServerFailed),
]
BODIES = [{"code": 1, "message": "said so"}, {"status": "error", "message": "said so"}, b""]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("status", "kind"), STATUSES)
async def test_each_status_is_an_error_of_its_own(
    make_api: MakeApi, status: int, kind: type[SnaptuiError], body: object
) -> None:
    async with serve(lambda _request, _n: reply(body, status)) as server, make_api(server.url) as api:
        with pytest.raises(kind) as caught:
            await api.apps()
    assert type(caught.value) is kind
    assert caught.value.sentence.endswith(".")
    assert body == b"" or status in (301, 429) or "said so" in caught.value.sentence
    assert len(server.requests) == (4 if status in (429, 502, 503, 504) else 1)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"status": "error", "message": "no"}, ServerFailed),
        ({"status": "error", "statusCode": 401, "message": "no"}, TokenRefused),
        ({"status": "error", "code": 404, "message": "no"}, NotFound),
        ({"status": "ok", "statusCode": 403, "apps": []}, NotOwner),
        ({"statusCode": 500, "apps": []}, ServerFailed),
        ({"status": "error", "statusCode": True}, ServerFailed),
    ],
)
async def test_a_200_that_says_it_failed_is_the_error_it_says(
    make_api: MakeApi, body: object, kind: type[SnaptuiError]
) -> None:
    async with serve(lambda _request, _n: reply(body)) as server, make_api(server.url) as api:
        with pytest.raises(kind):
            await api.apps()


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><p>sign in", b"", b"null", b"3", b'"x"', b"[[", b'{"status": "ok", "apps": [', b"NaN", b"{}",
        b"[" * 100_000, b'{"apps": null}', b'{"apps": 3}', b"\xff\xfe", b'{"apps": ' + b"9" * 5_000 + b"}",
    ],
)  # fmt: skip
async def test_answers_that_are_not_the_apis(make_api: MakeApi, body: bytes) -> None:
    async with serve(lambda _request, _n: reply(body)) as server, make_api(server.url) as api:
        for call in (api.apps(), api.user()):
            with pytest.raises(UnreadableAnswer) as caught:
                await call
            assert caught.value.__cause__ is None
            assert caught.value.__context__ is None
    assert len(server.requests) == 2


async def test_an_answer_without_bound_is_not_read_to_its_end(
    make_api: MakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("snaptui.exchange._LARGEST_ANSWER", 1_000)
    async with serve(lambda _request, _n: reply(b"[" + b"1," * 10_000 + b"1]")) as server, make_api(server.url) as api:
        with pytest.raises(UnreadableAnswer):
            await api.apps()


def then_ok(*first: Reply) -> Callable[[Request, int], Reply]:
    """Answer the first requests as told, and all that follow well."""
    return lambda _request, n: first[n - 1] if n <= len(first) else reply(OK)


@pytest.mark.parametrize(
    "fault",
    [
        None,
        b"",
        b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\n{",
        b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{",
        b"what is this\r\n\r\n",
        reply(b"", 502),
        reply(b"<html>", 503, "text/html"),
        reply({"message": "slow"}, 504),
        reply({"message": "often"}, 429),
    ],
)
async def test_gets_outlive_what_passes(make_api: MakeApi, clock: Clock, fault: Reply) -> None:
    waits: list[Wait] = []
    async with serve(then_ok(fault, fault)) as server, make_api(server.url, on_wait=waits.append) as api:
        await api.apps()
    assert len(server.requests) == 3
    assert len(waits) == 2
    assert all(wait.sentence for wait in waits)
    assert sum(clock.slept) == pytest.approx(sum(wait.seconds for wait in waits))


async def test_backoff_doubles_and_jitter_takes_up_to_half(make_api: MakeApi, clock: Clock) -> None:
    for jitter, expected in ((1.0, [0.5, 1.0, 2.0]), (0.0, [0.25, 0.5, 1.0])):
        clock.slept.clear()
        async with (
            serve(lambda _request, _n: reply(b"", 503)) as server,
            make_api(server.url, jitter=lambda j=jitter: j) as api,
        ):
            with pytest.raises(ServerFailed):
                await api.apps()
        assert clock.slept == expected
        assert len(server.requests) == 4


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"retry_after": "7"}, 7, 8),
        ({"retry_after": "7", "ratelimit_reset": "50"}, 7, 8),
        ({"ratelimit_reset": "9", "ratelimit_remaining": "0", "ratelimit_limit": "60"}, 9, 11),
        ({"retry_after": format_datetime(START + timedelta(seconds=20), usegmt=True)}, 19, 21),
        ({"retry_after": "soon"}, 0.1, 3),
        ({"retry_after": "-5"}, 0.1, 3),
        ({"retry_after": "9" * 300}, 0.1, 3),
        ({"retry_after": "Sun, 99 Nov 2026 99:99:99 GMT"}, 0.1, 3),
    ],
)
async def test_the_server_says_how_long_to_wait(
    make_api: MakeApi, clock: Clock, status: int, headers: dict[str, str], least: float, most: float
) -> None:
    async with serve(then_ok(reply(b"", status, **headers))) as server, make_api(server.url) as api:
        await api.apps()
    assert len(server.requests) == 2
    assert least <= sum(clock.slept) <= most


async def test_patience_has_an_end(make_api: MakeApi, clock: Clock) -> None:
    async with serve(lambda _request, _n: reply(b"", 429, retry_after="600")) as server, make_api(server.url) as api:
        with pytest.raises(RateLimited) as caught:
            await api.apps()
        assert caught.value.seconds == pytest.approx(600)
    assert clock.slept == []
    async with serve(lambda _request, _n: reply(b"", 503, retry_after="600")) as server, make_api(server.url) as api:
        with pytest.raises(ServerFailed):
            await api.apps()
    assert clock.slept == []


async def test_waiting_can_be_forbidden(make_api: MakeApi, clock: Clock) -> None:
    async with (
        serve(lambda _request, _n: reply(b"", 429, retry_after="5")) as server,
        make_api(server.url, max_wait=0) as api,
    ):
        with pytest.raises(RateLimited) as caught:
            await api.apps()
    assert caught.value.seconds == pytest.approx(5)
    assert clock.slept == []


async def test_a_refused_connection(make_api: MakeApi) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        async with make_api(f"http://127.0.0.1:{port}/v2") as api:
            for call in (api.apps(), api.create_snapshot("loja-1")):
                with pytest.raises(NetworkFailed) as caught:
                    await call
                assert caught.value.kind == "refused"
                assert caught.value.__cause__ is None
                assert caught.value.__context__ is None
            assert api.requests_sent == 4 + 1


async def test_a_name_that_is_not_found(make_api: MakeApi) -> None:
    async with make_api("https://api.invalid/v2") as api:
        for call in (api.apps(), api.create_snapshot("loja-1")):
            with pytest.raises(NetworkFailed) as caught:
                await call
            assert caught.value.kind == "dns"
            assert "api.invalid" in caught.value.sentence


async def test_a_certificate_nobody_vouches_for_is_not_tried_again(make_api: MakeApi) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    async with serve(lambda _request, _n: reply(OK), context) as server, make_api(server.url) as api:
        for call in (api.apps(), api.create_snapshot("loja-1")):
            with pytest.raises(NetworkFailed) as caught:
                await call
            assert caught.value.kind == "tls"
        assert api.requests_sent == 2
    assert server.requests == []


async def test_plain_http_behind_https_is_no_trusted_connection(make_api: MakeApi) -> None:
    async def speak_plainly(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(b"", 400))

    async with listen(speak_plainly) as port, make_api(f"https://127.0.0.1:{port}/v2") as api:
        with pytest.raises(NetworkFailed) as caught:
            await api.apps()
        assert caught.value.kind == "tls"


async def test_a_trusted_certificate_from_the_environment(
    make_api: MakeApi, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    bundle = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    async with serve(lambda _request, _n: reply(OK), context) as server, make_api(server.url) as api:
        await api.apps()
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("SSL_CERT_FILE", "/does/not/exist.pem"), ("SSL_CERT_FILE", __file__), ("HTTPS_PROXY", "nonsense://x:1")],
)
async def test_a_setup_that_cannot_work_is_told_as_such(
    make_api: MakeApi, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    async with make_api("https://api.invalid/v2") as api:
        for call in (api.apps(), api.create_snapshot("loja-1")):
            with pytest.raises(NetworkFailed) as caught:
                await call
            assert caught.value.kind == "setup"
            assert "SSL_CERT_FILE" in caught.value.sentence


async def test_loopback_needs_no_certificates_and_no_proxy(make_api: MakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/does/not/exist.pem")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with serve(lambda _request, _n: reply(OK)) as server, make_api(server.url) as api:
        await api.apps()


async def test_a_server_that_says_nothing(make_api: MakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snaptui.exchange._SECONDS", {"GET": (0.05, 5.0), "POST": (0.05, 5.0)})
    silence = asyncio.Event()

    async def answer(_request: Request, _n: int) -> Reply:
        await silence.wait()
        return None

    async with serve(answer) as server, make_api(server.url) as api:
        with pytest.raises(NetworkFailed) as caught:
            await api.apps()
        assert caught.value.kind == "timeout"
        assert len(server.requests) == 2
        with pytest.raises(OutcomeUnknown):
            await api.create_snapshot("loja-1")
        assert len(server.requests) == 3
        silence.set()


async def test_a_server_that_drips(make_api: MakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snaptui.exchange._SECONDS", {"GET": (5.0, 0.1), "POST": (5.0, 0.1)})

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 X\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.001)  # the drip itself

    async with listen(drip) as port, make_api(f"http://127.0.0.1:{port}/v2") as api:
        with pytest.raises(NetworkFailed) as caught:
            await api.apps()
        assert caught.value.kind == "timeout"


@pytest.mark.parametrize(
    "fault",
    [
        None,
        b"",
        b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\n{",
        reply(b"", 502),
        reply(b"<html>", 503, "text/html"),
        reply({"message": "slow"}, 504),
        reply(b"", 524),
        reply(b"<html>"),
        reply(b""),
        reply({"status": "ok"}),
        reply(b"null"),
    ],
)
async def test_a_creation_whose_answer_is_lost_is_never_repeated(make_api: MakeApi, clock: Clock, fault: Reply) -> None:
    async with serve(lambda _request, _n: fault) as server, make_api(server.url) as api:
        with pytest.raises(OutcomeUnknown) as caught:
            await api.create_snapshot("loja-1")
    assert caught.value.__context__ is None or isinstance(caught.value.__context__, ApiError)
    assert [r.method for r in server.requests] == ["POST"]
    assert clock.slept == []


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"message": "x"}, BadRequest),
        (401, {"message": "x"}, TokenRefused),
        (403, {"message": "x"}, NotOwner),
        (404, {"message": "x"}, NotFound),
        (404, b"<html>", UnreadableAnswer),
        (409, {"message": "x"}, AppBusy),
        (429, {"message": "x"}, RateLimited),
        (500, {"message": "x"}, ServerFailed),
        (200, {"status": "error", "message": "x"}, ServerFailed),
        (200, {"status": "error", "statusCode": 409}, AppBusy),
        (302, b"", UnreadableAnswer),
    ],
)
async def test_a_creation_that_is_answered_is_told_and_never_repeated(
    make_api: MakeApi, status: int, body: object, kind: type[SnaptuiError]
) -> None:
    async with serve(lambda _request, _n: reply(body, status)) as server, make_api(server.url) as api:
        with pytest.raises(kind):
            await api.create_snapshot("loja-1")
    assert len(server.requests) == 1


async def test_a_background_request_outlives_failures_too(make_api: MakeApi) -> None:
    async with serve(then_ok(None, reply(b"", 503))) as server, make_api(server.url) as api:
        await api.apps(priority=Priority.BACKGROUND)
    assert len(server.requests) == 3


async def test_a_damaged_encoding_is_unreadable(make_api: MakeApi) -> None:
    async with (
        serve(lambda _request, _n: reply(b"not gzip", content_encoding="gzip")) as server,
        make_api(server.url) as api,
    ):
        with pytest.raises(UnreadableAnswer):
            await api.apps()


async def test_a_failure_while_writing_is_broken(make_api: MakeApi) -> None:
    def break_off(request: httpx.Request) -> httpx.Response:
        raise httpx.WriteError("gone", request=request)

    async with make_api("https://api.invalid", transport=httpx.MockTransport(break_off)) as api:
        with pytest.raises(NetworkFailed) as caught:
            await api.apps()
        assert caught.value.kind == "broken"
        with pytest.raises(OutcomeUnknown):
            await api.create_snapshot("loja-1")


async def test_sentences_are_one_line_without_addresses(make_api: MakeApi) -> None:
    message = "look\nat \x1b[31mhttps://files.example/a?sig=abc&x=1 " + "x" * 5_000
    async with (
        serve(lambda _request, _n: reply(json.dumps({"message": message}).encode(), 400)) as server,
        make_api(server.url) as api,
    ):
        with pytest.raises(BadRequest) as caught:
            await api.apps()
    assert caught.value.sentence.isprintable()
    assert "sig" not in caught.value.sentence
    assert len(caught.value.sentence) < 400
