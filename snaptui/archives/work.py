"""Blocking work on a thread of its own, seen from the event loop as an await or a stream of events.

The threads are daemons: a host that does not answer cannot keep the program from ending, and what they do is safe
to be cut short.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Generic, TypeVar

E = TypeVar("E")
T = TypeVar("T")

_LEAST_SECONDS_BETWEEN = 0.05


class Cancelled(Exception):
    """The work noticed that nobody waits for it any more."""


class Job(Generic[E]):
    """What running work is given: a way to tell how it goes, and to notice that it should stop."""

    def __init__(self, deliver: Callable[[E], None]) -> None:
        self._deliver = deliver
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._settled = False
        self._told = 0.0
        self._on_cancel: list[Callable[[], None]] = []

    def tell(self, event: E) -> None:
        """Hand over an event that must not be lost."""
        self._deliver(event)

    def progress(self, event: Callable[[], E]) -> None:
        """Hand over an event about progress, at most twenty a second; raise ``Cancelled`` when nobody waits."""
        self.check()
        now = time.monotonic()
        if now - self._told >= _LEAST_SECONDS_BETWEEN:
            self._told = now
            self._deliver(event())

    def check(self) -> None:
        """Raise ``Cancelled`` when nobody waits any more."""
        if self._stop.is_set():
            raise Cancelled

    def settle(self) -> None:
        """Say that it is done but for the last stroke, and can't be stopped any more; raise ``Cancelled`` if it was."""
        with self._lock:
            self.check()
            self._settled = True

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits any more."""
        return self._stop.is_set()

    def on_cancel(self, action: Callable[[], None]) -> None:
        """Have ``action`` called, from the event loop, when the work is cancelled: to wake a blocked thread."""
        self._on_cancel.append(action)

    def cancel(self) -> bool:
        """Ask the work to stop; say whether it will, for it may have settled what is to be done."""
        with self._lock:
            first = not self._settled and not self._stop.is_set()
            if first:
                self._stop.set()
        if first:
            for action in self._on_cancel:
                action()
        return self._stop.is_set()


async def in_thread(work: Callable[[Job[None]], T], *, name: str = "archive") -> T:
    """Run blocking work on a daemon thread and return what it returns; cancelling asks it to stop and waits."""
    results: list[T] = []

    def collect(job: Job[None]) -> None:
        results.append(work(job))

    async for _nothing in events(collect, name=name):
        pass
    return results[0]


async def events(work: Callable[[Job[E]], None], *, name: str = "archive") -> AsyncGenerator[E, None]:
    """Run blocking work on a daemon thread and yield the events it hands over; raise what it raises.

    When the iterator is closed or the task is cancelled, the work is asked to stop and waited for, so that what it
    has to clean up is done when the caller goes on. A cancellation that comes when the work has ``settle``d comes too
    late: its last events are still yielded, so that nobody is told that it was stopped.
    """
    loop = asyncio.get_running_loop()
    waiting: deque[E] = deque()
    wake = asyncio.Event()
    finished: asyncio.Future[None] = loop.create_future()

    def call(action: Callable[[], None]) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(action)

    def deliver(event: E) -> None:
        waiting.append(event)
        call(wake.set)

    job: Job[E] = Job(deliver)

    def settle(error: BaseException | None) -> None:
        if not finished.done():
            if error is None or isinstance(error, Cancelled):
                finished.set_result(None)
            else:
                finished.set_exception(error)
        wake.set()

    def run() -> None:
        failure: BaseException | None = None
        try:
            work(job)
        except BaseException as error:  # noqa: BLE001 - carried over to the loop, which raises it
            failure = error
        call(lambda: settle(failure))

    threading.Thread(target=run, name=f"snaptui-{name}", daemon=True).start()
    try:
        while True:
            try:
                await wake.wait()
            except asyncio.CancelledError:
                if job.cancel():
                    raise
                if (task := asyncio.current_task()) is not None:
                    task.uncancel()
                continue
            wake.clear()
            while waiting:
                yield waiting.popleft()
            if finished.done() and not waiting:
                finished.result()
                return
    finally:
        job.cancel()
        if not finished.done():
            await asyncio.wait([finished])
        if not finished.cancelled():
            finished.exception()  # looked at, so that asyncio does not complain of one nobody saw
