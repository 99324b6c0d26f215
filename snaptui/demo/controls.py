"""What a test or a person may turn on the demo while it runs; every field may be set from another thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

Shape = Literal["flat", "nested", "bare", "keyed"]


@dataclass(slots=True)
class Fault:
    """The answer that takes the place of the next ``times`` ones below ``path``; ``status`` 0 cuts the connection."""

    path: str
    status: int
    body: bytes = b'{"status": "error", "message": "asked to fail"}'
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    method: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the demo saw it; ``had_token`` tells whether an api-token came with it."""

    origin: Literal["api", "archives"]
    method: str
    path: str
    query: str
    headers: tuple[str, ...]
    had_token: bool


@dataclass(slots=True)
class Controls:
    """The demo's levers. Sizes are bytes, times seconds."""

    token: str = "demo"  # noqa: S105 - the demo's token is a word, and no secret
    requests_per_minute: int = 60
    latency: float = 0.0
    create_seconds: float = 2.0
    link_seconds: float = 300.0
    bytes_per_second: int = 0
    single_use_links: bool = False
    honours_range: bool = True
    sends_etag: bool = True
    drop_post_answer: bool = False
    shape: Shape = "flat"
    sizes_as_text: bool = False
    faults: list[Fault] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    gates: dict[str, threading.Event] = field(default_factory=dict)

    def revoke_token(self) -> None:
        """Refuse every token from now on."""
        self.token = ""

    def fail_next(self, path: str, status: int, times: int = 1, *, body: bytes | None = None, method: str = "") -> None:
        """Answer the next ``times`` requests whose path starts with ``path`` with ``status`` (0 cuts them off)."""
        fault = Fault(path, status, times=times, method=method)
        if body is not None:
            fault.body = body
        self.faults.append(fault)

    def hold(self, path: str) -> threading.Event:
        """Hold every answer below ``path`` until the returned event is set."""
        return self.gates.setdefault(path, threading.Event())

    def take_fault(self, method: str, path: str) -> Fault | None:
        """The fault that is due for this request, counted down."""
        for fault in self.faults:
            if path.startswith(fault.path) and fault.method in ("", method):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None
