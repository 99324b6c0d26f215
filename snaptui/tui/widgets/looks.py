"""The looks that parts of a line can have, worked out from the theme's variables.

Component classes of Textual's style sheets would do the same, but it styles every one of them for every widget
again and again, which is a third of the work of a first frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.style import Style
from textual.color import Color


class Look(NamedTuple):
    """Names of theme variables: of the text's colour, of the background's (the widget's own without one), of the
    text's style; ``style`` is one that the theme has no say in."""

    text: str = ""
    background: str = ""
    text_style: str = ""
    style: str = ""


LOOKS: Mapping[str, Look] = {
    "text": Look(),
    "muted": Look("text-muted"),
    "header": Look("text-muted"),
    "strong": Look(style="bold"),
    "accent": Look("text-accent"),
    "good": Look("text-success"),
    "warn": Look("text-warning"),
    "bad": Look("text-error"),
    "cursor": Look("block-cursor-foreground", "block-cursor-background", "block-cursor-text-style"),
    "cursor-blurred": Look(
        "block-cursor-blurred-foreground", "block-cursor-blurred-background", "block-cursor-blurred-text-style"
    ),
}


def style_of(look: Look, plain: Style, under: Color, variables: Mapping[str, str]) -> Style:
    """The style of a look on a widget whose own style is ``plain`` and whose background is ``under``."""
    style = plain
    if look.background:
        under += _colour(variables[look.background])
        style += Style.from_color(None, under.rich_color)
    if look.text:
        text = _colour(variables[look.text])
        if text.auto:
            text = under.get_contrast_text(text.a)
        style += Style.from_color((under + text).rich_color)
    for words in (variables.get(look.text_style, ""), look.style):
        if words and words != "none":
            style += Style.parse(words)
    return style


def _colour(value: str) -> Color:
    """Read a theme's colour: ``#rrggbb``, a name, or ``auto``, each perhaps with a percentage of opacity after it."""
    name, _blank, percent = value.partition(" ")
    share = float(percent.rstrip("%")) if percent else 100.0
    if name == "auto":
        return Color.automatic(share)
    colour = Color.parse(name)
    return colour.multiply_alpha(share / 100) if percent else colour
