"""What the account holds: its apps and their snapshots, from the cache at once and from the API as it answers.

The headless heart of the main screen and of the commands. It talks of changes as frozen values; whoever shows
them asks it for rows, which are cheap to ask for again and again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from snaptui.errors import BadRequest, NotFound, NotOwner, OutcomeUnknown, ServerFailed, SnaptuiError, UnreadableAnswer
from snaptui.folding import folded
from snaptui.models import Account, App, AppList, CreatedSnapshot, Listing, Snapshot, SnapshotKey
from snaptui.priority import Priority
from snaptui.rows import AppRow, Shelves, VersionRow

if TYPE_CHECKING:
    from snaptui.cache import CachedListing, ListingCache
    from snaptui.changes import Change, Failed
    from snaptui.loading import CatalogApi

__all__ = ["AppRow", "Catalog", "VersionRow"]

# A list read this recently says what was there before a creation.
_FRESH = timedelta(seconds=30)


class _Load:
    """One load under way: what its pages had, and what came to the catalog by other ways meanwhile."""

    def __init__(self) -> None:
        self.seen: set[SnapshotKey] = set()
        self.beside: set[SnapshotKey] = set()
        self.unreadable = 0
        self.whole = True


class Catalog:
    """The account's apps and snapshots. Belongs to one event loop; only ``restore`` blocks, on the disk.

    ``loaded_at`` is when the listing that is shown was whole: of an earlier run while ``from_cache``, None while
    there is none. ``unreadable`` counts the snapshots of it that could not be read, ``unreadable_apps`` the apps.
    """

    def __init__(
        self,
        api: CatalogApi,
        *,
        cache: ListingCache | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._api, self._cache, self._now = api, cache, now
        self._shelves = Shelves()
        self._apps: dict[str, App] | None = None
        self._account: Account | None = None
        self._app_rows: tuple[AppRow, ...] | None = None
        self._loads: list[_Load] = []
        self._read_at: dict[str, datetime] = {}
        self._restored = False
        self.loaded_at: datetime | None = None
        self.from_cache = False
        self.unreadable = self.unreadable_apps = 0

    @property
    def loading(self) -> bool:
        """Whether a load is under way."""
        return bool(self._loads)

    @property
    def account(self) -> Account | None:
        """Whose apps these are, as far as it is known."""
        return self._account

    def set_account(self, account: Account) -> None:
        """Take note of whose apps these are, which tells the account's own from others'."""
        self._account, self._app_rows = account, None

    def apps(self) -> tuple[AppRow, ...]:
        """Return every app by name, those that are gone last; the same tuple until something changes."""
        if self._app_rows is None:
            apps = [
                *(self._apps or {}).values(),
                *map(self._without_entry, self._shelves.app_ids() - self._known_ids()),
            ]
            apps.sort(key=lambda app: (app.deleted, folded(app.name), app.id))
            read = self.loaded_at is not None
            self._app_rows = tuple(
                self._shelves.app_row(app, self._owned(app), read or app.id in self._read_at) for app in apps
            )
        return self._app_rows

    def app(self, app_id: str) -> AppRow | None:
        """Return one app's row, or None when nothing is known of it."""
        return next((row for row in self.apps() if row.app.id == app_id), None)

    def rows(self, app_id: str | None = None) -> Sequence[VersionRow]:
        """Return the versions of one app, or of all, newest first; the same tuple until something changes."""
        return self._shelves.rows(app_id)

    def row(self, key: SnapshotKey) -> VersionRow | None:
        """Return one version, or None when it isn't there."""
        return self._shelves.row(key)

    def find_app(self, text: str) -> App:
        """Return the app with this id or name; raises NotFound, or UsageError when several share the name."""
        from snaptui.finding import find_app

        return find_app([row.app for row in self.apps()], text)

    def find_version(self, app_id: str, text: str) -> Snapshot:
        """Return the version named exactly, by a prefix, or as ``latest`` or ``latest~N``.

        Raises NotFound, or UsageError when a prefix fits several or the text is none of these.
        """
        from snaptui.finding import find_version

        row = self.app(app_id)
        return find_version([row.snapshot for row in self.rows(app_id)], text, row.app.name if row else app_id)

    def restore(self) -> bool:
        """Take over the listing of an earlier run, once and before anything is loaded; return whether there was one."""
        if self._restored or self._cache is None:
            return False
        self._restored = True
        return self._take_cached(self._cache.load())

    async def forget_cached(self) -> None:
        """Remove the listing on disk; what is shown stays."""
        if self._cache is not None:
            await asyncio.to_thread(self._cache.clear)

    async def load(self, *, later_pages: Priority = Priority.BACKGROUND) -> AsyncIterator[Change]:
        """Ask for the apps and the snapshots side by side and yield what changes as the answers come.

        The first page is a person's request, the pages after it give way to what a person asks meanwhile unless
        ``later_pages`` says otherwise. A Failed of one request leaves the other's answers standing. After the last
        page what the server no longer has is dropped, the cache is written and Loaded is yielded; when a page
        failed, everything known is kept and there is no Loaded.
        """
        from snaptui.changes import AppsChanged, Loaded, SnapshotsChanged
        from snaptui.loading import Asking

        load = _Load()
        self._loads.append(load)
        asking = Asking(self._api, later_pages)
        try:
            # Read while the requests are on their way.
            if self._cache is not None and not self._restored:
                self._restored = True
                if self._take_cached(await asyncio.to_thread(self._cache.load)):
                    yield AppsChanged()
                    yield SnapshotsChanged()
            async for answer in asking.answers():
                if (change := self._take(load, answer)) is not None:
                    yield change
            if load.whole:
                if dropped := self._settle(load):
                    yield SnapshotsChanged(dropped)
                at = await self._store()
                yield Loaded(at)
        finally:
            # No await here: a program that is closing does not come back from one.
            self._loads.remove(load)
            asking.stop()

    async def refresh_app(self, app_id: str, *, priority: Priority = Priority.USER) -> AsyncIterator[Change]:
        """Ask for one app's snapshots, which replace what was known of it."""
        from snaptui.changes import Failed, SnapshotsChanged

        try:
            listing = await self._api.app_snapshots(app_id, priority=priority)
        except SnaptuiError as error:
            yield Failed(error, "app", app_id)
            return
        changed = self._take_app(app_id, listing)
        if changed:
            await self._store_app(app_id)
            yield SnapshotsChanged(changed)

    async def create(self, app_id: str) -> CreatedSnapshot:
        """Take a snapshot of an app and add it to the rows.

        Raises what the API raises. When the outcome is unknown the app's list is read again: the OutcomeUnknown
        then says what was found, and has the new version's name if there is one.
        """
        before = await self._versions_before(app_id)
        try:
            created = await self._api.create_snapshot(app_id)
        except OutcomeUnknown:
            raise await self._looked_up(app_id, before) from None
        # The created one last: it says most about itself.
        if self._merge((*created.all_versions, created.snapshot)):
            await self._store_app(app_id)
        return created

    # What goes into the rows.

    def _take(self, load: _Load, answer: AppList | Listing | Failed) -> Change | None:
        from snaptui.changes import AppsChanged, Failed, SnapshotsChanged

        if isinstance(answer, Failed):
            load.whole = load.whole and answer.what != "snapshots"
            return answer
        if isinstance(answer, AppList):
            self._take_apps(answer.apps)
            self.unreadable_apps = answer.unreadable
            return AppsChanged()
        load.seen.update(snapshot.key for snapshot in answer.snapshots)
        load.unreadable += answer.unreadable
        changed = self._merge(answer.snapshots, by=load)
        return SnapshotsChanged(changed) if changed else None

    def _settle(self, load: _Load) -> frozenset[str]:
        """Make the listing what the server has: all of it has been seen."""
        dropped = self._drop(self._shelves.keys() - load.seen - load.beside)
        self.unreadable = load.unreadable
        self.loaded_at, self.from_cache = self._now(), False
        self._app_rows = None
        return dropped

    def _merge(self, snapshots: Iterable[Snapshot], by: _Load | None = None) -> frozenset[str]:
        snapshots = tuple(snapshots)
        for load in self._loads:
            if load is not by:
                load.beside.update(snapshot.key for snapshot in snapshots)
        changed = self._shelves.merge(snapshots)
        if changed:
            self._app_rows = None
        return changed

    def _drop(self, keys: Iterable[SnapshotKey]) -> frozenset[str]:
        dropped = self._shelves.drop(keys)
        if dropped:
            self._app_rows = None
        return dropped

    def _take_app(self, app_id: str, listing: Listing) -> frozenset[str]:
        listed = {snapshot.version for snapshot in listing.snapshots if snapshot.app_id == app_id}
        gone = [SnapshotKey(app_id, version) for version in self._shelves.versions(app_id) - listed]
        if app_id not in self._read_at:
            self._app_rows = None  # Its sums are whole now, even where nothing else is new.
        self._read_at[app_id] = self._now()
        return self._merge(listing.snapshots) | self._drop(gone)

    def _take_apps(self, apps: Iterable[App]) -> None:
        self._apps = {app.id: app for app in apps}
        self._shelves.rename({app.id: app.name for app in self._apps.values()})
        self._app_rows = None

    def _take_cached(self, listing: CachedListing | None) -> bool:
        # What the server said meanwhile, if anything did, is newer.
        if listing is None or self.loaded_at is not None or len(self._shelves):
            return False
        if listing.apps is not None and self._apps is None:
            self._take_apps(listing.apps)
        self._account = self._account or listing.account
        self._shelves.merge(listing.snapshots)
        self._app_rows = None
        self.unreadable = listing.unreadable
        self.loaded_at, self.from_cache = listing.stored_at, True
        return True

    async def _store(self) -> datetime:
        at = self.loaded_at or self._now()
        if self._cache is not None:
            from snaptui.cache import CachedListing

            snapshots = tuple(row.snapshot for row in self._shelves.rows())
            apps = tuple(self._apps.values()) if self._apps is not None else None
            listing = CachedListing(snapshots, apps, at, self.unreadable, self._account)
            await asyncio.to_thread(self._cache.store, listing)
        return at

    async def _store_app(self, app_id: str) -> None:
        if self._cache is not None:
            await asyncio.to_thread(self._cache.store_app, app_id, [row.snapshot for row in self._shelves.rows(app_id)])

    # Apps and whose they are.

    def _known_ids(self) -> frozenset[str]:
        return frozenset(self._apps or ())

    def _without_entry(self, app_id: str) -> App:
        """Return the app of snapshots whose app the server did not name: deleted, if it named all of them."""
        named_all = self._apps is not None and self.unreadable_apps == 0
        still_there = self._account is not None and app_id in self._account.app_ids
        return App(app_id, app_id, deleted=named_all and not still_there)

    def _owned(self, app: App) -> bool | None:
        if self._account is None or not self._account.app_ids or app.deleted:
            return None
        return app.id in self._account.app_ids

    # What became of a creation.

    async def _versions_before(self, app_id: str) -> frozenset[str] | None:
        """Return the versions there are before a creation, None when that could not be learnt."""
        known = [self._read_at.get(app_id), None if self.from_cache else self.loaded_at]
        if not any(at is not None and self._now() - at <= _FRESH for at in known):
            try:
                listing = await self._api.app_snapshots(app_id, priority=Priority.USER)
            except (ServerFailed, UnreadableAnswer, BadRequest, NotFound, NotOwner):
                return None  # A matter of the list. What stands in the creation's way too is raised: nothing was sent.
            self._take_app(app_id, listing)
        return self._shelves.versions(app_id)

    async def _looked_up(self, app_id: str, before: frozenset[str] | None) -> OutcomeUnknown:
        from snaptui.changes import looked_up, not_looked_up

        row = self.app(app_id)
        name = row.app.name if row is not None else app_id
        try:
            listing = await self._api.app_snapshots(app_id, priority=Priority.USER)
        except SnaptuiError:
            return not_looked_up(name)
        if self._take_app(app_id, listing):
            await self._store_app(app_id)
        return looked_up(name, [row.snapshot.version for row in self.rows(app_id)], before)
