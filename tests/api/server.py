"""A server for the faults no proper server commits: the test writes what goes over the wire, byte by byte."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in."""

    method: str
    target: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(slots=True)
class Server:
    """What a running server saw, and where it is."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: Request) -> None:
        self.requests.append(request)
        async with self._arrived:
            self._arrived.notify_all()

    async def saw(self, count: int) -> None:
        """Wait until so many requests have come."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.requests) >= count)


Reply = bytes | None
Handler = Callable[[Request, int], Awaitable[Reply] | Reply]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def reply(body: object, status: int = 200, content_type: str = "application/json", **headers: str) -> bytes:
    """Build an answer; a body that is not bytes is sent as JSON, header names take ``_`` for ``-``."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"content-type: {content_type}", f"content-length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@asynccontextmanager
async def serve(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Serve on a free loopback port; the handler gets each request and its number from 1.

    It returns the bytes of an answer, with or without all that they promise, and the connection is closed when
    they promise more; None resets the connection without a word.
    """
    server = Server()
    async with listen(lambda reader, writer: _converse(server, handler, reader, writer), tls) as port:
        server.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/v2"
        yield server


@asynccontextmanager
async def listen(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Hold each connection to a free loopback port's conversation; leave none behind."""
    under_way: set[asyncio.Task[None]] = set()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await talk(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
            await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way.add(task := asyncio.create_task(hold(reader, writer)))
        task.add_done_callback(under_way.discard)

    listener = await asyncio.start_server(begin, "127.0.0.1", 0, ssl=tls)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for task in under_way:
            task.cancel()
        if under_way:
            await asyncio.wait(under_way)


async def _converse(
    server: Server, handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answer the requests of one connection."""
    while head := await reader.readuntil(b"\r\n\r\n"):
        first, *rest = head.decode("latin-1").split("\r\n")
        method, target, _version = first.split(" ")
        headers = {k.lower(): v.strip() for k, _colon, v in (line.partition(":") for line in rest if line)}
        await server.take(Request(method, target, headers))
        result = handler(server.requests[-1], len(server.requests))
        content = result if isinstance(result, bytes) or result is None else await result
        if content is None:
            writer.transport.abort()
            return
        writer.write(content)
        await writer.drain()
        opening, _blank, body = content.partition(b"\r\n\r\n")
        if f"content-length: {len(body)}\r\n".encode() not in opening + b"\r\n":
            return
