"""What commands write: documents and tables to standard output, sentences to standard error."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from snaptui.i18n import _
from snaptui.secret import masked
from snaptui.text import safe

F = TypeVar("F", bound=Callable[..., Any])


def json_option(function: F) -> F:
    """The flag ``--json``, given to the command as ``as_json``."""
    import click  # not for the screens, which say things too

    return click.option("--json", "as_json", is_flag=True, help=_("Write one JSON document, for programs."))(function)


def emit(document: object) -> None:
    """Write one JSON document to standard output, in ASCII where that can't take other letters."""
    import json

    text = json.dumps(document, ensure_ascii=False)
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = json.dumps(document)
    write(text)


def write(text: str) -> None:
    """Write a line to standard output; letters that its encoding lacks lose their accents, signs become ``?``."""
    if sys.stdout is not None:
        sys.stdout.write(_encodable(text, sys.stdout.encoding) + "\n")


def say(sentence: str) -> None:
    """Write a sentence to standard error, without secrets and without what would control a terminal."""
    if sys.stderr is not None:
        sentence = masked(sentence)
        if not sentence.isprintable():
            sentence = safe(sentence, len(sentence))
        sys.stderr.write(_encodable(sentence, sys.stderr.encoding) + "\n")
        sys.stderr.flush()


def iso(when: datetime | None) -> str | None:
    """A time as the documents have it: ISO 8601 with its offset."""
    return when.isoformat() if when is not None else None


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Write rows in columns as wide as their widest cell; ``right`` are the columns aligned to the right."""
    lines = [titles, *rows]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(titles))]
    for line in lines:
        cells = [
            _pad(cell, widths[column], to_right=column in right, last=column == len(titles) - 1)
            for column, cell in enumerate(line)
        ]
        write("  ".join(cells).rstrip())


def cut(text: str, width: int) -> str:
    """As much of a text as fits into so many columns."""
    while _width(text) > width:
        text = text[:-1]
    return text


def _pad(cell: str, width: int, *, to_right: bool, last: bool) -> str:
    room = " " * (width - _width(cell))
    if to_right:
        return room + cell
    return cell if last else cell + room


def _width(text: str) -> int:
    """Columns a text takes; good enough for names, where a terminal may disagree about joined emoji."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) or c in "\u200d\ufe0f" else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _encodable(text: str, encoding: str | None) -> str:
    encoding = encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        from snaptui.folding import ascii_only

        return "".join(c if _has(encoding, c) else ascii_only(c) for c in text)
    return text


def _has(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
