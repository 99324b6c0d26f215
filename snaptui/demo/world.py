"""The demo's world: one account, a dozen apps, their snapshots; the same in every process on the same day."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from snaptui.demo.archives import Archive
from snaptui.demo.trees import archive_of

DEMO_NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""The moment the screenshots and tests live in."""


@dataclass(slots=True)
class DemoApp:
    """One app: what the API says of it, and how its history is made."""

    id: str
    name: str
    style: str = "bot"
    online: bool = True
    deleted: bool = False
    busy: bool = False
    owned: bool = True
    count: int = 0
    every: timedelta = timedelta(days=1)
    weight: int = 0
    newest_age: timedelta = timedelta(hours=10)
    versions: list[DemoVersion] = field(default_factory=list)
    commits: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DemoVersion:
    """One snapshot: when, and the archive behind it."""

    version: str
    taken: datetime
    archive: Archive


_AWKWARD = "[bold red]Promo[/] \x1b]0;owned\x07\x1b[31m\u202eداتا\u202c 🛍️ " + "muito longo " * 24
_MB = 1_000_000


def _apps() -> list[DemoApp]:
    hours = timedelta
    return [
        DemoApp("1732400000001", "Loja Bot", count=42, weight=12 * _MB),
        DemoApp("1732400000002", "Música", count=18, weight=4 * _MB, newest_age=hours(hours=34)),
        DemoApp("1732400000003", "Painel", "site", online=False, count=7, weight=_MB, newest_age=hours(days=9)),
        DemoApp("api-site", "api-site", "site", online=False, count=3, newest_age=hours(days=2)),
        DemoApp("1732400000005", "Registros", count=420, every=hours(hours=6), weight=300_000),
        DemoApp("1732400000006", "Acervo", "site", count=4, weight=80 * _MB, every=hours(days=7)),
        DemoApp("1732400000007", "Moderador", busy=True, count=12, weight=2 * _MB),
        DemoApp("1732400000008", "Recém-criado", "site"),
        DemoApp("1732400000009", _AWKWARD.strip(), count=5, newest_age=hours(hours=13)),
        DemoApp("bot-antigo", "bot-antigo", deleted=True, online=False, count=1, newest_age=hours(days=120)),
        DemoApp("1732400000011", "Sorteios", online=False, count=9, newest_age=hours(days=30)),
        DemoApp("1732400000012", "Clima", count=15, weight=600_000),
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

    def _add(self, app: DemoApp, taken: datetime, n: int) -> DemoVersion:
        archive = archive_of(app.id, app.style, n, max(app.count, n + 1), app.weight, taken)
        made = DemoVersion(taken.strftime("%Y%m%d-%H%M%S"), taken, archive)
        app.versions.append(made)
        return made

    def create(self, app: DemoApp, moment: datetime) -> DemoVersion:
        """Take a snapshot of ``app`` at ``moment``, a second later where that second has one already."""
        with self.lock:
            taken = moment.astimezone(UTC).replace(microsecond=0)
            if app.versions:
                taken = max(taken, app.versions[-1].taken + timedelta(seconds=1))
            return self._add(app, taken, len(app.versions))

    def find(self, app_id: str, version: str) -> DemoVersion | None:
        """The snapshot of that name, if there is one."""
        app = self.apps.get(app_id)
        return next((v for v in app.versions if v.version == version), None) if app else None
