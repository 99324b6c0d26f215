"""The queue with the real API client against the demo's server: a batch, its links, and its requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from snaptui.api import DiscloudApi
from snaptui.demo.run import DemoServer
from snaptui.pacing import Wait
from snaptui.tokens import Token
from snaptui.transfers.local import LocalCopies
from snaptui.transfers.queue import State, Transfer, TransferQueue

pytestmark = pytest.mark.anyio


async def test_fifty_downloads_never_run_into_the_limit_and_say_what_they_wait_for(tmp_path: Path) -> None:
    with DemoServer(requests_per_minute=30) as demo:
        demo.controls.window_seconds = 0.5
        held: list[Wait] = []

        def wait(told: Wait) -> None:
            held.append(told)
            queue.held_up(told.why, told.seconds)

        async with DiscloudApi(demo.api_url, Token.parse(demo.token), on_wait=wait) as api:
            queue = TransferQueue(
                api,
                LocalCopies(tmp_path / "copies.sqlite"),
                api_origin=api.origin,
                parallel=8,
                state_path=tmp_path / "transfers.json",
            )
            listing = await api.snapshots_page(1, 200)
            smallest = sorted(listing.snapshots, key=lambda snapshot: snapshot.size_bytes or 0)[:50]
            for s in smallest:
                queue.add(s.key, "app", tmp_path / f"{s.app_id}-{s.version}.zip", expected_size=s.size_bytes)
            waiting: list[Transfer] = []
            queue.subscribe(lambda: waiting.extend(t for t in queue.transfers if t.state is State.WAITING))
            done = [await queue.wait(transfer.id) for transfer in queue.transfers]
            assert {t.state for t in done} == {State.DONE}, [t.note for t in done]
            await queue.aclose()
        assert held, "the budget was never spent, so nothing was tried here"
        assert {t.note for t in waiting} == {"the account's requests are used up"}
        assert all(t.waits_until is not None for t in waiting)
        assert demo.controls.limited == 0


@pytest.mark.parametrize("single_use", [True, False])
async def test_a_batch_from_the_demo_is_verified_and_never_limited(tmp_path: Path, single_use: bool) -> None:
    with DemoServer() as demo:
        demo.controls.single_use_links = single_use
        async with DiscloudApi(demo.api_url, Token.parse(demo.token)) as api:
            listing = await api.snapshots_page(1, 200)
            smallest = sorted(listing.snapshots, key=lambda snapshot: snapshot.size_bytes or 0)[:12]
            copies = LocalCopies(tmp_path / "copies.sqlite")
            queue = TransferQueue(api, copies, api_origin=api.origin, state_path=tmp_path / "transfers.json")
            added = [
                queue.add(s.key, "app", tmp_path / f"{s.app_id}-{s.version}.zip", expected_size=s.size_bytes)
                for s in smallest
            ]
            done = [await queue.wait(transfer.id) for transfer in added]
            assert {t.state for t in done} == {State.DONE}, [t.note for t in done]
            assert len(copies.all()) == len(smallest)
            await queue.aclose()
        archives = [request for request in demo.controls.requests if request.origin == "archives"]
        assert not any(request.had_token for request in archives)
        assert {request.method for request in archives} == {"GET"}
