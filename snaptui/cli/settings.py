"""``snaptui config``."""

from __future__ import annotations

import click

from snaptui.cli.invocation import Invocation
from snaptui.cli.output import write
from snaptui.i18n import _


@click.group("config", help=_("Work with the settings file."))
def config() -> None:
    """Work with the settings file."""


@config.command("init", help=_("Write a settings file with every setting explained and none set."))
@click.pass_obj
def init(invocation: Invocation) -> None:
    """Write the commented template; never over a file that is there."""
    from snaptui.config import init_file

    write(str(init_file(invocation.config)))


@config.command("path", help=_("Tell where the settings file is, or would be."))
@click.pass_obj
def path(invocation: Invocation) -> None:
    """Tell where the settings file is."""
    write(str(invocation.config.file))
