"""A host of archives over a real socket, with the faults that a remote reader has to live with."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from snaptui.models import DownloadLink

KEY_APP = "1732400000001"
KEY_VERSION = "20261122-030000"


@dataclass
class Faults:
    """What to do wrong. Counts go down with each request; ``None`` means never."""

    ignore_range: bool = False
    refuse_suffix: int = 0
    no_etag: bool = False
    weak_etag: bool = False
    star_total: bool = False
    single_use: bool = False
    cut_after: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    retry_after: str | None = None
    swap_after: int | None = None
    wrong_range: bool = False
    gzip: bool = False
    most_bytes: int | None = None
    stall: threading.Event | None = None
    before: Callable[[int], None] = lambda number: None


class Host:
    """Serves one archive; also the source of links to it, as ``DiscloudApi`` would be."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.faults = Faults()
        self.ranges: list[str | None] = []
        self.headers: list[dict[str, str]] = []
        self.links = 0
        self.tell_size = True
        self.expires: Callable[[], datetime | None] = lambda: None
        self.redirect: str | None = None
        self._used: set[str] = set()
        self._lock = threading.Lock()

        class Handler(_Handler):
            host = self

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    async def download_link(self, app_id: str, version: str) -> DownloadLink:
        """A link; what the reader asks for when it needs one."""
        with self._lock:
            self.links += 1
            number = self.links
        size = len(self.data) if self.tell_size else None
        return DownloadLink(app_id, version, f"{self.url}/a.zip?link={number}", self.expires(), size)

    def used_before(self, path: str) -> bool:
        with self._lock:
            used = path in self._used
            self._used.add(path)
            return used

    def __enter__(self) -> Host:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def past() -> datetime:
    return datetime(2020, 1, 1, tzinfo=UTC)


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_who: object) -> None:
        """Say nothing: a reader that hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    host: Host
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        host, faults = self.host, self.host.faults
        host.ranges.append(self.headers.get("Range"))
        host.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.close_connection = True
        faults.before(len(host.ranges))
        if faults.stall is not None:
            faults.stall.wait(20)
        if faults.single_use and host.used_before(self.path):
            self._plain(403)
        elif faults.statuses and (status := faults.statuses.pop(0)):
            self._plain(status)
        elif host.redirect is not None:
            self._plain(302, ("Location", host.redirect))
        else:
            if faults.swap_after is not None:
                faults.swap_after -= 1
                if faults.swap_after < 0:
                    host.data = host.data[:10] + b"!" + host.data[11:]
            self._serve()

    def _plain(self, status: int, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if self.host.faults.retry_after is not None:
            self.send_header("Retry-After", self.host.faults.retry_after)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _serve(self) -> None:
        host, faults = self.host, self.host.faults
        data, total = host.data, len(host.data)
        etag = f'"{hash(data) & 0xFFFFFFFF:x}"'
        wanted = self.headers.get("Range")
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted or "")
        held = self.headers.get("If-Range")
        first, last = 0, total - 1
        partial = match is not None and not faults.ignore_range and held in (None, etag)
        if partial and match is not None:
            if not match[1]:
                if faults.refuse_suffix:
                    self._plain(faults.refuse_suffix)
                    return
                first = max(0, total - int(match[2]))
            else:
                first, last = int(match[1]), min(int(match[2] or total), total - 1)
        if partial and faults.most_bytes is not None and match is not None and match[1]:
            last = min(last, first + faults.most_bytes - 1)
        if faults.wrong_range and partial:
            first = max(0, first - 1)
        body = data[first : last + 1]
        self.send_response(206 if partial else 200)
        if partial:
            self.send_header("Content-Range", f"bytes {first}-{last}/{'*' if faults.star_total else total}")
        if not faults.no_etag:
            self.send_header("ETag", f"W/{etag}" if faults.weak_etag else etag)
        if faults.gzip:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut = faults.cut_after.pop(0) if faults.cut_after else len(body)
        self.wfile.write(body[:cut])
