"""Asks which folder on this computer a version is to be compared with."""

from __future__ import annotations

import os
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from snaptui.i18n import _
from snaptui.remembered import Remembered
from snaptui.rows import VersionRow
from snaptui.tui.screens.place import Modal, line, set_line
from snaptui.tui.widgets.detail import short_path
from snaptui.tui.widgets.folder_field import FolderField

LAST_FOLDER = "last_compared_folder"


class FolderScreen(Modal[Path | None]):
    """Returns the folder, which is there and can be read, or None. It remembers the one used last."""

    def __init__(self, row: VersionRow, remembered: Remembered) -> None:
        super().__init__()
        self._row, self._remembered = row, remembered

    def compose(self) -> ComposeResult:
        """The question, the field, what is wrong with the answer."""
        last = self._remembered.get(LAST_FOLDER)
        title = _("Compare {version} of {app} with a folder")
        with Vertical(classes="box"):
            yield line(title.format(version=self._row.snapshot.version, app=self._row.app_name), classes="title")
            yield line(_("A folder on this computer; it counts as the newer side:"), classes="words")
            yield FolderField(self._submitted, short_path(Path(last) if last else Path.cwd()), id="destination")
            yield line("", id="folder-state", classes="state")
            yield line(_("Enter compares · Tab completes a name · the folder is only read"), classes="quiet")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(FolderField).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong may be right now."""
        event.stop()
        self._say("")

    def _say(self, text: str) -> None:
        state = self.query_one("#folder-state", Static)
        state.set_class(bool(text), "failed")
        set_line(state, text)

    def _submitted(self) -> None:
        """Go on with a folder that can be read; say what is wrong with another."""
        typed = self.query_one(FolderField)
        folder, text = typed.folder, typed.value.strip()
        if folder is None and text:
            self._say(_("Nobody here is called {name}: write the whole path.").format(name=text.partition("/")[0]))
            return
        problem = _problem(folder)
        if folder is None or problem:
            self._say(problem)
            return
        self._remembered.set(LAST_FOLDER, str(folder))
        self.dismiss(folder)


def _problem(folder: Path | None) -> str:
    """Why a folder can't be compared with; empty where it can."""
    if folder is None:
        return _("Write a folder first.")
    shown = short_path(folder)
    try:
        if not folder.exists():
            return _("There is no folder {path}; check its name.").format(path=shown)
        if not folder.is_dir():
            return _("{path} is a file: name the folder it is in.").format(path=shown)
    except (OSError, ValueError):
        return _("{path} can't be a folder's name.").format(path=shown)
    if not os.access(folder, os.R_OK | os.X_OK):
        return _("{path} can't be read: check its permissions, or name another folder.").format(path=shown)
    return ""
