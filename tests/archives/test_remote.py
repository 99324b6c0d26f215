"""Reading an archive where it lies: how much is fetched, and what a host can do wrong."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from snaptui.archives import remote
from snaptui.archives.archive import Archive, compare_archives, history, open_file, open_remote, open_snapshot
from snaptui.archives.compare import Change, Content
from snaptui.archives.plan import Policy
from snaptui.archives.restore_events import Restored
from snaptui.errors import (
    ArchiveChanged,
    ArchiveDamaged,
    LinkRefused,
    NetworkFailed,
    NotFound,
    SnaptuiError,
    TransferBroken,
    UnsafeAddress,
    WholeArchiveOnly,
)
from snaptui.models import SnapshotKey
from tests.archives.host import KEY_APP, KEY_VERSION, Host, past
from tests.archives.zips import Entry, archive, honest, read_tree

pytestmark = pytest.mark.anyio

KEY = SnapshotKey(KEY_APP, KEY_VERSION)
_chance = random.Random(5)
BIG = {f"src/d{i % 40}/f{i}.bin": _chance.randbytes(3000) for i in range(1000)} | {"config.json": b'{"a": 1}' * 100}


@pytest.fixture
def host() -> Iterator[Host]:
    with Host(honest(BIG)) as running:
        yield running


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_LONGEST_PAUSE", 100.0)
    real = remote.RemoteReader._after_failure

    def quick(self: remote.RemoteReader, error: Exception, failures: int) -> None:
        self._pause = lambda seconds: None
        real(self, error, failures)

    monkeypatch.setattr(remote.RemoteReader, "_after_failure", quick)


async def opened(host: Host) -> Archive:
    return await open_remote(KEY, host, api_origin=host.url)


async def test_one_request_lists_and_one_more_reads_a_member(host: Host) -> None:
    archive = await opened(host)
    assert archive.remote
    assert len(archive.directory.members) == 1001
    assert host.ranges == ["bytes=-524288"]
    member = archive.find("src/d0/f0.bin")
    assert await archive.read(member) == BIG["src/d0/f0.bin"]
    assert len(host.ranges) == 2
    assert archive.requests == 2
    assert archive.transferred_bytes < 524288 + 3200
    assert host.links == 1
    # what the tail held already costs nothing
    assert await archive.read(archive.find("config.json")) == BIG["config.json"]
    assert len(host.ranges) == 2


async def test_a_directory_longer_than_the_tail_takes_two_requests() -> None:
    with Host(archive([Entry(f"{'x' * 200}/{i}", b"", deflated=False) for i in range(3000)])) as host:
        assert len((await opened(host)).directory.members) == 3000
        assert len(host.ranges) == 2


async def test_no_token_and_no_compression_are_asked_for(host: Host) -> None:
    await opened(host)
    assert "api-token" not in host.headers[0]
    assert "authorization" not in host.headers[0]
    assert host.headers[0]["accept-encoding"] == "identity"


async def test_pieces_arrive_whole_and_in_order(host: Host) -> None:
    content = _chance.randbytes(3_000_000)
    host.data = honest({"big.bin": content, "z": b""})
    archive = await opened(host)
    assert b"".join([piece async for piece in archive.chunks(archive.find("big.bin"))]) == content


async def test_the_link_is_renewed_when_it_is_refused(host: Host) -> None:
    archive = await opened(host)
    host.faults.statuses = [403, 401, 410]
    assert await archive.read(archive.find("src/d0/f0.bin")) == BIG["src/d0/f0.bin"]
    assert host.links == 4


async def test_the_link_is_renewed_when_it_expired(host: Host) -> None:
    host.expires = past
    archive = await opened(host)
    await archive.read(archive.find("src/d0/f0.bin"))
    await archive.read(archive.find("src/d1/f1.bin"))
    assert host.links == len(host.ranges) == 3


async def test_links_for_one_use(host: Host) -> None:
    host.faults.single_use = True
    archive = await opened(host)
    for number in range(3):
        assert await archive.read(archive.find(f"src/d{number}/f{number}.bin")) == BIG[f"src/d{number}/f{number}.bin"]
    assert host.links == 4
    assert len(host.ranges) == 5  # one refusal taught it


async def test_links_that_are_always_refused(host: Host) -> None:
    host.faults.statuses = [403] * 10
    with pytest.raises(LinkRefused):
        await opened(host)
    assert host.links == 4


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
async def test_what_passes_is_tried_again(host: Host, status: int) -> None:
    host.faults.statuses = [status, status]
    assert len((await opened(host)).directory.members) == 1001
    host.faults.statuses = [status] * 10
    with pytest.raises(TransferBroken):
        await opened(host)


async def test_a_host_that_asks_to_wait_long(host: Host) -> None:
    host.faults.statuses = [429]
    host.faults.retry_after = "3600"
    with pytest.raises(TransferBroken, match="3600 s"):
        await opened(host)


async def test_a_connection_that_breaks_off_is_continued(host: Host) -> None:
    host.faults.cut_after = [100_000, 0, 0, 200_000]
    archive = await opened(host)
    assert host.ranges[1] == f"bytes={len(host.data) - 524288 + 100_000}-{len(host.data) - 1}"
    assert archive.transferred_bytes < 524288 + 10
    assert len(archive.directory.members) == 1001


async def test_a_connection_that_always_breaks_off(host: Host) -> None:
    host.faults.cut_after = [0] * 20
    with pytest.raises(TransferBroken):
        await opened(host)


async def test_a_host_that_sends_less_than_asked(host: Host) -> None:
    archive = await opened(host)
    host.faults.most_bytes = 700
    assert await archive.read(archive.find("src/d0/f0.bin")) == BIG["src/d0/f0.bin"]


@pytest.mark.parametrize("after", ["etag", "length", "no-etag-length"])
async def test_another_archive_in_its_place_is_noticed(host: Host, after: str) -> None:
    host.faults.no_etag = after.startswith("no-etag")
    archive = await opened(host)
    if after == "etag":
        host.faults.swap_after = 0
    else:
        host.data = honest(BIG | {"one": b"more"})
    with pytest.raises(ArchiveChanged):
        await archive.read(archive.find("src/d0/f0.bin"))


async def test_another_content_without_any_tag_is_caught_by_the_crc(host: Host) -> None:
    host.faults.no_etag = True
    archive = await opened(host)
    member = archive.find("src/d0/f0.bin")
    at = member.offset + 60
    host.data = host.data[:at] + bytes([host.data[at] ^ 1]) + host.data[at + 1 :]
    with pytest.raises(ArchiveDamaged):
        await archive.read(member)


async def test_a_weak_tag_is_not_used(host: Host) -> None:
    host.faults.weak_etag = True
    archive = await opened(host)
    await archive.read(archive.find("src/d0/f0.bin"))
    assert "if-range" not in host.headers[1]


async def test_a_strong_tag_is(host: Host) -> None:
    archive = await opened(host)
    await archive.read(archive.find("src/d0/f0.bin"))
    assert host.headers[1]["if-range"].startswith('"')


async def test_a_host_without_ranges_says_so_before_the_body_comes(host: Host) -> None:
    host.faults.ignore_range = True
    with pytest.raises(WholeArchiveOnly) as caught:
        await opened(host)
    assert caught.value.size_bytes == len(host.data)


async def test_a_small_archive_needs_no_ranges() -> None:
    with Host(honest({"a": b"x" * 100})) as host:
        host.faults.ignore_range = True
        archive = await opened(host)
        assert await archive.read(archive.find("a")) == b"x" * 100
        assert len(host.ranges) == 1


@pytest.mark.parametrize("status", [400, 416, 501])
async def test_a_host_that_does_not_count_from_the_end(host: Host, status: int) -> None:
    host.faults.refuse_suffix = status
    assert len((await opened(host)).directory.members) == 1001
    assert len(host.ranges) == 2
    host.tell_size = False
    with pytest.raises(WholeArchiveOnly):
        await opened(host)


async def test_a_total_that_is_not_told(host: Host) -> None:
    host.faults.star_total = True
    assert len((await opened(host)).directory.members) == 1001
    host.tell_size = False
    with pytest.raises(WholeArchiveOnly):
        await opened(host)


async def test_a_host_that_answers_another_range(host: Host) -> None:
    archive = await opened(host)
    host.faults.wrong_range = True
    with pytest.raises(WholeArchiveOnly):
        await archive.read(archive.find("src/d1/f1.bin"))


async def test_a_host_that_compresses(host: Host) -> None:
    host.faults.gzip = True
    with pytest.raises(WholeArchiveOnly):
        await opened(host)


@pytest.mark.parametrize(("data", "problem"), [(b"<html>sign in</html>", ArchiveDamaged), (b"PK", ArchiveDamaged)])
async def test_something_else_than_an_archive(host: Host, data: bytes, problem: type[SnaptuiError]) -> None:
    host.data = data
    with pytest.raises(problem):
        await opened(host)
    host.faults.ignore_range = True
    with pytest.raises(problem):
        await opened(host)


async def test_an_archive_that_is_gone(host: Host) -> None:
    host.faults.statuses = [404]
    with pytest.raises(NotFound):
        await opened(host)


async def test_an_address_that_is_not_gone_to(host: Host) -> None:
    with pytest.raises(UnsafeAddress):
        await open_remote(KEY, host, api_origin="https://api.discloud.app")
    host.redirect = "http://10.0.0.1/a.zip"
    with pytest.raises(UnsafeAddress):
        await opened(host)


async def test_nobody_listens(host: Host) -> None:
    with Host(b"") as gone:
        origin = gone.url
        link = await gone.download_link(*KEY)

    class Links:
        async def download_link(self, app_id: str, version: str) -> object:
            return link

    with pytest.raises((TransferBroken, NetworkFailed)):
        await open_remote(KEY, Links(), api_origin=origin)  # type: ignore[arg-type]


async def test_cancelling_wakes_the_waiting_thread(host: Host) -> None:
    archive = await opened(host)
    arrived = asyncio.Event()
    loop = asyncio.get_running_loop()
    host.faults.stall = threading.Event()

    def tell(_number: int) -> None:
        loop.call_soon_threadsafe(arrived.set)

    host.faults.before = tell
    reading = asyncio.create_task(archive.read(archive.find("src/d0/f0.bin")))
    await arrived.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(reading, 5)
    host.faults.stall.set()
    host.faults.stall = None
    assert await archive.read(archive.find("src/d0/f0.bin")) == BIG["src/d0/f0.bin"]


async def test_what_the_source_of_links_raises_comes_through(host: Host) -> None:
    class Links:
        async def download_link(self, app_id: str, version: str) -> object:
            raise NotFound("gone")

    with pytest.raises(NotFound, match="gone"):
        await open_remote(KEY, Links(), api_origin=host.url)  # type: ignore[arg-type]


async def test_a_few_files_are_restored_with_few_requests(host: Host, tmp_path: Path) -> None:
    archive = await opened(host)
    chosen = archive.select(["src/d0", "src/d1/f1.bin"])
    plan = await archive.plan(tmp_path / "t", chosen=chosen, policy=Policy.CHANGED)
    assert not archive.better_whole(chosen)
    last = [event async for event in archive.restore(plan)][-1]
    assert isinstance(last, Restored)
    assert read_tree(tmp_path / "t") == {m.path: BIG[m.path] for m in chosen}
    assert archive.requests < len(chosen) + 1


async def test_neighbours_share_a_request(host: Host, tmp_path: Path) -> None:
    archive = await opened(host)
    chosen = archive.directory.members[100:160]
    plan = await archive.plan(tmp_path / "t", chosen=chosen)
    assert [event async for event in archive.restore(plan)]
    assert archive.requests == 2


async def test_a_broken_connection_in_a_restore_changes_nothing(host: Host, tmp_path: Path) -> None:
    archive = await opened(host)
    plan = await archive.plan(tmp_path / "t", chosen=archive.select(["src/d0"]))
    host.faults.statuses = [404] * 50
    with pytest.raises(NotFound):
        assert [event async for event in archive.restore(plan)]
    assert not (tmp_path / "t").exists()


async def test_comparing_two_versions_fetches_no_archive(host: Host) -> None:
    with Host(honest(BIG | {"config.json": b"new", "added": b"x"})) as other:
        old, new = await opened(host), await opened(other)
        comparison = await compare_archives(old, new)
        assert [(d.change, d.path) for d in comparison.differences] == [
            (Change.ADDED, "added"),
            (Change.CHANGED, "config.json"),
        ]
        assert old.requests + new.requests + host.links + other.links <= 6
        assert old.transferred_bytes + new.transferred_bytes < (len(host.data) + len(other.data)) // 2


async def test_the_history_of_a_member(tmp_path: Path) -> None:
    versions = [{"a": b"1"}, {"a": b"1"}, {"b": b""}, {"a": b"2"}]
    keys = [SnapshotKey(KEY_APP, f"2026112{i}-030000") for i in range(4)]
    for key, files in zip(keys, versions, strict=True):
        (tmp_path / key.version).write_bytes(honest(files))
    rows = [row async for row in history("a", keys, lambda key: open_file(tmp_path / key.version))]
    assert [(row.version, row.content and row.content.size, row.first_of) for row in rows] == [
        (keys[0].version, 1, True),
        (keys[1].version, 1, False),
        (keys[2].version, None, True),
        (keys[3].version, 1, True),
    ]
    assert rows[0].content == rows[1].content != rows[3].content
    assert isinstance(rows[0].content, Content)


@dataclass
class Copy:
    path: Path
    size_bytes: int
    verified_at: object | None = 1
    problem: str | None = None


class Copies:
    def __init__(self, copy: Copy | None) -> None:
        self.copy = copy

    def of(self, key: SnapshotKey) -> Copy | None:
        return self.copy


async def test_a_verified_local_copy_is_used_and_only_that(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "copy.zip"
    path.write_bytes(host.data)
    good = Copy(path, len(host.data))
    async with await open_snapshot(KEY, host, Copies(good), api_origin=host.url) as archive:
        assert not archive.remote
        assert archive.path == path
    assert host.links == 0
    for copy in (
        None,
        Copy(tmp_path / "gone.zip", 1),
        Copy(path, len(host.data), verified_at=None),
        Copy(path, len(host.data), problem="altered"),
        Copy(path, len(host.data) - 1),
    ):
        assert (await open_snapshot(KEY, host, Copies(copy), api_origin=host.url)).remote


@pytest.mark.parametrize("seed", range(20))
async def test_random_faults_end_in_the_right_bytes_or_our_error(host: Host, seed: int) -> None:
    chance = random.Random(seed)
    host.faults.single_use = chance.random() < 0.2
    host.faults.no_etag = chance.random() < 0.2
    host.faults.most_bytes = chance.choice([None, None, 500, 5000])
    host.faults.statuses = [chance.choice([0, 0, 0, 0, 403, 500, 503, 429, 416, 200]) for _ in range(12)]
    host.faults.cut_after = [chance.choice([0, 1, 100, 10_000, 10**9, 10**9]) for _ in range(12)]
    problem = None
    try:
        archive = await opened(host)
        for member in chance.sample(archive.directory.members, 10):
            assert await archive.read(member) == BIG[member.path]
    except SnaptuiError as error:
        problem = error.sentence
    assert problem is None or (problem.endswith(".") and "link=" not in problem)
