"""Running one download against the fault server, with patience for tests, and what is needed around it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import trustme

from snaptui.models import DownloadLink, SnapshotKey
from snaptui.transfers.download import DownloadRequest, LinkSource, Patience, download
from snaptui.transfers.events import Event, Finished
from tests.archives.zips import Entry, archive
from tests.faults.server import FaultServer

KEY = SnapshotKey("loja-bot", "20261122-030000")
ORIGIN = "http://127.0.0.1:9"
QUICK = Patience(
    stall_seconds=0.25,
    head_seconds=0.5,
    tries=5,
    first_pause=0.001,
    longest_pause=0.004,
    longest_asked_pause=5.0,
    other_seconds=0.02,
)


def make_zip(size: int, seed: int = 0) -> bytes:
    """A sound archive of a few members, of about ``size`` bytes that do not pack."""
    random = Random(seed)
    third = max(0, size // 3 - 150)
    entries = [Entry(f"src/{n}.bin", random.randbytes(third), deflated=n == 1) for n in range(3)]
    return archive(entries, comment=b"%d" % seed)


class Links:
    """Makes links to a fault server, each with a signature of its own.

    ``lives`` is how long they last; ``size`` is what they say about the archive; ``failures`` are raised first.
    """

    def __init__(self, server: FaultServer, *, size: int | None = None, lives: float | None = None) -> None:
        self.server = server
        self.size = size
        self.lives = lives
        self.failures: list[Exception] = []
        self.made: list[str] = []
        self.url: Callable[[int], str] = lambda n: f"{server.origin}/archive.zip?signature=s{n}"

    async def download_link(self, app_id: str, version: str) -> DownloadLink:
        """Return the next link."""
        if self.failures:
            raise self.failures.pop(0)
        self.made.append(self.url(len(self.made)))
        expires = datetime.now(UTC) + timedelta(seconds=self.lives) if self.lives is not None else None
        return DownloadLink(app_id, version, self.made[-1], expires, self.size)


async def fetch(
    links: LinkSource,
    target: Path,
    *,
    patience: Patience = QUICK,
    overwrite: bool = False,
    wait_for_other: bool = False,
    known_sha256: str | None = None,
    expected_size: int | None = None,
    origin: str = ORIGIN,
    key: SnapshotKey = KEY,
    on_event: Callable[[Event], None] | None = None,
) -> list[Event]:
    """Download to the end; return the events."""
    request = DownloadRequest(key, target, overwrite, expected_size, known_sha256)
    told: list[Event] = []
    source = download(request, links, api_origin=origin, patience=patience, wait_for_other=wait_for_other)
    async with aclosing(source) as events:  # type: ignore[type-var]
        async for event in events:
            told.append(event)
            if on_event is not None:
                on_event(event)
    return told


def finished(events: list[Event]) -> Finished:
    """The last event, which must be ``Finished``, and the only one."""
    (found,) = [event for event in events if isinstance(event, Finished)]
    assert events[-1] is found
    return found


def beside(target: Path) -> list[str]:
    """What lies beside a target, the target left out."""
    return sorted(path.name for path in target.parent.iterdir() if path != target)


def certificate(folder: Path, *names: str) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS context for these names, and the file of the authority that vouches for them."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("127.0.0.1", "localhost"))).configure_cert(context)
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return context, path
