"""What a person reads: sizes, ages and dates in both languages, with nothing taken from the surroundings."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snaptui import formatting as f
from snaptui.locales import ENGLISH, LOCALES, PORTUGUESE, Locale

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("n", "english", "portuguese"),
    [
        (0, "0 B", "0 B"),
        (999, "999 B", "999 B"),
        (384_000, "384 kB", "384 kB"),
        (999_499, "999 kB", "999 kB"),
        (999_500, "1.0 MB", "1,0 MB"),
        (12_400_000, "12.4 MB", "12,4 MB"),
        (99_949_999, "99.9 MB", "99,9 MB"),
        (99_950_000, "100 MB", "100 MB"),
        (512_000_000, "512 MB", "512 MB"),
        (10**12, "1.0 TB", "1,0 TB"),
    ],
)
def test_sizes_are_decimal_and_short(n: int, english: str, portuguese: str) -> None:
    assert f.size(n) == f.size(n, locale=ENGLISH) == english
    assert f.size(n, locale=PORTUGUESE) == portuguese


def test_the_unknown_is_never_a_zero() -> None:
    assert f.size(None) == f.delta(None) == f.rate(None) == f.percent(1, None) == "–"
    assert f.taken(None, NOW, UTC) == f.short_age(None, NOW) == "–"
    assert f.size(None, unknown="unknown") == "unknown"
    assert f.exact_bytes(None) == f.age(None, NOW) == f.absolute(None, UTC) == f.duration(None) == "unknown"
    assert f.exact_bytes(None, locale=PORTUGUESE) == "desconhecido"
    assert f.delta(0) == "0 B"


def test_changes_rates_counts_and_shares() -> None:
    assert [f.delta(n) for n in (384_000, 2_000, -5_900_000)] == ["+384 kB", "+2 kB", "−5.9 MB"]
    assert f.rate(4_200_000.4) == "4.2 MB/s"
    assert f.exact_bytes(13_002_414) == "13,002,414 bytes"
    assert f.exact_bytes(13_002_414, locale=PORTUGUESE) == "13.002.414 bytes"
    assert f.exact_bytes(1) == "1 byte"
    assert f.number(100_000, locale=PORTUGUESE) == "100.000"
    assert [f.percent(*pair) for pair in ((0, 10), (43, 100), (999, 1000), (1000, 1000), (0, 0), (7, 5))] == [
        "0 %", "43 %", "99 %", "100 %", "100 %", "100 %",
    ]  # fmt: skip


def test_durations() -> None:
    spans = [0, 12, 59.4, 59.6, 185, 7_800, 3 * 86_400 + 4 * 3_600]
    assert [f.duration(s) for s in spans] == [
        "0 s", "12 s", "59 s", "1 min 00 s", "3 min 05 s", "2 h 10 min", "3 d 4 h",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "english", "portuguese"),
    [
        (timedelta(), "just now", "agora mesmo"),
        (timedelta(minutes=30), "30 minutes ago", "há 30 minutos"),
        (timedelta(hours=22), "22 hours ago", "há 22 horas"),
        (timedelta(hours=30), "yesterday, 16:00", "ontem, 16:00"),
        (timedelta(hours=48), "2 days ago, 22:00", "há 2 dias, 22:00"),
        (timedelta(days=9), "13 Nov, 22:00", "13 nov, 22:00"),
        (timedelta(days=400), "18 Oct 2025", "18 out 2025"),
        (timedelta(hours=-5), "23 Nov, 03:00", "23 nov, 03:00"),
    ],
)
def test_when_a_snapshot_was_taken(before: timedelta, english: str, portuguese: str) -> None:
    assert f.taken(NOW - before, NOW, SAO_PAULO, locale=ENGLISH) == english
    assert f.taken(NOW - before, NOW, SAO_PAULO, locale=PORTUGUESE) == portuguese


def test_days_begin_at_midnight_in_the_zone_given() -> None:
    when = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
    assert f.taken(when, NOW, UTC) == "2 days ago, 02:30"
    assert f.taken(when, NOW, SAO_PAULO) == "2 days ago, 23:30"
    assert f.taken(when, NOW, timezone(timedelta(hours=-4))) == "2 days ago, 22:30"
    assert f.taken(when + timedelta(hours=12), datetime(2026, 11, 23, 4, tzinfo=UTC), SAO_PAULO) == "2 days ago, 11:30"


def test_ages_in_words() -> None:
    assert f.age(NOW - timedelta(hours=22), NOW) == "22 hours ago"
    assert f.age(NOW - timedelta(days=2), NOW, locale=PORTUGUESE) == "há 2 dias"
    assert f.age(NOW + timedelta(hours=2), NOW) == "in 2 hours"
    assert f.age(NOW + timedelta(seconds=20), NOW) == "just now"
    ages = [f.short_age(NOW - timedelta(seconds=s), NOW) for s in (12, 125, 79_200, 172_800, 23_328_000, 10**8)]
    assert ages == ["12 s", "2 min", "22 h", "2 d", "270 d", "3 y"]


def test_every_thread_gets_the_language_it_asks_for() -> None:
    seen: list[str] = []
    f.age(NOW - timedelta(hours=3), NOW, locale=PORTUGUESE)
    thread = threading.Thread(target=lambda: seen.append(f.age(NOW - timedelta(hours=3), NOW, locale=ENGLISH)))
    thread.start()
    thread.join()
    assert [*seen, f.age(NOW - timedelta(hours=3), NOW, locale=PORTUGUESE)] == ["3 hours ago", "há 3 horas"]


def test_moments_in_full() -> None:
    when = datetime(2026, 11, 22, 3, 0, 12, tzinfo=UTC)
    assert f.absolute(when, SAO_PAULO) == "Sun 22 Nov 2026 00:00:12 −03"
    assert f.absolute(when, SAO_PAULO, locale=PORTUGUESE) == "dom 22 nov 2026 00:00:12 −03"
    assert f.absolute(when, ZoneInfo("Asia/Kolkata")) == "Sun 22 Nov 2026 08:30:12 +05:30"
    assert f.absolute(when, UTC) == "Sun 22 Nov 2026 03:00:12 UTC"


@given(
    st.integers(0, 10**18),
    st.integers(1_577_836_800, 1_956_528_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from([ENGLISH, PORTUGUESE]),
)
def test_cells_fit_their_columns(n: int, when: datetime, locale: Locale) -> None:
    assert len(f.size(n, locale=locale)) <= f.SIZE_WIDTH
    assert len(f.delta(-n, locale=locale)) <= f.DELTA_WIDTH
    assert len(f.taken(when, NOW, SAO_PAULO, locale=locale)) <= f.TAKEN_WIDTH
    assert len(f.short_age(when, NOW, locale=locale)) <= f.SHORT_AGE_WIDTH


def test_cells_of_the_last_week_fit_too() -> None:
    for minutes in range(0, 8 * 24 * 60, 7):
        for locale in LOCALES.values():
            cell = f.taken(NOW - timedelta(minutes=minutes), NOW, SAO_PAULO, locale=locale)
            assert len(cell) <= f.TAKEN_WIDTH, cell


def test_sparklines_show_what_is_unknown_as_a_gap() -> None:
    assert f.sparkline([1, 2, None, 8]) == "▁▂ █"
    assert f.sparkline([5, 5, 5]) == "▄▄▄"
    assert f.sparkline([0, 9], "_#") == "_#"
    assert f.sparkline([None, None]) == "  "
    assert f.sparkline([]) == ""


def test_the_zone_is_what_tz_names() -> None:
    assert f.local_zone({"TZ": "America/Sao_Paulo"}) == SAO_PAULO
    assert f.local_zone({"TZ": ":America/Sao_Paulo"}) == SAO_PAULO
    assert f.local_zone({"TZ": "UTC"}) is UTC


def test_without_a_name_the_zone_is_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "EST5EDT,M3.2.0,M11.1.0")
    time.tzset()
    try:
        for environ in ({}, {"TZ": "EST5EDT,M3.2.0,M11.1.0"}, {"TZ": "../../etc/passwd"}):
            zone = f.local_zone(environ)
            winter, summer = datetime(2026, 1, 5, 12, tzinfo=UTC), datetime(2026, 7, 5, 12, tzinfo=UTC)
            assert f.absolute(winter, zone) == "Mon 5 Jan 2026 07:00:00 −05"
            assert f.absolute(summer, zone) == "Sun 5 Jul 2026 08:00:00 −04"
            assert datetime(2026, 7, 5, 8, tzinfo=zone).utcoffset() == timedelta(hours=-4)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("locale", LOCALES.values(), ids=lambda locale: locale.tag)
def test_spans_below_a_day_read_as_humanize_writes_them(locale: Locale) -> None:
    import humanize

    def compared() -> list[tuple[str, str]]:
        humanize.activate(locale.tag)  # for this thread alone
        pairs = []
        for seconds in (*range(1, 180), *range(180, 90_000, 7)):
            span = timedelta(seconds=seconds)
            said = f.age(NOW - span, NOW, locale=locale)
            pairs.append((said, locale.ago.format(span=humanize.naturaldelta(span))))
        return pairs

    with ThreadPoolExecutor(1) as pool:
        for ours, theirs in pool.submit(compared).result():
            assert ours == theirs
