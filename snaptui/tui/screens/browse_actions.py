"""What the keys of the browse screen do with files: save, restore, open elsewhere, look back, copy."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.app import SuspendNotSupported

from snaptui import formatting
from snaptui.archives.work import in_thread
from snaptui.errors import ArchiveChanged, NetworkFailed, SnaptuiError
from snaptui.i18n import _, ngettext
from snaptui.text import safe
from snaptui.tui.archive_access import UNASKED_BYTES, fetch_archive
from snaptui.tui.pace import Paced
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.browse_loading import BrowseLoading
from snaptui.tui.widgets.detail import short_path

if TYPE_CHECKING:
    from snaptui.archives.archive import Archive
    from snaptui.archives.directory import Member
    from snaptui.archives.plan import Plan
    from snaptui.archives.restore_events import Restored
    from snaptui.rows import VersionRow

LAST_SAVE_FOLDER = "last_save_folder"
_NAMES_SHOWN = 3


class BrowseActions(BrowseLoading):
    """The part of the browse screen that acts."""

    # What is meant

    @property
    def member(self) -> Member | None:
        """The file under the cursor; None on a folder."""
        entry = self.files.cursor_entry
        return entry.member if entry is not None and entry.folder is None else None

    async def _chosen(self, archive: Archive) -> list[Member]:
        """The marked files, else the one under the cursor or all below its folder."""
        tree, marking, entry = await archive.tree(), self.files.marking, self.files.cursor_entry
        if marking:
            return await in_thread(lambda job: list(marking.members(tree, job.check)))
        if entry is None:
            return []
        if entry.folder is not None:
            folder = entry.folder
            return await in_thread(lambda _job: list(tree.walk(folder)))
        return [entry.member] if entry.member is not None else []

    # Saving

    @work(group="save", exclusive=True)
    async def action_save(self) -> None:
        """Save the marked files with their folders, or the one under the cursor by its own name."""
        from snaptui.tui.screens.save import SaveScreen

        archive = self.archive
        if archive is None:
            return
        members = await self._chosen(archive)
        if not members:
            self.notify(_("There is no file to save here."), markup=False)
            return
        alone = not self.files.marking and self.member is not None
        name = safe(members[0].path.rpartition("/")[2]) if alone else ""
        size = sum(member.size for member in members)
        folder = await self.app.push_screen_wait(SaveScreen(name, len(members), size, self._save_folder()))
        if folder is None:
            return
        self.desk.sessions.remembered.set(LAST_SAVE_FOLDER, str(folder))
        try:
            await self._save(archive, members, folder, alone=alone)
        except SnaptuiError as error:
            self.archive_failed(error)
        finally:
            self.say_busy("")

    def _save_folder(self) -> Path:
        last = self.desk.sessions.remembered.get(LAST_SAVE_FOLDER)
        if last:
            return Path(last)
        key = self.row.key
        return self.desk.download_folder() / f"{key.app_id}-{key.version}"

    async def _save(self, archive: Archive, members: list[Member], folder: Path, *, alone: bool) -> None:
        """Plan, ask where something is in the way, and write by way of the restore, which is safe whatever is named."""
        if archive.better_whole(members) and (whole := await self._ask_whole(members)) is not None:
            async with whole:
                await self._write(whole, members, folder, alone=alone)
            return
        await self._write(archive, members, folder, alone=alone)

    async def _ask_whole(self, members: list[Member]) -> Archive | None:
        """Offer to download an archive most of which is needed; None: file by file."""
        size = formatting.size(sum(member.compressed_size for member in members))
        body = (
            _("This is most of the archive ({size}). Downloaded whole it is verified and stays here.").format(
                size=size
            ),
        )
        answers = (Answer("pieces", "f", _("Only these files")), Answer("whole", "d", _("Download it")))
        if await self.app.push_screen_wait(AskScreen(_("Download the whole archive?"), body, answers)) != "whole":
            return None
        self.say_busy(_("Downloading the archive…"))
        return await fetch_archive(self.desk, self.row)

    async def _write(self, archive: Archive, members: list[Member], folder: Path, *, alone: bool) -> None:
        from snaptui.archives.restore_events import Restored

        # One file goes right into the folder; its number still tells what the archive says against it.
        chosen = [m._replace(path=m.path.rpartition("/")[2]) for m in members] if alone else members
        self.say_busy(_("Looking what is there…"))
        plan = await self._agreed(archive, await archive.plan(folder, chosen=chosen))
        if plan is None:
            return
        done = 0
        draw = Paced(self, self.surroundings.redraw_seconds, lambda: self._say_saving(done, plan.bytes_to_write))
        draw()
        async with aclosing(archive.restore(plan)) as told:
            async for event in told:
                if isinstance(event, Restored):
                    self._tell_saved(event)
                else:
                    done = getattr(event, "written_bytes", plan.bytes_to_write)
                    draw()
        self.files.clear_marks()

    async def _agreed(self, archive: Archive, plan: Plan) -> Plan | None:
        """The plan as the person wants it where files are in the way; None to leave it."""
        from snaptui.archives.plan import Policy

        if not plan.replaced:
            return plan
        names = [action.shown for action in plan.replaced[:_NAMES_SHOWN]]
        more = len(plan.replaced) - len(names)
        if more:
            names.append(ngettext("and {n} more", "and {n} more", more).format(n=formatting.number(more)))
        title = ngettext(
            "{n} file is there already and differs", "{n} files are there already and differ", len(plan.replaced)
        ).format(n=formatting.number(len(plan.replaced)))
        answers = [Answer("no", "n", _("Leave it all"))]
        if plan.new:
            answers.append(Answer("new", "k", _("Keep those, save the rest")))
        answers.append(Answer("replace", "r", _("Replace")))
        answer = await self.app.push_screen_wait(AskScreen(title, names, answers))
        if answer == "replace":
            return plan.with_policy(Policy.CHANGED)
        if answer == "new":
            return await archive.plan(plan.target, chosen=[action.member for action in plan.new])
        return None

    def say_busy(self, words: str) -> None:
        """Say what is under way in the heading, or nothing."""
        if self._busy != words:
            self._busy = words
            self.show_state()

    def _say_saving(self, done: int, total: int) -> None:
        words = _("Saving: {part} of {whole} · Esc stops it")
        self.say_busy(words.format(part=formatting.size(done), whole=formatting.size(total)))

    def _tell_saved(self, done: Restored) -> None:
        written = len(done.new) + len(done.replaced)
        where = short_path(done.target)
        said: list[str] = []
        if written == 1:
            said.append(_("{name} is saved in {folder}.").format(name=(*done.new, *done.replaced)[0], folder=where))
        elif written:
            words = ngettext("{n} file is saved in {folder}.", "{n} files are saved in {folder}.", written)
            said.append(words.format(n=formatting.number(written), folder=where))
        if done.unchanged:
            words = ngettext("{n} was there already, the same.", "{n} were there already, the same.", done.unchanged)
            said.append(words.format(n=formatting.number(done.unchanged)))
        left_out = _("{path} was left out: {reason}.")
        said += [left_out.format(path=r.path, reason=r.reason.sentence) for r in done.refused[:_NAMES_SHOWN]]
        if (more := len(done.refused) - _NAMES_SHOWN) > 0:
            words = ngettext("{n} more was left out.", "{n} more were left out.", more)
            said.append(words.format(n=formatting.number(more)))
        words = " ".join(said) or _("There was nothing to write.")
        self.app.notify(words, severity="warning" if done.refused else "information", markup=False, timeout=10)

    @property
    def saving(self) -> bool:
        """Whether files are being written."""
        return any(worker.group == "save" and worker.is_running for worker in self.workers) and bool(self._busy)

    def stop_saving(self) -> None:
        """Stop; what was written so far is taken back."""
        self.workers.cancel_group(self, "save")
        self.notify(_("Stopped; nothing of it was left."), markup=False)

    # Restoring, looking back

    @work(group="restore", exclusive=True)
    async def action_restore(self) -> None:
        """Put the marked files back, or the one under the cursor: where to is asked there."""
        from snaptui.tui.screens.restore import RestoreScreen  # type: ignore[import-not-found, unused-ignore]

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
            with private_copy(
                member.path, _("read-only copy of {version}").format(version=self.row.key.version)
            ) as copy:
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
                elif code:
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
        """Whether something failed that may go well another time."""
        if self._busy:
            return False
        failed = self._preview_failed
        return self.archive is None or self.error is not None or isinstance(failed, NetworkFailed | ArchiveChanged)
