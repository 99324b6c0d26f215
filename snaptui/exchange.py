"""One request and its answer over httpx; the only place that holds the token next to a connection.

The token is put on a request at the last moment and only when it goes to the API's own origin; redirects are not
followed. Nothing of httpx's, requests and headers included, leaves this room.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import httpx

from snaptui.answers import Answer, read_answer
from snaptui.endpoint import origin_of, user_agent
from snaptui.errors import ApiError, NetworkFailed, UnreadableAnswer
from snaptui.i18n import _
from snaptui.network import explain, hush_http_logs, network_failed, nothing_was_sent, retry_after

if TYPE_CHECKING:
    from snaptui.tokens import Token

Method = Literal["GET", "POST"]

_TOKEN_HEADER = "api-token"  # noqa: S105 - a header's name
_LARGEST_ANSWER = 32 << 20
_CONNECT_SECONDS = 10.0
_USUAL_LIMITS = httpx.Limits()
# Per read, and over the whole exchange: a server that drips bytes must end too. Taking a snapshot lasts minutes.
_SECONDS: dict[Method, tuple[float, float]] = {"GET": (25.0, 90.0), "POST": (600.0, 900.0)}


@dataclass(frozen=True, slots=True)
class Failed:
    """An exchange without an answer: why, and whether the server may have seen the request."""

    error: ApiError
    sent: bool


class Exchange:
    """Sends requests to one API. ``requests_sent`` counts them, answered or not."""

    def __init__(
        self,
        base_url: str,
        token: Token,
        *,
        now: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.origin = origin_of(base_url)
        self.requests_sent = 0
        self._base_url, self._token, self._now, self._transport = base_url, token, now, transport
        self._client: httpx.AsyncClient | None = None
        self._closed = False
        hush_http_logs()

    async def aclose(self) -> None:
        """Close the connections; no request can be sent after."""
        self._closed = True
        if self._client is not None:
            await self._client.aclose()

    async def send(
        self, method: Method, path: str, params: Mapping[str, str], on_headers: Callable[[Mapping[str, str]], None]
    ) -> Answer | Failed:
        """Send one request under the base URL and read its answer; ``on_headers`` hears its headers first."""
        client = self._open()
        if isinstance(client, Failed):
            return client
        read_seconds, seconds_in_all = _SECONDS[method]
        timeout = httpx.Timeout(read_seconds, connect=_CONNECT_SECONDS)
        request = client.build_request(method, self._base_url + path, params=dict(params) or None, timeout=timeout)
        self.requests_sent += 1
        try:
            async with asyncio.timeout(seconds_in_all):
                response = await client.send(request, stream=True)
                try:
                    on_headers(response.headers)
                    body = await read_body(response)
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Failed(explain(error, request.url.host), sent=not nothing_was_sent(error))
        if body is None:
            return Failed(
                UnreadableAnswer(_("The answer is far too large to be the API's; check SNAPTUI_API_URL.")), True
            )
        wait_seconds = retry_after(response.headers, self._now())
        return read_answer(response.status_code, body, wait_seconds, self._token.reveal())

    def _open(self) -> httpx.AsyncClient | Failed:
        """Return the client, made at the first request so that what is wrong with its set-up is told as any failure."""
        if self._closed:
            raise RuntimeError("a request after the API was closed")
        if self._client is None:
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=8, keepalive_expiry=15.0)
            try:
                self._client = api_client(self.origin, self._token, self._transport, limits=limits)
            except NetworkFailed as error:
                return Failed(error, sent=False)
        return self._client


def api_client(
    origin: str,
    token: Token,
    transport: httpx.AsyncBaseTransport | None,
    *,
    limits: httpx.Limits = _USUAL_LIMITS,
    timeout: httpx.Timeout | None = None,
) -> httpx.AsyncClient:
    """Return a client that puts the token on requests to ``origin`` and refuses any other, redirects included.

    Raises NetworkFailed for what is wrong with its set-up: a certificate file that is missing or is none, a proxy
    address that is none, a proxy kind httpx needs another package for.
    """

    async def sign(request: httpx.Request) -> None:
        if origin_of(str(request.url)) != origin:
            raise UnreadableAnswer(_("The server led to another address, where snaptui does not take the token."))
        request.headers[_TOKEN_HEADER] = token.reveal()

    on_this_machine = origin.startswith("http://")
    try:
        return httpx.AsyncClient(
            # Plain http is loopback: no certificates to load, and no proxy may see the token.
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if on_this_machine else True,
            trust_env=not on_this_machine,
            follow_redirects=False,
            timeout=timeout,
            headers={"User-Agent": user_agent(), "Accept": "application/json"},
            limits=limits,
            event_hooks={"request": [sign]},
            transport=transport,
        )
    except (OSError, ValueError, ImportError, httpx.InvalidURL):
        pass  # It may hold what a proxy is told: nothing is raised from it.
    raise network_failed("setup", origin)


async def read_body(response: httpx.Response) -> bytes | None:
    """Return the whole body, or None when it is larger than any answer of the API."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > _LARGEST_ANSWER:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
