"""A program in a real pseudo-terminal, for tests and benchmarks that look at what reaches the terminal."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType


class Terminal:
    """Run ``argv`` with a terminal of ``size`` (columns, rows); everything it writes is kept in ``output``."""

    def __init__(
        self, argv: Sequence[str], *, env: Mapping[str, str] | None = None, size: tuple[int, int] = (120, 40)
    ) -> None:
        # The terminal has a size of its own; a runner's idea of one, in these variables, would win over it.
        env = {name: value for name, value in (env or os.environ).items() if name not in ("COLUMNS", "LINES")}
        self._master, slave = pty.openpty()
        self._resize(slave, size)
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True, close_fds=True
        )
        os.close(slave)
        self.output = bytearray()

    @staticmethod
    def _resize(descriptor: int, size: tuple[int, int]) -> None:
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal, and tell the program as a terminal would."""
        self._resize(self._master, (columns, rows))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGWINCH)

    def send(self, keys: str) -> None:
        """Type ``keys``."""
        os.write(self._master, keys.encode())

    def read(self, timeout: float) -> bytes:
        """Return what the program writes within ``timeout`` seconds: at the first bytes, or empty at the end of it."""
        ready, _, _ = select.select([self._master], [], [], timeout)
        if not ready:
            return b""
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # Linux's answer once the program has closed its side
            return b""
        self.output += data
        return data

    def until(self, marker: str, timeout: float = 20.0, *, since: int = 0) -> float:
        """Read until ``marker`` stands in the output after byte ``since``; return seconds since the start."""
        wanted = marker.encode()
        deadline = time.perf_counter() + timeout
        while wanted not in self.output[since:]:
            left = deadline - time.perf_counter()
            if left <= 0 or (not self.read(left) and self.process.poll() is not None):
                shown = bytes(self.output[-2000:]).decode(errors="replace")
                raise AssertionError(f"{marker!r} did not appear within {timeout} s; last output: {shown!r}")
        return time.perf_counter() - self.started

    def quiet(self, seconds: float, timeout: float = 20.0) -> int:
        """Read until nothing has come for ``seconds``; return how many bytes came before that."""
        before = len(self.output)
        deadline = time.perf_counter() + timeout
        while self.read(seconds):
            if time.perf_counter() > deadline:
                raise AssertionError(f"the terminal was not quiet for {seconds} s within {timeout} s")
        return len(self.output) - before

    def wait(self, timeout: float = 20.0) -> int:
        """Read until the program ends; return its exit code."""
        deadline = time.perf_counter() + timeout
        while self.process.poll() is None:
            if time.perf_counter() > deadline:
                raise AssertionError(f"the program did not end within {timeout} s")
            self.read(0.05)
        while self.read(0):
            pass
        return self.process.returncode

    def close(self) -> None:
        """End the program and release the terminal."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
