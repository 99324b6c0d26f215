"""What earlier restores left in a folder: the last one, for a person who wants it back or finished."""

from __future__ import annotations

import contextlib
import stat
from dataclasses import dataclass
from pathlib import Path

from snaptui.archives.beneath import Beneath
from snaptui.archives.journal import UndoFolder
from snaptui.archives.safety import UNDO_FOLDER
from snaptui.errors import RestoreUnfinished
from snaptui.i18n import _
from snaptui.text import safe


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last restore into ``target``: what it came from and its files by path, all safe to show.

    ``finished`` is False for one that was interrupted in its last step.
    """

    target: Path
    source: str
    new: tuple[str, ...]
    replaced: tuple[str, ...]
    finished: bool

    @property
    def files(self) -> int:
        """How many files it has."""
        return len(self.new) + len(self.replaced)


def find_last(target: Path) -> LastRun | None:
    """Return the last restore into ``target`` that can be taken back, or None; blocks for a moment.

    Raises ``HeldElsewhere`` while another snaptui restores there, ``CannotWrite`` where the folder can't be opened,
    and what an unreadable journal raises.
    """
    try:
        if not stat.S_ISDIR((target / UNDO_FOLDER).lstat().st_mode):
            return None
    except OSError:
        return None
    with Beneath(target) as beneath, UndoFolder(beneath) as folder:
        run = folder.last()
        if run is None:
            return None
        with contextlib.closing(run):
            journal = run.read()
            new = tuple(safe("/".join(record.parts)) for record in journal.records if record.before is None)
            replaced = tuple(safe("/".join(record.parts)) for record in journal.records if record.before is not None)
            return LastRun(target, safe(journal.source), new, replaced, run.applied)


def find_unfinished(target: Path) -> LastRun | None:
    """Return the interrupted restore in ``target``, or None; raises what ``find_last`` raises."""
    last = find_last(target)
    return None if last is None or last.finished else last


def require_finished(target: Path) -> None:
    """Raise ``RestoreUnfinished`` when ``target`` holds an interrupted restore; what ``find_last`` raises too."""
    if find_unfinished(target) is not None:
        message = _(
            "An earlier restore into {target} was interrupted; finish it with --continue or take it back with undo."
        )
        raise RestoreUnfinished(message.format(target=safe(str(target))))
