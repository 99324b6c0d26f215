"""The signs the screens draw with, in Unicode and in plain ASCII."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symbols:
    """One set of signs, each one cell wide; ``spark`` goes from the lowest bar to the highest."""

    ascii_only: bool
    cursor: str
    mark: str
    online: str
    offline: str
    deleted: str
    unknown: str
    full: str
    empty: str
    ascending: str
    descending: str
    shrank: str
    ellipsis: str
    dot: str
    nothing: str
    download: str
    thumb: str
    rule: str
    spark: str
    file: str
    verified: str

    def plain(self, text: str) -> str:
        """``text`` as this set can show it: as it is in Unicode; in ASCII without accents, ``?`` for the rest.

        Joiners that join no two pictures go either way: terminals and Textual count their cells differently.
        """
        if text.isascii():
            return text
        if not self.ascii_only:
            return _STRAY_JOINER.sub("", text) if "\u200d" in text else text
        return "".join(_ascii(character) for character in text)


_PICTURES = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_STRAY_JOINER = re.compile(f"(?<![{_PICTURES}])\u200d|\u200d(?![{_PICTURES}])")
_TYPOGRAPHY = {
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "~",
    "·": "-",
    "’": "'",
    "“": '"',
    "”": '"',
    "↓": "v",
    "↑": "^",
    "→": ">",
    "⏎": "enter",
    "\u00a0": " ",
    "\u202f": " ",
}


def _ascii(character: str) -> str:
    if character.isascii():
        return character
    if (known := _TYPOGRAPHY.get(character)) is not None:
        return known
    if unicodedata.combining(character) or character == "\u200d" or "\ufe00" <= character <= "\ufe0f":
        return ""
    folded = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return folded or "?"


UNICODE = Symbols(
    ascii_only=False,
    cursor="▌",
    mark="◆",
    online="●",
    offline="○",
    deleted="✕",
    unknown="·",
    full="▮",
    empty="▯",
    ascending="▴",
    descending="▾",
    shrank="▼",
    ellipsis="…",
    dot="·",
    nothing="—",
    download="↓",
    thumb="┃",
    rule="│",
    spark="▁▂▃▄▅▆▇█",
    file="▪",
    verified="✓",
)

ASCII = Symbols(
    ascii_only=True,
    cursor=">",
    mark="*",
    online="+",
    offline="-",
    deleted="x",
    unknown="?",
    full="#",
    empty=".",
    ascending="^",
    descending="v",
    shrank="!",
    ellipsis="~",
    dot="-",
    nothing="-",
    download="v",
    thumb="|",
    rule="|",
    spark="_.-:=+*#",
    file="f",
    verified="v",
)
