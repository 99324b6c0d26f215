"""A language that nobody speaks: every message of the catalogue, in letters that are none of the ordinary ones.

Whatever is still in ordinary letters where it is shown came past the catalogues. Letters and not brackets, so that it
is seen too where words are cut, wrapped or put in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog

from snaptui import i18n
from snaptui.locales import PORTUGUESE
from tests import catalogues

LANGUAGE = "pt_BR"
"""The language it takes the place of; its dates, ages and decimal marks stay."""

_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "ȧḃċḋėḟġḣıɉḳḷṁṅȯṗɋṙṡṫụṿẇẋẏżȦḂĊḊĖḞĠḢİɈḲḶṀṄȮṖɊṘṠṪỤṾẆẊẎŻ"
)
_PLACEHOLDER = re.compile(r"(\{[^{}]*\})")
_WORD = re.compile(r"[A-Za-z]{2,}")
# How Portuguese writes times and sizes, by the tables of ``snaptui.locales`` and by humanize.
_CONVENTIONS = (
    *PORTUGUESE.months, *PORTUGUESE.weekdays, *PORTUGUESE.bytes, *PORTUGUESE.short, PORTUGUESE.just_now,
    PORTUGUESE.ago, PORTUGUESE.ahead, PORTUGUESE.yesterday, PORTUGUESE.days_ago, PORTUGUESE.unknown,
    "segundos minutos horas dias meses anos um uma", "kB MB GB TB", "UTC",
)  # fmt: skip


def pseudo(text: str) -> str:
    """A message in the letters of nobody's language; its placeholders stay."""
    parts = _PLACEHOLDER.split(text)
    return "".join(part if part.startswith("{") else part.translate(_LETTERS) for part in parts)


def write_catalogue(folder: Path) -> None:
    """Write the catalogue where ``snaptui.i18n`` looks for it once its ``_LOCALE_DIR`` is ``folder``."""
    catalog = Catalog(locale=LANGUAGE, charset="utf-8", fuzzy=False)
    for message in catalogues.messages(catalogues.read(LANGUAGE)):
        texts = tuple(pseudo(text) for text in catalogues.sources(message))
        catalog.add(message.id, texts[0] if len(texts) == 1 else texts)
    path = folder / LANGUAGE / "LC_MESSAGES" / "snaptui.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(catalogues.as_mo(catalog))


def speak(folder: Path) -> None:
    """Speak it in this process from now on, whatever language is chosen as ``LANGUAGE``."""
    write_catalogue(folder)
    i18n._LOCALE_DIR = folder
    i18n.use_language(LANGUAGE)


def plain_words(shown: str, data: Iterable[str]) -> set[str]:
    """The words of ``shown`` that are in ordinary letters and belong to nothing in ``data``, of which parts will do."""
    known = "\n".join((*data, *_CONVENTIONS))
    return {word for word in _WORD.findall(shown) if word not in known}
