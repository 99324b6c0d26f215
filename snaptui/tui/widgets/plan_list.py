"""The list of a plan: groups of files under their headings, folded and unfolded by a key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from snaptui.i18n import N_, _
from snaptui.tui.bindings import binding
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cursor_list import CursorList
from snaptui.tui.widgets.lines import fit
from snaptui.tui.widgets.plan_groups import LOOKS, SIGNS, Group, Kind

_INDENT = 4
_LEAST_PATH = 16
_FOLDED_AT_FIRST = frozenset({Kind.KEPT})


class PlanList(CursorList):
    """Groups with their files; only the lines in view are ever made."""

    DEFAULT_CSS = """
    PlanList {
        width: 1fr;
        height: 1fr;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        binding("space", "fold", N_("fold"), id="plan-fold", tooltip=N_("Hide or show the files of this group")),
    ]

    class Highlighted(Message):
        """Another line is under the cursor: ``words`` are all there is to say of it."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    def __init__(
        self, *, symbols: Symbols = UNICODE, name: str | None = None, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self._groups: Sequence[Group] = ()
        self._folded: set[Kind] = set(_FOLDED_AT_FIRST)

    @property
    def row_count(self) -> int:
        """Headings, and files of the groups that are unfolded."""
        return sum(1 + self._open_rows(group) for group in self._groups)

    def _open_rows(self, group: Group) -> int:
        return 0 if group.kind in self._folded else group.count

    def _at(self, index: int) -> tuple[Group, int | None]:
        """The group a row belongs to, and which file of it; None for its heading."""
        for group in self._groups:
            rows = 1 + self._open_rows(group)
            if index < rows:
                return group, index - 1 if index else None
            index -= rows
        raise IndexError(index)

    def show(self, groups: Sequence[Group], *, empty: str = "") -> None:
        """Show other groups, from the top unless they are as large as before; ``empty`` stands where there are none."""
        alike = [(g.kind, g.count) for g in groups] == [(g.kind, g.count) for g in self._groups]
        self._groups, self.empty_text = groups, empty
        if not alike:
            self._cursor = self._top = 0
        self.repaint()
        self.on_cursor_moved()

    def words(self) -> str:
        """All there is to say of the line under the cursor."""
        if not self.row_count:
            return ""
        group, entry = self._at(self.cursor)
        if entry is None:
            return ""
        path, said = group.entry(entry)
        return f"{path}: {said}" if said else path

    def on_cursor_moved(self) -> None:
        """Tell what is under the cursor."""
        self.post_message(self.Highlighted(self.words()))

    def on_row_chosen(self) -> None:
        """A second click folds."""
        self.action_fold()

    def action_fold(self) -> None:
        """Hide the files of the group under the cursor, or show them."""
        if not self.row_count:
            return
        group, entry = self._at(self.cursor)
        self._folded ^= {group.kind}
        self._cursor -= 0 if entry is None else entry + 1
        self._reveal()
        self.repaint()
        self.on_cursor_moved()

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """A heading or a file."""
        group, entry = self._at(index)
        at_cursor = self.is_at_cursor(index)
        look = self.cursor_look if at_cursor else ""
        sign = self.symbols.cursor if at_cursor else " "
        plain = self.symbols.plain
        if entry is None:
            parts = [(f"{sign}{group.heading}", look or "strong")]
            if group.kind in self._folded:
                parts.append((" · " + _("space shows them"), look or "muted"))
        else:
            path, said = group.entry(entry)
            parts = [
                (f"{sign}  ", look or "text"),
                (SIGNS[group.kind], look or LOOKS[group.kind]),
                (" ", look or "text"),
                *self._file(plain(path), plain(said), width - _INDENT - 2, look),
            ]
        return self.strip([(plain(text), own) for text, own in parts], width, rest=look or "text")

    def _file(self, path: str, said: str, width: int, look: str) -> list[tuple[str, str]]:
        """The path at the left, what is said of it at the right, cut before the path is."""
        room = min(cell_len(said), max(0, width - min(cell_len(path), max(_LEAST_PATH, width // 2)) - 2))
        shown = fit(said, room, ellipsis=self.symbols.ellipsis)
        left = max(1, width - room - 2)
        return [(fit(path, left, ellipsis=self.symbols.ellipsis), look or "text"), (f"  {shown}", look or "muted")]
