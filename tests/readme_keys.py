"""Writes the README's table of keys from the bindings: ``python -m tests.readme_keys --write``.

It goes through ``snaptui.tui.places``: whoever adds a place or a key there runs this once. A test says when that was
forgotten.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key

from snaptui.tui.app import SnaptuiApp
from snaptui.tui.bindings import title_of
from snaptui.tui.places import PLACES

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- keys: made by python -m tests.readme_keys --write -->", "<!-- end of keys -->"
# What every list moves by and every window has is told once, behind the places, and so is what many of them share.
_SHARED = ("CursorList", "Place", "Modal")
_TOGETHER = {"match-": "In lists that can be filtered", "step-": "From button to button"}

Row = tuple[str, str, str]


def sections() -> dict[str, list[Row]]:
    """The rows (keys, what they do, id) of each place that has keys of its own, by its title; shared ones last."""
    owners: list[type[DOMNode]] = [SnaptuiApp, *PLACES]
    bases = {base for place in PLACES for base in place.__mro__ if base.__module__.startswith("snaptui.")}
    owners += sorted(bases - set(owners), key=lambda base: (base.__name__ in _SHARED, base.__name__))
    told: set[tuple[str, str]] = set()
    found: dict[str, list[Row]] = {}
    together: dict[str, list[Row]] = {title: [] for title in _TOGETHER.values()}
    for owner in owners:
        for row in _rows(owner):
            if (row[2], row[1]) in told:
                continue
            told.add((row[2], row[1]))
            title = next((title for beginning, title in _TOGETHER.items() if row[2].startswith(beginning)), "")
            (together[title] if title else found.setdefault(title_of(owner), [])).append(row)
    return {**found, **together}


def _rows(owner: type[DOMNode]) -> list[Row]:
    """The commands that the class itself has, each with all of its keys."""
    found: dict[str, tuple[list[str], str]] = {}
    for bound in vars(owner).get("BINDINGS", ()):
        assert isinstance(bound, Binding), (owner, bound)
        if not bound.system and bound.id:
            keys, _sentence = found.setdefault(bound.id, ([], bound.tooltip))
            keys += bound.key.split(",")
    return [(" ".join(map(_shown, keys)), sentence, bound_id) for bound_id, (keys, sentence) in found.items()]


def _shown(key: str) -> str:
    *modifiers, last = key.split("+")
    shown = format_key(last)
    for modifier in reversed(modifiers):
        shown = f"^{shown}" if modifier == "ctrl" else f"{modifier}+{shown}"
    return _code(shown)


def _code(text: str) -> str:
    escaped = text.replace("|", r"\|")
    return f"`` {escaped} ``" if "`" in escaped else f"`{escaped}`"


def table() -> str:
    """A Markdown table for each section."""
    parts = []
    for title, rows in sections().items():
        lines = [f"**{title}**", "", "| keys | what they do | id |", "| --- | --- | --- |"]
        lines += [f"| {keys} | {sentence} | `{bound_id}` |" for keys, sentence, bound_id in rows]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def written(text: str) -> str:
    """The README with the tables as they should be; raises ValueError where their place is not marked."""
    pattern = re.compile(f"{re.escape(BEGIN)}\n.*?{re.escape(END)}", re.DOTALL)
    made = f"{BEGIN}\n\n{table()}\n\n{END}"
    changed, count = pattern.subn(lambda _match: made, text)
    if count != 1:
        raise ValueError("the README has no place for the keys, or several")
    return changed


def main() -> int:
    """Write it with ``--write``; else say whether it is as it should be."""
    text = README.read_text(encoding="utf-8")
    if "--write" in sys.argv[1:]:
        README.write_text(written(text), encoding="utf-8")
        return 0
    return 0 if written(text) == text else 1


if __name__ == "__main__":
    sys.exit(main())
