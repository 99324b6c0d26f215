"""The keys that work where ``?`` was pressed, from the live bindings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from snaptui.i18n import N_, _
from snaptui.tui.bindings import binding, tooltip_of
from snaptui.tui.commands import live_bindings
from snaptui.tui.screens.place import Modal, line
from snaptui.tui.symbols import Symbols

_KEY_CELLS = 13
_ID_CELLS = 20
_LEAST_FOR_ID = 70
_TITLES = {
    "SnapshotTable": N_("In the versions"),
    "AppSidebar": N_("In the apps"),
    "TransferTable": N_("In the transfers"),
    "FileTreeView": N_("In the files"),
    "PreviewPane": N_("In the preview"),
    "HistoryList": N_("In the history"),
    "DifferenceTree": N_("In the differences"),
    "LineDiffView": N_("In the lines"),
    "SnaptuiApp": N_("Everywhere"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """One command: its id in ``config.toml``, the keys for it, what it does."""

    id: str
    sentence: str
    keys: Sequence[str]


Keys = dict[str, list[Key]]


def keys_of(screen: Screen[Any]) -> Keys:
    """The commands that work on a screen now, under a title each for the place they belong to."""
    found = Keys()
    for node, bound, keys in live_bindings(screen):
        if bound.id is None or bound.system:
            continue
        title = _(_TITLES.get(type(node).__name__, N_("On this screen")))
        if bound.id.startswith("move-"):
            title = _("Moving")
        found.setdefault(title, []).append(Key(bound.id, tooltip_of(bound), keys))
    moving = found.pop(_("Moving"), None)
    return found if moving is None else {**found, _("Moving"): moving}


class HelpScreen(Modal[None]):
    """Lists keys, what they do, and the id that ``config.toml`` calls it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("question_mark,q,f1", "leave", N_("back"), id="help-leave", show=False, tooltip=N_("Close the help")),
        binding("j", "scroll(1)", N_("down"), id="help-down", show=False, tooltip=N_("Scroll down")),
        binding("k", "scroll(-1)", N_("up"), id="help-up", show=False, tooltip=N_("Scroll up")),
    ]

    def __init__(self, keys: Keys, symbols: Symbols) -> None:
        super().__init__()
        self._keys, self._symbols = keys, symbols

    def compose(self) -> ComposeResult:
        """A line for each command."""
        with Vertical(classes="box tall"):
            yield line(_("The keys that work here"), classes="title")
            with VerticalScroll(classes="scrolled"):
                yield Static("", id="help-keys", markup=False)
            yield line(_("Esc closes this. The names at the right are what config.toml calls them."), classes="quiet")

    def on_mount(self) -> None:
        """The arrows scroll."""
        self.query_one(VerticalScroll).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines for another width."""
        self.call_after_refresh(self._write)

    def _write(self) -> None:
        width = self.query_one(VerticalScroll).scrollable_content_region.width
        if width > 0:
            parts = [part for title, keys in self._keys.items() for part in self._section(title, keys, width)]
            self.query_one("#help-keys", Static).update(Content("\n").join(parts))

    def _section(self, title: str, keys: Sequence[Key], width: int) -> list[Content]:
        plain = self._symbols.plain
        with_id = width >= _LEAST_FOR_ID
        room = max(10, width - _KEY_CELLS - (_ID_CELLS if with_id else 0))
        lines = [Content.styled(plain(title), "$text-muted")]
        for key in keys:
            shown = plain(" ".join(key.keys))
            words = wrap(plain(key.sentence), room - 1) or [""]
            gap = " " * max(1, _KEY_CELLS - len(shown) - 1)
            id_shown = (key.id if with_id else "", "$text-muted")
            lines.append(Content.assemble((f" {shown}", "$text-accent"), gap, words[0].ljust(room), id_shown))
            lines += [Content(" " * _KEY_CELLS + more) for more in words[1:]]
        return [*lines, Content("")]

    def action_scroll(self, lines: int) -> None:
        """Scroll by a line."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
