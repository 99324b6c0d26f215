"""What the tables of versions and of apps tell whoever holds them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from textual.message import Message

from snaptui.models import SnapshotKey

if TYPE_CHECKING:
    from snaptui.catalog import VersionRow
    from snaptui.fleet import FleetRow
    from snaptui.tui.widgets.sorted_table import SortedTable


class TableMessage(Message):
    """The base of them; ``control`` is the table."""

    def __init__(self, table: SortedTable[Any, Any, Any]) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> SortedTable[Any, Any, Any]:
        """The table."""
        return self.table


class SortChanged(TableMessage):
    """The rows stand in another order."""

    def __init__(self, table: SortedTable[Any, Any, Any], column: StrEnum, reverse: bool) -> None:
        super().__init__(table)
        self.column = column
        self.reverse = reverse


class Highlighted(TableMessage, namespace="snapshot_table"):
    """Another version is under the cursor, or none."""

    def __init__(self, table: SortedTable[Any, Any, Any], row: VersionRow | None) -> None:
        super().__init__(table)
        self.row = row


class Chosen(TableMessage, namespace="snapshot_table"):
    """A version was opened, by Enter or a double click."""

    def __init__(self, table: SortedTable[Any, Any, Any], row: VersionRow) -> None:
        super().__init__(table)
        self.row = row


class MarksChanged(TableMessage, namespace="snapshot_table"):
    """Other versions are marked."""

    def __init__(self, table: SortedTable[Any, Any, Any], keys: frozenset[SnapshotKey]) -> None:
        super().__init__(table)
        self.keys = keys


class AppHighlighted(TableMessage, namespace="fleet_table"):
    """Another app is under the cursor, or none."""

    def __init__(self, table: SortedTable[Any, Any, Any], row: FleetRow | None) -> None:
        super().__init__(table)
        self.row = row


class AppChosen(TableMessage, namespace="fleet_table"):
    """An app was opened, by Enter or a double click."""

    def __init__(self, table: SortedTable[Any, Any, Any], row: FleetRow) -> None:
        super().__init__(table)
        self.row = row


class AppMarksChanged(TableMessage, namespace="fleet_table"):
    """Other apps are marked."""

    def __init__(self, table: SortedTable[Any, Any, Any], app_ids: frozenset[str]) -> None:
        super().__init__(table)
        self.app_ids = app_ids
