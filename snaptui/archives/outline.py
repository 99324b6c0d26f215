"""The rows of a file tree that are in view: opened folders with what they hold below them, or a flat list of files.

Kept as numbers and depths, spliced where a folder is opened or closed; a row is made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from snaptui.archives.tree import Entry, FileTree, Folder, Item, Order, Rows

MOST_FOUND = 5_000
MOST_LARGEST = 1_000
# A folder that holds nothing but one folder is opened with it, this often at most.
_ONLY_CHILDREN = 8


class Outline:
    """What is in view of ``tree``. ``flat`` says that these are files of any folder, to be named by their paths.

    ``cut`` says that there were more files than a flat list holds.
    """

    def __init__(
        self,
        tree: FileTree,
        items: list[Item],
        depths: list[int],
        *,
        opened: Iterable[str] = (),
        flat: bool = False,
        cut: bool = False,
    ) -> None:
        self.tree = tree
        self.flat = flat
        self.cut = cut
        self._items = items
        self._depths = depths
        self._opened = set(opened)

    def __len__(self) -> int:
        return len(self._items)

    def entry(self, index: int) -> Entry:
        """Return a row."""
        return self.tree.entry(self._items[index])

    def depth(self, index: int) -> int:
        """Return how many folders a row is below the root's own rows."""
        return self._depths[index]

    def is_open(self, index: int) -> bool:
        """Whether the row is a folder whose content follows."""
        return index + 1 < len(self._depths) and self._depths[index + 1] > self._depths[index]

    @property
    def opened(self) -> frozenset[str]:
        """The paths of the folders that are open."""
        return frozenset(self._opened)

    def open(self, index: int, rows: Rows) -> None:
        """Put a folder's rows below it."""
        if self.is_open(index):
            return
        self._opened.add(self.entry(index).path)
        self._items[index + 1 : index + 1] = rows.items
        self._depths[index + 1 : index + 1] = [self._depths[index] + 1] * len(rows)

    def close(self, index: int) -> None:
        """Take away what is below a folder."""
        end = self.end(index)
        path = self.entry(index).path
        self._opened -= {each for each in self._opened if each == path or each.startswith(f"{path}/")}
        del self._items[index + 1 : end]
        del self._depths[index + 1 : end]

    def end(self, index: int) -> int:
        """Return the first row after a folder's content."""
        depth = self._depths[index]
        end = index + 1
        while end < len(self._depths) and self._depths[end] > depth:
            end += 1
        return end

    def parent(self, index: int) -> int | None:
        """Return the row of the folder that a row is in; None at the top."""
        depth = self._depths[index]
        for before in range(index - 1, -1, -1):
            if self._depths[before] < depth:
                return before
        return None

    def index_of(self, entry: Entry) -> int | None:
        """Return where a folder or file stands, or None."""
        if entry.folder is not None:
            return next((at for at, item in enumerate(self._items) if item is entry.folder), None)
        place = self.tree.place_of(entry.member) if entry.member is not None else None
        try:
            return None if place is None else self._items.index(place)
        except ValueError:
            return None


def tree_outline(
    tree: FileTree,
    opened: Iterable[str] = (),
    order: Order = Order.NAME,
    *,
    reverse: bool = False,
    check: Callable[[], None] = lambda: None,
) -> Outline:
    """Return the tree with these folders open; for a thread, where folders are large."""
    wanted = set(opened)
    items: list[Item] = []
    depths: list[int] = []

    def add(folder: Folder, depth: int) -> None:
        rows = tree.rows(folder, order, reverse=reverse, check=check).items
        start = 0
        for at, item in enumerate(rows):
            if isinstance(item, Folder) and item.path in wanted:
                items.extend(rows[start : at + 1])
                depths.extend([depth] * (at + 1 - start))
                add(item, depth + 1)
                start = at + 1
        items.extend(rows[start:])
        depths.extend([depth] * (len(rows) - start))

    add(tree.root, 0)
    return Outline(tree, items, depths, opened=wanted)


def found_outline(
    tree: FileTree,
    text: str,
    order: Order = Order.NAME,
    *,
    reverse: bool = False,
    check: Callable[[], None] = lambda: None,
) -> Outline:
    """Return the files whose path holds every word of ``text``, sorted."""
    rows = tree.find(text, MOST_FOUND, check=check)
    items = tree.ordered(rows.items, order, reverse=reverse, by_path=True, check=check)
    return Outline(tree, items, [0] * len(items), flat=True, cut=len(items) >= MOST_FOUND)


def largest_outline(
    tree: FileTree,
    order: Order = Order.SIZE,
    *,
    reverse: bool = False,
    check: Callable[[], None] = lambda: None,
) -> Outline:
    """Return the largest files of the whole archive, sorted."""
    largest = tree.largest(MOST_LARGEST).items
    items = tree.ordered(largest, order, reverse=reverse, by_path=True, check=check)
    return Outline(tree, items, [0] * len(items), flat=True, cut=tree.root.files > len(items))


def only_children(tree: FileTree) -> frozenset[str]:
    """Return the folders from the top that hold nothing but the next one and so may as well be open."""
    paths: list[str] = []
    here = tree.root
    while len(paths) < _ONLY_CHILDREN and not here.numbers and len(here.folders) == 1:
        here = next(iter(here.folders.values()))
        paths.append(here.path)
    return frozenset(paths)
