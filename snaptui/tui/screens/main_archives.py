"""What the keys of the main screen do with archives: look inside, compare, put back, send back."""

from __future__ import annotations

from snaptui.i18n import _
from snaptui.rows import VersionRow
from snaptui.tui.screens.main_actions import MainActions
from snaptui.tui.widgets.snapshot_table import SnapshotTable


class MainArchives(MainActions):
    """The part of the main screen that opens the screens of archives; each of them opens its archive itself."""

    def _row_in_question(self) -> VersionRow | None:
        """The version under the cursor; where there is none, that is said."""
        row = self.query_one(SnapshotTable).cursor_row
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
            self.notify(_("Sign in first: press {key}.").format(key="L"), markup=False)
        elif (row := self._row_in_question()) is not None:
            self.app.push_screen(SendBackScreen(row, self.desk, self.surroundings), self._sent_back)

    def _sent_back(self, snapshot_taken: bool | None) -> None:
        """Show the snapshot that was taken before."""
        if snapshot_taken:
            self.desk.release()
            self.show_everything()
