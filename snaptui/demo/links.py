"""The demo's archive host: signed links that expire, ranges, entity tags; an origin apart from the API's."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from snaptui.demo import controls as levers
from snaptui.demo.archives import Archive
from snaptui.demo.world import World


@dataclass(slots=True)
class _Link:
    app_id: str
    version: str
    expires: datetime
    single_use: bool
    uses: int = 0


class Links:
    """Makes links and serves what they lead to. ``base_url`` is the archive host's, set once it listens."""

    def __init__(self, world: World, controls: levers.Controls) -> None:
        self.world = world
        self.controls = controls
        self.base_url = ""
        self._links: dict[str, _Link] = {}

    def make(self, app_id: str, version: str, *, single_use: bool = False) -> tuple[str, datetime]:
        """Return a new link and when it expires."""
        name = secrets.token_urlsafe(12)
        expires = datetime.now(UTC) + timedelta(seconds=self.controls.link_seconds)
        self._links[name] = _Link(app_id, version, expires, single_use)
        return f"{self.base_url}/archives/{app_id}/{version}.zip?signature={name}", expires

    def expire_all(self) -> None:
        """Make every link made so far refuse from now on."""
        for link in self._links.values():
            link.expires = datetime.now(UTC)

    def application(self) -> ASGIApp:
        """The ASGI application of the archive host."""
        return Starlette(routes=[Route("/archives/{app_id}/{version}.zip", self.serve, methods=["GET", "HEAD"])])

    async def serve(self, request: Request) -> Response:
        """Answer with the archive, or with the part of it that was asked for."""
        path = request.url.path
        self.controls.requests.append(
            levers.Request("archives", request.method, path, "", tuple(request.headers.keys()), self._token(request))
        )
        fault = self.controls.take_fault(request.method, path)
        if fault is not None and fault.status:
            return Response(fault.body, fault.status, fault.headers)
        link = self._links.get(request.query_params.get("signature", ""))
        if link is None or (link.app_id, link.version) != (
            request.path_params["app_id"],
            request.path_params["version"],
        ):
            return Response("<Error><Code>AccessDenied</Code></Error>", 403, media_type="application/xml")
        link.uses += 1
        if datetime.now(UTC) >= link.expires or (link.single_use and link.uses > 1):
            return Response("<Error><Code>ExpiredToken</Code></Error>", 403, media_type="application/xml")
        found = self.world.find(link.app_id, link.version)
        if found is None:
            return Response("<Error><Code>NoSuchKey</Code></Error>", 404, media_type="application/xml")
        return self._answer(request, found.archive, cut=fault is not None)

    @staticmethod
    def _token(request: Request) -> bool:
        return "api-token" in request.headers or "authorization" in request.headers

    def _answer(self, request: Request, archive: Archive, *, cut: bool) -> Response:
        headers = {"content-type": "application/zip"}
        if self.controls.sends_etag:
            headers["etag"] = archive.etag
        start, stop, status = 0, archive.size, 200
        if self.controls.honours_range:
            headers["accept-ranges"] = "bytes"
            span = self._span(request, archive)
            if span is not None and span[0] >= span[1]:
                return Response(status_code=416, headers={"content-range": f"bytes */{archive.size}"})
            if span is not None:
                (start, stop), status = span, 206
                headers["content-range"] = f"bytes {start}-{stop - 1}/{archive.size}"
        headers["content-length"] = str(stop - start)
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers)
        if cut:
            stop = start + (stop - start) // 2
        return StreamingResponse(self._body(archive, start, stop), status, headers)

    def _span(self, request: Request, archive: Archive) -> tuple[int, int] | None:
        """The one range asked for, as (start, stop); None where the whole is the answer."""
        asked = request.headers.get("range", "")
        condition = request.headers.get("if-range")
        if not asked.startswith("bytes=") or "," in asked or (condition and condition != archive.etag):
            return None
        first, _, last = asked.removeprefix("bytes=").partition("-")
        if not first:
            return (max(0, archive.size - int(last)), archive.size) if last.isdecimal() else None
        if not first.isdecimal():
            return None
        return int(first), min(archive.size, int(last) + 1) if last.isdecimal() else archive.size

    async def _body(self, archive: Archive, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes, no faster than ``bytes_per_second`` where that is set."""
        loop = asyncio.get_running_loop()
        began, sent = loop.time(), 0
        for piece in archive.read(start, stop):
            yield piece
            sent += len(piece)
            speed = self.controls.bytes_per_second
            ahead = sent / speed - (loop.time() - began) if speed else 0
            await asyncio.sleep(max(0.0, ahead))
