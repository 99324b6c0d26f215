"""Where archives may be fetched from: any host the API names, and no door into a private network.

A link, or a redirect, may only lead over ``https`` to a public address, or to the kind of address the API
itself has (the demo's is loopback). The address that was checked is the one that is connected to, so a name that
means something else a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from snaptui.errors import NetworkFailed, UnsafeAddress
from snaptui.i18n import _
from snaptui.text import one_line

Lookup = Callable[[str, int], tuple[str, ...]]

# RFC 6052: addresses that a NAT64 gateway turns into the IPv4 address in their last four bytes.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# RFC 4291 and 9637: what is public in IPv6 is in the one and not in the other. The standard library calls more global,
# such as the site-local addresses of old and other ways to write one of IPv4.
_PUBLIC_IPV6, _DOCUMENTATION_IPV6 = ipaddress.IPv6Network("2000::/3"), ipaddress.IPv6Network("3fff::/20")


class Zone(StrEnum):
    """How far away an address is."""

    PUBLIC = "public"
    LOOPBACK = "loopback"
    LINK_LOCAL = "link-local"
    PRIVATE = "private"


def zone_of(address: str) -> Zone:
    """The zone of an IP address in text; what is neither public nor known otherwise counts as private.

    Raises ValueError for what is no IP address.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return zone_of(str(inner))
    if ip.is_loopback:
        return Zone.LOOPBACK
    if ip.is_link_local:
        return Zone.LINK_LOCAL
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in _PUBLIC_IPV6 or ip in _DOCUMENTATION_IPV6):
        return Zone.PRIVATE
    return Zone.PUBLIC if ip.is_global and not ip.is_multicast else Zone.PRIVATE


@dataclass(frozen=True, slots=True)
class Place:
    """A checked destination: where to connect (``addresses``, none when a proxy looks), and what to ask for there.

    ``authority`` is host and port as the link wrote them: a signed link is signed with them.
    """

    scheme: str
    host: str
    port: int
    authority: str
    path: str
    addresses: tuple[str, ...]


def split_url(url: str) -> tuple[SplitResult, str, int]:
    """A link's parts, host and port. Raises UnsafeAddress for what is not plainly an ``http`` or ``https`` link."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        plain = url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        host, port, plain, parts = None, None, False, urlsplit("")
    if not host or not plain or "@" in parts.netloc or parts.scheme not in ("https", "http"):
        raise UnsafeAddress(_("The archive's link is not a web address snaptui follows: try again, or report it."))
    return parts, host, port or (443 if parts.scheme == "https" else 80)


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a host; blocks as long as the system's resolver does. Raises NetworkFailed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NetworkFailed(
            _("The archive's host {host} has no address here: check the connection.").format(host=one_line(host)), "dns"
        ) from None
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def _written(host: str) -> tuple[str, ...]:
    """The address that a host is written as, also in the old forms (``0x7f.1``, ``2130706433``); none for a name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return ("127.0.0.1",) if host == "localhost" or host.endswith(".localhost") else ()
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def api_zone(api_origin: str, lookup: Lookup | None = None) -> Zone:
    """The zone the API is in. Without ``lookup`` a name is not resolved and counts as public, save ``localhost``."""
    host = urlsplit(api_origin).hostname or ""
    addresses = _written(host)
    if not addresses and lookup is not None and host:
        try:
            addresses = lookup(host, 443)
        except NetworkFailed:
            addresses = ()
    zones = {zone_of(address) for address in addresses}
    return zones.pop() if len(zones) == 1 else Zone.PUBLIC


def check_url(url: str, home: Zone, lookup: Lookup | None = resolve) -> Place:
    """Return the destination of a link. Raises UnsafeAddress, and NetworkFailed where the host has no address.

    ``home`` is the API's zone. Without ``lookup`` a proxy looks the host up, so only what is written is checked.
    """
    parts, host, port = split_url(url)
    addresses = _written(host)
    if not addresses and lookup is not None:
        addresses = lookup(host, port)
    allowed = {Zone.PUBLIC, home}
    safe = tuple(address for address in addresses if zone_of(address) in allowed)
    local = bool(safe) and all(zone_of(address) is Zone.LOOPBACK for address in safe)
    if (addresses and not safe) or (parts.scheme == "http" and not local):
        raise UnsafeAddress(
            _("The archive's link leads to {host}, where snaptui does not go without need: report it.").format(
                host=one_line(f"{parts.scheme}://{host}")
            )
        )
    path = parts.path or "/"
    return Place(parts.scheme, host, port, parts.netloc, f"{path}?{parts.query}" if parts.query else path, safe)
