"""Downloads that were not finished, remembered on disk so that the next run can offer them again.

Several processes share one file; each owns the entries under its own name. Nothing in it is a secret: no link, no
token. What is half downloaded is not told here but by the part beside each target (see ``state``).
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from snaptui.models import is_app_id, is_version
from snaptui.text import one_line
from snaptui.transfers.locking import held
from snaptui.transfers.state import boot_id


@dataclass(frozen=True, slots=True)
class Pending:
    """One download that was asked for and is not finished."""

    app_id: str
    version: str
    app_name: str
    target: str
    overwrite: bool = False
    expected_size: int | None = None


class PendingFile:
    """The file. A folder that cannot be written loses the memory and nothing else."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with held(self._path.with_name(self._path.name + ".lock")):
            yield

    def _read(self) -> dict[str, list[Pending]]:
        try:
            document = json.loads(self._path.read_text())
            return {owner: [_entry(raw) for raw in entries] for owner, entries in document.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}

    def save(self, entries: Sequence[Pending]) -> None:
        """Remember these as this process's."""
        with contextlib.suppress(OSError), self._locked():
            everything = self._read()
            everything[_this_process()] = list(entries)
            self._write(everything)

    def adopt(self) -> tuple[Pending, ...]:
        """Take over, and return, what processes that are gone left unfinished."""
        found: list[Pending] = []
        with contextlib.suppress(OSError):
            if not self._path.exists():
                return ()
            with self._locked():
                everything = self._read()
                for owner in [owner for owner in everything if not _alive(owner)]:
                    found += [entry for entry in everything.pop(owner) if entry not in found]
                if found:
                    everything.setdefault(_this_process(), []).extend(found)
                    self._write(everything)
        return tuple(found)

    def _write(self, everything: dict[str, list[Pending]]) -> None:
        document = {owner: [asdict(entry) for entry in entries] for owner, entries in everything.items() if entries}
        temporary = self._path.with_name(self._path.name + ".tmp")
        temporary.write_text(json.dumps(document))
        temporary.replace(self._path)


def _entry(raw: dict[str, object]) -> Pending:
    entry = Pending(**raw)  # type: ignore[arg-type]
    texts = (entry.app_id, entry.version, entry.app_name, entry.target)
    size = entry.expected_size
    if not all(isinstance(text, str) and "\0" not in text for text in texts):
        raise ValueError("not a pending download")
    if not is_app_id(entry.app_id) or not is_version(entry.version):
        raise ValueError("not a pending download")
    if not isinstance(entry.overwrite, bool) or not (size is None or (type(size) is int and size >= 0)):
        raise ValueError("not a pending download")
    return Pending(
        entry.app_id, entry.version, one_line(entry.app_name), entry.target, entry.overwrite, entry.expected_size
    )


@cache
def _this_process() -> str:
    return _name_of(os.getpid())


def _name_of(pid: int) -> str:
    """A name that no other process has: number, when it started, and in which run of the machine."""
    try:
        # Field 22 of the line; the name in field 2 may hold anything, so counted from its closing bracket.
        started = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        started = ""
    return f"{pid}/{started}/{boot_id()}"


def _alive(owner: str) -> bool:
    pid = int(number) if (number := owner.partition("/")[0]).isdecimal() and len(number) < 10 else 0
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # somebody else's process has the number now, or it is ours under another user
    return owner == _name_of(pid)
