"""A batch of snapshots that outlives the screen that began it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import aclosing

from snaptui.batch import Batch, Event, TakesSnapshots, Tally
from snaptui.models import App

SIDE_BY_SIDE = 3
"""Apps saved at once: a creation may last minutes, and most of that is the server's own work."""

Listener = Callable[[Event | None], None]


class Creation:
    """Where a batch stands, and who wants to know. A listener is told each event, and None at the end.

    ``unseen`` is set where it ended badly with nobody watching, until it is shown.
    """

    def __init__(
        self, catalog: TakesSnapshots, apps: Iterable[App], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._batch = Batch(catalog, apps, side_by_side=SIDE_BY_SIDE)
        self.tally = Tally(self._batch.apps, clock)
        self.clock = clock
        self.begun = self.ended = self.unseen = False
        self._listeners: list[Listener] = []

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return self.begun and not self.ended

    @property
    def stopping(self) -> bool:
        """Whether no more apps are begun."""
        return self._batch.stopping

    def stop(self) -> None:
        """Begin no more; what is under way is waited for."""
        self._batch.stop()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell the listener from now on; the function that is returned ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    async def run(self) -> None:
        """Take the snapshots; belongs in a worker of the program, for a screen's would end with it."""
        self.begun = True
        async with aclosing(self._batch.events()) as events:  # type: ignore[type-var]
            async for event in events:
                self.tally.take(event)
                self._tell(event)
        self.ended = True
        self._tell(None)

    def _tell(self, event: Event | None) -> None:
        for listener in tuple(self._listeners):
            listener(event)
