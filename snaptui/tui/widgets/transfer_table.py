"""The list of transfers: two lines each, what and how far, then the figures or what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from snaptui import formatting
from snaptui.errors import TargetExists
from snaptui.i18n import N_, _, ngettext
from snaptui.transfers.queue import State, Transfer
from snaptui.tui.bindings import binding
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cells import bar
from snaptui.tui.widgets.cursor_list import CursorList
from snaptui.tui.widgets.detail import short_path
from snaptui.tui.widgets.fitting import Part, fit_parts
from snaptui.tui.widgets.lines import fit
from snaptui.tui.widgets.progress import percent_of, state_word
from snaptui.tui.widgets.progress_line import Progress, amounts

_STATE_LOOKS = {
    State.RUNNING: "accent",
    State.CHECKING: "accent",
    State.DONE: "good",
    State.FAILED: "bad",
    State.WAITING: "warn",
}
_WITH_BAR = frozenset({State.RUNNING, State.WAITING, State.CHECKING, State.PAUSED})
_STATE_CELLS = 17
_BAR_CELLS = 12
_LEAST_FOR_BAR = 56
_LEAST_NAME = 8
_SHA_SHOWN = 12


class TransferTable(CursorList):
    """Transfers as the queue has them; told by ``set_transfers`` it sends only what changed."""

    ROW_LINES = 2
    BINDINGS: ClassVar[list[BindingType]] = [
        binding(
            "enter",
            "choose",
            N_("go on"),
            id="transfer-choose",
            show=False,
            tooltip=N_("Pause this download, go on with it, or try it again"),
        ),
    ]

    class Highlighted(Message):
        """Another transfer is under the cursor, or none."""

        def __init__(self, table: TransferTable, transfer: Transfer | None) -> None:
            super().__init__()
            self.table = table
            self.transfer = transfer

        @property
        def control(self) -> TransferTable:
            """The list."""
            return self.table

    class Chosen(Message):
        """A transfer was opened, by Enter or a double click."""

        def __init__(self, table: TransferTable, transfer: Transfer) -> None:
            super().__init__()
            self.table = table
            self.transfer = transfer

        @property
        def control(self) -> TransferTable:
            """The list."""
            return self.table

    def __init__(
        self, *, symbols: Symbols = UNICODE, name: str | None = None, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self._transfers: Sequence[Transfer] = ()
        self._highlighted: int | None = None
        self._said: tuple[int, str] | None = None

    @property
    def row_count(self) -> int:
        """How many transfers there are."""
        return len(self._transfers)

    @property
    def cursor_transfer(self) -> Transfer | None:
        """The transfer under the cursor; None in an empty list."""
        return self._transfers[self.cursor] if self._transfers else None

    def set_transfers(self, transfers: Sequence[Transfer]) -> None:
        """Show these; the highlighted one stays so by its id."""
        self._transfers = transfers
        kept = next((place for place, each in enumerate(transfers) if each.id == self._highlighted), None)
        self._cursor = max(0, min(self._cursor, len(transfers) - 1)) if kept is None else kept
        self._reveal()
        self.repaint()
        self.on_cursor_moved()

    def highlight(self, transfer_id: int) -> bool:
        """Put the cursor on a transfer; False where there is none of that id."""
        place = next((place for place, each in enumerate(self._transfers) if each.id == transfer_id), None)
        if place is not None:
            self.move_to(place)
        return place is not None

    def on_cursor_moved(self) -> None:
        """Tell which transfer is under the cursor, where it is another or stands otherwise."""
        transfer = self.cursor_transfer
        said = None if transfer is None else (transfer.id, transfer.state.value)
        self._highlighted = None if transfer is None else transfer.id
        if said != self._said:
            self._said = said
            self.post_message(self.Highlighted(self, transfer))

    def on_row_chosen(self) -> None:
        """Open the transfer under the cursor."""
        self.action_choose()

    def action_choose(self) -> None:
        """Open the transfer under the cursor."""
        if (transfer := self.cursor_transfer) is not None:
            self.post_message(self.Chosen(self, transfer))

    def draw_row(self, index: int, line: int, width: int) -> Strip:
        """One of the two lines of a transfer."""
        transfer = self._transfers[index]
        at_cursor = self.is_at_cursor(index)
        look = self.cursor_look if at_cursor else ""
        # The last cell is the scroll bar's.
        parts = self._what(transfer, width - 3) if line == 0 else self._figures(transfer, width - 5)
        sign = self.symbols.cursor if at_cursor else " "
        margin = f"{sign} " if line == 0 else f"{sign}   "
        plain = self.symbols.plain
        return self.strip(
            [(margin, look or "text"), *((plain(text), look or own) for text, own in parts)],
            width,
            rest=look or "text",
        )

    def _what(self, transfer: Transfer, width: int) -> list[tuple[str, str]]:
        state = transfer.state
        percent = percent_of(transfer)
        with_bar = width >= _LEAST_FOR_BAR
        figures = ""
        if state in _WITH_BAR and percent is not None:
            figures = f"{percent:>3} %"
            if with_bar:
                figures = f"{bar(percent, _BAR_CELLS, self.symbols)} {figures}"
        word = fit(self.symbols.plain(state_word(state)), _STATE_CELLS)
        room = max(1, width - _STATE_CELLS - (_BAR_CELLS if with_bar else 0) - 9)
        return [
            (fit(self._title_of(transfer, room), room, ellipsis=self.symbols.ellipsis), "text"),
            ("  ", "text"),
            (word, _STATE_LOOKS.get(state, "muted")),
            (f" {figures}", "accent"),
        ]

    def _title_of(self, transfer: Transfer, room: int) -> str:
        """The app and the version; the app alone where its name would hardly be read."""
        name, version = self.symbols.plain(transfer.app_name), transfer.key.version
        left = room - len(version) - 2
        if left < min(_LEAST_NAME, cell_len(name)):
            return name
        return f"{fit(name, min(cell_len(name), left), ellipsis=self.symbols.ellipsis)}  {version}"

    def _figures(self, transfer: Transfer, width: int) -> list[tuple[str, str]]:
        if transfer.state is State.FAILED:
            return [(fit(failure(transfer), width, ellipsis=self.symbols.ellipsis).rstrip(), "bad")]
        shown = Progress(transfer.received_bytes, transfer.total_bytes)
        whole = transfer.state in (State.DONE, State.CANCELLED) or not (transfer.active or transfer.received_bytes)
        parts = [Part(formatting.size(transfer.total_bytes) if whole else amounts(shown), "muted")]
        if transfer.state is State.RUNNING:
            parts += _moving(transfer)
        elif transfer.state is State.DONE:
            parts += _verified(transfer)
        elif transfer.note:
            parts.append(Part(_why(transfer), "warn", rank=1, shorter=transfer.note))
        parts.append(Part(short_path(transfer.target), "muted", rank=3, shorter=transfer.target.name))
        return fit_parts(parts, (), max(0, width), self.symbols)


def failure(transfer: Transfer) -> str:
    """What went wrong, in the words of a person who has keys and no command line before them."""
    if isinstance(transfer.error, TargetExists):
        words = _("Another file is there already: replace it, or download to another folder. {path}")
        return words.format(path=short_path(transfer.target))
    return transfer.error.sentence if transfer.error is not None else transfer.note


def _moving(transfer: Transfer) -> list[Part]:
    """How fast bytes come and how long it takes yet; before the first of them, what is waited for."""
    if transfer.bytes_per_second is None:
        return [Part(_("asking for a link") if transfer.asking else transfer.note, "muted", rank=1)]
    if not transfer.bytes_per_second:
        return [Part(_("no byte comes"), "warn", rank=1)]
    parts = [Part(formatting.rate(transfer.bytes_per_second), "muted", rank=1)]
    if transfer.remaining_seconds is not None:
        left = _("{time} left").format(time=formatting.duration(transfer.remaining_seconds))
        parts.append(Part(left, "muted", rank=2))
    return parts


def _verified(transfer: Transfer) -> list[Part]:
    """What is known for certain of an archive that is here."""
    checked = transfer.members - transfer.unchecked
    words = ngettext("{n} member checked", "{n} members checked", checked).format(n=formatting.number(checked))
    parts = [Part(words, "muted", rank=2)]
    if transfer.already_present:
        parts.insert(0, Part(_("was here already"), "muted", rank=1))
    if transfer.note:
        parts.append(Part(transfer.note, "warn", rank=1))
    if transfer.sha256:
        parts.append(Part(f"SHA-256 {transfer.sha256[:_SHA_SHOWN]}", "muted", rank=4))
    return parts


def _why(transfer: Transfer) -> str:
    """Why it does not go on, and when it is tried again."""
    seconds = 0.0 if transfer.waits_until is None else transfer.waits_until - monotonic()
    if seconds <= 0 or transfer.note.endswith("."):
        return transfer.note
    return _("{reason}; trying again in {time}").format(reason=transfer.note, time=formatting.duration(max(1, seconds)))
