"""What is in view of a tree, and what is marked in it."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from snaptui.archives.marking import Marking
from snaptui.archives.outline import (
    MOST_FOUND,
    Outline,
    found_outline,
    largest_outline,
    only_children,
    tree_outline,
)
from snaptui.archives.tree import Entry, FileTree, Folder, Order, sort_in_turns
from tests.archives.doing import directory_of
from tests.archives.zips import honest

FILES = {
    "b.txt": b"12",
    "a/x": b"123",
    "a/y/z": b"1" * 50,
    "a/y/w": b"",
    "C/one": b"1",
    "C/two": b"22",
    "README": b"",
}


def tree_of(*names: str) -> FileTree:
    return FileTree.of(directory_of(honest(dict.fromkeys(names, b"x") if names else FILES)))


def shown(outline: Outline) -> list[str]:
    return [f"{'  ' * outline.depth(at)}{outline.entry(at).name}" for at in range(len(outline))]


def folder(tree: FileTree, path: str) -> Folder:
    found = tree.folder(path)
    assert found is not None
    return found


def entry_of(tree: FileTree, path: str) -> Entry:
    if path.endswith("/"):
        return tree.entry(folder(tree, path))
    return next(tree.entry(place) for place in tree.places() if tree.member(place).path == path)


def test_folders_are_opened_and_closed_in_place() -> None:
    tree = tree_of()
    outline = tree_outline(tree)
    assert shown(outline) == ["a", "C", "b.txt", "README"]
    outline.open(0, tree.rows(folder(tree, "a")))
    outline.open(1, tree.rows(folder(tree, "a/y")))
    assert shown(outline) == ["a", "  y", "    w", "    z", "  x", "C", "b.txt", "README"]
    assert outline.opened == {"a", "a/y"}
    assert [outline.parent(at) for at in (0, 1, 3, 4, 5)] == [None, 0, 1, 0, None]
    assert outline.end(0) == 5
    again = tree_outline(tree, outline.opened, Order.SIZE)
    assert shown(again) == ["a", "  y", "    z", "    w", "  x", "C", "b.txt", "README"]
    outline.open(0, tree.rows(folder(tree, "a")))
    assert len(outline) == 8
    outline.close(0)
    assert shown(outline) == ["a", "C", "b.txt", "README"]
    assert not outline.opened


def test_an_entry_is_found_again_wherever_it_stands() -> None:
    tree = tree_of()
    outline = tree_outline(tree, {"a", "a/y"})
    for at in range(len(outline)):
        assert outline.index_of(outline.entry(at)) == at
    flat = found_outline(tree, "a Z")
    assert [flat.entry(at).path for at in range(len(flat))] == ["a/y/z"]
    assert flat.flat
    assert not flat.cut
    assert flat.index_of(entry_of(tree, "a/y/z")) == 0
    assert flat.index_of(entry_of(tree, "b.txt")) is None


def test_what_is_found_and_the_largest_are_sorted_and_bounded() -> None:
    tree = tree_of(*(f"{number % 9}/{number:05}" for number in range(MOST_FOUND + 10)))
    found = found_outline(tree, "0")
    assert len(found) == MOST_FOUND
    assert found.cut
    paths = [found.entry(at).path for at in range(len(found))]
    assert paths == sorted(paths)
    assert largest_outline(tree).cut
    largest = largest_outline(tree_of())
    assert [largest.entry(at).size for at in range(3)] == [50, 3, 2]


def test_folders_that_hold_only_a_folder_are_opened_with_it() -> None:
    assert only_children(tree_of("a/b/c/x", "a/b/c/d/y")) == {"a", "a/b", "a/b/c"}
    assert only_children(tree_of("a/x", "b/y")) == frozenset()


@pytest.mark.parametrize("count", [0, 1, 8_191, 8_192, 8_193, 30_000])
def test_sorting_in_turns_is_sorting(count: int) -> None:
    chance = random.Random(count)
    keys = [chance.randrange(50) for _ in range(count)]
    assert sort_in_turns(keys) == sorted(range(count), key=keys.__getitem__)


def test_sorting_can_be_stopped() -> None:
    class Stopped(Exception):
        pass

    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        tree_outline(tree_of("a"), check=stop)


def marked(marking: Marking, tree: FileTree) -> set[str]:
    return {member.path for member in marking.members(tree)}


def test_a_folder_marks_everything_below_it() -> None:
    tree, marking = tree_of(), Marking()
    marking.toggle(entry_of(tree, "a/"))
    assert marked(marking, tree) == {"a/x", "a/y/z", "a/y/w"}
    assert (marking.files, marking.size) == (3, 53)
    assert marking.is_marked(entry_of(tree, "a/y/z"))
    assert marking.is_marked(entry_of(tree, "a/y/"))
    marking.toggle(entry_of(tree, "a/y/z"))
    assert marked(marking, tree) == {"a/x", "a/y/w"}
    assert (marking.files, marking.size) == (2, 3)
    assert marking.is_mixed(entry_of(tree, "a/"))
    assert marking.is_mixed(entry_of(tree, "a/y/"))
    marking.toggle(entry_of(tree, "a/"))
    assert marked(marking, tree) == {"a/x", "a/y/z", "a/y/w"}
    assert not marking.is_mixed(entry_of(tree, "a/"))
    marking.toggle(entry_of(tree, "a/"))
    assert not marking
    marking.set_all(tree, True)
    assert marking.files == len(FILES)
    marking.toggle(entry_of(tree, "C/"))
    assert marking.files == len(FILES) - 2
    marking.clear()
    assert not marked(marking, tree)


NAMES = st.lists(
    st.sampled_from(("a/b/c", "a/b/d", "a/e", "f", "g/h", "/abs", "//", "a//x", "../up", "a/b/")),
    unique=True,
    min_size=1,
)


@settings(max_examples=60, deadline=None)
@given(NAMES, st.data())
def test_marks_are_those_of_a_set_of_files(names: list[str], data: st.DataObject) -> None:
    tree, marking = tree_of(*names), Marking()
    outline = tree_outline(tree, {f"{e.path}" for e in all_folders(tree)})
    assume(len(outline))
    expected: set[int] = set()
    for _ in range(data.draw(st.integers(0, 8))):
        entry = outline.entry(data.draw(st.integers(0, len(outline) - 1)))
        on = data.draw(st.booleans())
        below = {m.number for m in tree.walk(entry.folder)} if entry.folder else set()
        if entry.folder is None and entry.member is not None:
            below = {m.number for m in tree.walk() if m.path == entry.path}
        marking.set(entry, on)
        expected = expected | below if on else expected - below
    assert {m.number for m in marking.members(tree)} == expected
    assert marking.files == len(expected)


def all_folders(tree: FileTree) -> list[Folder]:
    found, waiting = [], [tree.root]
    while waiting:
        here = waiting.pop()
        found.append(here)
        waiting += here.folders.values()
    return found
