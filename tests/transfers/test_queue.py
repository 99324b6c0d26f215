"""The queue: a few at a time, in order, stopped and continued, and remembered."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import threading
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path

import pytest

from snaptui.errors import ArchiveDamaged, SnaptuiError, TargetExists
from snaptui.models import DownloadLink, SnapshotKey
from snaptui.transfers.local import LocalCopies
from snaptui.transfers.queue import State, Transfer, TransferQueue
from snaptui.transfers.state import part_path
from tests.archives.zips import Entry, archive
from tests.faults.doing import ORIGIN, QUICK, Links
from tests.faults.script import Step, html
from tests.faults.server import FaultServer

pytestmark = pytest.mark.anyio


def key(number: int) -> SnapshotKey:
    return SnapshotKey("loja-bot", f"20261122-{number:06}")


class Making:
    """Builds queues on one state file, and closes them."""

    def __init__(self, folder: Path, server: FaultServer) -> None:
        self.folder = folder
        self.copies = LocalCopies(folder / "copies.sqlite")
        self.links = Links(server, size=len(server.contents[0]))
        self.made: list[TransferQueue] = []

    def __call__(self, parallel: int = 3, links: object = None) -> TransferQueue:
        queue = TransferQueue(
            links or self.links,  # type: ignore[arg-type]
            self.copies,
            api_origin=ORIGIN,
            parallel=parallel,
            state_path=self.folder / "transfers.json",
            patience=QUICK,
        )
        self.made.append(queue)
        return queue

    def target(self, number: int) -> Path:
        return self.folder / "backups" / f"{number}.zip"

    def add(self, queue: TransferQueue, number: int, *, overwrite: bool = False) -> Transfer:
        return queue.add(key(number), "Loja Bot", self.target(number), overwrite=overwrite, expected_size=300_000)

    def remembered(self) -> list[dict[str, object]]:
        try:
            document = json.loads((self.folder / "transfers.json").read_text())
        except FileNotFoundError:
            return []
        return [entry for entries in document.values() for entry in entries]

    def orphan(self) -> None:
        """Make the entries those of a process that is gone."""
        path = self.folder / "transfers.json"
        document = json.loads(path.read_text())
        path.write_text(json.dumps({"999999999/1/x": [entry for entries in document.values() for entry in entries]}))


@pytest.fixture
async def make(tmp_path: Path, server: FaultServer) -> AsyncIterator[Making]:
    making = Making(tmp_path, server)
    yield making
    for queue in making.made:
        await queue.aclose()


async def until(queue: TransferQueue, condition: Callable[[], bool]) -> None:
    """Wait until a change makes ``condition`` true."""
    changed = asyncio.Event()
    unsubscribe = queue.subscribe(changed.set)
    try:
        async with asyncio.timeout(30):
            while not condition():
                await changed.wait()
                changed.clear()
    finally:
        unsubscribe()


def gated(server: FaultServer, mark: int = 100_000) -> threading.Event:
    server.mark, server.gate, server.usual = mark, threading.Event(), Step(burst=50_000)
    return server.gate


async def test_a_download_ends_verified_and_recorded(make: Making, data: bytes) -> None:
    queue = make()
    added = make.add(queue, 1)
    assert queue.busy
    done = await queue.wait(added.id)
    assert done.state is State.DONE
    assert done.sha256 == hashlib.sha256(data).hexdigest()
    assert (done.received_bytes, done.total_bytes, done.members) == (len(data), len(data), 3)
    assert make.target(1).read_bytes() == data
    copy = make.copies.of(key(1))
    assert copy is not None
    assert copy.verified
    assert (copy.path, copy.sha256) == (make.target(1), done.sha256)
    assert queue.summary().active == 0
    assert make.remembered() == []
    assert queue.of(key(1)) == done


async def test_a_batch_runs_three_at_a_time_in_order(make: Making, server: FaultServer, data: bytes) -> None:
    gate = gated(server, 0)
    queue = make(parallel=3)
    ids = [make.add(queue, number).id for number in range(8)]
    await until(queue, lambda: len(server.seen) == 3)
    assert [t.state is State.QUEUED for t in queue.transfers] == [False] * 3 + [True] * 5
    summary = queue.summary()
    assert (summary.active, summary.queued) == (3, 5)
    gate.set()
    done = [await queue.wait(number) for number in ids]
    assert {t.state for t in done} == {State.DONE}
    assert queue.summary().done == 8
    assert all(make.target(number).read_bytes() == data for number in range(8))


async def test_moving_up_changes_who_is_next(make: Making, server: FaultServer) -> None:
    gate = gated(server, 0)
    queue = make(parallel=1)
    ids = [make.add(queue, number).id for number in range(4)]
    queue.move_up(ids[3])
    assert [t.id for t in queue.transfers] == [ids[0], ids[1], ids[3], ids[2]]
    queue.move_up(ids[3])
    queue.move_up(ids[3])
    assert [t.id for t in queue.transfers] == [ids[0], ids[3], ids[1], ids[2]]
    queue.move_up(12345)
    gate.set()
    for number in ids:
        await queue.wait(number)
    assert [link[-2:] for link in make.links.made] == ["s0", "s1", "s2", "s3"]


async def test_pausing_keeps_and_resuming_continues(make: Making, server: FaultServer, data: bytes) -> None:
    gate = gated(server)
    queue = make()
    added = make.add(queue, 1)
    await until(queue, lambda: queue.transfers[0].received_bytes > 0)
    queue.pause(added.id)
    paused = await queue.wait(added.id)
    assert paused.state is State.PAUSED
    kept = part_path(make.target(1)).stat().st_size
    assert kept > 0
    assert len(make.remembered()) == 1
    gate.set()
    queue.resume(added.id)
    done = await queue.wait(added.id)
    assert done.state is State.DONE
    assert done.resumed_from == kept
    assert make.target(1).read_bytes() == data


async def test_cancelling_removes_what_came(make: Making, server: FaultServer) -> None:
    gated(server)
    queue = make()
    added = make.add(queue, 1)
    await until(queue, lambda: queue.transfers[0].received_bytes > 0)
    queue.cancel(added.id)
    assert (await queue.wait(added.id)).state is State.CANCELLED
    assert list((make.folder / "backups").iterdir()) == []
    assert make.remembered() == []


async def test_cancelling_one_that_waits_or_is_paused(make: Making, server: FaultServer) -> None:
    gated(server)
    queue = make(parallel=1)
    first, second = make.add(queue, 1), make.add(queue, 2)
    queue.cancel(second.id)
    assert (await queue.wait(second.id)).state is State.CANCELLED
    await until(queue, lambda: queue.transfers[0].received_bytes > 0)
    queue.pause(first.id)
    await queue.wait(first.id)
    queue.cancel(first.id)
    assert (await queue.wait(first.id)).state is State.CANCELLED
    assert list((make.folder / "backups").iterdir()) == []


async def test_what_fails_says_why_and_can_be_tried_again(make: Making, server: FaultServer, data: bytes) -> None:
    server.usual = html()
    queue = make()
    added = make.add(queue, 1)
    failed = await queue.wait(added.id)
    assert failed.state is State.FAILED
    assert isinstance(failed.error, ArchiveDamaged)
    assert failed.note == failed.error.sentence
    assert queue.summary().failed == 1
    server.usual = Step()
    queue.retry(added.id)
    done = await queue.wait(added.id)
    assert (done.state, done.error, done.note) == (State.DONE, None, "")
    assert make.target(1).read_bytes() == data


async def test_a_file_in_the_way_is_replaced_only_when_asked(make: Making, data: bytes) -> None:
    make.target(1).parent.mkdir()
    make.target(1).write_text("notes")
    queue = make()
    added = make.add(queue, 1)
    failed = await queue.wait(added.id)
    assert isinstance(failed.error, TargetExists)
    assert make.target(1).read_text() == "notes"
    queue.retry(added.id, overwrite=True)
    assert (await queue.wait(added.id)).state is State.DONE
    assert make.target(1).read_bytes() == data


async def test_the_same_archive_again_needs_no_request(make: Making, server: FaultServer) -> None:
    queue = make()
    await queue.wait(make.add(queue, 1).id)
    made = len(make.links.made)
    again = await queue.wait(make.add(queue, 1).id)
    assert (again.state, again.already_present) == (State.DONE, True)
    assert len(make.links.made) == made


async def test_asking_twice_is_one_download(make: Making, server: FaultServer) -> None:
    gate = gated(server)
    queue = make()
    first = make.add(queue, 1)
    assert make.add(queue, 1).id == first.id
    await until(queue, lambda: queue.transfers[0].received_bytes > 0)
    queue.pause(first.id)
    await queue.wait(first.id)
    gate.set()
    assert make.add(queue, 1).id == first.id
    assert (await queue.wait(first.id)).state is State.DONE
    assert len(queue.transfers) == 1


async def test_a_new_run_offers_what_was_not_finished(make: Making, server: FaultServer, data: bytes) -> None:
    gate = gated(server)
    queue = make(parallel=1)
    for number in range(3):
        make.add(queue, number)
    await until(queue, lambda: queue.transfers[0].received_bytes > 0)
    await queue.aclose()
    kept = part_path(make.target(0)).stat().st_size
    assert kept > 0
    assert len(make.remembered()) == 3
    assert "signature" not in json.dumps(make.remembered())
    make.orphan()
    gate.set()
    again = make(parallel=1)
    offered = again.offer_unfinished()
    assert [t.key for t in offered] == [key(0), key(1), key(2)]
    assert {t.state for t in offered} == {State.PAUSED}
    assert [t.received_bytes for t in offered] == [kept, 0, 0]
    assert all(t.from_earlier_run and t.note for t in offered)
    assert again.unfinished() == offered
    assert not again.busy
    again.resume(offered[0].id)
    done = await again.wait(offered[0].id)
    assert (done.state, done.resumed_from) == (State.DONE, kept)
    assert make.target(0).read_bytes() == data
    assert len(again.unfinished()) == 2
    again.cancel(offered[1].id)
    assert again.offer_unfinished() == ()
    assert len(make.remembered()) == 1


async def test_failed_ones_are_offered_again_too(make: Making, server: FaultServer) -> None:
    server.script, server.usual = [Step(ends_at=100_000)], Step(status=503)
    queue = make()
    assert (await queue.wait(make.add(queue, 1).id)).state is State.FAILED
    await queue.aclose()
    make.orphan()
    (offered,) = make().offer_unfinished()
    assert offered.received_bytes == part_path(make.target(1)).stat().st_size > 0


async def test_clearing_forgets_what_failed(make: Making, server: FaultServer) -> None:
    server.usual = Step(status=404)
    queue = make()
    await queue.wait(make.add(queue, 1).id)
    assert len(make.remembered()) == 1
    queue.clear_finished()
    assert queue.transfers == ()
    assert make.remembered() == []


async def test_what_a_running_process_does_is_not_offered(make: Making, server: FaultServer) -> None:
    gated(server)
    queue = make()
    make.add(queue, 1)
    assert make().offer_unfinished() == ()
    path = make.folder / "transfers.json"
    owner = next(iter(json.loads(path.read_text())))
    assert owner.startswith(f"{os.getpid()}/")
    # The same number in another run of the machine is another process.
    number, started, _boot = owner.split("/")
    path.write_text(path.read_text().replace(owner, f"{number}/{started}/another"))
    assert len(make().offer_unfinished()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"1/2/3": [{}]}',
        '{"1/2/3": [{"app_id": "../.."}]}',
        '{"x": 3}',
        "[" * 100_000,
        '{"1/2/3": [{"app_id": "a", "version": "20261122-030000", "app_name": "", "target": "/a\\u0000b"}]}',
    ],
)
async def test_a_memory_that_cannot_be_read_is_none(make: Making, text: str) -> None:
    (make.folder / "transfers.json").write_text(text)
    queue = make()
    assert queue.offer_unfinished() == ()
    await queue.wait(make.add(queue, 1).id)


async def test_a_folder_that_cannot_be_written_only_loses_the_memory(tmp_path: Path, server: FaultServer) -> None:
    (tmp_path / "file").write_text("no folder")
    queue = TransferQueue(
        Links(server),
        LocalCopies(tmp_path / "file" / "copies.sqlite"),
        api_origin=ORIGIN,
        state_path=tmp_path / "file" / "transfers.json",
        patience=QUICK,
    )
    done = await queue.wait(queue.add(key(1), "Loja Bot", tmp_path / "a.zip").id)
    assert done.state is State.DONE
    assert "record" in done.note
    await queue.aclose()


async def test_a_wait_of_the_api_is_shown_where_a_link_is_wanted(make: Making, server: FaultServer) -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    class Waiting:
        async def download_link(self, app_id: str, version: str) -> DownloadLink:
            asked.set()
            await go.wait()
            return await make.links.download_link(app_id, version)

    queue = make(parallel=1, links=Waiting())
    first, second = make.add(queue, 1), make.add(queue, 2)
    await asked.wait()
    await until(queue, lambda: queue.transfers[0].asking)
    assert queue.summary().held_up == ""
    queue.held_up("the requests are used up", 600)
    held = queue.transfers[0]
    assert (held.state, held.note) == (State.WAITING, "the requests are used up")
    assert held.waits_until is not None
    assert queue.transfers[1].state is State.QUEUED
    assert queue.summary().held_up == "the requests are used up"
    asked.clear()
    queue.pause(first.id)
    paused = await queue.wait(first.id)
    assert (paused.asking, paused.waits_until) == (False, None)
    await until(queue, lambda: queue.transfers[1].state is State.WAITING)  # it comes into the same wait
    go.set()
    done = await queue.wait(second.id)
    assert (done.state, done.note, done.waits_until) == (State.DONE, "", None)


async def test_members_that_were_not_checked_are_said(make: Making, server: FaultServer) -> None:
    server.contents = [archive([Entry("secret", b"x" * 40, deflated=False, flags=1)])]
    make.links.size = None
    queue = make()
    done = await queue.wait(make.add(queue, 1).id)
    assert (done.state, done.unchecked) == (State.DONE, 1)
    assert "not checked" in done.note
    copy = make.copies.of(key(1))
    assert copy is not None
    assert not copy.verified


async def test_a_new_token_serves_what_waits(make: Making, data: bytes, server: FaultServer) -> None:
    class Refusing:
        async def download_link(self, app_id: str, version: str) -> DownloadLink:
            raise SnaptuiError("Sign in again.")

    queue = make(links=Refusing())
    added = make.add(queue, 1)
    assert (await queue.wait(added.id)).state is State.FAILED
    queue.use_links(make.links, make.folder / "other.json")
    queue.retry(added.id)
    assert json.loads((make.folder / "other.json").read_text())
    assert make.remembered() == []
    assert (await queue.wait(added.id)).state is State.DONE


async def test_changes_are_told_together(make: Making, server: FaultServer) -> None:
    server.usual = Step(burst=2_000)
    queue = make()
    told: list[float] = []
    loop = asyncio.get_running_loop()
    unsubscribe = queue.subscribe(lambda: told.append(loop.time()))
    for number in range(6):
        make.add(queue, number)
    for transfer in queue.transfers:
        await queue.wait(transfer.id)
    await until(queue, lambda: True)
    gaps = [later - earlier for earlier, later in pairwise(told)]
    assert told
    assert all(gap >= 0.09 for gap in gaps)
    unsubscribe()
    unsubscribe()


async def test_a_pause_that_comes_too_late_finds_it_done(make: Making, server: FaultServer) -> None:
    queue = make()
    added = make.add(queue, 1)
    stopped = False

    def stop() -> bool:
        nonlocal stopped
        current = queue.get(added.id)
        if current is not None and current.sha256 is not None and not stopped:
            stopped = True
            queue.cancel(added.id)
        return current is not None and current.state in (State.DONE, State.CANCELLED)

    await until(queue, stop)
    assert (await queue.wait(added.id)).state is State.DONE
    assert make.target(1).exists()


async def test_closing_twice_and_adding_after_it_starts_nothing(make: Making, server: FaultServer) -> None:
    queue = make()
    await queue.aclose()
    make.add(queue, 1)
    await queue.aclose()
    assert server.seen == []
