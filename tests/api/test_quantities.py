"""Sizes and times in every spelling the contract makes plausible."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snaptui.wire import read_size, read_time, version_time

MOMENT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers()), st.just(10**5000)
)


@pytest.mark.parametrize(
    ("spelling", "size"),
    [
        (0, 0),
        ("0", 0),
        (1048576, 1048576),
        (1048576.0, 1048576),
        ("1048576", 1048576),
        (" 1048576 ", 1048576),
        ("1048576.0", 1048576),
        ("12.34 MB", 12_340_000),
        ("12,3MB", 12_300_000),
        ("12.34mb", 12_340_000),
        ("1.5 GiB", 1_610_612_736),
        ("1 KiB", 1024),
        ("2 k", 2000),
        ("384 bytes", 384),
        ("1 byte", 1),
        ("7 B", 7),
        ("1,234,567", 1_234_567),
        ("1.234.567", 1_234_567),
        ("1 234 567 bytes", 1_234_567),
        ("1\u00a0234\u202f567", 1_234_567),
        ("1,234", 1234),
        ("1,234.5 KB", 1_234_500),
        ("1.234,56 KB", 1_234_560),
        ("1.234 MB", 1_234_000),
        ("0,123 MB", 123_000),
    ],
)
def test_sizes(spelling: object, size: int) -> None:
    assert read_size(spelling) == size


@pytest.mark.parametrize(
    "spelling",
    [
        None, True, False, -1, -0.5, float("nan"), float("inf"), 10**400, 1e300, "", " ", "MB", "-5", "-5 MB", "1e6",
        "NaN", "12 XB", "1.2.3", "1,23,4", "5iB", "12 MB?", "unknown", "1,234 MB", [], {}, "9" * 400, "٣ MB",
    ],
)  # fmt: skip
def test_what_is_no_size_is_unknown(spelling: object) -> None:
    assert read_size(spelling) is None


@pytest.mark.parametrize(
    "spelling",
    [
        "20261122-030000",
        "20261122030000",
        "20261122T030000Z",
        "2026-11-22T03:00:00Z",
        "2026-11-22T03:00:00.000Z",
        "2026-11-22T03:00:00",
        "2026-11-22 03:00:00",
        "2026-11-22 03:00:00 UTC",
        "2026-11-22T00:00:00-03:00",
        "2026-11-22T00:00:00-0300",
        "22/11/2026 03:00:00",
        "22/11/2026, 03:00",
        "22/11/2026 às 03:00",
        "11/22/2026, 3:00:00 AM",
        "Sun, 22 Nov 2026 03:00:00 GMT",
        MOMENT.timestamp(),
        int(MOMENT.timestamp()),
        int(MOMENT.timestamp() * 1000),
        str(int(MOMENT.timestamp())),
        str(int(MOMENT.timestamp() * 1000)),
    ],
)
def test_times(spelling: object) -> None:
    assert read_time(spelling) == MOMENT


@pytest.mark.parametrize(
    "spelling",
    [
        None, True, 0, -5, 10**400, float("nan"), float("inf"), "", "yesterday", "20269999-999999", "99991231-235959",
        "0001-01-01T00:00:00+14:00", "32/13/2026 00:00", "13/1/2026 13:00 pm", [], {},
    ],
)  # fmt: skip
def test_what_is_no_time_is_unknown(spelling: object) -> None:
    assert read_time(spelling) is None


def test_a_version_is_utc_and_need_not_be_a_date() -> None:
    assert version_time("20261122-030000") == MOMENT
    assert version_time("20260230-030000") is None
    assert version_time("2026-11-22") is None


@given(ANYTHING)
def test_whatever_comes_is_read_or_unknown(value: object) -> None:
    size, moment = read_size(value), read_time(value)
    assert size is None or size >= 0
    assert moment is None or moment.utcoffset() is not None


@given(st.integers(0, 1 << 50))
def test_a_whole_number_is_the_same_in_every_spelling(size: int) -> None:
    assert read_size(size) == read_size(str(size)) == read_size(f"{size:,} bytes") == size


@given(st.integers(700_000_000, 7_000_000_000))
def test_a_time_is_the_same_in_every_spelling(epoch: int) -> None:
    whole = datetime.fromtimestamp(epoch, UTC)
    assert (
        read_time(whole.isoformat())
        == read_time(f"{whole:%Y%m%d-%H%M%S}")
        == read_time(f"{whole:%d/%m/%Y %H:%M:%S}")
        == whole
    )
