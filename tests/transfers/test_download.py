"""One download against a host that fails: each fault once, with what must come of it."""

# ruff: noqa: ASYNC240 - nothing else runs in these loops
from __future__ import annotations

import hashlib
import os
import re
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from snaptui.errors import (
    ArchiveDamaged,
    CannotWrite,
    LinkRefused,
    NetworkFailed,
    NotFound,
    RateLimited,
    ServerFailed,
    SnaptuiError,
    TargetExists,
    TokenRefused,
    TransferBroken,
)
from snaptui.models import SnapshotKey
from snaptui.transfers.events import Advanced, Asking, Checking, Started, StartedOver, Waiting
from snaptui.transfers.state import part_path, read_state, state_path
from tests.archives.zips import Entry, archive
from tests.faults.doing import KEY, QUICK, Links, beside, fetch, finished, make_zip
from tests.faults.script import Step, html
from tests.faults.server import FaultServer

pytestmark = pytest.mark.anyio

CUT = Step(ends_at=100_000)


async def test_a_whole_archive_arrives_with_the_users_mode(server: FaultServer, data: bytes, target: Path) -> None:
    events = await fetch(Links(server, size=len(data)), target)
    last = finished(events)
    assert target.read_bytes() == data
    assert last.sha256 == hashlib.sha256(data).hexdigest()
    assert (last.size_bytes, last.members, last.resumed_from, last.already_present) == (len(data), 3, 0, False)
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~umask
    assert beside(target) == []
    assert [type(event) for event in events[:2]] == [Asking, Started]
    assert any(isinstance(event, Checking) for event in events)


async def test_the_request_asks_for_plain_bytes_and_brings_no_token(
    server: FaultServer, data: bytes, target: Path
) -> None:
    await fetch(Links(server), target)
    (seen,) = server.seen
    assert seen.method == "GET"
    assert seen.headers["accept-encoding"] == "identity"
    assert seen.headers["host"] == f"127.0.0.1:{server.port}"
    assert not {"api-token", "authorization", "cookie", "range"} & set(seen.headers)


async def test_folders_on_the_way_are_made(server: FaultServer, data: bytes, tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "c.zip"
    await fetch(Links(server), target)
    assert target.read_bytes() == data


@pytest.mark.parametrize("ending", ["reset", "close", "stall"])
async def test_a_broken_connection_is_continued_where_it_was(
    server: FaultServer, data: bytes, target: Path, ending: str
) -> None:
    server.script = [Step(ends_at=100_000, ending=ending), Step(ends_at=50_000, ending=ending)]  # type: ignore[arg-type]
    events = await fetch(Links(server, size=len(data)), target)
    assert target.read_bytes() == data
    assert sum(isinstance(event, Waiting) for event in events) == 2
    assert not any(isinstance(event, StartedOver) for event in events)
    assert [seen.status for seen in server.seen] == [200, 206, 206]
    assert server.seen[1].headers["if-range"] == '"v0"'


async def test_a_later_run_continues_and_says_so(server: FaultServer, data: bytes, target: Path) -> None:
    server.script = [CUT, *[Step(status=503)] * 10]
    with pytest.raises(TransferBroken, match="what came is kept"):
        await fetch(Links(server, size=len(data)), target)
    assert beside(target) == [f"{target.name}.part", f"{target.name}.part.json"]
    assert stat.S_IMODE(part_path(target).stat().st_mode) == 0o600
    kept = part_path(target).stat().st_size
    assert 0 < kept <= 100_000
    server.script = []
    events = await fetch(Links(server, size=len(data)), target)
    assert target.read_bytes() == data
    assert finished(events).resumed_from == kept
    assert server.seen[-1].start == kept


async def test_no_link_is_written_anywhere(server: FaultServer, data: bytes, target: Path) -> None:
    server.script = [CUT, *[Step(status=503)] * 10]
    with pytest.raises(TransferBroken) as caught:
        await fetch(Links(server, size=len(data)), target)
    written = state_path(target).read_text()
    assert "signature" not in written
    assert str(server.port) not in written
    assert "signature" not in str(caught.value)
    state = read_state(target)
    assert state is not None
    assert (state.app_id, state.version, state.total, state.etag) == (*KEY, len(data), '"v0"')


@pytest.mark.parametrize("status", [401, 403, 410])
async def test_a_refused_link_is_renewed_and_the_download_goes_on(
    server: FaultServer, data: bytes, target: Path, status: int
) -> None:
    server.refusal, server.expires_at_byte, server.script = status, 100_000, [CUT]
    links = Links(server, size=len(data))
    events = await fetch(links, target)
    assert target.read_bytes() == data
    assert len(links.made) == 2
    assert [seen.status for seen in server.seen] == [200, status, 206]
    assert not any(isinstance(event, StartedOver) for event in events)


async def test_a_single_use_link_is_renewed_for_each_request(server: FaultServer, data: bytes, target: Path) -> None:
    server.single_use, server.script = True, [CUT, Step(), Step(ends_at=50_000)]
    links = Links(server, size=len(data))
    await fetch(links, target)
    assert target.read_bytes() == data
    assert len(links.made) == 3


async def test_a_used_up_link_may_answer_404(server: FaultServer, data: bytes, target: Path) -> None:
    server.single_use, server.refusal, server.script = True, 404, [CUT]
    await fetch(Links(server, size=len(data)), target)
    assert target.read_bytes() == data


async def test_a_link_past_its_end_is_not_tried_again(server: FaultServer, data: bytes, target: Path) -> None:
    server.script = [CUT]
    links = Links(server, size=len(data), lives=-1)
    await fetch(links, target)
    assert target.read_bytes() == data
    assert len(links.made) == len(server.seen) == 2


async def test_links_that_are_all_refused_end_it(server: FaultServer, target: Path) -> None:
    server.usual = Step(status=403)
    links = Links(server)
    with pytest.raises(LinkRefused):
        await fetch(links, target)
    assert len(links.made) == 4
    assert beside(target) == []


@pytest.mark.parametrize("lie", ["offset", "total", "etag", "no-etag", "no-content-range", "multipart"])
async def test_a_206_that_does_not_fit_is_not_taken(server: FaultServer, data: bytes, target: Path, lie: str) -> None:
    server.script = [CUT, Step(lie=lie)]  # type: ignore[arg-type]
    events = await fetch(Links(server, size=len(data)), target)
    assert target.read_bytes() == data
    assert finished(events).resumed_from == 0
    assert any(isinstance(event, StartedOver) for event in events)


@pytest.mark.parametrize(
    "step", [Step(ranges=False), Step(tag="none"), Step(tag="weak"), Step(tag="broken")], ids=lambda s: f"{s.tag}"
)
async def test_a_host_that_cannot_continue_starts_over_and_it_is_said(
    server: FaultServer, data: bytes, target: Path, step: Step
) -> None:
    server.usual = step
    server.script = [Step(ends_at=100_000, tag=step.tag, ranges=step.ranges)]
    events = await fetch(Links(server, size=len(data)), target)
    assert target.read_bytes() == data
    over = [event for event in events if isinstance(event, StartedOver)]
    assert len(over) == 1
    assert over[0].reason


async def test_without_a_strong_etag_nothing_useless_is_kept(server: FaultServer, data: bytes, target: Path) -> None:
    server.usual = Step(status=503)
    server.script = [Step(ends_at=100_000, tag="weak")]
    with pytest.raises(TransferBroken, match="cannot be continued"):
        await fetch(Links(server, size=len(data)), target)
    assert beside(target) == []


async def test_an_archive_that_changed_midway_is_never_mixed(server: FaultServer, other: bytes, target: Path) -> None:
    server.script, server.usual = [CUT], Step(content=1)
    events = await fetch(Links(server, size=len(other)), target)
    assert target.read_bytes() == other
    assert any(isinstance(event, StartedOver) for event in events)


async def test_a_mix_under_one_etag_is_found_by_the_check_and_fetched_in_one_piece(
    server: FaultServer, data: bytes, target: Path
) -> None:
    server.script = [CUT, Step(content=1, lie="same-etag")]
    events = await fetch(Links(server, size=len(data)), target)
    assert target.read_bytes() == data
    assert [seen.status for seen in server.seen] == [200, 206, 200]
    assert sum(isinstance(event, StartedOver) for event in events) == 1


async def test_half_old_and_half_new_is_exit_8_and_removed(
    server: FaultServer, data: bytes, other: bytes, target: Path
) -> None:
    server.contents = [data[:100_000] + other[100_000:]]
    with pytest.raises(ArchiveDamaged, match="removed") as caught:
        await fetch(Links(server, size=len(data)), target)
    assert caught.value.exit_code == 8
    assert not target.exists()
    assert beside(target) == []


async def test_html_with_status_200_is_exit_8(server: FaultServer, data: bytes, target: Path) -> None:
    server.usual = html()
    with pytest.raises(ArchiveDamaged) as caught:
        await fetch(Links(server), target)
    assert caught.value.exit_code == 8
    assert beside(target) == []


async def test_html_in_between_costs_nothing_that_is_here(server: FaultServer, data: bytes, target: Path) -> None:
    server.script = [CUT, html()]
    events = await fetch(Links(server, size=len(data)), target)
    assert target.read_bytes() == data
    assert not any(isinstance(event, StartedOver) for event in events)
    assert server.seen[-1].status == 206


@pytest.mark.parametrize("size_known", [True, False])
async def test_a_body_that_ends_early_is_exit_8(
    server: FaultServer, data: bytes, target: Path, size_known: bool
) -> None:
    server.usual = Step(length="none", ends_at=100_000, ending="close", tag="none")
    with pytest.raises(ArchiveDamaged) as caught:
        await fetch(Links(server, size=len(data) if size_known else None), target)
    assert caught.value.exit_code == 8
    assert beside(target) == []


@pytest.mark.parametrize("length", ["short", "long"])
@pytest.mark.parametrize("size_known", [True, False])
async def test_a_wrong_content_length_is_never_believed(
    server: FaultServer, data: bytes, target: Path, length: str, size_known: bool
) -> None:
    server.usual = Step(length=length, ending="close", ranges=False)  # type: ignore[arg-type]
    with pytest.raises(ArchiveDamaged):
        await fetch(Links(server, size=len(data) if size_known else None), target)
    assert not target.exists()


@pytest.mark.parametrize("length", ["none", "chunked"])
async def test_a_body_without_a_length_is_taken(server: FaultServer, data: bytes, target: Path, length: str) -> None:
    server.usual = Step(length=length)  # type: ignore[arg-type]
    await fetch(Links(server), target)
    assert target.read_bytes() == data


async def test_more_than_was_announced_is_not_taken(server: FaultServer, data: bytes, target: Path) -> None:
    server.usual = Step(length="chunked")
    with pytest.raises(ArchiveDamaged, match="longer"):
        await fetch(Links(server, size=len(data) - 1), target)
    assert not target.exists()


async def test_a_packed_body_is_not_taken(server: FaultServer, target: Path) -> None:
    server.usual = Step(packed=True)
    with pytest.raises(TransferBroken):
        await fetch(Links(server), target)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_what_can_pass_is_tried_again(server: FaultServer, data: bytes, target: Path, status: int) -> None:
    server.script = [Step(status=status)] * 3
    events = await fetch(Links(server), target)
    assert target.read_bytes() == data
    assert sum(isinstance(event, Waiting) for event in events) == 3


@pytest.mark.parametrize("header", ["Retry-After", "ratelimit-reset"])
async def test_a_host_that_asks_to_wait_is_obeyed(server: FaultServer, target: Path, header: str) -> None:
    server.script = [Step(status=429, headers=((header, "1"),))]
    events = await fetch(Links(server), target)
    (wait,) = [event for event in events if isinstance(event, Waiting)]
    assert wait.seconds >= 1


async def test_a_host_that_asks_to_wait_too_long_is_told_to_the_person(server: FaultServer, target: Path) -> None:
    server.usual = Step(status=429, headers=(("Retry-After", "Wed, 01 Jan 2200 00:00:00 GMT"),))
    with pytest.raises(RateLimited) as caught:
        await fetch(Links(server), target)
    assert caught.value.exit_code == 6
    assert len(server.seen) == 1


async def test_failures_of_the_api_pass_too(server: FaultServer, data: bytes, target: Path) -> None:
    links = Links(server)
    links.failures = [ServerFailed("The server failed."), NetworkFailed("It broke.", "broken")]
    await fetch(links, target)
    assert target.read_bytes() == data


@pytest.mark.parametrize("error", [NotFound("gone"), TokenRefused("no"), NetworkFailed("bad", "tls")])
async def test_what_cannot_pass_stops_at_once(server: FaultServer, target: Path, error: Exception) -> None:
    links = Links(server)
    links.failures = [error]
    with pytest.raises(type(error)):
        await fetch(links, target)
    assert server.seen == []
    assert beside(target) == []


async def test_a_404_stops_at_once_and_keeps_the_part(server: FaultServer, data: bytes, target: Path) -> None:
    server.script = [CUT, *[Step(status=503)] * 5]
    with pytest.raises(TransferBroken):
        await fetch(Links(server, size=len(data)), target)
    before = len(server.seen)
    server.script = [Step(status=404)]
    with pytest.raises(NotFound):
        await fetch(Links(server, size=len(data)), target)
    assert len(server.seen) == before + 1
    assert part_path(target).stat().st_size > 0


async def test_progress_renews_the_tries(server: FaultServer, data: bytes, target: Path) -> None:
    server.script = [Step(ends_at=10_000, ending="close") for _ in range(25)]
    await fetch(Links(server, size=len(data)), target)
    assert target.read_bytes() == data


async def test_starting_over_again_and_again_ends(server: FaultServer, data: bytes, target: Path) -> None:
    server.usual = Step(ends_at=100_000, ending="close", ranges=False, tag="none")
    with pytest.raises(ArchiveDamaged):
        await fetch(Links(server, size=len(data)), target)
    assert len(server.seen) <= 6


async def test_a_head_that_never_ends_is_a_failure(server: FaultServer, data: bytes, target: Path) -> None:
    server.script = [Step(head=False, ending="stall")]
    await fetch(Links(server), target)
    assert target.read_bytes() == data


async def test_slow_bytes_are_bytes(server: FaultServer, data: bytes, target: Path) -> None:
    server.usual = Step(burst=2_000)
    events = await fetch(Links(server, size=len(data)), target)
    assert target.read_bytes() == data
    told = [event.received_bytes for event in events if isinstance(event, Advanced)]
    assert told == sorted(told)
    assert len(told) <= 40


async def test_a_silence_is_told_and_what_came_before_it_is_kept(
    server: FaultServer, data: bytes, target: Path
) -> None:
    server.mark, server.gate, server.usual = 200_000, threading.Event(), Step(burst=50_000)
    rates: list[float | None] = []

    def look(event: object) -> None:
        if isinstance(event, Advanced) and event.received_bytes >= 200_000 and server.gate is not None:
            assert part_path(target).stat().st_size >= 200_000
            rates.append(event.bytes_per_second)
            if len(rates) == 3:
                server.gate.set()

    patient = replace(QUICK, stall_seconds=30)
    await fetch(Links(server, size=len(data)), target, on_event=look, patience=patient)
    assert target.read_bytes() == data
    first, second, third = rates[:3]
    assert second is not None
    assert third is not None
    assert third < second < (first or float("inf")), "the rate falls while nothing comes"
    assert len(server.seen) == 1


async def test_the_same_file_is_left_alone(server: FaultServer, data: bytes, target: Path) -> None:
    target.write_bytes(data)
    before = target.stat()
    last = finished(await fetch(Links(server, size=len(data)), target))
    assert last.already_present
    assert target.stat().st_ino == before.st_ino
    assert server.sent < 1_000
    assert beside(target) == []


async def test_the_same_file_is_known_by_the_record_without_a_request(
    server: FaultServer, data: bytes, target: Path
) -> None:
    target.write_bytes(data)
    links = Links(server, size=len(data))
    events = await fetch(links, target, known_sha256=hashlib.sha256(data).hexdigest())
    assert finished(events).already_present
    assert links.made == []


@pytest.mark.parametrize("size_known", [True, False])
@pytest.mark.parametrize("ranges", [True, False])
async def test_another_archive_of_the_same_size_is_another_file(
    server: FaultServer, data: bytes, other: bytes, target: Path, ranges: bool, size_known: bool
) -> None:
    target.write_bytes(other)
    server.usual = Step(ranges=ranges)
    with pytest.raises(TargetExists):
        await fetch(Links(server, size=len(data) if size_known else None), target)
    assert target.read_bytes() == other
    assert beside(target) == []


async def test_the_same_file_is_recognised_where_the_host_has_no_ranges(
    server: FaultServer, data: bytes, target: Path
) -> None:
    target.write_bytes(data)
    server.usual = Step(ranges=False)
    server.script = [Step(status=503), Step(ranges=False, ends_at=100_000)]
    assert finished(await fetch(Links(server), target)).already_present


async def test_what_is_no_archive_is_another_file(server: FaultServer, target: Path) -> None:
    target.write_text("my notes")
    with pytest.raises(TargetExists):
        await fetch(Links(server), target)
    assert target.read_text() == "my notes"
    assert server.seen == []


async def test_force_replaces_the_file_when_the_new_one_is_whole(
    server: FaultServer, data: bytes, target: Path
) -> None:
    target.write_text("my notes")
    server.usual = html()
    with pytest.raises(ArchiveDamaged):
        await fetch(Links(server), target, overwrite=True)
    assert target.read_text() == "my notes"
    server.usual = Step()
    await fetch(Links(server), target, overwrite=True)
    assert target.read_bytes() == data


async def test_a_file_that_appears_meanwhile_is_not_replaced(server: FaultServer, data: bytes, target: Path) -> None:
    def appear(event: object) -> None:
        if isinstance(event, Started):
            target.write_text("my notes")

    server.usual = Step(burst=20_000)
    with pytest.raises(TargetExists):
        await fetch(Links(server, size=len(data)), target, on_event=appear)
    assert target.read_text() == "my notes"
    target.unlink()
    before = server.sent
    await fetch(Links(server, size=len(data)), target)
    assert target.read_bytes() == data
    assert server.sent == before, "every byte was here already"


async def test_a_symlink_is_replaced_and_not_followed(server: FaultServer, data: bytes, target: Path) -> None:
    elsewhere = target.parent.parent / "precious"
    elsewhere.write_text("precious")
    target.symlink_to(elsewhere)
    with pytest.raises(TargetExists):
        await fetch(Links(server), target)
    await fetch(Links(server), target, overwrite=True)
    assert elsewhere.read_text() == "precious"
    assert not target.is_symlink()
    assert target.read_bytes() == data


async def test_a_dangling_symlink_is_not_written_through(server: FaultServer, target: Path) -> None:
    target.symlink_to(target.parent.parent / "nowhere")
    with pytest.raises(TargetExists):
        await fetch(Links(server), target)
    assert not (target.parent.parent / "nowhere").exists()


@pytest.mark.parametrize("overwrite", [True, False])
async def test_a_folder_is_no_file_name(server: FaultServer, target: Path, overwrite: bool) -> None:
    target.mkdir()
    with pytest.raises(CannotWrite):
        await fetch(Links(server), target, overwrite=overwrite)
    assert server.seen == []


async def test_a_part_that_is_a_symlink_is_not_written_through(server: FaultServer, target: Path) -> None:
    elsewhere = target.parent.parent / "precious"
    elsewhere.write_text("precious")
    part_path(target).symlink_to(elsewhere)
    with pytest.raises(CannotWrite):
        await fetch(Links(server), target)
    assert elsewhere.read_text() == "precious"


async def test_another_versions_part_is_not_continued(server: FaultServer, data: bytes, target: Path) -> None:
    server.script = [CUT, *[Step(status=503)] * 5]
    with pytest.raises(TransferBroken):
        await fetch(Links(server, size=len(data)), target)
    newer = SnapshotKey(KEY.app_id, "20261123-030000")
    server.script, server.usual = [], Step(content=1)
    events = await fetch(Links(server), target, key=newer)
    assert target.read_bytes() == server.contents[1]
    assert any(isinstance(event, StartedOver) for event in events)


async def test_members_that_cannot_be_checked_are_told(server: FaultServer, target: Path) -> None:
    secret = Entry("secret", b"x" * 40, deflated=False, flags=1, crc=7)
    odd = Entry("odd", b"y" * 40, method=93, deflated=False)
    server.contents = [archive([Entry("plain", b"z" * 50), secret, odd])]
    last = finished(await fetch(Links(server), target))
    assert (last.members, last.unchecked) == (3, 2)


async def test_an_empty_archive_is_an_archive(server: FaultServer, target: Path) -> None:
    server.contents = [archive([])]
    assert finished(await fetch(Links(server), target)).members == 0


async def test_a_bomb_of_shared_headers_is_damaged(server: FaultServer, target: Path) -> None:
    entries = [Entry("a", b"0" * 5_000), Entry("b", b"0" * 5_000, offset=0, local_name=b"a")]
    server.contents = [archive(entries)]
    with pytest.raises(ArchiveDamaged):
        await fetch(Links(server), target)


async def test_every_sentence_is_one_and_names_no_link(server: FaultServer, data: bytes, target: Path) -> None:
    for usual in (Step(status=403), Step(status=418), html(), Step(status=503), Step(packed=True)):
        server.usual = usual
        with pytest.raises(SnaptuiError) as caught:
            await fetch(Links(server), target)
        sentence = str(caught.value)
        assert re.fullmatch(r"[A-Z][^\n]*[^.]\.", sentence), sentence
        assert "http" not in sentence


async def test_large_archives_are_synced_on_the_way(tmp_path: Path) -> None:
    size = 8 * 1024 * 1024
    data = make_zip(size)
    seen: list[int] = []
    target = tmp_path / "large.zip"

    def look(event: object) -> None:
        if isinstance(event, Advanced) and (state := read_state(target)) is not None:
            seen.append(state.synced)

    with FaultServer([data]) as server:
        server.script = [Step(burst=256 * 1024)]
        await fetch(Links(server, size=len(data)), target, on_event=look)
    assert target.read_bytes() == data
    assert max(seen) >= 1024 * 1024
