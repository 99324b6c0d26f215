"""What the keys of the main screen do with archives: look inside, compare, put back, send back."""

from __future__ import annotations

from snaptui.tui.screens.main_actions import MainActions
from snaptui.tui.widgets.snapshot_table import SnapshotTable


class MainArchives(MainActions):
    """The part of the main screen that opens the screens of archives; each of them opens its archive itself."""

    def action_browse(self) -> None:
        """Look into the version under the cursor."""
        from snaptui.tui.screens.browse import BrowseScreen

        row = self.query_one(SnapshotTable).cursor_row
        if row is not None:
            self.app.push_screen(BrowseScreen(row, self.desk, self.surroundings))
