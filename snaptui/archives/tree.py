"""The files of an archive as a tree, quick to make and lazy to show.

Making it is one pass over the members; sorting and listing a folder happen when it is opened. Folders that the
archive does not list but that its files imply are there too. Members whose names are refused by ``safety`` appear
under the name they claim, split at slashes and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

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

    def rows(self, folder: Folder, order: Order = Order.NAME, *, reverse: bool = False) -> list[Entry]:
        """Return a folder's rows, sorted; size and time are largest and newest first unless ``reverse``."""
        rows = [Entry(f.name, f.path, f.size, f.newest, f, f.member) for f in folder.folders.values()]
        rows += [self._entry(self._members[place]) for place in folder.numbers]
        rows.sort(key=_KEYS[order], reverse=reverse)
        return rows

    def _entry(self, member: Member, *, whole_path: bool = False) -> Entry:
        name = member.path if whole_path else member.path.rpartition("/")[2]
        refused = self.refused.get(member.number)
        return Entry(name, member.path, member.size, member.dos_time, None, member, refused)

    def find(self, text: str, limit: int = 1000) -> list[Entry]:
        """Return files whose path holds every word of ``text`` (case folded), in the archive's order."""
        words = text.casefold().split()
        found: list[Entry] = []
        for member in self.walk():
            folded = member.path.casefold()
            if all(word in folded for word in words):
                found.append(self._entry(member, whole_path=True))
                if len(found) >= limit:
                    break
        return found

    def walk(self, folder: Folder | None = None) -> Iterator[Member]:
        """Yield every file below a folder (default: the root), folder by folder."""
        waiting = [folder or self.root]
        while waiting:
            here = waiting.pop()
            for place in here.numbers:
                yield self._members[place]
            waiting.extend(here.folders.values())

    def largest(self, count: int = 100) -> list[Member]:
        """Return the largest files of the whole tree, largest first."""
        import heapq

        return heapq.nlargest(count, self.walk(), key=lambda member: member.size)


_KEYS: dict[Order, Callable[[Entry], tuple[object, ...]]] = {
    Order.NAME: lambda entry: (entry.folder is None, entry.name.casefold(), entry.name),
    Order.SIZE: lambda entry: (-entry.size, entry.name.casefold()),
    Order.MODIFIED: lambda entry: (-entry.modified, entry.name.casefold()),
}
