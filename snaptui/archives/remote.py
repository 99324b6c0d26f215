"""An archive read where it lies, by HTTP Range requests, so that only what is looked at is fetched.

Blocks: it runs on a worker's thread (``work``), with the connection, address and certificate rules of ``transfers``.
The range, conditional and 206 rules are RFC 9110's (sections 13.1.5, 14 and 15.3.7).
"""

from __future__ import annotations

import http.client
import random
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from snaptui.archives.work import Cancelled
from snaptui.endpoint import user_agent
from snaptui.errors import (
    ArchiveChanged,
    ArchiveDamaged,
    LinkRefused,
    NetworkFailed,
    NotFound,
    TransferBroken,
    WholeArchiveOnly,
)
from snaptui.i18n import _
from snaptui.models import DownloadLink
from snaptui.transfers.address import Zone
from snaptui.transfers.connection import Reply, request

PIECE_BYTES = 256 * 1024
_TIMEOUT_SECONDS = 15.0
_MOST_FAILURES = 4
_MOST_RENEWALS = 3
_LONGEST_PAUSE = 20.0
_REFUSED = (401, 403, 410)
_PASSING = (408, 425, 429)
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Part:
    """Where an answer's bytes belong, and how many the whole archive has."""

    first: int
    last: int
    total: int


class RemoteReader:
    """The bytes of a remote archive. ``requests``, ``links`` and ``received_bytes`` count what went over the network.

    Raises, beside ``ArchiveDamaged``: ``WholeArchiveOnly`` when the host does not serve parts, ``ArchiveChanged`` when
    another archive took its place, ``LinkRefused``, ``TransferBroken``, ``UnsafeAddress``, ``NetworkFailed``, and what
    ``renew`` raises.
    """

    def __init__(
        self,
        renew: Callable[[], DownloadLink],
        *,
        home: Zone,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], object] | None = None,
        timeout: float = _TIMEOUT_SECONDS,
    ) -> None:
        """``renew`` returns a fresh link and may block; ``home`` is the API's zone; ``pause`` waits (tests)."""
        self._renew = renew
        self._home = home
        self._now = now
        self._timeout = timeout
        self._interrupted = threading.Event()
        self._pause = pause or self._interrupted.wait
        self._abort: Callable[[], object] | None = None
        self._link: DownloadLink | None = None
        self._uses = 0
        self._single_use = False
        self._etag: str | None = None
        self._size: int | None = None
        self._tail = b""
        self.requests = self.links = 0
        self.received_bytes = 0

    @property
    def size(self) -> int:
        """Bytes of the archive, known once ``tail`` was read."""
        return self._size or 0

    def begin(self) -> None:
        """Make the reader usable again after ``interrupt``."""
        self._interrupted.clear()

    def interrupt(self) -> None:
        """Wake the thread that waits for the network; it raises ``Cancelled``. May be called from any thread."""
        self._interrupted.set()
        abort = self._abort
        if abort is not None:
            abort()

    def tail(self, length: int) -> bytes:
        """Return the last ``length`` bytes, kept so that small archives need no second request."""
        try:
            self._tail = b"".join(self._pieces(None, length))
        except WholeArchiveOnly:
            known = self._link.size_bytes if self._link is not None else None
            if known is None or self._size is not None:
                raise
            first = max(0, known - length)  # some hosts serve parts, but not counted from the end
            self._tail = b"".join(self._pieces(first, known - first))
        return self._tail

    def read_at(self, offset: int, length: int) -> bytes:
        """Return exactly ``length`` bytes from ``offset``."""
        return b"".join(self.stream(offset, length))

    def stream(self, offset: int, length: int) -> Iterator[bytes]:
        """Yield exactly ``length`` bytes from ``offset``: one request unless it breaks off on the way."""
        size = self.size
        if offset < 0 or length < 0 or offset + length > size:
            raise ArchiveDamaged(_("The archive ends before its content does; take another version."))
        kept = size - len(self._tail)
        before = min(length, max(0, kept - offset))
        if before:
            yield from self._pieces(offset, before)
        if length > before:
            start = offset + before - kept
            yield self._tail[start : start + length - before]

    def _pieces(self, first: int | None, length: int) -> Iterator[bytes]:
        """Yield ``length`` bytes from ``first`` (None: the last ones), asking again for what is still missing."""
        at, end = first, None if first is None else first + length
        failures = renewals = 0
        while at is None or end is None or at < end:
            wanted = f"bytes=-{length}" if at is None or end is None else f"bytes={at}-{end - 1}"
            got = 0
            link = self._good_link()  # whoever makes links has tried again already
            try:
                with closing(self._send(link, wanted)) as reply:
                    if reply.status in _REFUSED:
                        renewals += 1
                        self._link_was_refused(renewals)
                        continue
                    part = self._part_of(reply, at, length)
                    if at is None or end is None:
                        at, end = part.first, part.total
                    for piece in self._body(reply, min(part.last + 1, end) - at):
                        got += len(piece)
                        at += len(piece)
                        yield piece
            except (OSError, http.client.HTTPException, NetworkFailed) as error:
                failures = 1 if got else failures + 1
                self._after_failure(error, failures)
            renewals = 0 if got else renewals

    def _good_link(self) -> DownloadLink:
        """Return a link that should still be good."""
        self._check()
        link = self._link
        if link is None or self._single_use or _over(link, self._now()):
            self.links += 1
            link = self._link = self._renew()
            self._uses = 0
            self._check()
        return link

    def _send(self, link: DownloadLink, wanted: str) -> Reply:
        """Ask for a range."""
        headers = {"Range": wanted, "Accept-Encoding": "identity", "User-Agent": user_agent()}
        if self._etag is not None:
            headers["If-Range"] = self._etag
        self.requests += 1
        try:
            reply = request(link.url, headers, home=self._home, timeout=self._timeout, on_cancel=self.waits_for)
        except (OSError, http.client.HTTPException):
            self._check()  # an interrupted wait ends like a broken connection
            raise
        if reply.status < 400:
            self._uses += 1
        return reply

    def waits_for(self, abort: Callable[[], object]) -> None:
        """Note how to wake this thread from what it is about to wait for."""
        self._abort = abort
        self._check()

    def _check(self) -> None:
        if self._interrupted.is_set():
            raise Cancelled

    def _link_was_refused(self, renewals: int) -> None:
        if renewals > _MOST_RENEWALS:
            raise LinkRefused(_("The archive's host refuses every link; try again later, or download it whole."))
        self._single_use = self._single_use or self._uses == 1
        self._link = None

    def _part_of(self, reply: Reply, at: int | None, length: int) -> _Part:
        """Return which part an answer holds; raise ``_Passing`` for what may pass, and the typed errors."""
        if reply.status in _PASSING or (reply.status >= 500 and reply.status != 501):
            raise _Passing(reply.status, _retry_after(reply.header("Retry-After"), self._now()))
        if reply.header("Content-Encoding") not in (None, "identity"):
            raise self._whole_only(None)
        if reply.status == 412 or (reply.status in (200, 416) and self._etag is not None):
            raise _changed()
        if reply.status == 200:
            whole = reply.length
            if at is None and whole is not None and 0 < whole <= length:  # it fits into what was asked for
                return self._known(_Part(0, whole - 1, whole), reply)
            raise self._whole_only(whole)
        if reply.status == 404:
            raise NotFound(
                _("The archive's host does not have this archive any more; refresh, or take another version.")
            )
        if reply.status not in (206, 400, 416, 501):
            raise LinkRefused(
                _("The archive's host answered {status}; try again later, or download it whole.").format(
                    status=reply.status
                )
            )
        match = _CONTENT_RANGE.fullmatch((reply.header("Content-Range") or "").strip())
        if reply.status != 206 or match is None:
            raise self._whole_only(None)
        known = self._size
        if known is None and self._link is not None:
            known = self._link.size_bytes
        total = known if match[3] == "*" else int(match[3])
        if total is None:
            raise self._whole_only(None)
        part = _Part(int(match[1]), int(match[2]), total)
        right = part.first == at if at is not None else part.last == total - 1 and part.last - part.first < length
        if not right or not part.first <= part.last < total:
            raise self._whole_only(total)
        return self._known(part, reply)

    def _known(self, part: _Part, reply: Reply) -> _Part:
        """Note size and strong ETag at the first answer; hold later ones against them."""
        etag = reply.header("ETag")
        strong = etag if etag is not None and etag.startswith('"') and len(etag) < 1000 else None
        if self._size is None:
            self._size, self._etag = part.total, strong
        elif part.total != self._size or (strong and self._etag and strong != self._etag):
            raise _changed()
        return part

    def _whole_only(self, size: int | None) -> WholeArchiveOnly:
        known = self._link.size_bytes if self._link is not None else None
        sentence = _("The archive's host sends the archive only whole; download it to look inside.")
        return WholeArchiveOnly(sentence, size if size is not None else self._size or known)

    def _body(self, reply: Reply, length: int) -> Iterator[bytes]:
        """Yield the body, at most ``length`` bytes of it; raise OSError when it ends early."""
        buffer = memoryview(bytearray(min(PIECE_BYTES, max(1, length))))
        while length > 0:
            count = reply.readinto(buffer[: min(len(buffer), length)])
            self._check()
            if not count:
                raise OSError("the answer ended early")
            self.received_bytes += count
            length -= count
            yield bytes(buffer[:count])

    def _after_failure(self, error: Exception, failures: int) -> None:
        """Wait before the next try; raise when there have been enough, or when trying again can't help."""
        self._check()
        if isinstance(error, NetworkFailed) and error.kind in ("setup", "tls"):
            raise error
        if isinstance(error, ssl.SSLCertVerificationError):
            sentence = _("The archive's host can't be trusted (its certificate is wrong); check the connection.")
            raise NetworkFailed(sentence, "tls") from error
        if failures >= _MOST_FAILURES:
            sentence = _("The connection to the archive's host failed again and again; check it and try again.")
            raise TransferBroken(sentence) from error
        asked = error.seconds if isinstance(error, _Passing) else None
        if asked is not None and asked > _LONGEST_PAUSE:
            sentence = _("The archive's host asks to wait {seconds} s; try again then.")
            raise TransferBroken(sentence.format(seconds=round(asked))) from error
        backoff = 0.5 * 2**failures * random.uniform(0.5, 1)  # noqa: S311 - no secret
        self._pause(backoff if asked is None else asked)
        self._check()


class _Passing(OSError):
    """An answer that may be another one soon; ``seconds`` is how long the host asks to wait, None if it doesn't."""

    def __init__(self, status: int, seconds: float | None) -> None:
        super().__init__(f"status {status}")
        self.seconds = seconds


def _changed() -> ArchiveChanged:
    return ArchiveChanged(_("Another archive took the place of this one while it was read; open it again."))


def _over(link: DownloadLink, now: datetime) -> bool:
    return link.expires_at is not None and link.expires_at <= now


def _retry_after(text: str | None, now: datetime) -> float | None:
    """Read a Retry-After header: seconds or a date."""
    if text is None:
        return None
    if text.strip().isdecimal() and len(text) < 9:
        return float(text)
    try:
        when = parsedate_to_datetime(text)
        return max(0.0, (when - now).total_seconds())
    except (ValueError, TypeError):
        return None
