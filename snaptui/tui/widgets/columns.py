"""Which columns of the versions table fit a width, and how wide each is.

From the richest arrangement to the barest, the first that fits is taken; what is left goes to the app's name,
and then stays empty, so that the table does not swim apart on a wide terminal.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from snaptui.tui.widgets.arrangement import Arrangement

VERSION_CELLS = 15
SIGN_CELLS = 2
"""A local column this narrow shows signs instead of words."""


class Column(StrEnum):
    """A column that can be sorted by."""

    VERSION = "version"
    APP = "app"
    TAKEN = "taken"
    SIZE = "size"
    CHANGE = "change"
    LOCAL = "local"


RIGHT: frozenset[StrEnum] = frozenset({Column.SIZE, Column.CHANGE})
"""Columns of numbers, which stand at the right edge of their column."""


class Layout(Arrangement[Column]):
    """Columns of versions; the time in its short form where ``short_age``, a bar beside a percentage where ``bar``."""

    def __init__(self, widths: tuple[tuple[Column, int], ...], gap: int, *, short_age: bool, bar: bool) -> None:
        super().__init__(widths, gap)
        self.short_age, self.bar = short_age, bar


class _Plan(NamedTuple):
    gap: int
    taken: int
    change: int
    local: int
    short_age: bool = False
    bar: bool = False
    app: int = 12


def _plans(taken: int, short: int) -> tuple[_Plan, ...]:
    return (
        _Plan(3, taken, 11, 14, bar=True),
        _Plan(2, taken, 11, 11, bar=True),
        _Plan(2, taken, 11, 10),
        _Plan(2, short, 11, 10, short_age=True),
        _Plan(1, short, 10, 10, short_age=True, app=10),
        _Plan(2, short, 0, 10, short_age=True, app=10),
        _Plan(1, short, 0, 10, short_age=True, app=8),
        _Plan(1, short, 0, SIGN_CELLS, short_age=True, app=8),
        _Plan(1, short, 0, 0, short_age=True, app=6),
        _Plan(1, 0, 0, 0, short_age=True, app=0),
    )


def choose_layout(width: int, *, taken: int, short: int, app: int | None) -> Layout:
    """The richest layout for ``width`` cells.

    ``taken`` and ``short`` are what the long and the short form of the time need, ``app`` what the longest app
    name does, None where the table shows one app only.
    """
    for plan in _plans(taken, short):
        least = 0 if app is None or not plan.app else max(3, min(plan.app, app))
        layout = _arrange(plan, least)
        spare = width - layout.cells
        if spare >= 0:
            return _arrange(plan, min(app or 0, least + spare)) if least else layout
    return Layout(((Column.VERSION, VERSION_CELLS),), 1, short_age=True, bar=False)


def _arrange(plan: _Plan, app: int) -> Layout:
    widths = (
        (Column.VERSION, VERSION_CELLS),
        (Column.APP, app),
        (Column.TAKEN, plan.taken),
        (Column.SIZE, 8),
        (Column.CHANGE, plan.change),
        (Column.LOCAL, plan.local),
    )
    shown = tuple(each for each in widths if each[1])
    return Layout(shown, plan.gap, short_age=plan.short_age, bar=plan.bar)
