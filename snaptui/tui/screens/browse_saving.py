"""Saving files from an archive into a folder, by way of a restore, which is safe whatever they are called."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from snaptui import formatting
from snaptui.archives.work import in_thread
from snaptui.errors import SnaptuiError
from snaptui.i18n import _, ngettext
from snaptui.text import safe
from snaptui.tui.archive_access import fetch_archive
from snaptui.tui.pace import Paced
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.browse_looking import BrowseLooking
from snaptui.tui.widgets.detail import short_path

if TYPE_CHECKING:
    from snaptui.archives.archive import Archive
    from snaptui.archives.directory import Member
    from snaptui.archives.plan import Plan
    from snaptui.archives.restore_events import Restored

LAST_SAVE_FOLDER = "last_save_folder"
_NAMES_SHOWN = 3
# By itself, or by Ctrl-C.
_ENDED_AS_ASKED = (0, -2, 130)


class BrowseSaving(BrowseLooking):
    """The part of the browse screen that writes."""

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
