"""Telling a person who looks elsewhere that something is done: the bell, and what terminals show for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from snaptui.text import one_line
from snaptui.tui.clipboard import through_multiplexer

_LONGEST = 200


def notification_sequences(text: str, ways: Collection[str], environ: Mapping[str, str]) -> str:
    """What to write to the terminal for ``text``, by the ways set: ``bell``, ``osc9``, ``osc777``; maybe nothing.

    A semicolon would end a field of OSC 777 and a digit before one is another command of OSC 9, so both go.
    """
    said = one_line(text, _LONGEST).replace(";", ",")
    sequence = ""
    if "osc9" in ways:
        sequence += through_multiplexer(f"\x1b]9;{said}\a", environ)
    if "osc777" in ways:
        sequence += through_multiplexer(f"\x1b]777;notify;snaptui;{said}\a", environ)
    return sequence + "\a" if "bell" in ways else sequence
