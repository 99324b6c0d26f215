"""Sizes and times as the API may spell them, read without guessing.

The contract leaves both open: a size is an integer in one answer and words such as ``"12.34 MB"`` in the next,
a date has no documented form. What cannot be read with certainty is None, never zero and never now.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

from snaptui.models import is_version

_LARGEST_SIZE = 1 << 60
_YEARS = range(1990, 2200)
_SECONDS, _MILLISECONDS, _MICROSECONDS = 1e11, 1e14, 1e17
_PREFIXES = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}

_SIZE = re.compile(r"\+?([0-9][0-9.,'_ ]*)(?:([kmgtp]?)(i?)(?:b|bytes?)?)?", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,'_ ][0-9]{3})+")
_ANY_SPACE = re.compile(r"\s+")
_COMPACT_TIME = re.compile(r"([0-9]{8})[-T_ ]?([0-9]{6})Z?")
_EPOCH = re.compile(r"[0-9]{10,19}(?:\.[0-9]+)?")
_SLASHED = re.compile(
    r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})"
    r"(?:,? (?:às )?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: ?([ap])\.?m\.?)?)?",
    re.IGNORECASE,
)


def read_size(value: object) -> int | None:
    """Return a size in bytes from a number or a string, or None when it does not clearly say one.

    ``MB`` is 1000² bytes and ``MiB`` 1024². A comma or point may separate thousands or decimals; where it
    could be either (``"1,234 MB"``) the answer is None.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value <= _LARGEST_SIZE else None
    if isinstance(value, float):
        return round(value) if math.isfinite(value) and 0 <= value <= _LARGEST_SIZE else None
    if not isinstance(value, str) or len(value) > 60:
        return None
    match = _SIZE.fullmatch(_ANY_SPACE.sub(" ", value.strip()))
    if match is None:
        return None
    digits, prefix, binary = match.group(1).strip(), match.group(2) or "", match.group(3) or ""
    if binary and not prefix:
        return None
    number = _read_number(digits, whole=not prefix)
    if number is None:
        return None
    size = round(number * (1024 if binary else 1000) ** _PREFIXES[prefix.lower()])
    return size if size <= _LARGEST_SIZE else None


def _read_number(digits: str, *, whole: bool) -> float | int | None:
    """Read digits with separators; ``whole`` says that a fraction makes no sense (plain bytes)."""
    marks = [c for c in digits if not c.isdigit()]
    if not marks:
        return int(digits)
    kinds = set(marks)
    if len(kinds) == 1 and _GROUPED.fullmatch(digits):
        ambiguous = len(marks) == 1 and not whole and marks[0] == ","
        decimal = len(marks) == 1 and not whole and (marks[0] == "." or digits.startswith("0"))
        if decimal:
            return _as_float(digits.replace(",", "."))
        return None if ambiguous else int(re.sub(r"[^0-9]", "", digits))
    last = marks[-1]
    if last not in ".," or marks.count(last) > 1:
        return None
    head, _, tail = digits.rpartition(last)
    if len(kinds) > 1 and not _GROUPED.fullmatch(head):
        return None
    return _as_float(re.sub(r"[^0-9]", "", head) + "." + tail)


def _as_float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def read_time(value: object) -> datetime | None:
    """Return an aware UTC time from a version name, an ISO or mail date, a slashed date or an epoch, or None.

    A time without an offset is read as UTC, slashed dates day first unless they say am or pm. Epochs count
    seconds, milliseconds or microseconds by their magnitude. Years outside 1990 to 2199 are not believed.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_epoch(value)
    if not isinstance(value, str) or len(value) > 80:
        return None
    text = _ANY_SPACE.sub(" ", value.strip())
    if compact := _COMPACT_TIME.fullmatch(text):
        return _from_pattern("".join(compact.groups()))
    if _EPOCH.fullmatch(text):
        return _from_epoch(float(text))
    if slashed := _SLASHED.fullmatch(text):
        return _from_slashed(slashed)
    return _from_iso(text) or _from_mail(text)


def version_time(version: str) -> datetime | None:
    """Return the moment a version's name spells, read as UTC, or None when it is no real date."""
    return read_time(version) if is_version(version) else None


def _believable(moment: datetime) -> datetime | None:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    if aware.year not in _YEARS:
        return None
    return aware.astimezone(UTC)


def _from_epoch(number: float) -> datetime | None:
    if not 0 < number < _MICROSECONDS:
        return None
    seconds = number if number < _SECONDS else number / 1e3 if number < _MILLISECONDS else number / 1e6
    return _believable(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


def _from_pattern(digits: str) -> datetime | None:
    try:
        return _believable(datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC))
    except ValueError:
        return None


def _from_slashed(match: re.Match[str]) -> datetime | None:
    first, second, year, hour, minute, seconds = (int(part or 0) for part in match.groups()[:6])
    half = (match.group(7) or "").lower()
    month_first = bool(half) or second > 12
    day, month = (second, first) if month_first else (first, second)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return _believable(datetime(year, month, day, hour, minute, seconds, tzinfo=UTC))
    except ValueError:
        return None


def _from_iso(text: str) -> datetime | None:
    for zone in (" UTC", " GMT"):
        text = text.removesuffix(zone)
    try:
        return _believable(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _from_mail(text: str) -> datetime | None:
    if "," not in text or not text[:3].isalpha():
        return None
    from email.utils import parsedate_to_datetime  # rare, and slow to import

    try:
        return _believable(parsedate_to_datetime(text))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
