"""Properties over random trees: restore is identity, differences close, undo is exact, junk raises only our errors."""

from __future__ import annotations

import asyncio
import contextlib
import io
import random
import resource
import shutil
import subprocess
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snaptui.archives.compare import compare, contents
from snaptui.archives.directory import read_directory
from snaptui.archives.members import read_member, read_small
from snaptui.archives.plan import Policy, make_plan
from snaptui.archives.readers import BytesReader
from snaptui.archives.safety import judge
from snaptui.archives.tree import FileTree
from snaptui.errors import ArchiveDamaged, ArchiveRefused, SnaptuiError
from tests.archives.doing import directory_of, put_back, take_back
from tests.archives.zips import Entry, archive, honest, read_tree, state_of, write_tree

_NAME = st.text(st.sampled_from("abcABC12 ._-éçß日🦊"), min_size=1, max_size=8).filter(lambda n: n.strip(". ") != "")
_CONTENT = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"", b"same", b"other"]),
    st.binary(min_size=1, max_size=3).map(lambda b: b * 3000),
)
_MODE = st.sampled_from([0o600, 0o644, 0o755, 0o444, 0o777])


@st.composite
def trees(draw: st.DrawFn) -> dict[str, bytes]:
    """Files by path; no name is both a file and a folder."""
    files: dict[str, bytes] = {}
    for parts in draw(st.lists(st.lists(_NAME, min_size=1, max_size=4), max_size=12)):
        path = "/".join(parts)
        below = any(other.startswith(path + "/") or path.startswith(other + "/") for other in files)
        if not below:
            files[path] = draw(_CONTENT)
    return files


def quick(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(params=[150, pytest.param(1500, marks=pytest.mark.slow)])
def examples(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_restore_then_read_back_is_identity(examples: int) -> None:
    @quick(examples)
    @given(trees(), st.lists(_MODE, min_size=12, max_size=12), st.booleans())
    def holds(files: dict[str, bytes], modes: list[int], remote: bool) -> None:
        wanted = dict(zip(files, modes, strict=False))
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "t"
            result = asyncio.run(put_back(honest(files, modes=wanted), target, remote=remote))
            assert not result.refused
            assert read_tree(target) == files
            assert all(
                (target / name).stat().st_mode & 0o7777 == mode for name, mode in wanted.items() if name in files
            )

    holds()


def test_a_tree_does_not_differ_from_itself(examples: int) -> None:
    @quick(examples)
    @given(trees())
    def holds(files: dict[str, bytes]) -> None:
        side = contents(directory_of(honest(files)))
        comparison = compare(side, side)
        assert comparison.differences == ()
        assert comparison.same == len(files)
        assert comparison.delta == 0

    holds()


def test_restoring_the_difference_makes_the_trees_equal(examples: int) -> None:
    @quick(examples)
    @given(trees(), trees())
    def holds(old: dict[str, bytes], new: dict[str, bytes]) -> None:
        old = {path: c for path, c in old.items() if not _in_the_way(path, new)}
        comparison = compare(contents(directory_of(honest(old))), contents(directory_of(honest(new))), renames=False)
        assert {d.path for d in comparison.differences} == {
            p for p in old.keys() | new.keys() if old.get(p) != new.get(p)
        }
        assert comparison.delta == sum(map(len, new.values())) - sum(map(len, old.values()))
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "t"
            write_tree(target, old)
            changed = {d.path: new[d.path] for d in comparison.differences if d.path in new}
            asyncio.run(put_back(honest(changed), target))
            for difference in comparison.differences:
                if difference.new_bytes is None:
                    (target / difference.path).unlink()
            assert read_tree(target) == new

    holds()


def _in_the_way(path: str, others: dict[str, bytes]) -> bool:
    return any(other.startswith(path + "/") or path.startswith(other + "/") for other in others)


def test_renames_pair_what_was_removed_with_what_was_added(examples: int) -> None:
    @quick(examples)
    @given(trees(), st.randoms(use_true_random=False))
    def holds(files: dict[str, bytes], chance: random.Random) -> None:
        moved = {(f"moved/{path}" if chance.random() < 0.5 else path): content for path, content in files.items()}
        comparison = compare(contents(directory_of(honest(files))), contents(directory_of(honest(moved))))
        for difference in comparison.differences:
            if difference.path in moved and difference.old_path != difference.path:
                assert moved[difference.path] == files[difference.old_path]
        gone = [d for d in comparison.differences if d.new_bytes is None and d.old_bytes]
        assert not gone  # nothing with content was lost, so every one has its new place
        assert comparison.delta == 0

    holds()


def test_undo_restores_the_exact_bytes_and_modes(examples: int) -> None:
    @quick(examples)
    @given(trees(), trees(), _MODE, st.sampled_from([Policy.CHANGED, Policy.ALWAYS]))
    def holds(old: dict[str, bytes], new: dict[str, bytes], mode: int, policy: Policy) -> None:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "t"
            target.mkdir()
            write_tree(target, old)
            for name in old:
                (target / name).chmod(mode)
            before = state_of(target)
            result = asyncio.run(put_back(honest(new), target, policy=policy))
            if result.undo is not None:
                asyncio.run(take_back(target))
            assert state_of(target) == before
            assert not (target / ".snaptui-undo").exists()

    holds()


def test_folder_totals_add_up(examples: int) -> None:
    @quick(examples)
    @given(trees())
    def holds(files: dict[str, bytes]) -> None:
        tree = FileTree.of(directory_of(honest(files)))
        assert tree.root.size == sum(map(len, files.values()))
        assert tree.root.files == len(files)
        assert {m.path for m in tree.walk()} == set(files)
        waiting = [tree.root]
        while waiting:
            folder = waiting.pop()
            rows = tree.rows(folder)
            assert sum(row.size for row in rows) == folder.size
            waiting += [row.folder for row in rows if row.folder is not None]

    holds()


def _by_python() -> bytes:
    """As ``zipfile`` writes into a pipe: with data descriptors."""
    made = io.BytesIO()

    class Pipe(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return made.write(data)

    with zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(12):
            archive.writestr(f"pasta {number % 3}/ação-{number}.txt", f"linha {number}\n" * 40 * number)
    return made.getvalue()


def _by_others(folder: Path) -> list[bytes]:
    """As the writers make them that this machine has: with Unix times and owners, NTFS times, ZIP64 at the end."""
    write_tree(folder / "tree", {"a.txt": b"text\n" * 300, "b/\u00e9.bin": bytes(range(256)) * 4, "b/empty": b""})
    commands = {
        "zip": ["zip", "-q", "-r", "../zip.zip", "."],
        "7zz": ["7zz", "a", "-tzip", "../7zz.zip", "./", "-r"],
        "bsdtar": ["bsdtar", "--format", "zip", "-cf", "../bsdtar.zip", "a.txt", "b"],
    }
    made: list[bytes] = []
    for name, command in commands.items():
        if shutil.which(name) is not None:
            subprocess.run(command, cwd=folder / "tree", check=True, capture_output=True)
            made.append((folder / f"{name}.zip").read_bytes())
    return made


_ORIGINALS = [
    honest(
        {"config.json": b'{"a": 1}' * 30, "src/main.py": b"print()\n" * 200, "ação/é.txt": b"texto" * 9, "empty": b""}
    ),
    archive(
        [
            Entry(f"d/{i}", bytes([i]) * 90, deflated=i % 2 == 0, descriptor=i % 3 == 0, zip64=i % 4 == 0)
            for i in range(20)
        ],
        zip64=True,
        comment=b"a comment",
    ),
]


def test_fuzzed_archives_raise_only_our_errors(examples: int) -> None:
    """Flip, cut, insert and copy bytes, mostly in the directory; everything that reads must survive it."""
    chance = random.Random(20261124)
    outcomes = {"read": 0, "damaged": 0}
    slowest, memory = 0.0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as others:
        originals = [*_ORIGINALS, _by_python(), *_by_others(Path(others))]
        for number in range(examples * 20):
            data = _mutate(bytearray(chance.choice(originals)), chance)
            started = time.thread_time()
            outcomes["read" if _survives(data, Path(folder), restore=number % 20 == 0) else "damaged"] += 1
            slowest = max(slowest, time.thread_time() - started)
    assert outcomes["read"] > examples
    assert outcomes["damaged"] > examples
    assert slowest < 1.0  # seconds of processor time; about 0.02 where an archive is restored too
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 100 * 1024  # kilobytes on Linux


def _mutate(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 5))):
        if not data:
            break
        at = (
            len(data) - 1 - int((len(data) - 1) * chance.random() ** 2)
            if chance.random() < 0.7
            else chance.randrange(len(data))
        )
        kind = chance.randrange(6)
        if kind == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            data[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
        elif kind == 2:
            data[at : at + 4] = chance.choice((b"\xff" * 4, b"\0" * 4, b"PK\x05\x06", b"PK\x01\x02"))
        elif kind == 3:
            del data[at : at + chance.randrange(1, 40)]
        elif kind == 4:
            data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 20)))
        else:
            start = chance.randrange(len(data))
            data[at:at] = data[start : start + chance.randrange(1, 80)]
    return bytes(data)


def _survives(data: bytes, folder: Path, *, restore: bool) -> bool:
    reader = BytesReader(data)
    try:
        directory = read_directory(reader, first_tail=random.Random(len(data)).choice((22, 100, 1 << 20)))
    except ArchiveDamaged:
        return False
    judge(directory)
    FileTree.of(directory).rows(FileTree.of(directory).root)
    assert not compare(contents(directory), contents(directory)).differences
    compare({}, contents(directory)).folders()
    for member in directory.members:
        member.modified()
        member.modified_seconds()
        assert member.shown.isprintable()
        with contextlib.suppress(ArchiveDamaged, ArchiveRefused):
            assert len(read_small(reader, directory, member)) == member.size
        with contextlib.suppress(ArchiveDamaged, ArchiveRefused):
            assert sum(map(len, read_member(reader, directory, member))) == member.size
    target = folder / "outer" / "t"
    if restore:
        with contextlib.suppress(SnaptuiError):
            plan = make_plan(directory, target, policy=Policy.ALWAYS)
            if not plan.missing_bytes:
                asyncio.run(put_back(data, target, plan=plan))
        outside = {path.relative_to(folder).parts[:2] for path in folder.rglob("*")}
        assert outside <= {("outer",), ("outer", "t")}
    return True
