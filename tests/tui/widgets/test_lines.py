"""What is sent when a line changes, and text in so many cells."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from snaptui.tui.symbols import ASCII, UNICODE
from snaptui.tui.widgets.fitting import Part, fit_parts
from snaptui.tui.widgets.lines import changed_width, fit

_TEXT = st.text("ab 1é▮日本🙂\u200d\u0301ש", max_size=12).map(UNICODE.plain)
_STYLES = st.sampled_from([Style(bold=True), Style(color="red"), Style()])
_STRIPS = st.lists(st.tuples(_TEXT, _STYLES), max_size=5)


def _cells(strip: Strip) -> list[tuple[str, Style | None]]:
    return [(character, segment.style) for segment in strip for character in segment.text]


def _strip(parts: list[tuple[str, Style]], width: int) -> Strip:
    return Strip([Segment(text, style) for text, style in parts if text]).adjust_cell_length(width)


@given(_STRIPS, _STRIPS, st.integers(1, 30))
def test_beyond_the_changed_width_two_lines_are_alike(
    old: list[tuple[str, Style]], new: list[tuple[str, Style]], width: int
) -> None:
    before, after = _strip(old, width), _strip(new, width)
    reach = changed_width(before, after)
    assert 0 <= reach <= width
    assert reach > 0 or before == after
    if reach < width:
        assert _cells(before.crop(reach, width)) == _cells(after.crop(reach, width))


def test_the_same_line_in_other_segments_sends_nothing_much() -> None:
    style = Style(bold=True)
    assert changed_width(Strip([Segment("abc", style)]), Strip([Segment("abc", style)])) == 0
    assert changed_width(Strip([Segment("abcdef", style)]), Strip([Segment("xbcdef", style)])) == 1


@given(_TEXT, st.integers(0, 20), st.booleans())
def test_fitted_text_takes_exactly_its_cells(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(text, width, right=right)) == width


def test_a_cut_shows() -> None:
    assert fit("Loja Bot", 5) == "Loja…"
    assert fit("12 MB", 8, right=True) == "   12 MB"


def test_parts_give_way_by_rank() -> None:
    left = [Part("ana", rank=0), Part("Safira", rank=2), Part("token: keyring", rank=1, shorter="keyring")]
    right = [Part("58/60 requests", rank=3, shorter="58/60")]

    def shown(width: int) -> str:
        return "".join(text for text, _look in fit_parts(left, right, width, UNICODE))

    assert shown(60) == "ana · Safira · token: keyring" + " " * 17 + "58/60 requests"
    assert shown(44) == "ana · Safira · token: keyring" + " " * 10 + "58/60"
    assert shown(30) == "ana · Safira · token: keyring "[:30].rstrip()
    assert shown(20) == "ana · token: keyring"
    assert shown(14) == "ana · keyring"
    assert shown(3) == "ana"


def test_ascii_leaves_nothing_else() -> None:
    assert ASCII.plain("Música · 5 → 6 … 👨‍👩‍👧 −3") == "Musica - 5 > 6 ~ ??? -3"
    assert UNICODE.plain("Música") == "Música"
    for signs in (ASCII, UNICODE):
        for name in signs._fields:
            value = getattr(signs, name)
            if isinstance(value, str):
                assert all(cell_len(sign) == 1 for sign in value)
                assert signs is UNICODE or value.isascii()
