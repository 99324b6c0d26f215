"""What is known on disk about an unfinished file: which archive its bytes belong to, and how many may be believed.

``NAME.part`` holds the bytes, ``NAME.part.json`` this. Bytes are written in order, so within one run of the
machine the length of the part tells how many are good, whatever ended the program: the system keeps what it took.
After a restart of the machine (another ``boot``) only those that had been synced to the disk are believed.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from snaptui.models import SnapshotKey
from snaptui.transfers.locking import try_lock

_LONGEST = 8192


@dataclass(frozen=True, slots=True)
class PartState:
    """What the bytes of a part belong to. No link is in it: a link is a secret.

    ``total`` is the whole archive's size, ``etag`` its strong entity tag, ``synced`` how many bytes are known to be
    on the disk, ``boot`` names the run of the machine that wrote them, and ``pid`` the process that did.
    """

    app_id: str
    version: str
    total: int | None = None
    etag: str | None = None
    synced: int = 0
    boot: str = ""
    pid: int = 0

    def believed(self, length: int) -> int:
        """How many of ``length`` bytes another try may build on.

        Without a strong entity tag nobody can tell whether what comes next fits, unless nothing is missing.
        """
        good = length if self.boot and self.boot == boot_id() else min(length, self.synced)
        return good if self.etag is not None or good == self.total else 0


def boot_id() -> str:
    """A name for this run of the machine; empty where the system has none, and then only synced bytes count."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def part_path(target: Path) -> Path:
    """Where the unfinished file is."""
    return target.with_name(target.name + ".part")


def state_path(target: Path) -> Path:
    """Where the state of the unfinished file is."""
    return target.with_name(target.name + ".part.json")


def read_state(target: Path) -> PartState | None:
    """The state beside a target, or None where there is none that can be read."""
    try:
        descriptor = os.open(state_path(target), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as file:
            state = PartState(**json.loads(file.read(_LONGEST)))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    numbers = (state.synced, state.pid) if state.total is None else (state.synced, state.pid, state.total)
    texts = (state.app_id, state.version, state.boot, state.etag or "")
    plain = all(type(n) is int and n >= 0 for n in numbers) and all(isinstance(t, str) for t in texts)
    return state if plain else None


def write_state(target: Path, state: PartState) -> None:
    """Put the state beside a target, whole or not at all. Raises OSError."""
    path = state_path(target)
    temporary = path.with_name(path.name + ".tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(temporary, flags, 0o600), "w") as file:
        json.dump(asdict(state), file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def kept_bytes(target: Path, key: SnapshotKey) -> int:
    """How many bytes of this snapshot an earlier run left beside ``target`` that can be built on."""
    state = read_state(target)
    if state is None or (state.app_id, state.version) != key:
        return 0
    try:
        status = part_path(target).lstat()
    except OSError:
        return 0
    return state.believed(status.st_size) if status.st_nlink == 1 else 0


def discard_part(target: Path, key: SnapshotKey) -> None:
    """Remove what an earlier run left of this snapshot beside ``target``, unless somebody is working on it."""
    state = read_state(target)
    if state is None or (state.app_id, state.version) != key:
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(part_path(target), os.O_RDWR | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0))
        try:
            if not try_lock(descriptor):
                return
            part_path(target).unlink()
        finally:
            os.close(descriptor)
    with contextlib.suppress(OSError):
        state_path(target).unlink()
