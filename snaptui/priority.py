"""Who wants a request."""

from __future__ import annotations

from enum import IntEnum


class Priority(IntEnum):
    """Who wants a request: the person, or snaptui itself behind what is on the screen."""

    USER = 0
    BACKGROUND = 1
