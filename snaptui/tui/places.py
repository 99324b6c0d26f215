"""Every class with keys of its own, for whoever checks or lists them."""

from __future__ import annotations

from textual.dom import DOMNode

from snaptui.tui.app import SnaptuiApp
from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.browse import BrowseScreen
from snaptui.tui.screens.compare import CompareScreen
from snaptui.tui.screens.compare_folder import FolderScreen
from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.help import HelpScreen
from snaptui.tui.screens.history import HistoryScreen
from snaptui.tui.screens.line_diff import LineDiffScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.screens.main import MainScreen
from snaptui.tui.screens.restore import RestoreScreen
from snaptui.tui.screens.save import SaveScreen
from snaptui.tui.screens.send_back import SendBackScreen
from snaptui.tui.screens.transfers import TransfersScreen
from snaptui.tui.screens.undo import UndoScreen
from snaptui.tui.widgets.difference_tree import DifferenceTree
from snaptui.tui.widgets.file_tree import FileTreeView
from snaptui.tui.widgets.history_list import HistoryList
from snaptui.tui.widgets.line_diff_view import LineDiffView
from snaptui.tui.widgets.plan_list import PlanList
from snaptui.tui.widgets.preview_pane import PreviewPane
from snaptui.tui.widgets.sidebar import AppSidebar
from snaptui.tui.widgets.snapshot_table import SnapshotTable
from snaptui.tui.widgets.text_lines import TextLines
from snaptui.tui.widgets.transfer_table import TransferTable

PLACES: tuple[type[DOMNode], ...] = (
    SnaptuiApp,
    MainScreen,
    AppSidebar,
    SnapshotTable,
    TransfersScreen,
    TransferTable,
    LoginScreen,
    CreateScreen,
    DownloadScreen,
    RestoreScreen,
    PlanList,
    UndoScreen,
    SendBackScreen,
    TextLines,
    BrowseScreen,
    FileTreeView,
    PreviewPane,
    SaveScreen,
    HistoryScreen,
    HistoryList,
    CompareScreen,
    DifferenceTree,
    LineDiffScreen,
    LineDiffView,
    FolderScreen,
    AskScreen,
    HelpScreen,
)
