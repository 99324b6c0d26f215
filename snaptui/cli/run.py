"""One run from arguments to exit code: every way a command ends is turned into a sentence and a number here."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from snaptui.cli.invocation import Interrupted, Invocation
from snaptui.cli.output import emit, say
from snaptui.config import Config, load_config
from snaptui.errors import SnaptuiError, UsageError
from snaptui.i18n import _, choose_language, known_language, use_language
from snaptui.reasons import is_known, reason_of
from snaptui.text import one_line

_INTERRUPTED = 130
_FAILED = 1


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
    except (KeyboardInterrupt, Interrupted) as end:
        return _fail(_INTERRUPTED, str(end) or _("Interrupted: what was under way has stopped."), as_json)
    except BrokenPipeError:
        return _FAILED  # Whoever read the output has enough of it.
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else _FAILED
    except OSError as error:
        sentence = _of_the_system(error)
        if sentence is None:
            return _crashed(error, as_json)
        return _fail(_FAILED, sentence, as_json and error.filename is not None)
    except Exception as error:  # noqa: BLE001 - the one door out: a fault of ours becomes a sentence
        return _crashed(error, as_json)


def _run(arguments: Sequence[str]) -> int:
    words, flag = _without_language(arguments)
    config = _settings()
    setting = config.language if config is not None else None
    spoken = known_language(flag) if flag is not None else None
    use_language(choose_language(os.environ, setting, spoken))
    choose_language(os.environ, setting, flag)  # complains of an unknown one, in a language that is known
    completes = "_SNAPTUI_COMPLETE" in os.environ
    if completes:
        from snaptui.cli.completion import answer_shells

        answer_shells()
    if words or completes:
        from snaptui.cli.commands import run_command

        return run_command(arguments)
    # The way to the screens that everybody takes needs no parser.
    from snaptui.cli.screens import open_screens

    # What is wrong in the settings is told in the language that they choose.
    known = None if config is None or config.problems or spoken else config
    with Invocation(config=known, language=spoken) as invocation:
        return open_screens(invocation)


def _without_language(arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """Take ``--lang`` out wherever it stands before a ``--``: the texts of the options are made in its language."""
    end = list(arguments).index("--") if "--" in arguments else len(arguments)
    words, flag = iter(arguments[:end]), None
    left: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if name != "--lang":
            left.append(word)
        elif equals:
            flag = value
        else:
            flag = next(words, "")
    return [*left, *arguments[end:]], flag


def _settings() -> Config | None:
    try:
        return load_config()
    except UsageError:
        return None  # The command that needs the settings will say what is wrong.


def _fail(code: int, sentence: str, as_json: bool) -> int:
    with contextlib.suppress(OSError):  # Where nobody can read the sentence, the code still tells.
        if as_json:
            emit({"error": {"code": code, "message": sentence}})
        else:
            say(sentence)
    return code


def _crashed(error: Exception, as_json: bool) -> int:
    from snaptui.cli.crash import report

    return _fail(_FAILED, report(error), as_json)


def _of_the_system(error: OSError) -> str | None:
    """What the operating system refused, where that is no fault of ours: a file or folder, this one, or the output."""
    import errno

    if isinstance(error.filename, str | bytes) and is_known(error):
        return _("{path} can't be used ({reason}): see to it, or choose another.").format(
            path=one_line(os.fsdecode(error.filename)), reason=reason_of(error)
        )
    if error.filename is None and error.errno == errno.ENOENT and not _is_somewhere():
        return _("The folder you are in is gone: go to another one and try again.")
    if error.filename is None and error.errno in (errno.ENOSPC, errno.EIO, errno.EBADF):
        return _("The output can't be written: look where it goes.")
    return None


def _is_somewhere() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - Path.cwd is the same
    except FileNotFoundError:
        return False
    return True


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
                with contextlib.suppress(OSError):
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


def ignore_late_interrupt() -> None:
    """What was to be done is done: an interrupt from now on would only show a traceback of the interpreter's end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
