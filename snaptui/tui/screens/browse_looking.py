"""What the browse screen shows of the entry under the cursor, and how much it fetches for that."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import aclosing
from typing import TYPE_CHECKING

from textual import work
from textual.timer import Timer

from snaptui.archives.preview import MOST_DATABASE_BYTES, PREVIEW_BYTES, Preview
from snaptui.archives.work import Job, events, in_thread
from snaptui.errors import ArchiveChanged, SnaptuiError
from snaptui.i18n import _
from snaptui.tui.archive_access import open_archive
from snaptui.tui.screens.browse_loading import BrowseLoading, Opener
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.document import (
    Document,
    PreviewKeys,
    folder_document,
    plain_document,
    preview_document,
)
from snaptui.tui.widgets.preview_pane import PreviewPane

if TYPE_CHECKING:
    from snaptui.archives.archive import Archive
    from snaptui.archives.tree import Entry, Folder
    from snaptui.rows import VersionRow
    from snaptui.tui.desk import Desk
    from snaptui.tui.syntax import Spans

_REST_SECONDS = 0.15
# From afar no more than this is fetched unasked for a preview; the first bytes of what is larger.
_UNASKED_BYTES = 192 * 1024
_HEAD_BYTES = 48 * 1024
_KEPT_PREVIEWS = 16
_LARGEST_SHOWN = 20


class BrowseLooking(BrowseLoading):
    """The part of the browse screen that previews. Hidden values are shown until the cursor leaves their file."""

    def __init__(
        self, row: VersionRow, desk: Desk, surroundings: Surroundings, *, opener: Opener = open_archive, at: str = ""
    ) -> None:
        super().__init__(row, desk, surroundings, opener=opener, at=at)
        self._resting: Timer | None = None
        self._previews: OrderedDict[int, Preview] = OrderedDict()
        self._preview: Preview | None = None
        self._preview_failed: SnaptuiError | None = None
        self._revealed = False

    @property
    def pane(self) -> PreviewPane:
        """The preview."""
        return self.query_one(PreviewPane)

    def forget_previews(self) -> None:
        """Another archive is going to be read."""
        self._previews.clear()

    def rest(self) -> None:
        """The cursor stands elsewhere: look there once it rests."""
        if self._resting is not None:
            self._resting.stop()
        self._revealed = False
        self._resting = self.set_timer(_REST_SECONDS, self.look)

    @work(group="preview", exclusive=True)
    async def look(self, *, more: bool = False) -> None:
        """Show what is under the cursor; ``more`` fetches what was left out as too much to be fetched unasked."""
        entry, archive = self.files.cursor_entry, self.archive
        self._preview = self._preview_failed = None
        if entry is None or archive is None or not self.pane.display:
            self.pane.show(Document())
            self.refresh_bindings()
            return
        zone = self.surroundings.zone
        try:
            if entry.folder is not None:
                self.pane.show(await self._folder(entry, entry.folder))
            elif entry.member is not None:
                preview = await self._preview_of(archive, entry, more=more)
                self._preview = preview
                await self._show_preview(entry, preview)
        except SnaptuiError as error:
            self._preview_failed = error
            if isinstance(error, ArchiveChanged):
                self.error = error
            self.pane.show(plain_document(entry, zone, error.sentence))
        self.show_state()

    async def _folder(self, entry: Entry, folder: Folder) -> Document:
        archive = self.archive
        assert archive is not None  # noqa: S101 - nothing is looked at before it is open
        tree = await archive.tree()
        largest = await in_thread(lambda _job: tree.largest(_LARGEST_SHOWN, folder))
        return folder_document(entry, largest, self.surroundings.zone)

    async def _preview_of(self, archive: Archive, entry: Entry, *, more: bool) -> Preview:
        """Return a file's preview: one kept from before, else read, from afar no more than is cheap."""
        member = entry.member
        assert member is not None  # noqa: S101 - the caller looked
        kept = self._previews.get(member.number)
        if kept is not None and not more:
            self._previews.move_to_end(member.number)
            return kept
        limit, whole = PREVIEW_BYTES, MOST_DATABASE_BYTES
        if archive.remote:
            reading = plain_document(entry, self.surroundings.zone, _("Reading…"))
            self.pane.show(reading)
            if not more and member.compressed_size > _UNASKED_BYTES:
                limit, whole = _HEAD_BYTES, _UNASKED_BYTES
        preview = await archive.preview(member, limit=limit, most_whole=whole)
        self._previews[member.number] = preview
        while len(self._previews) > _KEPT_PREVIEWS:
            self._previews.popitem(last=False)
        return preview

    async def _show_preview(self, entry: Entry, preview: Preview, *, keep: bool = False) -> None:
        """Show a preview, then its colours as they are worked out."""
        from snaptui.tui.syntax import coloured

        keys = PreviewKeys(*(self.key_of(f"browse-{name}") for name in ("reveal", "more", "pager")))
        document = preview_document(entry, preview, self.surroundings.zone, revealed=self._revealed, keys=keys)
        self.pane.show(document, keep=keep)
        if not document.colour_by:
            return
        text, path = document.text, document.colour_by

        def work_out(job: Job[list[Spans]]) -> None:
            for lines in coloured(text, path, job.check):
                job.tell(lines)

        async with aclosing(events(work_out, name="colours")) as batches:
            async for lines in batches:
                self.pane.add_colours(lines)

    @work(group="preview", exclusive=True)
    async def show_values(self) -> None:
        """Show a file's hidden values, or hide them again."""
        entry, preview = self.files.cursor_entry, self._preview
        if entry is not None and preview is not None:
            self._revealed = not self._revealed
            await self._show_preview(entry, preview, keep=True)
