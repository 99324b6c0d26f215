"""Showing one file in the person's own pager or editor: which program, and a private copy that is gone afterwards."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from snaptui.archives.safety import name_reason
from snaptui.errors import NotFound
from snaptui.i18n import _

# What a program that is started from here has no need to know.
_SECRETS = ("DISCLOUD_TOKEN", "DISCLOUD_TOKEN_FILE")
_PAGERS = ("less", "more")
_EDITORS = ("sensible-editor", "editor", "nano", "vim", "vi")


def pager_command(environ: Mapping[str, str]) -> list[str]:
    """The person's pager, else ``less`` or ``more``. Raises ``NotFound``."""
    return _command(environ, ("PAGER",), _PAGERS, _("No pager was found: set PAGER to the one you like."))


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """The person's editor, else one that is there. Raises ``NotFound``."""
    names = ("VISUAL", "EDITOR")
    return _command(environ, names, _EDITORS, _("No editor was found: set EDITOR to the one you like."))


def _command(environ: Mapping[str, str], names: Sequence[str], others: Sequence[str], none_there: str) -> list[str]:
    """The words of the first variable that is set, else of the first program that is there."""
    for name in names:
        text = environ.get(name, "").strip()
        if not text:
            continue
        try:
            words = shlex.split(text)
        except ValueError:
            words = []
        if not words or shutil.which(words[0], path=environ.get("PATH")) is None:
            message = _("{name} is “{command}”, which is no program here: set it to another.")
            raise NotFound(message.format(name=name, command=text))
        return words
    found = next((each for each in others if shutil.which(each, path=environ.get("PATH"))), None)
    if found is None:
        raise NotFound(none_there)
    return [found]


class PrivateCopy:
    """A file that only its owner can read, in a folder of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._before: os.stat_result | None = None

    def write(self, piece: bytes) -> None:
        """Add a piece of the content."""
        with self.path.open("ab") as file:
            file.write(piece)

    def close(self, *, read_only: bool) -> None:
        """Everything is there; ``read_only`` tells an editor that there is nothing to save."""
        if read_only:
            self.path.chmod(0o400)
        self._before = self.path.stat()

    @property
    def changed(self) -> bool:
        """Whether somebody wrote to it since it was closed, or put another file in its place."""
        try:
            now = self.path.stat()
        except OSError:
            return False
        before = self._before
        return before is not None and (now.st_ino, now.st_size, now.st_mtime_ns) != (
            before.st_ino, before.st_size, before.st_mtime_ns,
        )  # fmt: skip


@contextmanager
def private_copy(path: str, label: str) -> Iterator[PrivateCopy]:
    """A place for a copy of the member at ``path``; it is removed at the end, whatever was made of it.

    The file keeps its name, by which programs tell its language, unless that is a strange one. ``label`` is the name
    of its folder, and so stands beside it in a title.
    """
    name = path.rpartition("/")[2]
    if not name or name_reason(name) is not None:
        name = "member"
    with tempfile.TemporaryDirectory(prefix="snaptui-view-", ignore_cleanup_errors=True) as folder:
        inside = Path(folder) / label
        inside.mkdir(mode=0o700)
        target = inside / name
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        yield PrivateCopy(target)


def run(command: Sequence[str], path: Path, environ: Mapping[str, str]) -> int:
    """Run a program on a file until it ends, the terminal being its own; return its exit code.

    Ctrl-C is for that program: this one lets it pass.
    """
    told = {name: value for name, value in environ.items() if name not in _SECRETS}
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        return subprocess.run([*command, str(path)], env=told, check=False).returncode  # noqa: S603 - the person's own
    finally:
        signal.signal(signal.SIGINT, before)
