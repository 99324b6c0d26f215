"""What restoring and undoing tell while they run: frozen values, counts of files and bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from snaptui.archives.safety import Refusal


@dataclass(frozen=True, slots=True)
class Staging:
    """New contents are being unpacked and checked; the target is as it was."""

    files: int
    total_files: int
    written_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Syncing:
    """Everything is unpacked and is being brought safely to the disk; the target is as it was."""

    total_bytes: int


@dataclass(frozen=True, slots=True)
class Applying:
    """Files are being put in their places."""

    files: int
    total_files: int


@dataclass(frozen=True, slots=True)
class MemberRefused:
    """A member turned out damaged while it was unpacked; it is left out."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Restored:
    """The restore is done. ``undo`` is where what was replaced is kept, None when nothing had to be changed.

    ``refused`` holds the plan's refusals and those found while unpacking.
    """

    target: Path
    new: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: int
    refused: tuple[Refusal, ...]
    written_bytes: int
    undo: Path | None


@dataclass(frozen=True, slots=True)
class TakingBack:
    """Files are being put back as they were."""

    files: int
    total_files: int


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A restore was undone: files put back, files removed, and those left alone since they changed meanwhile."""

    target: Path
    source: str
    put_back: int
    removed: int
    left_changed: tuple[str, ...]


RestoreEvent = Staging | Syncing | Applying | MemberRefused | Restored
UndoEvent = TakingBack | TakenBack
