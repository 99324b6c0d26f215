"""The last known listing on disk, so that the next start has rows at once and works without a network.

One SQLite file an account in the cache folder; its name is a hash, and nothing in it is secret. A cache may fail
or vanish at any time and nothing is lost, so no method raises for that: a listing that cannot be read is None,
one that cannot be written is not written, and ``problem`` says why.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from snaptui.models import Account, App, AppKind, Snapshot

if TYPE_CHECKING:
    import sqlite3

FORM = 2
"""The form of the tables, as ``user_version`` of the file."""
_PREFIX, _SUFFIX = "listing-", ".sqlite3"
_KEPT_FOR = timedelta(days=180)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BUSY_SECONDS = 2.0
_TABLES = """
create table facts (name text primary key, value text) without rowid;
create table apps (place integer primary key, id text, name text, online integer, kind text);
create table snapshots (place integer primary key, app_id text, version text, taken_us integer, size_bytes integer);
create index of_app on snapshots (app_id);
"""
_VERSION_GLOB = "-".join(("[0-9]" * 8, "[0-9]" * 6))
_STRANGE_SQL = (
    f"""
    select exists (select 1 from snapshots where typeof(app_id) != 'text' or typeof(version) != 'text'
    or version not glob '{_VERSION_GLOB}' or typeof(size_bytes) not in ('integer', 'null'))
    """,  # noqa: S608 - a pattern of ours
    "select exists (select 1 from apps where typeof(id) != 'text' or typeof(name) != 'text')",
)


class CachedListing(NamedTuple):
    """What was known at ``stored_at``. ``apps`` is None when the server had not told them."""

    snapshots: tuple[Snapshot, ...]
    apps: tuple[App, ...] | None
    stored_at: datetime
    unreadable: int = 0
    account: Account | None = None


def account_key(token: str, origin: str) -> str:
    """Return the name an account's listing has on disk: a hash of the token and of the API it is for."""
    from hashlib import sha256

    return sha256(f"snaptui listing\n{origin}\n{token}".encode()).hexdigest()[:24]


class ListingCache:
    """One account's listing in ``folder``; ``account`` comes from ``account_key``.

    All methods block for as long as the disk takes: call them off the event loop where that matters. Each opens
    the file anew, so they may be called from any thread.
    """

    def __init__(self, folder: Path, account: str) -> None:
        self.folder = folder
        self.path = folder / f"{_PREFIX}{account}{_SUFFIX}"
        self.problem: str | None = None

    def load(self) -> CachedListing | None:
        """Return the listing of an earlier run, or None when there is none that can be read."""
        import sqlite3

        if not self._is_there():
            return None
        try:
            with self._open() as db:
                return _read(db)
        except (sqlite3.Error, OSError, ValueError, TypeError, KeyError, OverflowError) as error:
            self._failed(error)
            return None

    def store(self, listing: CachedListing) -> bool:
        """Put this listing in the place of the one before; return whether it was written."""
        import sqlite3

        try:
            with self._open() as db:
                _write(db, listing)
        except (sqlite3.Error, OSError) as error:
            self._failed(error)
            return False
        self.problem = None
        self._prune(listing.stored_at)
        return True

    def store_app(self, app_id: str, snapshots: Iterable[Snapshot]) -> bool:
        """Replace one app's snapshots in a listing that is there; return whether it was written."""
        import sqlite3

        if not self._is_there():
            return False
        try:
            with self._open() as db:
                db.execute("delete from snapshots where app_id = ?", (app_id,))
                _insert(db, snapshots)
        except (sqlite3.Error, OSError) as error:
            self._failed(error)
            return False
        return True

    def clear(self) -> bool:
        """Forget this account's listing; return whether it is gone."""
        try:
            self.path.unlink(missing_ok=True)
            Path(f"{self.path}-journal").unlink(missing_ok=True)
        except OSError as error:
            self._failed(error)
            return False
        return True

    def _is_there(self) -> bool:
        return os.path.exists(self.path)  # noqa: PTH110 - Path's own raises where that can't be seen

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file, made anew when it is not a listing of this form; commits when all went well."""
        import sqlite3

        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS)
        try:
            try:
                form = db.execute("pragma user_version").fetchone()[0]
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                # Not a database: it is ours by name, so start over.
                db.close()
                self.path.unlink(missing_ok=True)
                self.path.touch(mode=0o600)
                db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS)
                form = 0
            # A listing lost with the power is fetched again; waiting for the disk at every start is not worth it.
            db.execute("pragma synchronous = off")
            with db:
                if form != FORM:
                    db.execute("begin immediate")
                    # Another process may have made it meanwhile, and filled it.
                    if db.execute("pragma user_version").fetchone()[0] != FORM:
                        _make(db)
                yield db
        finally:
            db.close()

    def _failed(self, error: Exception) -> None:
        self.problem = f"{type(error).__name__}: {error}"

    def _prune(self, now: datetime) -> None:
        """Remove the listings of accounts that were not used for long, such as those of renewed tokens."""
        oldest = (now - _KEPT_FOR).timestamp()
        for path in self.folder.glob(f"{_PREFIX}*{_SUFFIX}"):
            try:
                if path != self.path and path.stat().st_mtime < oldest:
                    path.unlink(missing_ok=True)
            except OSError:
                continue


def listing_files(folder: Path) -> list[Path]:
    """Every account's listing, the one stored last first."""

    def changed(path: Path) -> float:
        try:
            return path.stat().st_mtime
        except OSError:
            return 0.0

    return sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}"), key=changed, reverse=True)


def _make(db: sqlite3.Connection) -> None:
    for table in ("facts", "apps", "snapshots"):
        db.execute(f"drop table if exists {table}")
    for statement in _TABLES.strip().split(";\n"):
        db.execute(statement.rstrip(";"))
    db.execute(f"pragma user_version = {FORM}")


def _write(db: sqlite3.Connection, listing: CachedListing) -> None:
    for table in ("facts", "apps", "snapshots"):
        db.execute(f"delete from {table}")  # noqa: S608 - the names are these three
    facts = {"stored_at": listing.stored_at.isoformat(), "unreadable": str(listing.unreadable)}
    if listing.apps is not None:
        facts["has_apps"] = "1"
    if (account := listing.account) is not None:
        facts |= {"user_id": account.user_id, "username": account.username, "plan": account.plan}
        facts["app_ids"] = " ".join(account.app_ids)
    db.executemany("insert into facts values (?, ?)", facts.items())
    db.executemany(
        "insert into apps (id, name, online, kind) values (?, ?, ?, ?)",
        ((app.id, app.name, app.online, app.kind) for app in listing.apps or ()),
    )
    _insert(db, listing.snapshots)


def _insert(db: sqlite3.Connection, snapshots: Iterable[Snapshot]) -> None:
    db.executemany(
        "insert into snapshots (app_id, version, taken_us, size_bytes) values (?, ?, ?, ?)",
        (
            (
                s.app_id,
                s.version,
                (s.taken_at - _EPOCH) // _MICROSECOND if s.taken_at is not None else None,
                s.size_bytes,
            )
            for s in snapshots
        ),
    )


def _read(db: sqlite3.Connection) -> CachedListing | None:
    """Read it all. Raises ValueError for rows that no store wrote: a disk may have changed a letter of them."""
    if any(db.execute(query).fetchone()[0] for query in _STRANGE_SQL):
        raise ValueError("rows that are none of a listing")
    facts: dict[str, str] = dict(db.execute("select name, value from facts"))
    if "stored_at" not in facts:
        return None
    apps = tuple(
        App(app_id, name, None if online is None else bool(online), None if kind is None else AppKind(kind))
        for app_id, name, online, kind in db.execute("select id, name, online, kind from apps order by place")
    )
    snapshots = tuple(
        Snapshot(app_id, version, None if us is None else datetime.fromtimestamp(us / 1e6, UTC), size)
        for app_id, version, us, size in db.execute(
            "select app_id, version, taken_us, size_bytes from snapshots order by place"
        )
    )
    account = None
    if "user_id" in facts:
        account = Account(facts["user_id"], facts["username"], facts["plan"], tuple(facts["app_ids"].split()))
    return CachedListing(
        snapshots,
        apps if "has_apps" in facts else None,
        datetime.fromisoformat(facts["stored_at"]),
        int(facts["unreadable"]),
        account,
    )
