"""The token itself: a value that never prints, pickles or copies what it holds."""

from __future__ import annotations

import re
from typing import Any, NoReturn

from snaptui.errors import TokenMalformed
from snaptui.i18n import _

_LONGEST = 8_192
_MASK = "•••"
# Masking a word this short would only garble a log; no real token is that short.
_SHORTEST_SECRET = 12
_SIGNED_URL = r"(https?://[^\s?'\"]+)\?[^\s'\"]+"
_HEADER = r"(?i:(api-token['\"]?\s*[:,=]\s*b?['\"]?))[^\s'\",)]+"

_seen: set[str] = set()


class Token:
    """One account's token. Every way of printing it shows a mask; ``reveal`` is the only way to the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text
        if len(text) >= _SHORTEST_SECRET:
            _seen.add(text)

    @classmethod
    def parse(cls, text: str) -> Token:
        """Read a token as a person, a file or a program gave it; white space around it is dropped.

        Raises TokenMalformed for what could never be sent in a header: nothing, line breaks or spaces inside,
        or anything but printable ASCII. Its form beyond that is the server's business.
        """
        stripped = text.strip()
        if not stripped:
            raise TokenMalformed(_("The token is empty: paste it again."))
        if len(stripped) > _LONGEST:
            raise TokenMalformed(_("This is too long to be a token: copy it again from the dashboard."))
        if any(character.isspace() for character in stripped):
            raise TokenMalformed(
                _("A token has no spaces or line breaks inside: copy it again from the dashboard, in one piece.")
            )
        if not (stripped.isascii() and stripped.isprintable()):
            raise TokenMalformed(_("A token has only plain ASCII characters: copy it again from the dashboard."))
        return cls(stripped)

    def reveal(self) -> str:
        """The text itself, for the one request header or store that needs it."""
        return self._text

    def __repr__(self) -> str:
        return f"Token({_MASK})"

    def __str__(self) -> str:
        return _MASK

    def __format__(self, spec: str) -> str:
        return format(_MASK, spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Token):
            return NotImplemented
        import hmac

        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(("Token", self._text))

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a Token is not pickled or copied")


def masked(text: str) -> str:
    """Return ``text`` without any token seen by this process and without the secret part of signed URLs."""
    for secret in sorted(_seen, key=len, reverse=True):
        text = text.replace(secret, _MASK)
    return re.sub(_HEADER, rf"\1{_MASK}", re.sub(_SIGNED_URL, rf"\1?{_MASK}", text))
