"""Taking back the last restore into a folder: what it was, the question, the work, what was left alone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from snaptui import formatting
from snaptui.archives.restore_events import TakenBack
from snaptui.archives.work import in_thread
from snaptui.errors import SnaptuiError
from snaptui.i18n import N_, _, ngettext
from snaptui.remembered import Remembered
from snaptui.tui.bindings import binding
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.place import Modal, line, set_line
from snaptui.tui.screens.restore_planning import LAST_TARGET
from snaptui.tui.screens.restore_progress import Stoppable, followed
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.detail import short_path
from snaptui.tui.widgets.folder_field import FolderField
from snaptui.tui.widgets.plan_groups import counts, last_run_groups, left_groups
from snaptui.tui.widgets.plan_list import PlanList
from snaptui.tui.widgets.progress_line import ProgressLine

if TYPE_CHECKING:
    from snaptui.archives.runs import LastRun

_REST_SECONDS = 0.2


class UndoScreen(Modal[TakenBack | None]):
    """Takes back the last restore into a folder; returns what was done, None where nothing was.

    With ``target`` that folder is meant; else it can be written, and begins as the one restored into last.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("enter", "take_back", N_("take back"), id="undo-confirm", tooltip=N_("Put everything back as it was")),
        binding(
            "f", "force", N_("take those back too"), id="undo-force",
            tooltip=N_("Also take back the files that were changed since"),
        ),
    ]  # fmt: skip

    _last: LastRun | None = None
    _going: Stoppable[TakenBack] | None = None
    _result: TakenBack | None = None

    def __init__(self, remembered: Remembered, surroundings: Surroundings, *, target: Path | None = None) -> None:
        super().__init__()
        self._remembered, self._surroundings, self._fixed = remembered, surroundings, target

    def compose(self) -> ComposeResult:
        """The folder, the last restore there and its files, and the buttons."""
        around = self._surroundings
        last = self._remembered.get(LAST_TARGET)
        first = self._fixed or (Path(last) if last else Path.cwd())
        with Vertical(classes="box tall"):
            yield line(_("Take back the last restore into a folder"), classes="title")
            yield FolderField(self.action_take_back, short_path(first), id="undo-folder")
            yield line("", id="undo-about", classes="state")
            yield PlanList(symbols=around.symbols, id="undo-files")
            yield ProgressLine(interval=around.redraw_seconds, symbols=around.symbols, id="undo-progress")
            with Horizontal(classes="buttons"):
                yield Button(Content(_("Take back (Enter)")), id="take-back", compact=True)
                yield Button(
                    Content(_("Take those back too ({key})").format(key=self.key_of("undo-force"))),
                    id="force",
                    compact=True,
                )
                yield Button(Content(_("Back (Esc)")), id="leave", compact=True)

    def on_mount(self) -> None:
        """Look at once; where the folder is given there is nothing to write."""
        self.query_one(ProgressLine).display = False
        self.query_one("#force", Button).display = False
        field = self.query_one(FolderField)
        field.disabled = self._fixed is not None
        (self.query_one(PlanList) if self._fixed is not None else field).focus()
        self._look()

    def _say(self, words: str, *, failed: bool = False) -> None:
        about = self.query_one("#undo-about", Static)
        about.set_class(failed, "failed")
        set_line(about, self._surroundings.symbols.plain(words))

    # What there is to take back

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look into another folder."""
        event.stop()
        if self._going is None:
            self._last = None
            self.refresh_bindings()
            self._look()

    @work(group="undo-look", exclusive=True)
    async def _look(self) -> None:
        from snaptui.archives.runs import find_last

        await asyncio.sleep(_REST_SECONDS)
        target = self._fixed or self.query_one(FolderField).folder
        files = self.query_one(PlanList)
        try:
            last = None if target is None else await in_thread(lambda _job: find_last(target))
        except SnaptuiError as error:
            files.show(())
            self._say(error.sentence, failed=True)
            return
        self._last = last
        files.show(last_run_groups(last) if last is not None else ())
        self._say(_about(last) if last is not None else _("There is no restore in this folder to take back."))
        self.refresh_bindings()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense now has a key."""
        if action == "take_back":
            return self._last is not None and self._going is None
        if action == "force":
            return self._going is None and self._result is not None and bool(self._result.left_changed)
        return True

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        event.stop()
        match event.button.id:
            case "take-back":
                self.action_take_back()
            case "force":
                self.action_force()
            case _:
                self.action_leave()

    def action_take_back(self) -> None:
        """Put everything back that nobody changed since."""
        if self._last is None or self._going is not None:
            return
        if self._result is None:
            self._take_back(self._last.target, force=False)

    @work(group="undo-ask", exclusive=True)
    async def action_force(self) -> None:
        """Take back what was changed since, too, after asking: those changes are lost."""
        if self._result is None or not self._result.left_changed or self._going is not None:
            return
        count = len(self._result.left_changed)
        words = ngettext(
            "{path} was changed after the restore; that change is lost.",
            "{n} files, the first {path}, were changed after the restore; those changes are lost.",
            count,
        )
        body = [words.format(n=formatting.number(count), path=self._result.left_changed[0])]
        answers = (Answer("keep", "k", _("Keep them")), Answer("force", "t", _("Take them back")))
        if await self.app.push_screen_wait(AskScreen(_("Lose the changes made since?"), body, answers)) == "force":
            self._take_back(self._result.target, force=True)

    def action_leave(self) -> None:
        """Leave; ask first while files are being put back."""
        if self._going is not None:
            if not self._going.stopped:
                self._ask_to_stop(self._going)
        else:
            self.dismiss(self._result)

    @work(group="undo-stop", exclusive=True)
    async def _ask_to_stop(self, going: Stoppable[TakenBack]) -> None:
        body = [_("What is back stays back; taking back again goes on with the rest.")]
        answers = (Answer("go-on", "g", _("Go on")), Answer("stop", "s", _("Stop")))
        if await self.app.push_screen_wait(AskScreen(_("Stop half-way?"), body, answers)) == "stop":
            going.stop()

    # The work

    @work(group="restore")
    async def _take_back(self, target: Path, *, force: bool) -> None:
        from snaptui.archives.restore import undo

        progress = self.query_one(ProgressLine)
        work = followed(undo(target, force=force), TakenBack, lambda how_far, _words: progress.advance(how_far))
        self._going = Stoppable(work)
        self.query_one(FolderField).disabled = True
        self.query_one("#take-back", Button).disabled = True
        self.query_one(ProgressLine).display = True
        self.query_one(PlanList).focus()
        self.refresh_bindings()
        outcome = await self._going.outcome()
        self._going = None
        self.query_one(ProgressLine).display = False
        if isinstance(outcome, TakenBack):
            self._show_result(outcome)
        else:
            stopped = _("Stopped on the way; taking back again goes on with the rest.")
            self._say(outcome.sentence if outcome is not None else stopped, failed=True)
            self.query_one(FolderField).disabled = self._fixed is not None
            self.query_one("#take-back", Button).disabled = False
        self.refresh_bindings()

    def _show_result(self, result: TakenBack) -> None:
        self._result = result
        self.query_one(PlanList).show(left_groups(result))
        put_back = ngettext("{n} file put back", "{n} files put back", result.put_back)
        removed = ngettext("{n} file removed", "{n} files removed", result.removed)
        words = (
            f"{put_back.format(n=formatting.number(result.put_back))}, "
            f"{removed.format(n=formatting.number(result.removed))}."
        )
        left = len(result.left_changed)
        if left:
            more = ngettext(
                "{n} was changed since and left alone: {key} takes it back too.",
                "{n} were changed since and left alone: {key} takes them back too.",
                left,
            )
            words = f"{words} {more.format(n=formatting.number(left), key=self.key_of('undo-force'))}"
        self._say(words, failed=bool(left))
        self.query_one("#take-back", Button).display = False
        self.query_one("#force", Button).display = bool(left)
        self.query_one("#leave", Button).label = Content(_("Done (Esc)"))
        self.query_one("#leave", Button).focus()


def _about(last: LastRun) -> str:
    words = (
        _("The last restore there came from {source}: {counts}.")
        if last.finished
        else _("The last restore there, from {source}, was interrupted: {counts}.")
    )
    return words.format(source=last.source, counts=counts(len(last.new), len(last.replaced)))
