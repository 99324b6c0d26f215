"""Every class with keys of its own, for whoever checks or lists them."""

from __future__ import annotations

from textual.dom import DOMNode

from snaptui.tui.app import SnaptuiApp
from snaptui.tui.screens.ask import AskScreen
from snaptui.tui.screens.create import CreateScreen
from snaptui.tui.screens.create_many import CreateManyScreen
from snaptui.tui.screens.download import DownloadScreen
from snaptui.tui.screens.help import HelpScreen
from snaptui.tui.screens.login import LoginScreen
from snaptui.tui.screens.main import MainScreen
from snaptui.tui.screens.transfers import TransfersScreen
from snaptui.tui.widgets.batch_table import BatchTable
from snaptui.tui.widgets.fleet_table import FleetTable
from snaptui.tui.widgets.sidebar import AppSidebar
from snaptui.tui.widgets.snapshot_table import SnapshotTable
from snaptui.tui.widgets.transfer_table import TransferTable

PLACES: tuple[type[DOMNode], ...] = (
    SnaptuiApp,
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
    AskScreen,
    HelpScreen,
)
