"""A fault of our own: one sentence for the person, and for SNAPTUI_DEBUG=1 a traceback without locals and secrets."""

from __future__ import annotations

import os
import sys
import traceback
from datetime import UTC, datetime

from snaptui.errors import UsageError
from snaptui.i18n import _
from snaptui.secret import masked

_LARGEST_LOG = 1 << 20


def report(error: BaseException) -> str:
    """Write the traceback where it was asked for; return the sentence that says what happened and what to do."""
    kind = type(error).__name__
    if os.environ.get("SNAPTUI_DEBUG", "") in ("", "0"):
        return _(
            "snaptui failed by a fault of its own ({kind}): set SNAPTUI_DEBUG=1 and try again to see where."
        ).format(kind=kind)
    text = masked("".join(traceback.format_exception(error)))
    if sys.stderr is not None:
        sys.stderr.write(text)
    _log(text)
    return _("snaptui failed by a fault of its own ({kind}): report it with the traceback.").format(kind=kind)


def _log(text: str) -> None:
    """Append to ``debug.log`` in the data folder, which starts over when it has grown large."""
    from snaptui.config import load_config

    try:
        folder = load_config().data_dir
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "debug.log"
        if path.exists() and path.stat().st_size > _LARGEST_LOG:
            path.unlink()
        with open(path, "a", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(f"{datetime.now(UTC).isoformat()}\n{text}\n")
    except (OSError, UsageError):
        return  # The log is a help, not a promise.
