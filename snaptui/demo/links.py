"""The demo's archive host: signed links that expire, ranges, entity tags; an origin apart from the API's."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from snaptui.demo.archives import Archive
from snaptui.demo.controls import Controls
from snaptui.demo.front import BrokenOff, Front

_CHUNK = 1 << 16
_PIECES_A_SECOND = 20
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


@dataclass(slots=True)
class _Link:
    name: str
    archive: Archive
    expires: datetime
    single_use: bool
    uses: int = 0


class Links:
    """Makes links and serves what they lead to. ``base_url`` is the archive host's, set once it listens."""

    def __init__(self, controls: Controls) -> None:
        self.controls = controls
        self.base_url = ""
        self._links: dict[str, _Link] = {}

    def make(self, name: str, archive: Archive, *, single_use: bool = False) -> tuple[str, datetime]:
        """Return a new link to an archive (``name`` is the last part of its path) and when the link expires."""
        signature = secrets.token_urlsafe(12)
        expires = datetime.now(UTC) + timedelta(seconds=self.controls.link_seconds)
        self._links[signature] = _Link(name, archive, expires, single_use or self.controls.single_use_links)
        return f"{self.base_url}/archives/{name}?signature={signature}", expires

    def expire_all(self) -> None:
        """Make every link made so far refuse from now on."""
        for link in self._links.values():
            link.expires = datetime.now(UTC)

    def application(self) -> ASGIApp:
        """The ASGI application of the archive host."""
        route = Route("/archives/{name:path}", self.serve, methods=["GET", "HEAD"])
        return Front(Starlette(routes=[route]), self.controls, "archives")

    async def serve(self, request: Request) -> Response:
        """Answer with the archive, or with the part of it that was asked for."""
        link = self._links.get(request.query_params.get("signature", ""))
        if link is None or link.name != request.path_params["name"]:
            return _refusal("SignatureDoesNotMatch")
        if request.method == "HEAD" and not self.controls.allows_head:
            return _refusal("AccessDenied")
        link.uses += 1
        if datetime.now(UTC) >= link.expires or (link.single_use and link.uses > 1):
            return _refusal("ExpiredToken")
        return self._answer(request, link.archive)

    def _answer(self, request: Request, archive: Archive) -> Response:
        headers = {"content-type": "application/zip"}
        if self.controls.sends_etag:
            headers["etag"] = archive.etag
        start, stop, status = 0, archive.size, 200
        if self.controls.honours_range:
            headers["accept-ranges"] = "bytes"
            span = asked_range(request, archive)
            if span is not None and span[0] >= span[1]:
                return Response(status_code=416, headers={"content-range": f"bytes */{archive.size}"})
            if span is not None:
                (start, stop), status = span, 206
                headers["content-range"] = f"bytes {start}-{stop - 1}/{archive.size}"
        headers["content-length"] = str(stop - start)
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers)
        cut_at = start + (stop - start) // 2 if request.scope["snaptui.cut"] else None
        return StreamingResponse(self._body(archive, start, stop, cut_at), status, headers)

    async def _body(self, archive: Archive, start: int, stop: int, cut_at: int | None) -> AsyncIterator[bytes]:
        """The bytes, no faster than ``bytes_per_second`` where that is set."""
        loop = asyncio.get_running_loop()
        hold_at, held = self.controls.body_hold or (stop, None)
        hold_at = min(max(start, hold_at), stop)
        began, sent, speed = loop.time(), 0, self.controls.bytes_per_second
        chunk = min(_CHUNK, max(1, speed // _PIECES_A_SECOND)) if speed else _CHUNK
        for low, high in ((start, hold_at), (hold_at, stop)):
            for piece in archive.read(low, high if cut_at is None else min(high, cut_at), chunk):
                yield piece
                sent += len(piece)
                await asyncio.sleep(max(0.0, sent / speed - (loop.time() - began)) if speed else 0)
            if held is not None and low < stop and high == hold_at:
                await held.wait()
        if cut_at is not None:
            raise BrokenOff


def asked_range(request: Request, archive: Archive) -> tuple[int, int] | None:
    """The one range asked for, as (start, stop); None where the whole is the answer: several, none, or another tag."""
    asked = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    condition = request.headers.get("if-range")
    if asked is None or (condition is not None and condition != archive.etag):
        return None
    first, last = asked.groups()
    if not first:
        return (max(0, archive.size - int(last)), archive.size) if last else None
    if last and int(last) < int(first):
        return None
    return int(first), min(archive.size, int(last) + 1) if last else archive.size


def _refusal(code: str) -> Response:
    """403 as a store of objects words it."""
    return Response(f"<Error><Code>{code}</Code></Error>", 403, media_type="application/xml")
