"""What the keys of the main screen do with archives: look inside, compare, put back, send back."""

from __future__ import annotations

from textual import work

from snaptui import formatting
from snaptui.i18n import _
from snaptui.rows import VersionRow, order
from snaptui.tui.screens.main_actions import MainActions


class MainArchives(MainActions):
    """The part of the main screen that opens the screens of archives; each of them opens its archive itself."""

    def _row_in_question(self) -> VersionRow | None:
        """The version under the cursor; where there is none, that is said."""
        row = self.version_in_question
        if row is None:
            self.notify(_("There is no version here: choose an app that has one."), markup=False)
        return row

    def action_restore(self) -> None:
        """Put files of the version under the cursor back into a folder."""
        from snaptui.tui.screens.restore import RestoreScreen

        if (row := self._row_in_question()) is not None:
            self.app.push_screen(RestoreScreen(row, self.desk, self.surroundings))

    def action_undo(self) -> None:
        """Take back the last restore into a folder."""
        from snaptui.tui.screens.undo import UndoScreen

        self.app.push_screen(UndoScreen(self.desk.sessions.remembered, self.surroundings))

    def action_send_back(self) -> None:
        """Send the version under the cursor back to Discloud."""
        from snaptui.tui.screens.send_back import SendBackScreen

        if not self.desk.signed_in:
            self.notify(_("Sign in first: press {key}.").format(key=self.key_of("sign-in")), markup=False)
        elif (row := self._row_in_question()) is not None:
            self.app.push_screen(SendBackScreen(row, self.desk, self.surroundings), self._sent_back)

    def _sent_back(self, snapshot_taken: bool | None) -> None:
        """Show the snapshot that was taken before."""
        if snapshot_taken:
            self.desk.release()
            self.show_everything()

    # Comparing

    def action_compare(self) -> None:
        """Compare the two marked versions, the marked one with this one, or this one with the one before it."""
        row = self._row_in_question()
        marked = [] if self.shows_fleet else self.versions.marked_rows
        if row is None:
            return
        if len(marked) > 2:
            words = _("Mark two versions to compare; {n} are marked, and Esc takes the marks away.")
            self.notify(words.format(n=formatting.number(len(marked))), severity="warning", markup=False)
            return
        if len(marked) == 1 and marked[0].key != row.key:
            marked = [marked[0], row]
        if len(marked) == 2:
            newer, older = sorted(marked, key=lambda each: order(each.snapshot))
            self._compare(older, newer)
        elif (before := self._before(row)) is not None:
            self._compare(before, row)
        else:
            self._compare_the_first(row)

    def _before(self, row: VersionRow) -> VersionRow | None:
        """The version of the same app before this one; None for the first."""
        catalog = self.desk.catalog
        rows = catalog.rows(row.snapshot.app_id) if catalog is not None else ()
        older = [each for each in rows if order(each.snapshot) > order(row.snapshot)]
        return older[0] if older else None

    def _compare(self, old: VersionRow, new: VersionRow) -> None:
        from snaptui.tui.screens.compare import CompareScreen

        self.app.push_screen(CompareScreen(old, new, self.desk, self.surroundings))

    @work(group="compare", exclusive=True)
    async def _compare_the_first(self, row: VersionRow) -> None:
        """Say that there is nothing before it, and offer what else it can be compared with."""
        from snaptui.tui.screens.ask import Answer, AskScreen

        title = _("No older version of {app} is known").format(app=row.app_name)
        words = _("Mark another version with {mark} and press {key} again, or compare this one with a folder.")
        body = [words.format(mark=self.key_of("table-mark"), key=self.key_of("compare"))]
        answers = (Answer("no", "n", _("Leave it")), Answer("folder", "f", _("Compare with a folder")))
        if await self.app.push_screen_wait(AskScreen(title, body, answers)) != "folder":
            return
        from snaptui.tui.screens.compare import CompareScreen
        from snaptui.tui.screens.compare_folder import FolderScreen

        folder = await self.app.push_screen_wait(FolderScreen(row, self.desk.sessions.remembered))
        if folder is not None:
            self.app.push_screen(CompareScreen(row, folder, self.desk, self.surroundings))

    def action_browse(self) -> None:
        """Look into the version under the cursor."""
        from snaptui.tui.screens.browse import BrowseScreen

        if (row := self._row_in_question()) is not None:
            self.app.push_screen(BrowseScreen(row, self.desk, self.surroundings))
