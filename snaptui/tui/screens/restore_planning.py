"""The part of the restore screen that comes before anything is written: where to, which files, and the plan."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from snaptui import formatting
from snaptui.archives.plan import Plan, Policy
from snaptui.archives.restore_events import Restored
from snaptui.archives.work import in_thread
from snaptui.errors import SnaptuiError, UsageError
from snaptui.i18n import _, ngettext
from snaptui.rows import VersionRow
from snaptui.tui.desk import Desk
from snaptui.tui.screens.main_keys import KEPT_KEYS
from snaptui.tui.screens.place import Place, field, line, set_line
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.detail import short_path
from snaptui.tui.widgets.fitting import Part
from snaptui.tui.widgets.folder_field import FolderField
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.parts_line import PartsLine
from snaptui.tui.widgets.plan_groups import plan_groups
from snaptui.tui.widgets.plan_list import PlanList
from snaptui.tui.widgets.policy_line import ORDER, PolicyLine
from snaptui.tui.widgets.progress_line import ProgressLine

if TYPE_CHECKING:
    from snaptui.archives.archive import Archive
    from snaptui.archives.directory import Member
    from snaptui.archives.runs import LastRun

# So long nothing is typed before the plan is worked out, and so long that may last before it is said.
_REST_SECONDS = 0.2
_PATIENCE_SECONDS = 0.4
_KEY_ORDER = ("restore-confirm", "restore-undo", "restore-policy", "restore-folder", "restore-names", "restore-leave")
LAST_TARGET = "last_restore_target"
_LABEL_CELLS = 10


class Phase(Enum):
    """What the screen is doing."""

    OPENING = "opening"
    PLANNING = "planning"
    READY = "ready"
    WORKING = "working"
    DONE = "done"


def target_name(app_id: str) -> str:
    """What the folder that an app was restored into last is remembered under."""
    return f"{LAST_TARGET}-{app_id}"


class RestorePlanning(Place[Restored | None]):
    """Shows the wish and its plan. ``plan`` is None while there is none that fits what is asked for."""

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
        self.phase = Phase.OPENING
        self.policy = Policy.NEVER
        self.plan: Plan | None = None
        self.bytes_to_write, self.target_there = 0, False
        self.unfinished: LastRun | None = None
        self._asked_about: Path | None = None
        self._touched = False

    # What it looks like

    def compose(self) -> ComposeResult:
        """The wish, what it comes to, the plan, what is said of it, the keys."""
        around = self._surroundings
        symbols = around.symbols
        yield line(" " + symbols.plain(self._title()), id="heading")
        into, files, replace = labels = (_("Into"), _("Files"), _("Replace"))
        cells = max(_LABEL_CELLS, *(cell_len(label) + 2 for label in labels))
        with Horizontal(classes="labelled"):
            yield _label(into, cells)
            yield FolderField(self.folder_entered, short_path(self._first_target()), id="restore-folder")
        with Horizontal(classes="labelled"):
            yield _label(files, cells)
            yield field(id="restore-patterns", placeholder=self._what_else())
        with Horizontal(classes="labelled"):
            yield _label(replace, cells)
            yield PolicyLine(key=self.key_of("restore-policy"), symbols=symbols, id="restore-policy")
        yield PartsLine(symbols=symbols, id="restore-counts")
        yield PartsLine(symbols=symbols, id="restore-room")
        yield PlanList(symbols=symbols, id="plan")
        yield line("", id="restore-detail", classes="quiet")
        yield line("", id="restore-state", classes="words")
        yield ProgressLine(interval=around.redraw_seconds, symbols=symbols, id="restore-progress")
        with Horizontal(classes="buttons"):
            yield Button(Content(_("Restore (Enter)")), id="restore", compact=True)
            yield Button(Content(_("Back (Esc)")), id="leave", compact=True)
        yield KeyBar(order=_KEY_ORDER, keep=KEPT_KEYS, symbols=symbols, id="keys")

    def _title(self) -> str:
        return _("Restore {version} of {app}").format(version=self._row.snapshot.version, app=self._row.app_name)

    def _what_else(self) -> str:
        if self._members is None:
            return _("all of it; or names and folders: config.json src/ *.py")
        words = ngettext("the file you chose", "the {n} you chose; or some of them: *.py", len(self._members))
        return words.format(n=formatting.number(len(self._members)))

    def _first_target(self) -> Path:
        """Where this app was restored to last, else a folder of the version's own below the current one."""
        last = self._desk.sessions.remembered.get(target_name(self._row.snapshot.app_id))
        name = f"{self._row.snapshot.app_id}-{self._row.snapshot.version}"
        return Path(last) if last else Path.cwd() / "discloud" / "restored" / name

    def say(self, text: str, *, look: str = "") -> None:
        """One or two sentences below the plan; ``look`` is ``failed`` or ``warning``."""
        state = self.query_one("#restore-state", Static)
        state.set_class(look == "failed", "failed")
        state.set_class(look == "warning", "warning")
        set_line(state, self._surroundings.symbols.plain(text))

    @property
    def target(self) -> Path | None:
        """The folder that is written there."""
        return self.query_one(FolderField).folder

    # What changes it

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another folder, or other files: another plan, once nothing more is typed."""
        event.stop()
        self._touched = True
        if self.phase in (Phase.PLANNING, Phase.READY):
            self.replan()

    def folder_entered(self) -> None:
        """Enter in the field goes on to the plan; a second Enter carries it out."""
        self.query_one(PlanList).focus()
        self._ask_about_unfinished()

    def on_descendant_focus(self) -> None:
        """Enter does something else now."""
        if self.plan is not None and self.phase is Phase.READY:
            words, look = self.verdict(self.plan)
            self.say(words, look=look)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The same for the names."""
        event.stop()
        self.query_one(PlanList).focus()

    def on_policy_line_chosen(self, event: PolicyLine.Chosen) -> None:
        """Take the policy that was clicked."""
        event.stop()
        self.change_policy(event.policy)

    def on_plan_list_highlighted(self, event: PlanList.Highlighted) -> None:
        """All of a long path, and all of a reason."""
        event.stop()
        set_line(self.query_one("#restore-detail", Static), self._surroundings.symbols.plain(event.words))

    def next_policy(self) -> None:
        """Take the policy after this one."""
        self.change_policy(ORDER[(ORDER.index(self.policy) + 1) % len(ORDER)])

    def change_policy(self, policy: Policy) -> None:
        """Take another policy; what may stay of the plan stays."""
        if self.phase not in (Phase.PLANNING, Phase.READY):
            return
        before, self.policy = self.policy, policy
        self.query_one(PolicyLine).show(policy)
        if self.plan is not None and Policy.ALWAYS not in (before, policy):
            self._take_plan(self.plan.with_policy(policy))
        else:
            self.replan()

    # The plan

    def replan(self, *, words: str = "") -> None:
        """Work the plan out anew; until it is there nothing can be restored. ``words`` stand before what it says."""
        self.phase, self.plan, self.unfinished = Phase.PLANNING, None, None
        self.refresh_bindings()
        self._work_out(words)

    @work(group="restore-plan", exclusive=True)
    async def _work_out(self, words: str) -> None:
        await asyncio.sleep(_REST_SECONDS)
        slow = self.set_timer(_PATIENCE_SECONDS, lambda: self.say(_("Looking at the folder…")))
        try:
            target = self.target
            if target is None:
                raise UsageError(_("Write a folder to restore into."))
            plan = await self._planned(target)
        except SnaptuiError as error:
            self._no_plan(error.sentence, "failed")
        else:
            if plan is not None:
                self._take_plan(plan, words)
        finally:
            slow.stop()

    async def _planned(self, target: Path) -> Plan | None:
        """The plan for a target; None where an interrupted restore has to be settled first."""
        from snaptui.archives.runs import find_unfinished

        archive = self._archive
        if archive is None:
            return None
        self.unfinished = await in_thread(lambda _job: find_unfinished(target))
        if self.unfinished is not None:
            self._no_plan(_("A restore into this folder was interrupted: Enter asks what becomes of it."), "warning")
            if not (self._touched and self.query_one(FolderField).has_focus):  # never in the middle of a word
                self._ask_about_unfinished()
            return None
        plan = await archive.plan(target, chosen=await self.chosen(archive), policy=self.policy)
        # Beside the event loop: the disk may be slow, and a hundred thousand sizes take a moment.
        self.bytes_to_write, self.target_there = await in_thread(lambda _job: (plan.bytes_to_write, target.is_dir()))
        return plan

    async def chosen(self, archive: Archive) -> Sequence[Member] | None:
        """The members of an archive that are to be restored; None: all. Raises ``UsageError`` and ``NotFound``."""
        given = None if self._members is None else {(member.number, member.path) for member in self._members}
        text = self.query_one("#restore-patterns", Input).value
        try:
            patterns = shlex.split(text)
        except ValueError:
            raise UsageError(_("A quotation mark is not closed: close it, or take it away.")) from None
        if given is None and not patterns:
            return None
        picked = await in_thread(lambda _job: archive.select(patterns))
        members = [member for member in picked if given is None or (member.number, member.path) in given]
        if not members:
            raise UsageError(_("None of the files you chose has such a name; take the names away for all of them."))
        return members

    def _no_plan(self, words: str, look: str) -> None:
        self.query_one(PlanList).show(())
        self.query_one("#restore-counts", PartsLine).show(())
        self.query_one("#restore-room", PartsLine).show(())
        self.say(words, look=look)
        self.refresh_bindings()

    def _take_plan(self, plan: Plan, words: str = "") -> None:
        """Show a plan and what there is to say of it."""
        self.plan, self.phase = plan, Phase.READY
        self.query_one(PlanList).show(plan_groups(plan), empty=_("Nothing is written and nothing is in the way."))
        self.query_one("#restore-counts", PartsLine).show(_counts(plan))
        self.query_one("#restore-room", PartsLine).show(*self._room(plan))
        said, look = self.verdict(plan)
        self.say(f"{words} {said}".strip() if look or not words else words, look=look)
        self.refresh_bindings()

    def verdict(self, plan: Plan) -> tuple[str, str]:
        """What a person has to know before Enter, and the look of it; with any look but ``""`` Enter is refused."""
        if plan.forbidden:
            words = ngettext(
                "A file is in the way and may not be replaced: {key} allows it.",
                "{n} files are in the way and may not be replaced: {key} allows it.",
                len(plan.replaced),
            )
            key = self.key_of("restore-policy")
            return words.format(n=formatting.number(len(plan.replaced)), key=key), "warning"
        if missing := self._missing_bytes(plan):
            words = _("The disk has {size} too little: make room, or choose another folder.")
            return words.format(size=formatting.size(missing)), "failed"
        if plan.empty and plan.refused and not plan.unchanged:
            return _("Everything that was chosen is refused, so there is nothing to restore."), "failed"
        if plan.empty:
            return _("There is nothing to do: every file is there already, just as in the archive."), "warning"
        if isinstance(self.focused, Input):
            return _("Nothing is written yet. Enter goes on to the plan."), ""
        if not self.target_there:
            return _("Nothing is written yet. Enter makes the folder and restores."), ""
        return _("Nothing is written yet. Enter restores; what is replaced can be taken back."), ""

    def _missing_bytes(self, plan: Plan) -> int:
        return 0 if plan.free_bytes is None else max(0, self.bytes_to_write - plan.free_bytes)

    def _room(self, plan: Plan) -> tuple[list[Part], list[Part]]:
        """Bytes to write and free bytes, and the limits that hold."""
        size = formatting.size
        words = _("{size} to write, {free} free there").format(
            size=size(self.bytes_to_write), free=size(plan.free_bytes, unknown=_("unknown"))
        )
        limits = _("limits: {members} members, {size}, {ratio}-fold growth").format(
            members=formatting.number(plan.limits.members),
            size=size(plan.limits.total_bytes),
            ratio=formatting.number(round(plan.limits.ratio)),
        )
        return [Part(words, "bad" if self._missing_bytes(plan) else "text")], [Part(limits, "muted", 1)]

    def _ask_about_unfinished(self) -> None:
        """Have the person say what becomes of an interrupted restore, once for each folder that is chosen."""
        if self.unfinished is not None and self._asked_about != self.unfinished.target:
            self._asked_about = self.unfinished.target
            self.settle_unfinished(self.unfinished)

    def settle_unfinished(self, last: LastRun) -> None:
        """Ask, and do what was answered."""
        raise NotImplementedError


def _label(text: str, cells: int) -> Static:
    made = line(text, classes="label")
    made.styles.width = cells
    return made


def _counts(plan: Plan) -> list[Part]:
    """How many files of each fate."""
    number = formatting.number
    kept = f"{number(len(plan.kept))}{'+' if plan.kept_more else ''}"
    new, replaced, refused = len(plan.new), len(plan.replaced), len(plan.refused)
    return [
        Part(ngettext("{n} new", "{n} new", new).format(n=number(new)), "good" if new else "muted"),
        Part(
            ngettext("{n} replaced", "{n} replaced", replaced).format(n=number(replaced)),
            "warn" if replaced else "muted",
        ),
        Part(ngettext("{n} unchanged", "{n} unchanged", plan.unchanged).format(n=number(plan.unchanged)), "muted", 1),
        Part(ngettext("{n} refused", "{n} refused", refused).format(n=number(refused)), "bad" if refused else "muted"),
        Part(ngettext("{n} kept", "{n} kept", len(plan.kept)).format(n=kept), "muted", 2),
    ]
