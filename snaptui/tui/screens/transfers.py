"""Every download: how far it is, what was verified, what went wrong, and what to press."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from snaptui.errors import TargetExists
from snaptui.i18n import N_, _
from snaptui.transfers.queue import ACTIVE, State, TransferQueue
from snaptui.tui.bindings import binding
from snaptui.tui.pace import Paced
from snaptui.tui.screens.main_keys import KEPT_KEYS
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.transfer_strip import TransferStrip
from snaptui.tui.widgets.transfer_table import TransferTable


class TransfersScreen(Screen[None]):
    """Shows the queue and what can be done with each of its downloads."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("escape,t", "leave", N_("back"), id="transfers-leave", tooltip=N_("Go back; downloads go on")),
        binding("p", "pause", N_("pause"), id="transfer-pause", tooltip=N_("Stop this download and keep what came")),
        binding("p", "resume", N_("go on"), id="transfer-resume", tooltip=N_("Go on with this download")),
        binding("x", "cancel", N_("cancel"), id="transfer-cancel", tooltip=N_("Stop this download, remove what came")),
        binding("r", "retry", N_("try again"), id="transfer-retry", tooltip=N_("Try this download again")),
        binding(
            "R", "replace", N_("replace"), id="transfer-replace",
            tooltip=N_("Try again and replace the file that is in the way"),
        ),
        binding("K", "move_up", N_("move up"), id="transfer-up", tooltip=N_("Take this download up earlier")),
        binding("C", "clear", N_("clear ended"), id="transfers-clear", tooltip=N_("Take what has ended off the list")),
        binding("Y", "copy_sha", N_("copy SHA"), id="transfer-copy", tooltip=N_("Copy the archive's SHA-256")),
    ]  # fmt: skip

    def __init__(self, queue: TransferQueue, surroundings: Surroundings) -> None:
        super().__init__()
        self._queue, self._surroundings = queue, surroundings
        self._draw = Paced(self, surroundings.redraw_seconds, self._show)
        self._unsubscribe: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """A title, the list, the sum, the keys."""
        symbols = self._surroundings.symbols
        yield Static(Content(_(" Transfers")), id="heading", markup=False)
        yield TransferTable(symbols=symbols, id="transfers")
        yield TransferStrip(symbols=symbols, id="strip")
        yield KeyBar(keep=KEPT_KEYS, symbols=symbols, id="keys")

    def on_mount(self) -> None:
        """Follow the queue."""
        table = self.query_one(TransferTable)
        table.empty_text = _("Nothing has been downloaded in this run: d on a version begins.")
        table.focus()
        self._unsubscribe = self._queue.subscribe(self._draw)
        self._show()

    def on_unmount(self) -> None:
        """Follow it no more."""
        self._unsubscribe()

    def _show(self) -> None:
        self.query_one(TransferTable).set_transfers(self._queue.transfers)
        self.query_one(TransferStrip).show(self._queue.summary())

    def on_transfer_table_highlighted(self, event: TransferTable.Highlighted) -> None:
        """Other keys work for another transfer."""
        event.stop()
        self.refresh_bindings()

    def on_transfer_table_chosen(self, event: TransferTable.Chosen) -> None:
        """Enter does what is next for it: pause, go on, or try again."""
        event.stop()
        if event.transfer.active:
            self.action_pause()
        elif event.transfer.state is State.PAUSED:
            self.action_resume()
        elif event.transfer.state in (State.FAILED, State.CANCELLED):
            self.action_retry()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense for the transfer under the cursor has a key."""
        transfer = self.query_one(TransferTable).cursor_transfer if self.is_mounted else None
        state = transfer.state if transfer is not None else None
        allowed = {
            "pause": state in ACTIVE or state is State.QUEUED,
            "resume": state is State.PAUSED,
            "cancel": state in ACTIVE or state in (State.QUEUED, State.PAUSED),
            "retry": state in (State.FAILED, State.CANCELLED),
            "replace": transfer is not None and isinstance(transfer.error, TargetExists),
            "move_up": state is State.QUEUED,
            "copy_sha": transfer is not None and transfer.sha256 is not None,
        }
        return allowed.get(action, True)

    def _with_id(self, action: Callable[[int], None]) -> None:
        transfer = self.query_one(TransferTable).cursor_transfer
        if transfer is not None:
            action(transfer.id)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_pause(self) -> None:
        """Pause."""
        self._with_id(self._queue.pause)

    def action_resume(self) -> None:
        """Go on."""
        self._with_id(self._queue.resume)

    def action_cancel(self) -> None:
        """Cancel."""
        self._with_id(self._queue.cancel)

    def action_retry(self) -> None:
        """Try again."""
        self._with_id(self._queue.retry)

    def action_replace(self) -> None:
        """Try again, replacing."""
        self._with_id(lambda transfer_id: self._queue.retry(transfer_id, overwrite=True))

    def action_move_up(self) -> None:
        """Take it up earlier."""
        self._with_id(self._queue.move_up)

    def action_clear(self) -> None:
        """Take ended ones off the list."""
        self._queue.clear_finished()

    def action_copy_sha(self) -> None:
        """Copy the SHA-256."""
        transfer = self.query_one(TransferTable).cursor_transfer
        if transfer is not None and transfer.sha256 is not None:
            self.app.copy_to_clipboard(transfer.sha256)
