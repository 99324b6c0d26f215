"""The rules of one request for archive bytes: what to ask, and whether an answer continues what is here.

Range, conditional and 206 rules are RFC 9110's (sections 8.8.3, 13.1.5, 14 and 15.3.7).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from snaptui.endpoint import user_agent
from snaptui.errors import ArchiveDamaged, LinkRefused, NotFound, SnaptuiError, TransferBroken
from snaptui.i18n import _
from snaptui.transfers.connection import Reply
from snaptui.transfers.patience import Passing

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII)
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]{0,1000}"', re.ASCII)
_REFUSED = (400, 401, 403, 410)
_TRANSIENT = (408, 421, 425, 429, 509, 520, 521, 522, 523, 524)


class LinkExpired(SnaptuiError):
    """The link is not taken (any more): a new one may be."""

    def __init__(self) -> None:
        self.reason = _("the archive's host refuses the link")
        self.refused = LinkRefused(_("The archive's host refused every link to it: try again later, or report it."))
        super().__init__(self.reason)


class Unusable(SnaptuiError):
    """The answer cannot continue what is here: start over; ``error`` is raised when that does not help."""

    def __init__(self, reason: str, error: SnaptuiError | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.error = error


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer whose body may be written.

    ``length`` is the announced length of the body (None: until the connection ends), ``total`` of the archive.
    ``starts_over`` says that the body begins at byte 0, and ``reason`` why.
    """

    length: int | None
    total: int | None
    etag: str | None
    starts_over: bool = False
    reason: str = ""


def strong(etag: str | None) -> str | None:
    """The entity tag where it is a strong one, which alone promises equal bytes."""
    return etag if etag is not None and _STRONG_ETAG.fullmatch(etag) else None


def ask(length: int, etag: str | None) -> dict[str, str]:
    """The headers of a request that has ``length`` bytes of ``etag`` already."""
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": user_agent()}
    if length and etag:
        headers |= {"Range": f"bytes={length}-", "If-Range": etag}
    return headers


def accept(reply: Reply, length: int, etag: str | None, total: int | None, *, used: bool = False) -> Accepted:
    """Judge the answer to ``ask``. Raises LinkExpired, Passing, Unusable, and what no new try mends.

    ``used`` says that the link has brought bytes before: then a 404 means that it is used up.
    """
    if reply.status == 200:
        _require_plain(reply)
        tag = strong(reply.header("ETag"))
        changed = bool(etag and tag and tag != etag)
        reason = _("the archive changed on its host") if changed else _("the archive's host starts from the beginning")
        return Accepted(reply.length, reply.length, tag, starts_over=True, reason=reason)
    if reply.status == 206:
        _require_plain(reply)
        return _continued(reply, length, etag, total)
    if reply.status in (412, 416):
        raise Unusable(_("the archive's host cannot continue what is here"))
    if reply.status in _REFUSED or (reply.status == 404 and used):
        raise LinkExpired
    if reply.status in _TRANSIENT or (reply.status >= 500 and reply.status not in (501, 505)):
        raise Passing(_("the archive's host answers {status}").format(status=reply.status), pause_asked(reply))
    if reply.status == 404:
        raise NotFound(_("The archive's host does not have this archive any more: refresh, and take another version."))
    raise TransferBroken(
        _("The archive's host answers {status}, which trying again does not mend: report it.").format(
            status=reply.status
        )
    )


def content_range(reply: Reply) -> tuple[int, int, int] | None:
    """First byte, last byte and total of a 206, where they are told and make sense."""
    match = _CONTENT_RANGE.fullmatch((reply.header("Content-Range") or "").strip())
    if match is None or match[3] == "*":
        return None
    first, last, total = int(match[1]), int(match[2]), int(match[3])
    fits = reply.length is None or reply.length == last - first + 1
    return (first, last, total) if first <= last < total and fits else None


def not_an_archive() -> Passing:
    """The failure for a success that brings something else, such as a page of HTML."""
    return Passing(
        _("the archive's host sent something else"),
        error=ArchiveDamaged(
            _("What the archive's host sent is not a ZIP archive: try again in a moment, or take another version.")
        ),
        seldom=True,
    )


def pause_asked(reply: Reply) -> float:
    """Seconds that the host asks to wait, as Retry-After (a number or a date) or ratelimit-reset tell; else 0."""
    text = (reply.header("Retry-After") or reply.header("ratelimit-reset") or "").strip()
    if text.isascii() and text.isdecimal() and len(text) < 9:
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _require_plain(reply: Reply) -> None:
    if (reply.header("Content-Encoding") or "identity").strip().lower() != "identity":
        raise Passing(_("the archive's host sent it packed in a way that was not asked for"))


def _continued(reply: Reply, length: int, etag: str | None, total: int | None) -> Accepted:
    span = content_range(reply)
    if not length or span is None or span[0] != length:
        raise Unusable(_("the archive's host sent another part than was asked for"))
    first, last, whole = span
    tag = strong(reply.header("ETag"))
    if tag is None or tag != etag or (total is not None and whole != total):
        raise Unusable(_("the archive changed on its host"))
    return Accepted(last - first + 1, whole, tag)
