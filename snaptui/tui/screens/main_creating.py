"""Taking snapshots from the main screen: of one app, of the marked ones, of all that are due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from snaptui import formatting
from snaptui.errors import SnaptuiError, TokenError
from snaptui.i18n import _, ngettext
from snaptui.models import SnapshotKey
from snaptui.tui.screens.main_lists import MainLists

if TYPE_CHECKING:
    from snaptui.batch import Event
    from snaptui.rows import AppRow
    from snaptui.tui.creation import Creation


class MainCreating(MainLists):
    """The part of the main screen that takes snapshots; ``creation`` is the last batch that was begun."""

    creation: Creation | None = None

    def action_create(self) -> None:
        """Take a snapshot of the app in question, or of every marked app."""
        marked = self.app_rows([row.app.id for row in self.fleet.marked_rows]) if self.shows_fleet else []
        if not self._can_create():
            return
        if len(marked) > 1:
            self._create_many(marked)
            return
        app_id = marked[0].app.id if marked else self.app_in_question
        app = self.desk.catalog.app(app_id) if self.desk.catalog is not None and app_id is not None else None
        if app is None:
            self.notify(_("Choose an app first."), markup=False)
        else:
            self._create_one(app)

    def action_create_due(self) -> None:
        """Take a snapshot of every app that needs one; show the batch that runs, where one does."""
        from snaptui.fleet import due

        if not self._can_create():
            return
        apps = self.app_rows([row.app.id for row in due(self.fleet_rows())])
        if apps or self._to_show() is not None:
            self._create_many(apps)
        else:
            self.notify(_("No app needs a snapshot."), markup=False)

    def _to_show(self) -> Creation | None:
        """The batch that runs, or one that ended unseen and not altogether well."""
        creation = self.creation
        return creation if creation is not None and (creation.running or creation.unseen) else None

    def _can_create(self) -> bool:
        if self.desk.signed_in:
            return True
        self.notify(_("Sign in first: press {key}.").format(key=self.key_of("sign-in")), markup=False)
        return False

    def _create_one(self, app: AppRow) -> None:
        from snaptui.tui.screens.create import CreateScreen

        session = self.desk.session
        if session is not None:
            now = self.surroundings.now()
            screen = CreateScreen(session.catalog, app, now, created_later=self._created, tell=self.show_outcome)
            self.app.push_screen(screen, lambda key: self._created(key) if key is not None else None)

    def show_outcome(self, error: SnaptuiError) -> None:
        """What became of a creation that did not simply work; the list may have changed."""
        self.show_everything()
        if isinstance(error, TokenError):
            self.show_error(error)
        else:
            self.app.notify(error.sentence, severity="error", markup=False, timeout=20)

    def _created(self, key: SnapshotKey) -> None:
        self.desk.release()
        self.show_everything()
        if self.shows_fleet:
            self.fleet.clear_marks()
            self.fleet.highlight(key.app_id)
        elif self.versions.highlight(key):
            self.versions.focus()
        self.announce(_("Snapshot {version} is there.").format(version=key.version))

    # Several

    def _create_many(self, apps: Sequence[AppRow]) -> None:
        """Ask about a new batch; before that, show the one there is: two at once could save the same app twice."""
        from snaptui.tui.creation import Creation
        from snaptui.tui.screens.create_many import CreateManyScreen

        session, before = self.desk.session, self._to_show()
        if session is None:
            return
        creation = before or Creation(session.catalog, [row.app for row in apps])
        if before is not None:
            apps = self.app_rows([line.app.id for line in before.tally.lines])
        api = session.api
        screen = CreateManyScreen(
            creation, apps, self.surroundings, began=lambda: self._begin(creation), rate_limit=lambda: api.rate_limit
        )
        self.app.push_screen(screen, lambda again: self._create_many(self.app_rows(again)) if again else None)

    def _begin(self, creation: Creation) -> None:
        self.creation = creation
        creation.subscribe(self._creation_changed)
        if self.shows_fleet:
            self.fleet.clear_marks()
        # The program's worker, not a screen's: the batch goes on whatever is shown.
        self.app.run_worker(creation.run(), group="create", description="create")

    def _creation_changed(self, event: Event | None) -> None:
        from snaptui.batch import NotTaken, Taken

        if isinstance(event, Taken):
            self.desk.release()
        if isinstance(event, Taken | NotTaken):
            self.show_everything()
        if event is None and self.creation is not None:
            self._creation_ended(self.creation)

    def _creation_ended(self, creation: Creation) -> None:
        """Tell what came of a batch: in words where nobody watched it, by the login where the token was refused."""
        from snaptui.batch import Standing
        from snaptui.tui.screens.create_many import CreateManyScreen

        lines = creation.tally.lines
        refused = next((line.error for line in lines if isinstance(line.error, TokenError)), None)
        if refused is not None:
            self.show_error(refused)
        elif not any(isinstance(screen, CreateManyScreen) for screen in self.app.screen_stack):
            taken = creation.tally.count(Standing.TAKEN)
            creation.unseen = taken < len(lines)
            words = ngettext("{n} of {all} snapshots is taken.", "{n} of {all} snapshots are taken.", taken)
            told = words.format(n=formatting.number(taken), all=formatting.number(len(lines)))
            if creation.unseen:
                why = _("Press {key} to see why.").format(key=self.key_of("create-due"))
                told = f"{told} {why}"
            self.announce(told, failed=creation.unseen)
            self.refresh_bindings()
