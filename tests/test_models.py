"""The values everything speaks of."""

from __future__ import annotations

import pytest

from snaptui.models import DownloadLink, Snapshot, SnapshotKey, is_app_id, is_version


@pytest.mark.parametrize("text", ["1669", "a" * 40, "api-site", "A-1"])
def test_app_ids(text: str) -> None:
    assert is_app_id(text)


@pytest.mark.parametrize("text", ["", "a" * 41, "a/b", "..", "a b", "é", "a\n", "１２"])
def test_what_is_no_app_id(text: str) -> None:
    assert not is_app_id(text)


def test_versions() -> None:
    assert is_version("20261122-030000")
    for text in ("20261122", "20261122-03000", "20261122-030000\n", "latest", "２0261122-030000", "x20261122-030000"):
        assert not is_version(text)


def test_a_key_is_a_pair() -> None:
    assert Snapshot("a", "20261122-030000").key == SnapshotKey("a", "20261122-030000") == ("a", "20261122-030000")


def test_a_link_never_prints_its_address() -> None:
    link = DownloadLink("a", "20261122-030000", "https://archives.example/x?signature=abc")
    assert "signature" not in repr(link)
    assert "https" not in f"{link}"
