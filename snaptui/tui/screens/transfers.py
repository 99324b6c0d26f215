"""Every download: how far it is, what was verified, what went wrong, and what to press."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from snaptui.errors import TargetExists
from snaptui.formatting import number
from snaptui.i18n import N_, _, ngettext
from snaptui.transfers.queue import ACTIVE, State, Transfer, TransferQueue
from snaptui.tui.bindings import binding
from snaptui.tui.pace import Paced
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.main_keys import KEPT_KEYS
from snaptui.tui.screens.place import Place, line, set_line
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.detail import short_path
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.transfer_strip import TransferStrip
from snaptui.tui.widgets.transfer_table import TransferTable, failure


class TransfersScreen(Place[None]):
    """Shows the queue and what can be done with each of its downloads."""

    SHOWS_TRANSFERS = True

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("escape,t", "leave", N_("back"), id="transfers-leave", tooltip=N_("Go back; downloads go on")),
        binding("p", "pause", N_("pause"), id="transfer-pause", tooltip=N_("Stop this download and keep what came")),
        binding("p", "resume", N_("go on"), id="transfer-resume", tooltip=N_("Go on with this download")),
        binding("r", "retry", N_("try again"), id="transfer-retry", tooltip=N_("Try this download again")),
        binding(
            "R", "replace", N_("replace"), id="transfer-replace",
            tooltip=N_("Try again and replace the file that is in the way"),
        ),
        binding("x", "cancel", N_("cancel"), id="transfer-cancel", tooltip=N_("Stop this download, remove what came")),
        binding("K", "move_up", N_("move up"), id="transfer-up", tooltip=N_("Take this download up earlier")),
        binding(
            "P", "pause_all", N_("pause all"), id="transfers-pause", show=False,
            tooltip=N_("Stop all downloads and keep what came"),
        ),
        binding(
            "A", "resume_all", N_("go on with all"), id="transfers-resume", show=False,
            tooltip=N_("Go on with all downloads that are paused or failed"),
        ),
        binding("C", "clear", N_("clear ended"), id="transfers-clear", tooltip=N_("Take what has ended off the list")),
        binding("y", "copy_path", N_("copy path"), id="transfer-copy", tooltip=N_("Copy where the archive is")),
        binding(
            "Y", "copy_sha", N_("copy SHA"), id="transfer-copy-sha", show=False,
            tooltip=N_("Copy the archive's SHA-256"),
        ),
    ]  # fmt: skip

    def __init__(self, queue: TransferQueue, surroundings: Surroundings) -> None:
        super().__init__()
        self._queue, self._surroundings = queue, surroundings
        self._draw = Paced(self, surroundings.redraw_seconds, self._show)
        self._unsubscribe: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """A title, the list, what is said of the one under the cursor, the sum, the keys."""
        symbols = self._surroundings.symbols
        yield line(" " + symbols.plain(_("Transfers")), id="heading")
        yield TransferTable(symbols=symbols, id="transfers")
        yield line("", id="transfer-detail", classes="quiet")
        yield TransferStrip(symbols=symbols, id="strip")
        yield KeyBar(keep=KEPT_KEYS, symbols=symbols, id="keys")

    def on_mount(self) -> None:
        """Follow the queue."""
        table = self.query_one(TransferTable)
        words = _("Nothing has been downloaded in this run: {key} on a version begins.")
        table.empty_text = words.format(key=self.key_of("download"))
        table.focus()
        self._unsubscribe = self._queue.subscribe(self._draw)
        self._show()
        if (first := _of_interest(self._queue.transfers)) is not None:
            table.highlight(first.id)
        self.set_interval(1.0, self._count_down)

    def on_unmount(self) -> None:
        """Follow it no more."""
        self._unsubscribe()

    def _show(self) -> None:
        if self not in self.app.screen_stack:
            return
        self.query_one(TransferTable).set_transfers(self._queue.transfers)
        self.query_one(TransferStrip).show(self._queue.summary())

    def _count_down(self) -> None:
        """A second has passed for those that wait; where none does, nothing is drawn."""
        if self.is_current and any(transfer.waits_until is not None for transfer in self._queue.transfers):
            self.query_one(TransferTable).repaint()

    @property
    def _transfer(self) -> Transfer | None:
        """The transfer under the cursor, as it is now."""
        shown = self.query_one(TransferTable).cursor_transfer if self.is_mounted else None
        return self._queue.get(shown.id) if shown is not None else None

    def on_transfer_table_highlighted(self, event: TransferTable.Highlighted) -> None:
        """Other keys work for another transfer, and there is more to say of it than its lines hold."""
        event.stop()
        words = self._surroundings.symbols.plain(_details(event.transfer, self.key_of))
        set_line(self.query_one("#transfer-detail", Static), words)
        self.refresh_bindings()

    def on_transfer_table_chosen(self, event: TransferTable.Chosen) -> None:
        """Enter does what is next for it: pause, go on, or try again."""
        event.stop()
        if event.transfer.active:
            self.action_pause()
        elif event.transfer.state is State.PAUSED:
            self.action_resume()
        elif isinstance(event.transfer.error, TargetExists):
            self.action_replace()
        elif event.transfer.state in (State.FAILED, State.CANCELLED):
            self.action_retry()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense for the transfer under the cursor has a key."""
        transfer = self._transfer
        state = transfer.state if transfer is not None else None
        allowed = {
            "pause": state in ACTIVE or state is State.QUEUED,
            "resume": state is State.PAUSED,
            "cancel": state in ACTIVE or state in (State.QUEUED, State.PAUSED),
            "retry": state in (State.FAILED, State.CANCELLED),
            "replace": transfer is not None and isinstance(transfer.error, TargetExists),
            "move_up": state in (State.QUEUED, State.PAUSED),
            "copy_path": transfer is not None,
            "copy_sha": transfer is not None and transfer.sha256 is not None,
        }
        return allowed.get(action, True)

    def _with_id(self, action: Callable[[int], None]) -> None:
        if (transfer := self._transfer) is not None:
            action(transfer.id)

    def action_leave(self) -> None:
        """Go back."""
        self._unsubscribe()  # the queue may tell more while the screen is taken down
        self.dismiss(None)

    def action_pause(self) -> None:
        """Pause."""
        self._with_id(self._queue.pause)

    def action_resume(self) -> None:
        """Go on."""
        self._with_id(self._queue.resume)

    def action_pause_all(self) -> None:
        """Pause all: those that wait first, or they would take the place of those that stop."""
        for transfer in reversed(self._queue.transfers):
            self._queue.pause(transfer.id)

    def action_resume_all(self) -> None:
        """Go on with all that can go on by themselves: where a file is in the way, a person has to say so."""
        for transfer in self._queue.transfers:
            if transfer.state is State.PAUSED or (
                transfer.state is State.FAILED and not isinstance(transfer.error, TargetExists)
            ):
                self._queue.retry(transfer.id)

    def action_cancel(self) -> None:
        """Cancel."""
        self._with_id(self._queue.cancel)

    def action_retry(self) -> None:
        """Try again."""
        self._with_id(self._queue.retry)

    @work(group="replace", exclusive=True)
    async def action_replace(self) -> None:
        """Ask, then try again, replacing."""
        transfer = self._transfer
        if transfer is None:
            return
        answers = (Answer("keep", "k", _("Keep the file")), Answer("replace", "r", _("Replace it")))
        title = _("Replace the file that is there?")
        if await self.app.push_screen_wait(AskScreen(title, (short_path(transfer.target),), answers)) == "replace":
            self._queue.retry(transfer.id, overwrite=True)

    def action_move_up(self) -> None:
        """Take it up earlier."""
        self._with_id(self._queue.move_up)

    def action_clear(self) -> None:
        """Take ended ones off the list."""
        self._queue.clear_finished()

    def action_copy_path(self) -> None:
        """Copy the path."""
        if (transfer := self._transfer) is not None:
            self.app.copy_to_clipboard(str(transfer.target))

    def action_copy_sha(self) -> None:
        """Copy the SHA-256."""
        if (transfer := self._transfer) is not None and transfer.sha256 is not None:
            self.app.copy_to_clipboard(transfer.sha256)


def _of_interest(transfers: Sequence[Transfer]) -> Transfer | None:
    """The transfer to begin with, in a list that may be long: what moves, else what needs the person."""
    for states in (ACTIVE, {State.FAILED}, {State.PAUSED}):
        if (found := next((t for t in transfers if t.state in states), None)) is not None:
            return found
    return None


def _details(transfer: Transfer | None, key_of: Callable[[str], str]) -> str:
    """What does not fit into a transfer's two lines: all of what went wrong, or what was verified."""
    if transfer is None:
        return ""
    if transfer.state is State.FAILED:
        return failure(transfer)
    if transfer.state is State.DONE:
        checked = transfer.members - transfer.unchecked
        words = ngettext(
            "Whole: {n} member checked against its CRC, SHA-256 {sha}",
            "Whole: {n} members checked against their CRC, SHA-256 {sha}",
            checked,
        ).format(n=number(checked), sha=transfer.sha256 or "")
        return f"{words} · {transfer.note}" if transfer.note else words
    if transfer.from_earlier_run and transfer.state is State.PAUSED:
        words = _("Left unfinished by an earlier run: {resume} goes on with it, {cancel} gives it up.")
        return words.format(resume=key_of("transfer-resume"), cancel=key_of("transfer-cancel"))
    return transfer.note
