"""The steps of a piece of work, one a line: what is done, what is going on, what is to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from textual.strip import Strip

from snaptui.tui.widgets.lines import LineView, fit


class StepState(StrEnum):
    """Where a step stands."""

    TO_COME = "to-come"
    GOING = "going"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


_LOOKS = {
    StepState.TO_COME: "muted",
    StepState.GOING: "strong",
    StepState.DONE: "good",
    StepState.SKIPPED: "warn",
    StepState.FAILED: "bad",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step in words."""

    words: str
    state: StepState = StepState.TO_COME


class Steps(LineView):
    """Told by ``show``; a line for each."""

    DEFAULT_CSS = """
    Steps {
        height: 3;
        width: 1fr;
    }
    """

    _steps: Sequence[Step] = ()

    def show(self, steps: Sequence[Step]) -> None:
        """Show these."""
        self._steps = tuple(steps)
        self.repaint()

    def draw_line(self, y: int, width: int) -> Strip:
        """A sign that needs no colour, and the words."""
        if y >= len(self._steps):
            return self.strip((), width)
        step, symbols = self._steps[y], self.symbols
        sign = {
            StepState.TO_COME: symbols.unknown,
            StepState.GOING: symbols.cursor,
            StepState.DONE: symbols.verified,
            StepState.SKIPPED: symbols.nothing,
            StepState.FAILED: symbols.deleted,
        }[step.state]
        words = fit(symbols.plain(step.words), width - 4, ellipsis=symbols.ellipsis)
        return self.strip([(f" {sign} ", _LOOKS[step.state]), (words, _LOOKS[step.state])], width)
