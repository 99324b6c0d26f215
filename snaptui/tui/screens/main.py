"""The main screen: apps at the left, the versions of one at the right. It composes and routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from snaptui import formatting
from snaptui.errors import NetworkFailed
from snaptui.i18n import _, ngettext
from snaptui.tui.screens.heading import About, Heading
from snaptui.tui.screens.main_archives import MainArchives
from snaptui.tui.screens.main_keys import KEPT_KEYS, KEY_ORDER, MAIN_KEYS
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.account_bar import AccountBar, AccountState
from snaptui.tui.widgets.detail import DetailLine
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.sidebar import AppSidebar
from snaptui.tui.widgets.table_messages import AppChosen, TableMessage

_MINUTE = 60.0
_SIZES_SHOWN = 30


if TYPE_CHECKING:
    from snaptui.session import Sessions
    from snaptui.tui.widgets.transfer_strip import TransferStrip


class MainScreen(MainArchives):
    """Apps and versions of the open account."""

    BINDINGS: ClassVar[list[BindingType]] = [*MAIN_KEYS]
    CSS_PATH = None  # the program's own has what it needs
    AUTO_FOCUS = "#fleet, #table"

    def __init__(
        self, sessions: Sessions, surroundings: Surroundings, on_first_frame: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(sessions, surroundings)
        self._on_first_frame = on_first_frame
        self._escape_does = (True, False)
        self.follow_queue()

    def compose(self) -> ComposeResult:
        """The account and the keys at the edges, the apps at the left, the rest beside them.

        Nothing stands around them: a container is painted line by line before what covers it.
        """
        around = self.surroundings
        now, zone, symbols = around.now(), around.zone, around.symbols
        yield AccountBar(now=now, zone=zone, symbols=symbols, id="account")
        yield KeyBar(order=KEY_ORDER, keep=("all-apps", *KEPT_KEYS), symbols=symbols, id="keys")
        yield AppSidebar(symbols=symbols, id="sidebar")
        yield Heading(now=now, symbols=symbols, id="heading")
        yield self.list_in_front
        if self.shows_fleet:
            yield self.make_fleet_line()
        yield DetailLine(zone=zone, symbols=symbols, id="detail")

    def on_mount(self) -> None:
        """Show what the cache has in the first frame; everything else comes after it."""
        self.desk.open_last()
        self.show_everything()
        self.set_interval(_MINUTE, self._minute)
        self.call_after_refresh(self._first_frame_shown)

    def _first_frame_shown(self) -> None:
        self._on_first_frame()
        self.begin()

    def _minute(self) -> None:
        """Ages are one minute older; nothing is sent where they read the same."""
        self.list_in_front.refresh_ages(self.surroundings.now())
        if self.shows_fleet:
            self._show_fleet(keep=True)
        self.show_heading()
        self.show_state()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done here and now has no key."""
        if action in ("create", "send_back"):
            return not self.desk.sessions.config.read_only
        if action == "create_due":
            return not self.desk.sessions.config.read_only and (self.shows_fleet or self._to_show() is not None)
        if action == "clear":
            return self.can_clear
        if action == "all_apps":
            return self.app_id is not None and not self.can_clear
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
        """Show the versions of the app under the sidebar's cursor; of all of them, the table of apps."""
        self.bring_to_front()
        if self.shows_fleet:
            self._show_fleet(keep=keep)
        else:
            self._show_versions(keep=keep)
        self.show_heading()
        self.show_state()
        self.show_detail()

    def _show_fleet(self, *, keep: bool) -> None:
        from snaptui.fleet import due, summary
        from snaptui.tui.widgets.fleet_line import FleetSaid

        rows, config = self.fleet_rows(), self.desk.sessions.config
        # Coming back to it, the app that one was at is still the one in question.
        self.fleet.set_rows(rows, keep=keep or self.fleet.total_rows > 0)
        hint = "" if config.read_only else _("{key} takes them").format(key=self.key_of("create-due"))
        self.fleet_line.show(FleetSaid(summary(rows), len(due(rows)), config.stale_days, hint))
        self.fleet_line.remove_class("-away")
        self.put_away("spark")

    def _show_versions(self, *, keep: bool) -> None:
        catalog, table = self.desk.catalog, self.versions
        rows = catalog.rows(self.app_id) if catalog is not None else ()
        table.show_app_column = self.app_id is None
        table.set_rows(rows, keep=keep)
        sizes = [row.snapshot.size_bytes for row in reversed(rows[:_SIZES_SHOWN])] if self.app_id is not None else []
        caption = ngettext("last snapshot", "last {n} snapshots", len(sizes)).format(n=formatting.number(len(sizes)))
        self.size_spark.show(sizes if len(sizes) > 1 else [], caption)
        self.size_spark.remove_class("-away")
        self.put_away("sum")

    def show_heading(self) -> None:
        """The app's name and what its snapshots add up to."""
        catalog, table, about = self.desk.catalog, self.list_in_front, None
        if catalog is not None:
            query, app = table.filter_query, catalog.app(self.app_id) if self.app_id is not None else None
            counted = [app] if app is not None else catalog.apps() if self.shows_fleet else ()
            counted = [row for row in counted if row.count]
            about = About(
                app=app,
                apps=table.total_rows if self.shows_fleet else None,
                known_bytes=sum(row.known_bytes for row in counted) if counted else None,
                more=any(row.total_bytes is None for row in counted),
                count=len(catalog.rows(self.app_id)),
                shown=table.row_count if query else None,
                filter_text=query.text if query else "",
                marked=len(table.marked),
                unreadable=catalog.unreadable + catalog.unreadable_apps,
                unread=self._unread(),
            )
            words = _("Nothing fits the filter: {key} takes it away.").format(key=self.key_of("clear"))
            table.empty_text = words if query else ""
        self.query_one(Heading).show(about, self.surroundings.now())
        escape_does = (self.app_id is None, self.can_clear)
        if escape_does != self._escape_does:
            self._escape_does = escape_does
            self.refresh_bindings()

    def _unread(self) -> str:
        """What of the filter is not understood; the word that is being typed may still become so."""
        query = self.list_in_front.filter_query
        if query is None or not query.unread:
            return ""
        typing = self.filter_field.display and not self.filters_apps and query.text == query.text.rstrip()
        return " ".join(word for word in query.unread if not (typing and query.text.endswith(word)))

    def show_state(self) -> None:
        """The header, and words in the place of rows where there are none."""
        notice = None
        if not (self.shows_fleet and self.fleet.total_rows):
            from snaptui.tui.screens.notices import notice_for

            notice = notice_for(self.desk, self.app_id, self.last_error, self.starting, self.key_of)
        if notice is not None or self.has_part("notice"):
            self.notice.show(notice)
            self.notice.display = notice is not None
            # Not hidden, or it would lose the keys.
            self.list_in_front.set_class(notice is not None, "-behind")
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
        self.show_again_when_whole(state.rate_limit)

    def show_detail(self) -> None:
        """The exact facts of the version in question."""
        row = self.version_in_question
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
        """Go on to the versions, or to the table of apps."""
        event.stop()
        self.list_in_front.focus()

    def on_snapshot_table_highlighted(self, event: TableMessage) -> None:
        """Tell more of the version under the cursor."""
        event.stop()
        self.show_detail()

    def on_snapshot_table_chosen(self, event: TableMessage) -> None:
        """Fetch it."""
        event.stop()
        self.action_download()

    def on_snapshot_table_marks_changed(self, event: TableMessage) -> None:
        """Count the marks."""
        event.stop()
        self.show_heading()

    def on_fleet_table_app_highlighted(self, event: TableMessage) -> None:
        """Tell more of the app's newest version."""
        event.stop()
        self.show_detail()

    def on_fleet_table_app_chosen(self, event: AppChosen) -> None:
        """Go to its versions."""
        event.stop()
        sidebar = self.query_one(AppSidebar)
        if not sidebar.highlight(event.row.app.id):
            self.forget_apps_filter()
            sidebar.highlight(event.row.app.id)

    def on_fleet_table_app_marks_changed(self, event: TableMessage) -> None:
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
            from snaptui.query import parse

            self.list_in_front.set_query(parse(event.value, self.surroundings.now()))
            self.show_heading()
            self.show_detail()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the filter and go back to the list."""
        event.stop()
        self.leave_filter()
        query = self.list_in_front.filter_query
        if not self.filters_apps and query is not None and query.unread:
            from snaptui.query import why_unread

            self.show_heading()
            self.notify(why_unread(query.unread[0]), severity="warning", markup=False)
