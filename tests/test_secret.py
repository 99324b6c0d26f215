"""A token never shows, whatever prints it."""

from __future__ import annotations

import copy
import io
import logging
import pickle
import secrets
import traceback
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snaptui.errors import TokenMalformed
from snaptui.secret import Token, masked
from snaptui.tokens import Found, TokenSource

TEXT = secrets.token_hex(24)


@pytest.fixture
def token() -> Token:
    return Token.parse(f"  {TEXT}\n")


def test_it_is_what_was_given_without_the_white_space(token: Token) -> None:
    assert token.reveal() == TEXT
    assert token == Token.parse(TEXT)
    assert hash(token) == hash(Token.parse(TEXT))
    assert token != Token.parse(TEXT + "x")
    assert token != TEXT


@pytest.mark.parametrize(
    "shown",
    [
        repr,
        str,
        lambda t: f"{t} {t!r} {t!s:>20}",
        lambda t: "%s %r" % (t, t),  # noqa: UP031
        lambda t: repr([t, {"token": t}, Found(t, TokenSource.KEYRING)]),
        lambda t: repr(vars(Found)) + str(Found(t, TokenSource.FILE)),
    ],
)
def test_printing_shows_a_mask(token: Token, shown: object) -> None:
    assert callable(shown)
    assert TEXT not in shown(token)
    assert not hasattr(token, "__dict__")


@pytest.mark.parametrize("leave", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_pickled_or_copied(token: Token, leave: object) -> None:
    assert callable(leave)
    with pytest.raises(TypeError, match="not pickled"):
        leave(token)


def test_dataclasses_do_not_take_it_apart(token: Token) -> None:
    with pytest.raises(TypeError):
        asdict(Found(token, TokenSource.KEYRING))


def test_a_traceback_with_locals_does_not_show_it(token: Token) -> None:
    def fail(credential: Token) -> None:
        raise RuntimeError(f"with {credential}")

    with pytest.raises(RuntimeError) as caught:
        fail(token)
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    # pytest's own frames hold the fixture by its repr too; only the word TEXT in this module is the plain text.
    assert "credential = Token(•••)" in shown


def test_logging_does_not_show_it(token: Token) -> None:
    stream = io.StringIO()
    logger = logging.getLogger("tests.secret")
    logger.addHandler(logging.StreamHandler(stream))
    logger.warning("token %s %r", token, token)
    assert TEXT not in stream.getvalue()


@pytest.mark.parametrize(
    "text",
    ["", "  \n", "two words", "two\nlines", "a\rb", "ação", "a\x00b", "a\x7fb", "\u202eabc", "x" * 9_000, "a\u00a0b"],
)
def test_what_cannot_be_a_token_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(TokenMalformed) as caught:
        Token.parse(text)
    assert caught.value.exit_code == 3
    assert "\n" not in caught.value.sentence
    assert not text.strip() or text.strip() not in caught.value.sentence


@given(st.text(max_size=50))
def test_what_is_taken_fits_into_a_header(text: str) -> None:
    try:
        token = Token.parse(text)
    except TokenMalformed:
        return
    assert token.reveal() == text.strip()
    assert all("!" <= character <= "~" for character in token.reveal())


def test_masking_takes_tokens_and_signed_addresses_out(token: Token) -> None:
    text = f"GET https://files.example/a.zip?X-Sig=abc&t=1 api-token: {TEXT} and {TEXT} 'api-token': b'other'"
    shown = masked(text)
    assert TEXT not in shown
    assert "X-Sig" not in shown
    assert "other" not in shown
    assert "https://files.example/a.zip" in shown
