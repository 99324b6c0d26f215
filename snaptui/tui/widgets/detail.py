"""What is known exactly of the highlighted version, and how its app's snapshots grew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from textual.strip import Strip

from snaptui import formatting
from snaptui.i18n import _
from snaptui.text import safe
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cells import NO_COPY, LocalCell, LocalState
from snaptui.tui.widgets.fitting import Part, fit_parts
from snaptui.tui.widgets.lines import LineView

if TYPE_CHECKING:
    from snaptui.catalog import VersionRow


def short_path(path: Path) -> str:
    """A path as a person writes it, the home folder as ``~``, made safe for the terminal."""
    try:
        return safe(f"~/{path.relative_to(Path.home())}")
    except (ValueError, RuntimeError):
        return safe(str(path))


class DetailLine(LineView):
    """The exact version, when it was taken, its bytes, and where its copy is on this machine."""

    def __init__(
        self,
        *,
        zone: tzinfo,
        symbols: Symbols = UNICODE,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self._zone = zone
        self._row: VersionRow | None = None
        self._cell = NO_COPY
        self._path: Path | None = None

    def show(self, row: VersionRow | None, cell: LocalCell = NO_COPY, path: Path | None = None) -> None:
        """Show this version, or nothing."""
        self._row, self._cell, self._path = row, cell, path
        self.repaint()

    def draw_line(self, y: int, width: int) -> Strip:
        """All in one line, the path giving way first, then the bytes, then the time; with two, the copy in its own."""
        if self._row is None:
            return self.strip((), width)
        about, copy = self._about(self._row), self._copy()
        lines = [[*about, *copy]] if self.size.height < 2 else [about, copy]
        parts = lines[y] if y < len(lines) else []
        return self.strip([(" ", "muted"), *fit_parts(parts, (), width - 1, self.symbols)], width)

    def _about(self, row: VersionRow) -> list[Part]:
        return [
            Part(row.snapshot.version, "muted"),
            Part(formatting.absolute(row.snapshot.taken_at, self._zone), "muted", rank=1),
            Part(formatting.exact_bytes(row.snapshot.size_bytes), "muted", rank=2),
        ]

    def _copy(self) -> list[Part]:
        parts = [Part(self._local_word(), self._local_look(), rank=3)]
        if self._path is not None:
            path, name = short_path(self._path), safe(self._path.name)
            parts.append(Part(path, "muted", rank=4, shorter=name if name != path else ""))
        return parts

    def _local_word(self) -> str:
        words = {
            LocalState.VERIFIED: _("verified"),
            LocalState.DAMAGED: _("damaged"),
            LocalState.MISSING: _("missing"),
            LocalState.FILE: _("not verified"),
        }
        return words.get(self._cell.state, "")

    def _local_look(self) -> str:
        looks = {LocalState.VERIFIED: "good", LocalState.DAMAGED: "bad", LocalState.MISSING: "warn"}
        return looks.get(self._cell.state, "muted")


def resample(values: Sequence[int | None], cells: int) -> list[int | None]:
    """At most ``cells`` values: the last one of each stretch, so that the newest is always there."""
    count = len(values)
    if count <= cells:
        return list(values)
    return [values[(place + 1) * count // cells - 1] for place in range(cells)]


class SizeSpark(LineView):
    """A line of bars: sizes from the oldest to the newest, and a word on what they span."""

    def __init__(
        self, *, symbols: Symbols = UNICODE, name: str | None = None, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self._sizes: Sequence[int | None] = ()
        self._caption = ""

    def show(self, sizes: Sequence[int | None], caption: str = "") -> None:
        """Show sizes in bytes, oldest first; None is a gap."""
        self._sizes, self._caption = sizes, caption
        self.repaint()

    def draw_line(self, y: int, width: int) -> Strip:
        """The bars and the caption."""
        if y or not self._sizes:
            return self.strip((), width)
        caption = self.symbols.plain(self._caption)
        room = max(1, min(40, width - len(caption) - 3))
        bars = formatting.sparkline(resample(self._sizes, room), self.symbols.spark)
        return self.strip([(" ", "text"), (bars, "accent"), (f" {caption}", "muted")], width, rest="muted")
