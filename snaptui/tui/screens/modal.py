"""What every window over a screen shares: a box, a way out, words that can't be taken for markup."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from snaptui.i18n import N_
from snaptui.tui.bindings import binding

T = TypeVar("T")


class Modal(ModalScreen[T]):
    """A window over a screen; Escape leaves it without an answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("escape", "leave", N_("back"), id="window-leave", tooltip=N_("Close this window")),
    ]

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


def line(text: str, *, id: str | None = None, classes: str = "") -> Static:
    """A line of plain words; brackets in it are brackets."""
    return Static(Content(text), id=id, classes=classes, markup=False)


def set_line(widget: Static, text: str) -> None:
    """Change the words of a line whose place and height stay."""
    widget.update(Content(text), layout=False)
