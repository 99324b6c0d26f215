"""Downloads that were not finished, remembered on disk so that the next run can offer them again.

Several processes share one file; each owns the entries with its process id. Nothing in it is a secret.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from snaptui.models import is_app_id, is_version


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
        from filelock import FileLock, Timeout

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(self._path.with_name(self._path.name + ".lock"), timeout=2):
                yield
        except (OSError, Timeout):
            return

    def _read(self) -> dict[int, list[Pending]]:
        try:
            document = json.loads(self._path.read_text())
            return {int(pid): [_entry(raw) for raw in entries] for pid, entries in document.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def save(self, entries: Sequence[Pending]) -> None:
        """Remember these as this process's."""
        with self._locked():
            everything = self._read()
            everything[os.getpid()] = list(entries)
            self._write(everything)

    def adopt(self) -> tuple[Pending, ...]:
        """Take over, and return, what processes that are gone left unfinished."""
        if not self._path.exists():
            return ()
        found: list[Pending] = []
        with self._locked():
            everything = self._read()
            for pid in [pid for pid in everything if not _alive(pid)]:
                found += [entry for entry in everything.pop(pid) if entry not in found]
            if found:
                everything.setdefault(os.getpid(), []).extend(found)
                self._write(everything)
        return tuple(found)

    def _write(self, everything: dict[int, list[Pending]]) -> None:
        document = {str(pid): [asdict(entry) for entry in entries] for pid, entries in everything.items() if entries}
        temporary = self._path.with_name(self._path.name + ".tmp")
        temporary.write_text(json.dumps(document))
        temporary.replace(self._path)


def _entry(raw: dict[str, object]) -> Pending:
    entry = Pending(**raw)  # type: ignore[arg-type]
    texts = (entry.app_id, entry.version, entry.app_name, entry.target)
    if not all(isinstance(text, str) for text in texts) or not is_app_id(entry.app_id) or not is_version(entry.version):
        raise ValueError("not a pending download")
    return entry


def _alive(pid: int) -> bool:
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
