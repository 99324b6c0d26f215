"""Keys that come faster than they are handled, as they do over a slow line: each has its effect before the next.

Textual gives every key at once to what has the focus then. Of ``/clima`` in one packet the letters would be keys
of the list, since the field is not open yet, and ``c`` would begin a snapshot.
"""

from __future__ import annotations

from collections import deque

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.timer import Timer
from textual.widgets import Input

from snaptui.tui.bindings import MOVEMENT
from snaptui.tui.widgets.cursor_list import CursorList

_LONGEST_WAIT = 1.0


class TypeAhead(App[None]):
    """The part of the program that lets keys wait for the one before, and for a screen that it opened.

    Letters in a field and movements in a list wait for nothing: a held key over a slow line comes in bursts, and is
    drawn once for each of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[events.Key] = deque()
        self._turn = 0
        self._in_turn = False
        self._guard: Timer | None = None
        self._deaf = False

    def hear_no_more(self) -> None:
        """Drop the keys that still come: the program ends, and a screen opened now would not come to be."""
        self._deaf = True
        self._waiting.clear()

    async def on_event(self, event: events.Event) -> None:
        """Take keys from the terminal one after the other."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif not self._deaf:
            self._waiting.append(event)
            await self._go_on()

    async def _go_on(self) -> None:
        while self._waiting and not self._in_turn:
            event = self._waiting.popleft()
            if self._stays(event):
                await super().on_event(event)
            else:
                await self._take_turn(event)

    def _stays(self, event: events.Key) -> bool:
        """Whether a key leaves the focus where it is for certain: then the next need not wait, however many come."""
        focused = self.focused
        if isinstance(focused, Input):
            return event.is_printable
        if not isinstance(focused, CursorList):
            return False
        return event.key.isdigit() or any(
            event.key in self._keymap.get(bound.id or "", bound.key).split(",") for bound in MOVEMENT
        )

    async def _take_turn(self, event: events.Key) -> None:
        self._turn += 1
        self._in_turn = True
        turn, screen = self._turn, self.screen
        begun = self.focused or screen
        await super().on_event(event)
        # Nothing may hold the keys up for good, not even a part of the screen that hangs.
        self._guard = self.set_timer(_LONGEST_WAIT, lambda: self._end(turn))
        self._follow(begun, turn, screen)

    def _follow(self, node: MessagePump | None, turn: int, screen: MessagePump) -> None:
        """Go the way of the key, from what had the focus up to the program, always one message behind it."""
        if node is None or node is self:
            self.call_later(self._arrived, turn, screen)
        elif not node.call_later(self._follow, node._parent, turn, screen):
            self._follow(self, turn, screen)

    def _arrived(self, turn: int, screen: MessagePump) -> None:
        """The key has had its effect; where that is another screen, its focus comes with its first frame."""
        if self.screen is screen or not self.screen.call_after_refresh(self._end, turn):
            self.call_later(self._end, turn)

    async def _end(self, turn: int) -> None:
        if turn != self._turn or not self._in_turn:
            return
        self._in_turn = False
        if self._guard is not None:
            self._guard.stop()
        await self._go_on()
