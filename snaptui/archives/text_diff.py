"""Two texts compared line by line, bounded in time whatever they hold."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from snaptui.archives.preview import PREVIEW_BYTES, make_preview

# difflib's time grows with the square of what differs, and beyond: past this the middle counts as replaced whole.
_MOST_LINES = 3000


class LineKind(StrEnum):
    """What a line of a difference is."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Line:
    """One line; numbers count from 1, None on the side that lacks it. A gap's text is empty."""

    kind: LineKind
    old_number: int | None
    new_number: int | None
    text: str


def text_of(data: bytes, path: str) -> tuple[str, ...] | None:
    """Return a content's lines, safe for a terminal, its secrets still visible; None for what is no text."""
    if not data:
        return ()
    text = make_preview(data, path=path, size=len(data)).text
    return None if text is None else tuple(text.split("\n"))


def comparable(size: int) -> bool:
    """Whether a member is small enough to be compared line by line."""
    return size <= PREVIEW_BYTES


def line_diff(old: Sequence[str], new: Sequence[str], *, context: int = 3) -> tuple[Line, ...]:
    """Return the lines that differ with ``context`` lines around them; empty when none do."""
    operations = [op for op in _operations(old, new) if op[0] != "equal" or context]
    lines: list[Line] = []
    for position, (tag, i1, i2, j1, j2) in enumerate(operations):
        if tag != "equal":
            lines += [Line(LineKind.REMOVED, i + 1, None, old[i]) for i in range(i1, i2)]
            lines += [Line(LineKind.ADDED, None, j + 1, new[j]) for j in range(j1, j2)]
            continue
        after = context if position > 0 else 0
        before = context if position < len(operations) - 1 else 0
        if len(operations) == 1:
            return ()
        lines += _around(old, i1, i2, j1, after, before)
    return tuple(lines)


def _around(old: Sequence[str], i1: int, i2: int, j1: int, after: int, before: int) -> Iterator[Line]:
    cut = i2 - i1 > after + before
    for i in range(i1, i1 + after if cut else i2):
        yield Line(LineKind.SAME, i + 1, j1 + i - i1 + 1, old[i])
    if cut:
        yield Line(LineKind.GAP, None, None, "")
        for i in range(i2 - before, i2):
            yield Line(LineKind.SAME, i + 1, j1 + i - i1 + 1, old[i])


def _operations(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Return difflib's operations, the equal beginning and end taken off first."""
    start = 0
    while start < len(old) and start < len(new) and old[start] == new[start]:
        start += 1
    end = 0
    while end < len(old) - start and end < len(new) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    operations: list[tuple[str, int, int, int, int]] = [("equal", 0, start, 0, start)] if start else []
    if a or b:
        if max(len(a), len(b)) > _MOST_LINES:
            operations.append(("replace", start, start + len(a), start, start + len(b)))
        else:
            matcher = difflib.SequenceMatcher(None, a, b)
            operations += [
                (t, i1 + start, i2 + start, j1 + start, j2 + start) for t, i1, i2, j1, j2 in matcher.get_opcodes()
            ]
    if end:
        operations.append(("equal", len(old) - end, len(old), len(new) - end, len(new)))
    return operations
