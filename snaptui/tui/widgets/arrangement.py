"""Columns side by side: what every table that sorts by its header shares."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

Col = TypeVar("Col", bound=StrEnum)

GUTTER = 3
"""Cells before the first column: the cursor, the mark, a blank."""


class Arrangement(Generic[Col]):
    """Columns from left to right with their widths in cells, and the blanks between them."""

    def __init__(self, widths: tuple[tuple[Col, int], ...], gap: int) -> None:
        self.widths, self.gap = widths, gap

    @property
    def cells(self) -> int:
        """All cells it takes, gutter included."""
        return GUTTER + sum(width for _, width in self.widths) + self.gap * (len(self.widths) - 1)

    def width_of(self, column: Col) -> int:
        """A column's width; 0 where it is left out."""
        return next((width for each, width in self.widths if each is column), 0)

    def column_at(self, x: int) -> Col | None:
        """The column at cell ``x``, the blanks before it included."""
        edge = GUTTER
        for column, width in self.widths:
            edge += width
            if x < edge:
                return column
            edge += self.gap
        return None
