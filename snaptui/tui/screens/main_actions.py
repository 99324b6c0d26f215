"""What the keys of the main screen do, and the account's comings and goings behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from textual import work
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from snaptui.changes import AppsChanged, Change, Failed, Loaded, SnapshotsChanged
from snaptui.errors import SnaptuiError, TokenError
from snaptui.i18n import _, ngettext
from snaptui.models import Account, SnapshotKey
from snaptui.pacing import Priority
from snaptui.tokens import Found
from snaptui.transfers.queue import State
from snaptui.tui.desk import Desk
from snaptui.tui.pace import Paced
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.widgets.sidebar import AppSidebar
from snaptui.tui.widgets.snapshot_table import SnapshotTable
from snaptui.tui.widgets.transfer_strip import TransferStrip

if TYPE_CHECKING:
    from datetime import datetime

    from snaptui.tui.app import SnaptuiApp

_REST_SECONDS = 0.4
_FRESH_SECONDS = 30.0


class MainActions(Screen[None]):
    """The part of the main screen that acts; the other part shows."""

    def _start_with(self, app: SnaptuiApp) -> None:
        self._surroundings = app.surroundings
        self._symbols, self._zone = app.surroundings.symbols, app.surroundings.zone
        self.desk = Desk(app.sessions, self._queue_changed)
        self.app_id: str | None = None
        self.last_error: SnaptuiError | None = None
        self.starting = True
        self.filters_apps = False
        self._app_before: str | None = None
        self._asked_at: dict[str, datetime] = {}
        self._resting: Timer | None = None
        self._told: dict[int, State] = {}
        self._draw_queue = Paced(self, app.surroundings.redraw_seconds, self._show_queue)

    # What the other part gives

    def now(self) -> datetime:
        """The present."""
        raise NotImplementedError

    def show_everything(self) -> None:
        """Bring sidebar and table up to date."""
        raise NotImplementedError

    def show_rows(self, *, keep: bool) -> None:
        """Show the versions of the app under the sidebar's cursor."""
        raise NotImplementedError

    def show_account(self) -> None:
        """The header."""
        raise NotImplementedError

    def show_notice(self) -> None:
        """Words in the place of rows."""
        raise NotImplementedError

    def show_detail(self) -> None:
        """The exact facts of the version under the cursor."""
        raise NotImplementedError

    # Opening and loading

    @work(group="open", exclusive=True)
    async def begin(self) -> None:
        """Find a token and open its account, or ask for one."""
        found = await self.desk.sessions.find_token()
        if found is not None:
            await self._open(found, None)
            return
        problems = self.desk.sessions.tokens.problems
        await self._sign_in(" ".join(problems))

    async def _open(self, found: Found, account: Account | None) -> None:
        self.starting, self.last_error = False, None
        offered = await self.desk.open(found, account)
        if offered:
            words = ngettext(
                "An earlier download is not finished: press t to go on with it.",
                "{n} earlier downloads are not finished: press t to go on with them.",
                len(offered),
            )
            self.notify(words.format(n=len(offered)), markup=False)
        self._draw_queue()
        self.show_everything()
        self.load()

    async def _sign_in(self, reason: str) -> None:
        self.starting = False
        self.show_notice()
        signed = await self.app.push_screen_wait(LoginScreen(self.desk.sessions, reason))
        if signed is not None:
            await self._open(signed.found, signed.account)
        else:
            self.show_notice()
            self.show_account()

    @work(group="load", exclusive=True)
    async def load(self) -> None:
        """Ask for apps and snapshots, then for the account."""
        catalog = self.desk.catalog
        if catalog is None:
            return
        if await self._follow(catalog.load()):
            self.last_error = None
            self.show_account()
        session = self.desk.session
        if session is not None and catalog.account is None and self.desk.signed_in:
            try:
                await session.load_account()
            except SnaptuiError as error:
                self.show_error(error)
            self.show_account()
            self.show_everything()

    async def _follow(self, changes: AsyncIterator[Change]) -> bool:
        """Show changes as they come; return whether all went well."""
        well = True
        self.show_account()
        self.show_notice()
        async for change in changes:
            match change:
                case AppsChanged() | SnapshotsChanged():
                    self.show_everything()
                case Loaded():
                    self.last_error = None
                case Failed(error=error):
                    well = False
                    self.show_error(error)
            self.show_account()
        self.show_notice()
        return well

    def show_error(self, error: SnaptuiError) -> None:
        """The one way an error reaches the person: the login for a refused token, else words where they are seen."""
        if isinstance(error, TokenError):
            self._ask_again(error.sentence)
            return
        catalog = self.desk.catalog
        if catalog is not None and catalog.rows():
            self.notify(error.sentence, severity="error", markup=False, timeout=10)
        self.last_error = error
        self.show_account()
        self.show_notice()

    def _ask_again(self, reason: str) -> None:
        if not any(isinstance(screen, LoginScreen) for screen in self.app.screen_stack):
            self._sign_in_again(reason)

    @work(group="open", exclusive=True)
    async def _sign_in_again(self, reason: str) -> None:
        await self._sign_in(reason)

    def change_app(self, app_id: str | None) -> None:
        """Another app is under the sidebar's cursor."""
        if app_id == self.app_id:
            return
        self._app_before, self.app_id = self.app_id, app_id
        self.show_rows(keep=False)
        if self._resting is not None:
            self._resting.stop()
        if app_id is not None:
            self._resting = self.set_timer(_REST_SECONDS, self._rested)

    def _rested(self) -> None:
        """Refresh the app behind what is shown, unless that was done a moment ago."""
        catalog, app_id = self.desk.catalog, self.app_id
        if catalog is None or app_id is None or catalog.loading or not self.desk.signed_in:
            return
        latest = max(filter(None, (self._asked_at.get(app_id), catalog.loaded_at)), default=None)
        if latest is None or (self.now() - latest).total_seconds() > _FRESH_SECONDS:
            self._asked_at[app_id] = self.now()
            self._refresh_app(app_id)

    @work(group="refresh-app", exclusive=True)
    async def _refresh_app(self, app_id: str) -> None:
        if self.desk.catalog is not None:
            await self._follow(self.desk.catalog.refresh_app(app_id, priority=Priority.BACKGROUND))

    # Downloads

    def _queue_changed(self) -> None:
        self._draw_queue()

    def _show_queue(self) -> None:
        queue = self.desk.queue
        if queue is None:
            return
        self.query_one(TransferStrip).show(queue.summary())
        self.query_one(SnapshotTable).refresh_local()
        self.show_detail()
        for transfer in queue.transfers:
            before, self._told[transfer.id] = self._told.get(transfer.id), transfer.state
            if before is None or before is transfer.state:
                continue
            if transfer.state is State.DONE:
                words = _("{version} of {app} is here, whole and verified.")
                self._announce(words.format(version=transfer.key.version, app=transfer.app_name))
            elif transfer.state is State.FAILED and transfer.error is not None:
                if isinstance(transfer.error, TokenError):
                    self.show_error(transfer.error)
                self._announce(transfer.error.sentence, failed=True)

    def _announce(self, words: str, *, failed: bool = False) -> None:
        app: Any = self.app
        app.announce(words, failed=failed)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done here and now has no key."""
        if action == "create":
            return not self.desk.sessions.config.read_only
        if action == "sign_out":
            return self.desk.signed_in and not self.desk.sessions.demo
        return True

    def action_create(self) -> None:
        """Take a snapshot of the app in question."""
        catalog = self.desk.catalog
        row = self.query_one(SnapshotTable).cursor_row
        app_id = self.app_id or (row.snapshot.app_id if row is not None else None)
        app = catalog.app(app_id) if catalog is not None and app_id is not None else None
        if catalog is None or app is None or not self.desk.signed_in:
            self.notify(_("Choose an app first."), markup=False)
            return
        screen = CreateScreen(catalog, app, self.now(), created_later=self._created, tell=self.show_error)
        self.app.push_screen(screen, lambda key: self._created(key) if key is not None else None)

    def _created(self, key: SnapshotKey) -> None:
        self.show_everything()
        if self.query_one(SnapshotTable).highlight(key):
            self.query_one(SnapshotTable).focus()
        self.show_account()
        self.notify(_("Snapshot {version} is there.").format(version=key.version), markup=False)

    def action_download(self) -> None:
        """Fetch the marked versions, or the one under the cursor."""
        table, queue = self.query_one(SnapshotTable), self.desk.queue
        rows = table.marked_rows or ([table.cursor_row] if table.cursor_row is not None else [])
        if queue is None or not rows:
            self.notify(_("There is no version to download here."), markup=False)
            return
        screen = DownloadScreen(rows, queue, self.desk.download_folder(), self.desk.sessions.remembered)
        self.app.push_screen(screen, lambda started: table.clear_marks() if started else None)

    def action_transfers(self) -> None:
        """Show every download."""
        from snaptui.tui.screens.transfers import TransfersScreen

        if self.desk.queue is not None:
            self.app.push_screen(TransfersScreen(self.desk.queue, self._surroundings))

    def action_refresh(self) -> None:
        """Ask again."""
        if self.desk.signed_in:
            self.load()
        else:
            self.starting = True
            self.begin()

    @work(group="verify")
    async def action_verify(self) -> None:
        """Read the local copy again."""
        row, session = self.query_one(SnapshotTable).cursor_row, self.desk.session
        if row is None or session is None:
            return
        try:
            copy = await session.copies.verify(row.key)
        except SnaptuiError as error:
            self.notify(error.sentence, severity="warning", markup=False)
            return
        if copy.problem is None:
            self.notify(_("The copy is whole and unaltered: {path}").format(path=copy.path), markup=False)
        else:
            words = _("The copy {path} is not what it was: {problem}.")
            self.notify(words.format(path=copy.path, problem=copy.problem), severity="error", markup=False)
        self.query_one(SnapshotTable).refresh_local()
        self.show_detail()

    def action_copy_version(self) -> None:
        """Copy the version's name."""
        row = self.query_one(SnapshotTable).cursor_row
        if row is not None:
            self.app.copy_to_clipboard(row.snapshot.version)

    def action_copy_app(self) -> None:
        """Copy the app's id."""
        row = self.query_one(SnapshotTable).cursor_row
        app_id = self.app_id or (row.snapshot.app_id if row is not None else None)
        if app_id is not None:
            self.app.copy_to_clipboard(app_id)

    def action_filter(self) -> None:
        """Open the filter for the list that has the keys."""
        self.filters_apps = self.query_one(AppSidebar).has_focus
        field = self.query_one("#filter", Input)
        field.display = True
        field.value = "" if self.filters_apps else self.query_one(SnapshotTable).filter_query.text
        field.focus()

    def leave_filter(self) -> None:
        """Go back to the list, which stays filtered."""
        self.query_one("#filter", Input).display = False
        self.query_one(AppSidebar if self.filters_apps else SnapshotTable).focus()

    def action_clear(self) -> None:
        """Take the filter away, then the marks."""
        field, table = self.query_one("#filter", Input), self.query_one(SnapshotTable)
        if field.display or table.filter_query:
            field.value = ""
            table.set_query(None)
            self.query_one(AppSidebar).set_filter("")
            self.leave_filter()
        else:
            table.clear_marks()

    def action_previous_app(self) -> None:
        """Go to the app before."""
        self.query_one(AppSidebar).highlight(self._app_before)

    def action_toggle_sidebar(self) -> None:
        """Fold the sidebar."""
        sidebar = self.query_one(AppSidebar)
        sidebar.display = not sidebar.display
        if not sidebar.display:
            self.query_one(SnapshotTable).focus()

    def action_focus_apps(self) -> None:
        """Give the keys to the apps."""
        self.query_one(AppSidebar).display = True
        self.query_one(AppSidebar).focus()

    def action_focus_versions(self) -> None:
        """Give the keys to the versions."""
        self.query_one(SnapshotTable).focus()

    def action_sign_in(self) -> None:
        """Sign in, or as somebody else."""
        self._sign_in_again("")

    @work(group="open", exclusive=True)
    async def action_sign_out(self) -> None:
        """Forget the token."""
        answer = await self.app.push_screen_wait(
            AskScreen(
                _("Sign out?"),
                (_("The token is forgotten everywhere snaptui put it; downloads that run are stopped."),),
                (Answer("yes", "y", _("Sign out")), Answer("no", "n", _("Stay"))),
            )
        )
        if answer != "yes":
            return
        lasting = self.desk.sessions.tokens.lasting_source()
        problems = await self.desk.sign_out()
        self.show_rows(keep=False)
        self.query_one(AppSidebar).set_apps(())
        self.query_one(TransferStrip).display = False
        reason = " ".join(problems)
        if lasting is not None:
            reason = _("{name} is still set and would sign you in again: unset it.").format(name=lasting)
        await self._sign_in(reason)

    @work(group="cache")
    async def action_clear_cache(self) -> None:
        """Remove the listing on disk."""
        if self.desk.catalog is not None:
            await self.desk.catalog.forget_cached()
            self.notify(_("The listing kept on this computer is gone; what you see stays."), markup=False)
