"""What the fault server does to one request after another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Ending = Literal["reset", "close", "stall"]
Length = Literal["right", "none", "chunked", "short", "long"]
Tag = Literal["strong", "weak", "none", "broken"]
Lie = Literal["", "offset", "total", "etag", "same-etag", "no-etag", "unasked", "no-content-range", "multipart"]


@dataclass(frozen=True, slots=True)
class Step:
    """How one request is answered. The default is honest.

    ``status`` other than 0 answers with that and ``body``. ``ends_at`` body bytes come before ``ending``;
    ``length`` is what the answer says about its length; ``content`` numbers the archive that the host has by now;
    ``lie`` is what a 206 says wrongly; ``burst`` bytes are sent at a time, with a breath between; ``head`` cuts the
    head of the answer short, too.

    ``same-etag`` is left out of the campaign: two contents under one strong ETag can be mixed so that only a comment
    or a header that nobody reads differs, which no check of an archive sees.
    """

    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    ends_at: int | None = None
    ending: Ending = "reset"
    length: Length = "right"
    tag: Tag = "strong"
    ranges: bool = True
    content: int = 0
    lie: Lie = ""
    burst: int = 0
    head: bool = True
    packed: bool = False


@dataclass(slots=True)
class Seen:
    """One request as the server saw it, and how many body bytes went out for it."""

    method: str
    path: str
    headers: dict[str, str]
    status: int = 0
    start: int = 0
    sent: int = 0
    step: Step = field(default_factory=Step)


HTML = b"<!doctype html><html><body>Please sign in to this network</body></html>"


def html() -> Step:
    """A page of HTML with status 200, as a proxy or a hotel's network puts in the way."""
    return Step(status=200, headers=(("Content-Type", "text/html"),), body=HTML)


def redirect(to: str, status: int = 302) -> Step:
    """A redirect; ``{origin}`` in it stands for the server's own."""
    return Step(status=status, headers=(("Location", to),))
