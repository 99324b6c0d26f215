"""A widget painted line by line that sends to the terminal only what changed.

Textual sends a widget's whole lines whenever it is refreshed. Here each line is compared with what was painted
last, and only lines that differ are refreshed, up to the last cell that does. So a change costs on the wire
what it changed on the screen, and calling ``repaint`` when nothing changed costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.looks import LOOKS, style_of


def fit(text: str, width: int, *, right: bool = False, ellipsis: str = "…") -> str:
    """``text`` in exactly ``width`` cells: padded (on the left where ``right``), or cut and ended by ``ellipsis``."""
    if width <= 0:
        return ""
    cells = cell_len(text)
    if cells > width:
        return set_cell_size(text, width - 1) + ellipsis
    padding = " " * (width - cells)
    return padding + text if right else text + padding


def _backwards(strip: Strip) -> Iterator[tuple[str, Style | None]]:
    for segment in reversed(list(strip)):
        for character in reversed(segment.text):
            yield character, segment.style


def changed_width(old: Strip, new: Strip) -> int:
    """How many cells from the left edge hold every difference between two lines; 0 where they are alike.

    Characters that are not one cell wide end the comparison, since what joins them can't be seen from behind.
    """
    if old == new:
        return 0
    cells = new.cell_length
    if old.cell_length != cells:
        return max(old.cell_length, cells)
    for before, after in zip(_backwards(old), _backwards(new), strict=False):
        if before != after or cell_len(after[0]) != 1:
            # A mark without a cell of its own belongs to the cell beside it.
            cells += not (cell_len(before[0]) and cell_len(after[0]))
            break
        cells -= 1
    return max(1, min(cells, new.cell_length))


class LineView(Widget):
    """Base of the widgets on Textual's line API. A subclass says what a line looks like (``draw_line``)."""

    ALLOW_SELECT = False
    # One line as wide as there is room; widgets of other shapes say so.
    DEFAULT_CSS = """
    LineView {
        height: 1;
        width: 1fr;
    }
    """

    def __init__(
        self, *, symbols: Symbols = UNICODE, name: str | None = None, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.symbols = symbols
        self._painted: dict[int, Strip] = {}
        self._looks: dict[str, Style] = {}
        self._restyling = False
        self._sized = False

    def draw_line(self, y: int, width: int) -> Strip:
        """The line ``y`` of the content, ``width`` cells wide."""
        raise NotImplementedError

    def look(self, name: str) -> Style:
        """The style of one of ``LOOKS``, or of a component class ``line--NAME`` that a subclass brings."""
        style = self._looks.get(name)
        if style is None:
            known = LOOKS.get(name)
            if known is None:
                style = self.get_component_rich_style(f"line--{name}")
            else:
                style = style_of(known, self.rich_style, self.background_colors[1], self.app.theme_variables)
            self._looks[name] = style
        return style

    def strip(self, parts: Collection[tuple[str, str]], width: int, *, rest: str = "text") -> Strip:
        """A line of (text, look) parts, cut or filled up (in the look ``rest``) to ``width`` cells."""
        if not parts:
            return Strip([Segment(" " * width, self.look(rest))], width)
        texts: list[str] = []
        looks: list[str] = []
        for text, look in parts:
            if not text:
                continue
            # Neighbours alike go out as one: each change of style costs about forty bytes.
            if looks and (looks[-1] == look or not text.strip(" ")):
                texts[-1] += text
            else:
                texts.append(text)
                looks.append(look)
        segments = [Segment(text, self.look(look)) for text, look in zip(texts, looks, strict=True)]
        length = sum(map(cell_len, texts))
        if length > width:
            return Strip(segments, length).crop(0, width)
        if length < width:
            blank = " " * (width - length)
            if looks and looks[-1] == rest:
                segments[-1] = Segment(texts[-1] + blank, segments[-1].style)
            else:
                segments.append(Segment(blank, self.look(rest)))
        return Strip(segments, width)

    def repaint(self, lines: Iterable[int] | None = None) -> None:
        """Draw these lines of the content anew (all of them by default), and send what differs."""
        width, height = self.size
        if not self.is_mounted or not width or not height:
            return
        regions: list[Region] = []
        for y in range(height) if lines is None else lines:
            if not 0 <= y < height:
                continue
            before = self._painted.get(y)
            reach = width if before is None else changed_width(before, self.draw_line(y, width))
            if reach:
                # From the left edge, for Textual sends a line from there whatever the region's beginning.
                regions.append(Region(0, y, min(reach, width), 1))
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """Textual's question for one line."""
        line = self._painted[y] = self.draw_line(y, self.size.width)
        return line

    def notify_style_update(self) -> None:
        """Forget styles worked out before: the theme, the focus or a class changed."""
        super().notify_style_update()
        self._looks.clear()
        if self._painted and not self._restyling:
            self._restyling = True
            self.call_after_refresh(self._restyle)

    def _restyle(self) -> None:
        self._restyling = False
        self._looks.clear()
        self.repaint()

    def on_resize(self) -> None:
        """Textual has painted the new size already; only what depends on it otherwise is left.

        At the first size there is no such thing, unless a subclass says so: drawing everything a second time to find
        that out would hold up the first frame.
        """
        if self._sized:
            self.repaint()
        self._sized = True
