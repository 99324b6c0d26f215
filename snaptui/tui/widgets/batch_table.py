"""The list of a batch: a line an app, what is known of it before, how it goes, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from snaptui import formatting
from snaptui.batch import Line, Standing
from snaptui.i18n import _
from snaptui.rows import AppRow
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cursor_list import CursorList
from snaptui.tui.widgets.lines import fit

_LOOKS = {
    Standing.UNDER_WAY: "accent",
    Standing.TAKEN: "good",
    Standing.FAILED: "bad",
    Standing.UNKNOWN: "warn",
}
_LONGEST_NAME = 32


class BatchTable(CursorList):
    """Lines as the batch has them. Before it has begun each tells what the app has; ``clock`` is the batch's."""

    BINDINGS: ClassVar[list[BindingType]] = []

    class Highlighted(Message):
        """Another line is under the cursor, or it stands otherwise."""

        def __init__(self, table: BatchTable, line: Line | None) -> None:
            super().__init__()
            self.table = table
            self.line = line

        @property
        def control(self) -> BatchTable:
            """The list."""
            return self.table

    def __init__(
        self,
        apps: Mapping[str, AppRow],
        *,
        now: datetime,
        clock: Callable[[], float],
        symbols: Symbols = UNICODE,
        id: str | None = None,
    ) -> None:
        super().__init__(symbols=symbols, id=id)
        self._apps, self._now, self._clock = apps, now, clock
        self._lines: Sequence[Line] = ()
        self._begun = False
        self._said: Line | None = None

    @property
    def row_count(self) -> int:
        """How many apps there are."""
        return len(self._lines)

    @property
    def cursor_line(self) -> Line | None:
        """The line under the cursor; None in an empty list."""
        return self._lines[self.cursor] if self._lines else None

    def set_lines(self, lines: Sequence[Line], *, begun: bool) -> None:
        """Show these; their order stays, so the cursor does."""
        self._lines, self._begun = lines, begun
        self.repaint()
        self.on_cursor_moved()

    def tick(self) -> None:
        """Count the seconds of what is under way; nothing is sent of the others."""
        self.repaint_rows([place for place, line in enumerate(self._lines) if line.standing is Standing.UNDER_WAY])

    def on_cursor_moved(self) -> None:
        """Tell which line is under the cursor, where it is another or stands otherwise."""
        if (line := self.cursor_line) != self._said:
            self._said = line
            self.post_message(self.Highlighted(self, line))

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """The app's name, a sign, and how it stands."""
        each, plain = self._lines[index], self.symbols.plain
        at_cursor = self.is_at_cursor(index)
        look = self.cursor_look if at_cursor else ""
        room = min(_LONGEST_NAME, max(8, width // 3), max(cell_len(plain(row.app.name)) for row in self._lines))
        name = fit(plain(each.app.name), room, ellipsis=self.symbols.ellipsis)
        words, own = self._standing(each)
        parts = [
            (self.symbols.cursor if at_cursor else " ", look or "text"),
            (f" {name}  ", look or "text"),
            (f"{self._sign(each)} ", look or own),
            (fit(plain(words), max(1, width - room - 6), ellipsis=self.symbols.ellipsis), look or own),
        ]
        return self.strip(parts, width, rest=look or "text")

    def _sign(self, line: Line) -> str:
        symbols = self.symbols
        return {
            Standing.UNDER_WAY: symbols.online,
            Standing.TAKEN: symbols.verified,
            Standing.FAILED: symbols.deleted,
            Standing.UNKNOWN: "?",
        }.get(line.standing, " ")

    def _standing(self, line: Line) -> tuple[str, str]:
        if not self._begun:
            return self._before(line)
        if line.standing is Standing.UNDER_WAY and line.began_at is not None:
            elapsed = formatting.duration(self._clock() - line.began_at)
            return _("under way for {elapsed}").format(elapsed=elapsed), _LOOKS[line.standing]
        return standing_words(line), _LOOKS.get(line.standing, "muted")

    def _before(self, line: Line) -> tuple[str, str]:
        """What the app has now, or why Discloud would hardly save it."""
        row = self._apps.get(line.app.id)
        if line.app.deleted:
            return _("a deleted app: Discloud will most likely refuse"), "warn"
        if row is not None and row.owned is False:
            return _("not your app: Discloud lets only its owner do this"), "warn"
        if row is None or row.newest is None:
            return _("no snapshot yet"), "muted"
        words = _("newest {age}, {size}").format(
            age=formatting.age(row.newest.taken_at, self._now),
            size=formatting.size(row.newest.size_bytes, unknown=_("size unknown")),
        )
        return words, "muted"


def standing_words(line: Line) -> str:
    """What became of an app, or that it waits."""
    if line.standing is Standing.TAKEN and line.snapshot is not None:
        size = formatting.size(line.snapshot.size_bytes, unknown=_("size unknown"))
        words = _("taken: {version}, {size}").format(version=line.snapshot.version, size=size)
        elapsed = (line.ended_at or 0.0) - (line.began_at or 0.0)
        return (
            _("{taken}, in {elapsed}").format(taken=words, elapsed=formatting.duration(elapsed))
            if elapsed >= 1
            else words
        )
    if line.error is not None:
        return line.error.sentence
    if line.standing is Standing.LEFT_OUT:
        return _("left out: stopped before its turn")
    return _("waiting")
