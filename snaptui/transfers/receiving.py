"""The loop that moves bytes from a connection into the part."""

from __future__ import annotations

import time
from collections import deque

from snaptui.archives.work import Job
from snaptui.errors import ArchiveDamaged
from snaptui.i18n import _
from snaptui.transfers.connection import Reply, Silence
from snaptui.transfers.events import Advanced, Event
from snaptui.transfers.fetching import Unusable, not_an_archive
from snaptui.transfers.part import Part

_CHUNK = 256 * 1024
# What a power cut may cost, where the disk is quick enough: putting bytes on it is to take a tenth of the time.
_SYNC_BYTES = 1024 * 1024
# How long bytes may wait in memory, and how often progress is told.
_WRITE_SECONDS = 0.1
_TELL_SECONDS = 0.1
_RATE_SECONDS = 4.0
_LEAST_RATE_SECONDS = 0.5


class Receiver:
    """Moves bytes, tells how it goes at most ten times a second, and has them put on the disk on the way."""

    def __init__(self, job: Job[Event], part: Part) -> None:
        self._job, self._part = job, part
        self._buffer = memoryview(bytearray(_CHUNK))
        self._recent: deque[tuple[float, int]] = deque()
        self._told = 0.0
        self._synced = part.length
        self._filled = 0

    def begin(self) -> None:
        """Forget what an answer began that came to nothing."""
        self._filled = 0

    def peek(self, reply: Reply) -> int:
        """Read the first bytes of a body, which are written with the rest, and return how many there are.

        Raises Passing where they do not begin an archive: before anything that is here is given up for them.
        """
        self._filled = reply.read_some(self._buffer)
        if not b"PK".startswith(bytes(self._buffer[: min(2, self._filled)])):
            self._filled = 0
            raise not_an_archive()
        return self._filled

    def receive(self, reply: Reply) -> None:
        """Write the body until it ends. What came before a failure is written too.

        Raises Unusable where more comes than was announced, Cancelled, and what the connection and the disk raise.
        """
        self._recent.clear()
        self._recent.append((time.monotonic(), self._part.length))
        self._synced = min(self._synced, self._part.length)
        more = True
        while more:
            try:
                more = self._fill(reply)
            finally:
                self._write()
            self._tell()
        self._tell(last=True)

    def _fill(self, reply: Reply) -> bool:
        """Fill the buffer, or as much of it as comes in a moment; return whether there may be more."""
        began = time.monotonic()
        while self._filled < _CHUNK:
            try:
                count = reply.read_some(self._buffer[self._filled :])
            except Silence:
                break  # what is here is written, and the silence told
            if not count:
                self._job.check()  # an interrupted connection looks like one that ended
                return False
            self._filled += count
            if time.monotonic() - began >= _WRITE_SECONDS:
                break
        self._job.check()
        return True

    def _write(self) -> None:
        filled, self._filled = self._filled, 0
        part = self._part
        if part.total is not None and part.length + filled > part.total:
            raise Unusable(
                _("the archive's host sent more than it announced"),
                ArchiveDamaged(_("The archive is longer than was announced: try again, or take another version.")),
            )
        part.write(self._buffer[:filled])
        if part.length - self._synced >= _SYNC_BYTES and part.may_sync:
            part.require_room()
            part.sync_soon()
            self._synced = part.length

    def _tell(self, *, last: bool = False) -> None:
        now = time.monotonic()
        if not last and now - self._told < _TELL_SECONDS:
            return
        self._told = now
        self._job.tell(Advanced(self._part.length, self._part.total, self._rate(now)))

    def _rate(self, now: float) -> float | None:
        """Bytes a second over the last seconds; None while there is too little to tell from."""
        length = self._part.length
        self._recent.append((now, length))
        while len(self._recent) > 2 and now - self._recent[0][0] > _RATE_SECONDS:
            self._recent.popleft()
        began, at = self._recent[0]
        return max(0.0, (length - at) / (now - began)) if now - began >= _LEAST_RATE_SECONDS else None
