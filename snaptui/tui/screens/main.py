"""The main screen: apps at the left, the versions of one at the right. It composes and routes."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Input

from snaptui.errors import NetworkFailed
from snaptui.i18n import _, ngettext
from snaptui.query import parse, why_unread
from snaptui.session import Sessions
from snaptui.tui.screens.heading import About, Heading
from snaptui.tui.screens.main_archives import MainArchives
from snaptui.tui.screens.main_keys import KEPT_KEYS, KEY_ORDER, MAIN_KEYS
from snaptui.tui.screens.notices import notice_for
from snaptui.tui.screens.place import field
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.account_bar import AccountBar, AccountState
from snaptui.tui.widgets.detail import DetailLine, SizeSpark
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.notice import Notice
from snaptui.tui.widgets.sidebar import AppSidebar
from snaptui.tui.widgets.snapshot_table import SnapshotTable
from snaptui.tui.widgets.table_messages import Chosen, Highlighted, MarksChanged
from snaptui.tui.widgets.transfer_strip import TransferStrip

_MINUTE = 60.0
_SIZES_SHOWN = 30


class MainScreen(MainArchives):
    """Apps and versions of the open account."""

    BINDINGS: ClassVar[list[BindingType]] = [*MAIN_KEYS]
    AUTO_FOCUS = "#table"

    def __init__(self, sessions: Sessions, surroundings: Surroundings) -> None:
        super().__init__(sessions, surroundings)
        self.follow_queue()

    def compose(self) -> ComposeResult:
        """The account, the two panes, the transfers, the keys."""
        around = self.surroundings
        now, zone, symbols = around.now(), around.zone, around.symbols
        yield AccountBar(now=now, symbols=symbols, id="account")
        with Horizontal(id="panes"):
            yield AppSidebar(symbols=symbols, id="sidebar")
            with Vertical(id="versions"):
                yield Heading(now=now, symbols=symbols, id="heading")
                with Container(id="rows"):
                    yield SnapshotTable(
                        now=now,
                        zone=zone,
                        local_of=self.desk.local_of,
                        show_app_column=True,
                        symbols=symbols,
                        id="table",
                    )
                    yield Notice(symbols=symbols, id="notice")
                yield SizeSpark(symbols=symbols, id="spark")
                yield DetailLine(zone=zone, symbols=symbols, id="detail")
        yield field(id="filter")
        yield TransferStrip(hint=_("{key} transfers").format(key=self.key_of("transfers")), symbols=symbols, id="strip")
        yield KeyBar(order=KEY_ORDER, keep=KEPT_KEYS, symbols=symbols, id="keys")

    def on_mount(self) -> None:
        """Show what the cache has in the first frame; everything else comes after it."""
        self.desk.open_last()
        self.show_everything()
        self.set_interval(_MINUTE, self._minute)
        self.call_after_refresh(self.begin)

    def _minute(self) -> None:
        """Ages are one minute older; nothing is sent where they read the same."""
        self.query_one(SnapshotTable).refresh_ages(self.surroundings.now())
        self.show_heading()
        self.show_state()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done here and now has no key."""
        if action == "create":
            return not self.desk.sessions.config.read_only
        if action == "sign_out":
            return self.desk.signed_in and not self.desk.sessions.demo
        return True

    # Showing

    def show_everything(self) -> None:
        """Bring sidebar and table up to date; cursor and scroll position stay."""
        catalog = self.desk.catalog
        sidebar = self.query_one(AppSidebar)
        if catalog is None:
            sidebar.set_apps((), total=0)
        else:
            sidebar.set_apps(catalog.apps(), total=len(catalog.rows()))
        self.show_rows(keep=True)

    def show_rows(self, *, keep: bool) -> None:
        """Show the versions of the app under the sidebar's cursor."""
        catalog = self.desk.catalog
        rows = catalog.rows(self.app_id) if catalog is not None else ()
        table = self.query_one(SnapshotTable)
        table.show_app_column = self.app_id is None
        table.set_rows(rows, keep=keep)
        sizes = [row.snapshot.size_bytes for row in reversed(rows[:_SIZES_SHOWN])] if self.app_id is not None else []
        caption = ngettext("last snapshot", "last {n} snapshots", len(sizes)).format(n=len(sizes))
        self.query_one(SizeSpark).show(sizes if len(sizes) > 1 else [], caption)
        self.show_heading()
        self.show_state()
        self.show_detail()

    def show_heading(self) -> None:
        """The app's name and what its snapshots add up to."""
        catalog, table, about = self.desk.catalog, self.query_one(SnapshotTable), None
        if catalog is not None:
            filtered = bool(table.filter_query)
            about = About(
                app=catalog.app(self.app_id) if self.app_id is not None else None,
                count=table.total_rows,
                shown=table.row_count if filtered else None,
                filter_text=table.filter_query.text,
                marked=len(table.marked),
                unreadable=catalog.unreadable + catalog.unreadable_apps,
                unread=self._unread(),
            )
            words = _("Nothing fits the filter: {key} takes it away.").format(key=self.key_of("clear"))
            table.empty_text = words if filtered else ""
        self.query_one(Heading).show(about, self.surroundings.now())

    def _unread(self) -> str:
        """What of the filter is not understood; the word that is being typed may still become so."""
        query, field = self.query_one(SnapshotTable).filter_query, self.query_one("#filter", Input)
        typing = field.display and not self.filters_apps and query.text == query.text.rstrip()
        return " ".join(word for word in query.unread if not (typing and query.text.endswith(word)))

    def show_state(self) -> None:
        """The header, and words in the place of rows where there are none."""
        notice = notice_for(self.desk, self.app_id, self.last_error, self.starting, self.key_of)
        shown = self.query_one(Notice)
        shown.show(notice)
        shown.display = notice is not None
        session, catalog, account = self.desk.session, self.desk.catalog, self.desk.account
        state = AccountState(
            username=account.username if account is not None else "",
            plan=account.plan if account is not None else "",
            token_source=session.source.label if session is not None and session.source is not None else "",
            rate_limit=session.api.rate_limit if session is not None else None,
            loaded_at=catalog.loaded_at if catalog is not None else None,
            from_cache=catalog.from_cache if catalog is not None else False,
            loading=self.starting or (session is not None and session.catalog.loading),
            offline=isinstance(self.last_error, NetworkFailed),
            read_only=self.desk.sessions.config.read_only,
        )
        bar = self.query_one(AccountBar)
        bar.refresh_ages(self.surroundings.now())
        bar.show(state)

    def show_detail(self) -> None:
        """The exact facts of the version under the cursor."""
        row = self.query_one(SnapshotTable).cursor_row
        detail = self.query_one(DetailLine)
        if row is None:
            detail.show(None)
            return
        copy = self.desk.copy_of(row.key)
        detail.show(row, self.desk.local_of(row.key), copy.path if copy is not None else None)

    # Hearing

    def on_app_sidebar_highlighted(self, event: AppSidebar.Highlighted) -> None:
        """Show another app."""
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
        if not event.input.display:
            return
        if self.filters_apps:
            self.apps_filter = event.value
            self.query_one(AppSidebar).set_filter(event.value)
        else:
            self.query_one(SnapshotTable).set_query(parse(event.value, self.surroundings.now()))
            self.show_heading()
            self.show_detail()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the filter and go back to the list."""
        event.stop()
        self.leave_filter()
        query = self.query_one(SnapshotTable).filter_query
        if not self.filters_apps and query.unread:
            self.show_heading()
            self.notify(why_unread(query.unread[0]), severity="warning", markup=False)
