"""Two versions, or a version and a folder, side by side: what differs, what grew, and putting back from here."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Input

from snaptui import formatting
from snaptui.archives.compare import Change, Comparison, Difference
from snaptui.i18n import _, ngettext
from snaptui.rows import VersionRow
from snaptui.tui.desk import Desk
from snaptui.tui.screens.compare_keys import COMPARE_KEYS, COMPARE_ORDER
from snaptui.tui.screens.compare_notices import failure, one_side, reading, sameness
from snaptui.tui.screens.compare_sides import NotCompared, Side, Sides, same_side, side_name, summary
from snaptui.tui.screens.main_keys import KEPT_KEYS
from snaptui.tui.screens.place import Place, field
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.compare_heading import Compared, CompareHeading, DifferenceLine
from snaptui.tui.widgets.difference_cells import SIGNS
from snaptui.tui.widgets.difference_tree import DifferenceTree
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.notice import Notice, NoticeKind, NoticeText

_MOST_COPIED = 500
_ON_DIFFERENCES = frozenset({"copy_path", "copy_summary", "filter", "restore", "history"})


class CompareScreen(Place[None]):
    """Shows what differs from ``old`` to ``new``, read from the archives' directories alone."""

    BINDINGS: ClassVar[list[BindingType]] = [*COMPARE_KEYS]
    AUTO_FOCUS = "#differences"

    def __init__(self, old: VersionRow, new: VersionRow | Path, desk: Desk, surroundings: Surroundings) -> None:
        super().__init__()
        self._old: Side = old
        self._new: Side = new
        self._desk, self._surroundings = desk, surroundings
        self._sides: Sides | None = None
        self._comparison: Comparison | None = None

    def compose(self) -> ComposeResult:
        """Both sides and the sums, the tree, the exact facts of one difference, the keys."""
        symbols = self._surroundings.symbols
        yield CompareHeading(symbols=symbols, id="compare-heading")
        with Container(id="rows"):
            yield DifferenceTree(symbols=symbols, id="differences")
            yield Notice(symbols=symbols, id="notice")
        yield DifferenceLine(symbols=symbols, id="difference")
        yield field(id="filter", placeholder=_("Filter: words of the path, or added, removed, changed, renamed"))
        yield KeyBar(order=COMPARE_ORDER, keep=("compare-leave", *KEPT_KEYS), symbols=symbols, id="keys")

    def on_mount(self) -> None:
        """Be there at once, and begin to read."""
        self._sides = Sides(self.app, self._desk)
        self._compare()

    async def on_unmount(self) -> None:
        """Close the archives."""
        if self._sides is not None:
            await self._sides.aclose()

    @property
    def _tree(self) -> DifferenceTree:
        return self.query_one(DifferenceTree)

    # Comparing

    @work(group="compare", exclusive=True)
    async def _compare(self, *, afresh: bool = False) -> None:
        """Open both sides and show what differs, or why that can't be told."""
        sides = self._sides
        if sides is None:
            return
        self._comparison = None
        if same_side(self._old, self._new):
            self._say(one_side(self.key_of))
            return
        self._say(reading(self._old, self._new))
        if afresh:
            await sides.aclose()
        try:
            self._comparison, rows = await sides.compare(self._old, self._new)
        except NotCompared as failed:
            self._say(failure(failed, self.key_of))
            return
        self._tree.set_comparison(self._comparison, rows)
        self._say(sameness(self._comparison, self.key_of))

    def _say(self, notice: NoticeText | None) -> None:
        """Show words in the place of rows, or the rows, and everything around them."""
        shown = self.query_one(Notice)
        shown.show(notice)
        shown.display = notice is not None
        self._tree.display = notice is None
        if notice is None and not self.query_one("#filter", Input).display:
            self._tree.focus()
        self._show_heading()
        self._show_difference()
        self.refresh_bindings()

    def _show_heading(self) -> None:
        tree, sides, comparison, notice = self._tree, self._sides, self._comparison, self.query_one(Notice).text
        cost = sides.cost(self._old, self._new) if sides is not None and comparison is not None else ("", "")
        self.query_one(CompareHeading).show(
            Compared(
                old=side_name(self._old),
                new=side_name(self._new) if self._two_apps else side_name(self._new, short=not self._is_folder),
                old_short=side_name(self._old, short=True),
                new_short=side_name(self._new, short=True),
                cost=cost[0],
                cost_short=cost[1],
                comparison=comparison,
                under_way=notice is not None and notice.kind is NoticeKind.LOADING,
                marked=tree.mark_count,
                shown=len(tree.shown) if tree.filter_text else None,
                filter_text=tree.filter_text,
            )
        )
        tree.empty_text = _("Nothing fits the filter: Esc takes it away.") if tree.filter_text else ""

    @property
    def _is_folder(self) -> bool:
        return isinstance(self._new, Path)

    @property
    def _two_apps(self) -> bool:
        if isinstance(self._old, Path) or isinstance(self._new, Path):
            return isinstance(self._old, Path)
        return self._old.snapshot.app_id != self._new.snapshot.app_id

    def _show_difference(self) -> None:
        row = self._tree.cursor_row if self._comparison is not None else None
        self.query_one(DifferenceLine).show(row.difference if row is not None else None)

    # Hearing

    def on_difference_tree_highlighted(self, event: DifferenceTree.Highlighted) -> None:
        """Tell more of what is under the cursor."""
        event.stop()
        self._show_difference()

    def on_difference_tree_marks_changed(self, event: DifferenceTree.MarksChanged) -> None:
        """Count the marks."""
        event.stop()
        self._show_heading()

    def on_difference_tree_chosen(self, event: DifferenceTree.Chosen) -> None:
        """Show which lines differ."""
        event.stop()
        self._show_lines(event.difference)

    @work(group="lines", exclusive=True)
    async def _show_lines(self, difference: Difference) -> None:
        from snaptui.tui.screens.line_diff import LineDiffScreen

        if self._sides is None:
            return
        shown = self._tree.in_order
        screen = LineDiffScreen(self._sides, self._old, self._new, shown, shown.index(difference), self._surroundings)
        last = await self.app.push_screen_wait(screen)
        if last is not None:
            self._tree.highlight(last.path)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as typed."""
        event.stop()
        if event.input.display:
            self._tree.set_filter(event.value)
            self._show_heading()
            self._show_difference()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the filter and go back to the tree."""
        event.stop()
        event.input.display = False
        self._tree.focus()

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done here and now has no key."""
        if action == "restore" and isinstance(self._old, Path):
            return False
        if action in _ON_DIFFERENCES:
            return self._comparison is not None and bool(self._comparison.differences)
        return True

    def action_leave(self) -> None:
        """Take the filter away; where there is none, go back."""
        typed = self.query_one("#filter", Input)
        if not typed.display and not self._tree.filter_text:
            self.dismiss(None)
            return
        typed.display = False
        typed.value = ""
        self._tree.set_filter("")
        self._tree.focus()
        self._show_heading()
        self._show_difference()

    def action_filter(self) -> None:
        """Open the filter."""
        typed = self.query_one("#filter", Input)
        typed.display = True
        typed.value = self._tree.filter_text
        typed.cursor_position = len(typed.value)
        typed.focus()

    def action_swap(self) -> None:
        """Swap the two sides; nothing is read again."""
        self._old, self._new = self._new, self._old
        if self._comparison is None:
            self._compare()
            return
        row = self._tree.cursor_row
        marked = self._tree.marked
        self._comparison = self._comparison.swapped()
        self._tree.set_comparison(self._comparison)
        self._tree.mark(difference.swapped().path for difference in marked)
        if row is not None and row.difference is not None:
            self._tree.highlight(row.difference.swapped().path)
        self._say(sameness(self._comparison, self.key_of))

    def action_again(self) -> None:
        """Compare again from scratch."""
        self._compare(afresh=True)

    @work(group="folder", exclusive=True)
    async def action_folder(self) -> None:
        """Ask for a folder, and compare the newer side (or the version there is) with it."""
        from snaptui.tui.screens.compare_folder import FolderScreen

        version = self._old if isinstance(self._new, Path) else self._new
        if isinstance(version, Path):
            return
        folder = await self.app.push_screen_wait(FolderScreen(version, self._desk.sessions.remembered))
        if folder is not None:
            self._old, self._new = version, folder
            self._compare()

    @work(group="restore", exclusive=True)
    async def action_restore(self) -> None:
        """Put the marked files, or what is under the cursor, back as they are on the older side."""
        old, sides = self._old, self._sides
        archive = sides.archive_of(old) if sides is not None else None
        if isinstance(old, Path) or archive is None:
            return
        chosen = self._tree.chosen
        paths = [path for path in (difference.on_old_side for difference in chosen) if path is not None]
        members = [member for member in map(archive.directory.get, paths) if member is not None]
        if not members:
            words = _("{version} has none of these files, so there is nothing to put back: {key} swaps the sides.")
            words = words.format(version=old.snapshot.version, key=self.key_of("compare-swap"))
            self.notify(words, severity="warning", markup=False)
            return
        if left := sum(difference.change is Change.ADDED for difference in chosen):
            words = ngettext(
                "{n} marked file is new and stays as it is.", "{n} marked files are new and stay as they are.", left
            )
            self.notify(words.format(n=formatting.number(left)), markup=False)
        from snaptui.tui.screens.restore import RestoreScreen

        screen = RestoreScreen(old, self._desk, self._surroundings, archive=archive, members=members)
        done = await self.app.push_screen_wait(screen)
        if done is not None and isinstance(self._new, Path):
            self._compare()

    @work(group="history", exclusive=True)
    async def action_history(self) -> None:
        """Show in which versions the file under the cursor is what; open the version that is chosen there."""
        from snaptui.tui.screens.browse import BrowseScreen
        from snaptui.tui.screens.history import HistoryScreen

        row = self._tree.cursor_row
        difference = row.difference if row is not None else None
        if difference is None:
            self.notify(_("Go to a file first: a folder has no history."), markup=False)
            return
        for side, path in ((self._new, difference.on_new_side), (self._old, difference.on_old_side)):
            if isinstance(side, VersionRow) and path is not None:
                chosen = await self.app.push_screen_wait(HistoryScreen(side, path, self._desk, self._surroundings))
                if chosen is not None:
                    self.app.push_screen(BrowseScreen(chosen, self._desk, self._surroundings, at=path))
                return
        self.notify(_("Only the folder has this file, so no version has a history of it."), markup=False)

    def action_copy_path(self) -> None:
        """Copy the path under the cursor."""
        if (row := self._tree.cursor_row) is not None:
            self.app.copy_to_clipboard(row.path.rstrip("/"))

    def action_copy_summary(self) -> None:
        """Copy the whole comparison as text."""
        if self._comparison is not None:
            self.app.copy_to_clipboard(summary(self._old, self._new, self._comparison, _MOST_COPIED, _line_of))


def _line_of(difference: Difference) -> str:
    was = f"{difference.old_path} → " if difference.change is Change.RENAMED else ""
    return f"{SIGNS[difference.change]} {was}{difference.path} ({formatting.delta(difference.delta)})"
