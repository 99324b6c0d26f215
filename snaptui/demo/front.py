"""What stands before both of the demo's origins: log, delays, holds and faults; at the API also token and budget."""

from __future__ import annotations

import asyncio
import traceback

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from snaptui.demo import controls as levers


class BrokenOff(Exception):
    """Raised by an answer under way to close its connection there."""


class CutOff(Response):
    """An answer that promises a body and never sends it: the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the headers alone."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})


def refusal(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An error as the API words it."""
    return JSONResponse({"code": status, "message": message}, status, headers)


class Front:
    """An ASGI application that lets a request through to ``inner``, or answers in its place."""

    def __init__(self, inner: ASGIApp, controls: levers.Controls, origin: levers.Origin) -> None:
        self.inner = inner
        self.controls = controls
        self.origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a fault of the demo's own is kept in ``controls.crashes``."""
        try:
            await self._answer(Request(scope, receive), receive, send)
        except (BrokenOff, ClientDisconnect):
            return
        except Exception:
            self.controls.crashes.append(traceback.format_exc())
            raise

    async def _answer(self, request: Request, receive: Receive, send: Send) -> None:
        path = levers.shortened(request.url.path)
        self._note(request)
        if delay := self.controls.delay(path):
            await asyncio.sleep(delay)
        for held in self.controls.holds_on(request.method, path):
            await held.wait()
        fault = self.controls.take_fault(request.method, path)
        instead: ASGIApp | None
        if self.origin == "archives":
            # Only the archives know their body, so they break off in its middle themselves.
            request.scope["snaptui.cut"] = fault is not None and fault.status == 0
            instead = _failure(fault) if fault is not None and fault.status else None
            await (instead or self.inner)(request.scope, receive, send)
            return
        left, seconds = self.controls.spend()
        instead = self._instead(request, fault, left, seconds)
        if instead is not None:
            await drain(request)
        await (instead or self.inner)(request.scope, receive, self._with_budget(send, left, seconds))

    def _note(self, request: Request) -> None:
        names = tuple(request.headers.keys())
        query = request.url.query if self.origin == "api" else ""
        had_token = "api-token" in names or "authorization" in names
        self.controls.note(levers.Request(self.origin, request.method, request.url.path, query, names, had_token))

    def _instead(self, request: Request, fault: levers.Fault | None, left: int, seconds: int) -> ASGIApp | None:
        """The answer that takes the endpoint's place, if any: a fault, 401 or 429."""
        if fault is not None:
            return _failure(fault) if fault.status else CutOff()
        if not self.controls.token or request.headers.get("api-token") != self.controls.token:
            return refusal(401, "Invalid token")
        if left < 0:
            return refusal(429, "Too many requests", {"retry-after": str(seconds)})
        return None

    def _with_budget(self, send: Send, left: int, seconds: int) -> Send:
        """Add the headers that tell what is left of the budget."""
        if not self.controls.sends_budget:
            return send
        told = {
            "ratelimit-limit": str(self.controls.requests_per_minute),
            "ratelimit-remaining": str(max(0, left)),
            "ratelimit-reset": str(seconds),
        }

        async def send_with_budget(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *((k.encode(), v.encode()) for k, v in told.items())]
            await send(message)

        return send_with_budget


def _failure(fault: levers.Fault) -> Response:
    return Response(fault.body, fault.status, fault.headers, media_type="application/json")


async def drain(request: Request) -> None:
    """Read a body to its end, so that a refusal reaches a client that is still sending."""
    async for _chunk in request.stream():
        pass
