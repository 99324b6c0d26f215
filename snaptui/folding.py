"""Text made alike where a person would not tell it apart, and text for where there is nothing but ASCII."""

from __future__ import annotations

import unicodedata

_TYPOGRAPHY = {
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "~",
    "·": "-",
    "×": "x",
    "’": "'",
    "“": '"',
    "”": '"',
    "↓": "v",
    "↑": "^",
    "→": ">",
    "←": "<",
    "\u00a0": " ",
    "\u202f": " ",
    # Lines and edges that frames are made of.
    **dict.fromkeys("─━═▀▔", "-"),
    **dict.fromkeys("▁▂▃▄", "_"),
    **dict.fromkeys("│┃║▌▐▊▎▕▏", "|"),
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼┏┓┗┛", "+"),
}


def folded(text: str) -> str:
    """Return ``text`` without case and accents, for comparing: ``Música`` and ``musica`` are one."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def ascii_only(text: str) -> str:
    """Return ``text`` in ASCII: letters without their accents, plain signs for typographic ones, ``?`` for the rest."""
    return text if text.isascii() else "".join(map(_ascii, text))


def _ascii(character: str) -> str:
    if character.isascii():
        return character
    if (known := _TYPOGRAPHY.get(character)) is not None:
        return known
    if unicodedata.combining(character) or character == "\u200d" or "\ufe00" <= character <= "\ufe0f":
        return ""
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or "?"
