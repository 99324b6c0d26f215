"""An account held in memory, for what cannot be made to happen over a socket at a chosen moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta

from snaptui.errors import SnaptuiError
from snaptui.models import App, AppList, CreatedSnapshot, Listing, Snapshot
from snaptui.pacing import Priority

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def snap(app_id: str, hours: float, size: int | None = 100) -> Snapshot:
    """A snapshot taken so many hours ago."""
    when = NOW - timedelta(hours=hours)
    return Snapshot(app_id, f"{when:%Y%m%d-%H%M%S}", when, size)


class ListedApi:
    """Answers with these apps and pages. ``failing`` names calls that fail, ``gates`` holds answers back."""

    def __init__(self, apps: Iterable[App] = (), pages: Iterable[Iterable[Snapshot]] = ()) -> None:
        self.app_list = AppList(tuple(apps))
        self.pages = [Listing(tuple(page)) for page in pages]
        self.by_app: dict[str, Listing] = {}
        self.created: CreatedSnapshot | SnaptuiError | None = None
        self.failing: dict[str, SnaptuiError] = {}
        self.gates: dict[str, asyncio.Event] = {}
        self.calls: list[str] = []
        self.priorities: list[Priority] = []

    async def _pass(self, call: str) -> None:
        self.calls.append(call)
        if call in self.gates:
            await self.gates[call].wait()
        if call in self.failing:
            raise self.failing[call]

    async def apps(self, *, priority: Priority = Priority.USER) -> AppList:
        await self._pass("apps")
        return self.app_list

    async def snapshots_page(
        self,
        page: int = 1,
        limit: int = 200,
        *,
        app_id: str | None = None,
        summary: bool = False,
        priority: Priority = Priority.USER,
    ) -> Listing:
        return self.pages[page - 1] if page <= len(self.pages) else Listing()

    async def snapshots(
        self, *, app_id: str | None = None, limit: int = 200, priority: Priority = Priority.USER
    ) -> AsyncIterator[Listing]:
        self.priorities.append(priority)
        for number, page in enumerate(self.pages, 1):
            await self._pass(f"page {number}")
            yield page

    async def app_snapshots(self, app_id: str, *, priority: Priority = Priority.USER) -> Listing:
        await self._pass(f"app {app_id}")
        return self.by_app.get(app_id, Listing())

    async def create_snapshot(self, app_id: str) -> CreatedSnapshot:
        await self._pass(f"create {app_id}")
        if isinstance(self.created, SnaptuiError):
            raise self.created
        assert self.created is not None
        return self.created
