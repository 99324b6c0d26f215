"""Text from outside cannot reach the terminal as anything but text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snaptui.folding import folded
from snaptui.text import one_line, safe


@pytest.mark.parametrize(
    "text", ["Loja Bot", "Música ção", "日本語", "👩‍💻 bot", "[b]x[/b]", "a\u0301", "שלום", "🏳️‍🌈".replace("\ufe0f", "")]
)
def test_what_people_write_survives(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize("hostile", ["\x1b", "\x9b", "\x07", "\r", "\n", "\u202e", "\u2066", "\x00", "\ud800", "\x7f"])
def test_what_steers_a_terminal_does_not(hostile: str) -> None:
    assert safe(f"a{hostile}b") == "a\ufffdb"


@given(st.text())
def test_whatever_comes_is_one_printable_line(text: str) -> None:
    for shown in (safe(text), one_line(text)):
        assert all(c.isprintable() or c == "\u200d" for c in shown)
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in shown)


def test_long_text_is_cut() -> None:
    assert safe("x" * 1_001) == "x" * 1_000 + "…"
    assert one_line("  a \n\t b  ", 3) == "a b"
    assert len(one_line("word " * 500)) == 301


def test_case_and_accents_fold_away() -> None:
    assert folded("MÚSICA") == folded("música") == "musica"
    assert folded("Straße") == "strasse"
    assert folded("ABC") == "abc"
