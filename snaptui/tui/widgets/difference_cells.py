"""What stands in the cells of the tree of differences; each kind has a sign and a word, so colour only helps."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from snaptui import formatting
from snaptui.archives.compare import Change, Difference, FolderDelta
from snaptui.i18n import _, ngettext
from snaptui.text import safe
from snaptui.tui.symbols import Symbols
from snaptui.tui.widgets.difference_rows import WORDS, By, DifferenceRows, Row
from snaptui.tui.widgets.fitting import Piece
from snaptui.tui.widgets.lines import fit

SIGNS = {Change.ADDED: "+", Change.REMOVED: "−", Change.CHANGED: "~", Change.RENAMED: "→"}
LOOKS = {Change.ADDED: "good", Change.REMOVED: "bad", Change.CHANGED: "warn", Change.RENAMED: "accent"}
DELTA_CELLS = formatting.DELTA_WIDTH
GUTTER = 3
"""Cells before the first column: the cursor, the mark, a blank."""

_SIZES_CELLS = 2 * formatting.SIZE_WIDTH + 3
_LEAST_FOR_SIZES = 76
_INDENT = 2
_DEEPEST_INDENT = 12
_CLOSED, _CLOSED_IN_ASCII = "▸", ">"


@dataclass(frozen=True, slots=True)
class DifferenceCells:
    """Writes cells with the signs of ``symbols``."""

    symbols: Symbols

    def _columns(self, width: int) -> tuple[int, int, int]:
        """Cells of the path, of the word for the kind, and of the sizes (0 where there is no room)."""
        word = max(cell_len(self.symbols.plain(_(word))) for word in WORDS.values())
        sizes = _SIZES_CELLS + 2 if width >= _LEAST_FOR_SIZES else 0
        return max(8, width - GUTTER - 2 - word - 2 - sizes - DELTA_CELLS - 3), word, sizes

    def titles(self, width: int, by: By, reverse: bool) -> str:
        """The titles; an arrow stands beside the one that is sorted by."""
        path, word, sizes = self._columns(width)
        # Paths go upwards and growth from the large end, unless they are turned round.
        downwards = reverse is (by is By.PATH)
        arrow = self.symbols.descending if downwards else self.symbols.ascending
        title, change = self.symbols.plain(_("Path")), self.symbols.plain(_("Change"))
        title, change = (f"{title} {arrow}", change) if by is By.PATH else (title, f"{arrow} {change}")
        left = fit(title, path + word + 2 + sizes)
        return " " * (GUTTER + 2) + left + "  " + fit(change, DELTA_CELLS, right=True)

    def of(self, row: Row, width: int, shows: DifferenceRows) -> list[Piece]:
        """A row's cells, each with the look it has where the cursor is elsewhere."""
        path, word, sizes = self._columns(width)
        indent = " " * min(row.depth * _INDENT, _DEEPEST_INDENT, max(0, path - 12))
        if row.folder is not None:
            return self._folder(row.folder, indent, path, word + sizes, opened=shows.is_open(row.folder))
        return [] if row.difference is None else self._file(row.difference, indent, width, flat=shows.by is By.GROWTH)

    # Only the sign has a colour: a page of lines with more of them would cost half as much again on the wire.
    def _file(self, difference: Difference, indent: str, width: int, *, flat: bool) -> list[Piece]:
        path, word, sizes = self._columns(width)
        plain, ellipsis, look = self.symbols.plain, self.symbols.ellipsis, LOOKS[difference.change]
        between = plain(_between(difference)) if sizes else ""
        return [
            (plain(SIGNS[difference.change]) + " ", look),
            (fit(indent + plain(_name(difference, flat=flat)), path, ellipsis=ellipsis) + "  ", "text"),
            (fit(plain(_(WORDS[difference.change])), word), "text"),
            (fit(between, sizes, right=True, ellipsis=ellipsis) + "  ", "text"),
            (fit(plain(formatting.delta(difference.delta)), DELTA_CELLS, right=True) + " ", "text"),
        ]

    def _folder(self, folder: FolderDelta, indent: str, path: int, room: int, *, opened: bool) -> list[Piece]:
        plain, ellipsis = self.symbols.plain, self.symbols.ellipsis
        closed = _CLOSED_IN_ASCII if self.symbols.ascii_only else _CLOSED
        arrow = self.symbols.descending if opened else closed
        name = f"{indent}{arrow} {plain(safe(folder.path.rpartition('/')[2]))}/"
        counts = plain(_counts(folder))
        if cell_len(counts) > room:
            counts = plain(ngettext("{n} file", "{n} files", folder.count).format(n=formatting.number(folder.count)))
        return [
            ("  " + fit(name, path, ellipsis=ellipsis) + "  ", "strong"),
            (fit(counts, room, ellipsis=ellipsis) + "  ", "muted"),
            (fit(plain(formatting.delta(folder.delta)), DELTA_CELLS, right=True) + " ", "muted"),
        ]


def _name(difference: Difference, *, flat: bool) -> str:
    """A file's own name in the tree, its path in the list of what grew; where it came from if it was renamed."""
    name = difference.shown if flat else "  " + safe(difference.path.rpartition("/")[2])
    if difference.change is not Change.RENAMED:
        return name
    return _("{path} (was {old_path})").format(path=name, old_path=safe(difference.old_path))


def _between(difference: Difference) -> str:
    """The sizes on both sides: ``12.0 MB → 12.4 MB``."""
    if difference.change is Change.RENAMED:
        return formatting.size(difference.new_bytes)
    sides = (difference.old_bytes, difference.new_bytes)
    return " → ".join(formatting.size(size) for size in sides if size is not None)


def _counts(folder: FolderDelta) -> str:
    """How many of each kind: ``+2 −1 ~3``."""
    kinds = (
        (Change.ADDED, folder.added), (Change.REMOVED, folder.removed),
        (Change.CHANGED, folder.changed), (Change.RENAMED, folder.renamed),
    )  # fmt: skip
    return " ".join(f"{SIGNS[kind]}{formatting.number(count)}" for kind, count in kinds if count)
