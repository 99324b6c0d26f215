"""Which two sides are compared and what that came to, in two lines; and the exact facts of one difference, in one."""

from __future__ import annotations

from dataclasses import dataclass

from textual.strip import Strip

from snaptui import formatting
from snaptui.archives.compare import Change, Comparison, Difference
from snaptui.i18n import _, ngettext
from snaptui.text import safe
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.difference_cells import LOOKS, SIGNS
from snaptui.tui.widgets.fitting import Part, fit_parts
from snaptui.tui.widgets.lines import LineView


@dataclass(frozen=True, slots=True)
class Compared:
    """What the heading tells: both sides in words (and shorter), the cost in words, and what came of it.

    ``shown`` is None where no filter hides anything; ``comparison`` is None where there is none, ``under_way`` says
    that it is being made.
    """

    old: str
    new: str
    old_short: str
    new_short: str
    cost: str = ""
    cost_short: str = ""
    comparison: Comparison | None = None
    under_way: bool = False
    marked: int = 0
    shown: int | None = None
    filter_text: str = ""


class CompareHeading(LineView):
    """Two lines, told by ``show``."""

    DEFAULT_CSS = """
    CompareHeading {
        height: 2;
        width: 1fr;
        background: $panel;
    }
    """

    def __init__(self, *, symbols: Symbols = UNICODE, id: str | None = None) -> None:
        super().__init__(symbols=symbols, id=id)
        self._about: Compared | None = None
        self._counts: list[tuple[Change, int]] = []

    def show(self, about: Compared) -> None:
        """Show this."""
        before, self._about = self._about, about
        comparison = about.comparison
        if comparison is not None and (before is None or before.comparison is not comparison):
            self._counts = [(kind, len(comparison.of(kind))) for kind in Change]
        self.repaint()

    def draw_line(self, y: int, width: int) -> Strip:
        """The sides and the cost; the sums."""
        about = self._about
        if about is None or y > 1:
            return self.strip((), width)
        left, right = self._sides(about) if y == 0 else self._sums(about)
        return self.strip([(" ", "text"), *fit_parts(left, right, max(0, width - 2), self.symbols)], width)

    def _sides(self, about: Compared) -> tuple[list[Part], list[Part]]:
        left = [
            Part(about.old, "strong", rank=3, shorter=about.old_short),
            Part(about.new, "strong", rank=2, shorter=about.new_short, glue=" → "),
        ]
        return left, [Part(about.cost, "muted", rank=4, shorter=about.cost_short)]

    def _sums(self, about: Compared) -> tuple[list[Part], list[Part]]:
        comparison = about.comparison
        if comparison is None:
            return [Part(_("comparing…") if about.under_way else _("not compared"), "muted")], []
        left: list[Part] = []
        for kind, count in self._counts:
            if count:
                number = f"{SIGNS[kind]}{formatting.number(count)}"
                left.append(Part(_counted(kind, count, number), LOOKS[kind], rank=3, shorter=number, glue="  "))
        same = ngettext("{n} the same", "{n} the same", comparison.same)
        left.append(Part(same.format(n=formatting.number(comparison.same)), "muted", rank=5, glue="  "))
        right: list[Part] = []
        if unread := len(comparison.unread):
            words = ngettext("{n} path could not be read", "{n} paths could not be read", unread)
            right.append(Part(words.format(n=formatting.number(unread)), "warn", rank=2))
        if about.marked:
            marked = ngettext("{n} marked", "{n} marked", about.marked).format(n=formatting.number(about.marked))
            right.append(Part(marked, "accent", rank=1))
        if about.shown is not None:
            words = _("{n} shown by {text}").format(n=formatting.number(about.shown), text=about.filter_text)
            short = _("{n} shown").format(n=formatting.number(about.shown))
            right.append(Part(words, "warn", rank=2, shorter=short))
        right.append(Part(formatting.delta(comparison.delta), "text"))
        return left, right


def _counted(kind: Change, count: int, number: str) -> str:
    words = {
        Change.ADDED: ngettext("{n} added", "{n} added", count),
        Change.REMOVED: ngettext("{n} removed", "{n} removed", count),
        Change.CHANGED: ngettext("{n} changed", "{n} changed", count),
        Change.RENAMED: ngettext("{n} renamed", "{n} renamed", count),
    }
    return words[kind].format(n=number)


class DifferenceLine(LineView):
    """The whole path of one difference, where it was before, and its exact bytes."""

    DEFAULT_CSS = """
    DifferenceLine {
        height: 1;
        width: 1fr;
    }
    """

    def __init__(self, *, symbols: Symbols = UNICODE, id: str | None = None) -> None:
        super().__init__(symbols=symbols, id=id)
        self._difference: Difference | None = None

    def show(self, difference: Difference | None) -> None:
        """Show this, or nothing."""
        if difference != self._difference:
            self._difference = difference
            self.repaint()

    def draw_line(self, y: int, width: int) -> Strip:
        """The path at the left, the bytes at the right."""
        shown = self._difference
        if y or shown is None:
            return self.strip((), width)
        left = [Part(shown.shown, "text")]
        if shown.change is Change.RENAMED:
            left = [Part(safe(shown.old_path), "muted"), Part(shown.shown, "text", glue=" → ")]
        sizes = [size for size in (shown.old_bytes, shown.new_bytes) if size is not None]
        if shown.change is Change.RENAMED:
            sizes = sizes[:1]
        words = " → ".join(formatting.exact_bytes(size) for size in sizes)
        right = [Part(words, "muted", rank=1, shorter=" → ".join(map(formatting.number, sizes)))]
        return self.strip([(" ", "text"), *fit_parts(left, right, max(0, width - 2), self.symbols)], width)
