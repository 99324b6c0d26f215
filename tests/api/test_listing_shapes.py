"""One example of every shape a listing may have, and random nesting and junk."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snaptui.errors import UnreadableAnswer
from snaptui.models import Listing, SnapshotKey, is_app_id, is_version
from snaptui.wire import decode, read_listing

A, B = "20261122-030000", "20261121-030000"
TWO = {SnapshotKey("loja-1", A), SnapshotKey("loja-1", B)}
OK = {"status": "ok", "message": "found"}

SHAPES = {
    "flat, appID": {**OK, "snapshots": [{"appID": "loja-1", "version": A}, {"appID": "loja-1", "version": B}]},
    "flat, appId": {**OK, "backups": [{"appId": "loja-1", "version": A}, {"appId": "loja-1", "version": B}]},
    "flat, app_id": {**OK, "data": [{"app_id": "loja-1", "version": A}, {"app_id": "loja-1", "version": B}]},
    "flat, app object": {**OK, "items": [{"app": {"id": "loja-1"}, "version": v} for v in (A, B)]},
    "flat, app string": {**OK, "items": [{"app": "loja-1", "version": v} for v in (A, B)]},
    "flat, own id": {**OK, "items": [{"id": "loja-1", "version": v} for v in (A, B)]},
    "a bare list": [{"appID": "loja-1", "version": A}, {"appID": "loja-1", "version": B}],
    "grouped under entries": {**OK, "apps": [{"id": "loja-1", "versions": [{"version": A}, {"version": B}]}]},
    "grouped, bare versions": {**OK, "apps": [{"id": "loja-1", "versions": [A, B]}]},
    "grouped, one app": {**OK, "apps": {"id": "loja-1", "snapshots": [{"version": A}, {"version": B}]}},
    "grouped, two ids": {**OK, "x": {"id": "other", "y": [{"appID": "loja-1", "v": {"versions": [A, B]}}]}},
    "keyed by app": {**OK, "snapshots": {"loja-1": [{"version": A}, {"version": B}]}},
    "keyed by app, bare": {**OK, "snapshots": {"loja-1": [A, B]}},
    "keyed by app, deeper": {"data": {"loja-1": {"versions": [{"version": A}, {"version": B}]}}},
    "keyed by app at the top": {"loja-1": [A, B]},
    "keyed by version": {**OK, "app": {"id": "loja-1"}, "versions": {A: {"size": 5}, B: {"size": 6}}},
    "keyed by both": {**OK, "snapshots": {"loja-1": {A: 5, B: "6 MB"}}},
    "with an app beside": {**OK, "app": {"id": "loja-1"}, "versions": [{"version": A}, {"version": B}]},
    "the list inside the app": {**OK, "app": {"id": "loja-1", "versions": [{"version": A}, B]}},
    "as creation tells it": {
        **OK,
        "app": {"id": "loja-1"},
        "snapshot": {"version": A, "size": "1 MB", "allVersions": [{"version": A}, {"version": B}]},
    },
    "newest beside the rest": {**OK, "apps": [{"id": "loja-1", "version": A, "previous": [{"version": B}]}]},
    "newest and oldest named": {**OK, "apps": [{"id": "loja-1", "latest": A, "oldest": B}]},
    "under name": {**OK, "apps": [{"id": "loja-1", "backups": [{"name": A}, {"name": B}]}]},
    "an envelope's version": {"version": "2.0.0", "appID": "loja-1", "versions": [A, B]},
    "ids of their own": {"app": {"id": "loja-1"}, "versions": [{"id": "x1", "version": A}, {"id": "x2", "version": B}]},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_read(shape: str) -> None:
    listing = read_listing(json.loads(json.dumps(SHAPES[shape])))
    assert {s.key for s in listing.snapshots} == TWO
    assert listing.unreadable == 0


@pytest.mark.parametrize(
    "document",
    [
        {**OK, "versions": [A, B]},
        {**OK, "versions": [{"version": A}, {"version": B}]},
        {**OK, "versions": [{"id": "snap-1", "version": A}, {"id": "snap-2", "version": B}]},
        {**OK, "entries": {"rows": [A, B]}},
        {**OK, "thing": [A, {"version": B}]},
        [A, B],
    ],
)
def test_the_app_asked_for_is_the_last_resort(document: object) -> None:
    assert {s.key for s in read_listing(document, "loja-1").snapshots} == TWO


def test_a_number_is_an_app_id_too() -> None:
    listing = read_listing({"snapshots": [{"appID": 1732400000001, "version": A}]})
    assert [s.app_id for s in listing.snapshots] == ["1732400000001"]


def test_a_version_without_any_app_is_counted() -> None:
    assert read_listing({"versions": [A, {"version": B, "size": 3}]}) == Listing(unreadable=2)


def test_entries_gone_wrong_are_counted() -> None:
    document = {
        "app": {"id": "loja-1"},
        "versions": [{"version": A}, {"version": "yesterday"}, {"version": None}, {"size": 3}, None, 42, "junk", {}],
    }
    listing = read_listing(document)
    assert [s.version for s in listing.snapshots] == [A]
    assert listing.unreadable == 7


def test_apps_without_snapshots_are_no_entries_gone_wrong() -> None:
    document = {**OK, "snapshots": [{"id": "loja-1", "versions": []}, {"id": "b", "versions": [A]}], "mods": ["x"]}
    assert read_listing(document).unreadable == 0


@pytest.mark.parametrize(
    "document", [{**OK}, {**OK, "snapshots": []}, [], {"data": {"snapshots": []}}, {"status": "ok"}]
)
def test_nothing_there_is_empty(document: object) -> None:
    assert read_listing(document) == Listing()


@pytest.mark.parametrize("document", [None, 3, "x", True, 1.5, {}, {"hello": "world"}])
def test_what_is_no_listing_is_unreadable(document: object) -> None:
    with pytest.raises(UnreadableAnswer):
        read_listing(document)


def test_the_richest_of_two_readings_is_kept_and_its_gaps_filled() -> None:
    exact = {"version": A, "size": 12_345_678}
    rounded = {"version": A, "size": "12.3 MB", "date": "2026-11-22T00:00:12-03:00"}
    for pair in ([exact, rounded], [rounded, exact], [A, rounded, exact, A]):
        (snapshot,) = read_listing({"versions": pair}, "loja-1").snapshots
        assert snapshot.taken_at == datetime(2026, 11, 22, 3, 0, 12, tzinfo=UTC)
        assert snapshot.size_bytes == 12_345_678


def test_a_day_without_an_hour_says_less_than_the_version() -> None:
    (snapshot,) = read_listing({"versions": [{"version": A, "date": "2026-11-22"}]}, "loja-1").snapshots
    assert snapshot.taken_at == datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def test_unknown_size_and_time_are_none() -> None:
    entry = {"version": "20269999-999999", "size": "?", "date": "soon"}
    (snapshot,) = read_listing({"versions": [entry]}, "loja-1").snapshots
    assert (snapshot.size_bytes, snapshot.taken_at) == (None, None)


def test_no_nesting_is_too_deep_for_the_walk() -> None:
    document: object = {"appID": "loja-1", "versions": [A]}
    for depth in range(200_000):
        document = [document] if depth % 2 else {"x": document}
    assert [s.key for s in read_listing(document).snapshots] == [("loja-1", A)]
    while isinstance(document, list | dict):  # taken apart by hand: the collector's own recursion is not under test
        document = document[0] if isinstance(document, list) else document.get("x")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"   ", b"<html>", b'{"status": "ok", "snaps', b"{'a': 1}", b"\xff\xfe\x00", b"[" * 200_000,
        b'{"a":' * 200_000, b"[" + b"9" * 5_000 + b"]", b"\x00", b"nul", b"[1,]",
    ],
)  # fmt: skip
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        read_listing(decode(body))


_KEYS = st.one_of(
    st.sampled_from(["version", "versions", "appID", "app", "id", "size", "date", "snapshots", "loja-1", "name", A]),
    st.text(max_size=8),
)
_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(exclude_categories=[]), max_size=12),
    st.sampled_from([A, B, "loja-1", "12.3 MB", "2026-11-22", "\ud800", "\x1b[31m", "20269999-999999"]),
    st.just(10**4000),
)  # fmt: skip
JUNK = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_KEYS, inner, max_size=5))


@settings(max_examples=300)
@given(JUNK, st.sampled_from([None, "loja-1"]))
def test_junk_is_read_or_refused_and_nothing_else(document: object, asked: str | None) -> None:
    try:
        listing = read_listing(document, asked)
    except UnreadableAnswer:
        return
    keys = [s.key for s in listing.snapshots]
    assert len(keys) == len(set(keys))
    assert listing.unreadable >= 0
    for snapshot in listing.snapshots:
        assert is_app_id(snapshot.app_id)
        assert is_version(snapshot.version)
        assert snapshot.size_bytes is None or snapshot.size_bytes >= 0


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_random_bytes_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    with contextlib.suppress(UnreadableAnswer):
        read_listing(decode(body))


_APPS = st.from_regex(r"[a-z]{2,6}-[0-9]{1,4}", fullmatch=True)
_VERSIONS = st.datetimes().filter(lambda d: d.year >= 1000).map(lambda d: f"{d:%Y%m%d-%H%M%S}")
_WORLDS = st.dictionaries(_APPS, st.lists(_VERSIONS, min_size=1, max_size=4, unique=True), min_size=1, max_size=4)
_WRAPS = st.lists(st.sampled_from(["data", "result", "snapshots", "items", "[]", "app list", "page"]), max_size=6)


@st.composite
def _nested(draw: st.DrawFn) -> tuple[dict[str, list[str]], object]:
    """A world, and a document that tells it in a random shape, each app in its own, under random wrapping."""
    world = draw(_WORLDS)
    groups: list[object] = []
    for app_id, versions in world.items():
        entries: list[object] = [
            draw(st.sampled_from([v, {"version": v}, {"version": v, "size": "3 MB"}])) for v in versions
        ]
        with_app: list[object] = [{"appID": app_id, "version": v} for v in versions]
        shape = draw(st.integers(0, 4))
        shapes: list[list[object]] = [
            [{"id": app_id, "versions": entries}],
            with_app,
            [{"app": {"id": app_id}, "found": {"list": entries}}],
            [{app_id: entries}],
            [{"app": {"id": app_id, "snapshots": {v: {"size": 3} for v in versions}}}],
        ]
        groups += shapes[shape]
    document: object = groups
    for wrap in draw(_WRAPS):
        document = [document] if wrap == "[]" else {"status": "ok", "message": "x", wrap: document}
    return world, document


@settings(max_examples=200)
@given(_nested())
def test_random_nesting_is_read_whole(told: tuple[dict[str, list[str]], object]) -> None:
    world, document = told
    listing = read_listing(document)
    assert {s.key for s in listing.snapshots} == {(app, v) for app, versions in world.items() for v in versions}
    assert listing.unreadable == 0
