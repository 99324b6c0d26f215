"""What stands in the cells of the versions table."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from snaptui.i18n import _
from snaptui.models import SnapshotKey
from snaptui.tui.symbols import Symbols


class LocalState(StrEnum):
    """What is on this machine of one version."""

    NONE = "none"
    PERCENT = "percent"
    FILE = "file"
    VERIFIED = "verified"
    DAMAGED = "damaged"
    MISSING = "missing"


class LocalCell(NamedTuple):
    """The local copy of one version; ``percent`` (0 to 100) only while it is being fetched."""

    state: LocalState = LocalState.NONE
    percent: int | None = None


NO_COPY = LocalCell()

LocalOf = Callable[[SnapshotKey], LocalCell]
"""Says what is on this machine of a version; quick enough to ask for every line."""

LOCAL_LOOK = {
    LocalState.NONE: "muted",
    LocalState.PERCENT: "accent",
    LocalState.FILE: "text",
    LocalState.VERIFIED: "good",
    LocalState.DAMAGED: "bad",
    LocalState.MISSING: "warn",
}
_RANK = {
    LocalState.NONE: 0,
    LocalState.MISSING: 1,
    LocalState.DAMAGED: 2,
    LocalState.PERCENT: 3,
    LocalState.FILE: 4,
    LocalState.VERIFIED: 5,
}
_BAR_CELLS = 6


def whole_percent(part: int, whole: int | None) -> int | None:
    """How much is done, 0 to 100, rounded down; None where the whole is not known."""
    if whole is None:
        return None
    return 100 if whole <= 0 else max(0, min(100, part * 100 // whole))


def bar(percent: int, cells: int, symbols: Symbols) -> str:
    """A bar of ``cells`` cells, full ones for the part that is done (rounded down: full only at 100)."""
    full = max(0, min(cells, percent * cells // 100))
    return symbols.full * full + symbols.empty * (cells - full)


def local_text(cell: LocalCell, symbols: Symbols, *, with_bar: bool) -> str:
    """The words of a local copy: ``verified``, ``43 % ▮▮▯▯▯▯``, a dash for none."""
    if cell.state is LocalState.NONE:
        return symbols.nothing
    if cell.state is LocalState.PERCENT:
        percent = cell.percent or 0
        shown = f"{percent:>2} %"
        return f"{shown} {bar(percent, _BAR_CELLS, symbols)}" if with_bar else shown
    return {
        LocalState.FILE: _("file"),
        LocalState.VERIFIED: _("verified"),
        LocalState.MISSING: _("missing"),
        LocalState.DAMAGED: _("damaged"),
    }[cell.state]


def local_sign(cell: LocalCell, symbols: Symbols) -> str:
    """A local copy in two cells at most: a sign, or the digits of the percentage."""
    if cell.state is LocalState.PERCENT:
        return f"{min(99, cell.percent or 0)}"
    return {
        LocalState.NONE: symbols.nothing,
        LocalState.FILE: symbols.file,
        LocalState.VERIFIED: symbols.verified,
        LocalState.DAMAGED: symbols.deleted,
        LocalState.MISSING: symbols.unknown,
    }[cell.state]


def local_rank(cell: LocalCell) -> float:
    """What the local column sorts by: none, missing, damaged, under way by percentage, file, verified."""
    return _RANK[cell.state] + (cell.percent or 0) / 101
