"""Sizes, ages, dates and rates as a person reads them.

``now`` and ``zone`` are always given. ``locale`` is the one of the language in use (``snaptui.i18n``) unless it
is given too. Sizes are decimal (kB = 1000 bytes). What is unknown is said to be so and never looks like a zero:
in columns it is a dash, in sentences a word.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from snaptui import i18n
from snaptui.locales import LOCALES, Locale

DASH = "–"
MINUS = "−"
# The widest a column's cell gets in any of the languages; a test holds them.
SIZE_WIDTH, DELTA_WIDTH, TAKEN_WIDTH, SHORT_AGE_WIDTH = 7, 8, 17, 6

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_HOUR, _DAY = 3_600, 86_400
_thread = threading.local()


def current_locale() -> Locale:
    """Return the conventions of the language in use."""
    return LOCALES[i18n.language()]


def number(value: int, *, locale: Locale | None = None) -> str:
    """Write a count with its thousands grouped: ``100,000``."""
    return f"{value:,}".replace(",", (locale or current_locale()).group)


def size(n: int | None, *, unknown: str = DASH, locale: Locale | None = None) -> str:
    """Write bytes in three figures or so: ``12.4 MB``, ``384 kB``, ``512 MB``; None is ``unknown``."""
    if n is None:
        return unknown
    value, unit = float(n), 0
    # Where rounding would write 1000, the next unit writes 1.
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value /= 1000
        unit += 1
    digits = 1 if unit > 1 and value < 99.95 else 0
    written = f"{value:.{digits}f}".replace(".", (locale or current_locale()).decimal)
    return f"{written} {_UNITS[unit]}"


def exact_bytes(n: int | None, *, locale: Locale | None = None) -> str:
    """Write every byte: ``13,002,414 bytes``."""
    chosen = locale or current_locale()
    if n is None:
        return chosen.unknown
    return f"{number(n, locale=chosen)} {chosen.bytes[0 if n == 1 else 1]}"


def delta(n: int | None, *, locale: Locale | None = None) -> str:
    """Write a change of size: ``+384 kB``, ``−5.9 MB``, ``0 B`` for none and a dash for unknown."""
    if n is None:
        return DASH
    sign = "+" if n > 0 else MINUS if n < 0 else ""
    return sign + size(abs(n), locale=locale)


def rate(bytes_per_second: float | None, *, locale: Locale | None = None) -> str:
    """Write a speed: ``4.2 MB/s``."""
    if bytes_per_second is None:
        return DASH
    return size(round(bytes_per_second), locale=locale) + "/s"


def percent(part: int, whole: int | None) -> str:
    """Write a share, rounded down so that 100 % means all of it: ``43 %``."""
    if whole is None:
        return DASH
    return f"{100 if whole <= 0 else max(0, min(100, part * 100 // whole))} %"


def duration(seconds: float | None, *, locale: Locale | None = None) -> str:
    """Write a span of time in its two largest units: ``12 s``, ``3 min 05 s``, ``2 h 10 min``, ``3 d 4 h``."""
    chosen = locale or current_locale()
    if seconds is None:
        return chosen.unknown
    s, m, h, d, _years = chosen.short
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} {s}"
    if whole < _HOUR:
        return f"{whole // 60} {m} {whole % 60:02} {s}"
    if whole < _DAY:
        return f"{whole // _HOUR} {h} {whole % _HOUR // 60:02} {m}"
    return f"{whole // _DAY} {d} {whole % _DAY // _HOUR} {h}"


def short_age(when: datetime | None, now: datetime, *, locale: Locale | None = None) -> str:
    """Write how long ago in a column or a header, without the word ago: ``12 s``, ``22 h``, ``270 d``."""
    if when is None:
        return DASH
    s, m, h, d, y = (locale or current_locale()).short
    seconds = max(0, int((now - when).total_seconds()))
    # No months: their short forms look like minutes.
    for unit, length, longest in ((s, 1, 60), (m, 60, _HOUR), (h, _HOUR, 2 * _DAY), (d, _DAY, 730 * _DAY)):
        if seconds < longest:
            return f"{seconds // length} {unit}"
    return f"{seconds // (365 * _DAY)} {y}"


def age(when: datetime | None, now: datetime, *, locale: Locale | None = None) -> str:
    """Write how long ago in words: ``22 hours ago``; a time to come is ``in 2 hours``."""
    chosen = locale or current_locale()
    if when is None:
        return chosen.unknown
    span = now - when
    # Clocks differ a little: the server's may be ahead.
    if -timedelta(minutes=2) < span < timedelta(seconds=1):
        return chosen.just_now
    pattern = chosen.ago if span > timedelta() else chosen.ahead
    return pattern.format(span=_span(abs(span), chosen))


def taken(when: datetime | None, now: datetime, zone: tzinfo, *, locale: Locale | None = None) -> str:
    """Write when a snapshot was taken, in a column.

    ``22 hours ago``, ``yesterday, 03:00``, ``2 days ago, 03:00`` within a week, ``13 Nov, 03:00`` within a year,
    else ``13 Nov 2024``; days begin at midnight in ``zone``.
    """
    if when is None:
        return DASH
    chosen = locale or current_locale()
    span = (now - when).total_seconds()
    if -120 < span < 60:
        return chosen.just_now
    # From here on it would be rounded to "a day", which the calendar says better.
    if 0 < span < 23.5 * _HOUR:
        return age(when, now, locale=chosen)
    local = when.astimezone(zone)
    days = (now.astimezone(zone).date() - local.date()).days
    clock = f"{local:%H:%M}"
    if days == 1:
        return chosen.yesterday.format(time=clock)
    if 1 < days < 7:
        return chosen.days_ago.format(days=days, time=clock)
    day = f"{local.day} {chosen.months[local.month - 1]}"
    return f"{day}, {clock}" if abs(days) < 300 else f"{day} {local.year}"


def clock(when: datetime, zone: tzinfo) -> str:
    """Write a time of today to the second: ``14:03:20``."""
    return f"{when.astimezone(zone):%H:%M:%S}"


def absolute(when: datetime | None, zone: tzinfo, *, locale: Locale | None = None) -> str:
    """Write a moment in full with its offset: ``Sun 22 Nov 2026 00:00:12 −03``."""
    chosen = locale or current_locale()
    if when is None:
        return chosen.unknown
    local = when.astimezone(zone)
    day = f"{chosen.weekdays[local.weekday()]} {local.day} {chosen.months[local.month - 1]} {local.year}"
    return f"{day} {local:%H:%M:%S} {_offset(local)}"


def moment(when: datetime | None, *, locale: Locale | None = None) -> str:
    """Write a moment in figures, in 16 cells and without its zone: ``2026-11-22 03:00``, ``22/11/2026 03:00``."""
    if when is None:
        return DASH
    return f"{when.strftime((locale or current_locale()).day)} {when:%H:%M}"


def sparkline(values: Sequence[int | None], marks: str = "▁▂▃▄▅▆▇█") -> str:
    """Draw one of ``marks`` a value, which go from the smallest to the largest; unknown is a gap."""
    known = [value for value in values if value is not None]
    if not known:
        return " " * len(values)
    low, high = min(known), max(known)
    # Sizes that are all alike are a level line in the middle, not the lowest mark, which looks like nothing.
    step, base = ((len(marks) - 1) / (high - low), 0) if high > low else (0.0, len(marks) // 2 - 1)
    return "".join(" " if value is None else marks[base + round((value - low) * step)] for value in values)


def local_zone(environ: Mapping[str, str] = os.environ) -> tzinfo:
    """Return the person's time zone: what ``TZ`` names, else the system's, with its summer times."""
    name = environ.get("TZ", "").removeprefix(":")
    if name in ("UTC", "UTC0", "Etc/UTC", "GMT"):
        return UTC
    if name:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # only here: it costs milliseconds

        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass  # A rule such as BRT3, or a zone this machine's tables lack: the C library may know it.
    return _SystemZone()


class _SystemZone(tzinfo):
    """The C library's zone, asked anew for each moment, so that summer times are right."""

    def fromutc(self, when: datetime) -> datetime:
        return when.replace(tzinfo=UTC).astimezone()

    def utcoffset(self, when: datetime | None) -> timedelta | None:
        return (when.replace(tzinfo=None) if when else datetime.now()).astimezone().utcoffset()  # noqa: DTZ005

    def dst(self, when: datetime | None) -> None:
        return None

    def tzname(self, when: datetime | None) -> str | None:
        return (when.replace(tzinfo=None) if when else datetime.now()).astimezone().tzname()  # noqa: DTZ005


def _offset(local: datetime) -> str:
    """Write the offset from UTC: ``−03``, ``+05:30``, ``UTC``."""
    seconds = int((local.utcoffset() or timedelta()).total_seconds())
    if seconds == 0:
        return "UTC"
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{MINUS if seconds < 0 else '+'}{hours:02}" + (f":{minutes:02}" if minutes else "")


def _span(span: timedelta, locale: Locale) -> str:
    """Write a span in its largest unit: from a day on by humanize, whose language belongs to the thread."""
    seconds = int(span.total_seconds())
    # Said here as humanize says it, for the first frame, which would have to wait for it.
    for (one, several), length, too_many in zip(locale.spans, (1, 60, _HOUR), (60, 60, 24), strict=True):
        n = round(seconds / length)
        if 0 < n < too_many:
            return one if n == 1 else several.format(n=n)
    import humanize

    if getattr(_thread, "tag", None) != locale.tag:
        humanize.activate(locale.tag)
        _thread.tag = locale.tag
    return humanize.naturaldelta(span)
