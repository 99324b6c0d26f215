"""The sidebar: every app with its state and the number of its snapshots, after an entry for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from snaptui.folding import folded
from snaptui.i18n import N_, _
from snaptui.tui.bindings import MATCHING, binding
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cursor_list import CursorList
from snaptui.tui.widgets.lines import fit
from snaptui.tui.widgets.states import state_look, state_sign

if TYPE_CHECKING:
    from snaptui.catalog import AppRow

_JUMPS = 9


class AppSidebar(CursorList):
    """Apps to choose from. The first entry, all of them, has the id None."""

    HEADER_LINES = 1
    COUNTS = False
    DEFAULT_CSS = """
    AppSidebar {
        width: 24;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        binding(
            "enter", "choose", N_("open"), id="sidebar-choose", show=False, tooltip=N_("Go to this app's versions"),
        ),
        *(
            binding(
                str(number), f"jump({number})", N_("jump"), id=f"sidebar-jump-{number}", show=False, system=number > 1,
                tooltip=N_("Go to the entry of that number, 1 to 9"),
            )
            for number in range(1, _JUMPS + 1)
        ),
        *MATCHING,
    ]  # fmt: skip

    class Highlighted(Message):
        """Another app is under the cursor; None stands for all of them."""

        def __init__(self, sidebar: AppSidebar, app_id: str | None) -> None:
            super().__init__()
            self.sidebar = sidebar
            self.app_id = app_id

        @property
        def control(self) -> AppSidebar:
            """The sidebar."""
            return self.sidebar

    class Chosen(Message):
        """An app was opened, by Enter or a double click; None stands for all of them."""

        def __init__(self, sidebar: AppSidebar, app_id: str | None) -> None:
            super().__init__()
            self.sidebar = sidebar
            self.app_id = app_id

        @property
        def control(self) -> AppSidebar:
            """The sidebar."""
            return self.sidebar

    def __init__(
        self, *, symbols: Symbols = UNICODE, name: str | None = None, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self._apps: Sequence[AppRow] = ()
        self._shown: Sequence[AppRow] = ()
        self._filter: Callable[[AppRow], bool] | None = None
        self._last_filter: Callable[[AppRow], bool] | None = None
        self._total: int | None = None
        self._highlighted: str | None = None

    @property
    def row_count(self) -> int:
        """The apps shown, and the entry for all."""
        return 1 + len(self._shown)

    @property
    def highlighted_id(self) -> str | None:
        """The id of the app under the cursor; None for all of them."""
        return self._shown[self.cursor - 1].app.id if self.cursor else None

    @property
    def highlighted_app(self) -> AppRow | None:
        """The app under the cursor; None for all of them."""
        return self._shown[self.cursor - 1] if self.cursor else None

    @property
    def shown_apps(self) -> Sequence[AppRow]:
        """The apps the filter lets through."""
        return self._shown

    def set_apps(self, apps: Sequence[AppRow], *, total: int | None = None) -> None:
        """Show these apps; the highlighted one stays so by its id.

        ``total`` is the number of all snapshots, their sum where it is None.
        """
        self._apps = apps
        self._total = sum(row.count for row in apps) if total is None else total
        self._refilter()

    def set_filter(self, text: str) -> None:
        """Show only apps whose name or id holds each of the words, and none of those after a !; no words show all."""
        words = [(word.lstrip("!"), not word.startswith("!")) for word in folded(text).split() if word.strip("!")]

        def fits(row: AppRow) -> bool:
            names = (folded(row.app.name), row.app.id.lower())
            return all(any(word in name for name in names) is wanted for word, wanted in words)

        self._filter = fits if words else None
        self._last_filter = self._filter or self._last_filter
        self._refilter()

    def find_match(self, places: range) -> int | None:
        """The first of these entries whose app the last filter lets through."""
        if (fits := self._last_filter) is None:
            raise LookupError
        return next((place for place in places if place and fits(self._shown[place - 1])), None)

    def highlight(self, app_id: str | None) -> bool:
        """Put the cursor on an app; False where it is not shown."""
        index = self._index_of(app_id)
        if index is not None:
            self.move_to(index)
        return index is not None

    def _index_of(self, app_id: str | None) -> int | None:
        if app_id is None:
            return 0
        return next((index for index, row in enumerate(self._shown, 1) if row.app.id == app_id), None)

    def _refilter(self) -> None:
        keep, offset = self._highlighted, self._cursor - self._top
        self._shown = self._apps if self._filter is None else [row for row in self._apps if self._filter(row)]
        self._cursor = self._index_of(keep) or 0
        self._top = self._cursor - offset
        self._reveal()
        self.repaint()
        self.on_cursor_moved()

    def on_cursor_moved(self) -> None:
        """Tell which app is under the cursor, where it is another."""
        if self.highlighted_id != self._highlighted:
            self._highlighted = self.highlighted_id
            self.post_message(self.Highlighted(self, self._highlighted))

    def on_row_chosen(self) -> None:
        """Open the app under the cursor."""
        self.action_choose()

    def action_choose(self) -> None:
        """Open the app under the cursor."""
        self.post_message(self.Chosen(self, self.highlighted_id))

    def action_jump(self, number: int) -> None:
        """Go to the entry of that number, the first one being 1."""
        if number <= self.row_count:
            self.move_to(number - 1)

    def draw_header(self, line: int, width: int) -> Strip:
        """The title."""
        return self.strip([(" " + self.symbols.plain(_("Apps")), "muted")], width, rest="muted")

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """One app: the cursor, its state, its name, how many snapshots it has."""
        at_cursor = self.is_at_cursor(index)
        look = self.cursor_look if at_cursor else ""
        parts = [(self.symbols.cursor if at_cursor else " ", look or "text")]
        if index:
            row = self._shown[index - 1]
            name, count = row.app.name, str(row.count)
            name_look = look or ("muted" if row.app.deleted else "text")
            parts.append((state_sign(row.app, self.symbols) + " ", look or state_look(row.app)))
            room = width - 3
        else:
            name, count = _("All apps"), "" if self._total is None else str(self._total)
            name_look = look or "text"
            room = width - 1
        cells = max(1, room - len(count) - 2)
        parts.append((fit(self.symbols.plain(name), cells, ellipsis=self.symbols.ellipsis), name_look))
        parts.append((f" {count} ", look or "muted"))
        return self.strip(parts, width, rest=look or "text")
