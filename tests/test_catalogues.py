"""The catalogues: whole, in step with the program, and sound in what a translator can get wrong."""

from __future__ import annotations

import ast
import gettext
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from snaptui.cli.commands import COMMANDS
from snaptui.i18n import LANGUAGES
from tests import catalogues

PACKAGE = Path(catalogues.__file__).parent.parent / "snaptui"
MARKS = {"_", "N_", "ngettext"}
# What click puts there is an English word, such as "integer range".
LEFT_OUT_ON_PURPOSE = {"number_type"}
# Names that are the same in every language: a translation that loses one has lost a way out.
NAMES = re.compile(
    r"DISCLOUD_[A-Z_]+|SNAPTUI_[A-Z_]+|SSL_CERT_[A-Z]+|SHA-256|config\.toml|token_command"
    r"|--[a-z-]+|\b(?:Esc|Enter|Ctrl-C)\b|\^[a-z]\b|\{[^{}]*\}|https?://"
    r"|snaptui (?:" + "|".join(COMMANDS) + r")\b"
)
# One thing has one name; these are what it is not called, or how it is said in Portugal.
NOT_OURS = {
    "pt_BR": re.compile(
        r"\b(?:instantâneos?|cópias? de segurança|ficheiros?|arquivos? morto|deletar|deletad[oa]s?|apagad[oa] app"
        r"|transferir|descarregar|carregar em|ecrã|utilizador|palavra-passe|renomear para|checksum|checar|checad[oa]"
        r"|hospedeiro|rato|directório|diretório|aplicativos?|aplicações|membros?|resgatar|setar|printar)\b",
        re.IGNORECASE,
    )
}

language = pytest.mark.parametrize("language", catalogues.TRANSLATED)


def pairs(catalog: Catalog) -> Iterator[tuple[Message, str, str]]:
    """Each English text with its translation; the plural forms beside the English plural."""
    for message in catalogues.messages(catalog):
        sources = catalogues.sources(message)
        for number, translated in enumerate(catalogues.strings(message)):
            yield message, sources[min(number, 1)], translated


def fields(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}


@language
def test_a_catalogue_is_whole(language: str) -> None:
    kept, said = catalogues.read(language), catalogues.extracted()
    known, wanted = ({m.id for m in catalogues.messages(each)} for each in (kept, said))
    assert wanted - known == set(), "run: python -m tests.catalogues update"
    assert known - wanted == set(), "run: python -m tests.catalogues update"
    assert [message.id for message in catalogues.untranslated(kept)] == []
    assert [message.id for message in kept if message.id and message.fuzzy] == []
    assert not kept.obsolete


@language
def test_what_the_program_reads_is_what_people_edit(language: str) -> None:
    with catalogues.compiled(language).open("rb") as file:
        read = gettext.GNUTranslations(file)
    for message in catalogues.messages(catalogues.read(language)):
        sources, strings = catalogues.sources(message), catalogues.strings(message)
        if len(sources) == 1:
            assert read.gettext(sources[0]) == strings[0], "run: python -m tests.catalogues update"
        else:
            one, other = sources
            assert read.ngettext(one, other, 1) == strings[0], "run: python -m tests.catalogues update"
            assert read.ngettext(one, other, 2) == read.ngettext(one, other, 0) == strings[1]
    assert read.info()["language"] == language


@language
def test_placeholders_are_the_same(language: str) -> None:
    for message, source, translated in pairs(catalogues.read(language)):
        assert fields(source) - fields(translated) <= LEFT_OUT_ON_PURPOSE | {"n", "nargs"} & plural_only(message), (
            source
        )
        assert fields(translated) <= fields("".join(catalogues.sources(message))), source


def plural_only(message: Message) -> set[str]:
    """The fields that stand in one of the two English forms alone."""
    sources = catalogues.sources(message)
    return fields(sources[0]) ^ fields(sources[-1])


@language
def test_a_translation_ends_as_the_english_does(language: str) -> None:
    for _message, source, translated in pairs(catalogues.read(language)):
        assert len(source) - len(source.lstrip()) == len(translated) - len(translated.lstrip()), source
        assert len(source) - len(source.rstrip()) == len(translated) - len(translated.rstrip()), source
        assert source.count("\n") == translated.count("\n"), source
        if source[-1] in ".:?…!)":
            assert translated[-1] == source[-1], source
        else:
            assert translated[-1] not in ".:…!", source
        assert "  " not in translated, source
        assert source[:1] != "#" or translated[:1] == "#", source


@language
def test_names_that_are_typed_are_kept(language: str) -> None:
    for message, source, translated in pairs(catalogues.read(language)):
        lost = set(NAMES.findall(source)) - set(NAMES.findall(translated))
        lost -= {f"{{{field}}}" for field in plural_only(message)} | {"{number_type}"}
        assert lost == set(), source


@language
def test_one_thing_has_one_name(language: str) -> None:
    found = [
        (source, match[0])
        for _message, source, translated in pairs(catalogues.read(language))
        if (match := NOT_OURS[language].search(translated))
    ]
    assert found == []


@language
def test_only_names_stay_as_they_are(language: str) -> None:
    same = {
        source
        for _message, source, translated in pairs(catalogues.read(language))
        if source == translated and re.search(r"[a-z]{3}", re.sub(r"\{[^}]*\}", "", source))
    }
    assert same <= {
        "Apps", "Downloads", "Local", "Snapshots", "Terminal", "Token", "Total", "apps", "demo", "editor", "offline",
        "online",
        "token: {source}", "{n} app", "{n} apps", "{n} download", "{n} downloads", "{n} snapshot", "{n} snapshots",
    }  # fmt: skip


def test_marked_messages_are_found() -> None:
    """What is marked inside another call of the kind, or is not plain text, would be missed without a word."""
    found = {catalogues.sources(message) for message in catalogues.messages(catalogues.extracted())}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS):
                continue
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            place = f"{path.name}:{node.lineno}"
            if node.func.id == "ngettext":
                assert tuple(texts[:2]) in found, place
            elif texts:
                assert tuple(texts[:1]) in found, place
            else:
                assert not isinstance(node.args[0], ast.JoinedStr | ast.BinOp | ast.IfExp), place


def test_every_language_has_a_catalogue() -> None:
    assert set(LANGUAGES) == {"en", *catalogues.TRANSLATED}
    for each in catalogues.TRANSLATED:
        assert catalogues.compiled(each).is_file()


def test_taking_translations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``missing`` and ``take`` are each other's way back, and ``update`` loses nothing."""
    monkeypatch.setattr(catalogues, "source", lambda language: tmp_path / "snaptui.po")
    before = catalogues.update("pt_BR")
    assert {m.id for m in before} == {m.id for m in catalogues.messages(catalogues.extracted())}
    before[0].string = "feito" if isinstance(before[0].id, str) else ("feito", "feitos")
    assert catalogues.take("pt_BR", [before[0]]) == 1
    assert len(catalogues.update("pt_BR")) == len(before) - 1
    assert (tmp_path / "snaptui.mo").is_file()


def test_there_is_a_catalogue_of_each_language_and_of_nothing_else() -> None:
    found = sorted(folder.name for folder in (PACKAGE / "locale").iterdir())
    assert found == sorted(catalogues.TRANSLATED)
