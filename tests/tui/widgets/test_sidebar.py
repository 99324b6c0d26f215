"""The sidebar under keys, mouse and changing apps."""

from __future__ import annotations

import pytest

from snaptui.models import App
from snaptui.tui.symbols import ASCII, UNICODE
from snaptui.tui.widgets.sidebar import AppSidebar
from snaptui.tui.widgets.states import state_sign, state_word
from tests.tui.widgets.worlds import AWKWARD, app_rows, lines_of, on_stage

pytestmark = pytest.mark.anyio


def _sidebar(*names: str) -> AppSidebar:
    sidebar = AppSidebar()
    sidebar.set_apps(app_rows(*(names or ("Loja Bot", "Música", "Painel", "bot-antigo")), deleted=("bot-antigo",)))
    return sidebar


async def test_it_lists_all_apps_first_then_each_with_its_state_and_count() -> None:
    sidebar = _sidebar()
    async with on_stage(sidebar, size=(24, 7)):
        assert lines_of(sidebar) == [
            " Apps",
            "▌All apps           100",
            " ○ Loja Bot          10",
            " ● Música            20",
            " ○ Painel            30",
            " ✕ bot-antigo        40",
            "",
        ]


async def test_keys_move_and_digits_jump() -> None:
    sidebar = _sidebar()
    async with on_stage(sidebar) as stage:
        await stage.pilot.press("j", "down", "3", "G", "9", "1", "enter", "4", "enter")
        said = [message.app_id for message in stage.of(AppSidebar.Highlighted)]
        assert said == ["id-1", "id-2", "id-4", None, "id-3"]
        assert [message.app_id for message in stage.of(AppSidebar.Chosen)] == [None, "id-3"]


async def test_a_click_highlights_and_a_double_click_chooses() -> None:
    sidebar = _sidebar()
    async with on_stage(sidebar) as stage:
        await stage.pilot.click(sidebar, offset=(5, 2))
        assert sidebar.highlighted_id == "id-1"
        await stage.pilot.double_click(sidebar, offset=(5, 4))
        assert [message.app_id for message in stage.of(AppSidebar.Chosen)] == ["id-3"]


async def test_other_apps_leave_the_highlighted_one() -> None:
    sidebar = _sidebar()
    async with on_stage(sidebar) as stage:
        await stage.pilot.press("3")
        rows = app_rows("Loja Bot", "Música")
        sidebar.set_apps([rows[1], rows[0]], total=7)
        await stage.pilot.pause()
        assert (sidebar.highlighted_id, sidebar.cursor) == ("id-2", 1)
        assert lines_of(sidebar)[1].endswith(" 7")
        sidebar.set_apps([])
        await stage.pilot.pause()
        assert sidebar.highlighted_id is None
        assert [message.app_id for message in stage.of(AppSidebar.Highlighted)] == ["id-2", None]
        assert sidebar.highlighted_app is None


async def test_a_filter_forgets_case_and_accents() -> None:
    sidebar = _sidebar()
    async with on_stage(sidebar):
        assert sidebar.highlight("id-2")
        sidebar.set_filter("MUSICA")
        assert [row.app.name for row in sidebar.shown_apps] == ["Música"]
        assert sidebar.highlighted_id == "id-2"
        sidebar.set_filter("id-3")
        assert [row.app.name for row in sidebar.shown_apps] == ["Painel"]
        assert not sidebar.highlight("id-2")
        sidebar.set_filter(" ")
        assert len(sidebar.shown_apps) == 4


@pytest.mark.parametrize("width", [24, 12, 6, 3, 1])
async def test_awkward_names_are_inert_and_cut(width: int) -> None:
    sidebar = _sidebar(AWKWARD, "x" * 300, "שלום עולם", "日本語のボット", "e\u0301" * 40)
    sidebar.styles.width = width
    async with on_stage(sidebar, size=(30, 8)):
        assert all(sidebar.render_line(y).cell_length == width for y in range(8))
        if width == 24:
            assert lines_of(sidebar)[2] == " ○ [red]Painel[/red… 10"
            assert lines_of(sidebar)[5] == " ● 日本語のボット    40"


def test_states_differ_in_shape_and_word() -> None:
    apps = [
        App("a", "a", online=True), App("a", "a", online=False), App("a", "a", deleted=True), App("a", "a"),
    ]  # fmt: skip
    for signs in (UNICODE, ASCII):
        assert len({state_sign(app, signs) for app in apps}) == 4
    assert [state_word(app) for app in apps] == ["online", "offline", "deleted", "state unknown"]
