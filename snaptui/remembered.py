"""What snaptui remembers by itself between runs: the last theme, the last folder, and the like. No secrets."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

_LARGEST = 256 << 10


class Remembered:
    """A few words by name in a JSON file. Never fails: what can't be read is not known, what can't be kept is lost."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, str] | None = None

    def get(self, name: str) -> str | None:
        """The word remembered under ``name``, or None."""
        if self._known is None:
            self._known = self._read()
        return self._known.get(name)

    def set(self, name: str, value: str | None) -> None:
        """Remember a word; None forgets it. What another snaptui remembered meanwhile stays."""
        known = self._read()
        if known.get(name) == value:
            self._known = known
            return
        known.pop(name, None)
        if value is not None:
            known[name] = value
        self._known = known
        self._write(known)

    def _read(self) -> dict[str, str]:
        try:
            with self._path.open("rb") as file:
                document = json.loads(file.read(_LARGEST))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(document, dict):
            return {}
        return {name: value for name, value in document.items() if isinstance(value, str)}

    def _write(self, known: dict[str, str]) -> None:
        import secrets

        temporary = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with temporary.open("x", encoding="utf-8") as file:
                    json.dump(known, file, indent=1)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(self._path)
            finally:
                temporary.unlink(missing_ok=True)
