"""What snaptui knows about an account: plain frozen values, no I/O.

Sizes are bytes, times are aware datetimes, ids and versions are strings that matched the API's patterns.
Strings a person may see have been through ``snaptui.text`` before they get here.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


def is_app_id(text: str) -> bool:
    """Whether ``text`` has the form of an app id (the API's pattern, at most 40 characters)."""
    return 1 <= len(text) <= 40 and text.isascii() and text.replace("-", "0").isalnum()


def is_version(text: str) -> bool:
    """Whether ``text`` has the form of a version, ``YYYYMMDD-HHMMSS``."""
    digits = text[:8] + text[9:]
    return len(text) == 15 and text[8] == "-" and digits.isascii() and digits.isdigit()


class SnapshotKey(NamedTuple):
    """What names one snapshot everywhere: its app's id and its version."""

    app_id: str
    version: str


class AppKind(StrEnum):
    """What an app is, as ``type`` says in ``GET /app/all`` (0 bot, 1 site)."""

    BOT = "bot"
    SITE = "site"


class App(NamedTuple):
    """One app of the account, or one that is gone and left snapshots behind (``deleted``)."""

    id: str
    name: str
    online: bool | None = None
    kind: AppKind | None = None
    deleted: bool = False


class Snapshot(NamedTuple):
    """One version of an app's backup.

    ``taken_at`` comes from the entry's date where it has one, else from the version read as UTC (the API
    does not say which zone a version is in); None when neither is a real date. ``size_bytes`` is None when
    the API did not say or said it unreadably.
    """

    app_id: str
    version: str
    taken_at: datetime | None = None
    size_bytes: int | None = None

    @property
    def key(self) -> SnapshotKey:
        """The pair that names this snapshot."""
        return SnapshotKey(self.app_id, self.version)


class Listing(NamedTuple):
    """Snapshots read from one answer or several, with the number of entries that could not be read."""

    snapshots: tuple[Snapshot, ...] = ()
    unreadable: int = 0


class AppList(NamedTuple):
    """Apps read from one answer, with the number of entries that could not be read."""

    apps: tuple[App, ...] = ()
    unreadable: int = 0


class CreatedSnapshot(NamedTuple):
    """What the API says after taking a snapshot: the new one, and every version it listed beside it."""

    snapshot: Snapshot
    all_versions: tuple[Snapshot, ...] = ()
    unreadable: int = 0


class DownloadLink(NamedTuple):
    """A temporary address of one archive. The URL is a secret for as long as it lives: it never prints."""

    app_id: str
    version: str
    url: str
    expires_at: datetime | None = None
    size_bytes: int | None = None

    def __repr__(self) -> str:
        return f"DownloadLink({self.app_id!r}, {self.version!r}, size_bytes={self.size_bytes!r})"


class Account(NamedTuple):
    """Whose token this is (``GET /user``). ``app_ids`` are the apps the account owns."""

    user_id: str
    username: str
    plan: str
    app_ids: tuple[str, ...] = ()


class RateLimit(NamedTuple):
    """The request budget as the last answer told it: requests per window, left, and when it is whole again."""

    limit: int
    remaining: int
    resets_at: datetime

    @property
    def scarce(self) -> bool:
        """Whether half of it is used up, so that a person may want to know when it comes back."""
        return self.remaining * 2 <= self.limit
