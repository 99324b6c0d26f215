"""The keys that work where ``?`` was pressed, from the live bindings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from textwrap import wrap
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Input

from snaptui.folding import folded
from snaptui.i18n import N_, _
from snaptui.tui.bindings import MATCHING, binding, title_of, tooltip_of
from snaptui.tui.commands import live_bindings
from snaptui.tui.screens.place import Modal, field, line
from snaptui.tui.symbols import Symbols
from snaptui.tui.widgets.cursor_list import CursorList

if TYPE_CHECKING:
    from textual.types import IgnoreReturnCallbackType

_KEY_CELLS = 13
_ID_CELLS = 22
_LEAST_FOR_ID = 70


@dataclass(frozen=True, slots=True)
class Key:
    """One command: its id in ``config.toml``, the keys for it, what it does, and what runs it."""

    id: str
    sentence: str
    keys: Sequence[str]
    run: IgnoreReturnCallbackType = lambda: None


Keys = dict[str, list[Key]]


def keys_of(screen: Screen[Any]) -> Keys:
    """The commands that work on a screen now, under a title each for the place they belong to."""
    found = Keys()
    for node, bound, keys in live_bindings(screen):
        if bound.id is None or bound.system:
            continue
        title = _(title_of(type(node)))
        if bound.id.startswith("move-"):
            title = _("Moving")
        run = partial(screen.app.run_action, bound.action, node)
        found.setdefault(title, []).append(Key(bound.id, tooltip_of(bound), keys, run))
    moving = found.pop(_("Moving"), None)
    return found if moving is None else {**found, _("Moving"): moving}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the list: a title, a key's first line, or one that goes on with its sentence."""

    words: str
    key: Key | None = None
    shown_keys: str = ""
    is_title: bool = False


class KeyList(CursorList):
    """Keys by place, each in as many lines as its sentence needs; ``set_filter`` shows only what holds the words."""

    DEFAULT_CSS = """
    KeyList {
        width: 1fr;
        height: 1fr;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        binding("enter", "choose", N_("run"), id="help-run", show=False, tooltip=N_("Run the command of this line")),
        *MATCHING,
    ]

    def __init__(self, keys: Keys, *, symbols: Symbols) -> None:
        super().__init__(symbols=symbols, id="help-keys")
        self._keys = keys
        self._lines: list[_Line] = []
        self._words: Sequence[str] = ()
        self._last_words: Sequence[str] = ()

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    @property
    def chosen(self) -> Key | None:
        """The command of the line under the cursor."""
        return self._lines[self.cursor].key if self._lines else None

    def set_filter(self, text: str) -> None:
        """Show only the keys whose key, sentence or id holds each of these words."""
        self._words = folded(self.symbols.plain(text)).split()
        self._last_words = self._words or self._last_words
        self._arrange()

    def _fits(self, key: Key, words: Sequence[str]) -> bool:
        text = folded(self.symbols.plain(f"{' '.join(key.keys)} {key.sentence} {key.id}"))
        return all(word in text for word in words)

    def find_match(self, places: range) -> int | None:
        """The first of these lines whose command the last filter lets through."""
        if not self._last_words:
            raise LookupError
        lines = self._lines
        return next((at for at in places if (key := lines[at].key) is not None and self._is_first(at, key)), None)

    def _is_first(self, at: int, key: Key) -> bool:
        return bool(self._lines[at].shown_keys) and self._fits(key, self._last_words)

    def on_resize(self) -> None:
        """Break the sentences for another width."""
        self._arrange()
        self.repaint()

    def _arrange(self) -> None:
        held = self.chosen
        self._lines = list(self._arranged(self.size.width)) if self.size.width else []
        first = next((at for at, each in enumerate(self._lines) if each.key is not None), 0)
        self.move_to(next((at for at, each in enumerate(self._lines) if each.key is held), first) if held else first)
        if self.cursor == first:
            self._top = 0
        self.repaint()

    def _arranged(self, width: int) -> Iterator[_Line]:
        room = max(10, width - _KEY_CELLS - (_ID_CELLS if width >= _LEAST_FOR_ID else 0) - 2)
        plain, separated = self.symbols.plain, False
        for title, keys in self._keys.items():
            fitting = [key for key in keys if self._fits(key, self._words)]
            if not fitting:
                continue
            if separated:
                yield _Line("")
            separated = True
            yield _Line(plain(title), is_title=True)
            for key in fitting:
                first, *more = wrap(plain(key.sentence), room) or [""]
                yield _Line(first, key, plain(" ".join(key.keys)))
                for words in more:
                    yield _Line(words, key)

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """The keys, what they do, and the id at the right where there is room."""
        shown = self._lines[index]
        look = self.cursor_look if self.is_at_cursor(index) else ""
        sign = self.symbols.cursor if look else " "
        if shown.key is None:
            return self.strip([(sign, look or "text"), (shown.words, look or "muted")], width, rest=look or "text")
        gap = " " * max(1, _KEY_CELLS - cell_len(shown.shown_keys))
        parts = [(sign, look or "text"), (shown.shown_keys, look or "accent"), (gap + shown.words, look or "text")]
        if shown.shown_keys and width >= _LEAST_FOR_ID:
            used = sum(cell_len(text) for text, _look in parts)
            parts.append((" " * max(1, width - _ID_CELLS - used), look or "text"))
            parts.append((shown.key.id, look or "muted"))
        return self.strip(parts, width, rest=look or "text")

    def action_choose(self) -> None:
        """Run the command of the line under the cursor."""
        if isinstance(self.screen, HelpScreen) and (key := self.chosen) is not None:
            self.screen.dismiss(key.run)

    def on_row_chosen(self) -> None:
        """Run it."""
        self.action_choose()


class HelpScreen(Modal["IgnoreReturnCallbackType | None"]):
    """Lists keys, what they do, and the id that ``config.toml`` calls it; returns what Enter was pressed on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("question_mark,q,f1", "leave", N_("back"), id="help-leave", show=False, tooltip=N_("Close the help")),
        binding("slash", "filter", N_("filter"), id="help-filter", show=False, tooltip=N_("Show only what you type")),
        binding(
            "escape", "clear", N_("back"), id="help-clear", show=False, tooltip=N_("Take the filter away, or close")
        ),
    ]

    def __init__(self, keys: Keys, symbols: Symbols) -> None:
        super().__init__()
        self._keys, self._symbols = keys, symbols

    def compose(self) -> ComposeResult:
        """A line for each command."""
        plain = self._symbols.plain
        with Vertical(classes="box tall"):
            yield line(plain(_("The keys that work here")), classes="title")
            yield KeyList(self._keys, symbols=self._symbols)
            yield field(id="help-words", placeholder=plain(_("Words of a sentence, a key, or a name")))
            words = _(
                "{filter} filters, Enter runs, Esc closes. The names at the right are what config.toml calls them."
            )
            words = words.format(filter=self.key_of("help-filter"))
            yield line(plain(words), id="help-hint", classes="quiet")

    def on_mount(self) -> None:
        """The arrows move."""
        found = self.query_one(KeyList)
        found.empty_text = _("No key does that: Esc shows them all.")
        found.focus()
        self.query_one("#help-words", Input).display = False

    def action_filter(self) -> None:
        """Open the field."""
        typed = self.query_one("#help-words", Input)
        typed.display = True
        typed.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as typed."""
        event.stop()
        self.query_one(KeyList).set_filter(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go back to the list, which stays filtered."""
        event.stop()
        event.input.display = bool(event.value)
        self.query_one(KeyList).focus()

    def action_clear(self) -> None:
        """Take the filter away; where there is none, close."""
        typed = self.query_one("#help-words", Input)
        if not typed.display:
            self.dismiss(None)
            return
        typed.value = ""
        typed.display = False
        self.query_one(KeyList).set_filter("")
        self.query_one(KeyList).focus()
