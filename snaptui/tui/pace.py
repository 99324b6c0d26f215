"""Redraws a few times a second at most, however often something changes."""

from __future__ import annotations

from collections.abc import Callable

from textual.dom import DOMNode
from textual.timer import Timer


class Paced:
    """Call it at every change: ``draw`` runs soon, and then again at most every ``seconds`` while changes come.

    It may be called from whatever runs in the event loop. Drawing is the node's own turn, for a timer that begins
    elsewhere knows nothing of the program.
    """

    def __init__(self, node: DOMNode, seconds: float, draw: Callable[[], None]) -> None:
        self._node, self._seconds, self._draw = node, seconds, draw
        self._timer: Timer | None = None
        self._asked = False
        self._due = False

    def __call__(self) -> None:
        """Something changed."""
        if not self._node.is_attached or self._asked:
            return
        if self._timer is not None:
            self._due = True
        else:
            self._asked = self._node.call_later(self._now)

    def _now(self) -> None:
        self._asked = False
        if self._node.is_attached:
            self._draw()
            self._timer = self._node.set_timer(self._seconds, self._again)

    def _again(self) -> None:
        self._timer = None
        if self._due:
            self._due = False
            self()
