"""Questions on the terminal."""

from __future__ import annotations

import signal
import sys

import click


def can_ask() -> bool:
    """Whether somebody is there to answer a question."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()


def asked(question: str) -> bool:
    """Ask on standard error; Enter is no. Ctrl-C raises ``click.Abort`` at once.

    In an event loop it would not: asyncio takes the signal for the task, which waits for the answer.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return click.confirm(question, err=True)
    finally:
        signal.signal(signal.SIGINT, before)
