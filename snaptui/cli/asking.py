"""Questions on the terminal that are answered with yes or no, in the language in use."""

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
    """Ask on standard error until the answer is understood; Enter is ``default``. The English words always are.

    Ctrl-C and the end of input raise ``click.Abort`` at once. In an event loop Ctrl-C would not by itself: asyncio
    takes the signal for the task, which waits for the answer.
    """
    # Translators: the answers people may type for yes and for no; lower case, the letter first.
    yes, no = {"y", "yes", *_("y yes").split()}, {"n", "no", *_("n no").split()}
    hint = _("[Y/n]") if default else _("[y/N]")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        while True:
            answer = str(click.prompt(f"{question} {hint}", default="", show_default=False, err=True))
            word = answer.strip().lower()
            if not word:
                return default
            if word in yes or word in no:
                return word in yes
            say(_("Answer y or n."))
    finally:
        signal.signal(signal.SIGINT, before)
