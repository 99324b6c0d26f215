"""Taking a snapshot: what would be saved, how it goes, what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from snaptui import formatting
from snaptui.catalog import Catalog
from snaptui.errors import AppBusy, OutcomeUnknown, SnaptuiError, TokenError
from snaptui.i18n import N_, _
from snaptui.models import SnapshotKey
from snaptui.rows import AppRow
from snaptui.tui.bindings import binding
from snaptui.tui.screens.place import Modal, line, set_line

_FIRST_BUSY_SECONDS = 15.0
_LONGEST_BUSY_SECONDS = 60.0
_TICK = 1.0


class CreateScreen(Modal[SnapshotKey | None]):
    """Takes a snapshot of one app; returns what names the new one, or None.

    The request goes on when this window is left: it cannot be taken back. ``created_later`` then hears what came of
    it, and ``tell`` shows what went wrong.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("enter", "create", N_("create"), id="create-confirm", tooltip=N_("Take the snapshot now")),
    ]

    def __init__(
        self,
        catalog: Catalog,
        app: AppRow,
        now: datetime,
        *,
        created_later: Callable[[SnapshotKey], None],
        tell: Callable[[SnaptuiError], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._catalog, self._app, self._now, self._time = catalog, app, now, clock
        self._created_later, self._tell = created_later, tell
        self._started: float | None = None
        self._retry_at: float | None = None
        self._pause = _FIRST_BUSY_SECONDS
        self._ended: tuple[SnapshotKey | None] | None = None

    @property
    def working(self) -> bool:
        """Whether the server has been asked and has not answered."""
        return self._started is not None

    def compose(self) -> ComposeResult:
        """The app, its last snapshot, a warning where there is reason for one, and the buttons."""
        with Vertical(classes="box"):
            yield line(_("Create a snapshot of {app}").format(app=self._app.app.name), classes="title")
            yield line(self._last(), classes="words")
            if warning := self._warning():
                yield line(warning, classes="warning")
            yield line("", id="create-state", classes="state")
            with Horizontal(classes="buttons"):
                yield Button(Content(_("Create (Enter)")), id="create", compact=True)
                yield Button(Content(_("Back (Esc)")), id="leave", compact=True)

    def _last(self) -> str:
        newest = self._app.newest
        if newest is None:
            return _("It has no snapshot yet.")
        return _("Its last snapshot is {version}, taken {age} ({size}).").format(
            version=newest.version,
            age=formatting.age(newest.taken_at, self._now),
            size=formatting.size(newest.size_bytes, unknown=_("size unknown")),
        )

    def _warning(self) -> str:
        if self._app.app.deleted:
            return _("This app is deleted: Discloud will most likely refuse.")
        if self._app.owned is False:
            return _("This app is not yours: Discloud lets only its owner do this.")
        return ""

    def on_mount(self) -> None:
        """Enter creates."""
        self.query_one("#create", Button).focus()
        self.set_interval(_TICK, self._tick)

    def on_screen_resume(self) -> None:
        """Close where the answer came while something else was in front."""
        if self._ended is not None:
            self.call_later(self.dismiss, self._ended[0])

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        event.stop()
        if event.button.id == "create":
            self.action_create()
        else:
            self.action_leave()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is created twice."""
        return not self.working if action == "create" else True

    def action_create(self) -> None:
        """Take the snapshot."""
        if self.working:
            return
        self._retry_at, self._started = None, self._time()
        self.query_one("#create", Button).disabled = True
        self.query_one("#leave", Button).focus()
        self._tick()
        self.refresh_bindings()
        self.app.run_worker(self._create(), group="create", description="create")

    def _say(self, text: str) -> None:
        set_line(self.query_one("#create-state", Static), text)

    def _tick(self) -> None:
        """Count up while the server works, and down to the next try where the app was busy."""
        if self._retry_at is not None:
            left = self._retry_at - self._time()
            if left <= 0:
                self.action_create()
                return
            self._say(
                _("The app is busy with another task. Trying again in {left}; Enter tries now, Esc gives up.").format(
                    left=formatting.duration(left)
                )
            )
        elif self._started is not None:
            elapsed = formatting.duration(self._time() - self._started)
            words = _("Discloud is taking the snapshot: {elapsed}. It may last minutes, and goes on when you leave.")
            self._say(words.format(elapsed=elapsed))

    async def _create(self) -> None:
        """Wait for the server; runs beside the window, which may be left meanwhile."""
        try:
            created = await self._catalog.create(self._app.app.id)
        except AppBusy as error:
            self._busy(error)
        except OutcomeUnknown as error:
            # Nobody may press Enter once more without having read this.
            self._tell(error)
            self._end(SnapshotKey(self._app.app.id, error.found_version) if error.found_version else None)
        except TokenError as error:
            self._tell(error)
            self._end(None)
        except SnaptuiError as error:
            self._failed(error)
        else:
            self._end(created.snapshot.key)

    def _busy(self, error: AppBusy) -> None:
        self._started = None
        if not self.is_attached:
            self._tell(error)
            return
        self._retry_at = self._time() + self._pause
        self._pause = min(self._pause * 2, _LONGEST_BUSY_SECONDS)
        self._ready_again()
        self._tick()

    def _failed(self, error: SnaptuiError) -> None:
        self._started = None
        if not self.is_attached:
            self._tell(error)
            return
        self._say(error.sentence)
        self._ready_again()

    def _end(self, key: SnapshotKey | None) -> None:
        self._ended = (key,)
        if self.is_current:
            self.dismiss(key)
        elif not self.is_attached and key is not None:
            self._created_later(key)

    def _ready_again(self) -> None:
        button = self.query_one("#create", Button)
        button.disabled = False
        button.focus()
        self.refresh_bindings()
