"""How much the demo's data weighs in each version: it grows, swings and jumps, by rules that need no state."""

from __future__ import annotations

import hashlib
from functools import lru_cache

_ADDED_EVERY = 3


def draw(*what: object) -> float:
    """A number from 0 up to 1 that follows from ``what`` alone, in every process."""
    digest = hashlib.blake2b(repr(what).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / (1 << 32)


def swing(app_id: str, n: int, bulk: int) -> int:
    """Bytes that come and go with version ``n``: mostly few, now and then several hundred kB beside a large bulk."""
    return int(min(700_000, 60_000 + bulk // 10) * draw(app_id, "swing", n) ** 4)


def additions(app_id: str, n: int, growth: int) -> dict[int, int]:
    """What was added for good up to version ``n``: version -> bytes, about ``growth`` each time."""
    if not growth:
        return {}
    return {k: int(growth * (0.5 + draw(app_id, "added", k))) for k in range(_ADDED_EVERY, n + 1, _ADDED_EVERY)}


@lru_cache(maxsize=4096)
def logged(app_id: str, first: int, stop: int) -> int:
    """Bytes written to a log from version ``first`` up to ``stop``: quiet hours, and now and then a busy one."""
    return sum(500 + int(14_000 * draw(app_id, "log", k) ** 3) for k in range(first, stop))
