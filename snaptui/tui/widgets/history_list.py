"""The versions of an app with what one file was in each, as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from snaptui import formatting
from snaptui.archives.compare import Content, Held
from snaptui.i18n import N_, _
from snaptui.tui.bindings import binding
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.columns import VERSION_CELLS
from snaptui.tui.widgets.cursor_list import CursorList
from snaptui.tui.widgets.lines import fit

if TYPE_CHECKING:
    from snaptui.rows import VersionRow

_LEAST_FOR_TIME = 70


def label_of(number: int) -> str:
    """A letter for each content: A, B, … Z, AA, AB, …"""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class HistoryList(CursorList):
    """Rows newest first; ``add`` appends what was read of the next version.

    Each content has a letter. The version in which a content came up, looking forward in time, says so; which it is
    shows only when the version before it was read.
    """

    HEADER_LINES = 1
    DEFAULT_CSS = """
    HistoryList {
        width: 1fr;
        height: 1fr;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        binding(
            "enter,l,right", "choose", N_("open"), id="history-open", tooltip=N_("Look into this version, at this file")
        ),
    ]

    class Chosen(Message):
        """A version was opened."""

        def __init__(self, row: VersionRow) -> None:
            super().__init__()
            self.row = row

    class Highlighted(Message):
        """Another version is under the cursor."""

    def __init__(
        self,
        rows: Sequence[VersionRow],
        *,
        now: datetime,
        zone: tzinfo,
        symbols: Symbols = UNICODE,
        id: str | None = None,
    ) -> None:
        """``rows`` are the versions that are going to be read, newest first."""
        super().__init__(symbols=symbols, id=id)
        self._rows, self._now, self._zone = tuple(rows), now, zone
        self._held: list[Held] = []
        self._labels: dict[Content, str] = {}
        self._whole = False

    @property
    def row_count(self) -> int:
        """How many versions were read."""
        return len(self._held)

    @property
    def cursor_held(self) -> Held | None:
        """What the version under the cursor has; None before the first was read."""
        return self._held[self.cursor] if self._held else None

    @property
    def cursor_row(self) -> VersionRow | None:
        """The version under the cursor."""
        return self._rows[self.cursor] if self._held else None

    @property
    def contents(self) -> int:
        """How many different contents were found so far."""
        return len(self._labels)

    def add(self, held: Held) -> None:
        """Take what was read of the next version."""
        self._held.append(held)
        if held.content is not None and held.content not in self._labels:
            self._labels[held.content] = label_of(len(self._labels))
        self.repaint_rows((len(self._held) - 2, len(self._held) - 1))
        if len(self._held) == 1:
            self.on_cursor_moved()

    def finish(self) -> None:
        """There is no older version."""
        self._whole = True
        self.repaint_rows((len(self._held) - 1,))

    def on_cursor_moved(self) -> None:
        """Other keys may work for another version."""
        self.post_message(self.Highlighted())

    def on_row_chosen(self) -> None:
        """A double click opens."""
        self.action_choose()

    def action_choose(self) -> None:
        """Open the version under the cursor, where it has the file."""
        held, row = self.cursor_held, self.cursor_row
        if held is not None and held.content is not None and row is not None:
            self.post_message(self.Chosen(row))

    def _older(self, index: int) -> Held | None:
        """The next older version that could be read; None where that is not known yet, or there is none."""
        return next((held for held in self._held[index + 1 :] if held.problem is None), None)

    # Painting

    def draw_header(self, line: int, width: int) -> Strip:
        """The titles."""
        parts = f"  {fit(_('Version'), VERSION_CELLS)}  "
        if width >= _LEAST_FOR_TIME:
            parts += fit(_("Taken"), formatting.TAKEN_WIDTH) + "  "
        parts += fit("", 3) + fit(_("Size"), formatting.SIZE_WIDTH, right=True)
        parts += "  " + fit(_("Change"), formatting.DELTA_WIDTH, right=True)
        return self.strip([(self.symbols.plain(parts), "muted")], width, rest="muted")

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """One version."""
        held, row = self._held[index], self._rows[index]
        at_cursor = self.is_at_cursor(index)
        look = self.cursor_look if at_cursor else ""
        plain = self.symbols.plain
        pieces = [(f"{self.symbols.cursor if at_cursor else ' '} ", "text"), (fit(held.version, VERSION_CELLS), "text")]
        if width >= _LEAST_FOR_TIME:
            taken = plain(formatting.taken(row.snapshot.taken_at, self._now, self._zone))
            pieces.append(("  " + fit(taken, formatting.TAKEN_WIDTH), "muted"))
        pieces.append(("  ", "text"))
        if held.content is None:
            words = held.problem if held.problem is not None else _("not in this version")
            pieces.append((plain(words), "warn" if held.problem is not None else "muted"))
        else:
            pieces += self._content(index, held.content)
        return self.strip([(text, look or own) for text, own in pieces], width, rest=look or "text")

    def _content(self, index: int, content: Content) -> list[tuple[str, str]]:
        plain = self.symbols.plain
        older = self._older(index)
        known = older is not None or self._whole
        came_up = known and (older is None or older.content != content)
        pieces = [
            (fit(self._labels[content], 3), "accent" if came_up else "muted"),
            (fit(plain(formatting.size(content.size)), formatting.SIZE_WIDTH, right=True), "text"),
        ]
        delta = ""
        if came_up and older is not None and older.content is not None:
            delta = formatting.delta(content.size - older.content.size)
        pieces.append(("  " + fit(plain(delta), formatting.DELTA_WIDTH, right=True), "text"))
        if came_up:
            seen = self._seen_before(index, content)
            words = _("first seen") if older is None or (older.content is None and not seen) else _("changed")
            pieces.append((f"  {plain(_('as before') if seen else words)}", "good"))
        return pieces

    def _seen_before(self, index: int, content: Content) -> bool:
        """Whether an older version had this very content already, with another between."""
        return any(held.content == content for held in self._held[index + 1 :])
