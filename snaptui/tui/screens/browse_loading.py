"""How an archive comes onto the browse screen: opening it, its rows, the preview, and what goes wrong on the way."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from textual import work
from textual.app import App

from snaptui import formatting
from snaptui.archives.outline import found_outline, largest_outline, only_children, tree_outline
from snaptui.archives.work import in_thread
from snaptui.errors import ArchiveChanged, NetworkFailed, SnaptuiError
from snaptui.i18n import N_, _, ngettext
from snaptui.tui.archive_access import open_archive
from snaptui.tui.screens.place import Place
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.browse_heading import ArchiveFacts, BrowseHeading
from snaptui.tui.widgets.file_tree import FEW_ROWS, FileTreeView
from snaptui.tui.widgets.filter_field import FilterField
from snaptui.tui.widgets.notice import Notice, NoticeKind, NoticeText

if TYPE_CHECKING:
    from snaptui.archives.archive import Archive
    from snaptui.archives.outline import Outline
    from snaptui.archives.tree import FileTree, Folder
    from snaptui.rows import VersionRow
    from snaptui.tui.desk import Desk

Opener = Callable[[App[Any], "Desk", "VersionRow"], Awaitable["Archive | None"]]

READING = N_("Reading the list of files…")


class BrowseLoading(Place[None]):
    """The part of the browse screen that reads. ``archive`` is the one that is open, None before and where it failed.

    ``error`` is why it could not be opened.
    """

    def __init__(
        self, row: VersionRow, desk: Desk, surroundings: Surroundings, *, opener: Opener = open_archive, at: str = ""
    ) -> None:
        """``opener`` opens archives (tests give their own); ``at`` is the path of a file to begin at."""
        super().__init__()
        self.row, self.desk, self.surroundings = row, desk, surroundings
        self.archive: Archive | None = None
        self.error: SnaptuiError | None = None
        self._opener = opener
        self._at = at
        self._refused = 0
        self._find_text = ""
        self._largest = False
        self._opened: frozenset[str] | None = None
        self._busy = ""

    @property
    def files(self) -> FileTreeView:
        """The tree."""
        return self.query_one(FileTreeView)

    # What the other part gives

    def rest(self) -> None:
        """The cursor stands elsewhere: look there once it rests."""
        raise NotImplementedError

    def forget_previews(self) -> None:
        """Another archive is going to be read."""
        raise NotImplementedError

    # Opening

    @work(group="archive", exclusive=True)
    async def open(self) -> None:
        """Open the archive and show its files; what was open before is closed."""
        await self._close()
        self.error, self._busy = None, _(READING)
        self.forget_previews()
        self.show_state()
        # A list of 100,000 files makes the collector go through everything there is, again and again, for longer
        # than a person's key may wait. What is there already is left out of that until this screen is left.
        gc.freeze()
        try:
            archive = await self._opener(self.app, self.desk, self.row)
            if archive is not None:
                self.archive = archive
                tree = await archive.tree()
                self._begin_at(tree)
                self._show_outline(await self._outline(tree))
                self.rest()
                self.call_after_refresh(self._judge)
        except SnaptuiError as error:
            self.error = error
        self._busy = ""
        self.show_state()

    def _begin_at(self, tree: FileTree) -> None:
        """Open the folders on the way to the file to begin at, and those that hold nothing but the next one."""
        if self._opened is not None:
            return
        parts = self._at.split("/")[:-1]
        above = {"/".join(parts[:count]) for count in range(1, len(parts) + 1)}
        self._opened = only_children(tree) | above

    @work(group="judge", exclusive=True)
    async def _judge(self) -> None:
        """Learn which members would not be unpacked, once the first rows are there."""
        if self.archive is not None:
            self._refused = len(await self.archive.refused())
            self.files.refresh_entries()
            self.show_state()

    async def _close(self) -> None:
        archive, self.archive = self.archive, None
        if archive is not None:
            await archive.aclose()

    async def on_unmount(self) -> None:
        """Release the archive; nothing is awaited that would need the event loop to go on."""
        gc.unfreeze()
        await self._close()

    def archive_failed(self, error: SnaptuiError) -> None:
        """Say why something could not be read; an archive that is another one now is to be opened again."""
        if isinstance(error, ArchiveChanged):
            self.error = error
        self.app.notify(error.sentence, severity="error", markup=False, timeout=10)
        self.show_state()

    # Rows

    async def _outline(self, tree: FileTree) -> Outline:
        """Make the rows that are to be in view, off the event loop."""
        make = self._outline_maker(tree)
        return await in_thread(lambda job: make(job.check))

    def _outline_maker(self, tree: FileTree) -> Callable[[Callable[[], None]], Outline]:
        """What makes the rows for the filter and the order of now."""
        view = self.files
        text, largest, opened = self._find_text, self._largest, self._opened or frozenset()
        order, reverse = view.order, view.reverse

        def make(check: Callable[[], None]) -> Outline:
            if text:
                return found_outline(tree, text, order, reverse=reverse, check=check)
            if largest:
                return largest_outline(tree, order, reverse=reverse, check=check)
            return tree_outline(tree, opened, order, reverse=reverse, check=check)

        return make

    def _show_outline(self, outline: Outline) -> None:
        at = None
        if self._at:
            found = (outline.entry(index) for index in range(len(outline)))
            at = next((entry for entry in found if entry.path == self._at and entry.folder is None), None)
            self._at = ""
        self.files.show(outline, at=at)

    def list_again(self) -> None:
        """Show other rows: filtered, sorted, or the tree as it was. Few are there before the next key."""
        outline = self.files.outline
        if self.archive is None or outline is None:
            return
        if not outline.flat:
            self._opened = outline.opened
        tree = outline.tree
        if tree.root.files <= FEW_ROWS:
            self._show_outline(self._outline_maker(tree)(lambda: None))
            self.show_state()
        else:
            self._list_many(tree)

    @work(group="rows", exclusive=True)
    async def _list_many(self, tree: FileTree) -> None:
        self._show_outline(await self._outline(tree))
        self.show_state()

    @work(group="rows")
    async def open_folder(self, folder: Folder) -> None:
        """Put a folder's rows below it."""
        if self.archive is not None:
            view = self.files
            view.open(folder, await self.archive.rows(folder, view.order, reverse=view.reverse))

    # What is said

    def show_state(self) -> None:
        """The heading, and words in the place of rows where there are none."""
        if not self.is_mounted:
            return
        view, archive = self.files, self.archive
        outline = view.outline if archive is not None else None
        self.query_one(BrowseHeading).show(self._facts(archive, outline))
        view.empty_text = _("No path holds these words.") if self._find_text else _("The archive is empty.")
        notice = self._notice()
        shown = self.query_one(Notice)
        shown.show(notice)
        shown.display = notice is not None
        self.refresh_bindings()

    def _facts(self, archive: Archive | None, outline: Outline | None) -> ArchiveFacts:
        around, row, marking = self.surroundings, self.row, self.files.marking
        taken = formatting.taken(row.snapshot.taken_at, around.now(), around.zone)
        if archive is None or outline is None:
            return ArchiveFacts(row.app_name, row.snapshot.version, taken, busy=self._busy)
        root = outline.tree.root
        return ArchiveFacts(
            row.app_name,
            row.snapshot.version,
            taken,
            files=root.files,
            size=root.size,
            archive_size=archive.size_bytes,
            transferred=archive.transferred_bytes if archive.remote else None,
            requests=archive.requests if archive.remote else None,
            refused=self._refused,
            marked=marking.files,
            marked_size=marking.size,
            listed=self._listed(outline),
            busy=self._busy,
        )

    def _listed(self, outline: Outline) -> str:
        if not outline.flat:
            return ""
        count = formatting.number(len(outline))
        if self._largest and not self._find_text:
            return _("the {n} largest files").format(n=count)
        if outline.cut:
            return _("the first {n} files with “{text}”").format(n=count, text=self._find_text)
        words = ngettext("{n} file with “{text}”", "{n} files with “{text}”", len(outline))
        return words.format(n=count, text=self._find_text)

    def _notice(self) -> NoticeText | None:
        again, back = (self.key_of("browse-again"), _("try again")), ("Esc", _("back to the versions"))
        if self.error is not None:
            kind = NoticeKind.OFFLINE if isinstance(self.error, NetworkFailed) else NoticeKind.ERROR
            return NoticeText(kind, self.error.sentence, keys=[again, back])
        if self.archive is not None:
            return None
        if self._busy:
            return NoticeText(NoticeKind.LOADING, self._busy, _("Only the list is fetched, not the archive."), [back])
        return NoticeText(NoticeKind.EMPTY, _("The archive was not fetched."), keys=[again, back])

    # The filter

    def filter_by(self, text: str) -> None:
        """List the files whose paths hold the words of ``text``; the tree again where there are none."""
        if text.strip() != self._find_text:
            self._find_text = text.strip()
            self.list_again()

    @property
    def filter_field(self) -> FilterField:
        """Where the filter is typed."""
        return self.query_one(FilterField)
