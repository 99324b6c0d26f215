"""In which versions a file has which content, read from their lists of files alone, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from snaptui import formatting
from snaptui.errors import SnaptuiError
from snaptui.i18n import N_, _, ngettext
from snaptui.models import SnapshotKey
from snaptui.rows import VersionRow
from snaptui.text import safe
from snaptui.tui.archive_access import open_for_listing
from snaptui.tui.bindings import binding
from snaptui.tui.screens.place import Modal, line, set_line
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.history_list import HistoryList

if TYPE_CHECKING:
    from snaptui.archives.archive import Archive
    from snaptui.tui.desk import Desk


class HistoryScreen(Modal[VersionRow | None]):
    """Reads on until every version of the app was read or the window is left; returns the version that was opened."""

    DEFAULT_CSS = """
    HistoryScreen {
        & #history-state { height: 1; }
        & HistoryList { margin: 1 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        binding("R", "restore", N_("restore"), id="history-restore", tooltip=N_("Put the file back as it is there")),
        binding("r", "again", N_("go on"), id="history-again", tooltip=N_("Go on reading where it failed")),
    ]

    def __init__(self, row: VersionRow, path: str, desk: Desk, surroundings: Surroundings) -> None:
        """``row`` is a version of the app, ``path`` the file's."""
        super().__init__()
        self._row, self._path, self._desk, self._surroundings = row, path, desk, surroundings
        catalog = desk.catalog
        self._versions = tuple(catalog.rows(row.key.app_id)) if catalog is not None else (row,)
        self._directory_bytes: int | None = None
        self._fetched = 0
        self._error: SnaptuiError | None = None
        self.words = ""

    @property
    def history(self) -> HistoryList:
        """The list."""
        return self.query_one(HistoryList)

    def compose(self) -> ComposeResult:
        """The file, the versions, how far it is, what can be done."""
        around = self._surroundings
        plain = around.symbols.plain
        with Vertical(classes="box tall"):
            yield line(plain(_("History of {path}").format(path=safe(self._path))), classes="title")
            yield HistoryList(
                self._versions, now=around.now(), zone=around.zone, symbols=around.symbols, id="history-list"
            )
            yield line("", id="history-state", classes="quiet")
            words = _("Enter opens a version at this file, {key} puts it back from there, Esc closes this.")
            yield line(plain(words.format(key=self.key_of("history-restore"))), classes="quiet")

    def on_mount(self) -> None:
        """Begin to read."""
        self.history.focus()
        self._read()

    @work(group="history", exclusive=True)
    async def _read(self) -> None:
        """Read version after version, from where it stopped."""
        from snaptui.archives.archive import history

        self._error = None
        self._say()
        listed = self.history
        left = [row.key for row in self._versions[listed.row_count :]]
        try:
            async for held in history(self._path, left, self._open):
                listed.add(held)
            listed.finish()
        except SnaptuiError as error:
            self._error = error
        self._say()

    async def _open(self, key: SnapshotKey) -> Archive:
        """Open a version's list of files, of which no more is read than the last one took."""
        self._say()
        archive = await open_for_listing(self._desk, key, directory_bytes=self._directory_bytes)
        self._directory_bytes = archive.size_bytes - archive.directory.start
        self._fetched += archive.transferred_bytes
        return archive

    def _say(self) -> None:
        """How far it is, and what was found."""
        listed, total = self.history, len(self._versions)
        read = formatting.number(listed.row_count)
        if self._error is not None:
            words = _("{problem} {key} goes on.")
            words = words.format(problem=self._error.sentence, key=self.key_of("history-again"))
        elif listed.row_count < total:
            words = _("Reading the lists of files: {n} of {total} versions · {size} fetched")
            words = words.format(n=read, total=formatting.number(total), size=formatting.size(self._fetched))
            if self._budget_is_used_up():
                words += _(" · it goes on when Discloud takes requests again")
        else:
            contents = ngettext("{n} content", "{n} contents", listed.contents)
            contents = contents.format(n=formatting.number(listed.contents))
            versions = ngettext("{n} version", "{n} versions", total).format(n=formatting.number(total))
            words = _("{contents} in {versions} · {size} fetched")
            words = words.format(contents=contents, versions=versions, size=formatting.size(self._fetched))
        self.words = words
        state = self.query_one("#history-state", Static)
        state.set_class(self._error is not None, "warning")
        set_line(state, self._surroundings.symbols.plain(words))
        self.refresh_bindings()

    def _budget_is_used_up(self) -> bool:
        """Whether what is left of the requests is kept for what the person does."""
        session = self._desk.session
        limit = session.api.rate_limit if session is not None else None
        return limit is not None and limit.remaining <= limit.limit // 5

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done for the version under the cursor has no key."""
        if not self.is_mounted:
            return True
        if action == "again":
            return self._error is not None
        if action == "restore":
            held = self.history.cursor_held
            return held is not None and held.member is not None
        return True

    def on_history_list_highlighted(self, event: HistoryList.Highlighted) -> None:
        """Other keys work for another version."""
        event.stop()
        self.refresh_bindings()

    def on_history_list_chosen(self, event: HistoryList.Chosen) -> None:
        """Look into it."""
        event.stop()
        self.dismiss(event.row)

    def action_again(self) -> None:
        """Go on reading."""
        self._read()

    def action_restore(self) -> None:
        """Put the file back as it is in the version under the cursor."""
        from snaptui.tui.screens.restore import RestoreScreen

        held, row = self.history.cursor_held, self.history.cursor_row
        if held is not None and held.member is not None and row is not None:
            self.app.push_screen(RestoreScreen(row, self._desk, self._surroundings, members=[held.member]))
