"""Whole processes: killed at random moments, two at once, on a disk that is full, through a power cut."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from snaptui.transfers.state import part_path, read_state, state_path
from tests.faults.doing import KEY, beside, make_zip
from tests.faults.script import Step
from tests.faults.server import FaultServer

MIB = 1 << 20


@pytest.fixture(scope="module")
def large() -> bytes:
    """An archive of some MiB."""
    return make_zip(12 * MIB)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where it goes."""
    return tmp_path / "archive.zip"


@contextmanager
def started(server: FaultServer, target: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    """A process that downloads; killed when it is left behind."""
    size = str(len(server.contents[0]))
    argv = [sys.executable, "-m", "tests.faults.runner", f"{server.origin}/a.zip?signature=s", size, str(target)]
    process = subprocess.Popen([*argv, *more], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def told(text: str) -> list[dict[str, Any]]:
    """The events a process printed."""
    return [json.loads(line) for line in text.splitlines()]


def run(server: FaultServer, target: Path, *more: str) -> tuple[int, list[dict[str, Any]]]:
    """Run to the end; return exit code and events."""
    with started(server, target, *more) as process:
        output = process.communicate(timeout=60)[0]
        return process.returncode, told(output)


def kill_at(server: FaultServer, target: Path, mark: int) -> None:
    """Kill a download once the server has sent ``mark`` bytes; nothing may be at the final name then."""
    server.mark = mark
    server.reached.clear()
    with started(server, target) as process:
        assert server.reached.wait(30)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
    assert not target.exists()


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again_it_finishes_with_the_exact_bytes(large: bytes, target: Path, seed: int) -> None:
    rng = random.Random(seed)
    marks = sorted(rng.sample(range(MIB, len(large) - MIB), 4))
    with FaultServer([large]) as server:
        server.usual = Step(burst=64 * 1024)
        for mark in marks:
            kill_at(server, target, mark)
        before = list(server.seen)
        code, events = run(server, target)
        assert code == 0
        assert target.read_bytes() == large
        assert beside(target) == []
        assert events[-1]["event"] == "Finished"
        assert events[-1]["resumed_from"] > 0
        for seen, after in zip(before, [*before[1:], server.seen[-1]], strict=True):
            assert seen.start + seen.sent - after.start <= MIB, "too much was transferred again"


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_a_hundred_random_moments(large: bytes, tmp_path: Path) -> None:
    rng = random.Random(7)
    kills = 0
    with FaultServer([large]) as server:
        server.usual = Step(burst=64 * 1024)
        while kills < 100:
            target = tmp_path / f"{kills}.zip"
            while not target.exists():
                with started(server, target) as process:
                    try:
                        process.communicate(timeout=rng.uniform(0.15, 0.6))
                    except subprocess.TimeoutExpired:
                        os.kill(process.pid, signal.SIGKILL)
                        kills += 1
                assert not target.exists() or target.read_bytes() == large
            assert run(server, target)[0] == 0
            assert not list(tmp_path.glob("*.part*"))
            target.unlink()


def test_killed_while_it_checks_it_needs_no_byte_again(large: bytes, target: Path) -> None:
    with FaultServer([large]) as server:
        with started(server, target) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if json.loads(line)["event"] == "Checking":
                    os.kill(process.pid, signal.SIGKILL)
                    break
        if target.exists():
            pytest.skip("it was quicker than the signal")
        requests = len(server.seen)
        code, events = run(server, target)
        assert code == 0
        assert target.read_bytes() == large
        assert len(server.seen) == requests
        assert events[-1]["resumed_from"] == len(large)


def test_after_a_power_cut_only_synced_bytes_are_believed(large: bytes, target: Path) -> None:
    with FaultServer([large]) as server:
        server.usual = Step(burst=64 * 1024)
        kill_at(server, target, 4 * MIB)
        # The machine starts again, and what had not been synced is garbage, as file systems leave it.
        state = json.loads(state_path(target).read_text())
        synced = 2 * MIB
        state_path(target).write_text(json.dumps(state | {"boot": "another", "synced": synced}))
        with part_path(target).open("r+b") as part:
            part.seek(synced)
            part.write(bytes(part_path(target).stat().st_size - synced))
        code, events = run(server, target)
        assert code == 0
        assert target.read_bytes() == large
        assert server.seen[-1].start == synced
        assert events[-1]["resumed_from"] == synced


def test_two_at_once_do_not_fight(large: bytes, target: Path) -> None:
    with FaultServer([large]) as server:
        server.mark, server.gate = MIB, threading.Event()
        with started(server, target) as first:
            assert server.reached.wait(30)
            code, events = run(server, target)
            assert code == 1
            assert events[-1]["event"] == "HeldElsewhere"
            assert str(first.pid) in events[-1]["sentence"]
            with started(server, target, "--wait") as second:
                assert second.stdout is not None
                waiting = json.loads(second.stdout.readline())
                assert waiting["event"] == "Waiting"
                assert str(first.pid) in waiting["reason"]
                server.gate.set()
                output = first.communicate(timeout=60)[0]
                assert first.returncode == 0
                assert told(output)[-1]["event"] == "Finished"
                rest = second.communicate(timeout=60)[0]
                assert second.returncode == 0
                assert told(rest)[-1]["already_present"] is True
        assert target.read_bytes() == large
        assert beside(target) == []


def test_two_that_start_together_leave_one_exact_file(large: bytes, target: Path) -> None:
    with FaultServer([large]) as server, started(server, target, "--wait") as one:
        with started(server, target, "--wait") as two:
            outputs = [process.communicate(timeout=60)[0] for process in (one, two)]
            assert [one.returncode, two.returncode] == [0, 0], outputs
        assert target.read_bytes() == large
        assert beside(target) == []
        assert server.sent < len(large) + MIB


def test_the_second_takes_over_from_a_killed_first(large: bytes, target: Path) -> None:
    with FaultServer([large]) as server:
        server.mark, server.gate = 2 * MIB, threading.Event()
        with started(server, target) as first:
            assert server.reached.wait(30)
            with started(server, target, "--wait") as second:
                assert second.stdout is not None
                assert json.loads(second.stdout.readline())["event"] == "Waiting"
                os.kill(first.pid, signal.SIGKILL)
                first.wait(30)
                server.gate.set()
                rest = told(second.communicate(timeout=60)[0])
                assert second.returncode == 0
                assert rest[-1]["resumed_from"] > 0
        assert target.read_bytes() == large


def test_a_full_quota_keeps_the_part_and_says_how_much_is_missing(large: bytes, target: Path) -> None:
    limit = 5 * MIB
    with FaultServer([large]) as server:
        code, events = run(server, target, "--file-limit", str(limit))
        assert code == 1
        assert events[-1]["event"] == "DiskFull"
        assert events[-1]["missing_bytes"] == len(large) - limit
        assert part_path(target).stat().st_size == limit
        assert len(server.seen) == 1, "a full disk is not tried again"
        code, events = run(server, target)
        assert code == 0
        assert events[-1]["resumed_from"] == limit
    assert target.read_bytes() == large


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB, where the tests may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], check=False, capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("file systems can't be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_too_small_is_seen_before_anything_is_written(large: bytes, small_disk: Path) -> None:
    target = small_disk / "archive.zip"
    with FaultServer([large]) as server:
        code, events = run(server, target)
        assert code == 1
        assert events[-1]["event"] == "DiskFull"
        assert events[-1]["missing_bytes"] == pytest.approx(len(large) - 8 * MIB, abs=64 * 1024)
        assert list(small_disk.iterdir()) == []


def test_a_disk_that_fills_up_meanwhile_keeps_the_part(large: bytes, small_disk: Path) -> None:
    target, data = small_disk / "archive.zip", make_zip(6 * MIB)
    other = small_disk / "other"
    with FaultServer([data]) as server:
        server.mark, server.gate = 2 * MIB, threading.Event()
        with started(server, target) as process:
            assert server.reached.wait(30)
            # What the server has sent may still be in the sockets' buffers: wait until it is in the part.
            while not part_path(target).exists() or part_path(target).stat().st_size <= MIB:
                assert process.poll() is None
            other.write_bytes(bytes(4 * MIB))
            server.gate.set()
            events = told(process.communicate(timeout=60)[0])
            assert process.returncode == 1
        assert events[-1]["event"] == "DiskFull"
        assert events[-1]["missing_bytes"] > 0
        state = read_state(target)
        assert state is not None
        assert (state.app_id, state.version) == KEY
        kept = part_path(target).stat().st_size
        assert kept > MIB
        other.unlink()
        assert run(server, target)[0] == 0
        assert target.read_bytes() == data
        assert server.seen[-1].start == kept
