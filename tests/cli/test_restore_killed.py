"""The command ``restore`` killed (or interrupted by Ctrl-C) at one call to the system after another."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from snaptui.archives.runs import find_last
from snaptui.cli.run import run
from tests.archives.zips import honest, read_tree, state_of, write_tree

# Counts what the thread that restores asks of the system, and ends the process at the call number AT.
_PROGRAM = """
import os, sys, threading
from snaptui.archives import beneath
from snaptui.cli.run import run

number, at, count = int(sys.argv[1]), int(sys.argv[2]), 0

def counted(real):
    def call(*arguments, **options):
        global count
        if threading.current_thread().name == "snaptui-restore":
            count += 1
            if count == at:
                os.kill(os.getpid(), number)
        return real(*arguments, **options)
    return call

for name in ("open", "write", "fsync", "rename", "link", "unlink", "mkdir", "rmdir", "utime", "fchmod"):
    setattr(os, name, counted(getattr(os, name)))
beneath._rename_flagged = counted(beneath._rename_flagged)
code = run(sys.argv[3:])
print(count)
sys.exit(code)
"""

OLD = {f"d{i % 5}/f{i}.txt": b"old %d" % i for i in range(0, 40, 2)} | {"mine.txt": b"mine"}
NEW = {f"d{i % 5}/f{i}.txt": b"new %d " % i * 50 for i in range(40)}
_PER_CENT = (0, 15, 35, 55, 62, 70, 78, 86, 94, 99)


def words(archive: Path, target: Path) -> list[str]:
    return ["restore", "--archive", str(archive), "--to", str(target), "--overwrite", "changed", "--yes"]


def run_until(number: int, at: int, archive: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own that gets the signal ``number`` at its ``at``-th call."""
    program = [sys.executable, "-c", _PROGRAM, str(number), str(at), *words(archive, target)]
    return subprocess.run(program, check=False, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "a.zip"
    path.write_bytes(honest(NEW))
    return path


@pytest.fixture(scope="module")
def calls(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many calls a restore makes that nothing cuts short."""
    target = tmp_path_factory.mktemp("whole")
    write_tree(target, OLD)
    done = run_until(0, 0, archive, target)
    assert done.returncode == 0, done.stderr
    assert read_tree(target) == OLD | NEW
    return int(done.stdout.splitlines()[-1])


@pytest.fixture(
    params=[False, pytest.param(True, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])], ids=["some", "every"]
)
def moments(request: pytest.FixtureRequest, calls: int) -> list[int]:
    """Which calls to die at: some of them, or every single one."""
    return list(range(1, calls + 1)) if request.param else [max(1, calls * part // 100) for part in _PER_CENT]


def test_killed_and_run_again_ends_the_same(archive: Path, tmp_path: Path, moments: list[int]) -> None:
    seen: list[str] = []
    for at in moments:
        target = tmp_path / str(at)
        write_tree(target, OLD)
        before = state_of(target)
        assert run_until(signal.SIGKILL, at, archive, target).returncode == -signal.SIGKILL
        last = find_last(target)
        seen.append("staging" if last is None else "applied" if last.finished else "applying")
        if last is None:
            assert state_of(target) == before
        if at % 2 and last is not None:
            assert run(["undo", str(target)]) == 0
            assert state_of(target) == before
        assert run(words(archive, target)) == 0
        assert read_tree(target) == OLD | NEW
        assert run(["undo", str(target)]) == 0
        assert state_of(target) == before
        assert find_last(target) is None
    assert {"staging", "applying"} <= set(seen), seen


@pytest.mark.parametrize("part", [30, 60, 75])
def test_interrupted_it_takes_everything_back_or_says_that_it_was_done(
    archive: Path, tmp_path: Path, calls: int, part: int
) -> None:
    """What is told is what is so, however late the interrupt is heard."""
    target = tmp_path / "t"
    write_tree(target, OLD)
    before = state_of(target)
    done = run_until(signal.SIGINT, calls * part // 100, archive, target)
    last = find_last(target)
    if done.returncode == 0 and part > 30:
        assert "snaptui undo" in done.stderr
        assert read_tree(target) == OLD | NEW
        assert last is not None
        assert last.finished
    else:
        assert done.returncode == 130, done.stderr
        assert "Interrupted" in done.stderr
        assert state_of(target) == before
        assert last is None
