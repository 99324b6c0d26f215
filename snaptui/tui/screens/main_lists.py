"""The lists of the main screen: which of them is in front, and which versions and apps the keys act on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from snaptui.tui.screens.main_parts import MainParts
from snaptui.tui.widgets.sidebar import AppSidebar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snaptui.fleet import FleetRow
    from snaptui.rows import AppRow, VersionRow
    from snaptui.tui.widgets.fleet_table import FleetTable
    from snaptui.tui.widgets.snapshot_table import SnapshotTable
    from snaptui.tui.widgets.sorted_table import SortedTable

ALL_APPS_VIEW = "all_apps_view"
"""What is remembered under this name: how "All apps" is shown, as ``VERSIONS``; as the fleet without it."""

VERSIONS = "versions"


class MainLists(MainParts):
    """The part of the main screen that has its lists. A table is made when it is first wanted: most runs, one of them.

    "All apps" is the fleet, one line an app, unless the person has chosen every version of the account instead.
    """

    _fleet: FleetTable | None = None
    _versions: SnapshotTable | None = None
    _as_versions: bool | None = None

    @property
    def shows_fleet(self) -> bool:
        """Whether the table of apps is in front."""
        if self._as_versions is None:
            self._as_versions = self.desk.sessions.remembered.get(ALL_APPS_VIEW) == VERSIONS
        return self.app_id is None and not self._as_versions

    def remember_view(self, *, as_versions: bool) -> None:
        """Show "All apps" so from now on, in the next run too."""
        self._as_versions = as_versions
        self.desk.sessions.remembered.set(ALL_APPS_VIEW, VERSIONS if as_versions else None)

    @property
    def fleet(self) -> FleetTable:
        """The table of apps."""
        if self._fleet is None:
            from snaptui.tui.widgets.fleet_table import FleetTable

            around = self.surroundings
            self._fleet = FleetTable(
                now=around.now(), zone=around.zone, local_of=self.desk.local_of, symbols=around.symbols, id="fleet"
            )
            self._put(self._fleet)
        return self._fleet

    @property
    def versions(self) -> SnapshotTable:
        """The table of versions."""
        if self._versions is None:
            from snaptui.tui.widgets.snapshot_table import SnapshotTable

            around = self.surroundings
            self._versions = SnapshotTable(
                now=around.now(), zone=around.zone, local_of=self.desk.local_of, symbols=around.symbols, id="table"
            )
            self._put(self._versions)
        return self._versions

    def _put(self, table: SortedTable[Any, Any, Any]) -> None:
        """Mount a table behind what is there; while the screen is composed it goes in by itself."""
        for heading in self.query("#heading"):
            table.display = False
            self.mount(table, after=heading)

    @property
    def list_in_front(self) -> SortedTable[Any, Any, Any]:
        """The table that is shown."""
        return self.fleet if self.shows_fleet else self.versions

    def bring_to_front(self) -> None:
        """Show the table that belongs there now, which takes the keys over from the other one."""
        front = self.list_in_front
        other = self._versions if front is self._fleet else self._fleet
        if other is not None and (other.display or not front.display):
            front.display = True
            if other.has_focus:
                self.set_focus(front)
            other.display = False
            self.refresh_bindings()

    # What the keys act on

    def newest_of(self, app_id: str) -> VersionRow | None:
        """An app's newest version."""
        catalog = self.desk.catalog
        rows: Sequence[VersionRow] = catalog.rows(app_id) if catalog is not None else ()
        return rows[0] if rows else None

    @property
    def version_in_question(self) -> VersionRow | None:
        """The version under the cursor; in the table of apps, the newest of the app under it."""
        if not self.shows_fleet:
            return self.versions.cursor_row
        row = self.fleet.cursor_row
        return self.newest_of(row.app.id) if row is not None else None

    @property
    def versions_in_question(self) -> list[VersionRow]:
        """The marked versions, or the newest of each marked app; without marks the one in question."""
        if self.shows_fleet:
            newest = [self.newest_of(row.app.id) for row in self.fleet.marked_rows]
        else:
            newest = list(self.versions.marked_rows)
        rows = [row for row in newest if row is not None]
        if rows or self.list_in_front.marked:
            return rows
        row = self.version_in_question
        return [row] if row is not None else []

    @property
    def app_in_question(self) -> str | None:
        """The app that is shown; where that is all of them, the one under the cursor or of the version under it."""
        if self.app_id is not None or self.query_one(AppSidebar).has_focus:
            return self.app_id
        if self.shows_fleet:
            return self.fleet.cursor_row.app.id if self.fleet.cursor_row is not None else None
        row = self.versions.cursor_row
        return row.snapshot.app_id if row is not None else None

    def app_rows(self, app_ids: Sequence[str]) -> list[AppRow]:
        """What is known of these apps, without those that are gone meanwhile."""
        catalog = self.desk.catalog
        rows = [catalog.app(app_id) for app_id in app_ids] if catalog is not None else []
        return [row for row in rows if row is not None]

    def fleet_rows(self) -> tuple[FleetRow, ...]:
        """Every app's facts, as of now."""
        from snaptui.fleet import fleet

        catalog = self.desk.catalog
        if catalog is None:
            return ()
        return fleet(catalog, self.surroundings.now(), timedelta(days=self.desk.sessions.config.stale_days))

    # The keys

    def action_toggle_fleet(self) -> None:
        """Show all apps; where they are shown, the other way: one line an app, or one a version."""
        if self.app_id is not None:
            self.query_one(AppSidebar).highlight(None)
            return
        self.remember_view(as_versions=self.shows_fleet)
        self.show_rows(keep=True)

    def action_focus_versions(self) -> None:
        """Give the keys to the table."""
        self.list_in_front.focus()

    def action_previous_app(self) -> None:
        """Go to the app before."""
        self.query_one(AppSidebar).highlight(self.app_before)
