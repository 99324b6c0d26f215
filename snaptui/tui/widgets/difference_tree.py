"""The tree of differences: one line a folder or a file, quick at thousands and quiet on the wire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from snaptui.archives.compare import Comparison, Difference
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cursor_list import CursorList
from snaptui.tui.widgets.difference_cells import DELTA_CELLS, DifferenceCells
from snaptui.tui.widgets.difference_keys import DIFFERENCE_KEYS
from snaptui.tui.widgets.difference_rows import By, DifferenceRows, Row


class DifferenceTree(CursorList):
    """Differences by folder, or by how much they grew. It takes a comparison and posts messages."""

    HEADER_LINES = 1
    COMPONENT_CLASSES = {"line--header"}
    DEFAULT_CSS = """
    DifferenceTree {
        width: 1fr;
        height: 1fr;
        & > .line--header { color: $text-muted; text-style: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*DIFFERENCE_KEYS]

    class Highlighted(Message):
        """Another row is under the cursor, or none."""

        def __init__(self, tree: DifferenceTree, row: Row | None) -> None:
            super().__init__()
            self.tree, self.row = tree, row

        @property
        def control(self) -> DifferenceTree:
            """The tree."""
            return self.tree

    class Chosen(Message):
        """A file was chosen, by Enter or a double click."""

        def __init__(self, tree: DifferenceTree, difference: Difference) -> None:
            super().__init__()
            self.tree, self.difference = tree, difference

        @property
        def control(self) -> DifferenceTree:
            """The tree."""
            return self.tree

    class MarksChanged(Message):
        """Others are marked."""

        def __init__(self, tree: DifferenceTree) -> None:
            super().__init__()
            self.tree = tree

        @property
        def control(self) -> DifferenceTree:
            """The tree."""
            return self.tree

    def __init__(self, *, symbols: Symbols = UNICODE, id: str | None = None) -> None:
        super().__init__(symbols=symbols, id=id)
        self._shows = DifferenceRows(Comparison((), 0))
        self._cells = DifferenceCells(symbols)
        self._anchor: int | None = None
        self._highlighted: str | None = None

    # What it shows

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._shows.rows)

    @property
    def rows(self) -> Sequence[Row]:
        """The rows as they stand."""
        return self._shows.rows

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor; None in an empty tree."""
        return self._shows.rows[self.cursor] if self._shows.rows else None

    @property
    def shown(self) -> Sequence[Difference]:
        """The differences that the filter lets through."""
        return self._shows.shown

    @property
    def in_order(self) -> list[Difference]:
        """The differences that the filter lets through, as they stand with every folder open."""
        return self._shows.in_order

    @property
    def marked(self) -> list[Difference]:
        """The marked differences, hidden ones included."""
        return self._shows.marked_differences

    @property
    def mark_count(self) -> int:
        """How many differences are marked."""
        return len(self._shows.marked)

    @property
    def chosen(self) -> list[Difference]:
        """What an action is about: the marked ones, without marks what the row under the cursor stands for."""
        row = self.cursor_row
        return self.marked or ([] if row is None else self._shows.below(row))

    @property
    def sorting(self) -> tuple[By, bool]:
        """What the rows are sorted by, and whether the other way round."""
        return self._shows.by, self._shows.reverse

    @property
    def filter_text(self) -> str:
        """The words that filter the rows."""
        return self._shows.filter_text

    # What it is told

    def set_comparison(self, comparison: Comparison, shows: DifferenceRows | None = None) -> None:
        """Show another comparison (``shows`` are its rows where they were worked out already); marks are dropped."""
        by, reverse, text = self._shows.by, self._shows.reverse, self._shows.filter_text
        self._shows = shows or DifferenceRows(comparison)
        self._shows.set_filter(text)
        self._shows.sort(by, reverse)
        self._anchor = None
        self._show(None)
        self.post_message(self.MarksChanged(self))

    def set_filter(self, text: str) -> None:
        """Show only what has every word of ``text`` in its path or kind."""
        path = self._path()
        self._shows.set_filter(text)
        self._show(path)

    def sort_by(self, by: By, reverse: bool = False) -> None:
        """Sort by path or by growth."""
        path = self._path()
        self._shows.sort(by, reverse)
        self._show(path)

    def highlight(self, path: str) -> bool:
        """Put the cursor on a difference, its folders opened; False where it is not shown."""
        folder = path.rpartition("/")[0]
        above = ["/".join(folder.split("/")[:depth]) for depth in range(1, folder.count("/") + 2)] if folder else []
        if path not in {row.path for row in self._shows.rows}:
            self._shows.set_open(above, True)
        place = self._shows.place_of(path)
        if place is None or self._shows.rows[place].path != path:
            return False
        self._show(path)
        return True

    def mark(self, paths: Iterable[str]) -> None:
        """Mark the differences with these paths."""
        wanted = set(paths)
        if wanted:
            self._shows.mark([d for d in self._shows.comparison.differences if d.path in wanted], True)
            self._marks_changed()

    def clear_marks(self) -> None:
        """Take all marks away."""
        if self._shows.marked:
            self._shows.clear_marks()
            self._marks_changed()

    def _path(self) -> str | None:
        row = self.cursor_row
        return None if row is None else row.path

    def _show(self, path: str | None) -> None:
        """Paint everything anew, the cursor on the row of ``path``, or at the top."""
        self._anchor = None
        place = None if path is None else self._shows.place_of(path)
        offset = self._cursor - self._top
        self._cursor = place or 0
        self._top = max(0, self._cursor - offset)
        self._reveal()
        self.repaint()
        self.on_cursor_moved()

    def on_cursor_moved(self) -> None:
        """Tell which row is under the cursor, where it is another."""
        if self._anchor is not None:
            self.repaint()
        path = self._path()
        if path != self._highlighted:
            self._highlighted = path
            self.post_message(self.Highlighted(self, self.cursor_row))

    # Drawing

    def draw_header(self, line: int, width: int) -> Strip:
        """The titles; an arrow stands beside the one that is sorted by."""
        return self.strip([(self._cells.titles(width, *self.sorting), "header")], width, rest="header")

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """One folder or file."""
        row = self._shows.rows[index]
        at_cursor = self.is_at_cursor(index)
        look = self.cursor_look if at_cursor else ""
        cells = self._cells.of(row, width, self._shows)
        mark = self._mark(row, index)
        # Blanks take the look of what follows: each change of looks costs about forty bytes on the wire.
        parts = [
            (self.symbols.cursor if at_cursor else " ", look or ("accent" if mark.strip() else cells[0][1])),
            (f"{mark} ", look or ("accent" if mark.strip() else cells[0][1])),
            *((text, look or own) for text, own in cells),
        ]
        return self.strip(parts, width, rest=look or cells[-1][1])

    def _mark(self, row: Row, index: int) -> str:
        marked, whole = self._shows.marks_of(row)
        if index in self._range() or marked >= whole > 0:
            return self.symbols.mark
        return self.symbols.dot if marked else " "

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape belongs to the tree only while a range is being drawn."""
        return self._anchor is not None if action == "leave_range" else True

    def on_row_chosen(self) -> None:
        """Open what is under the cursor."""
        self.action_choose()

    def on_header_clicked(self, x: int) -> None:
        """Sort by the column that was clicked, the other way where it is sorted by already."""
        wanted = By.GROWTH if x >= self.size.width - DELTA_CELLS - 3 else By.PATH
        self.sort_by(wanted, not self.sorting[1] if wanted is self.sorting[0] else False)

    def action_choose(self) -> None:
        """Open or close a folder; ask for the lines of a file."""
        row = self.cursor_row
        if row is None:
            return
        if row.folder is not None:
            self._set_open(row, not self._shows.is_open(row.folder))
        elif row.difference is not None:
            self.post_message(self.Chosen(self, row.difference))

    def _set_open(self, row: Row, opened: bool) -> None:
        if row.folder is not None:
            self._shows.set_open((row.folder.path,), opened)
            self._show(row.path)

    def action_open(self) -> None:
        """Open the folder under the cursor; where it is open, go to what is in it."""
        row = self.cursor_row
        if row is None or row.folder is None:
            return
        if self._shows.is_open(row.folder):
            self.move_to(self.cursor + 1)
        else:
            self._set_open(row, True)

    def action_close(self) -> None:
        """Close the folder under the cursor, or go to the one that the row is in."""
        row = self.cursor_row
        if row is None:
            return
        if row.folder is not None and self._shows.is_open(row.folder) and not self.filter_text:
            self._set_open(row, False)
            return
        above = range(self.cursor - 1, -1, -1)
        self.move_to(next((place for place in above if self.rows[place].depth < row.depth), self.cursor))

    def action_toggle_all(self) -> None:
        """Open all folders, or close them all."""
        path = self._path()
        self._shows.set_all_open(not self._shows.all_open)
        self._show(path)

    def action_sort_next(self) -> None:
        """Sort by what grew, or by path again."""
        self.sort_by(By.PATH if self.sorting[0] is By.GROWTH else By.GROWTH)

    def action_sort_reverse(self) -> None:
        """Sort the other way round."""
        self.sort_by(self.sorting[0], not self.sorting[1])

    def action_mark(self) -> None:
        """Mark what is under the cursor and go on to the next row; end a range where one is being drawn."""
        if self._anchor is not None:
            self.action_mark_range()
        elif (row := self.cursor_row) is not None:
            self._shows.toggle(self._shows.below(row))
            self._marks_changed()
            self.move_to(self.cursor + 1)

    def action_mark_range(self) -> None:
        """Begin a range at the cursor, or mark all from its beginning to the cursor."""
        if self._anchor is None:
            if self.rows:
                self._anchor = self.cursor
                self.repaint_rows((self.cursor,))
        else:
            for place in self._range():
                row = self.rows[place]
                # What is in an open folder has rows of its own.
                if row.folder is None or not self._shows.is_open(row.folder):
                    self._shows.mark(self._shows.below(row), True)
            self._anchor = None
            self._marks_changed()
        self.refresh_bindings()

    def action_leave_range(self) -> None:
        """Give up the range being drawn."""
        self._anchor = None
        self.repaint()
        self.refresh_bindings()

    def action_mark_all(self) -> None:
        """Mark all differences shown, or take all their marks away."""
        self._anchor = None
        self._shows.toggle(self._shows.shown)
        self._marks_changed()

    def _range(self) -> range:
        if self._anchor is None:
            return range(0)
        return range(min(self._anchor, self.cursor), max(self._anchor, self.cursor) + 1)

    def _marks_changed(self) -> None:
        self.repaint()
        self.post_message(self.MarksChanged(self))
