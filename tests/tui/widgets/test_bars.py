"""The lines above and under the versions: account, detail, sizes, transfers, progress, keys; and notices."""

from __future__ import annotations

from contextvars import Context
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

from snaptui.models import RateLimit
from snaptui.transfers.queue import Summary
from snaptui.tui.bindings import binding, description_of, tooltip_of
from snaptui.tui.symbols import ASCII
from snaptui.tui.widgets.account_bar import AccountBar, AccountState
from snaptui.tui.widgets.cells import LocalCell, LocalState
from snaptui.tui.widgets.detail import DetailLine, SizeSpark, resample
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.notice import Notice, NoticeKind, NoticeText
from snaptui.tui.widgets.progress_line import Progress, ProgressLine
from snaptui.tui.widgets.sidebar import AppSidebar
from snaptui.tui.widgets.transfer_strip import TransferStrip
from tests.tui.driving import until
from tests.tui.widgets.worlds import NOW, ZONE, count_refreshes, lines_of, on_stage, version_rows

pytestmark = pytest.mark.anyio

_STATE = AccountState("ana", "Safira", "keyring", RateLimit(60, 58, NOW), NOW - timedelta(minutes=3))


async def _account(state: AccountState, width: int) -> str:
    bar = AccountBar(now=NOW)
    async with on_stage(bar, size=(width, 2)):
        bar.show(state)
        assert bar.render_line(0).cell_length == width
        return lines_of(bar)[0]


async def test_the_header_says_who_how_and_how_fresh() -> None:
    wide = await _account(_STATE, 120)
    assert wide.startswith(" snaptui  ana · Safira · token: keyring  ")
    assert wide.endswith("  58/60 requests · updated 3 minutes ago")


async def test_the_header_says_when_requests_come_back_once_half_are_used() -> None:
    scarce = _STATE._replace(rate_limit=RateLimit(60, 30, NOW + timedelta(seconds=34)))
    assert "  30/60 requests, all back at 12:00:34 · updated" in await _account(scarce, 120)
    assert "  30/60 until 12:00:34 · " in await _account(scarce, 70)
    assert "back" not in await _account(scarce._replace(rate_limit=RateLimit(60, 31, NOW)), 120)


@pytest.mark.parametrize("width", [60, 40, 30, 20, 8])
async def test_the_header_gives_way_but_tells_the_tokens_source_where_it_can(width: int) -> None:
    line = await _account(_STATE, width)
    assert "ana" in line
    assert "keyring" in line or width < 16


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"offline": True}, "offline, as of 3 minutes ago"),
        ({"offline": True, "loaded_at": None}, "offline"),
        ({"from_cache": True}, "from the cache, 3 minutes ago"),
        ({"from_cache": True, "loading": True}, "from the cache, 3 minutes ago; loading"),
        ({"loading": True, "loaded_at": None}, "loading"),
        ({"read_only": True}, "read only"),
        ({"rate_limit": None}, "updated 3 minutes ago"),
    ],
)
async def test_the_header_has_words_for_each_state(changes: dict[str, object], said: str) -> None:
    assert said in await _account(_STATE._replace(**changes), 120)  # type: ignore[arg-type]


async def test_the_headers_age_moves_with_the_clock_only() -> None:
    bar = AccountBar(now=NOW)
    async with on_stage(bar, size=(120, 2)) as stage:
        bar.show(_STATE)
        await stage.pilot.pause()
        sent = count_refreshes(bar)
        bar.refresh_ages(NOW + timedelta(seconds=20))
        assert not sent
        bar.refresh_ages(NOW + timedelta(minutes=1))
        assert len(sent) == 1
        assert lines_of(bar)[0].endswith("4 minutes ago")


async def test_the_detail_is_exact() -> None:
    detail = DetailLine(zone=ZONE)
    row = version_rows(1, sizes=(13_002_414,))[0]
    async with on_stage(detail, size=(140, 2)) as stage:
        assert lines_of(detail)[0] == ""
        detail.show(row, LocalCell(LocalState.VERIFIED), Path.home() / "backups" / "loja.zip")
        assert lines_of(detail)[0] == (
            " 20261124-110000 · Tue 24 Nov 2026 08:00:00 −03 · 13,002,414 bytes · verified · ~/backups/loja.zip"
        )
        await stage.pilot.resize_terminal(56, 2)
        assert lines_of(detail)[0] == " 20261124-110000 · Tue 24 Nov 2026 08:00:00 −03"
        detail.styles.height = 2
        await stage.pilot.pause()
        assert lines_of(detail)[1] == " verified · ~/backups/loja.zip"
        detail.show(None)
        assert lines_of(detail) == ["", ""]


async def test_sizes_are_drawn_from_the_oldest() -> None:
    spark = SizeSpark()
    async with on_stage(spark, size=(30, 1)):
        spark.show([1, 2, None, 8], "30 days")
        assert lines_of(spark) == [" ▁▂ █ 30 days"]
    assert resample(range(10), 4) == [1, 4, 6, 9]
    assert resample([1, 2], 4) == [1, 2]


async def test_transfers_in_a_line_come_and_go() -> None:
    strip = TransferStrip(hint="t transfers")
    async with on_stage(strip, size=(100, 5)) as stage:
        assert not strip.display
        strip.show(
            Summary(
                active=1, queued=1, received_bytes=63, total_bytes=100, bytes_per_second=4.2e6, remaining_seconds=12
            )
        )
        await stage.pilot.pause()
        line = lines_of(strip)[0]
        assert line.startswith(" ↓ 2 downloads ·  63 % ·  4.2 MB/s · 12 s left  ")
        assert line.endswith("  t transfers")
        await stage.pilot.click(strip)
        assert len(stage.of(TransferStrip.Clicked)) == 1
        strip.show(Summary(paused=1, failed=2))
        assert lines_of(strip)[0].split("  ")[1:2] == [" 1 paused · 2 failed"]
        strip.show(Summary(done=3))
        await stage.pilot.pause()
        assert not strip.display


async def test_progress_is_sent_a_few_times_a_second_at_most() -> None:
    line = ProgressLine(interval=3600)
    async with on_stage(line, size=(90, 1)) as stage:
        line.advance(Progress(1_000_000, 4_000_000, 2e6, 2))
        await stage.pilot.pause()
        assert lines_of(line)[0].split("  ")[:2] == ["▮" * 5 + "▯" * 15, " 25 %"]
        assert lines_of(line)[0].endswith("1.0 MB of 4.0 MB    2.0 MB/s  2 s left")
        sent = count_refreshes(line)
        for step in range(100):
            line.advance(Progress(1_000_000 + step, 4_000_000, 2e6, 2))
        assert not sent
        assert line.progress.received_bytes == 1_000_099


async def test_progress_shown_late_is_the_last() -> None:
    line = ProgressLine(interval=0.05)
    async with on_stage(line, size=(60, 1)) as stage:
        line.advance(Progress(1, 4))
        line.advance(Progress(2, 4))
        line.advance(Progress(3, 4, note="waiting for the server"))
        while "75 %" not in lines_of(line)[0]:
            await stage.pilot.pause(0.01)
        assert lines_of(line)[0].endswith("waiting for the server")
        line.advance(Progress(5_000_000))
        while "%" in lines_of(line)[0]:
            await stage.pilot.pause(0.01)


async def test_progress_may_be_told_by_what_knows_nothing_of_the_program() -> None:
    """The timer of a download that waits for the network is one: what it began here could not be ended."""
    line = ProgressLine(interval=0.05)
    async with on_stage(line, size=(60, 1)) as stage:
        Context().run(line.advance, Progress(1, 4))
        await stage.pilot.pause()
        sent = count_refreshes(line)
        Context().run(line.advance, Progress(2, 4))
        await until(stage.pilot, lambda: bool(sent), patience=5)


@pytest.mark.parametrize("kind", list(NoticeKind))
@pytest.mark.parametrize("size", [(80, 20), (30, 12), (10, 3)])
async def test_a_notice_says_what_and_which_key_helps(kind: NoticeKind, size: tuple[int, int]) -> None:
    text = NoticeText(kind, "The server was not reached.", "Check the connection — then try again.", [("r", "refresh")])
    notice = Notice(text, symbols=ASCII)
    async with on_stage(notice, size=size):
        assert all(notice.render_line(y).cell_length == size[0] for y in range(size[1]))
        if size[0] >= 30:
            words = " ".join(" ".join(lines_of(notice)).split())
            assert words == "The server was not reached. Check the connection - then try again. r refresh"
        notice.show(None)
        assert not any(lines_of(notice))


class _Keys(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        binding("d", "say('d')", "download", id="d", tooltip="Fetch it"),
        binding("c", "say('c')", "create", id="c", tooltip="Take one"),
        binding("x", "gone", "compare", id="x", tooltip="Compare"),
        binding("slash,f", "say('f')", "filter", id="filter", tooltip="Filter", show=True),
        binding("h", "say('h')", "hidden", id="h", tooltip="Hidden", show=False),
        binding("question_mark", "say('?')", "keys", id="help", tooltip="Keys"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.gone = False

    def compose(self) -> ComposeResult:
        yield AppSidebar()
        yield KeyBar(order=("c", "d"), keep=("help",))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self.gone if action == "gone" else True

    def action_say(self, word: str) -> None:
        self.said.append(word)


async def test_the_footer_follows_the_bindings_and_fits() -> None:
    app = _Keys()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        keys = app.query_one(KeyBar)
        assert lines_of(keys)[0].startswith(" c create  d download  x compare  / filter")
        assert lines_of(keys)[0].count("filter") == 1
        assert "hidden" not in lines_of(keys)[0]
        app.gone = True
        app.screen.refresh_bindings()
        await pilot.pause()
        assert "compare" not in lines_of(keys)[0]
        await pilot.resize_terminal(24, 10)
        assert lines_of(keys)[0] == " c create  ? keys"
        keys.styles.height = 2
        await pilot.pause()
        assert lines_of(keys)[0] == " c create  d download"


async def test_a_click_in_the_footer_does_what_the_key_does() -> None:
    app = _Keys()
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.pause()
        keys = app.query_one(KeyBar)
        for words in ("download", "filter", "keys"):
            await pilot.click(keys, offset=(lines_of(keys)[0].index(words), 0))
        await pilot.click(keys, offset=(79, 0))
        await pilot.pause()
        assert app.said == ["d", "f", "?"]


def test_a_binding_without_words_has_none() -> None:
    assert description_of(Binding("a", "b")) == ""
    assert tooltip_of(Binding("a", "b", "words")) == "words"
    assert tooltip_of(binding("a", "b", "words", id="i", tooltip="A sentence")) == "A sentence"
