"""Keeps the message catalogues: ``python -m tests.catalogues update | missing | take FILE``.

``update`` collects every message marked in ``snaptui/``, merges them into each language's ``snaptui.po`` (new ones
without a translation, those that are gone taken out) and compiles ``snaptui.mo`` beside it. ``missing`` writes what has
no translation yet as a catalogue to standard output, to be filled in and given to ``take``.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from snaptui.i18n import LANGUAGES

_ROOT = Path(__file__).resolve().parent.parent
_PACKAGE = _ROOT / "snaptui"
_KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
_WIDTH = 118
# A comment that begins so, right before a message, is for whoever translates it.
_FOR_TRANSLATORS = ("Translators:",)

TRANSLATED = tuple(language for language in LANGUAGES if language != "en")


def source(language: str) -> Path:
    """The catalogue that people edit."""
    return _PACKAGE / "locale" / language / "LC_MESSAGES" / "snaptui.po"


def compiled(language: str) -> Path:
    """The catalogue that the program reads."""
    return source(language).with_suffix(".mo")


def extracted() -> Catalog:
    """Every message marked in the program, with the files it is in: no line numbers, which change all the time."""
    catalog = Catalog(project="snaptui", charset="utf-8")
    found = extract_from_dir(
        _PACKAGE, method_map=[("**.py", "python")], keywords=_KEYWORDS, comment_tags=_FOR_TRANSLATORS
    )
    for file, _line, message, comments, context in sorted(found, key=lambda each: (each[0], each[1])):
        catalog.add(message, locations=[(f"snaptui/{file}", 0)], auto_comments=comments, context=context)
    return catalog


def read(language: str) -> Catalog:
    """A language's catalogue as it is kept; an empty one for a new language."""
    path = source(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8", abort_invalid=True)


def _empty(language: str) -> Catalog:
    return Catalog(
        locale=language,
        project="snaptui",
        version="1",
        charset="utf-8",
        fuzzy=False,
        header_comment="# What snaptui says; kept by: python -m tests.catalogues update",
        msgid_bugs_address="snaptui",
        last_translator="snaptui",
        language_team=language,
    )


def messages(catalog: Catalog) -> Iterator[Message]:
    """The messages without the header."""
    return (message for message in catalog if message.id)


def untranslated(catalog: Catalog) -> list[Message]:
    """The messages that lack a translation, or one of its plural forms."""
    return [message for message in messages(catalog) if not all(strings(message))]


def sources(message: Message) -> tuple[str, ...]:
    """The English text; the plural one after it where there is one."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def strings(message: Message) -> tuple[str, ...]:
    """The translation, or each of its plural forms; empty where it is missing."""
    if isinstance(message.id, str):
        return (str(message.string or ""),)
    return tuple(message.string or ("",))


def as_po(catalog: Catalog) -> bytes:
    """A catalogue as its file holds it."""
    written = io.BytesIO()
    write_po(written, catalog, width=_WIDTH, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    return written.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """A catalogue as the program reads it, without comments and without what is only guessed."""
    written = io.BytesIO()
    write_mo(written, catalog)
    return written.getvalue()


def update(language: str) -> list[Message]:
    """Merge what the program says now and compile; return what has no translation."""
    catalog = read(language)
    catalog.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    _keep(language, catalog)
    return untranslated(catalog)


def take(language: str, translated: Iterable[Message]) -> int:
    """Put translations in and compile; return how many there were."""
    catalog, taken = read(language), 0
    for message in translated:
        known = catalog.get(message.id, message.context)
        if known is not None and all(strings(message)):
            known.string, taken = message.string, taken + 1
            known.flags.discard("fuzzy")
    _keep(language, catalog)
    return taken


def _keep(language: str, catalog: Catalog) -> None:
    source(language).parent.mkdir(parents=True, exist_ok=True)
    source(language).write_bytes(as_po(catalog))
    compiled(language).write_bytes(as_mo(catalog))


def _only(language: str, wanted: Iterable[Message]) -> Catalog:
    catalog = _empty(language)
    for message in wanted:
        catalog[message.id] = message
    return catalog


def main(arguments: list[str]) -> int:
    """Do what the command line asks; the exit code of ``update`` is 1 where translations are missing."""
    lacking = 0
    match arguments:
        case ["update"]:
            for language in TRANSLATED:
                missing = update(language)
                lacking += len(missing)
                print(f"{language}: {len(missing)} without a translation")  # noqa: T201
        case ["missing"]:
            for language in TRANSLATED:
                sys.stdout.write(as_po(_only(language, untranslated(read(language)))).decode())
        case ["take", file]:
            with Path(file).open("rb") as given:
                catalog = read_po(given, charset="utf-8")
            language = str(catalog.locale)
            if language not in TRANSLATED:
                print(f"{file} does not say which of {', '.join(TRANSLATED)} it is in")  # noqa: T201
                return 2
            print(f"{language}: {take(language, messages(catalog))} taken")  # noqa: T201
        case _:
            print(__doc__)  # noqa: T201
            return 2
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
