"""The requests of one load: the apps, and the snapshots page by page, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from snaptui.changes import Failed
from snaptui.errors import SnaptuiError
from snaptui.models import AppList, CreatedSnapshot, Listing
from snaptui.pacing import Priority


class CatalogApi(Protocol):
    """What the catalog asks of ``snaptui.api.DiscloudApi``."""

    async def apps(self, *, priority: Priority = ...) -> AppList: ...

    async def snapshots_page(
        self,
        page: int = ...,
        limit: int = ...,
        *,
        app_id: str | None = ...,
        summary: bool = ...,
        priority: Priority = ...,
    ) -> Listing: ...

    def snapshots(
        self, *, app_id: str | None = ..., limit: int = ..., priority: Priority = ...
    ) -> AsyncIterator[Listing]: ...

    async def app_snapshots(self, app_id: str, *, priority: Priority = ...) -> Listing: ...

    async def create_snapshot(self, app_id: str) -> CreatedSnapshot: ...


class Asking:
    """Sends the requests at once; ``answers`` yields what comes, ``stop`` ends what is still under way."""

    def __init__(self, api: CatalogApi, later_pages: Priority) -> None:
        self._pages = api.snapshots(priority=later_pages)
        self._apps = asyncio.create_task(api.apps(priority=Priority.USER))
        # The same request as the first of the pages, so the two share one answer, at a person's priority.
        self._ahead = asyncio.create_task(api.snapshots_page(priority=Priority.USER))
        self._page = asyncio.create_task(_next(self._pages))
        self._ahead.add_done_callback(_note)

    async def answers(self) -> AsyncIterator[AppList | Listing | Failed]:
        """Yield each answer as it comes; the pages end with the last one or with a Failed."""
        waiting: set[asyncio.Task[AppList] | asyncio.Task[Listing | None]] = {self._apps, self._page}
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if self._apps in done:
                yield _told(self._apps)
            if self._page in done:
                try:
                    listing = self._page.result()
                except SnaptuiError as error:
                    yield Failed(error, "snapshots")
                    continue
                if listing is not None:
                    # The next page is on its way while this one is shown.
                    self._page = asyncio.create_task(_next(self._pages))
                    waiting.add(self._page)
                    yield listing

    def stop(self) -> None:
        """End what is under way, without waiting for it."""
        for task in (self._apps, self._ahead, self._page):
            task.add_done_callback(_note)
            task.cancel()


def _told(task: asyncio.Task[AppList]) -> AppList | Failed:
    try:
        return task.result()
    except SnaptuiError as error:
        return Failed(error, "apps")


async def _next(pages: AsyncIterator[Listing]) -> Listing | None:
    return await anext(pages, None)


def _note(task: asyncio.Task[AppList] | asyncio.Task[Listing] | asyncio.Task[Listing | None]) -> None:
    """Look at how a task ended, so that asyncio does not report it as forgotten."""
    if not task.cancelled():
        task.exception()
