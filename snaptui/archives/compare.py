"""What changed between two archives, or an archive and a folder, from sizes and checksums alone.

Two files with one size and one CRC-32 count as the same content: the archives' own measure, good against chance
though not against somebody who forges one.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from snaptui.archives.beneath import Beneath
from snaptui.archives.directory import Directory, Member
from snaptui.archives.safety import MOST_FOLDERS_DEEP
from snaptui.text import safe


class Content(NamedTuple):
    """What tells one content from another: size in bytes and CRC-32."""

    size: int
    crc: int


class Change(StrEnum):
    """What happened to a file from the old side to the new one."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that differs. ``path`` is its path on the new side (removed: on the old one), raw.

    ``old_path`` differs from ``path`` only for a rename. Sizes are bytes, None on the side that has no such file.
    """

    change: Change
    path: str
    old_path: str
    old_bytes: int | None
    new_bytes: int | None

    @property
    def delta(self) -> int:
        """Bytes it grew by."""
        return (self.new_bytes or 0) - (self.old_bytes or 0)

    @property
    def shown(self) -> str:
        """The path made safe for a terminal."""
        return safe(self.path)

    @property
    def on_old_side(self) -> str | None:
        """Its path on the old side, None where that has no such file."""
        return None if self.change is Change.ADDED else self.old_path

    @property
    def on_new_side(self) -> str | None:
        """Its path on the new side, None where that has no such file."""
        return None if self.change is Change.REMOVED else self.path

    def swapped(self) -> Difference:
        """Return the same difference seen from the other side."""
        change = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED}.get(self.change, self.change)
        return Difference(change, self.old_path, self.path, self.new_bytes, self.old_bytes)


@dataclass(frozen=True, slots=True)
class FolderDelta:
    """What all differences below one folder add up to, in bytes and by kind."""

    path: str
    delta: int
    added: int
    removed: int
    changed: int
    renamed: int

    @property
    def count(self) -> int:
        """How many differences there are below it."""
        return self.added + self.removed + self.changed + self.renamed


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs, sorted by path, and how many files are the same.

    ``unread`` are paths of a folder on this computer that could not be read: what is said of them is not sure.
    """

    differences: tuple[Difference, ...]
    same: int
    unread: tuple[str, ...] = ()

    def of(self, change: Change) -> tuple[Difference, ...]:
        """Return the differences of one kind."""
        return tuple(d for d in self.differences if d.change is change)

    @property
    def delta(self) -> int:
        """Bytes the whole grew by."""
        return sum(d.delta for d in self.differences)

    def by_growth(self) -> tuple[Difference, ...]:
        """Return the differences, those that grew most first."""
        return tuple(sorted(self.differences, key=lambda d: (-d.delta, d.path)))

    def swapped(self) -> Comparison:
        """Return what differs when the sides change places."""
        return Comparison(tuple(sorted((d.swapped() for d in self.differences), key=_place)), self.same, self.unread)

    def without_renames(self) -> Comparison:
        """Return the same with each rename as what it was made of: one file removed, another added."""
        apart: list[Difference] = []
        for d in self.differences:
            if d.change is Change.RENAMED:
                apart.append(Difference(Change.REMOVED, d.old_path, d.old_path, d.old_bytes, None))
                apart.append(Difference(Change.ADDED, d.path, d.path, None, d.new_bytes))
            else:
                apart.append(d)
        return Comparison(tuple(sorted(apart, key=_place)), self.same, self.unread)

    def folders(self) -> dict[str, FolderDelta]:
        """Return the totals of every folder that holds a difference, by path; "" is the whole.

        A path deeper than ``safety`` lets anything be counts in the whole alone: splitting it would cost its length
        squared.
        """
        counts: dict[str, list[int]] = {}
        column = {Change.ADDED: 1, Change.REMOVED: 2, Change.CHANGED: 3, Change.RENAMED: 4}
        for difference in self.differences:
            path = difference.path
            if path.count("/") >= MOST_FOLDERS_DEEP:
                path = "?"
            while path:
                path = path.rpartition("/")[0]
                row = counts.setdefault(path, [0, 0, 0, 0, 0])
                row[0] += difference.delta
                row[column[difference.change]] += 1
        return {path: FolderDelta(path, *row) for path, row in counts.items()}


def _place(difference: Difference) -> tuple[str, str]:
    return difference.path, difference.change


def contents(directory: Directory) -> dict[str, Content]:
    """Return the files of an archive by path (of several with one name the last)."""
    return {m.path: Content(m.size, m.crc) for m in directory.members if not m.is_dir}


def compare(old: Mapping[str, Content], new: Mapping[str, Content], *, renames: bool = True) -> Comparison:
    """Return what differs between two sides.

    With ``renames`` a removed and an added file of one content, not empty, become one rename; where several share
    the content those with the same last name are paired first, then in order of path.
    """
    removed = {path: content for path, content in old.items() if path not in new}
    added = {path: content for path, content in new.items() if path not in old}
    differences: list[Difference] = []
    same = 0
    for path, content in new.items():
        before = old.get(path)
        if before is None:
            continue
        if before == content:
            same += 1
        else:
            differences.append(Difference(Change.CHANGED, path, path, before.size, content.size))
    if renames:
        for old_path, path in _renames(removed, added):
            size = removed.pop(old_path).size
            del added[path]
            differences.append(Difference(Change.RENAMED, path, old_path, size, size))
    differences += [Difference(Change.REMOVED, path, path, c.size, None) for path, c in removed.items()]
    differences += [Difference(Change.ADDED, path, path, None, c.size) for path, c in added.items()]
    differences.sort(key=_place)
    return Comparison(tuple(differences), same)


def _renames(removed: Mapping[str, Content], added: Mapping[str, Content]) -> list[tuple[str, str]]:
    sources = _by_content(removed)
    pairs: list[tuple[str, str]] = []
    for content, targets in _by_content(added).items():
        candidates = sources.get(content)
        if not candidates or not content.size:
            continue
        by_name: dict[str, list[str]] = {}
        for path in reversed(candidates):
            by_name.setdefault(path.rpartition("/")[2], []).append(path)
        taken: set[str] = set()
        waiting: list[str] = []
        for path in targets:
            same_name = by_name.get(path.rpartition("/")[2])
            if same_name:
                source = same_name.pop()
                taken.add(source)
                pairs.append((source, path))
            else:
                waiting.append(path)
        left = [path for path in candidates if path not in taken]
        pairs += zip(left, waiting, strict=False)
    return pairs


def _by_content(side: Mapping[str, Content]) -> dict[Content, list[str]]:
    groups: dict[Content, list[str]] = {}
    for path in sorted(side):
        groups.setdefault(side[path], []).append(path)
    return groups


class Held(NamedTuple):
    """One version's content of a member in its history; ``content`` is None where the version lacks it.

    ``first_of`` marks a version whose content is another than in the one before it. ``problem`` is a sentence where
    the version's archive could not be read.
    """

    version: str
    content: Content | None
    first_of: bool
    member: Member | None = None
    problem: str | None = None


# The CRC of a file whose size already tells it from every member, so that its bytes need not be read.
_UNREAD = -1


def compare_folder(old: Mapping[str, Content], folder: Path, *, check: Callable[[], None] = lambda: None) -> Comparison:
    """Return what differs from one side to a folder; see ``folder_contents``."""
    new, unread = folder_contents(folder, old, check=check)
    comparison = compare(old, new)
    return Comparison(comparison.differences, comparison.same, tuple(unread))


def folder_contents(
    folder: Path, against: Mapping[str, Content], *, check: Callable[[], None] = lambda: None
) -> tuple[dict[str, Content], list[str]]:
    """Return the files below a folder by path, links and the undo folder left out, and the paths that can't be read.

    Only files that may equal something in ``against`` are read: at the same path with the same size, or where a
    rename is possible. Blocks; ``check`` is called for every file and may raise to stop. Raises ``NotFound``.
    """
    with Beneath(folder) as beneath:
        found: dict[str, Content] = {}
        unread: list[str] = []
        for parts, status in beneath.walk():
            check()
            if stat.S_ISREG(status.st_mode):
                found["/".join(parts)] = Content(status.st_size, _UNREAD)
        removed_sizes = {content.size for path, content in against.items() if path not in found}
        for path, content in found.items():
            there = against.get(path)
            if (content.size in removed_sizes) if there is None else (there.size == content.size):
                check()
                read = beneath.checksum(tuple(path.split("/")))
                if read is not None:
                    found[path] = Content(*read)
                else:
                    unread.append(path)
        unread += ["/".join(parts) + "/" for parts in beneath.unread]
        return found, sorted(unread)
