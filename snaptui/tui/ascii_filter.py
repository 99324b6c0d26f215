"""The last step before a terminal that shows nothing but ASCII: whatever a widget drew, its frame too, in ASCII."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from snaptui.folding import ascii_only


class AsciiOnly(LineFilter):
    """Puts every line into ASCII, each character in as many cells as it had."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with other letters."""
        return [
            segment if segment.control or segment.text.isascii() else Segment(_in_place(segment.text), segment.style)
            for segment in segments
        ]


@lru_cache(2048)
def _in_place(text: str) -> str:
    made = "".join(
        character if character.isascii() else ascii_only(character)[: cell_len(character)].ljust(cell_len(character))
        for character in text
    )
    return set_cell_size(made, cell_len(text))  # joined pictures take fewer cells than their parts
