"""The queue with the real API client against the demo's server: a batch, its links, and its requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from snaptui.api import DiscloudApi
from snaptui.demo.run import DemoServer
from snaptui.tokens import Token
from snaptui.transfers.local import LocalCopies
from snaptui.transfers.queue import State, TransferQueue

pytestmark = pytest.mark.anyio


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
