"""Putting a version's files back into a folder: where, which, what may be replaced; the plan; the work; the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from snaptui.archives.restore_events import Restored
from snaptui.rows import VersionRow
from snaptui.tui.desk import Desk
from snaptui.tui.screens.place import Place
from snaptui.tui.surroundings import Surroundings

if TYPE_CHECKING:
    from snaptui.archives.archive import Archive
    from snaptui.archives.directory import Member


class RestoreScreen(Place[Restored | None]):
    """Shows what a restore would do, does it when told to, and returns what was done; None where nothing was.

    An ``archive`` that is given stays the caller's; without one it is opened, and closed, here. ``members`` are the
    ones chosen of it, None: all.
    """

    def __init__(
        self,
        row: VersionRow,
        desk: Desk,
        surroundings: Surroundings,
        *,
        archive: Archive | None = None,
        members: Sequence[Member] | None = None,
    ) -> None:
        super().__init__()
        self._row, self._desk, self._surroundings = row, desk, surroundings
        self._archive, self._members = archive, members
