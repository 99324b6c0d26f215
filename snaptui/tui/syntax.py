"""Syntax colours for a text, by pygments, as looks of the line widgets. Runs on a thread: a long text takes seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

# Beyond these a text stays plain: regular expressions on endless lines hold up everything else.
MOST_COLOURED = 256 * 1024
LONGEST_COLOURED_LINE = 2_000
_BATCH_LINES = 200

Spans = tuple[tuple[int, str], ...]
"""The pieces of one line: how many characters each has, and its look."""

# What pygments does not know by name and is written in one of the languages it does.
_ALSO = (("discloud.config", "ini"), (".env", "ini"), (".gitignore", "text"))


def coloured(text: str, path: str, check: Callable[[], None] = lambda: None) -> Iterator[list[Spans]]:
    """Yield the spans of line after line, some hundred at a time; nothing for a language that is not known.

    ``check`` is called between them and may raise to stop.
    """
    if len(text) > MOST_COLOURED or max(map(len, text.split("\n"))) > LONGEST_COLOURED_LINE:
        return
    lexer = _lexer(path)
    if lexer is None:
        return
    lines: list[Spans] = []
    spans: list[tuple[int, str]] = []
    for kind, piece in lexer.get_tokens(text):
        look = _look(kind)
        first, *others = piece.split("\n")
        if first:
            spans.append((len(first), look))
        for part in others:
            lines.append(tuple(spans))
            spans = [(len(part), look)] if part else []
        if len(lines) >= _BATCH_LINES:
            check()
            yield lines
            lines = []
    yield [*lines, tuple(spans)]


def _lexer(path: str) -> Any:
    from pygments.lexers import get_lexer_by_name, get_lexer_for_filename  # type: ignore[import-untyped]
    from pygments.util import ClassNotFound  # type: ignore[import-untyped]

    name = path.rpartition("/")[2].lower()
    options = {"stripnl": False, "ensurenl": False}
    known = next((language for start, language in _ALSO if name.startswith(start) or name.endswith(start)), None)
    try:
        return get_lexer_by_name(known, **options) if known else get_lexer_for_filename(name, **options)
    except ClassNotFound:
        return None


def _look(kind: Any) -> str:
    """The look of a token, by the widest family it belongs to; families are named as pygments names them."""
    while kind is not None:
        look = _LOOKS.get(str(kind))
        if look is not None:
            return look
        kind = kind.parent
    return "text"


_LOOKS = {
    "Token.Comment": "muted",
    "Token.Comment.Preproc": "accent",
    "Token.Generic.Deleted": "bad",
    "Token.Generic.Heading": "strong",
    "Token.Generic.Inserted": "good",
    "Token.Generic.Subheading": "strong",
    "Token.Keyword": "accent",
    "Token.Keyword.Constant": "warn",
    "Token.Literal": "good",
    "Token.Literal.Number": "warn",
    "Token.Literal.String.Doc": "muted",
    "Token.Name.Attribute": "accent",
    "Token.Name.Builtin": "accent",
    "Token.Name.Class": "strong",
    "Token.Name.Decorator": "accent",
    "Token.Name.Function": "strong",
    "Token.Name.Tag": "accent",
    "Token.Operator.Word": "accent",
}
