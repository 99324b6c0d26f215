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
    """OSC 52: put ``text`` on the clipboard of the terminal, which works over SSH.

    tmux takes it to itself and hands it on where ``set-clipboard`` is on, and lets it through where
    ``allow-passthrough`` is: it gets both, since a person has set one of them at most.
    """
    payload = base64.b64encode(text.encode()).decode("ascii")
    plain = f"\x1b]52;c;{payload}\x07"
    through = through_multiplexer(plain, environ)
    return plain + through if environ.get("TMUX") else through
