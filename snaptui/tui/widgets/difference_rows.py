"""What the tree of differences shows, without a widget: order, filter, open folders and marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from snaptui.archives.compare import Change, Comparison, Difference, FolderDelta
from snaptui.archives.safety import MOST_FOLDERS_DEEP
from snaptui.i18n import N_, _

WORDS = {
    Change.ADDED: N_("added"),
    Change.REMOVED: N_("removed"),
    Change.CHANGED: N_("changed"),
    Change.RENAMED: N_("renamed"),
}
# More differences than this begin with their folders closed.
_OPENED_AT_ONCE = 400


class By(StrEnum):
    """What the rows are sorted by: a tree by path, or a plain list of what grew."""

    PATH = "path"
    GROWTH = "growth"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a difference, or a folder with what all shown differences below it add up to."""

    depth: int
    folder: FolderDelta | None
    difference: Difference | None

    @property
    def path(self) -> str:
        """The path of the folder or of the difference, raw."""
        if self.difference is not None:
            return self.difference.path
        return self.folder.path + "/" if self.folder is not None else ""


def folder_of(difference: Difference) -> str:
    """The folder that a difference is shown in: its own, or the root where it lies deeper than anything may be."""
    return "" if difference.path.count("/") >= MOST_FOLDERS_DEEP else difference.path.rpartition("/")[0]


class DifferenceRows:
    """Rows of one comparison. Opening, closing and marking cost what they show; filtering and sorting one pass."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.by = By.PATH
        self.reverse = False
        self.filter_text = ""
        self.marked: set[str] = set()
        self.rows: list[Row] = []
        self._shown: Sequence[Difference] = comparison.differences
        self._folders: dict[str, FolderDelta] = {}
        self._inside: dict[str, list[FolderDelta]] = {}
        self._files: dict[str, list[Difference]] = {}
        self._marks_below: dict[str, int] = {}
        self._open: set[str] = set()
        self._sift()
        self._open_first()
        self._arrange()

    # What is shown

    @property
    def shown(self) -> Sequence[Difference]:
        """The differences that the filter lets through, in order of path."""
        return self._shown

    @property
    def in_order(self) -> list[Difference]:
        """The differences that the filter lets through as they would stand with every folder open."""
        if self.by is By.GROWTH:
            return [row.difference for row in self.rows if row.difference is not None]
        return [row.difference for row in self._walk(None) if row.difference is not None]

    def set_filter(self, text: str) -> None:
        """Show only what has every word of ``text`` in its path or in the word for its kind."""
        if text != self.filter_text:
            self.filter_text = text
            self._sift()
            self._arrange()

    def sort(self, by: By, reverse: bool = False) -> None:
        """Sort otherwise."""
        if (by, reverse) != (self.by, self.reverse):
            self.by, self.reverse = by, reverse
            self._arrange()

    def place_of(self, path: str) -> int | None:
        """Which row a path has, or the nearest folder above it that is shown."""
        places = {row.path: place for place, row in enumerate(self.rows)}
        while path:
            if (place := places.get(path)) is not None:
                return place
            path = path.rstrip("/").rpartition("/")[0]
            path = f"{path}/" if path else ""
        return None

    # Folders

    def is_open(self, folder: FolderDelta) -> bool:
        """Whether what is in a folder is shown; a filter opens them all."""
        return bool(self.filter_text) or folder.path in self._open

    @property
    def all_open(self) -> bool:
        """Whether every folder is open."""
        return self._folders.keys() - {""} <= self._open

    def set_open(self, paths: Iterable[str], opened: bool) -> None:
        """Open or close folders."""
        self._open = self._open | set(paths) if opened else self._open - set(paths)
        self._arrange()

    def set_all_open(self, opened: bool) -> None:
        """Open or close every folder."""
        self.set_open(self._folders, opened)

    # Marks

    def marks_of(self, row: Row) -> tuple[int, int]:
        """How many differences of a row are marked, and how many it has."""
        if row.difference is not None:
            return int(row.difference.path in self.marked), 1
        if row.folder is None:
            return 0, 0
        return self._marks_below.get(row.folder.path, 0), row.folder.count

    def below(self, row: Row) -> list[Difference]:
        """The shown differences that a row stands for."""
        if row.difference is not None:
            return [row.difference]
        if row.folder is None:
            return []
        found: list[Difference] = []
        waiting = [row.folder.path]
        while waiting:
            path = waiting.pop()
            found += self._files.get(path, ())
            waiting += [folder.path for folder in self._inside.get(path, ())]
        return found

    def mark(self, differences: Iterable[Difference], marked: bool) -> None:
        """Mark these, or take their marks away."""
        for difference in differences:
            if (difference.path in self.marked) is not marked:
                self.marked ^= {difference.path}
                self._count_mark(difference, 1 if marked else -1)

    def toggle(self, differences: Sequence[Difference]) -> None:
        """Mark all of these; take their marks away where all have one."""
        self.mark(differences, not all(difference.path in self.marked for difference in differences))

    def clear_marks(self) -> None:
        """Take all marks away."""
        self.marked.clear()
        self._marks_below.clear()

    @property
    def marked_differences(self) -> list[Difference]:
        """What is marked, in order of path, hidden ones included."""
        return [d for d in self.comparison.differences if d.path in self.marked] if self.marked else []

    def _count_mark(self, difference: Difference, by: int) -> None:
        folder = folder_of(difference)
        while True:
            self._marks_below[folder] = self._marks_below.get(folder, 0) + by
            if not folder:
                return
            folder = folder.rpartition("/")[0]

    # Arranging

    def _sift(self) -> None:
        """Take what the filter lets through, and put it into its folders."""
        words = self.filter_text.casefold().split()
        everything = self.comparison.differences
        self._shown = [d for d in everything if _fits(d, words)] if words else everything
        self._folders = Comparison(tuple(self._shown), 0).folders()
        self._inside, self._files = {}, {}
        for path, folder in self._folders.items():
            if path:
                self._inside.setdefault(path.rpartition("/")[0], []).append(folder)
        for difference in self._shown:
            self._files.setdefault(folder_of(difference), []).append(difference)
        for folders in self._inside.values():
            folders.sort(key=lambda folder: (folder.path.casefold(), folder.path))
        for files in self._files.values():
            files.sort(key=lambda d: (d.path.casefold(), d.path))
        self._marks_below = {}
        for difference in self._shown:
            if difference.path in self.marked:
                self._count_mark(difference, 1)

    def _open_first(self) -> None:
        """Open everything where that is little, else the folders that hold nothing but one other."""
        if len(self._shown) <= _OPENED_AT_ONCE:
            self._open = set(self._folders)
            return
        path = ""
        while len(inside := self._inside.get(path, [])) == 1 and not self._files.get(path):
            path = inside[0].path
            self._open.add(path)

    def _arrange(self) -> None:
        if self.by is By.GROWTH:
            ordered = Comparison(tuple(self._shown), 0).by_growth()
            self.rows = [Row(0, None, difference) for difference in (reversed(ordered) if self.reverse else ordered)]
        else:
            self.rows = self._walk(set(self._folders) if self.filter_text else self._open)

    def _walk(self, opened: set[str] | None) -> list[Row]:
        """Every row below the root, into the folders that are open (None: into all)."""
        rows: list[Row] = []
        waiting = self._rows_in("", 0)
        while waiting:
            row = waiting.pop()
            rows.append(row)
            if row.folder is not None and (opened is None or row.folder.path in opened):
                waiting += self._rows_in(row.folder.path, row.depth + 1)
        return rows

    def _rows_in(self, path: str, depth: int) -> list[Row]:
        """The rows of one folder, folders before files, the last one first."""
        folders = [Row(depth, folder, None) for folder in self._inside.get(path, ())]
        files = [Row(depth, None, difference) for difference in self._files.get(path, ())]
        return [*files, *folders] if self.reverse else [*reversed(files), *reversed(folders)]


def _fits(difference: Difference, words: Sequence[str]) -> bool:
    folded = f"{difference.path} {_(WORDS[difference.change])}".casefold()
    return all(word in folded for word in words)
