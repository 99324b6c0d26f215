"""When snapshots were taken, as the tables write it."""

from __future__ import annotations

from datetime import datetime, tzinfo

from snaptui import formatting
from snaptui.tui.symbols import Symbols

_TAKEN_CELLS = 18
_SHORT_AGE_CELLS = 7
_ABSOLUTE_CELLS = 29
_SHORT_ABSOLUTE_CELLS = 16


class Times:
    """Ages counted from ``now``, or local dates and times where ``absolute``."""

    def __init__(self, symbols: Symbols, now: datetime, zone: tzinfo) -> None:
        self.symbols, self.now, self.zone = symbols, now, zone
        self.absolute = False

    @property
    def cells(self) -> tuple[int, int]:
        """How many cells the long and the short form need."""
        return (_ABSOLUTE_CELLS, _SHORT_ABSOLUTE_CELLS) if self.absolute else (_TAKEN_CELLS, _SHORT_AGE_CELLS)

    def text(self, when: datetime | None, *, short: bool) -> str:
        """One moment; a dash where it is unknown."""
        return self.symbols.plain(self._text(when, short=short))

    def _text(self, when: datetime | None, *, short: bool) -> str:
        if not self.absolute:
            return formatting.short_age(when, self.now) if short else formatting.taken(when, self.now, self.zone)
        if short and when is not None:
            return formatting.moment(when.astimezone(self.zone))
        return formatting.absolute(when, self.zone)
