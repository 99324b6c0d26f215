"""What the account holds, merged from the cache and the API: over the demo's sockets, and step by step in memory."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from snaptui.api import DiscloudApi
from snaptui.cache import ListingCache
from snaptui.catalog import Catalog
from snaptui.changes import AppsChanged, Change, Failed, Loaded, SnapshotsChanged
from snaptui.demo.run import DemoServer
from snaptui.errors import (
    AppBusy,
    NetworkFailed,
    NotFound,
    OutcomeUnknown,
    ServerFailed,
    TokenRefused,
    UsageError,
)
from snaptui.models import Account, App, AppList, CreatedSnapshot, Listing, SnapshotKey
from snaptui.pacing import Priority
from snaptui.rows import order
from snaptui.secret import Token
from tests.catalog_api import NOW, ListedApi, snap

pytestmark = pytest.mark.anyio


async def changes(iterator: AsyncIterator[Change]) -> list[Change]:
    return [change async for change in iterator]


@pytest.fixture(scope="module")
def running_demo() -> Iterator[DemoServer]:
    with DemoServer(NOW, requests_per_minute=100_000, create_seconds=0) as server:
        yield server


@pytest.fixture
def demo(running_demo: DemoServer) -> Iterator[DemoServer]:
    controls = running_demo.controls
    controls.requests.clear()
    yield running_demo
    controls.faults.clear()
    controls.token, controls.drop_post_answer = "demo", False


@pytest.fixture
async def api(demo: DemoServer) -> AsyncIterator[DiscloudApi]:
    async with DiscloudApi(demo.api_url, Token.parse(demo.token)) as api:
        yield api


def requests(demo: DemoServer) -> list[str]:
    return [f"{r.method} {r.path.removeprefix('/v2')}?{r.query}" for r in demo.controls.requests]


# Over sockets.


async def test_the_first_load(demo: DemoServer, api: DiscloudApi) -> None:
    catalog = Catalog(api, now=lambda: NOW)
    catalog.set_account(await api.user())
    seen = await changes(catalog.load())
    assert AppsChanged() in seen
    assert seen[-1] == Loaded(NOW)
    assert (catalog.loaded_at, catalog.from_cache, catalog.loading, catalog.unreadable) == (NOW, False, False, 0)
    expected = {(app.id, version.version) for app in demo.world.apps.values() for version in app.versions}
    assert {row.key for row in catalog.rows()} == expected
    assert [order(row.snapshot) for row in catalog.rows()] == sorted(order(row.snapshot) for row in catalog.rows())
    apps = {row.app.name: row for row in catalog.apps()}
    assert (apps["Loja Bot"].count, apps["Loja Bot"].owned, apps["Loja Bot"].app.online) == (42, True, True)
    assert apps["Loja Bot"].newest == catalog.rows("1732400000001")[0].snapshot
    assert apps["Loja Bot"].total_bytes == sum(v.archive.size for v in demo.world.apps["1732400000001"].versions)
    assert (apps["bot-antigo"].app.deleted, apps["bot-antigo"].owned) == (True, None)
    assert (apps["Recém-criado"].count, apps["Recém-criado"].newest, apps["Recém-criado"].total_bytes) == (0, None, 0)
    assert [row.app.deleted for row in catalog.apps()] == [False] * 14 + [True]


async def test_the_first_screen_takes_two_requests_and_no_page_is_asked_for_twice(
    demo: DemoServer, api: DiscloudApi
) -> None:
    catalog = Catalog(api)
    load = catalog.load()
    async for change in load:
        if isinstance(change, SnapshotsChanged):
            break
    first = requests(demo)
    assert sorted(first[:2]) == ["GET /app/all?", "GET /snapshot?page=1&limit=200"]
    assert len(catalog.rows()) == 200
    await changes(load)
    pages = [line for line in requests(demo) if line.startswith("GET /snapshot")]
    assert pages == [f"GET /snapshot?page={n}&limit=200" for n in (1, 2, 3)]


@pytest.mark.parametrize("shape", ["flat", "nested", "bare", "keyed"])
async def test_whatever_shape_the_listing_has(demo: DemoServer, api: DiscloudApi, shape: str) -> None:
    demo.controls.shape = shape  # type: ignore[assignment]
    try:
        catalog = Catalog(api)
        await changes(catalog.load())
    finally:
        demo.controls.shape = "flat"
    assert len(catalog.rows()) == sum(len(app.versions) for app in demo.world.apps.values())
    total = next(row for row in catalog.apps() if row.app.name == "Música").total_bytes
    assert (total is None) == (shape == "bare")


async def test_the_next_run_has_rows_at_once_and_offline(demo: DemoServer, tmp_path: Path) -> None:
    cache = ListingCache(tmp_path, "x")
    async with DiscloudApi(demo.api_url, Token.parse("demo")) as api:
        catalog = Catalog(api, cache=cache, now=lambda: NOW)
        catalog.set_account(await api.user())
        await changes(catalog.load())
    async with DiscloudApi("http://127.0.0.1:9/v2", Token.parse("demo"), max_wait=0) as offline:
        later = Catalog(offline, cache=cache, now=lambda: NOW + timedelta(hours=3))
        assert later.restore()
        assert (later.loaded_at, later.from_cache) == (NOW, True)
        assert later.rows() == catalog.rows()
        assert later.apps() == catalog.apps()
        seen = await changes(later.load())
        assert {change.what for change in seen if isinstance(change, Failed)} == {"apps", "snapshots"}
        assert (later.loaded_at, later.from_cache, later.rows()) == (NOW, True, catalog.rows())


async def test_one_request_failing_leaves_the_other(demo: DemoServer, api: DiscloudApi) -> None:
    demo.controls.fail_next("/app/all", 500)
    catalog = Catalog(api, now=lambda: NOW)
    seen = await changes(catalog.load())
    assert [type(c.error) for c in seen if isinstance(c, Failed)] == [ServerFailed]
    assert seen[-1] == Loaded(NOW)
    assert len(catalog.rows()) > 200
    assert not any(row.app.deleted for row in catalog.apps())

    demo.controls.fail_next("/snapshot", 500)
    catalog = Catalog(api)
    seen = await changes(catalog.load())
    assert [(c.what, type(c.error)) for c in seen if isinstance(c, Failed)] == [("snapshots", ServerFailed)]
    assert not any(isinstance(change, Loaded) for change in seen)
    assert len(catalog.apps()) == 14
    assert catalog.loaded_at is None


async def test_a_token_refused_in_the_middle_loses_nothing(demo: DemoServer, api: DiscloudApi) -> None:
    catalog = Catalog(api)
    await changes(catalog.load())
    rows, apps = catalog.rows(), catalog.apps()
    demo.controls.revoke_token()
    seen = await changes(catalog.load())
    assert [type(c.error) for c in seen if isinstance(c, Failed)] == [TokenRefused, TokenRefused]
    assert (catalog.rows(), catalog.apps()) == (rows, apps)
    (failed,) = await changes(catalog.refresh_app("1732400000001"))
    assert isinstance(failed, Failed)
    assert (type(failed.error), failed.app_id) == (TokenRefused, "1732400000001")


async def test_creating_adds_the_row(demo: DemoServer, api: DiscloudApi) -> None:
    catalog = Catalog(api, now=lambda: NOW)
    await changes(catalog.load())
    demo.controls.requests.clear()
    created = await catalog.create("1732400000012")
    assert catalog.rows("1732400000012")[0].snapshot == created.snapshot
    assert catalog.rows("1732400000012")[0].change_bytes is not None
    assert requests(demo) == ["POST /snapshot/1732400000012?"]
    with pytest.raises(AppBusy):
        await catalog.create("1732400000007")


async def test_a_lost_answer_is_looked_up(demo: DemoServer, api: DiscloudApi) -> None:
    catalog = Catalog(api)
    demo.controls.drop_post_answer = True
    with pytest.raises(OutcomeUnknown) as raised:
        await catalog.create("1732400000002")
    version = demo.world.apps["1732400000002"].versions[-1].version
    assert raised.value.found_version == version
    assert version in raised.value.sentence
    assert "Música" not in raised.value.sentence  # Nobody has asked for the names yet.
    assert catalog.row(SnapshotKey("1732400000002", version)) is not None
    assert [line.split()[0] for line in requests(demo)] == ["GET", "POST", "GET"]


# Step by step.


async def test_rows_come_with_the_first_page_and_names_when_they_are_known() -> None:
    api = ListedApi([App("a", "Loja")], [[snap("a", 1)], [snap("a", 2)]])
    api.gates = {"apps": asyncio.Event(), "page 2": asyncio.Event()}
    catalog = Catalog(api)
    load = catalog.load()
    assert await anext(load) == SnapshotsChanged(frozenset({"a"}))
    assert catalog.loading
    assert [row.app_name for row in catalog.rows()] == ["a"]
    assert not catalog.apps()[0].app.deleted
    assert (catalog.apps()[0].count, catalog.apps()[0].total_bytes, catalog.apps()[0].whole) == (1, None, False)
    api.gates["apps"].set()
    assert await anext(load) == AppsChanged()
    assert [row.app_name for row in catalog.rows()] == ["Loja"]
    api.gates["page 2"].set()
    assert await anext(load) == SnapshotsChanged(frozenset({"a"}))
    assert [type(change) for change in await changes(load)] == [Loaded]
    assert (catalog.apps()[0].count, catalog.apps()[0].total_bytes, catalog.apps()[0].whole) == (2, 200, True)
    assert api.priorities == [Priority.BACKGROUND]
    assert not catalog.loading


async def test_what_the_server_no_longer_has_goes_after_a_whole_load_and_stays_after_a_broken_one() -> None:
    api = ListedApi([App("a", "a")], [[snap("a", 1)], [snap("a", 2), snap("b", 3)]])
    catalog = Catalog(api)
    await changes(catalog.load())
    assert len(catalog.rows()) == 3
    api.pages = [Listing((snap("a", 0.5), snap("a", 1))), Listing((snap("a", 2),))]
    api.failing = {"page 2": NetworkFailed("broken", "broken")}
    seen = await changes(catalog.load())
    assert isinstance(seen[-1], Failed)
    assert len(catalog.rows()) == 4
    api.failing = {}
    seen = await changes(catalog.load())
    assert SnapshotsChanged(frozenset({"b"})) in seen
    assert [row.key.app_id for row in catalog.rows()] == ["a", "a", "a"]
    assert [row.app.id for row in catalog.apps()] == ["a"]


async def test_what_is_created_while_a_load_runs_is_not_dropped_by_it() -> None:
    api = ListedApi([App("a", "a")], [[snap("a", 2)], [snap("a", 3)]])
    api.by_app["a"] = Listing((snap("a", 2),))
    api.gates = {"page 2": asyncio.Event()}
    api.created = CreatedSnapshot(snap("a", 0))
    catalog = Catalog(api)
    load = catalog.load()
    await anext(load)
    await anext(load)
    await catalog.create("a")
    api.gates["page 2"].set()
    await changes(load)
    assert [row.snapshot for row in catalog.rows()] == [snap("a", 0), snap("a", 2), snap("a", 3)]


async def test_a_load_that_is_left_stops_its_requests() -> None:
    api = ListedApi([App("a", "a")], [[snap("a", 2)], [snap("a", 3)]])
    api.gates = {"page 2": asyncio.Event(), "apps": asyncio.Event()}
    catalog = Catalog(api)
    before = asyncio.all_tasks()
    load = catalog.load()
    await anext(load)
    assert isinstance(load, AsyncIterator)
    await load.aclose()  # type: ignore[attr-defined]
    assert not catalog.loading
    await asyncio.gather(*(asyncio.all_tasks() - before), return_exceptions=True)
    assert asyncio.all_tasks() == before


async def test_two_loads_at_once_end_in_the_same_rows() -> None:
    api = ListedApi([App("a", "a")], [[snap("a", 2)], [snap("a", 3)]])
    catalog = Catalog(api)
    both = await asyncio.gather(changes(catalog.load()), changes(catalog.load()))
    assert all(isinstance(seen[-1], Loaded) for seen in both)
    assert len(catalog.rows()) == 2


async def test_refreshing_an_app_replaces_its_versions_only_where_something_changed() -> None:
    api = ListedApi([App("a", "a"), App("b", "b")], [[snap("a", 1), snap("a", 2), snap("b", 1)]])
    catalog = Catalog(api)
    await changes(catalog.load())
    rows = catalog.rows()
    api.by_app["a"] = Listing((snap("a", 1), snap("a", 2)))
    assert await changes(catalog.refresh_app("a")) == []
    assert catalog.rows() is rows
    api.by_app["a"] = Listing((snap("a", 0), snap("a", 1)))
    assert await changes(catalog.refresh_app("a")) == [SnapshotsChanged(frozenset({"a"}))]
    assert [row.snapshot for row in catalog.rows("a")] == [snap("a", 0), snap("a", 1)]
    api.failing["app b"] = ServerFailed("ill")
    (failed,) = await changes(catalog.refresh_app("b"))
    assert isinstance(failed, Failed)
    assert len(catalog.rows("b")) == 1


async def test_deleted_only_once_every_app_was_named() -> None:
    api = ListedApi([App("a", "a")], [[snap("gone", 1)]])
    api.app_list = AppList(api.app_list.apps, unreadable=1)
    catalog = Catalog(api)
    await changes(catalog.load())
    assert not any(row.app.deleted for row in catalog.apps())
    api.app_list = AppList(api.app_list.apps)
    await changes(catalog.load())
    assert [(row.app.name, row.app.deleted) for row in catalog.apps()] == [("a", False), ("gone", True)]
    catalog.set_account(Account("1", "ana", "x", ("gone",)))
    assert [(row.app.deleted, row.owned) for row in catalog.apps()] == [(False, False), (False, True)]


async def test_a_creation_nobody_heard_the_end_of() -> None:
    api = ListedApi([App("a", "Loja")], [])
    catalog = Catalog(api, now=lambda: NOW)
    api.by_app["a"] = Listing((snap("a", 24),))
    api.created = OutcomeUnknown("lost")
    with pytest.raises(OutcomeUnknown, match="no new version yet") as raised:
        await catalog.create("a")
    assert raised.value.found_version is None

    api.failing["app a"] = ServerFailed("ill")
    catalog = Catalog(api, now=lambda: NOW)
    with pytest.raises(OutcomeUnknown, match="could not be read afterwards"):
        await catalog.create("a")

    api.failing["app a"] = NetworkFailed("away", "dns")
    api.calls.clear()
    with pytest.raises(NetworkFailed):
        await catalog.create("a")
    assert api.calls == ["app a"]


async def test_finding_apps() -> None:
    api = ListedApi([App("1", "Loja"), App("2", "loja"), App("3", "Música"), App("4", "Bot"), App("5", "Bot")])
    catalog = Catalog(api)
    await changes(catalog.load())
    assert [catalog.find_app(text).id for text in ("1", "Loja", "loja", "musica", "MÚSICA")] == [
        "1",
        "1",
        "2",
        "3",
        "3",
    ]
    with pytest.raises(UsageError, match="4, 5"):
        catalog.find_app("Bot")
    with pytest.raises(UsageError, match="1, 2"):
        catalog.find_app("LOJA")
    with pytest.raises(NotFound, match="Nobody"):
        catalog.find_app("Nobody")
    with pytest.raises(NotFound) as raised:
        catalog.find_app("\x1b[31m")
    assert "\x1b" not in raised.value.sentence


async def test_finding_versions() -> None:
    api = ListedApi([App("a", "Loja"), App("b", "b")], [[snap("a", 1), snap("a", 2), snap("a", 30)]])
    catalog = Catalog(api)
    await changes(catalog.load())
    newest, middle, oldest = (row.snapshot for row in catalog.rows("a"))
    for text, expected in (
        ("latest", newest),
        ("LATEST", newest),
        ("latest~0", newest),
        ("latest~2", oldest),
        (middle.version, middle),
        ("20261123", oldest),
        ("20261124-10", middle),
    ):
        assert catalog.find_version("a", text) == expected
    for text in ("latest~3", "2025", "20261124-000000"):
        with pytest.raises(NotFound):
            catalog.find_version("a", text)
    for text in ("20261124", "", "yesterday", "latest~", "latest~x", "20261124-110000\n"):
        with pytest.raises(UsageError):
            catalog.find_version("a", text)
    with pytest.raises(NotFound, match="no snapshots yet"):
        catalog.find_version("b", "latest")


def test_nothing_slow_is_imported_with_it() -> None:
    """The first frame waits for these modules."""
    code = (
        "import sys, snaptui.catalog, snaptui.cache, snaptui.query, snaptui.fleet, snaptui.formatting\n"
        "slow = {'httpx', 'sqlite3', 'keyring', 'http.client', 'humanize', 'zoneinfo', 'textual', 'json'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
