"""The shipped themes: every look the widgets use can be read."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.theme import Theme

from snaptui.tui.themes import THEMES
from snaptui.tui.widgets.account_bar import AccountBar
from snaptui.tui.widgets.compare_heading import CompareHeading
from snaptui.tui.widgets.difference_tree import DifferenceTree
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.line_diff_view import LineDiffView
from snaptui.tui.widgets.looks import LOOKS
from snaptui.tui.widgets.snapshot_table import SnapshotTable
from tests.tui.widgets.worlds import NOW, ZONE

pytestmark = pytest.mark.anyio

LEAST = 4.5


class _Themed(App[None]):
    def compose(self) -> ComposeResult:
        yield AccountBar(now=NOW)
        yield SnapshotTable(now=NOW, zone=ZONE)
        yield KeyBar()
        yield CompareHeading()
        yield DifferenceTree()
        yield LineDiffView()


def contrast(style: Style) -> float:
    assert style.color is not None
    assert style.bgcolor is not None
    text, under = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
    light, dark = sorted((_luminance(text), _luminance(under)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    """Relative luminance as WCAG 2 defines it."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in color.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_every_look_of_every_widget_can_be_read(theme: Theme) -> None:
    app = _Themed()
    app.register_theme(theme)
    app.theme = theme.name
    async with app.run_test() as pilot:
        await pilot.pause()
        kinds = (AccountBar, SnapshotTable, KeyBar, CompareHeading, DifferenceTree, LineDiffView)
        for widget in [app.query_one(kind) for kind in kinds]:
            for name in LOOKS:
                ratio = contrast(widget.look(name))
                assert ratio >= LEAST, f"{type(widget).__name__} {name}: {ratio:.2f}"


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_text_colour_can_be_read_on_every_background(theme: Theme) -> None:
    variables = theme.to_color_system().generate() | theme.variables
    texts = (
        "foreground",
        "text",
        "text-muted",
        "text-primary",
        "text-accent",
        "text-success",
        "text-warning",
        "text-error",
    )
    for under in ("background", "surface", "panel"):
        for text in texts:
            style = Style(
                color=Color.parse(variables[text]).rich_color, bgcolor=Color.parse(variables[under]).rich_color
            )
            assert contrast(style) >= LEAST, f"${text} on ${under}: {contrast(style):.2f}"
