"""What httpx says about a failed exchange, told in snaptui's own errors.

httpx's exceptions hold the request with its token, so none of them goes further than this: errors raised from
what is returned here have no cause and no context.
"""

from __future__ import annotations

import errno
import logging
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from snaptui.errors import ApiError, NetworkFailed, NetworkFailure, UnreadableAnswer
from snaptui.i18n import _

_SECONDS = re.compile(r"\s*([0-9]{1,9})(?:\.[0-9]*)?\s*", re.ASCII)
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}
# Failures that waiting a moment does not mend.
LASTING: frozenset[NetworkFailure] = frozenset({"tls", "setup"})
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def hush_http_logs() -> None:
    """Keep httpx and httpcore from logging addresses (at INFO, signed ones too) and headers (at DEBUG)."""
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)


def explain(error: httpx.HTTPError | httpx.InvalidURL | OSError, host: str) -> ApiError:
    """Return the error that tells a person why the exchange with ``host`` failed."""
    if isinstance(error, httpx.DecodingError):
        return UnreadableAnswer(_("The answer arrived damaged; try again, and check the proxy if it stays so."))
    return network_failed(_kind_of(error), host)


def network_failed(kind: NetworkFailure, host: str) -> NetworkFailed:
    """Return a NetworkFailed of this kind with its sentence."""
    sentences: dict[NetworkFailure, str] = {
        "dns": _("The name {host} could not be found; check the network connection."),
        "tls": _("No trusted connection to {host} was possible; check this computer's clock, proxy and certificates."),
        "timeout": _("{host} did not answer in time; try again in a moment."),
        "refused": _("{host} refused the connection; check the network, or try again later."),
        "broken": _("The connection to {host} broke off; check the network and try again."),
        "setup": _("The connection could not be set up; check SSL_CERT_FILE, SSL_CERT_DIR and the proxy variables."),
    }
    return NetworkFailed(sentences[kind].format(host=host), kind)


def nothing_was_sent(error: httpx.HTTPError | httpx.InvalidURL | OSError) -> bool:
    """Whether an exchange failed before a byte of its request could have reached the server."""
    return isinstance(error, _BEFORE_SENDING)


def _kind_of(error: BaseException) -> NetworkFailure:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "timeout"
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return "tls"
        if isinstance(cause, socket.gaierror):
            return "dns"
        if isinstance(cause, ConnectionRefusedError):
            return "refused"
        if isinstance(cause, TimeoutError):
            return "timeout"
        if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
            return "broken"
    return "setup" if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL) else "broken"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk an exception, its causes, contexts and group members, outermost first, each once."""
    seen: set[int] = set()
    todo = [error]
    while todo:
        current = todo.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        todo.extend(cause for cause in (current.__cause__, current.__context__) if cause is not None)
        if isinstance(current, BaseExceptionGroup):
            todo.extend(current.exceptions)


def retry_after(headers: httpx.Headers, now: datetime) -> float | None:
    """Return how many seconds the server asks to wait: ``Retry-After`` as seconds or date, or ``ratelimit-reset``."""
    value = headers.get("retry-after", "")
    if match := _SECONDS.fullmatch(value):
        return float(match.group(1))
    if value:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            moment = None
        if moment is not None:
            aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
            return max((aware - now).total_seconds(), 0.0)
    match = _SECONDS.fullmatch(headers.get("ratelimit-reset", ""))
    return float(match.group(1)) if match else None
