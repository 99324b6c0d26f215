"""The unfinished file beside its target: open, locked, and described by the state beside it (see ``state``)."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from snaptui.errors import CannotWrite, DiskFull, HeldElsewhere, TargetExists, TransferError
from snaptui.formatting import size
from snaptui.i18n import _
from snaptui.models import SnapshotKey
from snaptui.reasons import reason_of
from snaptui.text import one_line
from snaptui.transfers.locking import try_lock
from snaptui.transfers.paths import free_bytes
from snaptui.transfers.publishing import publish, sync_folder
from snaptui.transfers.state import PartState, boot_id, part_path, read_state, state_path, write_state

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_fdatasync = getattr(os, "fdatasync", os.fsync)
# After a sync there is none for as many times as long as it took.
_REST = 10


class Part:
    """The unfinished file, for one thread. ``length`` bytes of it are good; ``dropped`` were there and were not.

    Raises CannotWrite and DiskFull, and HeldElsewhere while another process (or download) has it.
    """

    def __init__(self, target: Path, key: SnapshotKey, *, expected_size: int | None = None) -> None:
        self.target = target
        self.path = part_path(target)
        self.length = 0
        self.dropped = 0
        self._expected = expected_size
        self._fd = -1
        self._mine = False
        self._syncing: threading.Thread | None = None
        self._sync_failure: OSError | None = None
        self._rests_until = 0.0
        self.state = PartState(*key, pid=os.getpid(), boot=boot_id())
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._open()
            self._adopt()
        except OSError as error:
            self.close()
            raise self.failure(error) from error
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        """Open and lock; try again where another process renamed the file between the two steps."""
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        while True:
            self._fd = os.open(self.path, flags, 0o600)
            if not stat.S_ISREG(os.fstat(self._fd).st_mode):
                message = _("{path} is not an ordinary file: move it away.")
                raise CannotWrite(message.format(path=one_line(str(self.path))))
            if not try_lock(self._fd):
                raise self._held()
            if self._is_at_path():
                if os.fstat(self._fd).st_nlink == 1:
                    break
                # A finished file whose second name a sudden end left behind: that name goes, the file stays.
                self.path.unlink()
            os.close(self._fd)
            self._fd = -1
        self._mine = True
        with contextlib.suppress(OSError):
            os.fchmod(self._fd, 0o600)

    def _is_at_path(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._fd), self.path.lstat())
        except FileNotFoundError:
            return False

    def _held(self) -> HeldElsewhere:
        state = read_state(self.target)
        if state is None or not state.pid:
            return HeldElsewhere(_("Another snaptui is fetching this file: wait for it, or end it."))
        message = _("Another snaptui (process {pid}) is fetching this file: wait for it, or end it.")
        return HeldElsewhere(message.format(pid=state.pid))

    def _adopt(self) -> None:
        """Keep what an earlier run left and may be believed; drop the rest."""
        length = os.fstat(self._fd).st_size
        old = read_state(self.target)
        if old is not None and (old.app_id, old.version) == (self.state.app_id, self.state.version):
            kept = old.believed(length)
            if kept:
                self.state = replace(old, synced=min(old.synced, kept), boot=boot_id(), pid=os.getpid())
                self.length = kept
        self.dropped = length - self.length
        self._cut()
        write_state(self.target, self.state)

    def _cut(self) -> None:
        os.ftruncate(self._fd, self.length)
        os.lseek(self._fd, self.length, os.SEEK_SET)

    @property
    def etag(self) -> str | None:
        """The strong entity tag that the bytes belong to."""
        return self.state.etag

    @property
    def total(self) -> int | None:
        """Bytes of the whole archive, None while nobody has said."""
        return self.state.total

    @property
    def complete(self) -> bool:
        """Whether every byte is here."""
        return self.state.total is not None and self.length == self.state.total

    @property
    def can_be_continued(self) -> bool:
        """Whether another try, now or in days, can build on what is here."""
        return self._mine and self.length > 0 and (self.etag is not None or self.complete)

    def describe(self, total: int | None, etag: str | None) -> None:
        """Note on disk what the bytes belong to: before the first of them is written."""
        self._join()
        if (total, etag) != (self.state.total, self.state.etag):
            self.state = replace(self.state, total=total, etag=etag, synced=min(self.state.synced, self.length))
            self._guarded(lambda: write_state(self.target, self.state))

    def start_over(self) -> None:
        """Drop every byte."""
        self._join()
        self.length = 0
        self.state = replace(self.state, total=None, etag=None, synced=0)

        def forget() -> None:
            # The state first and durably: after a power cut, new bytes must not be taken for the old archive's.
            write_state(self.target, self.state)
            sync_folder(self.target.parent)
            self._cut()

        self._guarded(forget)

    def write(self, data: memoryview) -> None:
        """Append bytes."""
        try:
            while data:
                written = os.write(self._fd, data)
                self.length += written
                data = data[written:]
        except OSError as error:
            raise self.failure(error) from error

    @property
    def may_sync(self) -> bool:
        """Whether no sync is under way, and the last was long enough ago not to slow down what comes."""
        return (self._syncing is None or not self._syncing.is_alive()) and time.monotonic() >= self._rests_until

    def sync_soon(self) -> None:
        """Have what was written put on the disk, on a thread beside; raise what went wrong with that before."""
        self._join()
        self._raise_sync_failure()
        self._syncing = threading.Thread(target=self._sync, args=(self.length,), name="snaptui-sync", daemon=True)
        self._syncing.start()

    def sync(self) -> None:
        """Put what was written on the disk, then note that it is there."""
        self._join()
        if self.state.synced != self.length:
            self._sync(self.length)
        self._raise_sync_failure()

    def _sync(self, length: int) -> None:
        began = time.monotonic()
        try:
            _fdatasync(self._fd)
            self.state = replace(self.state, synced=length)
            write_state(self.target, self.state)
        except OSError as error:
            self._sync_failure = error
        ended = time.monotonic()
        self._rests_until = ended + (ended - began) * _REST

    def _raise_sync_failure(self) -> None:
        failure, self._sync_failure = self._sync_failure, None
        if failure is not None:
            raise self.failure(failure) from failure

    def _join(self) -> None:
        if self._syncing is not None:
            self._syncing.join()
            self._syncing = None

    def require_room(self) -> None:
        """Raise DiskFull where what is still to come does not fit."""
        missing = self._missing()
        if missing > 0:
            raise self._full(missing)

    def _missing(self) -> int:
        """How much more room the rest needs than there is."""
        free = free_bytes(self.target.parent)
        total = self.total or self._expected
        return total - self.length - free if free is not None and total is not None else 0

    def _full(self, missing: int) -> DiskFull:
        if self.can_be_continued:
            message = _("The disk is full: free {missing} more, then try again; what came is kept.")
        else:
            message = _("The disk is full: free {missing} more, then try again.")
        return DiskFull(message.format(missing=size(missing)), missing)

    def failure(self, error: OSError) -> TransferError:
        """The error a person needs for a failed write."""
        if error.errno in (errno.EFBIG, errno.EDQUOT):
            # A limit of this user's or this file system's: the free space says nothing about it.
            return self._full(max(1, (self.total or self._expected or self.length + 1) - self.length))
        if error.errno in _FULL:
            return self._full(max(1, self._missing()))
        message = _("{folder} cannot be written ({reason}): choose another folder.")
        return CannotWrite(message.format(folder=one_line(str(self.target.parent)), reason=reason_of(error)))

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except OSError as error:
            raise self.failure(error) from error

    def publish(self, *, overwrite: bool) -> None:
        """Give the file its final name, durably. Raises TargetExists where it is taken and must not be replaced."""
        self._join()
        try:
            if not self._is_at_path():
                message = _("{path} was moved away while it was written: leave it alone and try again.")
                raise CannotWrite(message.format(path=one_line(str(self.path))))
            publish(self._fd, self.path, self.target, overwrite=overwrite)
        except FileExistsError:
            raise exists(self.target) from None
        except OSError as error:
            raise self.failure(error) from error
        self._mine = False
        with contextlib.suppress(OSError):
            state_path(self.target).unlink()

    def discard(self) -> None:
        """Remove the part and its state: nothing of it can be used."""
        self._join()
        if self._mine and self._is_at_path():
            for path in (self.path, state_path(self.target)):
                with contextlib.suppress(OSError):
                    path.unlink()
        self._mine = False

    def close(self) -> None:
        """Release file and lock; what cannot be continued is removed."""
        if self._fd < 0:
            return
        if not self.can_be_continued:
            self.discard()
        self._join()
        os.close(self._fd)
        self._fd = -1


def exists(target: Path) -> TargetExists:
    """The error for a final name that is taken."""
    return TargetExists(
        _("{path} is there already with other content: choose another name, or replace it (--force).").format(
            path=one_line(str(target))
        )
    )
