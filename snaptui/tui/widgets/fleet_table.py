"""The table of apps: what each has, how fresh it is, and what deserves a look, the gravest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType

from snaptui import formatting
from snaptui.fleet import Flag, FleetRow
from snaptui.i18n import N_, _
from snaptui.tui.bindings import binding
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cells import NO_COPY, LocalOf
from snaptui.tui.widgets.detail import resample
from snaptui.tui.widgets.fleet_columns import RIGHT, SIGN_CELLS, FleetColumn, FleetLayout, Needs, choose_fleet_layout
from snaptui.tui.widgets.fleet_list import FleetList
from snaptui.tui.widgets.sorted_table import SortedTable
from snaptui.tui.widgets.states import state_sign, state_word
from snaptui.tui.widgets.table_keys import TABLE_KEYS
from snaptui.tui.widgets.table_messages import AppChosen, AppHighlighted, AppMarksChanged
from snaptui.tui.widgets.times import Times

TITLES = {
    FleetColumn.APP: N_("App"),
    FleetColumn.STATE: N_("State"),
    FleetColumn.VERSION: N_("Version"),
    FleetColumn.TAKEN: N_("Newest"),
    FleetColumn.COUNT: N_("Count"),
    FleetColumn.SIZE: N_("Total"),
    FleetColumn.SPARK: N_("Sizes"),
    FleetColumn.FLAGS: N_("Flags"),
}
_FLAG_LOOKS = {Flag.NEVER: "bad", Flag.STALE: "warn", Flag.SHRANK: "bad", Flag.DELETED: "muted"}
_LONGEST_NAME = 24
_LONGEST_FLAGS = 24
_ARROW_CELLS = 2


def flag_words(row: FleetRow, *, short: bool) -> str:
    """Why an app deserves a look; empty where it does not."""
    return ", ".join(flag.word if short else flag.label for flag in row.flags)


class FleetTable(SortedTable[FleetRow, str, FleetColumn]):
    """Apps, named by their ids.

    ``local_of`` is asked only by a filter for what has a copy on this machine. ``now`` is what ages are counted
    from, until ``refresh_ages`` gives another.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        binding(
            "enter", "choose", N_("open"), id="fleet-choose", tooltip=N_("Open this app's versions"),
        ),
        *TABLE_KEYS,
    ]  # fmt: skip
    RIGHT = RIGHT

    Highlighted = AppHighlighted
    Chosen = AppChosen
    MarksChanged = AppMarksChanged

    def __init__(
        self,
        *,
        now: datetime,
        zone: tzinfo,
        local_of: LocalOf = lambda key: NO_COPY,
        symbols: Symbols = UNICODE,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        times = Times(symbols, now, zone)
        super().__init__(FleetList(local_of), times, name=name, id=id, classes=classes)
        self._columns = choose_fleet_layout(0, self._needs())
        self._touched = False

    def set_rows(self, rows: Sequence[FleetRow], *, keep: bool = True) -> None:
        """Show these apps. Until a person has moved the cursor it stays on what matters most, whatever that is."""
        super().set_rows(rows, keep=keep and self._touched)

    def _place(self, index: int, top: int) -> None:
        self._touched = True
        super()._place(index, top)

    # What is this table's own

    def key_of(self, row: FleetRow) -> str:
        """The app's id."""
        return row.app.id

    def index_of(self, key: str) -> int | None:
        """Where an app stands."""
        return next((index for index, row in enumerate(self.shown_rows) if row.app.id == key), None)

    def arrange_columns(self, width: int) -> FleetLayout:
        """The columns that fit beside the thumb, which would take the last letter of a flag."""
        self._columns = choose_fleet_layout(width - 1, self._needs())
        return self._columns

    def _needs(self) -> Needs:
        plain, rows = self.symbols.plain, self._list.rows
        taken, short_taken = self._times.cells

        def widest(texts: Sequence[str], column: FleetColumn, most: int) -> int:
            title = cell_len(plain(_(TITLES[column]))) + _ARROW_CELLS
            return max(title, min(most, max(map(cell_len, texts), default=0)))

        return Needs(
            app=widest([plain(row.app.name) for row in rows], FleetColumn.APP, _LONGEST_NAME),
            taken=taken,
            short_taken=max(short_taken, cell_len(plain(_(TITLES[FleetColumn.TAKEN]))) + _ARROW_CELLS),
            flags=widest([plain(flag_words(row, short=False)) for row in rows], FleetColumn.FLAGS, _LONGEST_FLAGS),
            short_flags=widest([plain(flag_words(row, short=True)) for row in rows], FleetColumn.FLAGS, _LONGEST_FLAGS),
        )

    def title_of(self, column: FleetColumn) -> str:
        """A column's title."""
        return _(TITLES[column])

    def cell_of(self, row: FleetRow, column: FleetColumn, cells: int) -> tuple[str, str]:
        """What stands in a cell."""
        # One look for most of the line, and colour for the flags alone: each change of style is sent at every step.
        if column is FleetColumn.FLAGS:
            words = self.symbols.plain(flag_words(row, short=self._columns.short_flags))
            return words, _FLAG_LOOKS[row.flags[0]] if row.flags else "text"
        return self._words(row, column, cells), "muted" if row.app.deleted else "text"

    def _words(self, row: FleetRow, column: FleetColumn, cells: int) -> str:
        plain, newest = self.symbols.plain, row.newest
        match column:
            case FleetColumn.APP:
                return plain(row.app.name)
            case FleetColumn.STATE:
                return self._state(row, cells)
            case FleetColumn.VERSION:
                return newest.version if newest is not None else plain(formatting.DASH)
            case FleetColumn.TAKEN:
                taken_at = newest.taken_at if newest is not None else None
                return self._times.text(taken_at, short=self._columns.short_age)
            case FleetColumn.COUNT:
                # Before its listing is whole, no snapshots is not known to be none.
                known = row.count or row.total_bytes is not None
                return plain(formatting.number(row.count) if known else formatting.DASH)
            case FleetColumn.SIZE:
                return plain(_total(row))
            case _:
                return formatting.sparkline(resample(row.sizes, cells), self.symbols.spark)

    def _state(self, row: FleetRow, cells: int) -> str:
        sign = state_sign(row.app, self.symbols)
        if cells <= SIGN_CELLS:
            return sign
        word = _("unknown") if row.app.online is None and not row.app.deleted else state_word(row.app)
        return f"{sign} {self.symbols.plain(word)}"

    def say_highlighted(self, row: FleetRow | None) -> None:
        """Another app is under the cursor, or none."""
        self.post_message(AppHighlighted(self, row))

    def say_chosen(self, row: FleetRow) -> None:
        """An app was opened."""
        self.post_message(AppChosen(self, row))

    def say_marks(self) -> None:
        """Other apps are marked."""
        self.post_message(AppMarksChanged(self, self.marked))


def _total(row: FleetRow) -> str:
    """The size of all snapshots; with a plus where some are not known, so that it is more."""
    if row.total_bytes is not None:
        return formatting.size(row.total_bytes)
    return f"{formatting.size(row.known_bytes)}+" if row.known_bytes else formatting.DASH
