"""Both sides of a comparison: how they are opened, kept open and called; no widgets here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snaptui import formatting
from snaptui.archives.compare import Comparison
from snaptui.errors import SnaptuiError
from snaptui.i18n import _, ngettext
from snaptui.models import SnapshotKey
from snaptui.rows import VersionRow
from snaptui.tui.archive_access import open_archive
from snaptui.tui.desk import Desk
from snaptui.tui.widgets.detail import short_path
from snaptui.tui.widgets.difference_rows import DifferenceRows

if TYPE_CHECKING:
    from textual.app import App

    from snaptui.archives.archive import Archive
    from snaptui.archives.compare import Difference
    from snaptui.archives.member_diff import Source
    from snaptui.archives.text_diff import TextDiff

Side = VersionRow | Path
"""A version, or a folder on this computer."""


class NotCompared(Exception):
    """A side could not be opened; ``error`` says why, None where the person did not want it fetched."""

    def __init__(self, side: Side, error: SnaptuiError | None) -> None:
        super().__init__(side_name(side))
        self.side, self.error = side, error


def side_name(side: Side, *, short: bool = False) -> str:
    """What a side is called: app and version, or the folder."""
    if isinstance(side, Path):
        return side.name if short and side.name else short_path(side)
    version = side.snapshot.version
    return version if short else f"{side.app_name} {version}"


def same_side(old: Side, new: Side) -> bool:
    """Whether both sides are one and the same."""
    if isinstance(old, Path) or isinstance(new, Path):
        return old == new
    return old.key == new.key


class Sides:
    """Opens versions once and keeps them open until ``aclose``."""

    def __init__(self, app: App[Any], desk: Desk) -> None:
        self._app, self._desk = app, desk
        self._open: dict[SnapshotKey, Archive] = {}
        self._fetched: set[SnapshotKey] = set()

    async def compare(self, old: Side, new: Side) -> tuple[Comparison, DifferenceRows]:
        """Compare from the two directories alone, opened side by side; raises ``NotCompared``.

        Only inside a worker: it may have to ask. One side at least is a version.
        """
        from snaptui.archives.archive import compare_archives
        from snaptui.archives.work import in_thread

        before, after = await self._sources(old, new)
        try:
            if isinstance(before, Path):
                assert not isinstance(after, Path)  # noqa: S101 - two folders are nobody's question
                comparison = (await after.compare_folder(before)).swapped()
            elif isinstance(after, Path):
                comparison = await before.compare_folder(after)
            else:
                comparison = await compare_archives(before, after)
        except SnaptuiError as error:
            raise NotCompared(old if isinstance(old, Path) else new, error) from error
        rows = await in_thread(lambda _job: DifferenceRows(comparison))
        return comparison, rows

    async def lines_of(self, old: Side, new: Side, difference: Difference) -> TextDiff:
        """Compare one file's two contents; raises SnaptuiError and ``NotCompared``."""
        from snaptui.archives.member_diff import diff_member

        return await diff_member(*await self._sources(old, new), difference)

    def archive_of(self, side: Side) -> Archive | None:
        """The open archive of a version."""
        return None if isinstance(side, Path) else self._open.get(side.key)

    async def _sources(self, old: Side, new: Side) -> tuple[Source, Source]:
        before, after = await asyncio.gather(self._source(old), self._source(new), return_exceptions=True)
        for found in (before, after):
            if isinstance(found, BaseException):
                raise found
        assert not isinstance(before, BaseException)  # noqa: S101 - raised above
        assert not isinstance(after, BaseException)  # noqa: S101
        return before, after

    async def _source(self, side: Side) -> Source:
        if isinstance(side, Path):
            return side
        if (archive := self._open.get(side.key)) is not None:
            return archive
        queue = self._desk.queue
        before = queue.of(side.key) if queue is not None else None
        try:
            opened = await open_archive(self._app, self._desk, side)
        except SnaptuiError as error:
            raise NotCompared(side, error) from error
        if opened is None:
            raise NotCompared(side, None)
        self._open[side.key] = opened
        after = queue.of(side.key) if queue is not None else None
        if not opened.remote and after is not None and after is not before:
            self._fetched.add(side.key)
        return opened

    def cost(self, old: Side, new: Side) -> tuple[str, str]:
        """What the sides that are open took so far, in words, and shorter."""
        if any(not isinstance(side, Path) and side.key in self._fetched for side in (old, new)):
            return _("downloaded whole: the host sends no parts"), _("downloaded whole")
        archives = [archive for archive in map(self.archive_of, (old, new)) if archive is not None]
        requests = sum(archive.requests + archive.links for archive in archives)
        if not requests:
            return _("read on this computer"), ""
        words = ngettext("{n} request, {size}", "{n} requests, {size}", requests)
        fetched = sum(archive.transferred_bytes for archive in archives)
        short = words.format(n=formatting.number(requests), size=formatting.size(fetched))
        if any(archive.transferred_bytes >= archive.size_bytes for archive in archives):  # it is as small as its list
            return short, short
        return _("no archive fetched: {cost}").format(cost=short), short

    async def aclose(self) -> None:
        """Close what was opened."""
        archives, self._open = list(self._open.values()), {}
        for archive in archives:
            await archive.aclose()


def summary(old: Side, new: Side, comparison: Comparison, most: int, line_of: Callable[[Difference], str]) -> str:
    """The comparison as plain text: both sides, the counts, and a line for each of the first ``most`` differences."""
    from snaptui.archives.compare import Change

    counts = _("{added} added, {removed} removed, {changed} changed, {renamed} renamed, {same} the same").format(
        added=formatting.number(len(comparison.of(Change.ADDED))),
        removed=formatting.number(len(comparison.of(Change.REMOVED))),
        changed=formatting.number(len(comparison.of(Change.CHANGED))),
        renamed=formatting.number(len(comparison.of(Change.RENAMED))),
        same=formatting.number(comparison.same),
    )
    lines = [f"{side_name(old)} → {side_name(new)}", f"{counts} ({formatting.delta(comparison.delta)})"]
    lines += [line_of(difference) for difference in comparison.differences[:most]]
    if left := len(comparison.differences) - most:
        words = ngettext("… and {n} more", "… and {n} more", left)
        lines += [words.format(n=formatting.number(left))] if left > 0 else []
    return "\n".join(lines)
