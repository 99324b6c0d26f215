"""One line made of parts, which gives up what matters least when the terminal is narrow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from snaptui.tui.symbols import Symbols
from snaptui.tui.widgets.lines import fit

Piece = tuple[str, str]
"""A text and the look it has (one of ``LOOKS``)."""


class Part(NamedTuple):
    """A piece of a line. Where room is short, parts of the highest ``rank`` give way first: ``shorter``, then gone.

    One of rank 0 stays, cut at the edge if it must be. ``glue`` stands before it unless it is the first of its side.
    """

    text: str
    look: str = "text"
    rank: int = 0
    shorter: str = ""
    glue: str = " · "


def _plain(part: Part, symbols: Symbols) -> Part:
    return Part(symbols.plain(part.text), part.look, part.rank, symbols.plain(part.shorter), symbols.plain(part.glue))


def _cells(parts: Sequence[Part]) -> int:
    return sum(cell_len(part.text) + (cell_len(part.glue) if place else 0) for place, part in enumerate(parts))


def _needed(left: Sequence[Part], right: Sequence[Part]) -> int:
    return _cells(left) + (_cells(right) + 2 if right else 0)


def _give_way(parts: list[Part], rank: int) -> list[Part]:
    kept: list[Part] = []
    for part in parts:
        if part.rank != rank:
            kept.append(part)
        elif part.shorter and part.text != part.shorter:
            kept.append(Part(part.shorter, part.look, part.rank, "", part.glue))
    return kept


def fit_parts(left: Sequence[Part], right: Sequence[Part], width: int, symbols: Symbols) -> list[Piece]:
    """Pieces of a line of ``width`` cells: ``left`` at its left edge, ``right`` at its right one."""
    sides = [[_plain(part, symbols) for part in side if part.text] for side in (left, right)]
    while _needed(*sides) > width:
        rank = max((part.rank for side in sides for part in side), default=0)
        if not rank:
            break
        sides = [_give_way(side, rank) for side in sides]
    room = width - _cells(sides[1]) - 2 if sides[1] else width
    pieces = _joined(sides[0], max(0, room))
    if sides[1]:
        used = sum(cell_len(text) for text, _look in pieces)
        pieces.append((" " * max(0, width - _cells(sides[1]) - used), "muted"))
        pieces += _joined(sides[1], width - used)
    return pieces


def _joined(parts: Sequence[Part], room: int) -> list[Piece]:
    pieces: list[Piece] = []
    for place, part in enumerate(parts):
        for text, look in ((part.glue if place else "", "muted"), (part.text, part.look)):
            cells = min(cell_len(text), room)
            if cells > 0:
                pieces.append((fit(text, cells), look))
                room -= cells
    return pieces
