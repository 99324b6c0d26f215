"""The lines of one difference."""

from __future__ import annotations

import pytest

from snaptui.archives.text_diff import Line, LineKind, line_diff
from snaptui.tui.symbols import ASCII
from snaptui.tui.widgets.line_diff_view import LineDiffView
from tests.tui.widgets.worlds import count_refreshes, lines_of, on_stage

pytestmark = pytest.mark.anyio

OLD = [f"line {number}" for number in range(1, 101)]
NEW = [*OLD[:9], "\tten [bold]", *OLD[10:60], "more", *OLD[60:]]


def _view(symbols: bool = True) -> LineDiffView:
    view = LineDiffView() if symbols else LineDiffView(symbols=ASCII)
    view.set_lines(line_diff(OLD, NEW))
    return view


async def test_lines_have_signs_and_the_numbers_of_both_sides() -> None:
    async with on_stage(view := _view(), size=(90, 30)):
        lines = lines_of(view)
    assert [line.removeprefix("▌").strip() for line in lines[:10]] == [
        "···", "7  7   line 7", "8  8   line 8", "9  9   line 9", "10    − line 10", "10 +     ten [bold]",
        "11 11   line 11", "12 12   line 12", "13 13   line 13", "···",
    ]  # fmt: skip
    assert lines[4].startswith("▌10")


async def test_a_narrow_terminal_has_one_number_and_ascii_its_own_signs() -> None:
    async with on_stage(view := _view(symbols=False), size=(50, 20)):
        lines = lines_of(view)
        assert all(line.isascii() for line in lines)
        assert lines[4].split() == [">10", "-", "line", "10"]
        assert all(view.render_line(y).cell_length == 50 for y in range(20))


async def test_keys_go_from_change_to_change() -> None:
    async with on_stage(view := _view(), size=(90, 12)) as stage:
        assert view.cursor == 4
        await stage.pilot.press("n")
        assert view.lines[view.cursor].text == "more"
        await stage.pilot.press("n", "N")
        assert view.cursor == 4
        await stage.pilot.press("G", "N", "g", "j", "j")
        assert view.cursor == 2


async def test_long_lines_go_sideways_and_stop_at_their_end() -> None:
    view = LineDiffView()
    text = "".join(f"{number:05}" for number in range(100_000))
    view.set_lines([Line(LineKind.ADDED, None, 1, text), Line(LineKind.SAME, 1, 2, "short")])
    async with on_stage(view, size=(90, 10)) as stage:
        assert "+ 00000" in lines_of(view)[0]
        await stage.pilot.press("l")
        assert "+ 00004" in lines_of(view)[0]
        await stage.pilot.press("2", "l", "h")
        assert "+ 00008" in lines_of(view)[0]
        await stage.pilot.press(*"9999999l")
        assert lines_of(view)[0].endswith("9999899999")
        await stage.pilot.press(*"9999999h")
        assert "+ 00000" in lines_of(view)[0]


async def test_a_step_sends_two_rows() -> None:
    async with on_stage(view := _view(), size=(120, 30)) as stage:
        sent = count_refreshes(view)
        await stage.pilot.press("k")
        assert sum(sent) <= 2 * 120


async def test_other_lines_keep_the_place_when_asked_to() -> None:
    async with on_stage(view := _view(), size=(90, 12)) as stage:
        await stage.pilot.press("n")
        place = view.cursor
        view.set_lines(view.lines, keep=True)
        assert view.cursor == place
        view.set_lines(())
        assert view.row_count == 0
