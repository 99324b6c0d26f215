"""Questions on the terminal that are answered with yes or no, in the language in use."""

from __future__ import annotations

import click

from snaptui.cli.output import say
from snaptui.i18n import _


def confirm(question: str, *, default: bool = False) -> bool:
    """Ask until the answer is understood; Enter alone is ``default``. Raises click.Abort at the end of input.

    The English words are understood in every language.
    """
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


def require(question: str) -> None:
    """Ask, and raise click.Abort unless the answer is yes."""
    if not confirm(question):
        raise click.Abort
