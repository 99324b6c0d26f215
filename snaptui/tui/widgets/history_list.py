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
        self.repaint()

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

    def _fit(self, text: str, width: int, *, right: bool = False) -> str:
        return fit(self.symbols.plain(text), width, right=right, ellipsis=self.symbols.ellipsis)

    def draw_header(self, line: int, width: int) -> Strip:
        """The titles."""
        parts = f"  {self._fit(_('Version'), VERSION_CELLS)}  "
        if width >= _LEAST_FOR_TIME:
            parts += self._fit(_("Taken"), formatting.TAKEN_WIDTH) + "  "
        parts += self._fit("", 3) + self._fit(_("Size"), formatting.SIZE_WIDTH, right=True)
        parts += "  " + self._fit(_("Change"), formatting.DELTA_WIDTH, right=True)
        return self.strip([(self.symbols.plain(parts), "muted")], width, rest="muted")

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """One version."""
        held, row = self._held[index], self._rows[index]
        at_cursor = self.is_at_cursor(index)
        look = self.cursor_look if at_cursor else ""
        sign = self.symbols.cursor if at_cursor else " "
        pieces = [(f"{sign} {self._fit(held.version, VERSION_CELLS)}", "text")]
        if width >= _LEAST_FOR_TIME:
            taken = formatting.taken(row.snapshot.taken_at, self._now, self._zone)
            pieces.append(("  " + self._fit(taken, formatting.TAKEN_WIDTH), "muted"))
        pieces.append(("  ", "text"))
        if held.content is not None:
            pieces += self._content(index, held.content)
        elif held.problem is not None:
            pieces.append((self.symbols.plain(held.problem), "warn"))
        else:
            pieces.append((self.symbols.plain(_("not in this version")), "muted"))
        return self.strip([(text, look or own) for text, own in pieces], width, rest=look or "text")

    def _content(self, index: int, content: Content) -> list[tuple[str, str]]:
        """Which content it is, its size, and what was new about it then."""
        older = self._older(index)
        came_up = older.content != content if older is not None else self._whole
        delta = word = ""
        if came_up:
            word = _("as once before") if self._seen_before(index, content) else _("first seen")
            if older is not None and older.content is not None:
                delta = formatting.delta(content.size - older.content.size)
        return [
            (self._fit(self._labels[content], 3), "accent" if came_up else "muted"),
            (self._fit(formatting.size(content.size), formatting.SIZE_WIDTH, right=True), "text"),
            ("  " + self._fit(delta, formatting.DELTA_WIDTH, right=True), "text"),
            (f"  {self.symbols.plain(word)}", "good"),
        ]

    def _seen_before(self, index: int, content: Content) -> bool:
        """Whether an older version had this very content already, with another between."""
        return any(held.content == content for held in self._held[index + 1 :])
