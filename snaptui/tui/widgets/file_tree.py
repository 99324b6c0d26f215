"""The files of an archive as a tree that is opened folder by folder, or as a flat list of those that were found."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from snaptui.archives.marking import Marking
from snaptui.archives.tree import Entry, Order
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cursor_list import CursorList
from snaptui.tui.widgets.file_cells import TITLES, FileCells, FileColumns
from snaptui.tui.widgets.file_tree_keys import FILE_TREE_KEYS

if TYPE_CHECKING:
    from snaptui.archives.outline import Outline
    from snaptui.archives.tree import Folder, Rows

FEW_ROWS = 2_000
"""What is sorted at once; more than this takes long enough to be left to a thread."""

_ORDERS = tuple(TITLES)


class FileTreeView(CursorList):
    """Shows an outline. What takes long it asks for by messages: the rows of a folder, and another order.

    ``now`` is what ages are counted from. Marks stay by path when another outline is shown.
    """

    HEADER_LINES = 1
    DEFAULT_CSS = """
    FileTreeView {
        width: 1fr;
        height: 1fr;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*FILE_TREE_KEYS]

    class Said(Message):
        """The base of what it tells."""

        def __init__(self, tree: FileTreeView) -> None:
            super().__init__()
            self.tree_view = tree

        @property
        def control(self) -> FileTreeView:
            """The list."""
            return self.tree_view

    class Highlighted(Said):
        """Another entry is under the cursor, or none."""

        def __init__(self, tree: FileTreeView, entry: Entry | None) -> None:
            super().__init__(tree)
            self.entry = entry

    class Opening(Said):
        """A folder with many entries is to be opened: give its rows to ``open``."""

        def __init__(self, tree: FileTreeView, folder: Folder) -> None:
            super().__init__(tree)
            self.folder = folder

    class Chosen(Said):
        """A file was opened."""

        def __init__(self, tree: FileTreeView, entry: Entry) -> None:
            super().__init__(tree)
            self.entry = entry

    class MarksChanged(Said):
        """Other files are marked."""

    class SortChanged(Said):
        """The rows are to stand in another order: give an outline that does to ``show``."""

    def __init__(
        self,
        *,
        now: datetime,
        zone: tzinfo,
        symbols: Symbols = UNICODE,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self._cells = FileCells(symbols, now, zone)
        self._outline: Outline | None = None
        self._said: Entry | None = None
        self._anchor: int | None = None
        self.order = Order.NAME
        self.reverse = False
        self.marking = Marking()

    # What it shows

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._outline) if self._outline is not None else 0

    @property
    def outline(self) -> Outline | None:
        """What is shown."""
        return self._outline

    @property
    def cursor_entry(self) -> Entry | None:
        """The entry under the cursor; None where there is none."""
        return self._outline.entry(self.cursor) if self._outline is not None and self.row_count else None

    def show(self, outline: Outline | None, *, at: Entry | None = None) -> None:
        """Show this; the cursor stays on its entry, or goes to ``at``, and where that is not shown to the top."""
        held = at or self.cursor_entry
        offset = self.cursor - self.top
        self._anchor = None
        self._outline = outline
        index = outline.index_of(held) if outline is not None and held is not None else None
        self._cursor = index or 0
        self._top = self._cursor - offset if index is not None else 0
        self._reveal()
        self.repaint()
        self.on_cursor_moved()

    def open(self, folder: Folder, rows: Rows) -> None:
        """Put a folder's rows below it; nothing happens where the folder is not in view any more."""
        outline = self._outline
        at = outline.index_of(outline.tree.entry(folder)) if outline is not None else None
        if outline is None or at is None or outline.flat:
            return
        outline.open(at, rows)
        self._after_splice(at, len(rows))

    def refresh_entries(self) -> None:
        """Draw anew what is known now of the entries: which are refused, say."""
        self.repaint()

    def clear_marks(self) -> None:
        """Take all marks away."""
        self.marking.clear()
        self._say_marks()

    def _after_splice(self, at: int, rows: int) -> None:
        if self._anchor is not None and self._anchor > at:
            self._anchor = max(at, self._anchor + rows)
        if self._cursor > at:
            self._cursor = max(at, self._cursor + rows)
        self._reveal()
        self.repaint()
        self.on_cursor_moved()

    def on_cursor_moved(self) -> None:
        """Tell which entry is under the cursor, where it is another one."""
        if self._anchor is not None:
            self.repaint()
        entry = self.cursor_entry
        if entry != self._said:
            self._said = entry
            self.post_message(self.Highlighted(self, entry))
            self.refresh_bindings()

    # Painting

    def draw_header(self, line: int, width: int) -> Strip:
        """The titles."""
        titles = self._cells.header(FileColumns.of(width), self.order, reverse=self.reverse)
        return self.strip([(titles, "muted")], width, rest="muted")

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """One file or folder."""
        outline = self._outline
        assert outline is not None  # noqa: S101 - there is no row without
        entry = outline.entry(index)
        at_cursor = self.is_at_cursor(index)
        look = self.cursor_look if at_cursor else ""
        marked = index in self._range() or self.marking.is_marked(entry)
        pieces = [
            (self.symbols.cursor if at_cursor else " ", "text"),
            (self._cells.mark(marked=marked, mixed=self.marking.is_mixed(entry)), "accent"),
            *self._cells.row(outline, index, entry, FileColumns.of(width)),
        ]
        return self.strip([(text, look or own) for text, own in pieces], width, rest=look or pieces[-1][1])

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape belongs to the tree only while a range is drawn; ``h`` only on a folder."""
        if action == "leave_range":
            return self._anchor is not None
        if action == "fold":
            entry = self.cursor_entry
            return entry is not None and entry.folder is not None
        return True

    def on_row_chosen(self) -> None:
        """A double click opens, and closes again."""
        entry = self.cursor_entry
        if entry is not None and entry.folder is not None and self._outline and self._outline.is_open(self.cursor):
            self.action_close()
        else:
            self.action_open()

    def on_header_clicked(self, x: int) -> None:
        """Sort by the column that was clicked."""
        self._sort_by(FileColumns.of(self.size.width).order_at(x))

    def action_open(self) -> None:
        """Open a folder, or step into one that is open; choose a file."""
        entry, outline = self.cursor_entry, self._outline
        if entry is None or outline is None:
            return
        if entry.folder is None:
            self.post_message(self.Chosen(self, entry))
        elif outline.is_open(self.cursor):
            self.move_to(self.cursor + 1)
        elif len(entry.folder.folders) + len(entry.folder.numbers) <= FEW_ROWS:
            # At once, for keys may have been typed already that are meant for what is in it.
            self.open(entry.folder, outline.tree.rows(entry.folder, self.order, reverse=self.reverse))
        else:
            self.post_message(self.Opening(self, entry.folder))

    def action_close(self) -> None:
        """Close a folder that is open; from anything else go to the folder it is in."""
        outline = self._outline
        if outline is None or not self.row_count:
            return
        if outline.is_open(self.cursor):
            rows = outline.end(self.cursor) - self.cursor - 1
            outline.close(self.cursor)
            self._after_splice(self.cursor, -rows)
        elif (parent := outline.parent(self.cursor)) is not None:
            self.move_to(parent)

    def action_fold(self) -> None:
        """The same, by another key."""
        self.action_close()

    def action_sort_next(self) -> None:
        """Sort by the next column."""
        self._sort_by(_ORDERS[(_ORDERS.index(self.order) + 1) % len(_ORDERS)])

    def action_sort_reverse(self) -> None:
        """Sort by the same column the other way."""
        self._sort_by(self.order)

    def _sort_by(self, order: Order) -> None:
        self.reverse = not self.reverse if order is self.order else False
        self.order = order
        self.post_message(self.SortChanged(self))

    # Marks

    def _range(self) -> range:
        if self._anchor is None:
            return range(0)
        return range(min(self._anchor, self.cursor), max(self._anchor, self.cursor) + 1)

    def _say_marks(self) -> None:
        self.post_message(self.MarksChanged(self))
        self.repaint()

    def action_mark(self) -> None:
        """Mark what is under the cursor and go on to the next; end a range where one is being drawn."""
        if self._anchor is not None:
            self.action_mark_range()
        elif (entry := self.cursor_entry) is not None and self._outline is not None:
            self.marking.toggle(entry)
            self._say_marks()
            self.move_to(self._outline.end(self.cursor) if entry.folder is not None else self.cursor + 1)

    def action_mark_range(self) -> None:
        """Begin a range at the cursor, or mark all from its beginning to the cursor."""
        if self._outline is None or not self.row_count:
            return
        if self._anchor is None:
            self._anchor = self.cursor
        else:
            for index in self._range():
                self.marking.set(self._outline.entry(index), True)
            self._anchor = None
            self.post_message(self.MarksChanged(self))
        self.repaint()
        self.refresh_bindings()

    def action_leave_range(self) -> None:
        """Give up the range being drawn."""
        self._anchor = None
        self.repaint()
        self.refresh_bindings()

    def action_mark_all(self) -> None:
        """Mark all that is listed; take all marks away where there are any."""
        outline = self._outline
        if outline is None:
            return
        self._anchor = None
        if self.marking:
            self.marking.clear()
        elif outline.flat:
            for index in range(len(outline)):
                self.marking.set(outline.entry(index), True)
        else:
            self.marking.set_all(outline.tree, True)
        self._say_marks()
