"""The command line: where the parts are put together. Importing this costs nothing; each command loads what it uses."""

from __future__ import annotations

import sys


def main() -> None:
    """Run snaptui with the process's arguments and exit with its code."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from snaptui import __version__

        sys.stdout.write(f"snaptui {__version__}\n")
        return
    try:
        from snaptui.cli.run import end_tidily_on_signals, run

        end_tidily_on_signals()
        code = run(arguments)
    except KeyboardInterrupt:  # so early, or so late, that nothing was under way
        code = 130
    sys.exit(code)
