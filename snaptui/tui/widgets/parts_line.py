"""One line of parts, told by ``show``; what matters least gives way where the terminal is narrow."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from snaptui.tui.widgets.fitting import Part, fit_parts
from snaptui.tui.widgets.lines import LineView


class PartsLine(LineView):
    """A line that never needs a layout."""

    DEFAULT_CSS = """
    PartsLine {
        height: 1;
        width: 1fr;
    }
    """

    _left: Sequence[Part] = ()
    _right: Sequence[Part] = ()

    def show(self, left: Sequence[Part], right: Sequence[Part] = ()) -> None:
        """Show these at the left and the right edge."""
        self._left, self._right = tuple(left), tuple(right)
        self.repaint()

    def draw_line(self, y: int, width: int) -> Strip:
        """The parts, one cell from either edge."""
        pieces = fit_parts(self._left, self._right, max(0, width - 2), self.symbols) if not y else []
        return self.strip([(" ", "text"), *pieces], width)
