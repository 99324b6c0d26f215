"""The screens, opened from the command line."""

from __future__ import annotations

import gc
import sys

from snaptui.cli.invocation import Invocation
from snaptui.errors import UsageError
from snaptui.i18n import _

_QUICK_SWITCH = 0.0005
"""Seconds a thread may run before another one gets its turn."""


def open_screens(invocation: Invocation) -> int:
    """Show the screens until the person leaves; return the exit code."""
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty()):
        raise UsageError(
            _("snaptui's screens need a terminal: use a command such as “snaptui list”, or see “snaptui --help”.")
        )
    # Until the first frame nearly everything that is made stays: looking for what does not is a sixth of the time.
    gc.disable()
    # The thread that writes the frame is not to wait for what this one does after it.
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_QUICK_SWITCH)
    from snaptui.tui.app import SnaptuiApp

    def started() -> None:
        sys.setswitchinterval(usual)
        _collect_garbage()

    app = SnaptuiApp(invocation.sessions(on_screen=True), on_first_frame=started)
    app.run()
    if app.fault is not None:
        raise app.fault  # reported where every fault is, without its variables
    return app.return_code or 0


def _collect_garbage() -> None:
    """Collect garbage from now on, but never look again at what the program is made of: that takes 30 ms each time."""
    gc.freeze()
    gc.enable()
