"""The door every visible string goes through on its way to a person.

``_`` and ``ngettext`` look a message up in the catalogue chosen by ``use_language``; until that is called,
and for a language without a catalogue, messages stay as written (English). They look it up at each call, so
a string must be marked where it is shown; for one that is kept in a constant, mark it with ``N_`` there and
translate it with ``_`` where it is shown.

``choose_language`` says which language that should be; dates, sizes and ages follow ``language`` through
``snaptui.formatting``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from snaptui.errors import UsageError

if TYPE_CHECKING:
    from gettext import NullTranslations

LANGUAGES = ("en", "pt_BR")
_LOCALE_DIR = Path(__file__).parent / "locale"
# None for English, in which the messages are written.
_catalogue: NullTranslations | None = None
_language = "en"


def known_language(text: str) -> str | None:
    """Return the one of ``LANGUAGES`` that a tag such as ``pt``, ``pt-BR`` or ``pt_PT.UTF-8`` means, or None."""
    tag = text.strip().partition(".")[0].partition("@")[0]
    language = tag.replace("-", "_").partition("_")[0].lower()
    return next((known for known in LANGUAGES if known.partition("_")[0] == language), None)


def choose_language(environ: Mapping[str, str], setting: str | None = None, flag: str | None = None) -> str:
    """Return the language to speak: the flag's, else the setting's, else the locale's, else English.

    The setting goes before ``LC_ALL``, ``LC_MESSAGES`` and ``LANG``, of which the first that is set counts: every
    shell sets one of them, and who writes a language down wants it. Raises UsageError for an unknown flag; an
    unknown setting is passed over here and is the configuration's to report.
    """
    if flag is not None:
        chosen = known_language(flag)
        if chosen is None:
            raise UsageError(
                _('snaptui does not speak "{language}"; choose one of {languages}.').format(
                    language=flag, languages=", ".join(LANGUAGES)
                )
            )
        return chosen
    if setting is not None and (chosen := known_language(setting)):
        return chosen
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return known_language(locale) or "en"


def use_language(language: str | None) -> str:
    """Choose the catalogue for a language tag such as ``pt_BR``; return the one in use (``en`` without one)."""
    global _catalogue, _language
    _catalogue, _language = None, "en"
    known = known_language(language) if language else None
    if known is not None and known != "en":
        import gettext  # English does without it, and starts the sooner

        try:
            with (_LOCALE_DIR / known / "LC_MESSAGES" / "snaptui.mo").open("rb") as file:
                _catalogue, _language = gettext.GNUTranslations(file), known
        except FileNotFoundError:
            pass  # a checkout whose catalogues were not compiled still speaks English
    return _language


def language() -> str:
    """Return the language in use, one of ``LANGUAGES``."""
    return _language


def _(message: str) -> str:
    """Translate one message."""
    return _catalogue.gettext(message) if _catalogue is not None else message


def ngettext(singular: str, plural: str, n: int) -> str:
    """Translate one message in the grammatical number that ``n`` asks for."""
    if _catalogue is None:
        return singular if n == 1 else plural
    return _catalogue.ngettext(singular, plural, n)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a message for the catalogue without translating it yet."""
    return message
