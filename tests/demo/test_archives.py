"""The archives: real ZIP files of the size that was listed, served in ranges, behind links that end."""

from __future__ import annotations

import io
import random
import zipfile

import httpx
import pytest

from snaptui.demo.archives import Archive
from snaptui.demo.run import DemoServer
from snaptui.demo.world import DEMO_NOW, World

SMALL = "1732400000012"
WORLD = World(DEMO_NOW)
LARGEST_SAMPLE = 20_000_000


def whole(archive: Archive) -> bytes:
    return b"".join(archive.read(0, archive.size))


def sample() -> list[tuple[str, str]]:
    """(app id, version): each app's newest, oldest and middle one."""
    return [
        (app.id, app.versions[at].version)
        for app in WORLD.apps.values()
        for at in sorted({0, len(app.versions) // 2, len(app.versions) - 1} if app.versions else ())
    ]


def archive_of(app_id: str, version: str) -> Archive:
    found = WORLD.find(app_id, version)
    assert found is not None
    return found.archive


def link(api: httpx.Client, app_id: str = SMALL) -> tuple[str, Archive]:
    """Ask for a link to the newest version of an app; return it and what it leads to."""
    version = WORLD.apps[app_id].versions[-1].version
    answer = api.get(f"/snapshot/{app_id}/versions/{version}")
    assert answer.status_code == 200
    url: str = answer.json()["download"]["url"]
    return url, archive_of(app_id, version)


@pytest.mark.parametrize(("app_id", "version"), sample())
def test_an_archive_is_a_sound_zip_of_its_listed_size(app_id: str, version: str) -> None:
    archive = archive_of(app_id, version)
    if archive.size > LARGEST_SAMPLE and version != WORLD.apps[app_id].versions[-1].version:
        assert sum(map(len, archive.read(0, archive.size))) == archive.size
        return
    data = whole(archive)
    assert len(data) == archive.size
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        assert [info.filename for info in opened.infolist()] == [m.path for m in archive.members]
        assert [info.file_size for info in opened.infolist()] == [m.content.length for m in archive.members]


def test_any_range_is_a_slice_of_the_whole() -> None:
    archive = WORLD.apps[SMALL].versions[-1].archive
    data, dice = whole(archive), random.Random(7)
    for _ in range(200):
        start = dice.randrange(len(data))
        stop = min(len(data), start + dice.choice((0, 1, 30, 70_000, 400_000)))
        assert b"".join(archive.read(start, stop)) == data[start:stop]


def test_each_apps_newest_arrives_with_the_size_that_was_listed(api: httpx.Client, archives: httpx.Client) -> None:
    listed: dict[tuple[str, str], int] = {}
    for page in (1, 2, 3, 4):
        for entry in api.get("/snapshot", params={"page": page, "limit": 200}).json()["snapshots"]:
            listed[entry["appID"], entry["version"]] = entry["size"]
    for app in WORLD.apps.values():
        if not app.versions:
            continue
        size = listed[app.id, app.versions[-1].version]
        url, _ = link(api, app.id)
        with archives.stream("GET", url) as answer:
            assert answer.status_code == 200
            assert int(answer.headers["content-length"]) == size
            assert sum(map(len, answer.iter_raw())) == size


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-0", 0, 1), ("bytes=0-99", 0, 100), ("bytes=1000-", 1000, None), ("bytes=-22", -22, None),
     ("bytes=-1", -1, None), ("bytes=5-99999999999", 5, None)],
)  # fmt: skip
def test_ranges(api: httpx.Client, archives: httpx.Client, asked: str, start: int, stop: int | None) -> None:
    url, archive = link(api)
    answer = archives.get(url, headers={"range": asked})
    first, last, _ = slice(start, stop).indices(archive.size)
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last - 1}/{archive.size}"
    assert answer.content == whole(archive)[start:stop]


def test_the_last_byte(api: httpx.Client, archives: httpx.Client) -> None:
    url, archive = link(api)
    answer = archives.get(url, headers={"range": f"bytes={archive.size - 1}-{archive.size - 1}"})
    assert (answer.status_code, answer.content) == (206, whole(archive)[-1:])


@pytest.mark.parametrize("beyond", [0, 1, 10**9])
def test_a_range_beyond_the_end(api: httpx.Client, archives: httpx.Client, beyond: int) -> None:
    url, archive = link(api)
    answer = archives.get(url, headers={"range": f"bytes={archive.size + beyond}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{archive.size}"


def test_if_range(api: httpx.Client, archives: httpx.Client) -> None:
    url, archive = link(api)
    same = archives.get(url, headers={"range": "bytes=10-19", "if-range": archive.etag})
    assert (same.status_code, len(same.content)) == (206, 10)
    other = archives.get(url, headers={"range": "bytes=10-19", "if-range": '"another"'})
    assert (other.status_code, len(other.content)) == (200, archive.size)


def test_head_tells_size_and_tag_without_a_body(api: httpx.Client, archives: httpx.Client) -> None:
    url, archive = link(api)
    answer = archives.head(url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == archive.size
    assert answer.headers["etag"] == archive.etag
    assert answer.headers["accept-ranges"] == "bytes"


def test_a_host_without_ranges(demo: DemoServer, api: httpx.Client, archives: httpx.Client) -> None:
    demo.controls.honours_range = False
    url, archive = link(api)
    answer = archives.get(url, headers={"range": "bytes=0-9"})
    assert (answer.status_code, len(answer.content)) == (200, archive.size)
    assert "accept-ranges" not in answer.headers
    assert "content-range" not in answer.headers


def test_a_host_without_tags(demo: DemoServer, api: httpx.Client, archives: httpx.Client) -> None:
    demo.controls.sends_etag = False
    url, _ = link(api)
    answer = archives.get(url, headers={"range": "bytes=0-9"})
    assert answer.status_code == 206
    assert "etag" not in answer.headers


def test_links_end(demo: DemoServer, api: httpx.Client, archives: httpx.Client) -> None:
    url, _ = link(api)
    assert archives.get(url, headers={"range": "bytes=0-0"}).status_code == 206
    demo.links.expire_all()
    assert archives.get(url).status_code == 403
    renewed, _ = link(api)
    assert archives.get(renewed, headers={"range": "bytes=0-0"}).status_code == 206


def test_a_link_for_one_use(demo: DemoServer, api: httpx.Client, archives: httpx.Client) -> None:
    demo.controls.single_use_links = True
    url, _ = link(api)
    assert [archives.get(url, headers={"range": "bytes=0-0"}).status_code for _ in range(3)] == [206, 403, 403]


def test_a_signature_opens_its_own_archive_alone(api: httpx.Client, archives: httpx.Client) -> None:
    url, _ = link(api)
    address, _, signature = url.partition("?")
    other = link(api, "1732400000002")[0].partition("?")[0]
    assert archives.get(address).status_code == 403
    assert archives.get(f"{address}?signature=wrong").status_code == 403
    assert archives.get(f"{other}?{signature}").status_code == 403


def test_a_body_breaks_off_in_its_middle(demo: DemoServer, api: httpx.Client, archives: httpx.Client) -> None:
    url, archive = link(api)
    demo.controls.fail_next("/archives", 0)
    pieces: list[bytes] = []
    with archives.stream("GET", url) as answer, pytest.raises(httpx.RemoteProtocolError):
        pieces.extend(answer.iter_raw())
    assert 0 < sum(map(len, pieces)) < archive.size
    assert archives.get(url).status_code == 200


def test_a_body_waits_until_it_is_let_go(demo: DemoServer, api: httpx.Client, archives: httpx.Client) -> None:
    url, archive = link(api)
    held = demo.controls.hold_archives(after=1_000)
    with archives.stream("GET", url) as answer:
        pieces = answer.iter_raw()
        received = len(next(pieces))
        held.until_reached()
        assert received <= 1_000
        held.set()
        assert received + sum(map(len, pieces)) == archive.size
