"""Every class with keys of its own below the program's, for whoever checks or lists them."""

from __future__ import annotations

from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen

from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.browse import BrowseScreen
from snaptui.tui.screens.compare import CompareScreen
from snaptui.tui.screens.compare_folder import FolderScreen
from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.create_many import CreateManyScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.help import HelpScreen, KeyList
from snaptui.tui.screens.history import HistoryScreen
from snaptui.tui.screens.line_diff import LineDiffScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.screens.main import MainScreen
from snaptui.tui.screens.palette import PaletteScreen
from snaptui.tui.screens.restore import RestoreScreen
from snaptui.tui.screens.save import SaveScreen
from snaptui.tui.screens.send_back import SendBackScreen
from snaptui.tui.screens.settings import SettingsScreen, SettingsTable
from snaptui.tui.screens.transfers import TransfersScreen
from snaptui.tui.screens.undo import UndoScreen
from snaptui.tui.widgets.batch_table import BatchTable
from snaptui.tui.widgets.difference_tree import DifferenceTree
from snaptui.tui.widgets.file_tree import FileTreeView
from snaptui.tui.widgets.fleet_table import FleetTable
from snaptui.tui.widgets.history_list import HistoryList
from snaptui.tui.widgets.line_diff_view import LineDiffView
from snaptui.tui.widgets.plan_list import PlanList
from snaptui.tui.widgets.preview_pane import PreviewPane
from snaptui.tui.widgets.sidebar import AppSidebar
from snaptui.tui.widgets.snapshot_table import SnapshotTable
from snaptui.tui.widgets.text_lines import TextLines
from snaptui.tui.widgets.transfer_table import TransferTable

PLACES: tuple[type[DOMNode], ...] = (
    MainScreen,
    AppSidebar,
    SnapshotTable,
    FleetTable,
    TransfersScreen,
    TransferTable,
    LoginScreen,
    CreateScreen,
    CreateManyScreen,
    BatchTable,
    DownloadScreen,
    RestoreScreen,
    PlanList,
    UndoScreen,
    SendBackScreen,
    TextLines,
    CompareScreen,
    DifferenceTree,
    LineDiffScreen,
    LineDiffView,
    FolderScreen,
    BrowseScreen,
    FileTreeView,
    PreviewPane,
    SaveScreen,
    HistoryScreen,
    HistoryList,
    AskScreen,
    HelpScreen,
    KeyList,
    PaletteScreen,
    SettingsScreen,
    SettingsTable,
)
"""A screen, then the lists that stand on it: a key is looked for in the list first."""

Chain = tuple[type[DOMNode], ...]


def chains(app: type[DOMNode]) -> tuple[Chain, ...]:
    """Where a key is looked for, from what has the focus outwards, for each list and for each screen without one.

    Below a window it goes no further: ``app`` is reached from screens alone.
    """
    found: list[Chain] = []
    screen: type[DOMNode] | None = None
    for place in PLACES:
        if issubclass(place, Screen):
            screen = place
            found.append(_outwards((place,), app))
        elif screen is not None:
            if found[-1][0] is screen:
                found.pop()
            found.append(_outwards((place, screen), app))
    return tuple(found)


def _outwards(inner: Chain, app: type[DOMNode]) -> Chain:
    return inner if issubclass(inner[-1], ModalScreen) else (*inner, app)
