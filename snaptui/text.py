"""Text from outside made safe for a terminal.

Whatever the API, an archive or a file name says may hold escape sequences, line breaks or characters that
turn the writing direction. Textual passes most of those on to the terminal, so every outside string goes
through ``safe`` once, where it enters the program.
"""

from __future__ import annotations

_ZERO_WIDTH_JOINER = "\u200d"
_REPLACEMENT = "\ufffd"
_LONGEST = 1_000


def safe(text: str, limit: int = _LONGEST) -> str:
    """Return ``text`` with every unprintable character replaced by U+FFFD and cut to ``limit`` characters.

    Letters of any script, combining marks and joined emoji survive; controls (C0, C1), bidirectional
    overrides, surrogates and line breaks do not.
    """
    shown = "".join(c if c.isprintable() or c == _ZERO_WIDTH_JOINER else _REPLACEMENT for c in text[:limit])
    return shown + "…" if len(text) > limit else shown


def one_line(text: str, limit: int = 300) -> str:
    """Return ``safe`` text with runs of white space, line breaks included, folded to single spaces."""
    return safe(" ".join(text.split()), limit)
