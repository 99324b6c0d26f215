"""Sending an archive back: what goes over the wire, and every way it can end."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import pytest

from snaptui.errors import (
    AppBusy,
    BadRequest,
    NetworkFailed,
    NotFound,
    NotOwner,
    OutcomeUnknown,
    RateLimited,
    ServerFailed,
    TokenRefused,
    UsageError,
)
from snaptui.secret import Token
from snaptui.upload import commit_archive
from snaptui.upload_events import LARGEST_UPLOAD_BYTES, Committed, Sent, Uploading
from tests.archives.zips import honest

pytest.importorskip("starlette", reason="the demo needs its extra")
from snaptui.demo.run import DemoServer

pytestmark = pytest.mark.anyio

APP = "1732400000001"
DATA = honest({"main.py": bytes(range(256)) * 10_000})


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(requests_per_minute=100_000) as server:
        yield server


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    path = tmp_path / "a.zip"
    path.write_bytes(DATA)
    return path


async def send(demo: DemoServer, path: Path, app_id: str = APP, token: str = "") -> list[object]:
    events = commit_archive(demo.api_url, Token.parse(token or demo.token), app_id, path)
    return [event async for event in events]


async def test_the_archive_arrives_byte_for_byte(demo: DemoServer, zipped: Path) -> None:
    events = await send(demo, zipped)
    assert demo.world.apps[APP].commits[-1] == DATA
    last = events[-1]
    assert isinstance(last, Committed)
    assert last.message
    assert "started" in last.logs
    progress = [event.sent_bytes for event in events if isinstance(event, Uploading)]
    assert progress == sorted(progress)
    assert any(isinstance(event, Sent) for event in events) or progress


async def test_refusals_of_the_api(demo: DemoServer, zipped: Path, tmp_path: Path) -> None:
    with pytest.raises(TokenRefused):
        await send(demo, zipped, token="another")
    with pytest.raises(AppBusy):
        await send(demo, zipped, "1732400000007")
    with pytest.raises(NotFound):
        await send(demo, zipped, "bot-antigo")
    (tmp_path / "not.zip").write_bytes(b"not an archive")
    with pytest.raises(BadRequest):
        await send(demo, tmp_path / "not.zip")
    demo.world.apps["api-site"].owned = False
    try:
        with pytest.raises(NotOwner):
            await send(demo, zipped, "api-site")
    finally:
        demo.world.apps["api-site"].owned = True


async def test_what_is_never_sent(demo: DemoServer, tmp_path: Path) -> None:
    before = len(demo.controls.requests)
    large = tmp_path / "large.zip"
    with large.open("wb") as file:
        file.truncate(LARGEST_UPLOAD_BYTES + 1)
    with pytest.raises(UsageError, match="at most"):
        await send(demo, large)
    with pytest.raises(NotFound):
        await send(demo, tmp_path / "missing.zip")
    with pytest.raises(UsageError):
        await send(demo, large, "../user")
    assert len(demo.controls.requests) == before


@contextmanager
def server(answer: Callable[[socket.socket, bytes], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A server of one connection: reads the head of the request, then does what the test wants."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _address = listener.accept()
            with connection:
                data = b""
                while b"\r\n\r\n" not in data:
                    data += connection.recv(65536)
                received.append(data)
                answer(connection, data)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v2", received
        thread.join(10)


def answering(status: str, body: bytes = b"", *, headers: str = "") -> Callable[[socket.socket, bytes], None]:
    def answer(connection: socket.socket, seen: bytes) -> None:
        connection.settimeout(10)
        while b"--\r\n" not in seen[-10:]:
            piece = connection.recv(1 << 20)
            assert piece
            seen = (seen + piece)[-100:]
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}Connection: close\r\n\r\n"
        connection.sendall(head.encode() + body)

    return answer


async def sent_to(url: str, path: Path) -> list[object]:
    return [event async for event in commit_archive(url, Token.parse("plainword"), APP, path)]


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        ("500 Oops", b'{"status": "error", "message": "it broke"}', ServerFailed),
        ("502 Bad Gateway", b"<html>", OutcomeUnknown),
        ("504 Gateway Timeout", b"", OutcomeUnknown),
        ("200 OK", b"<html>", OutcomeUnknown),
        ("200 OK", b"", OutcomeUnknown),
        ("200 OK", b'{"status": "error", "message": "no"}', ServerFailed),
        ("429 Slow", b"{}", RateLimited),
        ("413 Too Large", b'{"message": "too large"}', BadRequest),
    ],
)
async def test_answers(status: str, body: bytes, problem: type[Exception], zipped: Path) -> None:
    with server(answering(status, body)) as (url, received), pytest.raises(problem):
        await sent_to(url, zipped)
    assert len(received) == 1


async def test_the_connection_ends_before_the_answer(zipped: Path) -> None:
    with (
        server(lambda connection, _data: connection.close()) as (url, received),
        pytest.raises(OutcomeUnknown) as caught,
    ):
        await sent_to(url, zipped)
    assert len(received) == 1
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_a_redirect_is_not_followed_and_the_token_goes_nowhere_else(zipped: Path) -> None:
    with server(lambda _connection, _data: None) as (elsewhere, stolen):
        location = f"Location: {elsewhere}/app/{APP}/commit\r\n"
        with server(answering("307 Temporary Redirect", b"", headers=location)) as (url, received):
            with pytest.raises(Exception, match=r".") as caught:
                await sent_to(url, zipped)
            assert "plainword" not in str(caught.value)
        assert b"api-token: plainword" in received[0]
        host, _, port = elsewhere.removeprefix("http://").partition("/")[0].partition(":")
        with socket.create_connection((host, int(port))) as poke:  # lets the idle server end
            poke.sendall(b"\r\n\r\n")
        assert not stolen or b"plainword" not in stolen[0]


async def test_nobody_listens(zipped: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v2"
    with pytest.raises(NetworkFailed):
        await sent_to(url, zipped)


async def test_the_request_is_a_form_with_one_file(zipped: Path) -> None:
    answer = answering("200 OK", b'{"status": "ok", "message": "ok", "logs": ["one\\u001b[31m", "two"]}')
    with server(answer) as (url, received):
        events = await sent_to(url, zipped)
    head = received[0].decode("latin-1")
    assert head.startswith(f"PUT /v2/app/{APP}/commit HTTP/1.1\r\n")
    assert 'name="file"' in head or "multipart/form-data; boundary=" in head
    assert "content-length: " in head.lower()
    assert events[-1] == Committed("ok", ("one\ufffd[31m", "two"))


async def test_it_can_be_broken_off(zipped: Path) -> None:
    reading = threading.Event()

    def slow(_connection: socket.socket, _data: bytes) -> None:
        reading.wait(10)

    large = zipped.with_name("large.zip")
    large.write_bytes(b"\0" * 20_000_000)
    with server(slow) as (url, _received):
        async with aclosing(commit_archive(url, Token.parse("plainword"), APP, large)) as events:
            assert isinstance(await anext(events), Uploading)
        reading.set()
    assert not [task for task in asyncio.all_tasks() if "send" in repr(task.get_coro())]
