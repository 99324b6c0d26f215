"""What the versions table tells whoever holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from snaptui.models import SnapshotKey
from snaptui.tui.widgets.columns import Column
from snaptui.tui.widgets.cursor_list import CursorList

if TYPE_CHECKING:
    from snaptui.catalog import VersionRow


class TableMessage(Message):
    """The base of them; ``control`` is the table."""

    def __init__(self, table: CursorList) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> CursorList:
        """The table."""
        return self.table


class Highlighted(TableMessage, namespace="snapshot_table"):
    """Another version is under the cursor, or none."""

    def __init__(self, table: CursorList, row: VersionRow | None) -> None:
        super().__init__(table)
        self.row = row


class Chosen(TableMessage, namespace="snapshot_table"):
    """A version was opened, by Enter or a double click."""

    def __init__(self, table: CursorList, row: VersionRow) -> None:
        super().__init__(table)
        self.row = row


class MarksChanged(TableMessage, namespace="snapshot_table"):
    """Other versions are marked."""

    def __init__(self, table: CursorList, keys: frozenset[SnapshotKey]) -> None:
        super().__init__(table)
        self.keys = keys


class SortChanged(TableMessage, namespace="snapshot_table"):
    """The rows stand in another order."""

    def __init__(self, table: CursorList, column: Column, reverse: bool) -> None:
        super().__init__(table)
        self.column = column
        self.reverse = reverse
