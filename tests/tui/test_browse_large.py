"""An archive of 100,000 members on the screen; ``tests.benchmarks.browse`` has the figures and their budgets."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.browse import make_flat, make_many, opening
from tests.tui.stage import staged

pytestmark = pytest.mark.anyio


@pytest.fixture
def a_heap_of_its_own() -> Iterator[None]:
    """What a thousand tests before this one left is not the program's to look through."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("a_heap_of_its_own")
async def test_100_000_members_open_at_once_and_hold_up_nothing(tmp_path: Path) -> None:
    make_many(tmp_path / "many.zip")
    make_flat(tmp_path / "flat.zip")
    async with staged(tmp_path / "home") as s:
        await s.loaded()
        for name in ("many.zip", "flat.zip"):
            seconds, lag = await opening(s, tmp_path / name)
            # Generous, for a machine that is busy with other tests; what worked is hardly lengthened by those.
            assert seconds < 5
            assert lag.worked < 0.15
