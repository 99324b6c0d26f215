"""Looking into a version's archive where it lies: its files at one side, what they hold at the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.widgets import Input

from snaptui.archives.tree import Order
from snaptui.i18n import _
from snaptui.tui.screens.browse_actions import BrowseActions
from snaptui.tui.screens.browse_keys import BROWSE_KEPT, BROWSE_KEYS, BROWSE_ORDER
from snaptui.tui.screens.browse_loading import READING
from snaptui.tui.screens.main_keys import KEPT_KEYS
from snaptui.tui.widgets.browse_heading import BrowseHeading
from snaptui.tui.widgets.document import can_read_more
from snaptui.tui.widgets.file_tree import FileTreeView
from snaptui.tui.widgets.filter_field import FilterField
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.notice import Notice
from snaptui.tui.widgets.preview_pane import PreviewPane

if TYPE_CHECKING:
    from snaptui.rows import VersionRow

_ON_FILES = frozenset({"history", "page_file", "edit_file"})
_ON_ENTRIES = frozenset({"save", "restore", "copy_path"})
_WITH_ARCHIVE = frozenset({"filter", "largest", "toggle_preview"})


class BrowseScreen(BrowseActions):
    """Opens the archive of a version by itself, and closes it when it is left."""

    DEFAULT_CSS = """
    BrowseScreen {
        & #browse-panes { height: 1fr; layers: base above; }
        & #browse-tree, & #browse-look { height: 1fr; width: 1fr; }
        & #browse-look { width: 6fr; border-left: vkey $border-blurred; }
        & #browse-tree { width: 5fr; }
        & #browse-both { height: 1fr; }
        &.-narrow #browse-both, &.-middle #browse-both { layout: vertical; }
        &.-narrow #browse-tree, &.-middle #browse-tree { width: 1fr; }
        &.-narrow #browse-look, &.-middle #browse-look {
            width: 1fr;
            border-left: none;
            border-top: hkey $border-blurred;
        }
        &.-narrow #browse-look:focus-within, &.-middle #browse-look:focus-within { height: 3fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*BROWSE_KEYS]
    AUTO_FOCUS = "#files"

    def compose(self) -> ComposeResult:
        """The heading, the two panes, the filter, the keys."""
        around = self.surroundings
        symbols = around.symbols
        yield BrowseHeading(symbols=symbols, id="browse-heading")
        with Container(id="browse-panes"):
            with Horizontal(id="browse-both"):
                with Container(id="browse-tree"):
                    yield FileTreeView(now=around.now(), zone=around.zone, symbols=symbols, id="files")
                with Container(id="browse-look"):
                    yield PreviewPane(symbols=symbols, id="preview")
            yield Notice(symbols=symbols, id="notice")
        yield FilterField(self._filter_submitted, id="filter", placeholder=_("Words of a path"))
        yield KeyBar(order=BROWSE_ORDER, keep=(*BROWSE_KEPT, *KEPT_KEYS), symbols=symbols, id="keys")

    def on_mount(self) -> None:
        """Be there at once; the archive is opened behind, by a thread that would slow down the first frame."""
        self.say_busy(_(READING))
        self.call_after_refresh(self.open)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done here and now has no key."""
        if action == "read_again":
            return self.can_read_again()
        if not self.is_mounted:
            return True
        ready = self.archive is not None and self.error is None
        if action in _WITH_ARCHIVE:
            return ready
        if action in _ON_FILES:
            return ready and self.member is not None
        if action in _ON_ENTRIES:
            return ready and self.files.cursor_entry is not None
        if action == "reveal":
            return self._preview is not None and self._preview.masked is not None
        if action == "more":
            return self._preview is not None and can_read_more(self._preview)
        return True

    # Hearing

    def on_file_tree_view_highlighted(self, event: FileTreeView.Highlighted) -> None:
        """Show what is there, once the cursor rests."""
        event.stop()
        self.rest()

    def on_file_tree_view_opening(self, event: FileTreeView.Opening) -> None:
        """Bring a folder's rows."""
        event.stop()
        self.open_folder(event.folder)

    def on_file_tree_view_chosen(self, event: FileTreeView.Chosen) -> None:
        """Go on to what the file holds."""
        event.stop()
        if not self.query_one("#browse-look").display:
            self.action_toggle_preview()
        self.set_focus(self.pane)

    def on_file_tree_view_marks_changed(self, event: FileTreeView.MarksChanged) -> None:
        """Count the marks."""
        event.stop()
        self.show_state()

    def on_file_tree_view_sort_changed(self, event: FileTreeView.SortChanged) -> None:
        """Sort, off the event loop."""
        event.stop()
        self.list_again()

    def on_preview_pane_left(self, event: PreviewPane.Left) -> None:
        """Back to the files."""
        event.stop()
        self.set_focus(self.files)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as typed."""
        event.stop()
        if event.input.display:
            self.filter_by(event.value)

    def _filter_submitted(self, text: str) -> None:
        """Keep the filter and go back to the list."""
        self.filter_by(text)
        self._leave_filter()

    # Actions

    def action_filter(self) -> None:
        """Type words that paths are to hold."""
        asked = self.filter_field
        asked.display = True
        asked.value = self._find_text
        asked.cursor_position = len(asked.value)
        self.set_focus(asked)

    def _leave_filter(self) -> None:
        self.filter_field.display = False
        self.set_focus(self.files)

    def action_largest(self) -> None:
        """List the largest files of the whole archive, or the tree again."""
        view = self.files
        self._largest = not self._largest
        view.order, view.reverse = (Order.SIZE if self._largest else Order.NAME), False
        if not self._find_text:
            self.list_again()

    def action_toggle_preview(self) -> None:
        """Hide the preview, or show it."""
        look = self.query_one("#browse-look")
        if self.pane.has_focus:
            self.set_focus(self.files)
        look.display = not look.display
        if look.display:
            self.look()

    def action_reveal(self) -> None:
        """Show the hidden values of this file, until the cursor leaves it."""
        self.show_values()

    def action_more(self) -> None:
        """Fetch what was left out."""
        self.look(more=True)

    def action_leave(self) -> None:
        """Give up what is under way, then the filter; then go back."""
        if self.saving:
            self.stop_saving()
        elif self.filter_field.display or self._find_text:
            self._leave_filter()
            self.filter_field.value = ""
            self.filter_by("")
        elif self._largest:
            self.action_largest()
        else:
            self.dismiss(None)

    def _look_at(self, row: VersionRow | None, path: str) -> None:
        """Open the version that was chosen in a history, at the same file."""
        if row is not None and row.key != self.row.key:
            self.app.push_screen(BrowseScreen(row, self.desk, self.surroundings, at=path))
