"""The demo's API: every endpoint of the contract, over a ``World``."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from snaptui.demo.commit import Refused, read_upload
from snaptui.demo.controls import Controls
from snaptui.demo.front import CutOff, Front, drain, refusal
from snaptui.demo.links import Links
from snaptui.demo.shapes import date_as, entry, shaped, size_as
from snaptui.demo.world import DemoApp, DemoVersion, World
from snaptui.models import is_app_id, is_version

_FLAGS = {"true": True, "false": False}
_TEAM_PERMISSIONS = ["logs_app", "restart_app"]


class Api:
    """The endpoints; each takes a request and answers as the contract says."""

    def __init__(self, world: World, controls: Controls, links: Links) -> None:
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
        return Front(Starlette(routes=routes, exception_handlers={HTTPException: _not_there}), self.controls, "api")

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
        """``GET /team``: others' apps, and what ana may do with them; taking backups is not among it."""
        apps = [{**self._app(app), "perms": _TEAM_PERMISSIONS} for app in self.world.apps.values() if not app.owned]
        if not apps:
            return refusal(404, "You are not on any team")
        return JSONResponse({"status": "ok", "message": "Team apps found", "apps": apps})

    def _app(self, app: DemoApp) -> dict[str, Any]:
        return {
            "id": app.id,
            "name": app.name,
            "type": 1 if app.style == "site" else 0,
            "online": app.is_online,
            "ramKilled": False,
            "exitCode": None if app.is_online else 1,
            "ram": 256,
            "mainFile": "index.js" if app.style in ("site", "log") else "src/main.py",
            "lang": "js" if app.style in ("site", "log") else "py",
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
            return refusal(404, "App not found")
        return JSONResponse({"status": "ok", "message": "App found", "apps": self._app(app)})

    async def backup(self, request: Request) -> Response:
        """``GET /app/{appID}/backup``: the files as they are now, by a link fit for one use."""
        app = self.world.apps.get(request.path_params["app_id"])
        if app is None or app.deleted:
            return refusal(404, "App not found")
        url, _ = self.links.make(f"{app.id}/now.zip", self.world.files_of(app), single_use=True)
        return JSONResponse({"status": "ok", "message": "Backup ready", "backups": {"id": app.id, "url": url}})

    async def commit(self, request: Request) -> Response:
        """``PUT /app/{appID}/commit``: takes a ZIP in the place of the app's files and restarts the app."""
        app = self.world.apps.get(request.path_params["app_id"])
        refused = self._unchangeable(app)
        if app is None or refused is not None:
            await drain(request)
            return refused or refusal(404, "App not found")
        try:
            archive = await read_upload(request)
        except Refused as problem:
            return refusal(problem.status, problem.message)
        self.world.commit(app, archive, self.controls.restart_seconds)
        logs = "unpacking\ninstalling requirements\nstarted"
        return JSONResponse({"status": "ok", "statusCode": 200, "message": "App updated", "logs": logs})

    @staticmethod
    def _unchangeable(app: DemoApp | None) -> Response | None:
        """Why this app cannot be changed now, if so."""
        if app is None or app.deleted:
            return refusal(404, "App not found")
        if not app.owned:
            return refusal(403, "You are not the owner of this app")
        if app.busy or app.creating:
            return refusal(409, "The app is busy with another task")
        return None

    async def listing(self, request: Request) -> Response:
        """``GET /snapshot``: pages of the account's snapshots, newest first."""
        query = request.query_params
        try:
            page, limit = int(query.get("page", "1")), int(query.get("limit", "50"))
        except ValueError:
            return refusal(400, "page and limit are whole numbers")
        wanted, summary = query.get("appID"), query.get("summary", "false")
        if summary not in _FLAGS:
            return refusal(400, "summary is true or false")
        if page < 1 or not 1 <= limit <= 200 or (wanted is not None and not is_app_id(wanted)):
            return refusal(400, "Invalid page, limit or appID")
        with self.world.lock:
            found = [(a, v) for a in self.world.apps.values() for v in a.versions if wanted in (None, a.id)]
        if wanted is not None and not found:
            return refusal(404, "No backups for this app")
        found.sort(key=lambda pair: pair[1].taken, reverse=True)
        page = 1 if self.controls.repeats_pages else page
        shown = shaped(found[(page - 1) * limit : page * limit], self.controls, summary=_FLAGS[summary])
        return JSONResponse({"status": "ok", "message": "Snapshots found", **shown})

    async def app_listing(self, request: Request) -> Response:
        """``GET /snapshot/{appID}``."""
        app_id = request.path_params["app_id"]
        if not is_app_id(app_id):
            return refusal(400, "Invalid appID")
        app = self.world.apps.get(app_id)
        if app is None or not app.versions:
            return refusal(404, "No backups for this app")
        with self.world.lock:
            versions = [entry(version, self.controls) for version in reversed(app.versions)]
        return JSONResponse({"status": "ok", "message": "Versions found", "app": {"id": app_id}, "versions": versions})

    async def create(self, request: Request) -> Response:
        """``POST /snapshot/{appID}``: takes a moment."""
        app_id = request.path_params["app_id"]
        if not is_app_id(app_id):
            return refusal(400, "Invalid appID")
        app = self.world.apps.get(app_id)
        refused = self._unchangeable(app)
        if app is None or refused is not None:
            return refused or refusal(404, "App not found")
        app.creating = True
        try:
            await asyncio.sleep(self.controls.create_seconds)
            made = self.world.create(app, self.world.clock())
        finally:
            app.creating = False
        if self.controls.drop_post_answer:
            return CutOff()
        url, _ = self.links.make(f"{app_id}/{made.version}.zip", made.archive)
        told = {**self._spelled_out(made), "url": url}
        del told["date"]
        told["allVersions"] = [self._spelled_out(version) for version in reversed(app.versions)]
        return JSONResponse({"status": "ok", "message": "Snapshot created", "app": {"id": app_id}, "snapshot": told})

    def _spelled_out(self, version: DemoVersion) -> dict[str, Any]:
        """A snapshot as creation tells it: size and date are always strings there."""
        size, date = (size_as(self.controls.sizes, version.archive.size), date_as(self.controls.dates, version.taken))
        return {"version": version.version, "size": str(size or ""), "date": str(date or "")}

    async def link(self, request: Request) -> Response:
        """``GET /snapshot/{appID}/versions/{version}``: a temporary link."""
        app_id, version = request.path_params["app_id"], request.path_params["version"]
        if not is_app_id(app_id) or not is_version(version):
            return refusal(400, "Invalid appID or version")
        found = self.world.find(app_id, version)
        if found is None:
            return refusal(404, "No such version")
        url, expires = self.links.make(f"{app_id}/{version}.zip", found.archive)
        download = {"url": url, "expiresAt": expires.isoformat(), "version": version, "size": found.archive.size}
        return JSONResponse({"status": "ok", "message": "Link ready", "app": {"id": app_id}, "download": download})


async def _not_there(request: Request, error: Exception) -> Response:
    """Paths and methods that the API does not have, in its own words."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return refusal(status, "No such endpoint")
