"""A line to type a folder in: the home folder as ``~``, Tab for the rest of a name that is on the disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from textual import events
from textual.suggester import Suggester
from textual.widgets import Input

from snaptui.archives.work import in_thread
from snaptui.text import safe

_MOST_LOOKED_AT = 10_000


def folder_of(text: str) -> Path | None:
    """The folder that typed text means; None for nothing, and for a ``~name`` that nobody has."""
    text = text.strip()
    try:
        return Path(text).expanduser().absolute() if text else None
    except RuntimeError:
        return None


def completed(text: str) -> str | None:
    """Typed text with its last name made whole, from the folders on the disk, by name; None where nothing fits.

    Looks at the disk. A name that begins with a dot is found by its dot only.
    """
    head, _slash, begun = text.rpartition("/")
    above = folder_of(f"{head}/") if "/" in text else Path.cwd()
    if not begun or above is None or begun.startswith("~"):
        return None
    names: list[str] = []
    try:
        with os.scandir(above) as entries:
            for _number, entry in zip(range(_MOST_LOOKED_AT), entries, strict=False):
                fits = entry.name.startswith(begun) and entry.name.startswith(".") == begun.startswith(".")
                # A name that can't be drawn can't be offered.
                if fits and safe(entry.name) == entry.name and entry.is_dir():
                    names.append(entry.name)
    except OSError:
        return None
    if not names or begun in names:
        return None
    return f"{text[: len(text) - len(begun)]}{min(names)}/"


class FolderSuggester(Suggester):
    """Offers the rest of a folder's name as it is typed."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Look at the disk on a thread: it may be a slow one."""
        return await in_thread(lambda _job: completed(value), name="folders")


class FolderField(Input):
    """Takes a folder, and tells Enter at once: a message would come after an Escape pressed quickly behind it."""

    def __init__(self, submitted: Callable[[], None], value: str, *, id: str) -> None:
        super().__init__(value=value, id=id, compact=True, select_on_focus=False, suggester=FolderSuggester())
        self.cursor_blink = False
        self._submitted = submitted

    @property
    def folder(self) -> Path | None:
        """The folder that is written there."""
        return folder_of(self.value)

    async def action_submit(self) -> None:
        """Enter."""
        self._submitted()

    async def on_key(self, event: events.Key) -> None:
        """Tab makes the name whole; where there is nothing to add it goes on to the next part, as everywhere."""
        if event.key != "tab":
            return
        text = self.value
        whole = await in_thread(lambda _job: completed(text), name="folders")
        if whole is not None and self.value == text:
            event.stop()
            self.value = whole
            self.cursor_position = len(whole)
