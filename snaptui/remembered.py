"""What snaptui remembers by itself between runs: the last theme, the last folder, and the like. No secrets."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_LARGEST = 256 << 10
_BETWEEN = " = "


class Remembered:
    """A few words by name, one a line: the first frame reads them, and would wait for anything richer.

    Never fails: what can't be read is not known, what can't be kept is lost.
    """

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
                lines = file.read(_LARGEST).decode("utf-8").splitlines()
            pairs = [line.partition(_BETWEEN) for line in lines]
            return {name: _unescaped(value) for name, between, value in pairs if between}
        except (OSError, ValueError):
            return {}

    def _write(self, known: dict[str, str]) -> None:
        import secrets

        text = "".join(f"{name}{_BETWEEN}{_escaped(value)}\n" for name, value in known.items())
        temporary = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with temporary.open("x", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(self._path)
            finally:
                temporary.unlink(missing_ok=True)


def _escaped(value: str) -> str:
    """The value in one line of ASCII, such as a folder with a line break in its name."""
    return value.encode("unicode_escape").decode("ascii")


def _unescaped(text: str) -> str:
    return text.encode("ascii").decode("unicode_escape")
