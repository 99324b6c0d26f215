"""What stands in the cells of the file tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from rich.cells import cell_len

from snaptui import formatting
from snaptui.archives.directory import dos_datetime
from snaptui.archives.tree import Entry, Order
from snaptui.i18n import N_, _
from snaptui.text import safe
from snaptui.tui.symbols import Symbols
from snaptui.tui.widgets.lines import fit

if TYPE_CHECKING:
    from snaptui.archives.outline import Outline

GUTTER = 2
"""Cells before the name: the cursor and the mark."""

TITLES = {Order.NAME: N_("Name"), Order.SIZE: N_("Size"), Order.MODIFIED: N_("Modified")}

_SIZE_CELLS = formatting.SIZE_WIDTH
_TIME_CELLS = formatting.TAKEN_WIDTH
_LEAST_NAME = 16


@dataclass(frozen=True, slots=True)
class FileColumns:
    """How many cells the name has, and whether there is room for the size and the time."""

    name: int
    size: bool
    time: bool

    @classmethod
    def of(cls, width: int) -> FileColumns:
        """Arrange them in a width."""
        room = width - GUTTER - 1
        size = room - _SIZE_CELLS - 1 >= _LEAST_NAME
        room -= (_SIZE_CELLS + 1) if size else 0
        time = size and room - _TIME_CELLS - 2 >= _LEAST_NAME + 8
        room -= (_TIME_CELLS + 2) if time else 0
        return cls(max(1, room), size, time)

    def order_at(self, x: int) -> Order:
        """The column at cell ``x``."""
        if x < GUTTER + self.name or not self.size:
            return Order.NAME
        return Order.SIZE if x <= GUTTER + self.name + _SIZE_CELLS else Order.MODIFIED


class FileCells:
    """Writes the cells, in a person's signs and times; ``now`` is what ages are counted from."""

    def __init__(self, symbols: Symbols, now: datetime, zone: tzinfo) -> None:
        self._symbols, self._now, self._zone = symbols, now, zone

    def header(self, columns: FileColumns, order: Order, *, reverse: bool) -> str:
        """The titles; an arrow stands beside the one that is sorted by."""
        ascends = (order is Order.NAME) is not reverse  # sizes and times begin with the largest and the newest
        arrow = self._symbols.ascending if ascends else self._symbols.descending
        titles = {each: self._symbols.plain(_(words)) for each, words in TITLES.items()}
        # The blank before the arrow is the first to go: a cut title says less.
        tight = order is Order.SIZE and cell_len(titles[order]) + 2 > _SIZE_CELLS + 1
        titles[order] += arrow if tight else f" {arrow}"
        text = " " * GUTTER + self._fit(titles[Order.NAME], columns.name)
        if columns.size:
            text += self._fit(titles[Order.SIZE], _SIZE_CELLS + 1, right=True)
        return text + ("  " + self._fit(titles[Order.MODIFIED], _TIME_CELLS) if columns.time else "")

    def row(self, outline: Outline, index: int, entry: Entry, columns: FileColumns) -> list[tuple[str, str]]:
        """The cells of an entry with their looks."""
        pieces = self._name(outline, index, entry, columns.name)
        if columns.size:
            shown = self._fit(self._symbols.plain(formatting.size(entry.size)), _SIZE_CELLS, right=True)
            # As few changes of look as will do: each one is sent at every step of the cursor.
            pieces.append((" " + shown, "text" if entry.folder is None else "muted"))
        if columns.time:
            pieces.append(("  " + self._fit(self._time(entry), _TIME_CELLS), "muted"))
        return pieces

    def mark(self, *, marked: bool, mixed: bool) -> str:
        """The sign of a mark; ``mixed`` is one of a folder of which some files are marked."""
        if mixed:
            return "%" if self._symbols.ascii_only else "◈"
        return self._symbols.mark if marked else " "

    def _fit(self, text: str, width: int, *, right: bool = False) -> str:
        return fit(text, width, right=right, ellipsis=self._symbols.ellipsis)

    def _time(self, entry: Entry) -> str:
        member = entry.member if entry.folder is None else None
        when = member.modified(self._zone) if member is not None else dos_datetime(entry.modified, self._zone)
        return self._symbols.plain(formatting.taken(when, self._now, self._zone))

    def _name(self, outline: Outline, index: int, entry: Entry, room: int) -> list[tuple[str, str]]:
        """The name with its place in the tree, and why it would not be unpacked."""
        plain = self._symbols.plain
        shown = plain(safe(entry.path if outline.flat else entry.name))
        look = "text"
        if entry.folder is not None:
            shown += "/"
            sign = self._folder_sign(outline.is_open(index))
            look = "strong"
        else:
            sign = self._symbols.deleted if entry.refused is not None else " "
        margin = " " * min(2 * outline.depth(index), room // 2)
        left = room - len(margin) - 2
        pieces = [(margin, "text"), (f"{sign} ", look if entry.refused is None else "bad")]
        if entry.refused is None:
            return [*pieces, (self._fit(shown, left), look)]
        reason = f"  {plain(entry.refused.sentence)}"
        name = self._fit(shown, min(left, max(left - cell_len(reason), left // 2))).rstrip() or " "
        return [*pieces, (name, look), (self._fit(reason, left - cell_len(name)), "bad")]

    def _folder_sign(self, is_open: bool) -> str:
        if self._symbols.ascii_only:
            return "-" if is_open else "+"
        return "▾" if is_open else "▸"
