"""Snapshots of several apps: one after the other or a few side by side, and what became of each.

A creation is sent once, whatever comes of it: ``Catalog.create`` looks a lost answer up and never asks again. What
goes wrong for one app is told of it and the rest goes on; only a refused token refuses all that follow. How quickly
requests go out is the API's own pacing.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from snaptui.errors import OutcomeUnknown, SnaptuiError, TokenError
from snaptui.i18n import _, ngettext
from snaptui.models import App, CreatedSnapshot, Snapshot


class TakesSnapshots(Protocol):
    """The part of the catalog that a batch needs."""

    async def create(self, app_id: str) -> CreatedSnapshot: ...


@dataclass(frozen=True, slots=True)
class Began:
    """An app's turn has come: the server is asked, or about to be."""

    app: App


@dataclass(frozen=True, slots=True)
class Taken:
    """An app has its new snapshot."""

    app: App
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class NotTaken:
    """An app has none, and why; where the error is an OutcomeUnknown, it may have one."""

    app: App
    error: SnaptuiError


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The batch was stopped before an app's turn: nothing was asked for it."""

    app: App


Event = Began | Taken | NotTaken | LeftOut


class Batch:
    """Takes a snapshot of each app, in the order given and of none twice. ``events`` runs it, once."""

    def __init__(self, catalog: TakesSnapshots, apps: Iterable[App], *, side_by_side: int = 1) -> None:
        self.apps = tuple({app.id: app for app in apps}.values())
        self._catalog = catalog
        self._side_by_side = max(1, side_by_side)
        self._waiting = deque(self.apps)
        self._refused: TokenError | None = None
        self._stopping = False

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping

    def stop(self) -> None:
        """Begin no more; what the server was asked for is waited for, since it can't be taken back."""
        self._stopping = True

    async def events(self) -> AsyncIterator[Event]:
        """Yield what happens until every app's lot is known. Closed early, it waits for nothing that is under way."""
        told: asyncio.Queue[Event | None] = asyncio.Queue()
        lanes = [asyncio.create_task(self._lane(told)) for _lane in range(min(self._side_by_side, len(self._waiting)))]
        try:
            open_lanes = len(lanes)
            while open_lanes:
                event = await told.get()
                if event is None:
                    open_lanes -= 1
                else:
                    yield event
            await asyncio.gather(*lanes)  # a fault of our own in one of them comes out here
        finally:
            for lane in lanes:
                lane.cancel()

    async def _lane(self, told: asyncio.Queue[Event | None]) -> None:
        try:
            while self._waiting:
                await self._one(self._waiting.popleft(), told.put_nowait)
        finally:
            told.put_nowait(None)

    async def _one(self, app: App, tell: Callable[[Event], None]) -> None:
        if self._stopping:
            tell(LeftOut(app))
            return
        if self._refused is not None:
            tell(NotTaken(app, self._refused))
            return
        tell(Began(app))
        try:
            created = await self._catalog.create(app.id)
        except TokenError as error:
            self._refused = error
            tell(NotTaken(app, error))
        except SnaptuiError as error:
            tell(NotTaken(app, error))
        else:
            tell(Taken(app, created.snapshot))


class Standing(StrEnum):
    """Where an app of a batch stands."""

    WAITING = "waiting"
    UNDER_WAY = "under-way"
    TAKEN = "taken"
    FAILED = "failed"
    UNKNOWN = "unknown"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Line:
    """One app of a batch. ``began_at`` and ``ended_at`` are the clock's seconds, None before they are reached."""

    app: App
    standing: Standing = Standing.WAITING
    began_at: float | None = None
    ended_at: float | None = None
    snapshot: Snapshot | None = None
    error: SnaptuiError | None = None


class Tally:
    """The events of a batch added up: a line for each app, in the batch's order."""

    def __init__(self, apps: Iterable[App], clock: Callable[[], float] = time.monotonic) -> None:
        self._lines = {app.id: Line(app) for app in apps}
        self._clock = clock

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line as it is now."""
        return tuple(self._lines.values())

    @property
    def ended(self) -> bool:
        """Whether every app's lot is known."""
        return not any(line.standing in (Standing.WAITING, Standing.UNDER_WAY) for line in self._lines.values())

    def count(self, standing: Standing) -> int:
        """How many apps stand there."""
        return sum(line.standing is standing for line in self._lines.values())

    def take(self, event: Event) -> Line:
        """Add one event; return the line it changed."""
        line = self._lines[event.app.id]
        now = self._clock()
        match event:
            case Began():
                line = replace(line, standing=Standing.UNDER_WAY, began_at=now)
            case Taken(snapshot=snapshot):
                line = replace(line, standing=Standing.TAKEN, ended_at=now, snapshot=snapshot)
            case NotTaken(error=error):
                standing = Standing.UNKNOWN if isinstance(error, OutcomeUnknown) else Standing.FAILED
                line = replace(line, standing=standing, ended_at=now, error=error)
            case LeftOut():
                line = replace(line, standing=Standing.LEFT_OUT)
        self._lines[event.app.id] = line
        return line

    def summary(self) -> str:
        """How many apps stand where, in words."""
        return ", ".join(_counted(standing, n) for standing in Standing if (n := self.count(standing)))

    def text(self) -> str:
        """What became of each app, a line each, for pasting somewhere."""
        return "\n".join([self.summary(), *(_told(line) for line in self._lines.values())])


def _counted(standing: Standing, n: int) -> str:
    from snaptui.formatting import number

    words = {
        Standing.WAITING: ngettext("{n} waiting", "{n} waiting", n),
        Standing.UNDER_WAY: ngettext("{n} under way", "{n} under way", n),
        Standing.TAKEN: ngettext("{n} snapshot taken", "{n} snapshots taken", n),
        Standing.FAILED: ngettext("{n} failed", "{n} failed", n),
        Standing.UNKNOWN: ngettext("{n} unknown", "{n} unknown", n),
        Standing.LEFT_OUT: ngettext("{n} left out", "{n} left out", n),
    }
    return words[standing].format(n=number(n))


def _told(line: Line) -> str:
    from snaptui.formatting import size

    name = f"{line.app.name} ({line.app.id})" if line.app.name != line.app.id else line.app.id
    if line.snapshot is not None:
        what = _("{version}, {size}").format(
            version=line.snapshot.version, size=size(line.snapshot.size_bytes, unknown=_("size unknown"))
        )
    elif line.error is not None:
        what = line.error.sentence
    else:
        what = {
            Standing.LEFT_OUT: _("left out: the batch was stopped before its turn"),
            Standing.UNDER_WAY: _("under way"),
        }.get(line.standing, _("waiting"))
    return _("{app}: {problem}").format(app=name, problem=what)
