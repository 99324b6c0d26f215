"""One run from arguments to exit code: every way a command ends is turned into a sentence and a number here."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

import click

from snaptui.cli.invocation import Interrupted
from snaptui.cli.output import emit, say
from snaptui.errors import SnaptuiError, UsageError
from snaptui.i18n import _, choose_language, use_language

_INTERRUPTED = 130
_FAILED = 1
_USED_WRONGLY = 2


def run(arguments: Sequence[str]) -> int:
    """Run one command; return its exit code. Never raises, and never shows a traceback unless SNAPTUI_DEBUG asks."""
    as_json = wants_json(arguments)
    code = _guarded(arguments, as_json)
    return code if _flushed() else code or _FAILED


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether ``--json`` is among the options, even where the rest could not be understood."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def _guarded(arguments: Sequence[str], as_json: bool) -> int:
    try:
        return _run(arguments)
    except SnaptuiError as error:
        return _fail(error.exit_code, error.sentence, as_json)
    except click.ClickException as error:
        return _fail(_click_code(error), _click_sentence(error), as_json)
    except (click.Abort, KeyboardInterrupt, Interrupted):
        return _fail(_INTERRUPTED, _("Interrupted: what was under way has stopped."), as_json)
    except BrokenPipeError:
        return _FAILED  # Whoever read the output has enough of it.
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else _FAILED
    except OSError as error:
        if error.filename is None and _is_output_broken(error):
            return _fail(_FAILED, _("The output can't be written: look where it goes."), as_json=False)
        return _crashed(error, as_json)
    except Exception as error:  # noqa: BLE001 - the one door out: a fault of ours becomes a sentence
        return _crashed(error, as_json)


def _run(arguments: Sequence[str]) -> int:
    flag = _language_flag(arguments)
    use_language(choose_language(os.environ, _configured_language(), flag))
    from snaptui.cli.commands import build

    if "_SNAPTUI_COMPLETE" in os.environ:
        from snaptui.cli.completion import answer_shells

        answer_shells()
    code = build().main(list(arguments), prog_name="snaptui", standalone_mode=False)
    return code if isinstance(code, int) else 0


def _language_flag(arguments: Sequence[str]) -> str | None:
    """The value of ``--lang``, looked up before the texts of the options are made."""
    for position, argument in enumerate(arguments):
        if argument == "--":
            return None
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
    return None


def _configured_language() -> str | None:
    from snaptui.config import load_config

    try:
        return load_config().language
    except UsageError:
        return None  # The command that needs the settings will say what is wrong.


def _fail(code: int, sentence: str, as_json: bool) -> int:
    if as_json:
        emit({"error": {"code": code, "message": sentence}})
    else:
        say(sentence)
    return code


def _click_code(error: click.ClickException) -> int:
    return error.exit_code if isinstance(error, click.UsageError) else _FAILED


def _click_sentence(error: click.ClickException) -> str:
    from snaptui.text import one_line

    sentence = one_line(error.format_message())
    context = getattr(error, "ctx", None)
    if isinstance(error, click.UsageError) and context is not None:
        return _("{problem} (“{command} --help” tells more).").format(
            problem=sentence.removesuffix("."), command=context.command_path
        )
    return sentence


def _crashed(error: Exception, as_json: bool) -> int:
    from snaptui.cli.crash import report

    return _fail(_FAILED, report(error), as_json)


def _is_output_broken(error: OSError) -> bool:
    import errno

    return error.errno in (errno.ENOSPC, errno.EIO, errno.EBADF)


def _flushed() -> bool:
    """Flush both outputs; where one is gone, see that the interpreter does not complain about it at its end."""
    whole = True
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except BrokenPipeError:
            whole = False
            _to_nowhere(stream.fileno())
        except OSError:
            whole = False
            _to_nowhere(stream.fileno())
            if stream is sys.stdout:
                say(_("The output can't be written: look where it goes."))
    return whole


def _to_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def end_tidily_on_signals() -> None:
    """Let SIGTERM and SIGHUP unwind the stack as an exit does, so that temporary folders go and parts are kept."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        if (number := getattr(signal, name, None)) is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, leave)
