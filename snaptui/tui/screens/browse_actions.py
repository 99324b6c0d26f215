"""What the keys of the browse screen do with files: save, restore, open elsewhere, look back, copy."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from textual import work
from textual.app import SuspendNotSupported

from snaptui import formatting
from snaptui.errors import ArchiveDamaged, ArchiveRefused, SnaptuiError
from snaptui.i18n import _
from snaptui.text import safe
from snaptui.tui.archive_access import UNASKED_BYTES
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.browse_saving import BrowseSaving

if TYPE_CHECKING:
    from snaptui.archives.archive import Archive
    from snaptui.archives.directory import Member
    from snaptui.rows import VersionRow

LAST_SAVE_FOLDER = "last_save_folder"
_NAMES_SHOWN = 3
# By itself, or by Ctrl-C.
_ENDED_AS_ASKED = (0, -2, 130)


class BrowseActions(BrowseSaving):
    """The part of the browse screen that acts."""

    # Restoring, looking back

    @work(group="restore", exclusive=True)
    async def action_restore(self) -> None:
        """Put the marked files back, or the one under the cursor: where to is asked there."""
        from snaptui.tui.screens.restore import RestoreScreen

        archive = self.archive
        if archive is None:
            return
        members = await self._chosen(archive)
        if members:
            screen = RestoreScreen(self.row, self.desk, self.surroundings, archive=archive, members=members)
            self.app.push_screen(screen)

    def action_history(self) -> None:
        """Show in which versions the file under the cursor is what."""
        from snaptui.tui.screens.history import HistoryScreen

        member = self.member
        if member is not None:
            screen = HistoryScreen(self.row, member.path, self.desk, self.surroundings)
            self.app.push_screen(screen, lambda row: self._look_at(row, member.path))

    def _look_at(self, row: VersionRow | None, path: str) -> None:
        """Open the version that was chosen in a history, at the same file."""
        raise NotImplementedError

    def action_copy_path(self) -> None:
        """Copy the path."""
        entry = self.files.cursor_entry
        if entry is not None:
            self.app.copy_to_clipboard(safe(entry.path))

    # Elsewhere

    def action_page_file(self) -> None:
        """Open the file in the person's pager."""
        self._open_outside(edit=False)

    def action_edit_file(self) -> None:
        """Open a read-only copy in the person's editor."""
        self._open_outside(edit=True)

    @work(group="outside", exclusive=True)
    async def _open_outside(self, *, edit: bool) -> None:
        from snaptui.tui.outside import editor_command, pager_command, private_copy, run

        archive, member, environ = self.archive, self.member, self.surroundings.environ
        if archive is None or member is None:
            return
        try:
            command = editor_command(environ) if edit else pager_command(environ)
            if not await self._may_fetch(archive, member):
                return
            with private_copy(member.path, f"read-only-copy-{self.row.key.version}") as copy:
                self.say_busy(_("Reading {size}…").format(size=formatting.size(member.size)))
                async with aclosing(archive.chunks(member)) as pieces:
                    async for piece in pieces:
                        copy.write(piece)
                copy.close(read_only=edit)
                self.say_busy("")
                with self.app.suspend():
                    code = run(command, copy.path, environ)
                if copy.changed:
                    words = _("That was a copy, and what you changed in it is gone: {key} saves the file to work on.")
                    self.app.notify(words.format(key=self.key_of("browse-save")), severity="warning", markup=False)
                elif code not in _ENDED_AS_ASKED:
                    words = _("{program} ended with {code}.")
                    self.app.notify(words.format(program=safe(command[0]), code=code), severity="warning", markup=False)
        except SuspendNotSupported:
            self.notify(_("This terminal can't be lent to another program: save the file instead."), markup=False)
        except SnaptuiError as error:
            self.archive_failed(error)
        finally:
            self.say_busy("")

    async def _may_fetch(self, archive: Archive, member: Member) -> bool:
        """Ask before much is fetched from afar."""
        if not archive.remote or member.compressed_size <= UNASKED_BYTES:
            return True
        body = (_("It has to be fetched: {size}.").format(size=formatting.size(member.compressed_size)),)
        answers = (Answer("no", "n", _("Leave it")), Answer("yes", "y", _("Fetch it")))
        return await self.app.push_screen_wait(AskScreen(_("Fetch this file?"), body, answers)) == "yes"

    # Again

    def action_read_again(self) -> None:
        """Read again what could not be read: the archive, or the file under the cursor."""
        if self.error is not None or self.archive is None:
            self.open()
        else:
            self.look()

    def can_read_again(self) -> bool:
        """Whether something failed that may go well another time: what is no whole ZIP stays so."""
        if self._busy:
            return False
        failed = self._preview_failed
        mendable = failed is not None and not isinstance(failed, ArchiveDamaged | ArchiveRefused)
        return self.archive is None or self.error is not None or mendable
