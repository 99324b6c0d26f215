"""One archive brought down whole: resumed, its link renewed, retried while that can help, checked, named last.

``download`` is the whole interface. The work is done by one daemon thread; events come out as an async iterator.
At the final name there is nothing, or the whole archive.
"""

from __future__ import annotations

import asyncio
import http.client
import random
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from snaptui.archives.verify import Verified, check_archive
from snaptui.archives.work import Cancelled, Job, events
from snaptui.errors import (
    ArchiveDamaged,
    HeldElsewhere,
    NetworkFailed,
    RateLimited,
    ServerFailed,
    SnaptuiError,
    TransferBroken,
    UnreadableAnswer,
)
from snaptui.i18n import _
from snaptui.models import DownloadLink, SnapshotKey
from snaptui.transfers.address import Zone, api_zone
from snaptui.transfers.connection import Reply
from snaptui.transfers.connection import request as send_request
from snaptui.transfers.events import Advanced, Checking, Event, Finished, Started, StartedOver, Waiting
from snaptui.transfers.fetching import LinkExpired, Passing, Unusable, accept, ask
from snaptui.transfers.part import Part, exists

_CHUNK = 512 * 1024
_SYNC_BYTES = 64 * 1024 * 1024
_SYNC_SECONDS = 5.0
_RATE_SECONDS = 5.0


class LinkSource(Protocol):
    """Whoever makes download links; ``DiscloudApi`` does."""

    async def download_link(self, app_id: str, version: str) -> DownloadLink:
        """Return a new link."""
        ...


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """What to fetch and where to put it. ``overwrite`` replaces whatever has the final name."""

    key: SnapshotKey
    target: Path
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on: seconds without a byte, tries and links without progress, and the pauses between them."""

    stall_seconds: float = 30.0
    tries: int = 8
    first_pause: float = 0.5
    longest_pause: float = 30.0
    renewing_bytes: int = 1 << 20
    longest_limit_wait: float = 120.0
    refused_links: int = 4


async def download(
    request: DownloadRequest,
    links: LinkSource,
    *,
    api_origin: str,
    patience: Patience | None = None,
    wait_for_other: bool = False,
) -> AsyncIterator[Event]:
    """Fetch one archive; the last event is ``Finished``.

    Closing the iterator stops the work and keeps the part for the next try. ``wait_for_other`` waits while another
    process fetches the same file. Raises any TransferError, and what asking for a link raises.
    """
    loop = asyncio.get_running_loop()
    work = _Download(request, links, loop, api_zone(api_origin), patience or Patience(), wait_for_other)
    source = events(work.run, name="download")
    try:
        async for event in source:
            yield event
    finally:
        await source.aclose()  # type: ignore[attr-defined]


class _Download:
    """The state of one download, on its thread."""

    def __init__(
        self,
        request: DownloadRequest,
        links: LinkSource,
        loop: asyncio.AbstractEventLoop,
        home: Zone,
        patience: Patience,
        wait_for_other: bool,
    ) -> None:
        self._request, self._links, self._loop = request, links, loop
        self._home, self._patience, self._wait_for_other = home, patience, wait_for_other
        self._stop = threading.Event()
        self._abort: Callable[[], None] | None = None
        self._link: DownloadLink | None = None
        self._resumed_from = 0
        self._joined = False
        self._farthest = 0
        self._failures = 0
        self._spoiled = 0
        self._recent: deque[tuple[float, int]] = deque()

    def run(self, job: Job[Event]) -> None:
        """Do it all; the thread's main function."""
        job.on_cancel(self._cancelled)
        while True:
            if not self._request.overwrite and (present := self._already_present(job)):
                job.tell(present)
                return
            try:
                part = Part(self._request.target, self._request.key)
                break
            except HeldElsewhere as error:
                if not self._wait_for_other:
                    raise
                job.tell(Waiting(error.sentence, 1.0, 1))
                self._pause(1.0)
        try:
            self._farthest = self._resumed_from = part.length
            verified = self._fetch_and_check(job, part)
            part.publish(overwrite=self._request.overwrite)
        finally:
            part.close()
        job.tell(
            Finished(self._request.target, verified.size_bytes, verified.sha256, verified.members, self._resumed_from)
        )

    def _cancelled(self) -> None:
        self._stop.set()
        if self._abort is not None:
            self._abort()

    def _set_abort(self, abort: Callable[[], None]) -> None:
        self._abort = abort
        if self._stop.is_set():
            abort()

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Cancelled

    # What is there already

    def _already_present(self, job: Job[Event]) -> Finished | None:
        """The file at the final name, where it is this very archive; raise TargetExists where it is another."""
        target = self._request.target
        if not target.exists():
            if target.is_symlink():
                raise exists(target)
            return None
        try:
            link = self._renewed_link()
            verified = self._check(job, target, link.size_bytes)
        except ArchiveDamaged:
            raise exists(target) from None
        return Finished(target, verified.size_bytes, verified.sha256, verified.members, already_present=True)

    # Links

    def _current_link(self) -> DownloadLink:
        link = self._link
        if link is not None and (link.expires_at is None or link.expires_at.timestamp() - time.time() > 1):
            return link
        return self._renewed_link()

    def _renewed_link(self) -> DownloadLink:
        """Ask the API for a link, on the event loop's thread."""
        future = asyncio.run_coroutine_threadsafe(self._links.download_link(*self._request.key), self._loop)

        def abort() -> None:
            future.cancel()

        self._set_abort(abort)
        try:
            self._link = future.result()
        except CancelledError:
            raise Cancelled from None
        return self._link

    # Fetching

    def _fetch_and_check(self, job: Job[Event], part: Part) -> Verified:
        while True:
            self._fetch(job, part)
            job.check()
            try:
                return self._check(job, part.path, self._link.size_bytes if self._link else None)
            except ArchiveDamaged as error:
                # Two halves of different archives look whole until they are checked; once more from the start tells.
                if not self._joined or self._spoiled:
                    part.discard()
                    raise
                self._spoiled += 1
                self._start_over(job, part, error.sentence)

    def _check(self, job: Job[Event], path: Path, expected: int | None) -> Verified:
        return check_archive(
            path,
            expected_size=expected,
            on_progress=lambda done, total: job.progress(lambda: Checking(done, total)),
            check_cancelled=job.check,
        )

    def _fetch(self, job: Job[Event], part: Part) -> None:
        """Bring the part to its full length, through whatever can pass."""
        refusals, length = 0, 0
        while True:
            job.check()
            if part.length > length:
                refusals, length = 0, part.length
            try:
                if self._attempt(job, part):
                    return
                self._failed(job, part, Passing(_("the connection ended early")))
            except LinkExpired as error:
                refusals += 1
                self._link = None
                if refusals >= self._patience.refused_links:
                    raise error.refused from None
                if refusals > 1:
                    self._failed(job, part, Passing(error.reason))
            except Unusable as error:
                self._start_over(job, part, error.reason)
                self._failed(job, part, Passing(error.reason), pause=self._failures > 0)
            except Passing as error:
                self._failed(job, part, error)
            except RateLimited as error:
                if error.seconds > self._patience.longest_limit_wait:
                    raise
                self._failed(job, part, Passing(error.sentence, error.seconds))
            except (NetworkFailed, ServerFailed, UnreadableAnswer) as error:
                if isinstance(error, NetworkFailed) and error.kind in ("tls", "setup"):
                    raise
                self._failed(job, part, Passing(error.sentence))
            except (OSError, http.client.HTTPException) as error:
                if self._stop.is_set():
                    raise Cancelled from None
                self._failed(job, part, Passing(_reason(error)))

    def _failed(self, job: Job[Event], part: Part, why: Passing, *, pause: bool = True) -> None:
        """Count a failure; wait for the next try, or raise where the tries ran out."""
        if part.length >= self._farthest + self._patience.renewing_bytes:
            self._failures = 0
        self._farthest = max(self._farthest, part.length)
        self._failures += 1
        if self._failures >= self._patience.tries:
            if why.error is not None:
                raise why.error
            raise TransferBroken(
                _("The download broke off again and again ({reason}); what came is kept: try again later.").format(
                    reason=why.reason
                )
            )
        if not pause:
            return
        seconds = min(self._patience.longest_pause, self._patience.first_pause * 2 ** (self._failures - 1))
        seconds = max(seconds * random.uniform(0.5, 1.0), why.seconds)  # noqa: S311 - jitter, not a secret
        job.tell(Waiting(why.reason, seconds, self._failures + 1))
        self._pause(seconds)

    def _start_over(self, job: Job[Event], part: Part, reason: str) -> None:
        self._joined = False
        self._resumed_from = 0
        part.start_over()
        job.tell(StartedOver(reason))

    def _attempt(self, job: Job[Event], part: Part) -> bool:
        """One request; return whether the part now has its full length."""
        if part.length and part.etag is None:
            self._start_over(job, part, _("the archive's host cannot continue a download"))
        if part.length and part.length == part.state.total:
            return True
        link = self._current_link()
        reply = send_request(
            link.url,
            ask(part.length, part.etag),
            home=self._home,
            timeout=self._patience.stall_seconds,
            on_cancel=self._set_abort,
        )
        try:
            answer = accept(reply, part.length, part.etag, part.state.total)
            if answer.starts_over and part.length:
                self._start_over(job, part, answer.reason)
            self._joined = self._joined or part.length > 0
            part.describe(answer.total if answer.total is not None else link.size_bytes, answer.etag)
            part.require_room()
            job.tell(Started(self._request.target, part.state.total, part.length))
            self._receive(job, part, reply, answer.length)
            part.sync()
        finally:
            reply.close()
        expected = part.state.total
        if answer.length is None and expected is None:
            part.describe(part.length, answer.etag)
            return True
        return expected is not None and part.length >= expected

    def _receive(self, job: Job[Event], part: Part, reply: Reply, length: int | None) -> None:
        buffer = memoryview(bytearray(_CHUNK))
        synced, synced_at = part.length, time.monotonic()
        end = None if length is None else part.length + length
        while end is None or part.length < end:
            try:
                count = reply.readinto(buffer)
            except BaseException:
                job.check()
                raise
            job.check()
            if not count:
                return
            if not part.length and bytes(buffer[:2]) != b"PK":
                raise self._not_an_archive(part)
            part.write(buffer[:count])
            now = time.monotonic()
            job.progress(lambda: Advanced(part.length, part.state.total, self._rate(part.length)))
            if part.length - synced >= _SYNC_BYTES or (now - synced_at >= _SYNC_SECONDS and part.length > synced):
                part.require_room()
                part.sync()
                synced, synced_at = part.length, now

    def _not_an_archive(self, part: Part) -> SnaptuiError:
        error = ArchiveDamaged(
            _("What the archive's host sent is not a ZIP archive: try again in a moment, or take another version.")
        )
        self._spoiled += 1
        self._link = None
        if self._spoiled > 1:
            return error
        passing = Passing(_("the archive's host sent something else"))
        passing.error = error
        return passing

    def _rate(self, length: int) -> float:
        """Bytes a second over the last seconds."""
        now = time.monotonic()
        self._recent.append((now, length))
        while len(self._recent) > 2 and now - self._recent[0][0] > _RATE_SECONDS:
            self._recent.popleft()
        began, at = self._recent[0]
        return max(0.0, (length - at) / (now - began)) if now > began else 0.0


def _reason(error: BaseException) -> str:
    """Why a connection failed, in a few words."""
    if isinstance(error, TimeoutError):
        return _("no byte came for a while")
    if isinstance(error, ConnectionRefusedError):
        return _("the archive's host refused the connection")
    return _("the connection broke")
