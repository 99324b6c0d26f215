"""Readers of an archive's bytes: a file on disk, bytes in memory, and a window that saves requests."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from snaptui.archives.directory import Reader
from snaptui.errors import ArchiveDamaged, NotFound, SnaptuiError
from snaptui.i18n import _
from snaptui.text import safe

PIECE_BYTES = 256 * 1024


def _too_short() -> ArchiveDamaged:
    return ArchiveDamaged(_("The archive ends before its content does; fetch it again, or take another version."))


class FileReader:
    """An archive file on disk. It stays open until ``close``; reading does not move a shared position."""

    def __init__(self, path: Path) -> None:
        """Open ``path``; raise ``NotFound`` when there is no such file, ``SnaptuiError`` when it can't be read."""
        try:
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
        except (FileNotFoundError, NotADirectoryError) as error:
            message = _("There is no file {path}; check its name.")
            raise NotFound(message.format(path=safe(str(path)))) from error
        except OSError as error:
            raise _unreadable(path) from error
        status = os.fstat(self._descriptor)
        self._size = status.st_size
        if not stat.S_ISREG(status.st_mode):
            self.close()
            raise _unreadable(path)

    @property
    def size(self) -> int:
        """Bytes of the file when it was opened."""
        return self._size

    def tail(self, length: int) -> bytes:
        """Return the last ``length`` bytes, or all."""
        length = min(length, self._size)
        return self.read_at(self._size - length, length)

    def read_at(self, offset: int, length: int) -> bytes:
        """Return exactly ``length`` bytes from ``offset``."""
        if offset < 0 or length < 0 or offset + length > self._size:
            raise _too_short()
        data = os.pread(self._descriptor, length, offset)
        while len(data) < length:
            more = os.pread(self._descriptor, length - len(data), offset + len(data))
            if not more:
                raise _too_short()
            data += more
        return data

    def stream(self, offset: int, length: int) -> Iterator[bytes]:
        """Yield ``length`` bytes from ``offset`` in pieces."""
        while length > 0:
            piece = self.read_at(offset, min(length, PIECE_BYTES))
            yield piece
            offset += len(piece)
            length -= len(piece)

    def close(self) -> None:
        """Release the file; closing twice is harmless."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> FileReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _unreadable(path: Path) -> SnaptuiError:
    message = _("{path} can't be read as a file; check what it is and its permissions.")
    return SnaptuiError(message.format(path=safe(str(path))))


class BytesReader:
    """An archive held in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        """Bytes of the archive."""
        return len(self._data)

    def tail(self, length: int) -> bytes:
        """Return the last ``length`` bytes, or all."""
        return self._data[max(0, len(self._data) - length) :]

    def read_at(self, offset: int, length: int) -> bytes:
        """Return exactly ``length`` bytes from ``offset``."""
        if offset < 0 or length < 0 or offset + length > len(self._data):
            raise _too_short()
        return self._data[offset : offset + length]

    def stream(self, offset: int, length: int) -> Iterator[bytes]:
        """Yield ``length`` bytes from ``offset`` in pieces."""
        for at in range(0, length, PIECE_BYTES):
            yield self.read_at(offset + at, min(PIECE_BYTES, length - at))


class WindowReader:
    """A reader that keeps one stretch of another in memory and answers from it what lies inside.

    Several small members beside each other in a remote archive so cost one request.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._start = 0
        self._window = b""

    @property
    def size(self) -> int:
        """Bytes of the whole archive."""
        return self._reader.size

    def load(self, offset: int, length: int) -> None:
        """Fetch a stretch and keep it in place of the one before."""
        self._window = b""
        self._start, self._window = offset, self._reader.read_at(offset, length)

    def tail(self, length: int) -> bytes:
        """Return the last ``length`` bytes, or all."""
        return self._reader.tail(length)

    def read_at(self, offset: int, length: int) -> bytes:
        """Return exactly ``length`` bytes from ``offset``, from the window when it holds them."""
        at = offset - self._start
        if at >= 0 and at + length <= len(self._window):
            return self._window[at : at + length]
        return self._reader.read_at(offset, length)

    def stream(self, offset: int, length: int) -> Iterator[bytes]:
        """Yield ``length`` bytes from ``offset``, from the window when it holds them."""
        at = offset - self._start
        if at >= 0 and at + length <= len(self._window):
            yield self._window[at : at + length]
        else:
            yield from self._reader.stream(offset, length)
