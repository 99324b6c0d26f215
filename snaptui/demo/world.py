"""The demo's world: one account, its apps and their snapshots; the same in every process on the same day (UTC)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from snaptui.demo.archives import Archive, WholeArchive
from snaptui.demo.trees import Style, archive_of

DEMO_NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""The moment the screenshots and tests live in."""

_KEPT_COMMITS = 3
_MB = 1_000_000
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DemoVersion:
    """One snapshot: when, and the archive behind it, which is planned when it is first asked for."""

    version: str
    taken: datetime
    make: Callable[[], Archive] = field(repr=False, compare=False)

    @cached_property
    def archive(self) -> Archive:
        """The archive; its size is known without its bytes."""
        return self.make()


@dataclass(slots=True)
class DemoApp:
    """One app: what the API says of it, and how its history is made.

    ``bulk`` is bytes of assets, to which about ``growth`` are added every few versions; ``emptied`` names versions,
    counted back from the newest as 1, that lost most of the bulk.
    """

    id: str
    name: str
    style: Style = "bot"
    online: bool = True
    deleted: bool = False
    busy: bool = False
    owned: bool = True
    count: int = 0
    every: timedelta = _DAY
    bulk: int = 0
    growth: int = 0
    emptied: tuple[int, ...] = ()
    newest_age: timedelta = timedelta(hours=10)
    versions: list[DemoVersion] = field(default_factory=list)
    commits: list[bytes] = field(default_factory=list)
    creating: bool = False
    back_online_at: float = 0.0

    @property
    def is_online(self) -> bool:
        """Whether it runs now; for a moment after a commit it does not."""
        return self.online and time.monotonic() >= self.back_online_at


def _apps() -> list[DemoApp]:
    hours = timedelta
    escapes = "\x1b]0;owned\x07\x1b[31mAlerta\x1b[0m \u202eداتا\u202c 🛍️👩‍💻"
    return [
        DemoApp("1732400000001", "Loja Bot", count=42, bulk=8 * _MB, growth=270_000),
        DemoApp("1732400000002", "Música", count=18, bulk=4 * _MB, growth=160_000, newest_age=hours(hours=34)),
        DemoApp("1732400000003", "Painel", "site", online=False, count=7, bulk=_MB, newest_age=hours(days=9)),
        DemoApp("api-site", "api-site", "site", online=False, count=3, newest_age=hours(days=2)),
        DemoApp("1732400000005", "Registros", "log", count=420, every=hours(hours=6), bulk=300_000),
        DemoApp("1732400000006", "Acervo", "site", count=4, bulk=80 * _MB, growth=900_000, every=hours(days=7)),
        DemoApp("1732400000007", "Moderador", busy=True, count=12, bulk=2 * _MB, emptied=(1,)),
        DemoApp("1732400000008", "Recém-criado", "site"),
        DemoApp("1732400000009", "[bold red]Promo[/]", "odd", count=5, newest_age=hours(hours=13)),
        DemoApp("bot-antigo", "bot-antigo", deleted=True, online=False, count=1, newest_age=hours(days=120)),
        DemoApp("1732400000011", "Sorteios", online=False, count=9, newest_age=hours(days=30)),
        DemoApp("1732400000012", "Clima", count=15, bulk=600_000),
        DemoApp("1732400000013", escapes, count=2, newest_age=hours(days=3)),
        DemoApp("1732400000014", ("Assistente de nome muito longo " * 10)[:300], count=3, newest_age=hours(days=5)),
        DemoApp("1732400000015", "Ranking do Clube", owned=False, count=6, newest_age=hours(days=1)),
    ]


class World:
    """Everything the demo knows, as of ``now`` (the real time without it); ``lock`` guards what a request changes."""

    def __init__(self, now: datetime | None = None) -> None:
        self.lock = threading.RLock()
        self._now = now
        self.user_id = "1040000000000000000"
        self.username = "ana"
        self.plan = "Safira"
        self.apps = {app.id: app for app in _apps()}
        midnight = self.clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        for position, app in enumerate(self.apps.values()):
            newest = midnight - app.newest_age - timedelta(minutes=7 * position, seconds=13 * position)
            for n in range(app.count):
                self._add(app, newest - app.every * (app.count - 1 - n), n)

    def clock(self) -> datetime:
        """The world's present."""
        return self._now or datetime.now(UTC)

    def create(self, app: DemoApp, moment: datetime) -> DemoVersion:
        """Take a snapshot of ``app`` at ``moment``, a second later where that second has one already."""
        with self.lock:
            taken = moment.astimezone(UTC).replace(microsecond=0)
            if app.versions:
                taken = max(taken, app.versions[-1].taken + timedelta(seconds=1))
            return self._add(app, taken, len(app.versions))

    def commit(self, app: DemoApp, archive: bytes, restart_seconds: float) -> None:
        """Put an archive in the place of the app's files and restart it; the last few are kept for a look."""
        with self.lock:
            app.commits.append(archive)
            del app.commits[:-_KEPT_COMMITS]
            app.online = True
            app.back_online_at = time.monotonic() + restart_seconds

    def files_of(self, app: DemoApp) -> Archive:
        """The app's files as they are now."""
        with self.lock:
            if app.commits:
                return WholeArchive(app.commits[-1])
            if app.versions:
                return app.versions[-1].archive
        return self._archive(app, 0, self.clock())

    def find(self, app_id: str, version: str) -> DemoVersion | None:
        """The snapshot of that name, if there is one."""
        app = self.apps.get(app_id)
        return next((v for v in app.versions if v.version == version), None) if app else None

    def _add(self, app: DemoApp, taken: datetime, n: int) -> DemoVersion:
        if app.commits:
            pushed = WholeArchive(app.commits[-1])
            made = DemoVersion(taken.strftime("%Y%m%d-%H%M%S"), taken, lambda: pushed)
        else:
            made = DemoVersion(taken.strftime("%Y%m%d-%H%M%S"), taken, lambda: self._archive(app, n, taken))
        app.versions.append(made)
        return made

    @staticmethod
    def _archive(app: DemoApp, n: int, taken: datetime) -> Archive:
        def moment_of(k: int) -> datetime:
            return taken if k >= n else app.versions[k].taken

        bulk = app.bulk // 3 if app.count - n in app.emptied else app.bulk
        return archive_of(app.id, app.style, n, bulk, app.growth, moment_of)
