"""Restoring and taking back in words and figures, and work that a person may stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Generic, TypeVar

from snaptui import formatting
from snaptui.archives.restore_events import Applying, RestoreEvent, Staging, Syncing, TakingBack, UndoEvent
from snaptui.errors import SnaptuiError
from snaptui.i18n import _
from snaptui.models import SnapshotKey
from snaptui.transfers.queue import UNFINISHED, TransferQueue
from snaptui.tui.widgets.progress_line import Progress, ProgressLine

T = TypeVar("T")


def progress_of(event: RestoreEvent | UndoEvent) -> tuple[Progress, str] | None:
    """How far it is, and a sentence about this part of the work; None for events about something else."""
    match event:
        case Staging(written_bytes=written, total_bytes=total):
            return Progress(written, total), unpacking()
        case Syncing(total_bytes=total):
            return Progress(total, total), _("Bringing everything safely to the disk; the folder is as it was.")
        case Applying(files=files, total_files=total):
            return _of_files(files, total), _("Putting the files in their places.")
        case TakingBack(files=files, total_files=total):
            return _of_files(files, total), _("Putting the files back as they were.")
        case _:
            return None


def unpacking() -> str:
    """What is said from the beginning until everything is unpacked."""
    return _("Unpacking and checking; the folder is as it was.")


def _of_files(files: int, total: int) -> Progress:
    words = _("{part} of {whole} files").format(part=formatting.number(files), whole=formatting.number(total))
    return Progress(files, total, words=words)


async def followed(
    told: AsyncGenerator[RestoreEvent | UndoEvent, None], last: type[T], show: Callable[[Progress, str], None]
) -> T:
    """Show events as they come; return the last one, which is of the class ``last``."""
    result: T | None = None
    async with aclosing(told) as events:
        async for event in events:
            if isinstance(event, last):
                result = event
            elif (how_far := progress_of(event)) is not None:
                show(*how_far)
    assert result is not None  # noqa: S101 - the events end with it or raise
    return result


@contextmanager
def transfer_shown(queue: TransferQueue | None, key: SnapshotKey, line: ProgressLine) -> Iterator[None]:
    """Show how far the download of a version is, as long as this lasts and whenever there is one under way."""

    def show() -> None:
        transfer = queue.of(key) if queue is not None else None
        if transfer is None or transfer.state not in UNFINISHED or not line.is_attached:
            return
        line.display = True
        note = "" if transfer.bytes_per_second else transfer.note
        rate, left = transfer.bytes_per_second, transfer.remaining_seconds
        line.advance(Progress(transfer.received_bytes, transfer.total_bytes, rate, left, note))

    unsubscribe = queue.subscribe(show) if queue is not None else lambda: None
    try:
        yield
    finally:
        unsubscribe()
        line.display = False


class Stoppable(Generic[T]):
    """A piece of work that ends by itself, by an error for people, or because a person stopped it."""

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self._task = asyncio.create_task(work)
        self.stopped = False

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return not self._task.done()

    def stop(self) -> None:
        """Ask it to end; what it has to clean up it cleans up first, so it is asked once and not disturbed again."""
        if not self.stopped:
            self.stopped = True
            self._task.cancel()

    async def outcome(self) -> T | SnaptuiError | None:
        """Wait for its end; return what came of it, what went wrong, or None where it was stopped.

        Where whoever waits is cancelled, the work is stopped, and waited for, too.
        """
        try:
            await asyncio.wait([self._task])
        finally:
            if not self._task.done():
                self.stop()
                await asyncio.wait([self._task])
        if self._task.cancelled():
            return None
        error = self._task.exception()
        if error is None:
            return self._task.result()
        if isinstance(error, SnaptuiError):
            return error
        raise error
