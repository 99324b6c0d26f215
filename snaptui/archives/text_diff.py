"""Two texts compared line by line, bounded in time whatever they hold."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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


class Verdict(StrEnum):
    """What can be said of two contents; lines are there for ``LINES`` alone."""

    LINES = "lines"
    BINARY = "binary"
    TOO_LARGE = "too-large"
    MOVED = "moved"
    LAST_LINE_END = "last-line-end"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class TextDiff:
    """How two contents differ. ``lines`` are safe for a terminal, their secrets still visible.

    ``masked`` is the same with the values of an ``.env``-like file hidden (None for other files): show that first.
    ``UNSEEN`` is a difference that no line shows: line ends, the encoding, characters a terminal does not get.
    """

    verdict: Verdict
    lines: tuple[Line, ...] = ()
    masked: tuple[Line, ...] | None = None

    def count(self, kind: LineKind) -> int:
        """How many lines are of a kind."""
        return sum(line.kind is kind for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Side:
    lines: tuple[str, ...] = ()
    masked: tuple[str, ...] | None = None
    ends: bool = True


def diff_contents(old: bytes | None, new: bytes | None, *, path: str, context: int = 3) -> TextDiff:
    """Compare what a file at ``path`` holds on two sides, each None where there is no such file."""
    before, after = _side(old, path), _side(new, path)
    if before is None or after is None:
        return TextDiff(Verdict.BINARY)
    lines = line_diff(before.lines, after.lines, context=context)
    if not lines:
        return TextDiff(Verdict.LAST_LINE_END if before.ends != after.ends else Verdict.UNSEEN)
    masked = None
    if before.masked is not None or after.masked is not None:
        masked = tuple(_masked(line, before, after) for line in lines)
    return TextDiff(Verdict.LINES, lines, masked)


def _side(data: bytes | None, path: str) -> _Side | None:
    """Return a content's lines as they are and masked; None for what is no text."""
    if not data:
        return _Side()
    preview = make_preview(data, path=path, size=len(data))
    if preview.text is None:
        return None
    lines, ends = _split(preview.text)
    return _Side(lines, None if preview.masked is None else _split(preview.masked)[0][: len(lines)], ends)


def _split(text: str) -> tuple[tuple[str, ...], bool]:
    """Return the lines of a text, and whether the last one is ended."""
    lines = text.split("\n")
    return (tuple(lines), False) if lines[-1] else (tuple(lines[:-1]), True)


def _masked(line: Line, before: _Side, after: _Side) -> Line:
    number, side = (line.old_number, before) if line.new_number is None else (line.new_number, after)
    if number is None or side.masked is None:
        return line
    return replace(line, text=side.masked[number - 1])


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
    cut = i2 - i1 > after + before + 1  # a gap takes a line as well
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
