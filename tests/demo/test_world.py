"""The demo's world: the same in every process, and sizes that cost nothing and are true."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from itertools import pairwise
from statistics import fmean

import pytest

from snaptui.demo.world import DEMO_NOW, DemoApp, DemoVersion, World
from snaptui.models import is_app_id, is_version

LOJA = "1732400000001"
_DIGEST = """
import hashlib
from snaptui.demo.world import DEMO_NOW, World
world = World(DEMO_NOW)
told = [(a.id, a.name, v.version, v.archive.size, v.archive.etag) for a in world.apps.values() for v in a.versions]
print(hashlib.sha256(repr(told).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def world() -> World:
    return World(DEMO_NOW)


def every_version(world: World) -> list[tuple[DemoApp, DemoVersion]]:
    return [(app, version) for app in world.apps.values() for version in app.versions]


def test_two_worlds_are_equal(world: World) -> None:
    def told(one: World) -> list[tuple[str, str, str, int, str]]:
        return [(a.id, a.name, v.version, v.archive.size, v.archive.etag) for a, v in every_version(one)]

    assert told(World(DEMO_NOW)) == told(world)


def test_processes_agree_whatever_their_hash_seed() -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _DIGEST], stdout=subprocess.PIPE, env={"PYTHONHASHSEED": seed}, text=True
        )
        for seed in ("1", "2")
    ]
    digests = [process.communicate(timeout=30)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert digests[0] == digests[1] != ""


def test_ids_and_versions_are_the_contracts(world: World) -> None:
    assert all(is_app_id(app.id) for app in world.apps.values())
    assert all(is_version(version.version) for _, version in every_version(world))
    keys = [(app.id, version.version) for app, version in every_version(world)]
    assert len(set(keys)) == len(keys)


def test_versions_go_forward_and_end_before_now(world: World) -> None:
    for app in world.apps.values():
        taken = [version.taken for version in app.versions]
        assert taken == sorted(taken)
        assert all(moment < DEMO_NOW for moment in taken)
        assert [v.version for v in app.versions] == [moment.strftime("%Y%m%d-%H%M%S") for moment in taken]


def test_the_world_moves_with_its_day() -> None:
    today, tomorrow = World(DEMO_NOW), World(DEMO_NOW + timedelta(days=1))
    for app_id, app in today.apps.items():
        later = tomorrow.apps[app_id].versions
        assert [v.taken + timedelta(days=1) for v in app.versions] == [v.taken for v in later]


def sizes(world: World, app_id: str) -> list[int]:
    return [version.archive.size for version in world.apps[app_id].versions]


def test_sizes_go_up_and_down_by_little_and_by_much(world: World) -> None:
    found = [sizes(world, app_id) for app_id in world.apps]
    changes = [after - before for one in found for before, after in pairwise(one)]
    assert len(set(changes)) > len(changes) * 0.8
    for low, high in ((0, 10_000), (10_000, 100_000), (100_000, 1_000_000)):
        assert any(low < change <= high for change in changes)
        assert any(low < -change <= high for change in changes)


def test_one_backup_alone_lost_more_than_half(world: World) -> None:
    shrunk = [
        (app.name, version.version)
        for app in world.apps.values()
        for earlier, version in pairwise(app.versions)
        if version.archive.size * 2 <= earlier.archive.size
    ]
    assert shrunk == [("Moderador", world.apps["1732400000007"].versions[-1].version)]


def test_the_shop_grows_steadily_to_about_twelve_megabytes(world: World) -> None:
    found = sizes(world, LOJA)
    weeks = [fmean(found[at : at + 7]) for at in range(0, len(found), 7)]
    assert weeks == sorted(weeks)
    assert found[0] < 9_000_000
    assert 11_500_000 < found[-1] < 12_500_000


def test_equal_tags_mean_equal_archives(world: World) -> None:
    tags = [version.archive.etag for _, version in every_version(world)]
    assert len(set(tags)) == len(tags)
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


def test_the_world_holds_what_an_interface_must_stand(world: World) -> None:
    apps = world.apps.values()
    names = "".join(app.name for app in apps)
    assert "[bold red]" in names
    assert "\x1b" in names
    assert "\u202e" in names
    assert "🛍" in names
    assert max(len(app.name) for app in apps) >= 300
    assert any(app.busy for app in apps)
    assert any(app.deleted for app in apps)
    assert any(not app.versions for app in apps)
    assert any(len(app.versions) > 200 for app in apps)


def test_a_created_version_is_the_newest_and_has_a_second_of_its_own() -> None:
    world = World(DEMO_NOW)
    app = world.apps[LOJA]
    first, second = world.create(app, DEMO_NOW), world.create(app, DEMO_NOW)
    assert app.versions[-2:] == [first, second]
    assert second.taken - first.taken == timedelta(seconds=1)
    assert world.find(LOJA, second.version) is second


def test_find_knows_what_is_not_there(world: World) -> None:
    assert world.find("nobody", "20261122-030000") is None
    assert world.find(LOJA, "19990101-000000") is None
