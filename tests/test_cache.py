"""The listing on disk: real files, and every way they can be wrong."""

from __future__ import annotations

import sqlite3
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from snaptui.cache import CachedListing, ListingCache, account_key
from snaptui.models import Account, App, AppKind, Snapshot

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
APPS = (App("1", "Loja Bot", True, AppKind.BOT), App("2", "Música", False, AppKind.SITE), App("3", "?", None, None))
SNAPSHOTS = (
    Snapshot("1", "20261124-030000", datetime(2026, 11, 24, 3, 0, 0, 123456, tzinfo=UTC), 12_400_000),
    Snapshot("1", "20261123-030000", datetime(2026, 11, 23, 3, tzinfo=UTC), None),
    Snapshot("2", "99999999-999999", None, 0),
)
LISTING = CachedListing(SNAPSHOTS, APPS, NOW, 3, Account("7", "ana", "Safira", ("1", "2")))


@pytest.fixture
def cache(tmp_path: Path) -> ListingCache:
    return ListingCache(tmp_path / "cache" / "snaptui", account_key("demo", "https://api.example"))


def test_what_was_stored_comes_back(cache: ListingCache) -> None:
    assert cache.load() is None
    assert cache.store(LISTING)
    assert cache.load() == LISTING
    unknown = CachedListing((), None, NOW)
    assert cache.store(unknown)
    assert cache.load() == unknown


def test_one_app_is_replaced_by_itself(cache: ListingCache) -> None:
    assert not cache.store_app("1", SNAPSHOTS[:1])
    cache.store(LISTING)
    newer = Snapshot("1", "20261124-110000", NOW, 5)
    assert cache.store_app("1", [newer, SNAPSHOTS[0]])
    listing = cache.load()
    assert listing is not None
    assert set(listing.snapshots) == {newer, SNAPSHOTS[0], SNAPSHOTS[2]}
    assert listing.apps == APPS


def test_accounts_and_apis_do_not_meet(tmp_path: Path) -> None:
    first, second, third = (
        ListingCache(tmp_path, account_key(*pair))
        for pair in (("a", "https://x"), ("b", "https://x"), ("a", "http://y"))
    )
    first.store(LISTING)
    assert second.load() is None
    assert third.load() is None


def test_nothing_secret_is_written_and_only_the_owner_reads_it(cache: ListingCache) -> None:
    token = "a-word-that-stands-for-a-token"
    cache = ListingCache(cache.folder, account_key(token, "https://api.example"))
    cache.store(LISTING)
    assert token.encode() not in cache.path.read_bytes()
    assert token not in cache.path.name
    assert stat.S_IMODE(cache.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_broken_file_is_no_listing_and_is_written_anew(cache: ListingCache, content: bytes) -> None:
    cache.folder.mkdir(parents=True)
    cache.path.write_bytes(content)
    assert cache.load() is None
    cache.path.write_bytes(content)
    assert cache.store(LISTING) or cache.store(LISTING)
    assert cache.load() == LISTING


def test_a_file_of_another_form_is_made_anew(cache: ListingCache) -> None:
    cache.store(LISTING)
    with sqlite3.connect(cache.path) as db:
        db.execute("drop table snapshots")
        db.execute("create table snapshots (something)")
        db.execute("pragma user_version = 99")
    db.close()
    assert cache.load() is None
    assert cache.store(LISTING)
    assert cache.load() == LISTING


def test_values_that_make_no_sense_are_no_listing(cache: ListingCache) -> None:
    for spoiled in (
        "update facts set value = 'x'",
        "update snapshots set taken_us = 'x'",
        "update apps set kind = 'x'",
        "update apps set name = x'00ff'",
        "update snapshots set version = '2026112x-030000'",
        "update snapshots set version = 20261122",
        "update snapshots set app_id = x'00'",
        "update snapshots set size_bytes = 'x'",
    ):
        cache.store(LISTING)
        with sqlite3.connect(cache.path) as db:
            db.execute(spoiled)
        db.close()
        assert cache.load() is None, spoiled
        assert cache.problem


def test_a_folder_that_cannot_be_made_costs_nothing_but_the_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = ListingCache(tmp_path / "file" / "cache", "x")
    assert cache.load() is None
    assert not cache.store(LISTING)
    assert not cache.store_app("1", SNAPSHOTS)
    assert cache.problem


def test_a_folder_that_cannot_be_looked_into_costs_nothing_but_the_cache(tmp_path: Path) -> None:
    cache = ListingCache(tmp_path / ("a" * 300) / "cache", "x")
    assert cache.load() is None
    assert not cache.store(LISTING)
    assert not cache.store_app("1", SNAPSHOTS)


def test_clearing(cache: ListingCache) -> None:
    assert cache.clear()
    cache.store(LISTING)
    assert cache.clear()
    assert cache.load() is None


def test_listings_of_accounts_long_unused_are_removed(cache: ListingCache) -> None:
    import os

    old = ListingCache(cache.folder, "old")
    old.store(LISTING)
    long_ago = (NOW - timedelta(days=200)).timestamp()
    os.utime(old.path, (long_ago, long_ago))
    cache.store(LISTING)
    assert not old.path.exists()
    assert cache.load() == LISTING


def test_writers_side_by_side_leave_a_whole_listing(cache: ListingCache) -> None:
    listings = [CachedListing(tuple(Snapshot(str(n), s.version) for s in SNAPSHOTS), None, NOW) for n in range(6)]
    threads = [threading.Thread(target=cache.store, args=(listing,)) for listing in listings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.load() in listings
