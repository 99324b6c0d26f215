"""What the keys of the main screen do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual import work

from snaptui import formatting
from snaptui.errors import NotFound, SnaptuiError, TokenError
from snaptui.i18n import _, ngettext
from snaptui.priority import Priority
from snaptui.tui.pace import Paced
from snaptui.tui.screens.main_creating import MainCreating
from snaptui.tui.widgets.detail import short_path
from snaptui.tui.widgets.sidebar import AppSidebar

if TYPE_CHECKING:
    from snaptui.transfers.queue import State, Transfer
    from snaptui.tui.commands import Offer


class MainActions(MainCreating):
    """The part of the main screen that acts; ``filters_apps`` says which list the filter is for."""

    filters_apps = False
    apps_filter = ""
    _told: dict[int, State]
    _ended: list[Transfer]
    _draw_queue: Paced

    def show_detail(self) -> None:
        """The exact facts of the version under the cursor."""
        raise NotImplementedError

    # Downloads

    def follow_queue(self) -> None:
        """Begin to watch the downloads."""
        self._told, self._ended = {}, []
        self._draw_queue = Paced(self, self.surroundings.redraw_seconds, self._show_queue)

    def queue_changed(self) -> None:
        """Note what ended at once, and draw in a moment."""
        from snaptui.transfers.queue import State

        queue = self.desk.queue
        for transfer in queue.transfers if queue is not None else ():
            before, self._told[transfer.id] = self._told.get(transfer.id), transfer.state
            if before is not None and before is not transfer.state and transfer.state in (State.DONE, State.FAILED):
                self._ended.append(transfer)
        if self._ended and not self.desk.queue_under_way:
            ended, self._ended = self._ended, []
            self._tell_ended(ended)
        self._draw_queue()

    def _tell_ended(self, ended: list[Transfer]) -> None:
        """One message for everything that ended since the queue was idle."""
        from snaptui.transfers.queue import State

        failed = [t for t in ended if t.state is State.FAILED]
        refused = next((t.error for t in failed if isinstance(t.error, TokenError)), None)
        if refused is not None:
            self.show_error(refused)
        elif len(ended) == 1:
            transfer = ended[0]
            if transfer.state is State.FAILED:
                self.announce(transfer.error.sentence if transfer.error is not None else transfer.note, failed=True)
                return
            words = _("{version} of {app} is here, whole and verified: {path}")
            path = short_path(transfer.target)
            self.announce(words.format(version=transfer.key.version, app=transfer.app_name, path=path))
        else:
            done = len(ended) - len(failed)
            words = ngettext("{n} download is here and verified.", "{n} downloads are here and verified.", done)
            said = words.format(n=formatting.number(done))
            if failed:
                words = ngettext(
                    "{n} failed: press {key} to see why.", "{n} failed: press {key} to see why.", len(failed)
                )
                said = f"{said} {words.format(n=formatting.number(len(failed)), key=self.key_of('transfers'))}"
            self.announce(said, failed=bool(failed))

    def _show_queue(self) -> None:
        queue = self.desk.queue
        if queue is None:
            return
        summary = queue.summary()
        if summary.pending or self.has_part("strip"):
            self.transfer_strip.show(summary)
        changed = self.desk.queue_changed()
        if not self.shows_fleet:
            for key in changed:
                self.versions.refresh_key(key)
        self.show_detail()
        self.show_state()
        if not self.desk.queue_under_way and self.app.screen.is_modal:
            # What shines through a window is not drawn as it changes, but how it ended is.
            self.app.screen.refresh()

    def action_download(self) -> None:
        """Fetch the marked versions, or the one under the cursor."""
        from snaptui.tui.screens.download import DownloadScreen

        table, rows, queue = self.list_in_front, self.versions_in_question, self.desk.queue
        if queue is None:
            self.notify(_("Sign in first: press {key}.").format(key=self.key_of("sign-in")), markup=False)
        elif not rows:
            self.notify(_("There is no version to download here."), markup=False)
        else:
            screen = DownloadScreen(
                rows, queue, self.desk.download_folder(), self.desk.sessions.remembered, self.surroundings
            )
            self.app.push_screen(screen, lambda started: table.clear_marks() if started else None)

    def action_transfers(self) -> None:
        """Show every download."""
        from snaptui.tui.screens.transfers import TransfersScreen

        if self.desk.queue is not None:
            self.app.push_screen(TransfersScreen(self.desk.queue, self.surroundings))

    @work(group="verify", exclusive=True)
    async def action_verify(self) -> None:
        """Read the local copies of the marked versions, or of the one under the cursor, again; say what changed."""
        from snaptui.tui.screens.verifying import Verified, told

        keys, session = [row.key for row in self.versions_in_question], self.desk.session
        if session is None or not keys:
            return
        if len(keys) > 1:
            words = ngettext("Checking {n} copy again …", "Checking {n} copies again …", len(keys))
            self.notify(words.format(n=formatting.number(len(keys))), markup=False)
        found = Verified()
        for key in keys:
            try:
                found.take(await session.copies.verify(key))
            except NotFound:
                found.absent += 1
            except SnaptuiError as error:
                self.notify(error.sentence, severity="error", markup=False)
                return
            self.list_in_front.repaint()
            self.show_detail()
        words, severity = told(found)
        self.notify(words, severity=severity, markup=False)

    # Snapshots

    def action_refresh(self) -> None:
        """Ask again: for the app that is shown, or for everything."""
        if not self.desk.signed_in:
            self.begin()
        elif self.app_id is None or self.last_error is not None:
            self.load()
        else:
            self.refresh_app(self.app_id, Priority.USER)

    # Copying

    def action_copy_version(self) -> None:
        """Copy the version's name."""
        row = self.version_in_question
        if row is not None:
            self.app.copy_to_clipboard(row.snapshot.version)

    def action_copy_app(self) -> None:
        """Copy the app's id."""
        app_id = self.app_in_question
        if app_id is not None:
            self.app.copy_to_clipboard(app_id)

    # Lists

    def action_filter(self) -> None:
        """Open the filter for the list that has the keys."""
        sidebar, table = self.query_one(AppSidebar), self.list_in_front
        self.filters_apps = sidebar.has_focus
        field = self.filter_field
        if self.filters_apps:
            field.placeholder = _("Filter apps by name or id")
        elif self.shows_fleet:
            field.placeholder = _("Filter: words, stale, !stale, offline, >10MB, >7d, local:no")
        else:
            field.placeholder = _("Filter: words, !word, >10MB, <7d, local:no")
        field.display = True
        query = table.filter_query
        field.value = self.apps_filter if self.filters_apps else query.text if query else ""
        field.cursor_position = len(field.value)
        self.set_focus(field)  # now: the next keys, which may be here already, are for it

    def leave_filter(self) -> None:
        """Go back to the list, which stays filtered."""
        self.filter_field.display = False
        self.set_focus(self.query_one(AppSidebar) if self.filters_apps else self.list_in_front)

    def action_clear(self) -> None:
        """Take the filter away; where there is none, the marks."""
        field, table = self.filter_field, self.list_in_front
        if not self._filtered:
            table.clear_marks()
            return
        if field.display:
            self.leave_filter()
        field.value = ""
        table.set_query(None)
        self.forget_apps_filter()
        self.show_rows(keep=True)

    @property
    def _filtered(self) -> bool:
        typing = self.has_part("filter") and self.filter_field.display
        query = self.list_in_front.filter_query
        return typing or bool(self.apps_filter) or (query is not None and bool(query.text))

    @property
    def can_clear(self) -> bool:
        """Whether there is a filter or a mark to take away."""
        return self._filtered or bool(self.list_in_front.marked)

    def action_all_apps(self) -> None:
        """Go back from one app to all of them."""
        self.query_one(AppSidebar).highlight(None)

    def more_offers(self) -> Iterator[Offer]:
        """What the palette has here besides the keys: each app by its name, each column to sort by."""
        from snaptui.tui.commands import Offer

        for row in self.desk.catalog.apps() if self.desk.catalog is not None else ():
            count = ngettext("{n} snapshot", "{n} snapshots", row.count).format(n=formatting.number(row.count))
            words = _("go to {app}").format(app=row.app.name)
            yield Offer(words, "", f"{row.app.id}, {count}", partial(self.go_to_app, row.app.id))
        table = self.list_in_front
        for column in type(table.sorting[0]):
            words = _("sort by {column}").format(column=table.title_of(column).lower())
            yield Offer(words, "", _("Once more sorts the other way round"), partial(table.sort_by, column))

    def go_to_app(self, app_id: str) -> None:
        """Show the versions of an app, whatever filter hides it."""
        if not self.query_one(AppSidebar).highlight(app_id):
            self.forget_apps_filter()
            self.query_one(AppSidebar).highlight(app_id)
        self.versions.focus()

    def forget_apps_filter(self) -> None:
        """Show every app at the left again."""
        self.apps_filter = ""
        self.query_one(AppSidebar).set_filter("")

    def action_toggle_sidebar(self) -> None:
        """Fold the sidebar away, or show it again."""
        sidebar = self.query_one(AppSidebar)
        if sidebar.has_focus:
            self.list_in_front.focus()
        sidebar.display = not sidebar.display

    def action_focus_apps(self) -> None:
        """Give the keys to the apps."""
        self.query_one(AppSidebar).display = True
        self.query_one(AppSidebar).focus()

    # The account

    def action_sign_in(self) -> None:
        """Sign in, or as somebody else."""
        self.sign_in()

    @work(group="open", exclusive=True)
    async def action_sign_out(self) -> None:
        """Forget the token."""
        from snaptui.tui.screens.ask import Answer, AskScreen

        body = [_("The token is forgotten everywhere snaptui put it.")]
        if self.desk.queue_under_way:
            body.append(_("Downloads that run are stopped."))
        if self.creation is not None and self.creation.running:
            body.append(_("Snapshots are being taken: Discloud may finish them, but you would not be told."))
        answers = (Answer("no", "n", _("Stay")), Answer("yes", "y", _("Sign out")))
        if await self.app.push_screen_wait(AskScreen(_("Sign out?"), body, answers)) != "yes":
            return
        lasting = self.desk.sessions.tokens.lasting_source()
        reason = " ".join(await self.desk.sign_out())
        if lasting is not None:
            reason = _("{name} is still set and would sign you in again: unset it.").format(name=lasting)
        if self.has_part("strip"):
            self.transfer_strip.remove_class("-shown")
        self.show_everything()
        await self._sign_in(reason or _("You are signed out; the token is forgotten."))

    @work(group="cache", exclusive=True)
    async def action_clear_cache(self) -> None:
        """Remove the listing on disk."""
        if self.desk.catalog is not None:
            await self.desk.catalog.forget_cached()
            self.notify(_("The listing kept on this computer is gone; what you see stays."), markup=False)
