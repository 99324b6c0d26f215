"""Apps, versions and a small Textual app around a widget, for the widgets' tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

from snaptui.catalog import AppRow, VersionRow
from snaptui.models import App as DiscloudApp
from snaptui.models import Snapshot

M = TypeVar("M", bound=Message)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ZONE = ZoneInfo("America/Sao_Paulo")
AWKWARD = "[red]Painel[/red] [/nope] 👨‍👩‍👧 שלום"


def version_rows(
    count: int, *, app_id: str = "loja", name: str = "Loja Bot", sizes: Sequence[int | None] = (12_400_000, 12_000_000)
) -> list[VersionRow]:
    """Versions of one app, newest first, eight hours apart, their sizes in turn."""
    rows: list[VersionRow] = []
    for number in range(count):
        taken = NOW - timedelta(hours=8 * number + 1)
        size, before = sizes[number % len(sizes)], sizes[(number + 1) % len(sizes)]
        change = size - before if size is not None and before is not None and number < count - 1 else None
        rows.append(VersionRow(Snapshot(app_id, f"{taken:%Y%m%d-%H%M%S}", taken, size), name, change))
    return rows


def app_rows(*names: str, deleted: Sequence[str] = ()) -> list[AppRow]:
    """Apps called so, with 10, 20, … snapshots."""
    return [
        AppRow(
            DiscloudApp(f"id-{place}", name, online=place % 2 == 0, deleted=name in deleted),
            10 * place,
            None,
            None,
            True,
        )
        for place, name in enumerate(names, 1)
    ]


class Holder(App[None]):
    """Holds widgets one under another."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._held = widgets

    def compose(self) -> ComposeResult:
        """The widgets."""
        yield from self._held

    def on_mount(self) -> None:
        """The first one has the keys."""
        self._held[0].focus()


@dataclass
class Stage:
    """A running app: its pilot, and the messages of snaptui's widgets in the order they were posted."""

    pilot: Pilot[None]
    said: list[Message]

    def of(self, kind: type[M]) -> list[M]:
        """The messages of one class."""
        return [message for message in self.said if isinstance(message, kind)]


@asynccontextmanager
async def on_stage(*widgets: Widget, size: tuple[int, int] = (100, 20)) -> AsyncIterator[Stage]:
    """Run an app that holds the widgets, in a terminal of that size."""
    said: list[Message] = []

    def keep(message: Message) -> None:
        ours = type(message).__module__.startswith("snaptui.")
        if ours and not any(message is before for before in said):
            said.append(message)

    async with Holder(*widgets).run_test(size=size, message_hook=keep) as pilot:
        await pilot.pause()
        yield Stage(pilot, said)


def lines_of(widget: Widget) -> list[str]:
    """What the widget's lines say, without blanks at their ends."""
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


def count_refreshes(widget: Widget) -> list[int]:
    """A list that grows by the number of cells of each refresh from now on; 0 stands for the whole widget."""
    counted: list[int] = []
    refresh: Callable[..., object] = widget.refresh

    def counting(*regions: object, **options: object) -> object:
        counted.append(sum(region.area for region in regions))  # type: ignore[attr-defined]
        return refresh(*regions, **options)

    widget.refresh = counting  # type: ignore[method-assign, assignment]
    return counted
