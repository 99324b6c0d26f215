"""What snaptui knows about an account: plain frozen values, no I/O.

Sizes are bytes, times are aware datetimes, ids and versions are strings that matched the API's patterns.
Strings a person may see have been through ``snaptui.text`` before they get here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

APP_ID = re.compile(r"[a-zA-Z0-9\-]{1,40}", re.ASCII)
VERSION = re.compile(r"\d{8}-\d{6}", re.ASCII)


def is_app_id(text: str) -> bool:
    """Whether ``text`` has the form of an app id (the API's pattern, at most 40 characters)."""
    return APP_ID.fullmatch(text) is not None


def is_version(text: str) -> bool:
    """Whether ``text`` has the form of a version, ``YYYYMMDD-HHMMSS``."""
    return VERSION.fullmatch(text) is not None


class SnapshotKey(NamedTuple):
    """What names one snapshot everywhere: its app's id and its version."""

    app_id: str
    version: str


class AppKind(StrEnum):
    """What an app is, as ``type`` says in ``GET /app/all`` (0 bot, 1 site)."""

    BOT = "bot"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class App:
    """One app of the account, or one that is gone and left snapshots behind (``deleted``)."""

    id: str
    name: str
    online: bool | None = None
    kind: AppKind | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
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


@dataclass(frozen=True, slots=True)
class Listing:
    """Snapshots read from one answer or several, with the number of entries that could not be read."""

    snapshots: tuple[Snapshot, ...] = ()
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class AppList:
    """Apps read from one answer, with the number of entries that could not be read."""

    apps: tuple[App, ...] = ()
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class CreatedSnapshot:
    """What the API says after taking a snapshot: the new one, and every version it listed beside it."""

    snapshot: Snapshot
    all_versions: tuple[Snapshot, ...] = ()
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class DownloadLink:
    """A temporary address of one archive. The URL is a secret for as long as it lives: it never prints."""

    app_id: str
    version: str
    url: str = field(repr=False)
    expires_at: datetime | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Whose token this is (``GET /user``). ``app_ids`` are the apps the account owns."""

    user_id: str
    username: str
    plan: str
    app_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The request budget as the last answer told it: requests per window, left, and when it is whole again."""

    limit: int
    remaining: int
    resets_at: datetime

    @property
    def scarce(self) -> bool:
        """Whether half of it is used up, so that a person may want to know when it comes back."""
        return self.remaining * 2 <= self.limit
