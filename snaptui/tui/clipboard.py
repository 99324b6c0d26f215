"""Escape sequences for the terminal a person sits at, through whatever multiplexer stands between."""

from __future__ import annotations

import base64
from collections.abc import Mapping


def through_multiplexer(sequence: str, environ: Mapping[str, str]) -> str:
    """Wrap a sequence so that tmux and screen pass it on to the terminal around them."""
    if environ.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("STY"):
        return f"\x1bP{sequence}\x1b\\"
    return sequence


def copy_sequence(text: str, environ: Mapping[str, str]) -> str:
    """OSC 52: put ``text`` on the clipboard of the terminal, which works over SSH."""
    payload = base64.b64encode(text.encode()).decode("ascii")
    return through_multiplexer(f"\x1b]52;c;{payload}\x07", environ)
