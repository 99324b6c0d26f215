"""Which address is the API's, and how snaptui introduces itself there. Needs no HTTP library."""

from __future__ import annotations

import ipaddress
import platform
import re
from urllib.parse import urlsplit

from snaptui import __version__
from snaptui.errors import UsageError
from snaptui.i18n import _

DEFAULT_BASE_URL = "https://api.discloud.app/v2"

# Stricter than the standard, so that no two URL parsers can disagree about where the host ends.
# Like the other patterns here it is compiled where it is used: most starts need none of them.
_BASE_URL = r"(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?((?:/[a-z0-9._~-]+)*)/*"
_DEFAULT_PORTS = {"https": 443, "http": 80}
_NOT_IN_AN_AGENT = r"[^\x20-\x7e]|[();]"


def validate_base_url(url: str) -> str:
    """Return the API's base URL without its trailing slash.

    Raises UsageError unless it is ``https``, or ``http`` on a loopback address, with nothing but a host, a
    port and a plain path in it.
    """
    match = re.fullmatch(_BASE_URL, url.strip(), re.IGNORECASE | re.ASCII)
    if match is None or int(match.group(3) or 1) not in range(1, 65536) or "/.." in match.group(4):
        raise UsageError(_("The API's address is not a plain https:// URL; correct SNAPTUI_API_URL or the setting."))
    scheme, host = match.group(1).lower(), match.group(2).lower()
    if host.startswith("["):
        try:
            ipaddress.IPv6Address(host[1:-1])
        except ValueError:
            raise UsageError(
                _("The API's address holds an impossible IPv6 address; correct SNAPTUI_API_URL.")
            ) from None
    if scheme == "http" and not is_loopback(host.strip("[]")):
        raise UsageError(
            _("The API's address must begin with https:// (http:// is only for this machine); correct SNAPTUI_API_URL.")
        )
    port = f":{match.group(3)}" if match.group(3) else ""
    return f"{scheme}://{host}{port}{match.group(4)}"


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine, by its form alone (nothing is looked up)."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(url: str) -> str:
    """Return ``scheme://host:port`` of an absolute URL, the port always written out, for comparing origins.

    Raises ValueError for what is no http or https URL.
    """
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("not an http or https URL")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{scheme}://{host}:{parts.port or _DEFAULT_PORTS[scheme]}"


def user_agent() -> str:
    """Return ``snaptui/version (OS release; arch)`` in plain ASCII."""
    system, release, machine = (
        re.sub(_NOT_IN_AN_AGENT, "", part).strip() or "unknown"
        for part in (platform.system(), platform.release(), platform.machine())
    )
    return f"snaptui/{__version__} ({system} {release}; {machine})"
