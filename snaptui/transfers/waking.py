"""How a download's thread lives with the rest: it gives way, is woken from any wait at once, and asks for links."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError

from snaptui.archives.work import Cancelled, Job
from snaptui.models import DownloadLink, SnapshotKey
from snaptui.transfers.events import Asking, Event
from snaptui.transfers.request import LinkSource

# A link that ends within this is asked for anew rather than tried.
_LEAST_SECONDS = 1.0
_NICE = 5


def give_way() -> None:
    """Let the rest of the program, the screen above all, have the processor before this thread.

    Only Linux gives a thread a priority of its own; four downloads at once are what it helps against.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            thread = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICE)


class Waker:
    """Wakes the thread of a job from the latest thing that it said it waits for."""

    def __init__(self, job: Job[Event]) -> None:
        self._job = job
        self.tell = job.tell
        self._stop = threading.Event()
        self._abort: Callable[[], object] | None = None
        job.on_cancel(self._cancelled)
        job.check()

    def _cancelled(self) -> None:
        self._stop.set()
        if self._abort is not None:
            self._abort()

    def __call__(self, abort: Callable[[], object]) -> None:
        """Note what wakes the thread from now on. Raises Cancelled where it is too late to wait."""
        self._abort = abort
        self._job.check()

    def pause(self, seconds: float) -> None:
        """Wait. Raises Cancelled."""
        self._job.check()
        if self._stop.wait(seconds):
            raise Cancelled


class Links:
    """The link of one download: kept while it works, asked for on the event loop when it does not.

    A link is a secret and lives only here.
    """

    def __init__(self, source: LinkSource, key: SnapshotKey, loop: asyncio.AbstractEventLoop, waker: Waker) -> None:
        self._source, self._key, self._loop, self._waker = source, key, loop, waker
        self._link: DownloadLink | None = None
        self.used = False

    def current(self) -> DownloadLink:
        """The link, a new one where it is refused or about to end. Raises what asking for it raises."""
        link = self._link
        if link is None or (link.expires_at is not None and link.expires_at.timestamp() - time.time() < _LEAST_SECONDS):
            # One that seems over the moment it comes is tried all the same: the clocks may differ.
            link = self._link = self._ask()
            self.used = False
        return link

    def drop(self) -> None:
        """Do not use the link again."""
        self._link = None

    def _ask(self) -> DownloadLink:
        self._waker.tell(Asking())
        future = asyncio.run_coroutine_threadsafe(self._source.download_link(*self._key), self._loop)
        self._waker(future.cancel)
        try:
            return future.result()
        except CancelledError:
            raise Cancelled from None
