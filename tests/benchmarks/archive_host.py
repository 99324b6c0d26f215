"""A fast archive host with TLS for measuring: one file, ranges, nothing else. Runs as a process of its own.

``python -m tests.benchmarks.archive_host FILE CERTIFICATE`` prints its port, then a line for each answer that ended:
its first byte, and how many bytes of the file have reached the other machine.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import sys
import threading
from pathlib import Path

_PIECE = 256 * 1024
_TLS_RECORD, _TLS_EXTRA = 16_384, 22
_RANGE = re.compile(rb"\r\n[Rr]ange: bytes=(\d+)-(\d*)\r\n")


def _serve(connection: socket.socket, context: ssl.SSLContext, path: Path) -> None:
    size = path.stat().st_size
    start = sent = arrived = 0
    try:
        with context.wrap_socket(connection, server_side=True) as secure, path.open("rb", buffering=0) as file:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = secure.recv(65536)
                if not piece:
                    return
                head += piece
            match = _RANGE.search(head)
            start = int(match[1]) if match else 0
            stop = int(match[2]) + 1 if match and match[2] else size
            lines = [b"HTTP/1.1 206 Partial" if match else b"HTTP/1.1 200 OK", b'ETag: "bench"', b"Connection: close"]
            if match:
                lines.append(b"Content-Range: bytes %d-%d/%d" % (start, stop - 1, size))
            lines.append(b"Content-Length: %d" % (stop - start))
            secure.sendall(b"\r\n".join([*lines, b"", b""]))
            file.seek(start)
            buffer = memoryview(bytearray(_PIECE))
            try:
                while sent < stop - start:
                    count = file.readinto(buffer[: min(_PIECE, stop - start - sent)]) or 0
                    secure.sendall(buffer[:count])
                    sent += count
                with contextlib.suppress(OSError):
                    secure.unwrap()
            finally:
                arrived = min(_acknowledged(secure), stop - start)
    except OSError:
        pass
    finally:
        print(start, arrived, flush=True)  # noqa: T201


def _acknowledged(connection: socket.socket) -> int:
    """Bytes that the other machine has taken, without what TLS adds to every record.

    What was handed to this side's socket may never have left it: megabytes of it wait there.
    """
    # tcpi_bytes_acked of Linux's struct tcp_info.
    (taken,) = struct.unpack_from("=Q", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192), 120)
    return int(taken) * _TLS_RECORD // (_TLS_RECORD + _TLS_EXTRA)


def main() -> None:
    """Listen and serve until the process is ended."""
    path, certificate = Path(sys.argv[1]), sys.argv[2]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)  # noqa: T201
        while True:
            connection = listener.accept()[0]
            threading.Thread(target=_serve, args=(connection, context, path), daemon=True).start()


if __name__ == "__main__":
    main()
