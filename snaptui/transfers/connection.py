"""One HTTP request for archive bytes, by ``http.client`` on the calling thread.

It is the standard library's because a plain loop over its socket moves bytes faster than curl does, where
httpx's streams take two to three times as long. Proxies from the environment and certificates are found as httpx
finds them. The API's token is not known here.
"""

from __future__ import annotations

import base64
import http.client
import io
import os
import ssl
import threading
from collections.abc import Mapping
from functools import lru_cache, partial
from socket import socket
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from snaptui.errors import NetworkFailed, UnsafeAddress
from snaptui.i18n import _
from snaptui.text import one_line
from snaptui.transfers.address import Place, Zone, api_zone, check_url, split_url
from snaptui.transfers.dialling import Interrupt, Register, dial, look_up

_REDIRECTS = 5
_REDIRECT_STATUSES = (301, 302, 303, 307, 308)
_CONNECT_SECONDS = 10.0
_HEAD_SECONDS = 60.0
# A wait for bytes is looked up from this often, so that what is here is written and a silence seen.
_SILENT_SECONDS = 0.5


class Silence(Exception):
    """No byte came for a moment; the connection stands, and may be read again."""


@lru_cache(maxsize=4)
def _context(cafile: str | None, capath: str | None) -> ssl.SSLContext:
    if cafile is None and capath is None:
        import certifi

        cafile = certifi.where()
    context = ssl.create_default_context(cafile=cafile, capath=capath)
    context.set_alpn_protocols(["http/1.1"])
    return context


def tls_context() -> ssl.SSLContext:
    """The certificates to trust: ``SSL_CERT_FILE``, ``SSL_CERT_DIR``, else certifi's, as httpx chooses."""
    cafile = os.environ.get("SSL_CERT_FILE") or None
    capath = None if cafile else os.environ.get("SSL_CERT_DIR") or None
    try:
        return _context(cafile, capath)
    except (OSError, ssl.SSLError):
        raise NetworkFailed(
            _("The certificates that SSL_CERT_FILE names cannot be read: correct it."), "setup"
        ) from None


class _Connection(http.client.HTTPConnection):
    """A connection to one checked place, through TLS where it asks for it, and through a proxy where there is one."""

    def __init__(self, place: Place, proxy: str | None, timeout: float, interrupt: Interrupt) -> None:
        self._place, self._interrupt = place, interrupt
        self._addresses = place.addresses
        host, port = place.host, place.port
        if proxy is not None:
            host, port, headers = _proxy_parts(proxy)
            self._addresses = look_up(host, port, interrupt, _CONNECT_SECONDS)
        super().__init__(host, port, timeout=timeout)
        if proxy is not None:
            self.set_tunnel(place.host, place.port, headers=headers)
        # http.client's own hook for how to reach host and port; urllib3 stands on it too.
        self._create_connection = self._dial

    def _dial(self, _address: object, timeout: float, _source: object) -> socket:
        return dial(self._addresses, self.port, min(timeout, _CONNECT_SECONDS), self._interrupt)

    def connect(self) -> None:
        """Connect to the first of the checked addresses that answers, and shake hands where it is ``https``."""
        super().connect()
        if self._place.scheme == "https":
            # Wrapped before the handshake, so that an interrupt reaches the handshake as well.
            wrapped = tls_context().wrap_socket(
                self.sock, server_hostname=self._place.host, do_handshake_on_connect=False
            )
            self.sock = wrapped
            self._interrupt.holds(wrapped)
            wrapped.do_handshake()
        self.sock.settimeout(self.timeout)


def _proxy_parts(proxy: str) -> tuple[str, int, dict[str, str]]:
    """Host, port and headers of a proxy. Raises NetworkFailed for one that is not plain HTTP."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme != "http":
        raise NetworkFailed(_("snaptui fetches archives through http:// proxies only: correct the setting."), "setup")
    headers = {}
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Proxy-Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    return host, port or 80, headers


def _proxy_for(url: str) -> str | None:
    """The proxy for an ``https`` link, as the environment names it. ``http`` is only ever this machine."""
    parts, host, _port = split_url(url)
    if parts.scheme != "https":
        return None
    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all")
    return None if not proxy or proxy_bypass(host) else proxy


def _joined(url: str, target: str) -> str:
    """Where a redirect leads."""
    try:
        return urljoin(url, target)
    except ValueError:
        return target  # nothing that can be joined is nothing that can be followed, and refused as such


def home_zone(api_origin: str, on_cancel: Register) -> Zone:
    """The zone the API is in, its name looked up; public where a proxy does that."""
    if _proxy_for(api_origin):
        return api_zone(api_origin)
    interrupt = Interrupt()
    on_cancel(interrupt)
    return api_zone(api_origin, partial(look_up, interrupt=interrupt, seconds=_CONNECT_SECONDS))


class Reply:
    """The head of an answer, and its body to read. Close it."""

    def __init__(
        self,
        connection: http.client.HTTPConnection,
        response: http.client.HTTPResponse,
        sock: socket,
        timeout: float,
    ) -> None:
        self._connection = connection
        self._response = response
        self._file = response.fp
        self._socket = sock
        self._past_the_file = False
        self._timeout, self._silent = timeout, 0.0
        self._left = self.length
        self.status = response.status
        self.readinto = response.readinto

    def header(self, name: str) -> str | None:
        """A header's value, or None."""
        return self._response.headers.get(name)

    @property
    def length(self) -> int | None:
        """Bytes of the body as announced, or None."""
        text = self.header("Content-Length")
        return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 19 else None

    def read_some(self, buffer: memoryview) -> int:
        """Read what one wait for the network brings, at most the buffer's length; 0 is the end of the body.

        Raises Silence now and then while nothing comes, and TimeoutError when that lasts too long.
        """
        if self._response.chunked:
            data = self._response.read1(len(buffer))
            buffer[: len(data)] = data
            return len(data)
        if self._left is not None:
            buffer = buffer[: self._left]
        if not buffer:
            return 0
        if self._past_the_file:
            count = self._receive(buffer)
        else:
            count = self._file.readinto1(buffer)
            # A read longer than the file's own buffer leaves nothing in it. Past the file, every 16 KiB (as much as
            # TLS gives at a time) costs two layers of Python less: a fifth of the whole time.
            if len(buffer) > io.DEFAULT_BUFFER_SIZE:
                self._past_the_file = True
                self._socket.settimeout(min(_SILENT_SECONDS, self._timeout))
        if self._left is not None:
            self._left -= count
        return count

    def _receive(self, buffer: memoryview) -> int:
        try:
            count = self._socket.recv_into(buffer)
        except TimeoutError:
            self._silent += _SILENT_SECONDS
            if self._silent >= self._timeout:
                raise
            raise Silence from None
        self._silent = 0.0
        return count

    def close(self) -> None:
        """Give the connection up."""
        self._response.close()
        self._connection.close()


def request(
    url: str,
    headers: Mapping[str, str],
    *,
    home: Zone,
    timeout: float,
    on_cancel: Register,
    head_seconds: float = _HEAD_SECONDS,
) -> Reply:
    """Send a GET and follow a few redirects; every step is checked.

    ``timeout`` bounds each wait for a byte, ``head_seconds`` the wait for the whole head of an answer; ``on_cancel``
    is given what wakes this thread from another one. Raises UnsafeAddress, NetworkFailed, OSError (``TimeoutError``
    among them) and ``http.client.HTTPException``.
    """
    secure = split_url(url)[0].scheme == "https"
    interrupt = Interrupt()
    on_cancel(interrupt)
    for _step in range(_REDIRECTS + 1):
        proxy = _proxy_for(url)
        place = check_url(url, home, None if proxy else partial(look_up, interrupt=interrupt, seconds=_CONNECT_SECONDS))
        if secure and place.scheme != "https":
            raise UnsafeAddress(
                _("The archive's host {host} redirects to an address without encryption: report it.").format(
                    host=one_line(place.host)
                )
            )
        reply = _send(_Connection(place, proxy, timeout, interrupt), place, headers, interrupt, timeout, head_seconds)
        target = reply.header("Location")
        if reply.status not in _REDIRECT_STATUSES or not target:
            return reply
        reply.close()
        url = _joined(url, target)
    raise UnsafeAddress(_("The archive's host redirects in circles: try again later, or report it."))


def _send(
    connection: http.client.HTTPConnection,
    place: Place,
    headers: Mapping[str, str],
    interrupt: Interrupt,
    timeout: float,
    head_seconds: float,
) -> Reply:
    watch = threading.Timer(head_seconds, interrupt.time_out)
    watch.daemon = True
    watch.start()
    try:
        connection.request("GET", place.path, headers={"Host": place.authority, **headers, "Connection": "close"})
        sock = connection.sock  # http.client lets go of it when the answer's head is read
        return Reply(connection, connection.getresponse(), sock, timeout)
    except (OSError, http.client.HTTPException):
        connection.close()
        if interrupt.timed_out:
            raise TimeoutError from None
        raise
    except BaseException:
        connection.close()
        raise
    finally:
        watch.cancel()
