"""The question of ``restore`` in a real terminal: the plan before it, and what yes, no and Ctrl-C do."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.archives.zips import honest, read_tree, write_tree
from tests.terminal import Terminal

FILES = {"config.json": b'{"a": 1}', "src/main.py": b"print()\n" * 50}


@pytest.mark.parametrize(("keys", "code"), [("y\n", 0), ("n\n", 130), ("\n", 130), ("", 130)])
def test_the_plan_then_the_question(keys: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(honest(FILES))
    target = tmp_path / "t"
    write_tree(target, {"config.json": b"mine", "kept.txt": b"kept"})
    words = ["restore", "--archive", "a.zip", "--to", "t", "--overwrite", "changed"]
    argv = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', str(tmp_path), sys.executable, "-m", "snaptui", *words]
    with Terminal(argv, env=os.environ | {"TERM": "xterm-256color", "LANG": "C.UTF-8"}, size=(80, 24)) as terminal:
        terminal.until("Restore? [y/N]: ")
        plan = terminal.output.decode()
        for line in ("New: 1", "Replaced: 1", "Kept, and not in the archive: 1", "Unchanged: 0", "Limits: 500,000"):
            assert line in plan
        assert read_tree(target) == {"config.json": b"mine", "kept.txt": b"kept"}
        if keys:
            terminal.send(keys)
        else:
            terminal.quiet(0.3)  # between the question and the reading of the answer nobody is quick enough
            terminal.process.send_signal(signal.SIGINT)
        assert terminal.wait() == code
        end = terminal.output.decode()
    if code:
        assert "Nothing was written." in end or not keys
        assert read_tree(target) == {"config.json": b"mine", "kept.txt": b"kept"}
        assert not (target / ".snaptui-undo").exists()
    else:
        assert "1 new, 1 replaced, 0 unchanged" in end
        assert "snaptui undo t" in end
        assert read_tree(target) == FILES | {"kept.txt": b"kept"}


def test_a_no_is_told_to_a_program_too(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(honest(FILES))
    words = ["restore", "--archive", "a.zip", "--to", "t", "--json"]
    argv = ["/bin/sh", "-c", 'cd "$0" && exec "$@" > out', str(tmp_path), sys.executable, "-m", "snaptui", *words]
    with Terminal(argv, env=os.environ | {"TERM": "xterm-256color", "LANG": "C.UTF-8"}, size=(80, 24)) as terminal:
        terminal.until("Restore? [y/N]: ")
        terminal.send("n\n")
        assert terminal.wait() == 130
    assert json.loads((tmp_path / "out").read_text()) == {"error": {"code": 130, "message": "Nothing was written."}}
