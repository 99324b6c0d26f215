"""The main screen: apps at the left, the versions of one at the right. It composes and routes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from snaptui import formatting
from snaptui.i18n import _, ngettext
from snaptui.query import parse
from snaptui.tui.screens.main_actions import MainActions
from snaptui.tui.screens.main_keys import KEPT_KEYS, KEY_ORDER, MAIN_KEYS
from snaptui.tui.screens.notices import notice_for
from snaptui.tui.widgets.account_bar import AccountBar, AccountState
from snaptui.tui.widgets.detail import DetailLine, SizeSpark
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.notice import Notice
from snaptui.tui.widgets.sidebar import AppSidebar
from snaptui.tui.widgets.snapshot_table import SnapshotTable
from snaptui.tui.widgets.table_messages import Chosen, Highlighted, MarksChanged
from snaptui.tui.widgets.transfer_strip import TransferStrip

if TYPE_CHECKING:
    from snaptui.tui.app import SnaptuiApp

LEAST_COLUMNS, LEAST_ROWS = 60, 20
_MINUTE = 60.0


class MainScreen(MainActions, Screen[None]):
    """Apps and versions of the open account."""

    BINDINGS: ClassVar[list[BindingType]] = [*MAIN_KEYS]
    AUTO_FOCUS = "#sidebar"

    def __init__(self, app: SnaptuiApp) -> None:
        super().__init__()
        self._start_with(app)

    def compose(self) -> ComposeResult:
        """The account, the two panes, the transfers, the keys."""
        now, zone, symbols = self.now(), self._zone, self._symbols
        yield Static("", id="too-small", markup=False)
        yield AccountBar(now=now, symbols=symbols, id="account")
        with Horizontal(id="panes"):
            yield AppSidebar(symbols=symbols, id="sidebar")
            with Vertical(id="versions"):
                yield Static("", id="heading", markup=False)
                yield Notice(symbols=symbols, id="notice")
                yield SnapshotTable(
                    now=now, zone=zone, local_of=self.desk.local_of, show_app_column=True, symbols=symbols, id="table"
                )
                yield SizeSpark(symbols=symbols, id="spark")
                yield DetailLine(zone=zone, symbols=symbols, id="detail")
        yield Input(id="filter", compact=True, placeholder=_("words, !word, app:name, >10MB, <7d, local:no"))
        yield TransferStrip(hint=_("t transfers"), symbols=symbols, id="strip")
        yield KeyBar(order=KEY_ORDER, keep=KEPT_KEYS, symbols=symbols, id="keys")

    def on_mount(self) -> None:
        """Show what the cache has in the first frame; everything else comes after it."""
        if self.desk.open_last():
            self.show_everything()
        else:
            self.show_notice()
        self.show_account()
        self.set_interval(_MINUTE, self._minute)
        self.call_after_refresh(self.begin)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where there is no room."""
        tiny = event.size.width < LEAST_COLUMNS or event.size.height < LEAST_ROWS
        self.set_class(tiny, "-tiny")
        if tiny:
            words = _("snaptui needs {columns}×{rows} cells: enlarge the terminal, or use its commands.")
            self.query_one("#too-small", Static).update(Content(words.format(columns=LEAST_COLUMNS, rows=LEAST_ROWS)))

    def now(self) -> datetime:
        """The present."""
        return datetime.now(UTC)

    def _minute(self) -> None:
        """Ages are one minute older; nothing is sent where they read the same."""
        now = self.now()
        self.query_one(SnapshotTable).refresh_ages(now)
        self.query_one(AccountBar).refresh_ages(now)

    # Showing

    def show_everything(self) -> None:
        """Bring sidebar and table up to date; cursor and scroll position stay."""
        catalog = self.desk.catalog
        if catalog is None:
            return
        self.query_one(AppSidebar).set_apps(catalog.apps(), total=len(catalog.rows()))
        self.show_rows(keep=True)

    def show_rows(self, *, keep: bool) -> None:
        """Show the versions of the app under the sidebar's cursor."""
        catalog = self.desk.catalog
        rows = catalog.rows(self.app_id) if catalog is not None else ()
        table = self.query_one(SnapshotTable)
        table.show_app_column = self.app_id is None
        table.set_rows(rows, keep=keep)
        self.show_notice()
        self.show_heading()
        sizes = [row.snapshot.size_bytes for row in reversed(rows[:30])] if self.app_id is not None else []
        caption = ngettext("last snapshot", "last {n} snapshots", len(sizes)).format(n=len(sizes))
        self.query_one(SizeSpark).show(sizes if len(sizes) > 1 else [], caption)
        self.show_detail()

    def show_heading(self) -> None:
        """The app's name and what its snapshots add up to."""
        catalog = self.desk.catalog
        heading = self.query_one("#heading", Static)
        if catalog is None:
            heading.update("", layout=False)
            return
        row = catalog.app(self.app_id) if self.app_id is not None else None
        name = row.app.name if row is not None else _("All apps")
        table = self.query_one(SnapshotTable)
        count = table.total_rows
        parts = [ngettext("{n} snapshot", "{n} snapshots", count).format(n=formatting.number(count))]
        if row is not None and row.known_bytes:
            parts.append(formatting.size(row.known_bytes))
        if table.filter_query:
            parts.append(_("{n} shown by the filter {text}").format(n=table.row_count, text=table.filter_query.text))
        if table.marked:
            parts.append(ngettext("{n} marked", "{n} marked", len(table.marked)).format(n=len(table.marked)))
        if catalog.unreadable:
            parts.append(
                ngettext("{n} entry unreadable", "{n} entries unreadable", catalog.unreadable).format(
                    n=catalog.unreadable
                )
            )
        room = max(10, heading.size.width - len(" · ".join(parts)) - 5) if heading.size.width else 40
        shown = name if len(name) <= room else name[: room - 1] + "…"
        text = Content.assemble((f" {shown}", "bold"), "   ", (" · ".join(parts), "$text-muted"))
        heading.update(text if not self._symbols.ascii_only else Content(self._symbols.plain(text.plain)), layout=False)

    def show_notice(self) -> None:
        """Words in the place of rows, where there are none."""
        notice = notice_for(self.desk, self.app_id, self.last_error, self.starting)
        self.query_one(Notice).show(notice)
        self.query_one(Notice).display = notice is not None
        self.query_one(SnapshotTable).display = notice is None

    def show_detail(self) -> None:
        """The exact facts of the version under the cursor."""
        row = self.query_one(SnapshotTable).cursor_row
        if row is None:
            self.query_one(DetailLine).show(None)
            return
        copy = self.desk.copy_of(row.key)
        self.query_one(DetailLine).show(row, self.desk.local_of(row.key), copy.path if copy is not None else None)

    def show_account(self) -> None:
        """The header."""
        session, catalog = self.desk.session, self.desk.catalog
        account = catalog.account if catalog is not None else None
        state = AccountState(
            username=account.username if account is not None else "",
            plan=account.plan if account is not None else "",
            token_source=session.source.label if session is not None and session.source is not None else "",
            rate_limit=session.api.rate_limit if session is not None else None,
            loaded_at=catalog.loaded_at if catalog is not None else None,
            from_cache=catalog.from_cache if catalog is not None else False,
            loading=self.starting or (catalog.loading if catalog is not None else False),
            offline=self.last_error is not None,
            read_only=self.desk.sessions.config.read_only,
        )
        bar = self.query_one(AccountBar)
        bar.refresh_ages(self.now())
        bar.show(state)

    # Hearing

    def on_app_sidebar_highlighted(self, event: AppSidebar.Highlighted) -> None:
        """Show at once what is known of the app, and refresh it behind once the cursor rests."""
        event.stop()
        self.change_app(event.app_id)

    def on_app_sidebar_chosen(self, event: AppSidebar.Chosen) -> None:
        """Go on to the versions."""
        event.stop()
        self.query_one(SnapshotTable).focus()

    def on_snapshot_table_highlighted(self, event: Highlighted) -> None:
        """Tell more of the version under the cursor."""
        event.stop()
        self.show_detail()

    def on_snapshot_table_chosen(self, event: Chosen) -> None:
        """Fetch it."""
        event.stop()
        self.action_download()

    def on_snapshot_table_marks_changed(self, event: MarksChanged) -> None:
        """Count the marks."""
        event.stop()
        self.show_heading()

    def on_transfer_strip_clicked(self, event: TransferStrip.Clicked) -> None:
        """Show the transfers."""
        event.stop()
        self.action_transfers()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as typed."""
        event.stop()
        self._filter(event.value)

    def _filter(self, text: str) -> None:
        if self.filters_apps:
            self.query_one(AppSidebar).set_filter(text)
        else:
            self.query_one(SnapshotTable).set_query(parse(text, self.now()))
            self.show_heading()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the filter and go back to the list."""
        event.stop()
        self.leave_filter()
