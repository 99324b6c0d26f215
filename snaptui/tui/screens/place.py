"""What every screen and window shares: its keys, its words where the terminal is too small, lines of plain words."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap
from time import monotonic
from typing import Any, ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widgets import Input, Static

from snaptui.i18n import N_, _
from snaptui.tui.bindings import binding
from snaptui.tui.surroundings import SMALLEST
from snaptui.tui.widgets.lines import LineView

T = TypeVar("T")

_SETTLING_SECONDS = 1.0

PLACE_KEYS: tuple[Binding, ...] = (
    binding("tab", "app.focus_next", N_("next"), id="focus-next", show=False, tooltip=N_("Go to the next part")),
    binding(
        "shift+tab", "app.focus_previous", N_("previous"), id="focus-previous", show=False,
        tooltip=N_("Go to the part before"),
    ),
    binding(
        "ctrl+c,super+c", "screen.copy_text", N_("copy selection"), id="copy-selection", show=False, system=True,
        tooltip=N_("Copy the text selected with the mouse"),
    ),
)  # fmt: skip

STEP_KEYS: tuple[Binding, ...] = (
    binding(
        "up,left,k,h", "app.focus_previous", N_("previous"), id="step-previous", show=False,
        tooltip=N_("Go to the button or field before"),
    ),
    binding(
        "down,right,j,l", "app.focus_next", N_("next"), id="step-next", show=False,
        tooltip=N_("Go to the next button or field"),
    ),
)  # fmt: skip
"""What goes from button to button where there is no list; a field keeps the keys that it can take."""


class TooSmall(LineView):
    """Covers everything with one sentence."""

    DEFAULT_CSS = """
    TooSmall {
        layer: cover;
        dock: top;
        width: 100%;
        height: 100%;
        background: $background;
    }
    """

    def draw_line(self, y: int, width: int) -> Strip:
        """The sentence, in as many lines as it needs."""
        words = _("snaptui needs {columns}×{rows} cells: enlarge the terminal, or use its commands.")
        lines = wrap(words.format(columns=SMALLEST[0], rows=SMALLEST[1]), max(1, width))
        return self.strip([(lines[y], "text")] if y < len(lines) else (), width)


class Place(Screen[T], inherit_bindings=False):
    """A screen. What stands on it keeps its state and its focus while the terminal is too small.

    ``SHOWS_TRANSFERS`` is set where a person sees what becomes of downloads, and need not be told.
    """

    SHOWS_TRANSFERS: ClassVar[bool] = False
    CSS_PATH: ClassVar[Path | None] = Path(__file__).parent.parent / "screens.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [*PLACE_KEYS]
    _settled_at = 0.0

    def key_of(self, bound_id: str) -> str:
        """The key of a command as it is shown, for words that name it."""
        app: Any = self.app
        key: str = app.key_of(bound_id)
        return key

    @property
    def is_current(self) -> bool:
        """Whether it is drawn: only in front.

        Textual also draws the screen behind, sees nothing of it where the one in front is opaque, and for each of its
        changes sends all of the one in front again: fifty thousand bytes a second beside a few downloads. What
        changed meanwhile is drawn when this screen is in front once more. Only for another size of the terminal it
        is drawn behind too: what shines through stood elsewhere.
        """
        return self.is_active or (monotonic() < self._settled_at and super().is_current)

    def on_resize(self, event: events.Resize) -> None:
        """Cover everything where there is no room, and uncover it again."""
        self._settled_at = monotonic() + _SETTLING_SECONDS
        covers = self.query(TooSmall)
        if event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]:
            if not covers:
                self.mount(TooSmall())
        elif covers:
            covers.remove()


class Modal(Place[T], ModalScreen[T]):
    """A window over a screen; Escape leaves it without an answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("escape", "leave", N_("back"), id="window-leave", tooltip=N_("Close this window")),
        # A window ends the search for a key, so what works everywhere is said again here.
        binding(
            "question_mark,f1", "app.help", N_("help"), id="help", tooltip=N_("Show the keys that work here"),
        ),
        binding(
            "colon,ctrl+p", "app.command_palette", N_("commands"), id="commands",
            tooltip=N_("Run any action by its name"),
        ),
        *STEP_KEYS,
    ]  # fmt: skip

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


def line(text: str, *, id: str | None = None, classes: str = "") -> Static:
    """Plain words; brackets in them are brackets."""
    return Static(Content(text), id=id, classes=classes, markup=False)


def set_line(widget: Static, text: str) -> None:
    """Change the words of a line whose place and height stay; nothing is sent where they are the same."""
    if str(widget.content) != text:
        widget.update(Content(text), layout=False)


def field(*, id: str, value: str = "", placeholder: str = "") -> Input:
    """A line to type in, whose cursor stands still: each blink would be sent."""
    made = Input(value=value, id=id, placeholder=placeholder, compact=True, select_on_focus=False)
    made.cursor_blink = False
    return made
