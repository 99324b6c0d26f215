"""The preview: what it is about stays at the top, the lines below it scroll."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from snaptui.i18n import N_
from snaptui.tui.bindings import MOVEMENT, binding
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cursor_list import WHEEL_ROWS
from snaptui.tui.widgets.document import Document
from snaptui.tui.widgets.fitting import Part, fit_parts
from snaptui.tui.widgets.lines import LineView, fit

if TYPE_CHECKING:
    from snaptui.tui.syntax import Spans

_SIDEWAYS = 16
_MOST_WARNING_LINES = 4


class PreviewPane(LineView, can_focus=True, inherit_bindings=False):
    """Shows a document; colours may be given to its lines afterwards, as they are worked out."""

    DEFAULT_CSS = """
    PreviewPane {
        width: 1fr;
        height: 1fr;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVEMENT,
        binding("space", "page_down", N_("page down"), id="preview-page", show=False, tooltip=N_("One page down")),
        binding(
            "left", "left", N_("left"), id="preview-left", show=False, tooltip=N_("Scroll to the left, then go back")
        ),
        binding("right,l", "right", N_("right"), id="preview-right", show=False, tooltip=N_("Scroll to the right")),
        binding("escape,backspace", "back", N_("back"), id="preview-back", tooltip=N_("Go back to the files")),
    ]

    class Left(Message):
        """The person is done here."""

    def __init__(
        self, *, symbols: Symbols = UNICODE, name: str | None = None, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self._document = Document()
        self._spans: list[Spans] = []
        self._top = 0
        self._left = 0

    @property
    def document(self) -> Document:
        """What is shown."""
        return self._document

    @property
    def top(self) -> int:
        """The first line in view."""
        return self._top

    @property
    def coloured(self) -> bool:
        """Whether every line has its colours."""
        return len(self._spans) >= len(self._document.lines) > 0

    def show(self, document: Document, *, keep: bool = False) -> None:
        """Show another document, from its beginning unless ``keep``."""
        self._document, self._spans = document, []
        if not keep:
            self._top = self._left = 0
        self._top = max(0, min(self._top, self._last_top()))
        self.repaint()

    def add_colours(self, lines: Sequence[Spans]) -> None:
        """Take the colours of the next lines."""
        first = len(self._spans)
        self._spans += lines
        if first < self._top + self.size.height and len(self._spans) > self._top:
            self.repaint()

    # Painting

    def _head(self, width: int) -> list[list[tuple[str, str]]]:
        """The title, the facts, the warnings, and a blank line where something follows."""
        document, plain = self._document, self.symbols.plain
        if not document.title:
            return []
        look = "accent" if self.has_focus else "strong"
        facts = [Part(plain(fact), "muted", rank=place) for place, fact in enumerate(document.facts) if fact]
        head = [
            [(_end_of(plain(document.title), width - 1, self.symbols.ellipsis), look)],
            fit_parts(facts, (), max(0, width - 1), self.symbols),
        ]
        for warning in document.warnings:
            head += [[(text, "warn")] for text in wrap(plain(warning), max(8, width - 2))[:_MOST_WARNING_LINES]]
        return [*head, []]

    def draw_line(self, y: int, width: int) -> Strip:
        """A line of the head, or of what is below it."""
        head = self._head(width)
        if y < len(head):
            return self.strip([(" ", "text"), *head[y]], width)
        index = self._top + y - len(head)
        lines = self._document.lines
        if index >= len(lines):
            return self.strip((), width)
        # A character may have no width of its own, so that more of them than cells belong to what is seen.
        text = self.symbols.plain(lines[index][: self._left + 4 * width])
        spans = self._spans[index] if index < len(self._spans) else None
        pieces = [(text, self._document.look)] if spans is None else _cut(text, spans)
        whole = self.strip([(" ", "text"), *pieces], self._left + width)
        return whole.crop(self._left, self._left + width) if self._left else whole

    # Scrolling

    def _page(self) -> int:
        return max(1, self.size.height - len(self._head(self.size.width)))

    def _last_top(self) -> int:
        return max(0, len(self._document.lines) - self._page())

    def _go_to(self, top: int) -> None:
        top = max(0, min(top, self._last_top()))
        if top != self._top:
            self._top = top
            self.repaint()

    def action_cursor_down(self) -> None:
        """A line down."""
        self._go_to(self._top + 1)

    def action_cursor_up(self) -> None:
        """A line up."""
        self._go_to(self._top - 1)

    def action_page_down(self) -> None:
        """A page down, one line of it staying in view."""
        self._go_to(self._top + max(1, self._page() - 1))

    def action_page_up(self) -> None:
        """A page up."""
        self._go_to(self._top - max(1, self._page() - 1))

    def action_half_page_down(self) -> None:
        """Half a page down."""
        self._go_to(self._top + max(1, self._page() // 2))

    def action_half_page_up(self) -> None:
        """Half a page up."""
        self._go_to(self._top - max(1, self._page() // 2))

    def action_first(self) -> None:
        """To the beginning."""
        self._go_to(0)

    def action_last(self) -> None:
        """To the end."""
        self._go_to(self._last_top())

    def action_right(self) -> None:
        """To the right, as far as a line in view reaches."""
        seen = self._document.lines[self._top : self._top + self._page()]
        if self._left + self.size.width <= max(map(len, seen), default=0) + 1:
            self._left += _SIDEWAYS
            self.repaint()

    def action_left(self) -> None:
        """To the left; from the edge back to the files."""
        if not self._left:
            self.action_back()
            return
        self._left = max(0, self._left - _SIDEWAYS)
        self.repaint()

    def action_back(self) -> None:
        """Give the keys back."""
        self.post_message(self.Left())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll."""
        event.stop()
        self._go_to(self._top + WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll."""
        event.stop()
        self._go_to(self._top - WHEEL_ROWS)

    def on_focus(self) -> None:
        """The title says who has the keys."""
        self.repaint()

    def on_blur(self) -> None:
        """The title says who has the keys."""
        self.repaint()

    def on_resize(self) -> None:
        """Keep the end in view."""
        self._top = max(0, min(self._top, self._last_top()))
        self.repaint()


def _end_of(text: str, width: int, ellipsis: str) -> str:
    """A path that is too long loses its beginning, since its end says more."""
    from rich.cells import cell_len

    if cell_len(text) <= width:
        return text
    kept = text
    while kept and cell_len(kept) >= width:
        kept = kept[max(1, (cell_len(kept) - width) // 2) :]
    return fit(ellipsis + kept, max(1, width)).rstrip()


def _cut(text: str, spans: Spans) -> list[tuple[str, str]]:
    """The pieces of a line in their looks."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for length, look in spans:
        pieces.append((text[at : at + length], look))
        at += length
    return [*pieces, (text[at:], "text")]
