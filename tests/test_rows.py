"""Rows in order, whatever way they came."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from snaptui.models import App, Snapshot, SnapshotKey
from snaptui.rows import Shelves
from tests.catalog_api import NOW, snap


def test_what_an_answer_leaves_out_is_kept() -> None:
    shelves = Shelves()
    dated = Snapshot("a", "20261122-030000", datetime(2026, 11, 22, 6, tzinfo=UTC), 10)
    bare = Snapshot("a", "20261122-030000", datetime(2026, 11, 22, 3, tzinfo=UTC), None)
    shelves.merge([dated])
    assert not shelves.merge([bare])
    assert shelves.rows()[0].snapshot == dated
    shelves = Shelves()
    shelves.merge([bare])
    assert shelves.merge([dated]) == {"a"}
    assert shelves.rows()[0].snapshot == dated


SMALL = st.builds(
    snap,
    st.sampled_from("abc"),
    st.integers(0, 12),
    st.one_of(st.none(), st.integers(0, 3)),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.lists(SMALL, max_size=6)),
        st.tuples(st.just("drop"), st.lists(SMALL, max_size=3)),
        st.tuples(st.just("rename"), st.lists(SMALL, max_size=1)),
    ),
    max_size=12,
)


@given(STEPS)
def test_small_steps_and_one_great_leap_end_alike(steps: list[tuple[str, list[Snapshot]]]) -> None:
    """Whatever comes in whatever order, the rows are those of a shelf that was filled at once."""
    stepwise = Shelves()
    stepwise.merge(snap("d", hours) for hours in range(30))
    held: dict[SnapshotKey, Snapshot] = {row.key: row.snapshot for row in stepwise.rows()}
    names: dict[str, str] = {}
    for what, snapshots in steps:
        before = {app: stepwise.rows(app) for app in "abcd"}
        if what == "merge":
            changed = stepwise.merge(snapshots)
            for new in snapshots:
                old = held.get(new.key)
                size = new.size_bytes if new.size_bytes is not None or old is None else old.size_bytes
                held[new.key] = Snapshot(new.app_id, new.version, new.taken_at, size)
        elif what == "drop":
            changed = stepwise.drop(one.key for one in snapshots)
            for one in snapshots:
                held.pop(one.key, None)
        else:
            names = {one.app_id: f"App {one.app_id}" for one in snapshots}
            changed = stepwise.rename(names)
        assert changed == {app for app in "abcd" if stepwise.rows(app) != before[app]}
    at_once = Shelves()
    at_once.rename(names)
    at_once.merge(held.values())
    assert stepwise.rows() == at_once.rows()
    for app_id in "abcd":
        assert stepwise.rows(app_id) == at_once.rows(app_id)
        assert stepwise.app_row(App(app_id, ""), None) == at_once.app_row(App(app_id, ""), None)
    for row in at_once.rows():
        assert stepwise.row(row.key) == row
    assert stepwise.keys() == set(held)


def test_changes_are_against_the_version_before() -> None:
    shelves = Shelves()
    shelves.merge([snap("a", 1, 10), snap("a", 2, 4), snap("a", 3, None), snap("a", 4, 9), snap("b", 2.5, 1_000)])
    assert [row.change_bytes for row in shelves.rows("a")] == [6, None, None, None]
    shelves.merge([snap("a", 3, 5)])
    assert [row.change_bytes for row in shelves.rows("a")] == [6, -1, -4, None]
    assert [row.change_bytes for row in shelves.rows()] == [6, -1, None, -4, None]


def test_what_has_no_time_comes_last() -> None:
    shelves = Shelves()
    shelves.merge([Snapshot("a", "99999999-999999"), snap("a", 500), Snapshot("a", "00000000-000000")])
    assert [row.key.version for row in shelves.rows()][1:] == ["99999999-999999", "00000000-000000"]


def test_a_hundred_thousand_versions_stream_in() -> None:
    """Twenty times the pages may not take four hundred times as long; the figures themselves are the benchmark's."""
    draw = random.Random(1)
    moments = [NOW - timedelta(minutes=7 * n) for n in range(100_000)]
    versions = [
        Snapshot(f"app-{n % 12}", f"{t:%Y%m%d-%H%M%S}", t, draw.randrange(10**8)) for n, t in enumerate(moments)
    ]

    def stream(count: int) -> float:
        shelves = Shelves()
        start = time.perf_counter()
        for at in range(0, count, 200):
            shelves.merge(versions[at : at + 200])
            shelves.rows()
        assert len(shelves.rows()) == count
        return time.perf_counter() - start

    small = min(stream(5_000) for _attempt in range(3))
    assert stream(100_000) < 20 * small * 6
