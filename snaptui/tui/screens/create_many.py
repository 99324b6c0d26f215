"""Taking snapshots of several apps: which, asked once, then how each goes and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from snaptui import formatting
from snaptui.batch import Event, Standing
from snaptui.i18n import N_, _, ngettext
from snaptui.models import RateLimit
from snaptui.rows import AppRow
from snaptui.tui.bindings import binding
from snaptui.tui.creation import SIDE_BY_SIDE, Creation
from snaptui.tui.pace import Paced
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.main_keys import KEPT_KEYS
from snaptui.tui.screens.place import Place, line, set_line
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.batch_table import BatchTable, standing_words
from snaptui.tui.widgets.key_bar import KeyBar

_TICK = 1.0


class CreateManyScreen(Place[tuple[str, ...] | None]):
    """Shows a batch. It asks before the batch begins, and never ends it by being left.

    It returns the apps to ask anew about, None where that is not wanted.
    ``began`` is told once when the person says so, and runs it; ``rate_limit`` is the account's budget of requests.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        binding(
            "enter", "begin", N_("create"), id="create-many-begin",
            tooltip=N_("Take a snapshot of each app now"),
        ),
        binding(
            "r", "again", N_("again"), id="create-many-again",
            tooltip=N_("Ask anew about the apps that failed or were left out"),
        ),
        binding(
            "x", "stop", N_("stop"), id="create-many-stop",
            tooltip=N_("Begin no more; what Discloud was asked for is waited for"),
        ),
        binding("y", "copy", N_("copy"), id="create-many-copy", tooltip=N_("Copy what became of each app, as text")),
        binding("escape", "leave", N_("back"), id="create-many-leave", tooltip=N_("Go back; asks while it runs")),
    ]  # fmt: skip

    def __init__(
        self,
        creation: Creation,
        apps: Sequence[AppRow],
        surroundings: Surroundings,
        *,
        began: Callable[[], None],
        rate_limit: Callable[[], RateLimit | None],
    ) -> None:
        super().__init__()
        self.creation = creation
        self._apps = {row.app.id: row for row in apps}
        self._around, self._began, self._rate_limit = surroundings, began, rate_limit
        self._draw = Paced(self, surroundings.redraw_seconds, self._show)
        self._unsubscribe: Callable[[], None] = lambda: None
        self._sum_shown = ""

    def compose(self) -> ComposeResult:
        """A title, the apps, all of what is said of the one under the cursor, the sum, the keys."""
        symbols, count = self._around.symbols, len(self.creation.tally.lines)
        title = ngettext("Create a snapshot of {n} app", "Create snapshots of {n} apps", count)
        yield line(" " + symbols.plain(title.format(n=formatting.number(count))), id="heading")
        yield BatchTable(self._apps, now=self._around.now(), clock=self.creation.clock, symbols=symbols, id="batch")
        yield line("", id="batch-detail", classes="quiet")
        yield line("", id="batch-sum")
        yield KeyBar(
            order=(
                "create-many-begin",
                "create-many-stop",
                "create-many-again",
                "create-many-copy",
                "create-many-leave",
            ),
            keep=KEPT_KEYS,
            symbols=symbols,
            id="keys",
        )

    def on_mount(self) -> None:
        """Follow the batch."""
        self.creation.unseen = False
        self.query_one(BatchTable).focus()
        self._unsubscribe = self.creation.subscribe(self._changed)
        self._show()
        self.set_interval(_TICK, self._tick)

    def on_unmount(self) -> None:
        """Follow it no more; it goes on."""
        self._unsubscribe()

    def _changed(self, event: Event | None) -> None:
        if event is None:
            self._show()
        else:
            self._draw()

    def _show(self) -> None:
        self.query_one(BatchTable).set_lines(self.creation.tally.lines, begun=self.creation.begun)
        self._show_sum()
        self.refresh_bindings()

    def _tick(self) -> None:
        if self.creation.running:
            self.query_one(BatchTable).tick()
            self._show_sum()

    def _show_sum(self) -> None:
        words = " " + self._around.symbols.plain(self._sum())
        if words != self._sum_shown:  # a line that reads the same is not sent again each second
            self._sum_shown = words
            set_line(self.query_one("#batch-sum", Static), words)

    def _sum(self) -> str:
        creation = self.creation
        if not creation.begun:
            count = len(creation.tally.lines)
            if count == 1:
                return _("Enter takes it, Esc goes back.")
            return _("Enter takes them, {n} at a time; Esc goes back.").format(
                n=formatting.number(min(SIDE_BY_SIDE, count))
            )
        told = creation.tally.summary()
        if creation.ended:
            words = _("Done: {summary}. {key} copies the result.")
            return words.format(summary=told, key=self.key_of("create-many-copy"))
        if creation.stopping:
            return _("Stopping once what is under way has ended: {summary}").format(summary=told)
        return f"{told}{self._waiting()}"

    def _waiting(self) -> str:
        """That the account's requests are used up, while they are."""
        limit = self._rate_limit()
        if limit is None or limit.remaining > 0:
            return ""
        seconds = max(0.0, (limit.resets_at - self._around.now()).total_seconds())
        words = _(" · waiting {time} for the rate limit")
        return words.format(time=formatting.duration(seconds))

    def on_batch_table_highlighted(self, event: BatchTable.Highlighted) -> None:
        """Say all of what its line may have no room for."""
        event.stop()
        shown = event.line if self.creation.begun else None
        told = shown is not None and shown.standing not in (Standing.WAITING, Standing.UNDER_WAY)
        words = standing_words(shown) if shown is not None and told else ""
        set_line(self.query_one("#batch-detail", Static), self._around.symbols.plain(words))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing begins twice, and there is a result only once something was asked for."""
        creation = self.creation
        return {
            "begin": not creation.begun,
            "stop": creation.running and not creation.stopping,
            "copy": creation.begun,
            "again": creation.ended and bool(self._not_done()),
        }.get(action, True)

    def action_begin(self) -> None:
        """Take the snapshots."""
        if not self.creation.begun:
            self.creation.begun = True
            self._began()
            self._show()

    def action_stop(self) -> None:
        """Begin no more."""
        self.creation.stop()
        self._show()

    def _not_done(self) -> tuple[str, ...]:
        """The apps that surely have no new snapshot; of those whose answer was lost nobody knows."""
        missed = (Standing.FAILED, Standing.LEFT_OUT)
        return tuple(each.app.id for each in self.creation.tally.lines if each.standing in missed)

    def action_again(self) -> None:
        """Ask anew about the rest."""
        self.dismiss(self._not_done())

    def action_copy(self) -> None:
        """Copy the result."""
        self.app.copy_to_clipboard(self.creation.tally.text())

    @work(group="leave", exclusive=True)
    async def action_leave(self) -> None:
        """Go back, after asking what shall become of a batch that runs."""
        if self.creation.running:
            answer = await self.app.push_screen_wait(self._question())
            if answer == "stop":
                self.action_stop()
            if answer != "leave":
                return
        self._unsubscribe()  # the batch may tell more while the screen is taken down
        self.dismiss(None)

    def _question(self) -> AskScreen:
        under_way, waiting = (self.creation.tally.count(each) for each in (Standing.UNDER_WAY, Standing.WAITING))
        body = [
            ngettext(
                "{n} snapshot is being taken, which can't be taken back.",
                "{n} snapshots are being taken, which can't be taken back.",
                under_way,
            ).format(n=formatting.number(under_way))
        ]
        answers = [Answer("stay", "s", _("Stay")), Answer("leave", "l", _("Let it go on"))]
        if waiting and not self.creation.stopping:
            words = ngettext("{n} app waits for its turn.", "{n} apps wait for their turn.", waiting)
            body.append(words.format(n=formatting.number(waiting)))
            answers.append(Answer("stop", "x", _("Begin no more")))
        return AskScreen(_("Leave while snapshots are being taken?"), body, answers)
