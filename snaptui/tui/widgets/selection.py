"""Marks: which rows a person has picked for the next action."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Marks(Generic[Key]):
    """A set of marked keys and, while one is being drawn, the range from its anchor to the cursor."""

    def __init__(self) -> None:
        self.keys: set[Key] = set()
        self.anchor: int | None = None

    def toggle(self, key: Key) -> None:
        """Mark one, or take its mark away."""
        self.keys.symmetric_difference_update((key,))

    def toggle_all(self, keys: Iterable[Key]) -> None:
        """Mark all of these; take their marks away where all have one."""
        wanted = set(keys)
        if wanted <= self.keys:
            self.keys -= wanted
        else:
            self.keys |= wanted

    def range_to(self, cursor: int) -> range:
        """The rows from the anchor to the cursor, both included; none where no range is being drawn."""
        if self.anchor is None:
            return range(0)
        return range(min(self.anchor, cursor), max(self.anchor, cursor) + 1)

    def keep_only(self, keys: Iterable[Key]) -> bool:
        """Drop marks of what is no longer there; say whether any was."""
        before = len(self.keys)
        if before:
            self.keys.intersection_update(keys)
        return len(self.keys) != before
