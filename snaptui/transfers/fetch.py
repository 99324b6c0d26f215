"""The work of one download, top to bottom, on its own thread: what ``download`` tells about.

Blocking on purpose: a plain loop over a socket is the fastest and the easiest to stop. Links come from the event
loop; a cancelled job wakes the thread from whatever it waits for.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import ssl
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from snaptui.archives.verify import Verified, check_archive
from snaptui.archives.work import Job
from snaptui.errors import (
    ArchiveDamaged,
    ArchiveRefused,
    HeldElsewhere,
    NetworkFailed,
    RateLimited,
    ServerFailed,
    SnaptuiError,
    TransferBroken,
    TransferError,
    UnreadableAnswer,
)
from snaptui.formatting import exact_bytes, size
from snaptui.i18n import _
from snaptui.models import DownloadLink
from snaptui.transfers.address import Zone
from snaptui.transfers.connection import Reply, home_zone
from snaptui.transfers.connection import request as send
from snaptui.transfers.events import Checking, Event, Finished, Started, StartedOver, Waiting
from snaptui.transfers.fetching import Accepted, LinkExpired, Unusable, accept, ask
from snaptui.transfers.part import Part, exists
from snaptui.transfers.patience import Passing, Patience, Tries
from snaptui.transfers.presence import ask_tail, directory_start, is_same, look_at
from snaptui.transfers.receiving import Receiver
from snaptui.transfers.request import DownloadRequest, LinkSource
from snaptui.transfers.waking import Links, Waker, give_way

T = TypeVar("T")


class Fetch:
    """One download's state; ``run`` does it all and tells about it."""

    def __init__(
        self,
        request: DownloadRequest,
        source: LinkSource,
        loop: asyncio.AbstractEventLoop,
        *,
        api_origin: str,
        patience: Patience,
        wait_for_other: bool,
    ) -> None:
        self._request, self._source, self._loop = request, source, loop
        self._api_origin, self._patience, self._wait_for_other = api_origin, patience, wait_for_other
        self._home: Zone | None = None
        self._resumed_from = 0
        self._joined = False
        self._job: Job[Event]
        self._waker: Waker
        self._links: Links

    def run(self, job: Job[Event]) -> None:
        """Bring the archive to its final name, or raise; the last event told is ``Finished``."""
        give_way()
        self._job = job
        self._waker = Waker(job)
        self._links = Links(self._source, self._request.key, self._loop, self._waker)
        part = self._open_part()
        if part is None:
            job.tell(self._finished(self._compare_present(), already_present=True))
            return
        try:
            verified = self._bring(part)
            part.publish(overwrite=self._request.overwrite)
        finally:
            with contextlib.suppress(TransferError):
                if part.can_be_continued:
                    part.sync()
            part.close()
        job.tell(self._finished(verified))

    def _finished(self, verified: Verified, *, already_present: bool = False) -> Finished:
        return Finished(
            self._request.target,
            verified.size_bytes,
            verified.sha256,
            verified.members,
            0 if already_present else self._resumed_from,
            already_present,
            verified.unchecked,
        )

    def _open_part(self) -> Part | None:
        """The part, locked; None where the final name is taken by what may be this archive."""
        request, tries = self._request, 0
        while True:
            if look_at(request.target, overwrite=request.overwrite) and not request.overwrite:
                return None
            try:
                part = Part(request.target, request.key, expected_size=request.expected_size)
            except HeldElsewhere as error:
                if not self._wait_for_other:
                    raise
                tries += 1
                self._job.tell(Waiting(error.sentence, self._patience.other_seconds, tries))
                self._waker.pause(self._patience.other_seconds)
                continue
            # Between the look and the lock another process may have finished.
            if not look_at(request.target, overwrite=request.overwrite) or request.overwrite:
                return part
            part.close()

    # What has the final name already

    def _compare_present(self) -> Verified:
        """Check the file that is there. Raises TargetExists where it is another."""
        target = self._request.target
        try:
            verified = self._check(target, None)
            start = directory_start(target)
        except (ArchiveDamaged, ArchiveRefused):
            raise exists(target) from None
        if verified.sha256 != self._request.known_sha256:
            same = self._persist(lambda: self._compare(start, verified.size_bytes), None)
            if not same:
                raise exists(target)
        return verified

    def _compare(self, start: int, length: int) -> bool:
        link = self._links.current()
        if link.size_bytes is not None and link.size_bytes != length:
            return False
        with closing(self._send(link, ask_tail(start, length))) as reply:
            return is_same(reply, self._request.target, start)

    # Fetching

    def _bring(self, part: Part) -> Verified:
        """Fetch what is missing and check the whole."""
        self._resumed_from = part.length
        self._joined = part.complete  # left by a run that ended before it could check
        if part.dropped and not part.length:
            self._job.tell(StartedOver(_("what an earlier try left cannot be continued")))
        part.require_room()
        receiver = Receiver(self._job, part)
        doubted = False
        while True:
            self._persist(lambda: self._attempt(part, receiver), part)
            try:
                return self._check(part.path, part.total)
            except ArchiveDamaged as error:
                # Halves of different archives look whole until they are checked; once more in one piece tells.
                if not self._joined or doubted:
                    part.discard()
                    message = _("What came is not a whole archive and was removed: try again, or take another version.")
                    raise ArchiveDamaged(message) from error
                doubted = True
                self._start_over(part, _("the pieces that came do not fit together"))

    def _check(self, path: Path, expected: int | None) -> Verified:
        return check_archive(
            path,
            expected_size=expected,
            on_progress=lambda done, total: self._job.progress(lambda: Checking(done, total)),
            check_cancelled=self._job.check,
        )

    def _start_over(self, part: Part, reason: str) -> None:
        self._joined = False
        self._resumed_from = 0
        part.start_over()
        self._job.tell(StartedOver(reason))

    def _send(self, link: DownloadLink, headers: dict[str, str]) -> Reply:
        if self._home is None:
            self._home = home_zone(self._api_origin, self._waker)
        return send(
            link.url,
            {**ask(0, None), **headers},
            home=self._home,
            timeout=self._patience.stall_seconds,
            on_cancel=self._waker,
            head_seconds=self._patience.head_seconds,
        )

    def _attempt(self, part: Part, receiver: Receiver) -> bool | None:
        """One request; return True once the part has its full length, None where the connection ended before."""
        if part.complete:
            return True
        if part.length and part.etag is None:
            self._start_over(part, _("the archive's host gives no strong ETag, so what came cannot be continued"))
        receiver.begin()
        link = self._links.current()
        with closing(self._send(link, ask(part.length, part.etag))) as reply:
            answer = accept(reply, part.length, part.etag, part.total, used=self._links.used)
            if answer.starts_over and not receiver.peek(reply):
                return None
            total = self._agreed_total(answer, link)
            if answer.starts_over and part.length:
                self._start_over(part, answer.reason)
            self._links.used = True
            self._joined = self._joined or part.length > 0
            part.describe(total, answer.etag)
            part.require_room()
            self._job.tell(Started(self._request.target, part.total, part.length))
            receiver.receive(reply)
        if part.total is None:
            part.describe(part.length, answer.etag)  # nobody said how long it is: the check has to tell
        return True if part.complete else None

    def _agreed_total(self, answer: Accepted, link: DownloadLink) -> int | None:
        """The archive's size as host and API tell it. Raises Passing where they differ: it is something else."""
        sizes = {answer.total, link.size_bytes} - {None}
        if len(sizes) > 1:
            message = _("The archive's host has {found} where the API announced {expected}: try again later.")
            raise Passing(
                _("the archive's host announces another size than the API"),
                error=ArchiveDamaged(
                    message.format(found=exact_bytes(answer.total), expected=exact_bytes(link.size_bytes))
                ),
                seldom=True,
            )
        return sizes.pop() if sizes else None

    # Going on

    def _persist(self, attempt: Callable[[], T | None], part: Part | None) -> T:
        """Try until there is a result, through whatever can pass."""
        tries = Tries(self._patience, self._job.tell, self._waker.pause)
        tries.begin(part.length if part else 0)
        refused = 0
        while True:
            self._job.check()
            before = part.length if part else 0
            pause = True
            try:
                result = attempt()
                if result is not None:
                    return result
                why = _ended_early(part)
            except LinkExpired as error:
                refused += 1
                self._links.drop()
                if refused >= self._patience.refused_links:
                    raise error.refused from None
                why, pause = Passing(error.reason, error=error.refused), refused > 1
            except Unusable as error:
                if part is not None and part.length:
                    self._start_over(part, error.reason)
                why, pause = Passing(error.reason, error=error.error), tries.count > 0
            except (SnaptuiError, OSError, http.client.HTTPException) as error:
                self._job.check()
                why = _passing(error)
            if why.seldom:
                self._links.drop()
            if part is not None:
                refused = 0 if part.length > before else refused
                tries.reached(part.length, part.total)
            try:
                tries.failed(why, pause=pause)
            except Passing:
                raise _given_up(why, part) from None


def _passing(error: Exception) -> Passing:
    """The failure as one that may pass; raise it where it does not, with the sentence that belongs to it."""
    match error:
        case Passing():
            return error
        case RateLimited():
            return Passing(error.sentence, error.seconds, error)
        case NetworkFailed(kind="tls" | "setup"):
            raise error
        case NetworkFailed() | ServerFailed() | UnreadableAnswer():
            return Passing(error.sentence, error=error)
        case ssl.SSLCertVerificationError():
            message = _("The archive's host cannot be trusted (its certificate is wrong): check clock and connection.")
            raise NetworkFailed(message, "tls") from None
        case TimeoutError():
            return Passing(_("no byte came for a while"))
        case ConnectionRefusedError():
            return Passing(_("the archive's host refused the connection"))
        case OSError() | http.client.HTTPException():
            return Passing(_("the connection broke"))
        case _:
            raise error


def _ended_early(part: Part | None) -> Passing:
    reason = _("the connection ended early")
    if part is None or part.total is None:
        return Passing(reason)
    message = _("The archive ends early on its host, after {found} of {total}: try again later, or another version.")
    return Passing(reason, error=ArchiveDamaged(message.format(found=size(part.length), total=size(part.total))))


def _given_up(why: Passing, part: Part | None) -> SnaptuiError:
    if why.error is not None:
        return why.error
    if part is not None and part.can_be_continued:
        message = _("The download broke off again and again ({reason}); what came is kept: try again later.")
    else:
        message = _("The download broke off again and again ({reason}) and cannot be continued: try again later.")
    return TransferBroken(message.format(reason=why.reason))
