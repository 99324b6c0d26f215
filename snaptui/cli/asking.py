"""Questions on the terminal, answered with yes or no in the language in use."""

from __future__ import annotations

import signal
import sys

import click

from snaptui.cli.output import say
from snaptui.i18n import _


def can_ask() -> bool:
    """Whether somebody is there to answer a question."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()


def asked(question: str, *, default: bool = False) -> bool:
    """Ask on standard error until the answer is understood; Enter alone is ``default``.

    The English words are understood in every language. Ctrl-C, and the end of the input, raise ``click.Abort`` at
    once; in an event loop Ctrl-C would not: asyncio takes the signal for the task, which waits for the answer.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return _understood(question, default)
    finally:
        signal.signal(signal.SIGINT, before)


def _understood(question: str, default: bool) -> bool:
    # Translators: the answers people may type for yes and for no; lower case, the letter first.
    yes, no = {"y", "yes", *_("y yes").split()}, {"n", "no", *_("n no").split()}
    hint = _("[Y/n]") if default else _("[y/N]")
    while True:
        answer = str(click.prompt(f"{question} {hint}", default="", show_default=False, err=True)).strip().lower()
        if not answer:
            return default
        if answer in yes or answer in no:
            return answer in yes
        say(_("Answer y or n."))
