"""One line of progress on standard error, and only where that is a terminal."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType

from snaptui.cli.output import cut
from snaptui.formatting import duration, percent, rate, size
from snaptui.i18n import _
from snaptui.text import one_line

_EVERY_SECONDS = 0.2
_LEAST_RATE_SECONDS = 0.5
_USUAL_COLUMNS = 80
_ERASE = "\r\x1b[2K"


class Bar:
    """Shows bytes, rate and what is left of one job, rewriting its line a few times a second; leaves nothing behind.

    Outside a terminal, or ``hidden``, it does nothing.
    """

    def __init__(self, title: str, *, hidden: bool = False) -> None:
        self._title = one_line(title, 40)
        self._shown = not hidden and sys.stderr is not None and sys.stderr.isatty()
        self._next = 0.0
        self._began = time.monotonic()
        self._first: int | None = None
        self._is_dirty = False

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def show(self, done: int, total: int | None, bytes_per_second: float | None = None) -> None:
        """Say that ``done`` bytes of ``total`` are through."""
        if not self._shown:
            return
        now = time.monotonic()
        if self._first is None:
            self._first, self._began = done, now
        if now < self._next and done != total:
            return
        self._next = now + _EVERY_SECONDS
        if bytes_per_second is None and now >= self._began + _LEAST_RATE_SECONDS:
            bytes_per_second = (done - self._first) / (now - self._began)
        self._line(" · ".join(part for part in self._parts(done, total, bytes_per_second) if part))

    def note(self, sentence: str) -> None:
        """Leave a sentence standing above the line."""
        if self._shown:
            self.clear()
            sys.stderr.write(one_line(sentence) + "\n")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._is_dirty:
            sys.stderr.write(_ERASE)
            sys.stderr.flush()
            self._is_dirty = False

    def _parts(self, done: int, total: int | None, per_second: float | None) -> tuple[str, ...]:
        left = (total - done) / per_second if total is not None and per_second else None
        return (
            self._title,
            percent(done, total) if total else "",
            _("{done} of {total}").format(done=size(done), total=size(total)) if total else size(done),
            rate(per_second) if per_second else "",
            _("{time} left").format(time=duration(left)) if left else "",
        )

    def _line(self, text: str) -> None:
        sys.stderr.write(_ERASE + cut(text, _columns() - 1))
        sys.stderr.flush()
        self._is_dirty = True


def _columns() -> int:
    """Columns of the terminal that the line is on, whatever standard output is."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_COLUMNS
    except OSError:
        return _USUAL_COLUMNS
