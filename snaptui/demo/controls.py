"""What a test or a person may turn on the demo while it runs; every lever may be moved from another thread."""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
import time
from dataclasses import dataclass, field
from typing import Literal

Origin = Literal["api", "archives"]
Shape = Literal["flat", "nested", "keyed", "bare", "deep"]
SizeForm = Literal["integer", "digits", "megabytes", "comma", "mebibytes", "absent"]
DateForm = Literal["iso", "zulu", "naive", "slashed", "seconds", "milliseconds", "absent"]

DEMO_TOKEN = "demo"  # noqa: S105 - a word, and no secret
_PATIENCE = 10.0


@dataclass(slots=True)
class Fault:
    """The answer that takes the place of the next ``times`` ones below ``path``.

    ``status`` 0 breaks the connection off: before the body at the API, in the middle of it at the archives.
    """

    path: str
    status: int
    body: bytes = b'{"status": "error", "message": "asked to fail"}'
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    method: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the demo saw it; ``had_token`` tells whether an api-token came with it.

    The query of a request for an archive is left out: it is the link's signature.
    """

    origin: Origin
    method: str
    path: str
    query: str
    headers: tuple[str, ...]
    had_token: bool


class Hold:
    """A barrier that answers wait behind until it is ``set``, from whichever thread."""

    def __init__(self, path: str = "", method: str = "") -> None:
        self.path = path
        self.method = method
        self._lock = threading.Lock()
        self._open = threading.Event()
        self._reached = threading.Event()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def is_set(self) -> bool:
        """Whether it lets everything through."""
        return self._open.is_set()

    def set(self) -> None:
        """Let through what waits and whatever comes."""
        with self._lock:
            self._open.set()
            waiting, self._waiting = self._waiting, []
        for loop, passed in waiting:
            with contextlib.suppress(RuntimeError):  # The demo ended meanwhile.
                loop.call_soon_threadsafe(passed.set)

    def until_reached(self, timeout: float = _PATIENCE) -> None:
        """Block until a request waits here, or has. Raises TimeoutError."""
        if not self._reached.wait(timeout):
            raise TimeoutError(f"nothing came to the hold on {self.path or 'the archives'}")

    async def wait(self) -> None:
        """Wait in the demo's own loop."""
        here = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            if self._open.is_set():
                return
            self._waiting.append(here)
        self._reached.set()
        try:
            await here[1].wait()
        finally:
            with self._lock:
                self._waiting = [other for other in self._waiting if other is not here]


@dataclass(slots=True)
class Controls:
    """The demo's levers. Sizes are bytes, times seconds; paths are the API's without ``/v2``, or ``/archives…``.

    ``requests`` are those that came; ``limited`` counts those that came when the budget was spent.
    """

    token: str = DEMO_TOKEN
    requests_per_minute: int = 60
    window_seconds: float = 60.0
    sends_budget: bool = True
    latency: float = 0.0
    latencies: dict[str, float] = field(default_factory=dict)
    create_seconds: float = 2.0
    restart_seconds: float = 2.0
    drop_post_answer: bool = False
    shape: Shape = "flat"
    sizes: SizeForm = "integer"
    dates: DateForm = "iso"
    repeats_pages: bool = False
    link_seconds: float = 300.0
    single_use_links: bool = False
    bytes_per_second: int = 0
    honours_range: bool = True
    allows_head: bool = True
    sends_etag: bool = True
    faults: list[Fault] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    body_hold: tuple[int, Hold] | None = None
    requests: list[Request] = field(default_factory=list)
    limited: int = 0
    crashes: list[str] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition, repr=False)
    _limit: int = field(default=0, repr=False)
    _left: int = field(default=0, repr=False)
    _window_ends: float = field(default=0.0, repr=False)

    @property
    def sizes_as_text(self) -> bool:
        """Whether the listing says sizes in words such as ``12.34 MB``."""
        return self.sizes == "megabytes"

    @sizes_as_text.setter
    def sizes_as_text(self, wanted: bool) -> None:
        self.sizes = "megabytes" if wanted else "integer"

    @property
    def violations(self) -> list[Request]:
        """Requests that brought a token to the archives' origin, which must never happen."""
        return [request for request in self.requests if request.origin == "archives" and request.had_token]

    def revoke_token(self) -> None:
        """Refuse every token from now on."""
        self.token = ""

    def restore_token(self) -> None:
        """Take the demo's token again."""
        self.token = DEMO_TOKEN

    def fail_next(
        self,
        path: str,
        status: int,
        times: int = 1,
        *,
        body: bytes | None = None,
        method: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer the next ``times`` requests whose path starts with ``path`` with ``status`` (0 breaks them off)."""
        fault = Fault(path, status, headers=headers or {}, times=times, method=method)
        if body is not None:
            fault.body = body
        self.faults.append(fault)

    def answer_html(self, path: str, times: int = 1, *, status: int = 200) -> None:
        """Answer with a web page, as a proxy or a captive portal does."""
        page = b"<!doctype html><title>Sign in to the network</title><p>Welcome to the hotel</p>"
        self.fail_next(path, status, times, body=page, headers={"content-type": "text/html; charset=utf-8"})

    def hold(self, path: str, method: str = "") -> Hold:
        """Keep every request below ``path`` waiting, before anything is done about it, until the hold is set."""
        held = Hold(path, method)
        self.holds.append(held)
        return held

    def hold_archives(self, after: int) -> Hold:
        """Let every archive's body stop at its byte ``after`` until the hold is set."""
        held = Hold()
        self.body_hold = (after, held)
        return held

    def release(self) -> None:
        """Set every hold."""
        body_hold, self.body_hold = self.body_hold, None
        holds, self.holds = self.holds, []
        for held in [*holds, *([body_hold[1]] if body_hold else [])]:
            held.set()

    def leave(self, requests: int, seconds: float | None = None) -> None:
        """Leave so many requests in the window that runs now, which ends in ``seconds`` where that is given."""
        now = time.monotonic()
        with self._arrived:
            self._limit, self._left = self.requests_per_minute, requests
            if seconds is not None or now >= self._window_ends:
                self._window_ends = now + (self.window_seconds if seconds is None else seconds)

    def until_asked(self, path: str, times: int = 1, *, method: str = "", timeout: float = _PATIENCE) -> None:
        """Block until so many requests below ``path`` have come. Raises TimeoutError."""

        def seen() -> bool:
            found = [r for r in self.requests if shortened(r.path).startswith(path) and method in ("", r.method)]
            return len(found) >= times

        with self._arrived:
            if not self._arrived.wait_for(seen, timeout):
                raise TimeoutError(f"{times} × {method or 'any'} {path} did not come")

    # What the servers call.

    def note(self, request: Request) -> None:
        """Take a request into the log."""
        with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()

    def spend(self) -> tuple[int, int]:
        """Take one request from the budget: what is left (-1 where there was none) and whole seconds to the next."""
        now = time.monotonic()
        with self._arrived:
            if now >= self._window_ends:
                self._window_ends = now + self.window_seconds
                self._limit = self._left = self.requests_per_minute
            self._left += self.requests_per_minute - self._limit
            self._limit = self.requests_per_minute
            self._left = max(-1, self._left - 1)
            self.limited += self._left < 0
            return self._left, max(1, math.ceil(self._window_ends - now))

    def delay(self, path: str) -> float:
        """How long an answer on this path is kept back: the longest prefix's latency, else everybody's."""
        prefixes = [prefix for prefix in self.latencies if path.startswith(prefix)]
        return self.latencies[max(prefixes, key=len)] if prefixes else self.latency

    def take_fault(self, method: str, path: str) -> Fault | None:
        """The fault that is due for this request, counted down."""
        for fault in self.faults:
            if path.startswith(fault.path) and fault.method in ("", method):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def holds_on(self, method: str, path: str) -> list[Hold]:
        """The holds in this request's way."""
        return [h for h in self.holds if not h.is_set() and path.startswith(h.path) and h.method in ("", method)]


def shortened(path: str) -> str:
    """A path as the levers name it, without the API's version."""
    return path.removeprefix("/v2")
