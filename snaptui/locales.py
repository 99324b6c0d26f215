"""How each language writes numbers, dates and spans of time.

These are conventions, not messages, so they are tables here and not entries of the message catalogues: a
formatter can be given one explicitly, and a new language cannot forget a field.
"""

from __future__ import annotations

from typing import NamedTuple


class Locale(NamedTuple):
    """One language's conventions; ``{…}`` in a pattern are filled by ``snaptui.formatting``.

    ``day`` is a date in figures, for ``strftime``. ``weekdays`` begin with Monday. The first of ``bytes`` is for one,
    the second for any other number. The ``short`` units name seconds, minutes, hours, days and years in a column,
    ``spans`` one and several seconds, minutes and hours in a sentence.
    """

    tag: str
    decimal: str
    group: str
    day: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    bytes: tuple[str, str]
    unknown: str
    just_now: str
    ago: str
    ahead: str
    yesterday: str
    days_ago: str
    short: tuple[str, str, str, str, str]
    spans: tuple[tuple[str, str], tuple[str, str], tuple[str, str]]


ENGLISH = Locale(
    tag="en",
    decimal=".",
    group=",",
    day="%Y-%m-%d",
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    bytes=("byte", "bytes"),
    unknown="unknown",
    just_now="just now",
    ago="{span} ago",
    ahead="in {span}",
    yesterday="yesterday, {time}",
    days_ago="{days} days ago, {time}",
    short=("s", "min", "h", "d", "y"),
    spans=(("a second", "{n} seconds"), ("a minute", "{n} minutes"), ("an hour", "{n} hours")),
)

PORTUGUESE = Locale(
    tag="pt_BR",
    decimal=",",
    group=".",
    day="%d/%m/%Y",
    weekdays=("seg", "ter", "qua", "qui", "sex", "sáb", "dom"),
    months=("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"),
    bytes=("byte", "bytes"),
    unknown="desconhecido",
    just_now="agora mesmo",
    ago="há {span}",
    ahead="em {span}",
    yesterday="ontem, {time}",
    days_ago="há {days} dias, {time}",
    short=("s", "min", "h", "d", "a"),
    spans=(("um segundo", "{n} segundos"), ("um minuto", "{n} minutos"), ("uma hora", "{n} horas")),
)

LOCALES = {locale.tag: locale for locale in (ENGLISH, PORTUGUESE)}
