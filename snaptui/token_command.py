"""The program that tells the token: run without a shell, for ten seconds at most."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence

from snaptui.errors import TokenError
from snaptui.i18n import _
from snaptui.keyring_store import in_daemon_thread
from snaptui.reasons import reason_of
from snaptui.text import one_line

LIMIT_SECONDS = 10.0
_LARGEST = 64 << 10


async def command_output(argv: Sequence[str], *, limit_seconds: float = LIMIT_SECONDS) -> str:
    """Run ``argv`` and return what it prints.

    It gets no input, and what it writes to standard error goes nowhere. Raises TokenError when it can't be
    started, fails or takes too long; then it is ended together with what it started.
    """
    process = _start(argv)
    try:
        printed, status = await in_daemon_thread(lambda: _read(process), limit_seconds)
    except TimeoutError:
        raise TokenError(
            _("The token command {name} took longer than {seconds} s: correct token_command in config.toml.").format(
                name=one_line(argv[0], 100), seconds=round(limit_seconds)
            )
        ) from None
    finally:
        _end(process)
    if status != 0:
        raise TokenError(
            _("The token command {name} failed with exit code {status}: run it by hand to see why.").format(
                name=one_line(argv[0], 100), status=status
            )
        )
    return printed.decode("utf-8", "replace")


def _start(argv: Sequence[str]) -> subprocess.Popen[bytes]:
    try:
        # A session of its own: it can't ask on the terminal, and can be ended with everything it starts.
        return subprocess.Popen(  # noqa: S603 - the person's own setting, run without a shell
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = reason_of(error)
        raise TokenError(
            _("The token command {name} can't be started ({reason}): correct token_command in config.toml.").format(
                name=one_line(argv[0], 100), reason=reason
            )
        ) from None


def _read(process: subprocess.Popen[bytes]) -> tuple[bytes, int]:
    assert process.stdout is not None  # noqa: S101 - it was started with a pipe
    printed = b""
    with process.stdout as stdout:
        while len(printed) <= _LARGEST and (more := stdout.read(_LARGEST)):
            printed += more
    if len(printed) > _LARGEST:
        process.kill()
    return printed, process.wait()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started, if it still runs; whoever reads its output then comes to the end of it."""
    if process.poll() is not None:
        return
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1)
