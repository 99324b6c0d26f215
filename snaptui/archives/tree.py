"""The files of an archive as a tree, quick to make and lazy to show.

Making it is one pass over the members; sorting and listing a folder happen when it is opened. Folders that the
archive does not list but that its files imply are there too. Members whose names are refused by ``safety`` appear
under the name they claim, split at slashes and nothing else.

What takes long here runs on a thread beside an event loop. So it sorts in pieces, since one call of ``sort`` lets
nobody else run until it ends, and keeps numbers instead of objects, which the garbage collector would walk.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import overload

from snaptui.archives.directory import Directory, Member
from snaptui.archives.safety import MOST_FOLDERS_DEEP, Reason
from snaptui.text import safe


class Order(StrEnum):
    """How the entries of a folder are sorted; folders come first when it is by name."""

    NAME = "name"
    SIZE = "size"
    MODIFIED = "modified"


@dataclass(slots=True)
class Folder:
    """One folder: ``size`` and ``compressed_size`` in bytes and ``files`` count everything below it.

    ``name`` and ``path`` are raw (``path`` without a slash at its end, "" for the root); show ``shown``.
    ``member`` is its own entry in the archive, when it has one. ``numbers`` are places among the tree's members.
    """

    name: str
    path: str
    size: int = 0
    compressed_size: int = 0
    files: int = 0
    newest: int = 0
    member: Member | None = None
    folders: dict[str, Folder] = field(default_factory=dict, repr=False)
    numbers: list[int] = field(default_factory=list, repr=False)

    @property
    def shown(self) -> str:
        """The folder's own name, safe for a terminal."""
        return safe(self.name)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of an opened folder: a folder or a file. ``refused`` says why it would not be unpacked."""

    name: str
    path: str
    size: int
    modified: int
    folder: Folder | None
    member: Member | None
    refused: Reason | None = None

    @property
    def is_folder(self) -> bool:
        """Whether it can be opened further."""
        return self.folder is not None


Item = Folder | int
"""A folder, or the place of a file among a tree's members."""


class Rows(Sequence[Entry]):
    """Rows that are made when they are looked at, so that a folder of 100,000 files costs a list of numbers."""

    __slots__ = ("_tree", "items")

    def __init__(self, tree: FileTree, items: Sequence[Item]) -> None:
        self._tree = tree
        self.items = items

    @overload
    def __getitem__(self, at: int) -> Entry: ...

    @overload
    def __getitem__(self, at: slice) -> Rows: ...

    def __getitem__(self, at: int | slice) -> Entry | Rows:
        return Rows(self._tree, self.items[at]) if isinstance(at, slice) else self._tree.entry(self.items[at])

    def __len__(self) -> int:
        return len(self.items)


def _no_check() -> None:
    """Let the work go on."""


class FileTree:
    """The folders and files of one archive, or of any other set of members (a marked one, say)."""

    def __init__(self, members: Sequence[Member], *, refused: dict[int, Reason] | None = None) -> None:
        """Group the members by folder and add up the totals; 100,000 take a tenth of a second."""
        self.root = Folder("", "")
        self._members = members
        self.refused = refused if refused is not None else {}
        folders: dict[str, Folder] = {"": self.root}
        for place, member in enumerate(members):
            if member.is_dir:
                folder = self._folder(member.path.rstrip("/"), folders)
                if folder is not self.root:
                    folder.member = member
                continue
            parent = member.path.rpartition("/")[0]
            folder = folders.get(parent) or self._folder(parent, folders)
            folder.numbers.append(place)
            folder.files += 1
            folder.size += member.size
            folder.compressed_size += member.compressed_size
            if member.dos_time > folder.newest:
                folder.newest = member.dos_time
        self._add_up(folders)
        self._folders = folders

    @classmethod
    def of(cls, directory: Directory, *, refused: dict[int, Reason] | None = None) -> FileTree:
        """Return the tree of a whole archive."""
        return cls(directory.members, refused=refused)

    def _folder(self, path: str, folders: dict[str, Folder]) -> Folder:
        """Return the folder of a path, made with its parents when they are missing (without recursion)."""
        missing: list[str] = []
        if path.count("/") >= MOST_FOLDERS_DEEP:  # refused anyway, and splitting it would cost its length squared
            return self.root
        while path not in folders:
            missing.append(path)
            path = path.rpartition("/")[0]
        folder = folders[path]
        for step in reversed(missing):
            name = step.rpartition("/")[2]
            child = Folder(name, step)
            folder.folders[name] = child
            folders[step] = folder = child
        return folder

    def _add_up(self, folders: dict[str, Folder]) -> None:
        """Add each folder's totals to its parent's, deepest first (children come after parents in the dict)."""
        for path, folder in reversed(folders.items()):
            if path:
                parent = folders[path.rpartition("/")[0]]
                parent.size += folder.size
                parent.compressed_size += folder.compressed_size
                parent.files += folder.files
                parent.newest = max(parent.newest, folder.newest)

    def folder(self, path: str) -> Folder | None:
        """Return the folder with this path, or None."""
        return self._folders.get(path.rstrip("/"))

    def entry(self, item: Item) -> Entry:
        """Return the row of a folder or of the file at a place."""
        if isinstance(item, Folder):
            return Entry(item.name, item.path, item.size, item.newest, item, item.member)
        member = self._members[item]
        name = member.path.rpartition("/")[2]
        return Entry(name, member.path, member.size, member.dos_time, None, member, self.refused.get(member.number))

    def rows(
        self,
        folder: Folder,
        order: Order = Order.NAME,
        *,
        reverse: bool = False,
        check: Callable[[], None] = _no_check,
    ) -> Rows:
        """Return a folder's rows, sorted; size and time are largest and newest first unless ``reverse``.

        ``check`` is called now and then and may raise to stop.
        """
        items: list[Item] = [*folder.folders.values(), *folder.numbers]
        return Rows(self, self.ordered(items, order, reverse=reverse, check=check))

    def ordered(
        self,
        items: Sequence[Item],
        order: Order,
        *,
        reverse: bool = False,
        by_path: bool = False,
        check: Callable[[], None] = _no_check,
    ) -> list[Item]:
        """Return folders and files in an order; ``by_path`` looks at the whole path instead of the name."""
        names: list[str] = []
        for item in items:
            path = item.path if isinstance(item, Folder) else self._members[item].path
            name = path if by_path else path.rpartition("/")[2]
            kind = "1" if order is Order.NAME and isinstance(item, int) else "0"
            names.append(f"{kind}{name.casefold()}\0{name}")
        places = sort_in_turns(names, check)
        if order is not Order.NAME:
            values = [self._value(items[place], order) for place in places]
            places = [places[at] for at in sort_in_turns(values, check)]
        if reverse:
            places.reverse()
        return [items[place] for place in places]

    def _value(self, item: Item, order: Order) -> int:
        """Return what sorts the largest or the newest first."""
        if isinstance(item, Folder):
            return -item.size if order is Order.SIZE else -item.newest
        member = self._members[item]
        return -member.size if order is Order.SIZE else -member.dos_time

    def find(self, text: str, limit: int = 1000, *, check: Callable[[], None] = _no_check) -> Rows:
        """Return files whose path holds every word of ``text`` (case folded), folder by folder."""
        words = text.casefold().split()
        found: list[Item] = []
        for seen, place in enumerate(self.places()):
            if not seen % 1000:
                check()
            folded = self._members[place].path.casefold()
            if all(word in folded for word in words):
                found.append(place)
                if len(found) >= limit:
                    break
        return Rows(self, found)

    def places(self, folder: Folder | None = None) -> Iterator[int]:
        """Yield the place of every file below a folder (default: the root), folder by folder."""
        waiting = [folder or self.root]
        while waiting:
            here = waiting.pop()
            yield from here.numbers
            waiting.extend(here.folders.values())

    def walk(self, folder: Folder | None = None) -> Iterator[Member]:
        """Yield every file below a folder (default: the root), folder by folder."""
        return (self._members[place] for place in self.places(folder))

    def member(self, place: int) -> Member:
        """Return the file at a place."""
        return self._members[place]

    def place_of(self, member: Member) -> int | None:
        """Return the place of a file, or None; at once where the members are a whole directory's."""
        number = member.number
        if number < len(self._members) and self._members[number].number == number:
            return number
        return next((place for place, each in enumerate(self._members) if each.number == number), None)

    def largest(self, count: int = 100, folder: Folder | None = None) -> Rows:
        """Return the largest files below a folder (default: the root), largest first."""
        members = self._members
        items: list[Item] = [*heapq.nlargest(count, self.places(folder), key=lambda place: members[place].size)]
        return Rows(self, items)


_RUN = 8_192


def sort_in_turns(keys: Sequence[str] | Sequence[int], check: Callable[[], None] = _no_check) -> list[int]:
    """Return the places of ``keys`` in ascending order, equal ones as they came; other threads get their turns."""
    runs: list[list[int]] = []
    for start in range(0, len(keys), _RUN):
        check()
        runs.append(sorted(range(start, min(start + _RUN, len(keys))), key=keys.__getitem__))
    if len(runs) < 2:
        return runs[0] if runs else []
    return list(heapq.merge(*runs, key=keys.__getitem__))
