"""The demo's API: every endpoint of the contract, over a ``World``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from snaptui.demo import controls as levers
from snaptui.demo.commit import read_upload
from snaptui.demo.links import Links
from snaptui.demo.world import DemoApp, DemoVersion, World
from snaptui.models import is_app_id, is_version


class CutOff(Response):
    """An answer that promises a body and never sends it: the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the headers alone."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})


def _refusal(status: int, message: str) -> JSONResponse:
    return JSONResponse({"code": status, "message": message}, status)


class Api:
    """The endpoints; each takes a request and answers as the contract says."""

    def __init__(self, world: World, controls: levers.Controls, links: Links) -> None:
        self.world = world
        self.controls = controls
        self.links = links

    def application(self) -> ASGIApp:
        """The ASGI application, with token, budget and faults in front of every endpoint."""
        routes = [
            Route("/v2/user", self.user),
            Route("/v2/team", self.team),
            Route("/v2/app/all", self.all_apps),
            Route("/v2/app/{app_id}", self.one_app),
            Route("/v2/app/{app_id}/backup", self.backup),
            Route("/v2/app/{app_id}/commit", self.commit, methods=["PUT"]),
            Route("/v2/snapshot", self.listing),
            Route("/v2/snapshot/{app_id}", self.app_listing, methods=["GET"]),
            Route("/v2/snapshot/{app_id}", self.create, methods=["POST"]),
            Route("/v2/snapshot/{app_id}/versions/{version}", self.link),
        ]
        return Gate(Starlette(routes=routes), self.controls)

    async def user(self, request: Request) -> Response:
        """``GET /user``."""
        owned = [a.id for a in self.world.apps.values() if a.owned and not a.deleted]
        user = {
            "userID": self.world.user_id,
            "username": self.world.username,
            "plan": self.world.plan,
            "locale": "pt-BR",
            "totalRamMb": 4096,
            "ramUsedMb": 2304,
            "apps": owned,
            "subdomains": [],
            "customdomains": [],
            "planDataEnd": None,
            "lastDataLeft": None,
        }
        return JSONResponse({"status": "ok", "message": "User found", "user": user})

    async def team(self, request: Request) -> Response:
        """``GET /team``: ana is on no team."""
        return _refusal(404, "You are not on any team")

    def _app(self, app: DemoApp) -> dict[str, Any]:
        return {
            "id": app.id,
            "name": app.name,
            "type": 1 if app.style == "site" else 0,
            "online": app.online,
            "ramKilled": False,
            "exitCode": None if app.online else 1,
            "ram": 256,
            "mainFile": "index.js" if app.style == "site" else "src/main.py",
            "lang": "js" if app.style == "site" else "py",
            "mods": [],
            "autoRestart": True,
            "avatarURL": "",
            "addedTimestamp": 1_732_400_000_000,
        }

    async def all_apps(self, request: Request) -> Response:
        """``GET /app/all``."""
        apps = [self._app(app) for app in self.world.apps.values() if not app.deleted]
        return JSONResponse({"status": "ok", "message": "Apps found", "apps": apps})

    async def one_app(self, request: Request) -> Response:
        """``GET /app/{appID}``: the same, with one object."""
        app = self.world.apps.get(request.path_params["app_id"])
        if app is None or app.deleted:
            return _refusal(404, "App not found")
        return JSONResponse({"status": "ok", "message": "App found", "apps": self._app(app)})

    async def backup(self, request: Request) -> Response:
        """``GET /app/{appID}/backup``: the newest files, by a link fit for one use."""
        app = self.world.apps.get(request.path_params["app_id"])
        if app is None or app.deleted or not app.versions:
            return _refusal(404, "App not found")
        url, _ = self.links.make(app.id, app.versions[-1].version, single_use=True)
        return JSONResponse({"status": "ok", "message": "Backup ready", "backups": {"id": app.id, "url": url}})

    async def commit(self, request: Request) -> Response:
        """``PUT /app/{appID}/commit``: takes a ZIP and restarts the app."""
        app = self.world.apps.get(request.path_params["app_id"])
        if app is None or app.deleted:
            return _refusal(404, "App not found")
        if not app.owned:
            return _refusal(403, "You are not the owner of this app")
        if app.busy:
            return _refusal(409, "The app is busy with another task")
        status, message, archive = await read_upload(request)
        if archive is None:
            return _refusal(status, message)
        with self.world.lock:
            app.commits.append(archive)
            app.online = True
        logs = "unpacking\ninstalling requirements\nstarted"
        return JSONResponse({"status": "ok", "statusCode": 200, "message": "App updated", "logs": logs})

    def _entry(self, app: DemoApp, v: DemoVersion) -> dict[str, Any]:
        size: int | str = v.archive.size
        if self.controls.sizes_as_text:
            size = f"{v.archive.size / 1e6:.2f} MB"
        return {"appID": app.id, "version": v.version, "size": size, "date": v.taken.isoformat()}

    def _shaped(self, entries: list[tuple[DemoApp, DemoVersion]]) -> dict[str, Any]:
        """The listing in one of the shapes that the documentation leaves possible."""
        by_app: dict[str, list[dict[str, Any]]] = {}
        for app, v in entries:
            by_app.setdefault(app.id, []).append(self._entry(app, v))
        match self.controls.shape:
            case "flat":
                return {"snapshots": [entry for found in by_app.values() for entry in found]}
            case "nested":
                return {"apps": [{"id": i, "versions": found} for i, found in by_app.items()]}
            case "keyed":
                return {"snapshots": by_app}
            case "bare":
                return {"apps": [{"id": i, "versions": [e["version"] for e in found]} for i, found in by_app.items()]}

    async def listing(self, request: Request) -> Response:
        """``GET /snapshot``: pages of the account's snapshots, newest first."""
        query = request.query_params
        try:
            page, limit = int(query.get("page", "1")), int(query.get("limit", "50"))
        except ValueError:
            return _refusal(400, "page and limit are whole numbers")
        wanted = query.get("appID")
        if page < 1 or not 1 <= limit <= 200 or (wanted is not None and not is_app_id(wanted)):
            return _refusal(400, "Invalid page, limit or appID")
        with self.world.lock:
            found = [(a, v) for a in self.world.apps.values() for v in a.versions if wanted in (None, a.id)]
        if wanted is not None and not found:
            return _refusal(404, "No backups for this app")
        found.sort(key=lambda pair: pair[1].taken, reverse=True)
        shown = found[(page - 1) * limit : page * limit]
        return JSONResponse({"status": "ok", "message": "Snapshots found", **self._shaped(shown)})

    async def app_listing(self, request: Request) -> Response:
        """``GET /snapshot/{appID}``."""
        app_id = request.path_params["app_id"]
        if not is_app_id(app_id):
            return _refusal(400, "Invalid appID")
        app = self.world.apps.get(app_id)
        if app is None or not app.versions:
            return _refusal(404, "No backups for this app")
        with self.world.lock:
            versions = [self._entry(app, v) for v in reversed(app.versions)]
        for entry in versions:
            del entry["appID"]
        return JSONResponse({"status": "ok", "message": "Versions found", "app": {"id": app_id}, "versions": versions})

    async def create(self, request: Request) -> Response:
        """``POST /snapshot/{appID}``: takes a moment."""
        app_id = request.path_params["app_id"]
        if not is_app_id(app_id):
            return _refusal(400, "Invalid appID")
        app = self.world.apps.get(app_id)
        if app is None or app.deleted:
            return _refusal(404, "App not found")
        if not app.owned:
            return _refusal(403, "You are not the owner of this app")
        if app.busy:
            return _refusal(409, "The app is busy with another task")
        await asyncio.sleep(self.controls.create_seconds)
        made = self.world.create(app, self.world.clock())
        if self.controls.drop_post_answer:
            return CutOff()
        url, _ = self.links.make(app_id, made.version)
        everything = [
            {"version": v.version, "size": str(v.archive.size), "date": v.taken.isoformat()}
            for v in reversed(app.versions)
        ]
        snapshot = {"version": made.version, "size": str(made.archive.size), "url": url, "allVersions": everything}
        return JSONResponse(
            {"status": "ok", "message": "Snapshot created", "app": {"id": app_id}, "snapshot": snapshot}
        )

    async def link(self, request: Request) -> Response:
        """``GET /snapshot/{appID}/versions/{version}``: a temporary link."""
        app_id, version = request.path_params["app_id"], request.path_params["version"]
        if not is_app_id(app_id) or not is_version(version):
            return _refusal(400, "Invalid appID or version")
        found = self.world.find(app_id, version)
        if found is None:
            return _refusal(404, "No such version")
        url, expires = self.links.make(app_id, version, single_use=self.controls.single_use_links)
        download = {"url": url, "expiresAt": expires.isoformat(), "version": version, "size": found.archive.size}
        return JSONResponse({"status": "ok", "message": "Link ready", "app": {"id": app_id}, "download": download})


class Gate:
    """Stands before the endpoints: records the request, then latency, gates, faults, the token and the budget."""

    def __init__(self, inner: ASGIApp, controls: levers.Controls) -> None:
        self.inner = inner
        self.controls = controls
        self._window_ends = 0.0
        self._left = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        token = request.headers.get("api-token")
        path = request.url.path
        self.controls.requests.append(
            levers.Request(
                "api", request.method, path, request.url.query, tuple(request.headers.keys()), token is not None
            )
        )
        if self.controls.latency:
            await asyncio.sleep(self.controls.latency)
        await hold(self.controls, path)
        budget = self._spend()
        response = self._refuse(request.method, path, token, budget)

        async def send_with_budget(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *((k.encode(), v.encode()) for k, v in budget.items())]
            await send(message)

        answer: Callable[[Scope, Receive, Send], Awaitable[None]] = response or self.inner
        try:
            await answer(scope, receive, send_with_budget)
        except ClientDisconnect:
            return

    def _spend(self) -> dict[str, str]:
        """Take one request from the budget; return the headers that tell what is left."""
        now = time.monotonic()
        if now >= self._window_ends:
            self._window_ends, self._left = now + 60, self.controls.requests_per_minute
        self._left -= 1
        reset = max(1, round(self._window_ends - now))
        return {
            "ratelimit-limit": str(self.controls.requests_per_minute),
            "ratelimit-remaining": str(max(0, self._left)),
            "ratelimit-reset": str(reset),
        }

    def _refuse(self, method: str, path: str, token: str | None, budget: dict[str, str]) -> ASGIApp | None:
        fault = self.controls.take_fault(method, path.removeprefix("/v2"))
        if fault is not None:
            if fault.status == 0:
                return CutOff()
            return Response(fault.body, fault.status, fault.headers, media_type="application/json")
        if not self.controls.token or token != self.controls.token:
            return _refusal(401, "Invalid token")
        if self._left < 0:
            return JSONResponse(
                {"code": 429, "message": "Too many requests"}, 429, {"retry-after": budget["ratelimit-reset"]}
            )
        return None


async def hold(controls: levers.Controls, path: str) -> None:
    """Wait while a gate below ``path`` is closed."""
    for prefix, gate in list(controls.gates.items()):
        if path.removeprefix("/v2").startswith(prefix):
            while not gate.is_set():  # noqa: ASYNC110 - a test sets it from another thread, where asyncio's own event cannot be set
                await asyncio.sleep(0.005)
