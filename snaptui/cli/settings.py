"""``snaptui config``."""

from __future__ import annotations

import click

from snaptui.cli.invocation import Invocation
from snaptui.cli.output import emit, json_option, say, write
from snaptui.i18n import _


@click.group("config", help=_("Work with the settings file."))
def config() -> None:
    """Work with the settings file."""


@config.command("init", help=_("Write a settings file with every setting explained and none set."))
@click.pass_obj
def init(invocation: Invocation) -> None:
    """Write the commented template; never over a file that is there."""
    from snaptui.config_file import init_file

    write(str(init_file(invocation.config.file)))


@config.command("path", help=_("Tell where the settings file is, or would be."))
@click.pass_obj
def path(invocation: Invocation) -> None:
    """Tell where the settings file is."""
    write(str(invocation.config.file))


@config.command("check", help=_("Tell what is wrong in the settings file: values, names, themes and keys."))
@json_option
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Tell what is wrong, line by line; the exit code says whether anything is."""
    invocation: Invocation = ctx.obj
    settings = invocation.config
    problems = settings.problems
    if settings.keys or settings.theme:
        # Which keys and themes there are is known to the screens alone.
        from snaptui.tui.settings_check import all_problems

        problems = all_problems(settings)
    if as_json:
        found = [{"line": problem.line, "problem": problem.sentence} for problem in problems]
        emit({"path": str(settings.file), "problems": found})
    else:
        for problem in problems:
            write(str(problem))
        if not problems and settings.file.exists():
            say(_("Nothing is wrong in {path}.").format(path=settings.file))
        elif not problems:
            say(_("There is no settings file: “snaptui config init” writes {path}.").format(path=settings.file))
    ctx.exit(1 if problems else 0)
