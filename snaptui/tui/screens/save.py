"""Where files from an archive are to go: asked once, with a default, before anything is fetched."""

from __future__ import annotations

from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from snaptui import formatting
from snaptui.i18n import _, ngettext
from snaptui.transfers.paths import free_bytes
from snaptui.tui.screens.place import Modal, field, line, set_line
from snaptui.tui.widgets.detail import short_path


class SaveScreen(Modal[Path | None]):
    """Returns the folder, or None where it was left. ``name`` is of the one file to be saved; empty for several."""

    def __init__(self, name: str, files: int, size_bytes: int, folder: Path) -> None:
        super().__init__()
        self._file_name, self._files, self._size_bytes, self._folder = name, files, size_bytes, folder

    def compose(self) -> ComposeResult:
        """What is saved, where to, and how much room there is."""
        with Vertical(classes="box"):
            yield line(self._heading(), classes="title")
            yield line(_("Into the folder:"), classes="words")
            yield field(id="save-folder", value=short_path(self._folder))
            yield line("", id="save-room", classes="quiet")
            yield line(_("Nothing is replaced without asking, and “snaptui undo” takes it back."), classes="quiet")
            with Horizontal(classes="buttons"):
                yield Button(Content(_("Save (Enter)")), id="save", compact=True)
                yield Button(Content(_("Back (Esc)")), id="leave", compact=True)

    def _heading(self) -> str:
        size = formatting.size(self._size_bytes)
        if self._file_name:
            return _("Save {name} ({size})").format(name=self._file_name, size=size)
        words = ngettext(
            "Save {n} file with its folders ({size})", "Save {n} files with their folders ({size})", self._files
        )
        return words.format(n=formatting.number(self._files), size=size)

    def on_mount(self) -> None:
        """The folder is to be typed, or taken."""
        self.query_one("#save-folder", Input).focus()

    def _typed(self) -> Path | None:
        text = self.query_one("#save-folder", Input).value.strip()
        try:
            return Path(text).expanduser().absolute() if text else None
        except RuntimeError:  # a ~name that nobody has
            return None

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another folder may have another amount of room."""
        event.stop()
        folder = self._typed()
        free = free_bytes(folder) if folder is not None else None
        words = _("{size} free there").format(size=formatting.size(free)) if free is not None else ""
        set_line(self.query_one("#save-room", Static), words)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter saves."""
        event.stop()
        self._save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        event.stop()
        if event.button.id == "save":
            self._save()
        else:
            self.action_leave()

    def _save(self) -> None:
        folder = self._typed()
        if folder is None:
            set_line(self.query_one("#save-room", Static), _("Write a folder first."))
        else:
            self.dismiss(folder)
