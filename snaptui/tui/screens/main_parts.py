"""The parts of the main screen that not every run shows: each is made when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from textual.widget import Widget
from textual.widgets import Input

from snaptui.i18n import _
from snaptui.tui.screens.opening import Opening

if TYPE_CHECKING:
    from snaptui.tui.widgets.detail import SizeSpark
    from snaptui.tui.widgets.fleet_line import FleetLine
    from snaptui.tui.widgets.notice import Notice
    from snaptui.tui.widgets.transfer_strip import TransferStrip

W = TypeVar("W", bound=Widget)


class MainParts(Opening):
    """Gives the parts by name, mounted where they belong."""

    def has_part(self, id: str) -> bool:
        """Whether a part was made already."""
        return bool(self.query(f"#{id}"))

    def _part(self, id: str, make: Callable[[], W], kind: type[W], *, before: str = "", after: str = "") -> W:
        for part in self.query(f"#{id}").results(kind):
            return part
        part = make()
        self.mount(part, before=before or None, after=after or None)
        return part

    @property
    def filter_field(self) -> Input:
        """Where the filter is typed; hidden until it is asked for."""
        from snaptui.tui.screens.place import field

        return self._part("filter", lambda: field(id="filter"), Input, before="#sidebar")

    @property
    def transfer_strip(self) -> TransferStrip:
        """The downloads in one line."""
        from snaptui.tui.widgets.transfer_strip import TransferStrip

        symbols, hint = self.surroundings.symbols, _("{key} transfers").format(key=self.key_of("transfers"))
        # Above the keys, and the filter above it: what is split off first is further out.
        before = "#filter" if self.has_part("filter") else "#sidebar"
        return self._part(
            "strip",
            lambda: TransferStrip(hint=hint, symbols=symbols, id="strip"),
            TransferStrip,
            before=before,
        )

    @property
    def notice(self) -> Notice:
        """The words in the place of rows."""
        from snaptui.tui.widgets.notice import Notice

        symbols = self.surroundings.symbols
        return self._part("notice", lambda: Notice(symbols=symbols, id="notice"), Notice, after="#heading")

    @property
    def size_spark(self) -> SizeSpark:
        """The line below the versions of one app."""
        from snaptui.tui.widgets.detail import SizeSpark

        symbols = self.surroundings.symbols
        return self._part("spark", lambda: SizeSpark(symbols=symbols, id="spark"), SizeSpark, before="#detail")

    @property
    def fleet_line(self) -> FleetLine:
        """The line below the table of apps."""
        from snaptui.tui.widgets.fleet_line import FleetLine

        return self._part("sum", self.make_fleet_line, FleetLine, before="#detail")

    def make_fleet_line(self) -> FleetLine:
        """Make it, for the first frame to begin with."""
        from snaptui.tui.widgets.fleet_line import FleetLine

        return FleetLine(symbols=self.surroundings.symbols, id="sum")

    def put_away(self, id: str) -> None:
        """Hide a part, where it was made at all."""
        for part in self.query(f"#{id}"):
            part.add_class("-away")
