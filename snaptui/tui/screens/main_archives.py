"""What the keys of the main screen do with archives: look inside, compare, put back, send back."""

from __future__ import annotations

from snaptui.tui.screens.main_actions import MainActions


class MainArchives(MainActions):
    """The part of the main screen that opens the screens of archives; each of them opens its archive itself."""
