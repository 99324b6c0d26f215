"""The documented answers, and what else may come in their place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from snaptui.errors import UnreadableAnswer
from snaptui.models import Account, App, AppKind, Snapshot
from snaptui.wire import read_account, read_apps, read_created, read_link, read_message
from tests.api.test_listing_shapes import JUNK, A, B

LINK = {"url": "https://files.example/a.zip?sig=1", "expiresAt": "2026-11-22T04:00:00Z", "version": A, "size": 7}


def test_the_account() -> None:
    user = {
        "userID": "1",
        "username": "ana",
        "plan": "Safira",
        "locale": "pt-BR",
        "apps": ["loja-1", {"id": "b"}, 7, "no id"],
    }
    assert read_account({"status": "ok", "user": user}) == Account("1", "ana", "Safira", ("loja-1", "b", "7"))


def test_an_account_without_some_of_it() -> None:
    assert read_account({"user": {"userID": 12}}) == Account("12", "12", "", ())


def test_apps_as_a_list_one_object_and_a_mapping() -> None:
    entry = {"id": "loja-1", "name": "Loja", "type": 1, "online": True, "ram": 100}
    expected = (App("loja-1", "Loja", online=True, kind=AppKind.SITE),)
    for apps in ([entry], entry, {"loja-1": entry}, [entry, entry]):
        assert read_apps({"status": "ok", "apps": apps}).apps == expected
    assert read_apps([entry]).apps == expected


def test_apps_that_cannot_be_read_are_counted_and_unknowns_stay_unknown() -> None:
    listed = read_apps(
        {"apps": [{"id": "a"}, {"id": "b", "type": True, "online": "yes", "name": None}, {}, None, {"id": "/"}]}
    )
    assert listed.apps == (App("a", "a"), App("b", "b"))
    assert listed.unreadable == 3


def test_names_are_made_safe_for_a_terminal() -> None:
    nasty = "a\x1b]0;title\x07b\u202ec\ud800\nd [bold]"
    (app,) = read_apps({"apps": [{"id": "a", "name": nasty}]}).apps
    account = read_account({"user": {"userID": nasty, "username": nasty, "plan": nasty}})
    for text in (app.name, account.user_id, account.username, account.plan, read_message({"message": nasty}) or ""):
        assert text.isprintable()
        assert "[bold]" in text


def test_a_created_snapshot_with_those_beside_it() -> None:
    document = {
        "status": "ok",
        "app": {"id": "loja-1"},
        "snapshot": {
            "version": A,
            "size": "12.34 MB",
            "url": "https://files.example/x",
            "allVersions": [
                {"version": A, "size": "12.34 MB", "date": "2026-11-22T03:00:05Z"},
                {"version": B, "size": 5},
            ],
        },
    }
    created = read_created(document, "loja-1")
    assert created.snapshot == Snapshot("loja-1", A, datetime(2026, 11, 22, 3, 0, 5, tzinfo=UTC), 12_340_000)
    assert [s.version for s in created.all_versions] == [B]


@pytest.mark.parametrize(
    "document",
    [
        {"status": "ok"},
        {"status": "ok", "snapshot": {"size": 3}},
        {"status": "ok", "snapshot": {"version": A}, "app": {"id": "other"}},
        {"status": "ok", "snapshot": {"version": A, "appID": "other"}},
        {"status": "ok", "versions": [A, B]},
    ],
)
def test_a_creation_that_does_not_name_its_snapshot_is_unreadable(document: object) -> None:
    with pytest.raises(UnreadableAnswer):
        read_created(document, "loja-1")


def test_a_link_and_its_secret() -> None:
    link = read_link({"status": "ok", "app": {"id": "loja-1"}, "download": LINK}, "loja-1", A)
    assert (link.url, link.size_bytes) == (LINK["url"], 7)
    assert link.expires_at == datetime(2026, 11, 22, 4, tzinfo=UTC)
    assert "sig" not in repr(link)


@pytest.mark.parametrize(
    "change",
    [
        {"url": None}, {"url": ""}, {"url": "ftp://files.example/a"}, {"url": "javascript:1"}, {"url": "https://a\nb"},
        {"url": "https://a b"}, {"url": "https://" + "a" * 9_000}, {"version": B}, {"version": None},
    ],
)  # fmt: skip
def test_a_link_to_something_else_is_unreadable(change: dict[str, object]) -> None:
    with pytest.raises(UnreadableAnswer):
        read_link({"download": LINK | change}, "loja-1", A)
    with pytest.raises(UnreadableAnswer):
        read_link({"download": LINK, "app": {"id": "other"}}, "loja-1", A)


def test_messages_lose_the_secrets_of_urls_and_their_length() -> None:
    assert read_message({"message": "see https://x.example/a?sig=abc now"}) == "see https://x.example/a now"
    assert read_message({"error": {"message": "no\nway"}}) == "no way"
    assert len(read_message({"message": "x" * 10_000}) or "") < 300
    nothings: list[object] = [None, [], {}, {"message": 3}, {"message": "  "}]
    for nothing in nothings:
        assert read_message(nothing) is None


READERS: list[Callable[[object], object]] = [
    read_account,
    read_apps,
    lambda document: read_created(document, "loja-1"),
    lambda document: read_link(document, "loja-1", A),
]


@settings(max_examples=300)
@given(JUNK)
def test_junk_is_read_or_refused_and_nothing_else(document: object) -> None:
    for reader in READERS:
        for wrapped in (document, {"user": document, "apps": document, "snapshot": document, "download": document}):
            try:
                reader(wrapped)
            except UnreadableAnswer:
                continue
    message = read_message(document)
    assert message is None or message.isprintable() or "\u200d" in message
