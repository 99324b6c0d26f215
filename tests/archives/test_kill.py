"""A real process that restores is killed at random moments; going on or going back must both be exact."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from snaptui.archives.runs import find_unfinished
from snaptui.errors import NotFound
from tests.archives.doing import go_on, put_back, take_back
from tests.archives.zips import honest, read_tree, state_of, write_tree

pytestmark = pytest.mark.anyio

_PROGRAM = """
import asyncio, sys
from pathlib import Path
from snaptui.archives.restore import undo
from tests.archives.doing import put_back

async def main():
    what, archive, target = sys.argv[1:]
    print("ready", flush=True)
    if what == "undo":
        async for _event in undo(Path(target)):
            pass
    else:
        await put_back(Path(archive).read_bytes(), Path(target))

asyncio.run(main())
"""

OLD = {f"d{i % 20}/f{i}.txt": b"old %d" % i for i in range(0, 400, 2)}
NEW = {f"d{i % 20}/f{i}.txt": b"new %d " % i * 50 for i in range(400)}


def run_and_kill(what: str, archive: Path, target: Path, after: float) -> int:
    """Start the program, kill it ``after`` seconds from when it begins to work; return how it ended."""
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, what, str(archive), str(target)], stdout=subprocess.PIPE, cwd=Path.cwd()
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        deadline = time.monotonic() + after
        while time.monotonic() < deadline and process.poll() is None:
            pass  # a moment is what the test is about: nothing to wait for
        process.send_signal(signal.SIGKILL)
        return process.wait()


@pytest.fixture(params=[6, pytest.param(150, marks=pytest.mark.slow)])
def kills(request: pytest.FixtureRequest) -> int:
    return int(request.param)


async def test_killed_at_any_moment(kills: int, tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(honest(NEW))
    chance = random.Random(kills)
    seen: dict[str, int] = {}
    for number in range(kills):
        target = tmp_path / f"t{number}"
        write_tree(target, OLD)
        before = state_of(target)
        code = run_and_kill("restore", archive, target, chance.uniform(0, 0.12))
        unfinished = find_unfinished(target)
        applied = (target / ".snaptui-undo").exists() and unfinished is None
        kind = "finished" if code == 0 or applied else "half" if unfinished else "untouched"
        seen[kind] = seen.get(kind, 0) + 1
        if kind == "untouched":
            assert state_of(target) == before
        if number % 2 and kind != "untouched":
            run_and_kill("undo", archive, target, chance.uniform(0, 0.05))
            with contextlib.suppress(NotFound):  # the killed one may have got that far
                await take_back(target)
            assert state_of(target) == before
            continue
        if unfinished:
            await go_on(target)
        await put_back(archive.read_bytes(), target)
        assert read_tree(target) == NEW
        await take_back(target)
        assert state_of(target) == before
        assert read_tree(target) == OLD
    assert sum(seen.values()) == kills
