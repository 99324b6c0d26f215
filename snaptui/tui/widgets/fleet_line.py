"""The line below the table of apps: how many need a snapshot, and what else deserves a look."""

from __future__ import annotations

from typing import NamedTuple

from textual.strip import Strip

from snaptui import formatting
from snaptui.fleet import Flag, FleetSummary
from snaptui.i18n import _, ngettext
from snaptui.tui.widgets.fitting import Part, fit_parts
from snaptui.tui.widgets.lines import LineView


class FleetSaid(NamedTuple):
    """What the line tells. ``due`` counts the apps that a snapshot can be taken of now; ``hint`` says how."""

    whole: FleetSummary
    due: int
    stale_days: int
    hint: str = ""


class FleetLine(LineView):
    """One line, told by ``show``."""

    _said: FleetSaid | None = None

    def show(self, said: FleetSaid | None) -> None:
        """Show this, or nothing."""
        self._said = said
        self.repaint()

    def draw_line(self, y: int, width: int) -> Strip:
        """What is due at the left with the key that helps, what else there is after it."""
        said = self._said
        if y or said is None or not said.whole.apps:
            return self.strip((), width)
        parts = [_due(said), Part(said.hint if said.due else "", "accent", rank=2, glue="  "), *_flags(said)]
        return self.strip([(" ", "text"), *fit_parts(parts, (), max(0, width - 2), self.symbols)], width)


def _due(said: FleetSaid) -> Part:
    if not said.due:
        return Part(_("No app needs a snapshot"), "good")
    words = ngettext("{n} app needs a snapshot", "{n} apps need a snapshot", said.due)
    return Part(words.format(n=formatting.number(said.due)), "warn")


def _flags(said: FleetSaid) -> list[Part]:
    """The flags that any app has; those of the fewest words where room is short."""
    counts = said.whole.flags
    words = {
        Flag.NEVER: ngettext("{n} never backed up", "{n} never backed up", counts[Flag.NEVER]),
        Flag.STALE: ngettext("{n} older than {days} day", "{n} older than {days} days", said.stale_days),
        Flag.SHRANK: ngettext("{n} shrank by half", "{n} shrank by half", counts[Flag.SHRANK]),
        Flag.DELETED: ngettext("{n} deleted app", "{n} deleted apps", counts[Flag.DELETED]),
    }
    days = formatting.number(said.stale_days)
    ranks = {Flag.NEVER: 3, Flag.STALE: 4, Flag.SHRANK: 1, Flag.DELETED: 5}
    return [
        Part(
            text.format(n=formatting.number(counts[flag]), days=days),
            "muted",
            rank=ranks[flag],
        )
        for flag, text in words.items()
        if counts[flag]
    ]
