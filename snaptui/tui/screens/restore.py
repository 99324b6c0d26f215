"""Putting a version's files back into a folder: the plan before anything is written, the work, the way back."""

from __future__ import annotations

import shlex
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Input

from snaptui import formatting
from snaptui.archives.plan import Plan
from snaptui.archives.restore_events import Restored, TakenBack
from snaptui.errors import RestoreError, SnaptuiError
from snaptui.i18n import N_, _, ngettext
from snaptui.text import safe
from snaptui.transfers.queue import UNFINISHED
from snaptui.tui.archive_access import fetch_archive, open_archive
from snaptui.tui.bindings import binding
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.restore_planning import LAST_TARGET, Phase, RestorePlanning, target_name
from snaptui.tui.screens.restore_progress import Stoppable, followed, transfer_shown, unpacking
from snaptui.tui.screens.undo import UndoScreen
from snaptui.tui.widgets.detail import short_path
from snaptui.tui.widgets.folder_field import FolderField
from snaptui.tui.widgets.plan_groups import counts, result_groups
from snaptui.tui.widgets.plan_list import PlanList
from snaptui.tui.widgets.progress_line import Progress, ProgressLine

if TYPE_CHECKING:
    from snaptui.archives.archive import Archive
    from snaptui.archives.runs import LastRun


class RestoreScreen(RestorePlanning):
    """Shows what a restore would do, does it when told to, and returns what was done; None where nothing was.

    An ``archive`` that is given stays the caller's; without one it is opened, and closed, here. ``members`` are the
    ones chosen of it, None: all.
    """

    SHOWS_TRANSFERS = True

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("enter", "restore", N_("restore"), id="restore-confirm", tooltip=N_("Carry out the plan")),
        binding(
            "ctrl+o,o", "policy", N_("may replace"), id="restore-policy", key_display="^o",
            tooltip=N_("Change what may be replaced: nothing, what differs, everything"),
        ),
        binding("f", "folder", N_("folder"), id="restore-folder", tooltip=N_("Restore into another folder")),
        binding("slash", "names", N_("only some"), id="restore-names", tooltip=N_("Restore only files of some names")),
        binding("u", "undo", N_("take it back"), id="restore-undo", tooltip=N_("Put everything back as it was")),
        binding("escape", "leave", N_("back"), id="restore-leave", tooltip=N_("Go back; while it works, stop it")),
    ]  # fmt: skip

    _own: Archive | None = None
    _going: Stoppable[Any] | None = None
    _result: Restored | None = None
    _said = ""
    _unwanted = False

    def on_mount(self) -> None:
        """Open the archive, if that has not been done; the folder can be written meanwhile."""
        self.query_one(ProgressLine).display = False
        self.query_one(PlanList).focus()
        if self._archive is not None:
            self.replan()
        else:
            self.say(_("Opening the archive…"))
            self._open()

    async def on_unmount(self) -> None:
        """Close what was opened here."""
        if self._own is not None:
            await self._own.aclose()

    @work(group="open", exclusive=True)
    async def _open(self) -> None:
        try:
            with transfer_shown(self._desk.queue, self._row.key, self.query_one(ProgressLine)):
                self._own = self._archive = await open_archive(self.app, self._desk, self._row)
        except SnaptuiError as error:
            self.say(error.sentence, look="failed")
            return
        if self._archive is None:
            self.dismiss(None)
        else:
            self.replan()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense now has a key."""
        before = self.phase in (Phase.PLANNING, Phase.READY)
        typing = isinstance(self.focused, Input)
        allowed = {
            "restore": before,
            "policy": before,
            "folder": before and not typing,
            "names": before and not typing,
            "undo": self.phase is Phase.DONE and self._result is not None and self._result.undo is not None,
        }
        return allowed.get(action, True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        event.stop()
        match event.button.id:
            case "restore" if self.phase is Phase.DONE:
                self.action_undo()
            case "restore":
                self.action_restore()
            case _:
                self.action_leave()

    def action_policy(self) -> None:
        """Allow more, or nothing again."""
        self.next_policy()

    def action_folder(self) -> None:
        """Write another folder."""
        self.query_one(FolderField).focus()

    def action_names(self) -> None:
        """Write names."""
        self.query_one("#restore-patterns", Input).focus()

    def action_leave(self) -> None:
        """Go back; ask first while something is being written."""
        if self._going is not None and self._going.running:
            if not self._going.stopped:
                self._ask_to_stop(self._going)
        else:
            self.dismiss(self._result)

    @work(group="restore-stop", exclusive=True)
    async def _ask_to_stop(self, going: Stoppable[Any]) -> None:
        body, label = _("Everything in the folder is put back as it was before."), _("Stop and take back")
        if self.unfinished is not None:
            body, label = _("It stays interrupted, and can go on or be taken back later."), _("Stop")
        answers = (Answer("go-on", "g", _("Go on")), Answer("stop", "s", label))
        if await self.app.push_screen_wait(AskScreen(_("Stop the restore?"), [body], answers)) == "stop":
            self._unwanted = True
            going.stop()
            if going.running:
                self.say(_("Stopping…"))

    # The work

    def action_restore(self) -> None:
        """Carry out the plan, if there is one and nothing speaks against it."""
        if self.unfinished is not None:
            self.settle_unfinished(self.unfinished)
        elif self.plan is not None and self.phase is Phase.READY:
            words, look = self.verdict(self.plan)
            if look:
                self.say(words, look=look)
                self.app.bell()
            else:
                self._carry_out(self.plan)

    def _begin(self, work: Coroutine[Any, Any, Any]) -> Stoppable[Any]:
        self.phase, self._going, self._said = Phase.WORKING, Stoppable(work), ""
        self._unwanted = False
        for shown in self.query(Input):
            shown.disabled = True
        self.query_one("#restore", Button).disabled = True
        self.query_one(ProgressLine).display = True
        self.query_one(ProgressLine).advance(Progress(0, None))
        self.query_one(PlanList).focus()
        self.refresh_bindings()
        return self._going

    def _end(self, words: str) -> None:
        """The work did not come to its end: the plan is made anew, and ``words`` say why."""
        for shown in self.query(Input):
            shown.disabled = False
        self.query_one("#restore", Button).disabled = False
        self.query_one(ProgressLine).display = False
        self.replan(words=words)

    @work(group="restore")
    async def _carry_out(self, plan: Plan) -> None:
        outcome = await self._begin(self._restored(plan)).outcome()
        if isinstance(outcome, Restored):
            self._show_result(outcome)
        elif isinstance(outcome, SnaptuiError):
            self._end(outcome.sentence)
        else:
            self._end(_("Stopped: everything is as it was."))

    async def _restored(self, plan: Plan) -> Restored:
        async with AsyncExitStack() as stack:
            archive = self._archive
            assert archive is not None  # noqa: S101 - a plan was made of it
            if archive.key is not None and archive.better_whole(action.member for action in plan.new + plan.replaced):
                archive = await stack.enter_async_context(await self._fetched())
                chosen = await self.chosen(archive)
                again = await archive.plan(plan.target, chosen=chosen, policy=plan.policy)
                if (again.actions, again.folders) != (plan.actions, plan.folders):
                    raise RestoreError(_("The folder changed while the archive was fetched: look at the plan again."))
                plan = again
            self._show_progress(Progress(0, self.bytes_to_write), unpacking())
            return await followed(archive.restore(plan), Restored, self._show_progress)

    async def _fetched(self) -> Archive:
        """The whole archive by way of the queue, verified; its progress is shown here too."""
        queue = self._desk.queue
        before = queue.of(self._row.key) if queue is not None else None
        ours = before is None or before.state not in UNFINISHED
        self.say(_("Fetching the whole archive first: it is checked, and kept as a local copy."))
        try:
            with transfer_shown(queue, self._row.key, self.query_one(ProgressLine)):
                return await fetch_archive(self._desk, self._row)
        finally:
            transfer = queue.of(self._row.key) if queue is not None else None
            if queue is not None and transfer is not None and ours and self._unwanted and transfer.state in UNFINISHED:
                queue.cancel(transfer.id)

    def _show_progress(self, progress: Progress, words: str) -> None:
        shown = self.query_one(ProgressLine)
        shown.display = True
        shown.advance(progress)
        if words != self._said:
            self._said = words
            self.say(words)

    def _show_result(self, result: Restored) -> None:
        """What was done, and how it is undone."""
        self._result, self.phase = result, Phase.DONE
        self.add_class("-done")
        remembered = self._desk.sessions.remembered
        remembered.set(LAST_TARGET, str(result.target))
        remembered.set(target_name(self._row.snapshot.app_id), str(result.target))
        self.query_one(ProgressLine).display = False
        self.query_one(PlanList).show(result_groups(result), empty=_("Nothing had to be written."))
        button = self.query_one("#restore", Button)
        button.display = result.undo is not None
        button.disabled = False
        button.label = Content(_("Take it back ({key})").format(key=self.key_of("restore-undo")))
        self.query_one("#leave", Button).label = Content(_("Done (Esc)"))
        self._say_result(result)
        self.refresh_bindings()

    def _say_result(self, result: Restored) -> None:
        words = _("Restored: {counts}, {size} written.").format(
            counts=counts(len(result.new), len(result.replaced)), size=formatting.size(result.written_bytes)
        )
        if result.refused:
            refused = ngettext("{n} was refused.", "{n} were refused.", len(result.refused))
            words = f"{words} {refused.format(n=formatting.number(len(result.refused)))}"
        if result.undo is not None:
            back = _("{key} takes it back, and later so does: snaptui undo {folder}")
            back = back.format(key=self.key_of("restore-undo"), folder=_as_word(result.target))
            words = f"{words}\n{back}"
        self.say(words, look="warning" if result.refused else "")

    @work(group="restore-undo", exclusive=True)
    async def action_undo(self) -> None:
        """Take back what was just done."""
        if self._result is None or self._result.undo is None:
            return
        screen = UndoScreen(self._desk.sessions.remembered, self._surroundings, target=self._result.target)
        taken = await self.app.push_screen_wait(screen)
        if taken is not None and not taken.left_changed:
            self._result = None
            self.remove_class("-done")
            button = self.query_one("#restore", Button)
            button.display, button.label = True, Content(_("Restore (Enter)"))
            self.query_one("#leave", Button).label = Content(_("Back (Esc)"))
            self._end(_("Taken back: everything is as it was."))

    # An earlier restore that was interrupted

    def settle_unfinished(self, last: LastRun) -> None:
        """Ask what becomes of it, and do that."""
        self._settle(last)

    @work(group="restore-unfinished", exclusive=True)
    async def _settle(self, last: LastRun) -> None:
        from snaptui.archives.restore import resume, undo

        body = (
            short_path(last.target),
            _("It came from {source}: {counts}.").format(
                source=last.source, counts=counts(len(last.new), len(last.replaced))
            ),
            _("Some files may be in place already; everything is at hand to go either way."),
        )
        answers = (
            Answer("leave", "l", _("Leave it")),
            Answer("finish", "f", _("Finish it")),
            Answer("back", "b", _("Take it back")),
        )
        answer = await self.app.push_screen_wait(AskScreen(_("A restore here was interrupted"), body, answers))
        if answer not in ("finish", "back"):
            return
        finish = answer == "finish"
        going = self._begin(
            followed(resume(last.target), Restored, self._show_progress)
            if finish
            else followed(undo(last.target), TakenBack, self._show_progress)
        )
        outcome = await going.outcome()
        if isinstance(outcome, SnaptuiError):
            self._end(outcome.sentence)
        elif isinstance(outcome, Restored):
            self._end(_("The interrupted restore is finished."))
        elif isinstance(outcome, TakenBack):
            self._end(_("The interrupted restore is taken back."))
        else:
            self._end(_("Stopped on the way; it can go on."))


def _as_word(path: Path) -> str:
    """A path as it can be typed in a shell."""
    shown = short_path(path)
    plain = shown.removeprefix("~/")
    return shown if shlex.quote(plain) == plain else shlex.quote(safe(str(path)))
