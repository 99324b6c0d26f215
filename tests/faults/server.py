"""An archive host over real sockets, plain or with TLS, that answers each request as its script says.

A thread for each connection; one request for each connection. After the script it is honest.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import threading
from collections.abc import Iterable, Sequence
from types import TracebackType

from tests.faults.script import Seen, Step

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_PIECE = 64 * 1024
_SEND_BUFFER = 32 * 1024
_BREATH = 0.001


class FaultServer:
    """Serves ``contents`` (the archive, then what takes its place) below ``origin``; a context manager.

    ``valid`` decides whether a request's path is still good; by default every one is. ``reached`` is set when
    ``mark`` body bytes have gone out in all, and ``gate``, when there is one, is waited for from there on.
    """

    def __init__(
        self, contents: Sequence[bytes], script: Iterable[Step] = (), *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.contents = list(contents)
        self.script = list(script)
        self.usual = Step()
        self.seen: list[Seen] = []
        self.refused: set[str] = set()
        self.refusal = 403
        self.single_use = False
        self.expires_at_byte: int | None = None
        self.mark: int | None = None
        self.reached = threading.Event()
        self.gate: threading.Event | None = None
        self._tls = tls
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.origin = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def sent(self) -> int:
        """Body bytes of archives that went out in all."""
        return sum(seen.sent for seen in self.seen)

    def __enter__(self) -> FaultServer:
        self._acceptor = threading.Thread(target=self._accept, name="faults", daemon=True)
        self._acceptor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self.gate is not None:
            self.gate.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
        self._acceptor.join(10)
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _peer = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._talk, args=(connection,), name="faults-connection", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            if self._tls is not None:
                connection.settimeout(10)
                connection = self._tls.wrap_socket(connection, server_side=True)
                connection.settimeout(None)
            # What waits on this side has not been sent: little of it, so that ``sent`` is what it says.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            with self._lock:
                self._open.add(connection)
            self._answer(connection)
        except OSError:
            return
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(65536)
            if not piece:
                return
            head += piece
        first, *lines = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        method, path, _version = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        seen = Seen(method, path, headers)
        with self._lock:
            self.seen.append(seen)
            seen.step = self.script.pop(0) if self.script else self.usual
            refused = path in self.refused
            if self.single_use:
                self.refused.add(path)
        if refused:
            self._plain(connection, seen, self.refusal, (), b"<Error>expired</Error>")
        elif method != "GET":
            self._plain(connection, seen, 403, (), b"")
        elif seen.step.status:
            fixed = [(name, value.replace("{origin}", self.origin)) for name, value in seen.step.headers]
            self._plain(connection, seen, seen.step.status, fixed, seen.step.body)
        else:
            self._serve(connection, seen)

    def _plain(
        self, connection: socket.socket, seen: Seen, status: int, headers: Iterable[tuple[str, str]], body: bytes
    ) -> None:
        seen.status = status
        lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *(f"{n}: {v}" for n, v in headers)]
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        self._end(connection)

    def _serve(self, connection: socket.socket, seen: Seen) -> None:
        step = seen.step
        content = self.contents[min(step.content, len(self.contents) - 1)]
        tag = f'"v{min(step.content, len(self.contents) - 1)}"'
        start, stop = self._span(seen, content, tag)
        seen.start = start
        if start >= len(content) > 0:
            self._plain(connection, seen, 416, [("Content-Range", f"bytes */{len(content)}")], b"")
            return
        body = content[start:stop]
        seen.status = 206 if (start, stop) != (0, len(content)) or step.lie == "unasked" else 200
        head = self._head(seen, body, start, len(content), tag)
        if not step.head:
            connection.sendall(head[: len(head) // 2])
            self._finish(connection, step)
            return
        connection.sendall(head)
        ends_at = len(body) if step.ends_at is None else min(step.ends_at, len(body))
        self._send(connection, seen, memoryview(body)[:ends_at])
        if self.expires_at_byte is not None and self.sent >= self.expires_at_byte:
            self.refused.add(seen.path)
            self.expires_at_byte = None
        if ends_at < len(body) or step.length == "long":
            self._finish(connection, step)
            return
        if step.length == "chunked":
            connection.sendall(b"0\r\n\r\n")
        self._end(connection)

    def _span(self, seen: Seen, content: bytes, tag: str) -> tuple[int, int]:
        match = _RANGE.fullmatch(seen.headers.get("range", ""))
        condition = seen.headers.get("if-range")
        if match is None or not seen.step.ranges or (condition is not None and condition != tag and not seen.step.lie):
            return 0, len(content)
        return int(match[1]), min(len(content), int(match[2]) + 1) if match[2] else len(content)

    def _head(self, seen: Seen, body: bytes, start: int, total: int, tag: str) -> bytes:
        step = seen.step
        lines = [f"HTTP/1.1 {seen.status} Said", "Content-Type: application/zip"]
        shown = {"strong": tag, "weak": f"W/{tag}", "broken": tag.strip('"'), "none": ""}[step.tag]
        if step.lie == "etag":
            shown = '"another"'
        elif step.lie == "same-etag":
            shown = '"v0"'
        if shown and not (step.lie == "no-etag" and seen.status == 206):
            lines.append(f"ETag: {shown}")
        if seen.status == 206 and step.lie == "multipart":
            lines[1] = "Content-Type: multipart/byteranges; boundary=x"
        elif seen.status == 206 and step.lie != "no-content-range":
            first = start + 7 if step.lie == "offset" else start
            whole = total + 7 if step.lie == "total" else total
            lines.append(f"Content-Range: bytes {first}-{first + len(body) - 1}/{whole}")
        if step.packed:
            lines.append("Content-Encoding: gzip")
        length = {"right": len(body), "short": len(body) // 2, "long": len(body) + 1000}.get(step.length)
        if step.length == "chunked":
            lines.append("Transfer-Encoding: chunked")
        elif length is not None:
            lines.append(f"Content-Length: {length}")
        return "\r\n".join([*lines, "", ""]).encode()

    def _send(self, connection: socket.socket, seen: Seen, body: memoryview) -> None:
        size = seen.step.burst or _PIECE
        for at in range(0, len(body), size):
            piece = body[at : at + size]
            if seen.step.burst:
                self._stopping.wait(_BREATH)
            if self.mark is not None and self.sent >= self.mark:
                self.reached.set()
                if self.gate is not None:
                    self.gate.wait()
            if seen.step.length == "chunked":
                connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            else:
                connection.sendall(piece)
            seen.sent += len(piece)

    def _finish(self, connection: socket.socket, step: Step) -> None:
        if step.ending == "stall":
            # Nothing more comes: wait until the other side has had enough.
            connection.recv(1)
        elif step.ending == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            self._end(connection)

    def _end(self, connection: socket.socket) -> None:
        """Close so that what was sent arrives: half first, then wait for the other side."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_WR)
            connection.settimeout(5)
            connection.recv(1)
