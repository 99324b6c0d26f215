"""What click itself says of a command line, in the language in use.

click asks the process's own gettext, whose catalogue follows the environment alone: neither ``--lang`` nor the
settings. So its modules are given ours; that is private to them, and a test of every help page watches over it.
"""

from __future__ import annotations

import sys

import click

from snaptui import i18n
from snaptui.i18n import N_, _

# Listed so that they are in the catalogues; click formats them by itself.
CLICK_WORDS = (
    N_("Usage:"),
    N_("Options"),
    N_("required"),
    N_("default: {default}"),
    N_("Show this message and exit."),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing parameter"),
    N_("Missing parameter: {param_name}"),
    N_("Choose from:\n\t{choices}"),
    N_("No such command {name!r}."),
    N_("No such option {name!r}."),
    N_("Option {name!r} does not take a value."),
    N_("Argument {name!r} takes {nargs} values."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    # Translators: number_type is an English word such as "integer range"; it may be left out.
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} is not readable."),
    N_("path"),
    N_("Error: {message}"),
)


def _plurals(n: int) -> tuple[str, ...]:
    """The words of click that have a plural, for the catalogues."""
    return (
        i18n.ngettext("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", n),
        i18n.ngettext("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", n),
        i18n.ngettext("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", n),
        i18n.ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", n),
    )


def translate_click() -> None:
    """Let every module of click that asks gettext ask for our catalogue."""
    for name, module in list(sys.modules.items()):
        if name == "click" or name.startswith("click."):
            for asked, answer in (("_", i18n._), ("ngettext", i18n.ngettext)):
                if asked in vars(module):
                    setattr(module, asked, answer)


def name_parts(command: click.Command) -> None:
    """Put the words in capitals of a command's usage line, and of those below it, into the language in use."""
    command.options_metavar = _("[OPTIONS]")
    if isinstance(command, click.Group):
        command.subcommand_metavar = _("COMMAND [ARGS]...")
        for below in command.commands.values():
            name_parts(below)
