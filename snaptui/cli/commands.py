"""The group ``snaptui``: its flags, and a table of commands of which each is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import click

from snaptui import __version__
from snaptui.cli.click_words import name_parts, translate_click
from snaptui.cli.invocation import Interrupted, Invocation
from snaptui.errors import SnaptuiError, UsageError
from snaptui.i18n import LANGUAGES, N_, _
from snaptui.text import one_line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Name: the module and the object that is the command, and what it does (marked; translated when shown).
COMMANDS: Mapping[str, tuple[str, str]] = {
    "apps": ("snaptui.cli.listing:apps", N_("List every app with its snapshots.")),
    "list": ("snaptui.cli.listing:list_snapshots", N_("List the snapshots of one app, or of all.")),
    "create": ("snaptui.cli.create:create", N_("Take a snapshot of each app.")),
    "download": ("snaptui.cli.download:download", N_("Fetch one snapshot, checked and whole.")),
    "files": ("snaptui.cli.archive_commands:files", N_("List what is in a snapshot's archive.")),
    "cat": ("snaptui.cli.archive_commands:cat", N_("Write one member of an archive to standard output.")),
    "diff": ("snaptui.cli.archive_commands:diff", N_("Compare a snapshot with another, or with a folder.")),
    "restore": ("snaptui.cli.archive_restore:restore", N_("Put files of a snapshot back into a folder.")),
    "undo": ("snaptui.cli.archive_commands:undo", N_("Take back the last restore into a folder.")),
    "verify": ("snaptui.cli.verify:verify", N_("Check archives on this computer.")),
    "login": ("snaptui.cli.account:login", N_("Sign in with a token, and keep it.")),
    "logout": ("snaptui.cli.account:logout", N_("Forget the token that snaptui keeps.")),
    "whoami": ("snaptui.cli.account:whoami", N_("Tell whose token is used, and where it comes from.")),
    "doctor": ("snaptui.cli.doctor:doctor", N_("Tell what is set up and whether it works.")),
    "config": ("snaptui.cli.settings:config", N_("Work with the settings file.")),
    "completion": ("snaptui.cli.completion:completion", N_("Print what makes a shell complete snaptui's words.")),
    "demo-server": ("snaptui.cli.demo:demo_server", N_("Run the demo's server, to try snaptui against.")),
}


_FLAGS = frozenset({"--demo", "--read-only", "--no-cache", "--ascii"})


def flags_first(arguments: Sequence[str]) -> list[str]:
    """The same arguments with snaptui's own flags before the command, wherever they stood; what follows -- stays."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    flags: list[str] = []
    rest: list[str] = []
    left = list(arguments[:end])
    while left:
        argument = left.pop(0)
        if argument == "--lang" and left:
            flags += [argument, left.pop(0)]
        elif argument in _FLAGS or argument.startswith("--lang="):
            flags.append(argument)
        else:
            rest.append(argument)
    return [*flags, *rest, *arguments[end:]]


class Commands(click.Group):
    """A group whose commands are imported one at a time, so that help and one command stay quick."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take snaptui's own flags behind the command too."""
        return super().parse_args(ctx, flags_first(args))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None where there is no such one."""
        if cmd_name not in COMMANDS:
            return None
        module, _colon, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - the table is ours
        name_parts(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(about)) for name, (_place, about) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Commands by the table, and options."""
        from click.shell_completion import CompletionItem

        if not incomplete or incomplete[0].isalpha():
            fitting = [(name, about) for name, (_place, about) in COMMANDS.items() if name.startswith(incomplete)]
            return [CompletionItem(name, help=_(about)) for name, about in fitting]
        return click.Command.shell_complete(self, ctx, incomplete)


def build() -> click.Group:
    """Make the group, its texts in the language in use."""

    @click.group(
        cls=Commands,
        name="snaptui",
        invoke_without_command=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=_(
            "Browse, create, check and fetch the snapshots of your Discloud apps. Without a command, in a terminal."
        ),
        epilog=_("“snaptui COMMAND --help” tells more about a command. The options above may also stand behind it."),
    )
    @click.version_option(__version__, "-V", "--version", message="snaptui %(version)s", help=_("Tell the version."))
    @click.option("--demo", is_flag=True, help=_("Use a made-up account on this computer: no token, no network."))
    @click.option("--read-only", is_flag=True, help=_("Refuse whatever changes the account."))
    @click.option("--no-cache", is_flag=True, help=_("Neither show nor keep the last known listing."))
    @click.option(
        "--lang",
        metavar="|".join(LANGUAGES),
        shell_complete=lambda ctx, param, incomplete: [each for each in LANGUAGES if each.startswith(incomplete)],
        help=_("The language to speak."),
    )
    @click.option("--ascii", "ascii_only", is_flag=True, help=_("Draw with ASCII characters only."))
    @click.pass_context
    def snaptui(
        ctx: click.Context, demo: bool, read_only: bool, no_cache: bool, lang: str | None, ascii_only: bool
    ) -> None:
        ctx.obj = ctx.with_resource(
            Invocation(
                demo=demo,
                read_only=True if read_only else None,
                use_cache=not no_cache,
                language=lang,
                ascii_only=True if ascii_only else None,
            )
        )
        if ctx.invoked_subcommand is None:
            from snaptui.cli.screens import open_screens

            ctx.exit(open_screens(ctx.obj))

    snaptui.options_metavar, snaptui.subcommand_metavar = _("[OPTIONS]"), _("[COMMAND] [ARGS]...")
    return snaptui


def run_command(arguments: Sequence[str]) -> int:
    """Run what the words ask for; return its exit code. What click finds wrong is raised as one of our errors."""
    translate_click()
    try:
        code = build().main(list(arguments), prog_name="snaptui", standalone_mode=False)
    except click.UsageError as error:
        raise UsageError(_sentence_of(error)) from None
    except click.ClickException as error:
        raise SnaptuiError(one_line(error.format_message())) from None
    except click.Abort:
        raise Interrupted from None
    return code if isinstance(code, int) else 0


def _sentence_of(error: click.UsageError) -> str:
    sentence = one_line(error.format_message())
    if error.ctx is None:
        return sentence
    return _("{problem} (“{command} --help” tells more).").format(
        problem=sentence.removesuffix("."), command=error.ctx.command_path
    )
