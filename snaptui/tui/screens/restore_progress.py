"""Restoring and taking back in words and figures, and work that a person may stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, Generic, TypeVar

from snaptui import formatting
from snaptui.archives.restore_events import Applying, RestoreEvent, Staging, Syncing, TakingBack, UndoEvent
from snaptui.errors import SnaptuiError
from snaptui.i18n import _
from snaptui.tui.widgets.progress_line import Progress

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
        """Ask it to end; what it has to clean up it cleans up first."""
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
                self._task.cancel()
                await asyncio.wait([self._task])
        if self._task.cancelled():
            return None
        error = self._task.exception()
        if error is None:
            return self._task.result()
        if isinstance(error, SnaptuiError):
            return error
        raise error
