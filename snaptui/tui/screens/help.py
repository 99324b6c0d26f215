"""The keys that work where ``?`` was pressed, from the live bindings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from snaptui.i18n import N_, _
from snaptui.tui.bindings import binding
from snaptui.tui.screens.modal import Modal, line


class HelpScreen(Modal[None]):
    """Lists (key, what it does, the id that ``config.toml`` calls it)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("question_mark,q", "leave", N_("back"), id="help-leave", show=False, tooltip=N_("Close the help")),
    ]

    def __init__(self, keys: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """One line a binding; keys of one binding stand together."""
        together: dict[str, tuple[list[str], str]] = {}
        for key, words, name in self._keys:
            keys, _words = together.setdefault(name, ([], words))
            if key not in keys:
                keys.append(key)
        lines = [
            Content.assemble((f"{' '.join(keys):>14}", "bold"), "  ", words, "  ", (name, "$text-muted"))
            for name, (keys, words) in together.items()
        ]
        with Vertical(classes="box tall"):
            yield line(_("Keys that work here (Esc closes)"), classes="title")
            with VerticalScroll(classes="scrolled"):
                yield Static(Content("\n").join(lines), markup=False)
