"""Fetching archives: where to, how much, how far; the transfer goes on when this window is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from snaptui import formatting
from snaptui.errors import TargetExists
from snaptui.i18n import N_, _, ngettext
from snaptui.remembered import Remembered
from snaptui.rows import VersionRow
from snaptui.text import safe
from snaptui.transfers.paths import free_bytes, target_path
from snaptui.transfers.queue import State, Transfer, TransferQueue
from snaptui.tui.bindings import binding
from snaptui.tui.desk import LAST_FOLDER
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.place import Modal, line, set_line
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.detail import short_path
from snaptui.tui.widgets.progress_line import Progress, ProgressLine

_ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED})


class Destination(Input):
    """Takes the folder, and tells Enter at once: a message would come after an Escape pressed quickly behind it."""

    def __init__(self, submitted: Callable[[], None], value: str) -> None:
        super().__init__(value=value, id="destination", compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._submitted = submitted

    async def action_submit(self) -> None:
        """Enter."""
        self._submitted()


class DownloadScreen(Modal[bool]):
    """Queues one archive or several; returns whether it did. Nothing starts before it is asked for."""

    SHOWS_TRANSFERS = True

    BINDINGS: ClassVar[list[BindingType]] = [
        binding(
            "ctrl+x", "cancel", N_("cancel"), id="download-cancel",
            tooltip=N_("Stop this download and remove what came of it"),
        ),
        binding(
            "ctrl+r", "replace", N_("replace"), id="download-replace",
            tooltip=N_("Fetch it and replace the file that is in the way"),
        ),
        binding("t", "transfers", N_("transfers"), id="transfers", tooltip=N_("Show every download and how far it is")),
    ]  # fmt: skip

    def __init__(
        self,
        rows: Sequence[VersionRow],
        queue: TransferQueue,
        folder: Path,
        remembered: Remembered,
        surroundings: Surroundings,
    ) -> None:
        super().__init__()
        self._rows, self._queue, self._folder, self._remembered = tuple(rows), queue, folder, remembered
        self._surroundings = surroundings
        self._ids: tuple[int, ...] = ()
        self._going = False
        self._unsubscribe: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """What is fetched, where to, how much room there is; then how far it is."""
        around = self._surroundings
        with Vertical(classes="box"):
            yield line(self._heading(), classes="title")
            yield line(self._question(), id="download-label", classes="words")
            yield Destination(self.submitted, short_path(self._folder))
            yield line("", id="download-file", classes="quiet")
            yield line("", id="download-room", classes="words")
            yield ProgressLine(interval=around.redraw_seconds, symbols=around.symbols, id="download-progress")
            yield line("", id="download-state", classes="state")
            with Horizontal(classes="buttons"):
                yield Button(Content(_("Download (Enter)")), id="start", compact=True)
                yield Button(
                    Content(_("Replace it ({key})").format(key=self.key_of("download-replace"))),
                    id="replace",
                    compact=True,
                )
                yield Button(
                    Content(_("Cancel ({key})").format(key=self.key_of("download-cancel"))), id="cancel", compact=True
                )
                yield Button(Content(_("Back (Esc)")), id="leave", compact=True)

    def _heading(self) -> str:
        if len(self._rows) == 1:
            row = self._rows[0]
            return _("Download {version} of {app}").format(version=row.snapshot.version, app=row.app_name)
        return ngettext("Download {n} version", "Download {n} versions", len(self._rows)).format(
            n=formatting.number(len(self._rows))
        )

    def _question(self) -> str:
        return _("Folder, or a file name ending in .zip:") if len(self._rows) == 1 else _("Folder:")

    def on_mount(self) -> None:
        """Show the room there is; where this very archive is on its way already, show how far."""
        self.query_one(ProgressLine).display = False
        self.query_one("#replace", Button).display = False
        self.query_one("#cancel", Button).display = False
        self.query_one("#destination", Input).focus()
        self._show_room()
        transfer = self._queue.of(self._rows[0].key) if len(self._rows) == 1 else None
        if transfer is not None and (transfer.active or transfer.state is State.QUEUED):
            self._watch((transfer.id,))

    def on_unmount(self) -> None:
        """Stop listening to the queue."""
        self._unsubscribe()

    # Before it starts

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another folder may have another amount of room."""
        event.stop()
        self._show_room()

    def _destination(self) -> Path | None:
        text = self.query_one("#destination", Input).value.strip()
        try:
            return Path(text).expanduser().absolute() if text else None
        except RuntimeError:  # a ~name that nobody has
            return None

    def _show_room(self) -> None:
        where = self._destination()
        if where is None or self._ids:
            return
        is_file = where.suffix.lower() == ".zip"
        free = free_bytes(where.parent if is_file else where)
        sizes = [row.snapshot.size_bytes for row in self._rows]
        total = None if None in sizes else sum(size for size in sizes if size is not None)
        short = total is not None and free is not None and total > free
        words = (
            _("{size} to fetch, but only {free} free there: choose another folder")
            if short
            else _("{size} to fetch · {free} free there")
        )
        room = self.query_one("#download-room", Static)
        room.set_class(short, "warning")
        set_line(
            room,
            words.format(
                size=formatting.size(total, unknown=_("size unknown")), free=formatting.size(free, unknown=_("unknown"))
            ),
        )
        if len(self._rows) == 1:
            set_line(self.query_one("#download-file", Static), safe(target_path(where, self._rows[0].key).name))

    def submitted(self) -> None:
        """Enter starts."""
        self._start()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        event.stop()
        match event.button.id:
            case "start":
                self._start()
            case "cancel":
                self.action_cancel()
            case "replace":
                self.action_replace()
            case _:
                self.action_leave()

    def action_leave(self) -> None:
        """Leave; what was started goes on."""
        self._unsubscribe()  # the queue may tell more while the window is taken down
        self.dismiss(bool(self._ids))

    def _start(self) -> None:
        """Queue at once where there is nothing to ask: whoever presses Enter and Escape quickly wants it fetched."""
        where = self._destination()
        if self._ids:
            return
        if where is None:
            self._say(_("Write a folder first."))
            return
        if len(self._rows) == 1:
            target = target_path(where, self._rows[0].key)
            if target.exists():
                self._start_after_asking(where, target)
                return
        elif where.suffix.lower() == ".zip":
            self._say(_("Several versions need a folder, not a file name."))
            return
        self._queue_all(where, overwrite=False)

    @work(group="download", exclusive=True)
    async def _start_after_asking(self, where: Path, target: Path) -> None:
        answer = await self._ask_existing(target)
        if answer is not None:
            self._queue_all(where, overwrite=answer == "replace")

    def _queue_all(self, where: Path, *, overwrite: bool) -> None:
        self._remembered.set(LAST_FOLDER, str(where.parent if where.suffix.lower() == ".zip" else where))
        self._watch(tuple(self._add(row, where, overwrite=overwrite).id for row in self._rows))

    def _add(self, row: VersionRow, where: Path, *, overwrite: bool) -> Transfer:
        target = target_path(where, row.key)
        return self._queue.add(
            row.key, row.app_name, target, overwrite=overwrite, expected_size=row.snapshot.size_bytes
        )

    async def _ask_existing(self, target: Path) -> str | None:
        return await self.app.push_screen_wait(
            AskScreen(
                _("There is a file of this name already"),
                (short_path(target), _("If it is this very archive, it is checked and kept as it is.")),
                (
                    Answer("keep", "k", _("Check and keep")),
                    Answer("replace", "r", _("Replace it")),
                ),
            )
        )

    # Under way

    def _watch(self, ids: tuple[int, ...]) -> None:
        """Turn the window into one that shows progress."""
        self._ids = ids
        self.query_one("#destination", Input).disabled = True
        self.query_one("#start", Button).display = False
        self.query_one(ProgressLine).display = True
        words = _("It goes on when you leave; {key} shows all transfers.").format(key=self.key_of("transfers"))
        set_line(self.query_one("#download-room", Static), words)
        self._unsubscribe()
        self._unsubscribe = self._queue.subscribe(self._show_progress)
        self._show_progress()
        self.query_one("#leave", Button).focus()

    def _watched(self) -> list[Transfer]:
        return [t for t in map(self._queue.get, self._ids) if t is not None]

    def action_cancel(self) -> None:
        """Stop what this window started."""
        for transfer in self._watched():
            if transfer.state not in _ENDED:
                self._queue.cancel(transfer.id)

    def action_replace(self) -> None:
        """Try again where another file is in the way, and replace it."""
        for transfer in self._watched():
            if isinstance(transfer.error, TargetExists):
                self._queue.retry(transfer.id, overwrite=True)

    def action_transfers(self) -> None:
        """Leave for the list of all of them."""
        from snaptui.tui.screens.transfers import TransfersScreen

        show = partial(self.app.push_screen, TransfersScreen(self._queue, self._surroundings))
        self.action_leave()
        self.app.call_later(show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense now has a key."""
        if action == "transfers":
            return bool(self._ids)
        if action == "cancel":
            return any(t.state not in _ENDED for t in self._watched())
        if action == "replace":
            return any(t.state is State.FAILED and isinstance(t.error, TargetExists) for t in self._watched())
        return True

    def _say(self, text: str, *, failed: bool = False) -> None:
        state = self.query_one("#download-state", Static)
        state.set_class(failed, "failed")
        set_line(state, text)

    def _show_progress(self) -> None:
        transfers = self._watched()
        if not self.is_attached or not transfers:
            return
        going = [t for t in transfers if t.state not in _ENDED]
        for name, action in (("cancel", "cancel"), ("replace", "replace")):
            self.query_one(f"#{name}", Button).display = bool(self.check_action(action, ()))
        if bool(going) != self._going:
            self._going = bool(going)
            self.refresh_bindings()
        self.query_one(ProgressLine).advance(_together(transfers))
        if len(transfers) == 1:
            self._say_one(transfers[0])
        else:
            self._say_all(transfers)

    def _say_one(self, transfer: Transfer) -> None:
        match transfer.state:
            case State.DONE:
                here = _("It was here already, and is whole. SHA-256:")
                words = here if transfer.already_present else _("Whole and verified. SHA-256:")
                self._say(f"{words}\n{transfer.sha256 or ''}")
            case State.FAILED:
                self._say(transfer.error.sentence if transfer.error is not None else transfer.note, failed=True)
            case State.CANCELLED:
                self._say(_("Cancelled; nothing of it was left."))
            case _:
                self._say(transfer.note)

    def _say_all(self, transfers: Sequence[Transfer]) -> None:
        done = sum(t.state is State.DONE for t in transfers)
        failed = sum(t.state is State.FAILED for t in transfers)
        text = _("{done} of {all} are here and verified").format(
            done=formatting.number(done), all=formatting.number(len(transfers))
        )
        active = [t for t in transfers if t.active]
        if active and all(t.state is State.WAITING for t in active):
            text = f"{text} · {active[0].note}"
        if failed:
            words = ngettext("{n} failed: {key} tells why", "{n} failed: {key} tells why", failed)
            text = f"{text} · {words.format(n=formatting.number(failed), key=self.key_of('transfers'))}"
        self._say(text, failed=bool(failed))


def _together(transfers: Sequence[Transfer]) -> Progress:
    """Several transfers as one."""
    totals = [t.total_bytes for t in transfers]
    total = None if None in totals else sum(n for n in totals if n is not None)
    received = sum(t.received_bytes for t in transfers)
    rate = sum(t.bytes_per_second or 0.0 for t in transfers)
    left = (total - received) / rate if total is not None and rate else None
    notes = {
        State.QUEUED: _("waiting for its turn"),
        State.WAITING: _("waiting"),
        State.CHECKING: _("checking"),
        State.PAUSED: _("paused"),
    }
    note = notes.get(transfers[0].state, "") if len(transfers) == 1 else ""
    return Progress(received, total, rate or None, left, note)
