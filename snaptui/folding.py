"""Text made alike where a person would not tell it apart."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """Return ``text`` without case and accents, for comparing: ``Música`` and ``musica`` are one."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
