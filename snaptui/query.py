"""Filtering versions by what a person types, as they type.

::

    loja          in the version, the app's name or its id; case and accents don't matter
    app:loja      in the app's name or id only
    >10MB  <500kB larger, smaller; decimal units, MiB and the like are binary
    >7d  <12h     older, younger: min h d w mo y (and sem mês a)
    local:no      without a copy here; yes, verified, damaged, missing (and local:não, sim, verificado, corrompido,
                  ausente)
    !word         whatever does not match; goes before any of these
    "two words"   as one, and with a colon in it that is no filter's

All of them must hold. What is not known of a version matches neither a comparison nor its inverse. What is not
understood (yet, while it is being typed) filters nothing and is listed in ``Query.unread``; ``why_unread`` says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from snaptui.errors import UsageError
from snaptui.folding import folded
from snaptui.formatting import current_locale
from snaptui.i18n import _
from snaptui.models import SnapshotKey
from snaptui.quantities import read_size
from snaptui.text import one_line

if TYPE_CHECKING:
    from snaptui.rows import VersionRow

_TOKEN = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_COMPARISON = re.compile(r"([<>])(=?)(.*)", re.DOTALL)
_AGE = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,3}))? ?([a-z]+)", re.ASCII)
_VERSION_PART = re.compile(r"[0-9-]+", re.ASCII)
_SPANS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "sem": timedelta(weeks=1),
    "mo": timedelta(days=30),
    "mes": timedelta(days=30),
    "y": timedelta(days=365),
    "a": timedelta(days=365),
}
_HERE, _NOT_HERE = frozenset({"file", "verified", "damaged"}), frozenset({"none", "missing", "percent"})
_LOCAL = {
    "no": _NOT_HERE,
    "nao": _NOT_HERE,
    "yes": _HERE,
    "sim": _HERE,
    "verified": frozenset({"verified"}),
    "verificado": frozenset({"verified"}),
    "damaged": frozenset({"damaged"}),
    "danificado": frozenset({"damaged"}),
    "corrompido": frozenset({"damaged"}),
    "missing": frozenset({"missing"}),
    "ausente": frozenset({"missing"}),
}
_FIELD = re.compile(r"[a-z]+", re.ASCII | re.IGNORECASE)
_THREE_FIGURES = re.compile(r"([0-9]{1,3})([.,])([0-9]{3}) ?(?=[a-z])", re.ASCII)


class LocalLike(Protocol):
    """A version's copy on this machine: ``state`` is none, percent, file, verified, damaged or missing."""

    @property
    def state(self) -> str: ...


LocalOf = Callable[[SnapshotKey], LocalLike]


class _Memo(dict[str, bool]):
    """Whether a word is in a name or an id, found out once for each."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word

    def __missing__(self, text: str) -> bool:
        self[text] = found = self.word in folded(text)
        return found


@dataclass(frozen=True, slots=True)
class _Word:
    word: str
    app_only: bool
    inverse: bool
    apps: _Memo = field(compare=False, repr=False)

    def keep(self, rows: Sequence[VersionRow], local_of: LocalOf | None) -> Sequence[VersionRow]:
        word, inverse, apps = self.word, self.inverse, self.apps
        if not self.app_only and _VERSION_PART.fullmatch(word):
            return [
                row
                for row in rows
                if (word in (one := row.snapshot).version or apps[row.app_name] or apps[one.app_id]) is not inverse
            ]
        return [row for row in rows if (apps[row.app_name] or apps[row.snapshot.app_id]) is not inverse]

    def test(self, row: VersionRow, local_of: LocalOf | None) -> bool:
        snapshot = row.snapshot
        found = self.apps[row.app_name] or self.apps[snapshot.app_id]
        return (found or (not self.app_only and self.word in snapshot.version)) is not self.inverse

    def implies(self, other: _Term) -> bool:
        if not isinstance(other, _Word) or other.inverse is not self.inverse:
            return False
        if self.inverse:
            return self.word in other.word and (other.app_only or not self.app_only)
        return other.word in self.word and (self.app_only or not other.app_only)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A size in bytes or a time in seconds since 1970 that is more, or less, than ``limit``."""

    of_size: bool
    more: bool
    limit: float
    inverse: bool

    def keep(self, rows: Sequence[VersionRow], local_of: LocalOf | None) -> Sequence[VersionRow]:
        limit, more = self.limit, self.more is not self.inverse
        if self.of_size:
            sizes = ((row, row.snapshot.size_bytes) for row in rows)
            if more:
                return [row for row, size in sizes if size is not None and size > limit]
            return [row for row, size in sizes if size is not None and size < limit]
        times = ((row, row.snapshot.taken_at) for row in rows)
        if more:
            return [row for row, taken in times if taken is not None and taken.timestamp() > limit]
        return [row for row, taken in times if taken is not None and taken.timestamp() < limit]

    def test(self, row: VersionRow, local_of: LocalOf | None) -> bool:
        return bool(self.keep((row,), local_of))

    def implies(self, other: _Term) -> bool:
        if not isinstance(other, _Compared) or other.of_size is not self.of_size:
            return False
        more = self.more is not self.inverse
        if more is not (other.more is not other.inverse):
            return False
        return self.limit >= other.limit if more else self.limit <= other.limit


@dataclass(frozen=True, slots=True)
class _Local:
    states: frozenset[str]
    inverse: bool

    def keep(self, rows: Sequence[VersionRow], local_of: LocalOf | None) -> Sequence[VersionRow]:
        if local_of is None:
            return rows
        states, inverse = self.states, self.inverse
        return [row for row in rows if (local_of(row.snapshot.key).state in states) is not inverse]

    def test(self, row: VersionRow, local_of: LocalOf | None) -> bool:
        return bool(self.keep((row,), local_of))

    def implies(self, other: _Term) -> bool:
        return False  # A copy can come and go between two key presses.


_Term = _Word | _Compared | _Local


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, understood. ``unread`` are the words of it that say nothing (yet)."""

    text: str = ""
    terms: tuple[_Term, ...] = ()
    unread: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)

    def select(self, rows: Sequence[VersionRow], local_of: LocalOf | None = None) -> Sequence[VersionRow]:
        """Return the rows that match, in their order; ``rows`` itself when the query lets all through."""
        for term in self.terms:
            rows = term.keep(rows, local_of)
        return rows

    def matches(self, row: VersionRow, local_of: LocalOf | None = None) -> bool:
        """Whether one row matches; for many rows ``select`` is far quicker."""
        return all(term.test(row, local_of) for term in self.terms)

    def narrows(self, other: Query) -> bool:
        """Whether whatever matches this query surely matched the other: then that one's rows are enough to look at."""
        return all(any(mine.implies(theirs) for mine in self.terms) for theirs in other.terms)


class Narrowing:
    """Filters the same rows again and again while a query is typed, looking only at what the last one left."""

    def __init__(self) -> None:
        self._rows: Sequence[VersionRow] = ()
        self._query = Query()
        self._left: Sequence[VersionRow] = ()

    def select(self, rows: Sequence[VersionRow], query: Query, local_of: LocalOf | None = None) -> Sequence[VersionRow]:
        """Return the rows that match ``query``, in their order. ``rows`` must not change in place."""
        start = self._left if rows is self._rows and query.narrows(self._query) else rows
        self._rows, self._query, self._left = rows, query, query.select(start, local_of)
        return self._left


def parse(text: str, now: datetime | None = None) -> Query:
    """Understand what was typed; ages are counted back from ``now``, the present unless given."""
    terms: list[_Term] = []
    unread: list[str] = []
    for token in _TOKEN.findall(text):
        term = _term(token, now)
        if term is not None:
            terms.append(term)
        else:
            unread.append(token)
    return Query(text, tuple(terms), tuple(unread))


def parse_age(text: str) -> timedelta:
    """Return the span that ``7d``, ``12h``, ``2w`` or ``30min`` means; raises UsageError for anything else."""
    span = _span(text.strip().lower())
    if span is None:
        raise UsageError(
            _('"{text}" is no age; write a number with min, h, d, w, mo or y, such as 7d.').format(
                text=one_line(text, 40)
            )
        )
    return span


def _term(token: str, now: datetime | None) -> _Term | None:
    inverse = token.startswith("!")
    body = token[1:] if inverse else token
    if body[:1] in ("<", ">"):
        return _compared(body, inverse, now)
    field, colon, value = body.partition(":")
    if colon and field.lower() == "app":
        word = _word(value)
        return _Word(word, app_only=True, inverse=inverse, apps=_Memo(word)) if word else None
    if colon and field.lower() == "local":
        meant = [states for name, states in _LOCAL.items() if value and name.startswith(folded(value))]
        return _Local(meant[0], inverse) if meant else None
    if colon and _FIELD.fullmatch(field):
        return None
    word = _word(body)
    return _Word(word, app_only=False, inverse=inverse, apps=_Memo(word)) if word else None


def _word(text: str) -> str:
    return folded(text.replace('"', "")).strip()


def _compared(body: str, inverse: bool, now: datetime | None) -> _Term | None:
    match = _COMPARISON.fullmatch(body)
    if match is None:
        return None
    more = match[1] == ">"
    value = match[3].strip().lower()
    span = _span(value)
    if span is not None:
        limit = ((now or datetime.now(UTC)) - span).timestamp()
        # The older, the smaller the time.
        return _Compared(of_size=False, more=not more, limit=limit, inverse=inverse)
    size = read_size(_THREE_FIGURES.sub(_plainly, value)) if value and not value[-1].isdigit() else None
    if size is None:
        return None
    return _Compared(of_size=True, more=more, limit=size, inverse=inverse)


def _plainly(match: re.Match[str]) -> str:
    """Figures as ``read_size`` takes them: a mark before three of them is what it is in the language in use."""
    return match[1] + ("" if match[2] == current_locale().group else ".") + match[3]


def why_unread(token: str) -> str:
    """A sentence on what is wrong with one of ``Query.unread`` and what to write instead."""
    shown = one_line(token, 40)
    body = token.removeprefix("!")
    field, colon, _value = body.partition(":")
    if body[:1] in ("<", ">"):
        if body.lstrip("<>=").isdecimal():
            return _("“{text}” needs a unit: MB or GB for a size, d or h for an age.").format(text=shown)
        return _("“{text}” is neither a size such as >10MB nor an age such as <7d.").format(text=shown)
    if colon and field.lower() == "local":
        return _("“{text}” is not understood: write local:no, local:yes, local:verified or local:damaged.").format(
            text=shown
        )
    if colon and field.lower() == "app":
        return _("“{text}” needs a part of an app's name behind it.").format(text=shown)
    if colon:
        return _("“{text}” is no filter: there are app: and local:, and what stands in quotes is looked for.").format(
            text=shown
        )
    return _("“{text}” needs a word behind it.").format(text=shown)


def _span(value: str) -> timedelta | None:
    match = _AGE.fullmatch(value)
    if match is None or match[3] not in _SPANS:
        return None
    number = float(f"{match[1]}.{match[2] or 0}")
    try:
        return _SPANS[match[3]] * number
    except OverflowError:
        return None
