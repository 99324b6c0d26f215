"""Every promise of the README names tests, and every test that it names is there and runs always."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def promises() -> list[tuple[str, str]]:
    """The promises and what is said to hold them, as the table has them."""
    section = (ROOT / "README.md").read_text().partition("## What snaptui promises")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [(row[0], row[-1]) for row in rows[2:]]


def function(path: Path, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function of this name at the top of a file."""
    body = ast.parse(path.read_text()).body
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return next((node for node in body if isinstance(node, kinds) and node.name == name), None)


def test_there_are_promises() -> None:
    assert len(promises()) >= 10


@pytest.mark.parametrize(("promise", "holders"), promises(), ids=lambda text: text[:40])
def test_what_holds_a_promise_is_there(promise: str, holders: str) -> None:
    assert promise.endswith(".")
    named = _NAMED.findall(holders)
    assert named, "a promise that nothing holds"
    assert len(named) == holders.count("::")
    for path, name in named:
        found = function(ROOT / path, name)
        assert found is not None, f"{path} has no {name}"
        marks = [ast.unparse(mark) for mark in found.decorator_list]
        assert not any("slow" in mark or "skip" in mark or "xfail" in mark for mark in marks), marks
