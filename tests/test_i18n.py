"""Which language is spoken, and that formatting follows it."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from pathlib import Path

import pytest

from snaptui import formatting, i18n
from snaptui.errors import UsageError


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    i18n.use_language(None)


@pytest.mark.parametrize(
    ("environ", "chosen"),
    [
        ({}, "en"),
        ({"LANG": "pt_BR.UTF-8"}, "pt_BR"),
        ({"LANG": "pt_PT"}, "pt_BR"),
        ({"LANG": "pt"}, "pt_BR"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "de_DE@euro"}, "en"),
        ({"LANG": "pt_BR.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "pt_BR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "pt_BR"}, "pt_BR"),
        ({"LANG": "pt_BR", "LC_ALL": ""}, "pt_BR"),
        ({"LANG": "ptolemy"}, "en"),
    ],
)
def test_the_locale_decides(environ: dict[str, str], chosen: str) -> None:
    assert i18n.choose_language(environ) == chosen


def test_the_setting_goes_before_the_locale_and_the_flag_before_both() -> None:
    environ = {"LANG": "pt_BR.UTF-8"}
    assert i18n.choose_language(environ, "en") == "en"
    assert i18n.choose_language(environ, "en", "pt-br") == "pt_BR"
    assert i18n.choose_language(environ, "klingon") == "pt_BR"
    with pytest.raises(UsageError, match=r'speak "klingon".*en, pt_BR'):
        i18n.choose_language(environ, None, "klingon")


def test_dates_and_sizes_follow_the_catalogue_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a catalogue of one message, made here, so that this does not hang on what the real one says."""
    folder = tmp_path / "pt_BR" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "snaptui.mo").write_bytes(_compiled({"": "Language: pt_BR\nContent-Type: text/plain; charset=UTF-8\n"}))
    monkeypatch.setattr(i18n, "_LOCALE_DIR", tmp_path)
    gettext._translations.clear()  # type: ignore[attr-defined]
    assert i18n.use_language("pt_BR") == i18n.language() == "pt_BR"
    assert formatting.size(12_400_000) == "12,4 MB"
    assert i18n.use_language("en") == i18n.language() == "en"
    assert formatting.size(12_400_000) == "12.4 MB"


def _compiled(messages: dict[str, str]) -> bytes:
    """Return messages in the form ``msgfmt`` compiles them to."""
    import struct

    ids, strings, offsets = b"", b"", []
    for source, translation in sorted(messages.items()):
        offsets.append((len(ids), len(source.encode()), len(strings), len(translation.encode())))
        ids += source.encode() + b"\0"
        strings += translation.encode() + b"\0"
    count = len(messages)
    start = 28 + 16 * count
    keys = b"".join(struct.pack("<II", length, start + at) for at, length, _at, _length in offsets)
    values = b"".join(struct.pack("<II", length, start + len(ids) + at) for _at, _length, at, length in offsets)
    header = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, start)
    return header + keys + values + ids + strings
