"""``snaptui completion``: what makes bash, zsh and fish complete the words of a snaptui command.

The library behind the command line works out what fits; the scripts are our own, for the library's take names with
spaces for several words in bash, cut names at a comma in fish, and let errors through to the prompt.
"""

from __future__ import annotations

import os
import re
from typing import Any, ClassVar

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

from snaptui.cli.output import write
from snaptui.i18n import _

VARIABLE = "_SNAPTUI_COMPLETE"
"""The shells' scripts set it to ask for completions instead of running the command."""

_BASH = r"""# Completion of snaptui for bash. Load it with: source <(snaptui completion bash)
%(complete_func)s() {
    local response line word=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    response=$(IFS=$'\n'; SNAPTUI_WORD=$word COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \
        %(complete_var)s=bash_complete "$1" 2>/dev/null) || return 0
    while IFS= read -r line; do
        case $line in
            plain,*) COMPREPLY+=("${line#plain,}") ;;
            dir,*) compopt -o dirnames 2>/dev/null ;;
            file,*) compopt -o default 2>/dev/null ;;
        esac
    done <<< "$response"
}
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null || complete -F %(complete_func)s %(prog_name)s
"""

_ZSH = r"""#compdef %(prog_name)s
# Completion of snaptui for zsh. Load it with: source <(snaptui completion zsh), or as _snaptui in a folder of $fpath.
%(complete_func)s() {
    local -a response plain described
    local kind key about
    response=("${(@f)$(COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \
        %(complete_var)s=zsh_complete "${words[1]}" 2>/dev/null)}")
    for kind key about in "${response[@]}"; do
        case $kind in
            plain) if [[ $about == _ ]]; then plain+=("$key"); else described+=("$key:$about"); fi ;;
            dir) _path_files -/ ;;
            file) _path_files -f ;;
        esac
    done
    (( $#described )) && _describe -V unsorted described -U
    (( $#plain )) && compadd -U -V unsorted -a plain
    return 0
}
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = r"""# Completion of snaptui for fish. Load it with: snaptui completion fish | source
function %(complete_func)s
    set -l program (commandline -opc)[1]
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) \
        COMP_CWORD=(commandline -ct) $program 2>/dev/null)
    for line in $response
        set -l parts (string split -m 1 "," -- $line)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                printf "%%s\n" $parts[2]
        end
    end
end
complete --no-files --keep-order --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class Bash(BashComplete):
    """Completion for bash, which puts what it is given into the line as it is: so it is quoted here."""

    source_template: ClassVar[str] = _BASH

    def source(self) -> str:
        """The script, which does without what old versions of bash lack."""
        return ShellComplete.source(self)

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """One line: its kind, and the value in the quotes that were begun."""
        if item.type != "plain":
            return f"{item.type},"
        begun = os.environ.get("SNAPTUI_WORD", "")[:1]
        return f"plain,{quoted_for_bash(str(item.value), begun)}"


class Zsh(ZshComplete):
    """Completion for zsh, which quotes by itself."""

    source_template: ClassVar[str] = _ZSH


class Fish(FishComplete):
    """Completion for fish, which quotes by itself."""

    source_template: ClassVar[str] = _FISH


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}


def quoted_for_bash(value: str, begun: str) -> str:
    """A value as bash takes it for one word, where ``begun`` is the quote that stands before the cursor, if any."""
    if begun == "'":
        return value.replace("'", r"'\''")
    if begun == '"':
        return re.sub(r'([\\"$`])', r"\\\1", value)
    return re.sub(r"([^\w%+,./-])", r"\\\1", value)


def answer_shells() -> None:
    """Let the library answer with the classes here."""
    for name, kind in SHELLS.items():
        add_completion_class(kind, name)


@click.command(
    "completion",
    help=_(
        "Print the script that completes commands, apps and versions. For bash, put"
        " “source <(snaptui completion bash)” into ~/.bashrc; for zsh the same with zsh into ~/.zshrc, after compinit;"
        " for fish, write the output to ~/.config/fish/completions/snaptui.fish."
    ),
)
@click.argument("shell", type=click.Choice(list(SHELLS)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a script."""
    write(SHELLS[shell](ctx.find_root().command, {}, "snaptui", VARIABLE).source().rstrip("\n"))
