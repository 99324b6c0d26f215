"""``files``, ``cat``, ``diff``, ``restore`` and ``undo`` against the demo over real sockets, and on files alone."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from snaptui.cli.run import run
from tests.archives.doing import put_back
from tests.archives.zips import Entry, archive, honest, read_tree, write_tree

pytest.importorskip("starlette", reason="the demo needs its extra")
from snaptui.demo.run import DemoServer

FILES = {"config.json": b'{"a": 1}', "src/main.py": b"print()\n" * 50, "ação.txt": "ção\n".encode()}

Run = Callable[..., tuple[int, bytes, str]]


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(requests_per_minute=100_000) as server:
        yield server


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], demo: DemoServer) -> Run:
    """Run a command line signed in to the demo; return code, standard output and standard error."""
    monkeypatch.setenv("SNAPTUI_API_URL", demo.api_url)
    monkeypatch.setenv("DISCLOUD_TOKEN", demo.token)

    def calling(*arguments: str | Path) -> tuple[int, bytes, str]:
        code = run([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return code, out, err.decode()

    return calling


def document(result: tuple[int, bytes, str], code: int = 0) -> Any:
    assert result[0] == code, result
    return json.loads(result[1])


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    path = tmp_path / "a.zip"
    path.write_bytes(honest(FILES))
    return path


def test_files_of_a_snapshot_fetches_a_part_of_it(call: Run, demo: DemoServer) -> None:
    version = demo.world.apps["1732400000001"].versions[-1]
    shown = document(call("files", "Loja Bot", "latest", "--json"))
    assert {member["path"] for member in shown["members"]} == {m.path for m in version.archive.members}
    assert shown["remote"] is True
    assert 0 < shown["transferred_bytes"] < version.archive.size / 2
    assert set(shown["members"][0]) == {"path", "size_bytes", "compressed_bytes", "crc32", "modified_at"}
    assert document(call("files", "Loja Bot", "--json"))["members"] == shown["members"]


def test_files_of_an_archive_on_disk(call: Run, zipped: Path) -> None:
    shown = document(call("files", "--archive", zipped, "--json"))
    assert [(m["path"], m["size_bytes"], m["crc32"]) for m in shown["members"]] == [
        (name, len(content), f"{zlib.crc32(content):08x}") for name, content in FILES.items()
    ]
    assert (shown["remote"], shown["transferred_bytes"]) == (False, 0)
    code, out, err = call("files", "--archive", zipped)
    assert code == 0
    assert "src/main.py" in out.decode()
    assert err.startswith("3 members")


def test_members_that_are_refused_are_named(call: Run, tmp_path: Path) -> None:
    (tmp_path / "evil.zip").write_bytes(archive([Entry("../evil\x1b[31m", b"x"), Entry("fine", b"x")]))
    code, out, _err = call("files", "--archive", tmp_path / "evil.zip")
    assert code == 0
    assert "\x1b" not in out.decode()
    assert "(its name has control characters)" in out.decode()


def test_cat(call: Run, demo: DemoServer, zipped: Path) -> None:
    for name, content in FILES.items():
        assert call("cat", "--archive", zipped, name) == (0, content, "")
    member = demo.world.apps["1732400000001"].versions[-1].archive.members[0]
    code, out, _err = call("cat", "Loja Bot", "latest", member.path)
    assert code == 0
    assert len(out) == member.content.length
    assert call("cat", "--archive", zipped, "missing")[0] == 4
    assert call("cat", "--archive", zipped)[0] == 2
    assert call("cat", "--archive", zipped, "a", "b")[0] == 2
    assert call("cat", "Loja Bot", "latest")[0] == 2


def test_cat_of_a_damaged_member(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(archive([Entry("a", b"x", crc=1)]))
    code, _out, err = call("cat", "--archive", tmp_path / "a.zip", "a")
    assert code == 8
    assert "damaged" in err


def test_diff_of_two_versions_fetches_no_archive(call: Run, demo: DemoServer) -> None:
    app = demo.world.apps["1732400000001"]
    before = len(demo.controls.requests)
    shown = document(call("diff", "Loja Bot", "latest~1", "latest", "--json"))
    asked = [r for r in demo.controls.requests[before:] if r.origin == "archives"]
    assert len(asked) <= 4
    old, new = ({m.path: m for m in v.archive.members} for v in app.versions[-2:])
    assert set(shown["added"]) == new.keys() - old.keys()
    assert set(shown["removed"]) == old.keys() - new.keys()
    assert {c["path"] for c in shown["changed"]} == {
        path for path in old.keys() & new.keys() if old[path].content != new[path].content
    }
    assert shown["same"] + len(shown["changed"]) == len(old.keys() & new.keys())
    code, _out, err = call("diff", "Loja Bot", "latest~1", "latest")
    assert code == 0
    assert "the same" in err


def test_diff_with_a_folder_and_with_a_file(call: Run, zipped: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write_tree(folder, {"config.json": b"changed", "moved.py": FILES["src/main.py"], "ação.txt": FILES["ação.txt"]})
    shown = document(call("diff", "--archive", zipped, folder, "--json"))
    assert shown == {
        "added": ["moved.py"],
        "removed": ["src/main.py"],
        "changed": [{"path": "config.json", "old_bytes": 8, "new_bytes": 7}],
        "same": 1,
        "renamed": [{"old_path": "src/main.py", "path": "moved.py"}],
    }
    other = tmp_path / "other.zip"
    other.write_bytes(honest(FILES | {"more": b""}))
    assert document(call("diff", "--archive", zipped, other, "--json"))["added"] == ["more"]
    _code, out, err = call("diff", "--archive", zipped, folder)
    assert "src/main.py → moved.py" in out.decode()
    assert err == "0 added, 0 removed, 1 changed, 1 renamed, 1 the same\n"
    assert call("diff", "--archive", zipped, tmp_path / "nowhere")[0] == 4
    code, _out, err = call("diff", "--archive", zipped, "latest")
    assert code == 2
    assert "needs its app" in err


def test_restore_shows_its_plan_and_writes_nothing_with_dry_run(call: Run, zipped: Path, tmp_path: Path) -> None:
    target = tmp_path / "t"
    write_tree(target, {"config.json": b"mine", "kept.txt": b""})
    shown = document(call("restore", "--archive", zipped, "--to", target, "--dry-run", "--json"))
    assert shown == {
        "target": str(target),
        "new": ["src/main.py", "ação.txt"] if shown["new"][0] == "src/main.py" else ["ação.txt", "src/main.py"],
        "replaced": ["config.json"],
        "unchanged": 0,
        "kept": ["kept.txt"],
        "refused": [],
        "applied": False,
        "undo": None,
    }
    code, out, _err = call("restore", "--archive", zipped, "--to", target, "--dry-run")
    assert code == 0
    assert "Kept, and not in the archive: 1" in out.decode()
    assert "Limits: 500,000 members" in out.decode()
    assert read_tree(target) == {"config.json": b"mine", "kept.txt": b""}


def test_restore_and_undo(call: Run, zipped: Path, tmp_path: Path) -> None:
    target = tmp_path / "t"
    write_tree(target, {"config.json": b"mine"})
    code, _out, err = call("restore", "--archive", zipped, "--to", target, "--yes")
    assert code == 9
    assert "config.json would be replaced" in err
    assert document(call("restore", "--archive", zipped, "--to", target, "--yes", "--json"), 9)["error"]["code"] == 9
    code, _out, err = call("restore", "--archive", zipped, "--to", target, "--overwrite", "changed")
    assert code == 2
    assert "--yes" in err
    assert read_tree(target) == {"config.json": b"mine"}
    done = document(call("restore", "--archive", zipped, "--to", target, "--overwrite", "changed", "--yes", "--json"))
    assert done["applied"] is True
    assert done["replaced"] == ["config.json"]
    assert Path(done["undo"]).is_dir()
    assert read_tree(target) == FILES
    again = document(call("restore", "--archive", zipped, "--to", target, "--json"))
    assert (again["unchanged"], again["undo"]) == (3, None)
    assert document(call("undo", target, "--json")) == {
        "target": str(target), "put_back": 1, "removed": 2, "left_changed": [],
    }  # fmt: skip
    assert read_tree(target) == {"config.json": b"mine"}
    assert call("undo", target)[0] == 4


def test_undo_says_what_was_left(call: Run, zipped: Path, tmp_path: Path) -> None:
    target = tmp_path / "t"
    assert call("restore", "--archive", zipped, "--to", target, "--yes")[0] == 0
    (target / "config.json").write_bytes(b"edited")
    code, out, err = call("undo", target)
    assert code == 1
    assert out == b"0 files put back, 2 files removed\n"
    assert "config.json was changed" in err
    assert call("undo", target, "--force")[0] == 0
    assert not target.exists()


def test_restore_of_a_few_remote_files(call: Run, demo: DemoServer, tmp_path: Path) -> None:
    app = demo.world.apps["1732400000001"]
    member = min(app.versions[-1].archive.members, key=lambda m: m.content.length)
    done = document(call("restore", app.id, "latest", member.path, "--to", tmp_path / "t", "--yes", "--json"))
    assert done["new"] == [member.path]
    assert list(read_tree(tmp_path / "t")) == [member.path]


def test_restore_of_all_of_a_remote_archive(call: Run, demo: DemoServer, tmp_path: Path) -> None:
    app = demo.world.apps["1732400000006"]
    assert call("restore", app.id, "latest", "--to", tmp_path / "t", "--yes")[0] == 0
    tree = read_tree(tmp_path / "t")
    members = {m.path: m.content.length for m in app.versions[-1].archive.members}
    assert {path: len(content) for path, content in tree.items()} == members


def test_patterns_and_strictness(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(archive([Entry("../evil", b"x"), Entry("a.py", b"1"), Entry("b.txt", b"2")]))
    arguments = ("restore", "--archive", tmp_path / "a.zip", "--to", tmp_path / "t", "--yes", "--json")
    assert document(call(*arguments, "--strict"), 8)["error"]["code"] == 8
    assert not (tmp_path / "t").exists()
    assert document(call(*arguments, "--strict", "*.py"))["new"] == ["a.py"]
    assert call(*arguments, "*.exe")[0] == 4
    done = document(call(*arguments))
    assert done["refused"] == [{"path": "../evil", "reason": "outside"}]
    assert set(read_tree(tmp_path)) - {"a.zip"} >= {"t/a.py", "t/b.txt"}
    limited = document(call(*arguments, "--most-bytes", "1", "--dry-run"))
    assert {r["reason"] for r in limited["refused"]} == {"outside", "too-large"}


def test_nothing_but_refused_members_is_exit_8(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(archive([Entry("../evil", b"x"), Entry("a.py", b"1"), Entry("b.txt", b"2")]))
    arguments = ("restore", "--archive", tmp_path / "a.zip", "--to", tmp_path / "t", "--yes", "--json")
    assert document(call(*arguments, "--most-members", "1"), 8)["new"] == []
    assert document(call(*arguments, "../evil"), 8)["refused"] == [{"path": "../evil", "reason": "outside"}]
    assert not (tmp_path / "t").exists()
    assert document(call(*arguments))["new"] == ["a.py", "b.txt"]


@pytest.mark.parametrize("bound", ["--most-members", "--most-bytes", "--most-growth"])
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "9" * 400])
def test_bounds_that_make_no_sense_are_used_wrongly(call: Run, zipped: Path, bound: str, value: str) -> None:
    code, out, err = call("restore", "--archive", zipped, "--to", "t", "--dry-run", bound, value)
    assert (code, out) == (2, b"")
    assert bound in err


def test_damage_found_late_is_exit_8_and_the_rest_is_there(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(archive([Entry("bad", b"x", crc=1), Entry("good", b"y")]))
    done = document(call("restore", "--archive", tmp_path / "a.zip", "--to", tmp_path / "t", "--yes", "--json"), 8)
    assert done["new"] == ["good"]
    assert done["refused"] == [{"path": "bad", "reason": "damaged"}]


@pytest.fixture
def interrupted(zipped: Path, tmp_path: Path) -> Path:
    """A target whose restore was killed in its last step."""
    target = tmp_path / "t"
    program = (
        "import asyncio, os, sys; from pathlib import Path; from snaptui.archives import placing;"
        "from tests.archives.doing import put_back; real = placing._place; seen = []\n"
        "def dying(*args):\n    real(*args); seen.append(1); len(seen) < 2 or os._exit(9)\n"
        "placing._place = dying; asyncio.run(put_back(Path(sys.argv[1]).read_bytes(), Path(sys.argv[2])))"
    )
    assert subprocess.run([sys.executable, "-c", program, zipped, target], check=False).returncode == 9
    assert len(read_tree(target)) == 2
    return target


def test_an_interrupted_restore_is_continued(call: Run, interrupted: Path) -> None:
    assert document(call("restore", "--to", interrupted, "--continue", "--json"))["applied"] is True
    assert read_tree(interrupted) == FILES
    assert call("restore", "--to", interrupted, "--continue")[0] == 4
    assert call("restore", "x", "--to", interrupted, "--continue")[0] == 2


def test_an_interrupted_restore_is_taken_back(call: Run, interrupted: Path) -> None:
    assert call("undo", interrupted)[0] == 0
    assert not interrupted.exists()


def test_the_same_command_again_ends_the_same(call: Run, interrupted: Path, zipped: Path) -> None:
    code, _out, err = call("restore", "--archive", zipped, "--to", interrupted)
    assert code == 1
    assert "--continue" in err
    assert call("restore", "--archive", zipped, "--to", interrupted, "--yes")[0] == 0
    assert read_tree(interrupted) == FILES


def test_a_host_without_ranges(call: Run, demo: DemoServer, tmp_path: Path) -> None:
    demo.controls.honours_range = False
    try:
        small = document(call("files", "Loja Bot", "latest", "--json"))
        assert small["remote"] is False
        code, _out, err = call("files", "Acervo", "latest")
        assert code == 2
        assert "--fetch" in err
        assert document(call("files", "Acervo", "latest", "--fetch", "--json"))["members"]
    finally:
        demo.controls.honours_range = True


def test_undo_needs_no_account(tmp_path: Path) -> None:
    asyncio.run(put_back(honest(FILES), tmp_path / "t"))
    program = (
        "import sys; from snaptui.cli.run import run; code = run(sys.argv[1:]);"
        "assert not {'textual', 'httpx', 'keyring', 'sqlite3'} & set(sys.modules), sys.modules.keys(); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program, "undo", tmp_path / "t"], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "t").exists()
