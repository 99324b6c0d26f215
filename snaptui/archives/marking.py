"""Which files of a tree a person marked; a folder's mark is one for everything below it, however much that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from snaptui.archives.directory import Member
from snaptui.archives.tree import Entry, FileTree, Folder


@dataclass(frozen=True, slots=True)
class _Mark:
    """A mark, or the lack of one, that differs from what the folder above says; ``files`` and ``size`` below it."""

    on: bool
    files: int
    size: int


def key_of(entry: Entry) -> str:
    """Return what an entry is marked by: its path, a folder's with a slash at its end."""
    return f"{entry.path}/" if entry.folder is not None else entry.path


class Marking:
    """Marks by path. ``files`` and ``size`` count what is marked; files of one path are marked together."""

    def __init__(self) -> None:
        self.files = 0
        self.size = 0
        self._marks: dict[str, _Mark] = {}
        self._below: dict[str, int] = {}

    def __bool__(self) -> bool:
        return self.files > 0

    def is_marked(self, entry: Entry) -> bool:
        """Whether a file, or all of a folder but what was taken out of it, is marked."""
        return self._value(key_of(entry))

    def is_mixed(self, entry: Entry) -> bool:
        """Whether a folder holds both marked files and others, as far as marks were set one by one."""
        return entry.folder is not None and bool(self._below.get(key_of(entry)))

    def toggle(self, entry: Entry) -> None:
        """Mark a file or all of a folder, or take the mark away."""
        self.set(entry, not self.is_marked(entry) or self.is_mixed(entry))

    def set(self, entry: Entry, on: bool) -> None:
        """Mark a file or all of a folder, or take the marks of it away."""
        key = key_of(entry)
        if entry.folder is not None:
            self._forget_below(key)
            files, size = entry.folder.files, entry.folder.size
        else:
            files, size = 1, entry.size
        self._drop(key)
        if on != self._value(key):
            self._put(key, _Mark(on, files, size))

    def set_all(self, tree: FileTree, on: bool) -> None:
        """Mark everything, or nothing."""
        self.clear()
        if on:
            self._put("", _Mark(True, tree.root.files, tree.root.size))

    def clear(self) -> None:
        """Take all marks away."""
        self.files = self.size = 0
        self._marks.clear()
        self._below.clear()

    def members(self, tree: FileTree, check: Callable[[], None] = lambda: None) -> Iterator[Member]:
        """Yield what is marked, folder by folder; ``check`` is called for every folder and may raise to stop."""
        waiting: list[tuple[Folder, str]] = [(tree.root, "")]
        while waiting:
            folder, key = waiting.pop()
            check()
            on = self._value(key)
            mixed = bool(self._below.get(key))
            if not on and not mixed:
                continue
            for place in folder.numbers:
                member = tree.member(place)
                mark = self._marks.get(member.path) if mixed else None
                if on if mark is None else mark.on:
                    yield member
            waiting.extend((child, f"{child.path}/") for child in folder.folders.values())

    def _value(self, key: str) -> bool:
        while True:
            mark = self._marks.get(key)
            if mark is not None:
                return mark.on
            if not key:
                return False
            key = _above(key)

    def _put(self, key: str, mark: _Mark) -> None:
        self._marks[key] = mark
        self._count(key, mark, 1)

    def _drop(self, key: str) -> None:
        mark = self._marks.pop(key, None)
        if mark is not None:
            self._count(key, mark, -1)

    def _count(self, key: str, mark: _Mark, step: int) -> None:
        sign = step if mark.on else -step
        self.files += sign * mark.files
        self.size += sign * mark.size
        while key:
            key = _above(key)
            self._below[key] = self._below.get(key, 0) + step

    def _forget_below(self, key: str) -> None:
        if self._below.get(key):
            for other in [other for other in self._marks if other.startswith(key) and other != key]:
                self._drop(other)


def _above(key: str) -> str:
    """Return the key of the folder above; "" is the root's."""
    parent = key.removesuffix("/").rpartition("/")[0]
    return f"{parent}/" if parent else ""
