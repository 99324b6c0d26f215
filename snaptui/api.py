"""The Discloud API: one class, every failure told once, in snaptui's own errors.

GETs that can succeed a moment later are tried again, and who asks for what is already under way shares its
answer; a POST is sent once. All of them are paced by the server's budget.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from snaptui import wire
from snaptui.answers import GATEWAY_STATUSES, Answer
from snaptui.endpoint import DEFAULT_BASE_URL, origin_of, validate_base_url
from snaptui.errors import OutcomeUnknown, SnaptuiError, UnreadableAnswer, UsageError
from snaptui.exchange import Exchange, Failed
from snaptui.formatting import number
from snaptui.i18n import _
from snaptui.models import (
    Account,
    AppList,
    CreatedSnapshot,
    DownloadLink,
    Listing,
    RateLimit,
    SnapshotKey,
    is_app_id,
    is_version,
)
from snaptui.pacing import Claim, Pacer, Priority, Wait
from snaptui.retry import Backoff, Gets

if TYPE_CHECKING:
    import httpx

    from snaptui.tokens import Token

__all__ = ["DEFAULT_BASE_URL", "LONGEST_PAGE", "DiscloudApi", "Priority", "Wait", "origin_of", "validate_base_url"]

LONGEST_PAGE = 200
_MOST_PAGES = 1_000
# The documented default page: a server that caps pages lower than asked will hardly cap them lower than this.
_SMALLEST_CAP = 50
_UNTOLD_LIMIT_SECONDS = 2.0


class DiscloudApi:
    """Speaks to the Discloud API with one account's token; use it as a context manager or call ``aclose``.

    ``max_wait`` bounds the seconds a person's request spends waiting for the rate limit and between tries (a
    whole window fits into the default); past it the error is raised instead. ``on_wait`` hears of each wait.
    """

    def __init__(
        self,
        base_url: str,
        token: Token,
        *,
        max_wait: float = 90.0,
        on_wait: Callable[[Wait], None] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._exchange = Exchange(validate_base_url(base_url), token, now=now, transport=transport)
        self._pacer = Pacer(on_wait=on_wait, clock=clock, sleep=sleep, now=now)
        self._gets = Gets(
            self._exchange, self._pacer, max_wait=max_wait, on_wait=on_wait, sleep=sleep, backoff=Backoff(jitter)
        )
        self._max_wait = max_wait

    def __repr__(self) -> str:
        return f"DiscloudApi({self.origin!r})"

    async def __aenter__(self) -> DiscloudApi:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End what is under way and close the connections."""
        self._pacer.close()
        await self._gets.aclose()
        await self._exchange.aclose()

    @property
    def origin(self) -> str:
        """``scheme://host:port`` of the API, the only place the token goes."""
        return self._exchange.origin

    @property
    def requests_sent(self) -> int:
        """How many requests went out, tries included."""
        return self._exchange.requests_sent

    @property
    def rate_limit(self) -> RateLimit | None:
        """The budget as the server told it, less what has been sent since; None before it told of one."""
        return self._pacer.rate_limit

    async def user(self, *, priority: Priority = Priority.USER) -> Account:
        """Ask whose token this is."""
        return wire.read_account(await self._get("/user", priority=priority))

    async def apps(self, *, priority: Priority = Priority.USER) -> AppList:
        """Ask for every app of the account."""
        return wire.read_apps(await self._get("/app/all", priority=priority))

    async def snapshots_page(
        self,
        page: int = 1,
        limit: int = LONGEST_PAGE,
        *,
        app_id: str | None = None,
        summary: bool = False,
        priority: Priority = Priority.USER,
    ) -> Listing:
        """Ask for one page of the account's snapshots, or of one app's; past the last page it is empty."""
        if page < 1 or not 1 <= limit <= LONGEST_PAGE:
            raise UsageError(_("Pages count from 1 and hold 1 to {most} snapshots.").format(most=LONGEST_PAGE))
        params = {"page": str(page), "limit": str(limit)}
        if summary:
            params["summary"] = "true"
        if app_id is not None:
            params["appID"] = _checked_app_id(app_id)
        return await self._listing("/snapshot", params, app_id, priority)

    async def snapshots(
        self, *, app_id: str | None = None, limit: int = LONGEST_PAGE, priority: Priority = Priority.USER
    ) -> AsyncIterator[Listing]:
        """Follow the pages, one listing each, without what an earlier page already had.

        Ends at an empty page, one that brings nothing new, or a short one. A server may cap pages below the
        ``limit``, so a page is short when it has fewer entries than any sensible cap, or than a limit the server
        was seen to honour. Raises UnreadableAnswer when there is no end in sight.
        """
        seen: set[SnapshotKey] = set()
        full_page = min(limit, _SMALLEST_CAP)
        for page in range(1, _MOST_PAGES + 1):
            listing = await self.snapshots_page(page, limit, app_id=app_id, priority=priority)
            new = tuple(snapshot for snapshot in listing.snapshots if snapshot.key not in seen)
            if page > 1 and not new:
                if not listing.snapshots and listing.unreadable:
                    yield listing
                return
            seen.update(snapshot.key for snapshot in new)
            yield Listing(snapshots=new, unreadable=listing.unreadable)
            entries = len(listing.snapshots) + listing.unreadable
            if entries == limit:
                full_page = limit
            if entries < full_page:
                return
        raise UnreadableAnswer(
            _("The list of snapshots does not end after {pages} pages; look for a newer snaptui.").format(
                pages=number(_MOST_PAGES)
            )
        )

    async def app_snapshots(self, app_id: str, *, priority: Priority = Priority.USER) -> Listing:
        """Ask for every snapshot of one app; an app without any has an empty listing."""
        return await self._listing(f"/snapshot/{_checked_app_id(app_id)}", {}, app_id, priority)

    async def download_link(self, app_id: str, version: str, *, priority: Priority = Priority.USER) -> DownloadLink:
        """Ask for a temporary address of one archive; never shared between callers, for it may be fit for one use."""
        path = f"/snapshot/{_checked_app_id(app_id)}/versions/{_checked_version(version)}"
        return wire.read_link(await self._get(path, priority=priority, share=False), app_id, version)

    async def create_snapshot(self, app_id: str) -> CreatedSnapshot:
        """Take a snapshot of an app now, which may last minutes.

        Sent once. Raises OutcomeUnknown when it broke off after it may have reached the server: look at the
        app's list before trying again.
        """
        path = f"/snapshot/{_checked_app_id(app_id)}"
        claim = Claim(Priority.USER, self._max_wait, brief=False)
        async with self._pacer.turn(claim):
            outcome = await self._exchange.send("POST", path, {}, lambda headers: self._pacer.heard(headers, claim))
        if isinstance(outcome, Failed):
            raise _outcome_unknown() if outcome.sent else outcome.error
        if outcome.status == 429:
            self._pacer.refused(outcome.wait_seconds or _UNTOLD_LIMIT_SECONDS)
        error = outcome.error()
        is_success = 200 <= outcome.http_status < 300
        if outcome.http_status in GATEWAY_STATUSES or (is_success and isinstance(error, UnreadableAnswer)):
            raise _outcome_unknown()
        if error is not None:
            raise error
        return _created(outcome, app_id)

    async def _listing(self, path: str, params: Mapping[str, str], app_id: str | None, priority: Priority) -> Listing:
        answer = await self._gets.answer(path, params, priority=priority)
        if answer.is_empty:
            return Listing()
        return wire.read_listing(_document(answer), app_id)

    async def _get(self, path: str, *, priority: Priority, share: bool = True) -> object:
        return _document(await self._gets.answer(path, {}, priority=priority, share=share))


def _document(answer: Answer) -> object:
    if (error := answer.error()) is not None:
        raise error
    return answer.document


def _created(answer: Answer, app_id: str) -> CreatedSnapshot:
    try:
        return wire.read_created(answer.document, app_id)
    except UnreadableAnswer:
        pass  # The server says it succeeded, only not clearly in what.
    raise _outcome_unknown()


def _outcome_unknown() -> SnaptuiError:
    return OutcomeUnknown(
        _("The answer was lost, so a snapshot may have been taken or not; look at the app's list before you try again.")
    )


def _checked_app_id(app_id: str) -> str:
    if not is_app_id(app_id):
        raise UsageError(_("An app id has only letters, digits and hyphens, at most 40; check it."))
    return app_id


def _checked_version(version: str) -> str:
    if not is_version(version):
        raise UsageError(_("A version looks like 20261122-030000; check it."))
    return version
