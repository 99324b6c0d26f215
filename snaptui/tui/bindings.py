"""Key bindings whose words are translated where they are shown.

Textual reads bindings when a class is made, long before a language is chosen. So a binding keeps its message
as written (marked with ``N_``), and whoever shows it asks ``description_of`` or ``tooltip_of``.
"""

from __future__ import annotations

import re

from textual.binding import Binding

from snaptui.i18n import N_, _


def binding(
    keys: str,
    action: str,
    description: str,
    *,
    id: str,
    tooltip: str,
    show: bool = True,
    priority: bool = False,
    key_display: str | None = None,
    system: bool = False,
) -> Binding:
    """Make a binding; ``description`` and ``tooltip`` are messages marked with ``N_``.

    ``keys`` is a comma-separated list in Textual's names, ``id`` what ``config.toml`` calls it.
    """
    return Binding(
        keys,
        action,
        description,
        show=show,
        key_display=key_display,
        priority=priority,
        tooltip=tooltip,
        id=id,
        system=system,
    )


def description_of(shown: Binding) -> str:
    """The binding's short words in the language in use."""
    return _(shown.description) if shown.description else ""


def tooltip_of(shown: Binding) -> str:
    """The binding's sentence in the language in use; its short words where it has none."""
    return _(shown.tooltip) if shown.tooltip else description_of(shown)


PLACE_TITLES = {
    "SnaptuiApp": N_("Everywhere"),
    "MainScreen": N_("On the main screen"),
    "SnapshotTable": N_("In the versions"),
    "FleetTable": N_("In the table of apps"),
    "AppSidebar": N_("In the apps"),
    "TransfersScreen": N_("On the screen of transfers"),
    "TransferTable": N_("In the transfers"),
    "LoginScreen": N_("While signing in"),
    "CreateScreen": N_("While taking a snapshot"),
    "CreateManyScreen": N_("While taking many snapshots"),
    "BatchTable": N_("In the batch"),
    "DownloadScreen": N_("While downloading"),
    "BrowseScreen": N_("While looking inside"),
    "FileTreeView": N_("In the files"),
    "PreviewPane": N_("In the preview"),
    "SaveScreen": N_("While saving files"),
    "HistoryScreen": N_("In the history"),
    "HistoryList": N_("In the history"),
    "CompareScreen": N_("While comparing"),
    "DifferenceTree": N_("In the differences"),
    "FolderScreen": N_("While choosing a folder"),
    "LineDiffScreen": N_("While comparing lines"),
    "LineDiffView": N_("In the lines"),
    "RestoreScreen": N_("While putting back"),
    "PlanList": N_("In the plan"),
    "UndoScreen": N_("While taking back"),
    "SendBackScreen": N_("While sending back"),
    "TextLines": N_("In the answer"),
    "HelpScreen": N_("In this help"),
    "KeyList": N_("In this help"),
    "PaletteScreen": N_("In the list of commands"),
    "SettingsScreen": N_("In the settings"),
    "CursorList": N_("Moving in every list"),
    "Place": N_("On every screen"),
    "Modal": N_("In every window"),
}
"""What help and README call the places with keys, by the name of the class."""


def title_of(owner: type) -> str:
    """The title of a place's keys, marked and untranslated; made of the class's name where it has none."""
    return PLACE_TITLES.get(owner.__name__) or " ".join(re.findall(r"[A-Z][a-z]*", owner.__name__))


def _quiet(keys: str, action: str, description: str, id: str, tooltip: str) -> Binding:
    return binding(keys, action, description, id=id, tooltip=tooltip, show=False)


MOVEMENT: tuple[Binding, ...] = (
    _quiet("down,j", "cursor_down", N_("down"), "move-down", N_("One line down, or as many as the number before it")),
    _quiet("up,k", "cursor_up", N_("up"), "move-up", N_("One line up, or as many as the number before it")),
    _quiet("pagedown,ctrl+f", "page_down", N_("page down"), "move-page-down", N_("One page down")),
    _quiet("pageup,ctrl+b", "page_up", N_("page up"), "move-page-up", N_("One page up")),
    _quiet("ctrl+d", "half_page_down", N_("half a page down"), "move-half-page-down", N_("Half a page down")),
    _quiet("ctrl+u", "half_page_up", N_("half a page up"), "move-half-page-up", N_("Half a page up")),
    _quiet("home,g", "first", N_("first"), "move-first", N_("The first line, or the line of the number before it")),
    _quiet("end,G", "last", N_("last"), "move-last", N_("The last line, or the line of the number before it")),
)
"""What moves the cursor in every list; a number typed before one repeats it."""

MATCHING: tuple[Binding, ...] = (
    _quiet("n", "match_next", N_("next match"), "match-next", N_("The next line that fits the last filter")),
    _quiet(
        "N", "match_previous", N_("match before"), "match-previous", N_("The line before that fits the last filter")
    ),
)
"""What goes from match to match in a list with a filter, whether that still hides the rest or not."""
