"""Fetching archives: where to, how much, how far; the transfer goes on when this window is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from snaptui import formatting
from snaptui.i18n import N_, _, ngettext
from snaptui.remembered import Remembered
from snaptui.rows import VersionRow
from snaptui.text import one_line
from snaptui.transfers.paths import free_bytes, target_path
from snaptui.transfers.queue import State, Transfer, TransferQueue
from snaptui.tui.bindings import binding
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.modal import Modal, line, set_line
from snaptui.tui.widgets.progress import state_words, transfer_line

LAST_FOLDER = "last_download_folder"


class DownloadScreen(Modal[bool]):
    """Queues one archive or several; returns whether it did. Nothing starts before it is asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding(
            "ctrl+x", "cancel", N_("cancel download"), id="download-cancel",
            tooltip=N_("Stop this download and remove what came of it"),
        ),
    ]  # fmt: skip

    def __init__(self, rows: Sequence[VersionRow], queue: TransferQueue, folder: Path, remembered: Remembered) -> None:
        super().__init__()
        self._rows, self._queue, self._folder, self._remembered = tuple(rows), queue, folder, remembered
        self._started: tuple[int, ...] = ()
        self._unsubscribe: Callable[[], None] | None = None

    def compose(self) -> ComposeResult:
        """What is fetched, where to, how much room there is; then how far it is."""
        with Vertical(classes="box"):
            yield line(self._heading(), classes="title")
            yield line(_("Folder, or a file name ending in .zip:"), classes="words", id="download-label")
            yield Input(value=str(self._folder), id="destination", compact=True, select_on_focus=False)
            yield line("", id="download-room", classes="words")
            yield line("", id="download-state", classes="state")
            with Horizontal(classes="buttons"):
                yield Button(Content(_("Download (Enter)")), id="start", compact=True)
                yield Button(Content(_("Back (Esc)")), id="leave", compact=True)

    def _heading(self) -> str:
        if len(self._rows) == 1:
            row = self._rows[0]
            return _("Download {version} of {app}").format(version=row.snapshot.version, app=row.app_name)
        return ngettext("Download {n} version", "Download {n} versions", len(self._rows)).format(n=len(self._rows))

    def on_mount(self) -> None:
        """Show the room there is; where this very archive is on its way already, show how far."""
        self._show_room()
        self.query_one("#destination", Input).focus()
        if len(self._rows) == 1 and (transfer := self._queue.of(self._rows[0].key)) is not None and transfer.active:
            self._watch((transfer.id,))

    def on_unmount(self) -> None:
        """Stop listening to the queue."""
        if self._unsubscribe is not None:
            self._unsubscribe()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another folder may have another amount of room."""
        event.stop()
        self._show_room()

    def _destination(self) -> Path | None:
        text = self.query_one("#destination", Input).value.strip()
        return Path(text).expanduser().absolute() if text else None

    def _show_room(self) -> None:
        where = self._destination()
        free = free_bytes(where if where.suffix.lower() != ".zip" else where.parent) if where is not None else None
        sizes = [row.snapshot.size_bytes for row in self._rows]
        total = None if None in sizes else sum(size for size in sizes if size is not None)
        text = _("{size} to fetch · {free} free there").format(
            size=formatting.size(total, unknown=_("size unknown")), free=formatting.size(free, unknown=_("unknown"))
        )
        if total is not None and free is not None and total > free:
            text = _("{size} to fetch, but only {free} free there: choose another folder").format(
                size=formatting.size(total), free=formatting.size(free)
            )
        set_line(self.query_one("#download-room", Static), text)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter starts."""
        event.stop()
        self._start()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        event.stop()
        if event.button.id == "start" and not self._started:
            self._start()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Leave; what was started goes on."""
        self.dismiss(bool(self._started))

    @work(group="download", exclusive=True)
    async def _start(self) -> None:
        where = self._destination()
        if where is None:
            self._say(_("Write a folder or a file name first."))
            return
        overwrite = False
        if len(self._rows) == 1:
            target = target_path(where, self._rows[0].key)
            if target.exists() and not (answer := await self._ask_existing(target)):
                return
            overwrite = target.exists() and answer == "replace"
        elif where.suffix.lower() == ".zip":
            self._say(_("Several versions need a folder, not a file name."))
            return
        self._remembered.set(LAST_FOLDER, str(where.parent if where.suffix.lower() == ".zip" else where))
        transfers = [
            self._queue.add(
                row.key,
                row.app_name,
                target_path(where, row.key),
                overwrite=overwrite,
                expected_size=row.snapshot.size_bytes,
            )
            for row in self._rows
        ]
        self._watch(tuple(t.id for t in transfers))

    async def _ask_existing(self, target: Path) -> str | None:
        return await self.app.push_screen_wait(
            AskScreen(
                _("There is a file of this name already"),
                (one_line(str(target)), _("If it is this very archive it is checked and kept as it is.")),
                (
                    Answer("keep", "k", _("Check and keep")),
                    Answer("replace", "r", _("Replace it")),
                ),
            )
        )

    def _watch(self, ids: tuple[int, ...]) -> None:
        """Turn the window into one that shows progress."""
        self._started = ids
        self.query_one("#destination", Input).disabled = True
        self.query_one("#start", Button).display = False
        leave = self.query_one("#leave", Button)
        leave.label = Content(_("Leave, it goes on (Esc)"))
        leave.focus()
        set_line(self.query_one("#download-label", Static), _("To:"))
        set_line(self.query_one("#download-room", Static), _("Leave with Esc; t shows all transfers; ^x cancels."))
        self._unsubscribe = self._queue.subscribe(self._show_progress)
        self._show_progress()

    def action_cancel(self) -> None:
        """Stop what this window started."""
        for transfer_id in self._started:
            self._queue.cancel(transfer_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to cancel before it has started."""
        return bool(self._started) if action == "cancel" else True

    def _say(self, text: str) -> None:
        set_line(self.query_one("#download-state", Static), text)

    def _show_progress(self) -> None:
        if not self.is_attached:
            return
        transfers = [t for t in map(self._queue.get, self._started) if t is not None]
        if len(transfers) == 1:
            self._show_one(transfers[0])
            return
        done = sum(t.state is State.DONE for t in transfers)
        failed = sum(t.state is State.FAILED for t in transfers)
        text = _("{done} of {all} done").format(done=done, all=len(transfers))
        if failed:
            text += " · " + ngettext("{n} failed", "{n} failed", failed).format(n=failed)
        self._say(text)
        if done == len(transfers):
            self._finish(_("All of them are here and verified."))

    def _show_one(self, transfer: Transfer) -> None:
        width = max(20, self.query_one("#download-state", Static).size.width or 60)
        self._say(transfer_line(transfer, width))
        if transfer.state is State.DONE:
            set_line(
                self.query_one("#download-room", Static),
                _("SHA-256 {sha}").format(sha=transfer.sha256 or ""),
            )
            self._finish(_("Back (Esc)"))
        elif transfer.state in (State.FAILED, State.CANCELLED):
            set_line(self.query_one("#download-room", Static), transfer.note or state_words(transfer))
            self._finish(_("Back (Esc)"))

    def _finish(self, label: str) -> None:
        self.query_one("#leave", Button).label = Content(label)
