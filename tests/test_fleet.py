"""The apps beside one another."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from snaptui.cache import CachedListing, ListingCache
from snaptui.catalog import Catalog
from snaptui.changes import Loaded
from snaptui.fleet import Flag, FleetRow, by_gravity, due, fleet, shrank_by_half, summary
from snaptui.models import Account, App, Listing, Snapshot
from tests.catalog_api import ListedApi

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


def taken(app_id: str, hours: float, size: int | None) -> Snapshot:
    when = NOW - timedelta(hours=hours)
    return Snapshot(app_id, f"{when:%Y%m%d-%H%M%S}", when, size)


APPS = [App(name, name) for name in ("fresh", "stale", "shrank", "never", "foreign", "vague")]
SNAPSHOTS = [
    *(taken("fresh", 10 + 24 * n, 1_000 + n) for n in range(40)),
    taken("stale", 24 * 9, 500),
    taken("shrank", 1, 50),
    taken("shrank", 25, 100),
    taken("foreign", 24 * 30, 5),
    taken("vague", 2, None),
    taken("vague", 30, 10),
    taken("gone", 24 * 200, 7),
]


@pytest.fixture
def rows(tmp_path: Path) -> dict[str, FleetRow]:
    cache = ListingCache(tmp_path, "x")
    owned = Account("1", "ana", "x", ("fresh", "stale", "shrank", "never", "vague"))
    cache.store(CachedListing(tuple(SNAPSHOTS), tuple(APPS), NOW, 0, owned))
    catalog = Catalog(ListedApi(), cache=cache, now=lambda: NOW)
    assert catalog.restore()
    return {row.app.id: row for row in fleet(catalog, NOW, WEEK)}


def test_the_facts_of_each_app(rows: dict[str, FleetRow]) -> None:
    fresh = rows["fresh"]
    assert (fresh.count, fresh.age, fresh.flags) == (40, timedelta(hours=10), ())
    assert fresh.total_bytes == sum(1_000 + n for n in range(40))
    assert fresh.sizes == tuple(1_000 + n for n in reversed(range(30)))
    assert rows["stale"].flags == (Flag.STALE,)
    assert rows["shrank"].flags == (Flag.SHRANK,)
    assert rows["gone"].flags == (Flag.DELETED,)
    assert rows["gone"].app.deleted


def test_the_unknown_is_no_zero_and_no_reason_for_a_flag(rows: dict[str, FleetRow]) -> None:
    never, vague = rows["never"], rows["vague"]
    assert (never.age, never.newest, never.sizes, never.flags) == (None, None, (), (Flag.NEVER,))
    assert (vague.total_bytes, vague.known_bytes, vague.sizes, vague.flags) == (None, 10, (10, None), ())


@pytest.mark.anyio
async def test_nothing_counts_as_never_backed_up_before_its_listing_is_known() -> None:
    api = ListedApi(APPS)
    api.gates["page 1"] = asyncio.Event()
    api.pages = [Listing()]
    catalog = Catalog(api, now=lambda: NOW)
    load = catalog.load()
    await anext(load)
    assert len(catalog.apps()) == len(APPS)
    assert [row.flags for row in fleet(catalog, NOW, WEEK)] == [()] * len(APPS)
    api.gates["page 1"].set()
    assert [change async for change in load] == [Loaded(NOW)]
    assert [row.flags for row in fleet(catalog, NOW, WEEK)] == [(Flag.NEVER,)] * len(APPS)


def test_what_is_due(rows: dict[str, FleetRow]) -> None:
    assert [row.app.id for row in due(rows.values())] == ["never", "stale"]
    assert not rows["gone"].needs_snapshot
    assert rows["foreign"].flags == (Flag.STALE,)
    assert not rows["foreign"].needs_snapshot


def test_what_deserves_a_look_comes_first(rows: dict[str, FleetRow]) -> None:
    order = [row.app.id for row in by_gravity(rows.values())]
    assert order == ["never", "foreign", "stale", "shrank", "fresh", "vague", "gone"]


def test_the_whole_fleet(rows: dict[str, FleetRow]) -> None:
    whole = summary(list(rows.values()))
    assert (whole.apps, whole.snapshots, whole.total_bytes) == (7, len(SNAPSHOTS), None)
    assert whole.known_bytes == sum(s.size_bytes or 0 for s in SNAPSHOTS)
    assert whole.newest is not None
    assert whole.newest.app_id == "shrank"
    assert whole.flags == {Flag.NEVER: 1, Flag.STALE: 2, Flag.SHRANK: 1, Flag.DELETED: 1}
    assert summary([]).newest is None


def test_shrinking_by_half() -> None:
    assert shrank_by_half(50, -50)
    assert shrank_by_half(0, -50)
    assert not shrank_by_half(51, -49)
    assert not shrank_by_half(100, 50)
    assert not shrank_by_half(None, None)
    assert not shrank_by_half(50, None)


def test_every_flag_has_words() -> None:
    assert len({flag.label for flag in Flag}) == len(Flag)
