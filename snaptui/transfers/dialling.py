"""Looking a host up and connecting to it, so that another thread can end the wait at once."""

from __future__ import annotations

import queue
import socket
import struct
import sys
import threading
from collections.abc import Callable, Sequence

from snaptui.errors import NetworkFailed
from snaptui.i18n import _
from snaptui.text import one_line
from snaptui.transfers.address import resolve

_TCP_INFO: int | None = getattr(socket, "TCP_INFO", None) if sys.platform == "linux" else None
_NEAR_MICROSECONDS = 2_000
# Linux doubles it, so that with what the program itself holds it stays below a MiB.
_NEAR_BUFFER = 384 * 1024

Register = Callable[[Callable[[], None]], None]


class Interrupt:
    """Called from any thread, it wakes the one that waits for this request; that one sees an OSError."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._wake: Callable[[], None] | None = None
        self._called = False
        self.timed_out = False

    def __call__(self) -> None:
        with self._lock:
            self._called = True
            if self._wake is not None:
                self._wake()
            if self._socket is not None:
                _shut(self._socket)

    def time_out(self) -> None:
        """Interrupt because it took too long."""
        self.timed_out = True
        self()

    def holds(self, sock: socket.socket) -> None:
        """Note the socket that is waited for from now on. Raises ConnectionAbortedError after an interrupt."""
        with self._lock:
            self._socket = sock
            self._check()

    def waits(self, wake: Callable[[], None]) -> None:
        """Note what else wakes the thread. Raises ConnectionAbortedError after an interrupt."""
        with self._lock:
            self._wake = wake
            self._check()

    def _check(self) -> None:
        if self._called:
            raise ConnectionAbortedError


def _shut(sock: socket.socket) -> None:
    # Not SSLSocket.shutdown: it would make the reading thread take what is still encrypted for the body.
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return  # not connected yet, or no more


def look_up(host: str, port: int, interrupt: Interrupt, seconds: float) -> tuple[str, ...]:
    """The addresses of a host. Raises NetworkFailed, and ConnectionAbortedError when interrupted.

    The system's resolver cannot be stopped, so it runs in a thread that may be left behind.
    """
    answers: queue.SimpleQueue[tuple[str, ...] | NetworkFailed | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except NetworkFailed as error:
            answers.put(error)

    interrupt.waits(lambda: answers.put(None))
    threading.Thread(target=ask, name="snaptui-lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        message = _("The name of the archive's host {host} could not be looked up in time: check the connection.")
        raise NetworkFailed(message.format(host=one_line(host)), "dns") from None
    if answer is None:
        raise ConnectionAbortedError
    if isinstance(answer, NetworkFailed):
        raise answer
    return answer


def dial(addresses: Sequence[str], port: int, seconds: float, interrupt: Interrupt) -> socket.socket:
    """Connect to the first address that answers within ``seconds``. Raises OSError."""
    failure: OSError = OSError("no address")
    for address in addresses:
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            interrupt.holds(sock)
            sock.settimeout(seconds)
            sock.connect((address, port))
        except ConnectionAbortedError:
            sock.close()
            raise
        except OSError as error:
            sock.close()
            failure = error
        else:
            _bound_buffer(sock)
            return sock
    raise failure


def _bound_buffer(sock: socket.socket) -> None:
    """Keep the system from taking megabytes ahead of this program from a host that is near.

    They would be fetched again after a sudden end. Over a longer way the buffer has to grow with it, and is empty
    most of the time.
    """
    if _TCP_INFO is None:
        return
    # tcpi_rtt of Linux's struct tcp_info, in microseconds.
    (round_trip,) = struct.unpack_from("=I", sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 104), 68)
    if round_trip < _NEAR_MICROSECONDS:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _NEAR_BUFFER)
