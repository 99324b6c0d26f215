"""Which columns of the table of apps fit a width, and how wide each is.

From the richest arrangement to the barest, the first that fits is taken; what is left goes to the app's name.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from snaptui.tui.widgets.arrangement import Arrangement

SIGN_CELLS = 1
"""A state column this narrow shows signs instead of words."""


class FleetColumn(StrEnum):
    """A column that can be sorted by."""

    APP = "app"
    STATE = "state"
    VERSION = "version"
    TAKEN = "taken"
    COUNT = "count"
    SIZE = "size"
    SPARK = "spark"
    FLAGS = "flags"


RIGHT: frozenset[StrEnum] = frozenset({FleetColumn.COUNT, FleetColumn.SIZE})
"""Columns of numbers, which stand at the right edge of their column."""


class FleetLayout(Arrangement[FleetColumn]):
    """Columns of apps; ages and flags in their short forms where those are set."""

    def __init__(
        self, widths: tuple[tuple[FleetColumn, int], ...], gap: int, *, short_age: bool, short_flags: bool
    ) -> None:
        super().__init__(widths, gap)
        self.short_age, self.short_flags = short_age, short_flags


class Needs(NamedTuple):
    """What the cells of these rows need at most: names, the long and short forms of times and of flags."""

    app: int
    taken: int
    short_taken: int
    flags: int
    short_flags: int


class _Plan(NamedTuple):
    gap: int
    least_app: int
    state: int
    version: int
    number: int
    size: int
    spark: int
    short_age: bool = True
    short_flags: bool = False
    taken: bool = True


_PLANS = (
    _Plan(2, 16, 9, 15, 7, 8, 16, short_age=False),
    _Plan(2, 14, 9, 15, 7, 8, 12),
    _Plan(2, 14, 9, 0, 7, 8, 10),
    _Plan(2, 12, SIGN_CELLS, 0, 7, 8, 10),
    _Plan(2, 12, SIGN_CELLS, 0, 7, 8, 10, short_flags=True),
    _Plan(1, 12, SIGN_CELLS, 0, 6, 8, 8, short_flags=True),
    _Plan(1, 12, SIGN_CELLS, 0, 6, 8, 0, short_flags=True),
    _Plan(1, 8, SIGN_CELLS, 0, 5, 7, 0, short_flags=True),
    _Plan(1, 8, SIGN_CELLS, 0, 0, 0, 0, short_flags=True),
    _Plan(1, 6, SIGN_CELLS, 0, 0, 0, 0, short_flags=True, taken=False),
)


def choose_fleet_layout(width: int, needs: Needs) -> FleetLayout:
    """The richest layout for ``width`` cells."""
    for plan in _PLANS:
        least = min(plan.least_app, needs.app)
        layout = _arrange(plan, needs, least)
        if (spare := width - layout.cells) >= 0:
            return _arrange(plan, needs, min(needs.app, least + spare))
    return FleetLayout(((FleetColumn.APP, max(1, min(needs.app, width - 4))),), 1, short_age=True, short_flags=True)


def _arrange(plan: _Plan, needs: Needs, app: int) -> FleetLayout:
    taken = (needs.short_taken if plan.short_age else needs.taken) if plan.taken else 0
    flags = needs.short_flags if plan.short_flags else needs.flags
    widths = (
        (FleetColumn.STATE, plan.state),
        (FleetColumn.APP, app),
        (FleetColumn.VERSION, plan.version),
        (FleetColumn.TAKEN, taken),
        (FleetColumn.COUNT, plan.number),
        (FleetColumn.SIZE, plan.size),
        (FleetColumn.SPARK, plan.spark),
        (FleetColumn.FLAGS, flags),
    )
    shown = tuple(each for each in widths if each[1])
    return FleetLayout(shown, plan.gap, short_age=plan.short_age, short_flags=plan.short_flags)
