"""Any action by its name: a field, and below it what fits the words in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.strip import Strip
from textual.widgets import Input, Static

from snaptui.i18n import N_, _
from snaptui.tui.bindings import binding
from snaptui.tui.commands import Offer, fitting
from snaptui.tui.screens.place import Modal, field, line, set_line
from snaptui.tui.symbols import Symbols
from snaptui.tui.widgets.cursor_list import CursorList
from snaptui.tui.widgets.lines import fit


class OfferList(CursorList, can_focus=False):
    """Offers, one a line with its key at the right; the field above keeps the focus."""

    COUNTS = False
    CHOOSING_CLICKS = 1
    DEFAULT_CSS = """
    OfferList {
        width: 1fr;
        height: 1fr;
        margin-top: 1;
    }
    """

    def __init__(self, *, symbols: Symbols) -> None:
        super().__init__(symbols=symbols, id="offers")
        self.offers: Sequence[Offer] = ()

    @property
    def row_count(self) -> int:
        """How many fit."""
        return len(self.offers)

    @property
    def cursor_look(self) -> str:
        """The list has no focus of its own, but Enter is for its line."""
        return "cursor"

    @property
    def chosen(self) -> Offer | None:
        """The offer under the cursor."""
        return self.offers[self.cursor] if self.offers else None

    def set_offers(self, offers: Sequence[Offer]) -> None:
        """Show these from the first on."""
        self.offers = offers
        self.move_to(0)
        self.repaint()
        self.on_cursor_moved()

    def on_cursor_moved(self) -> None:
        """Say more of the one under the cursor."""
        if isinstance(self.screen, PaletteScreen):
            self.screen.show_sentence()

    def on_row_chosen(self) -> None:
        """Run it."""
        if isinstance(self.screen, PaletteScreen):
            self.screen.action_run()

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """The words, and the key."""
        offer, at_cursor = self.offers[index], self.is_at_cursor(index)
        look = "cursor" if at_cursor else ""
        plain, key = self.symbols.plain, self.symbols.plain(offer.key)
        room = max(1, width - cell_len(key) - 4)
        return self.strip(
            [
                (self.symbols.cursor if at_cursor else " ", look or "text"),
                (" " + fit(plain(offer.title), room, ellipsis=self.symbols.ellipsis), look or "text"),
                (f" {key} ", look or "accent"),
            ],
            width,
            rest=look or "text",
        )


class PaletteScreen(Modal[Offer | None]):
    """Returns what is to be run, or None. Every key typed narrows the list; Tab writes the line under the cursor.

    The cursor begins on the line ``at``: of values, the one in use.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("down,ctrl+n", "move(1)", N_("down"), id="palette-down", show=False, tooltip=N_("One line down")),
        binding("up,ctrl+p", "move(-1)", N_("up"), id="palette-up", show=False, tooltip=N_("One line up")),
        binding("pagedown", "page(1)", N_("page down"), id="palette-page-down", show=False, tooltip=N_("A page down")),
        binding("pageup", "page(-1)", N_("page up"), id="palette-page-up", show=False, tooltip=N_("A page up")),
        binding(
            "tab", "complete", N_("complete"), id="palette-complete", show=False,
            tooltip=N_("Write what the line under the cursor says"),
        ),
    ]  # fmt: skip

    def __init__(self, offers: Sequence[Offer], symbols: Symbols, placeholder: str, *, at: int = 0) -> None:
        super().__init__()
        self._offers, self._symbols, self._placeholder, self._at = tuple(offers), symbols, placeholder, at

    def compose(self) -> ComposeResult:
        """The field, the list, a sentence on the line under the cursor."""
        with Vertical(classes="box tall"):
            yield field(id="palette", placeholder=self._symbols.plain(self._placeholder))
            yield OfferList(symbols=self._symbols)
            yield line("", id="palette-sentence", classes="quiet")

    def on_mount(self) -> None:
        """All of them, before anything is typed."""
        found = self.query_one(OfferList)
        found.empty_text = _("Nothing is called so: take a letter away.")
        found.set_offers(self._offers)
        found.move_to(self._at)
        self.query_one("#palette", Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self.query_one(OfferList).set_offers(fitting(event.value, self._offers))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Run what the cursor is on, for what was typed until now."""
        event.stop()
        found = self.query_one(OfferList)
        if (now := fitting(event.value, self._offers)) != found.offers:
            found.set_offers(now)
        self.action_run()

    def show_sentence(self) -> None:
        """Say more of the line under the cursor."""
        chosen = self.query_one(OfferList).chosen
        words = self._symbols.plain(chosen.sentence) if chosen is not None else ""
        set_line(self.query_one("#palette-sentence", Static), words)

    def action_run(self) -> None:
        """Close, and let it be run."""
        if (chosen := self.query_one(OfferList).chosen) is not None:
            self.dismiss(chosen)

    def action_move(self, lines: int) -> None:
        """Move the cursor, around at the ends."""
        found = self.query_one(OfferList)
        if found.row_count:
            found.move_to((found.cursor + lines) % found.row_count)

    def action_page(self, pages: int) -> None:
        """Move by pages."""
        found = self.query_one(OfferList)
        found.move_to(found.cursor + pages * max(1, found.page - 1))

    def action_complete(self) -> None:
        """Write the words of the line under the cursor into the field."""
        if (chosen := self.query_one(OfferList).chosen) is not None:
            typed = self.query_one("#palette", Input)
            typed.value = chosen.words
            typed.cursor_position = len(typed.value)
