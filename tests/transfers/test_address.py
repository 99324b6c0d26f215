"""Where archives may be fetched from."""

from __future__ import annotations

import pytest

from snaptui.errors import NetworkFailed, UnsafeAddress
from snaptui.transfers.address import Zone, api_zone, check_url, zone_of

PUBLIC = "93.184.215.14"


def to(*addresses: str):  # type: ignore[no-untyped-def]
    return lambda _host, _port: addresses


@pytest.mark.parametrize(
    ("address", "zone"),
    [
        (PUBLIC, Zone.PUBLIC),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", Zone.PUBLIC),
        ("127.0.0.1", Zone.LOOPBACK),
        ("127.9.9.9", Zone.LOOPBACK),
        ("::1", Zone.LOOPBACK),
        ("::ffff:127.0.0.1", Zone.LOOPBACK),
        ("64:ff9b::7f00:1", Zone.LOOPBACK),
        ("169.254.169.254", Zone.LINK_LOCAL),
        ("fe80::1%eth0", Zone.LINK_LOCAL),
        ("::ffff:169.254.169.254", Zone.LINK_LOCAL),
        ("10.0.0.1", Zone.PRIVATE),
        ("172.16.0.1", Zone.PRIVATE),
        ("192.168.1.1", Zone.PRIVATE),
        ("100.64.0.1", Zone.PRIVATE),
        ("fd00::1", Zone.PRIVATE),
        ("0.0.0.0", Zone.PRIVATE),
        ("::", Zone.PRIVATE),
        ("224.0.0.1", Zone.PRIVATE),
        ("255.255.255.255", Zone.PRIVATE),
        ("64:ff9b::a00:1", Zone.PRIVATE),
        ("2002:a00:1::", Zone.PRIVATE),
        ("2001:db8::1", Zone.PRIVATE),
        ("3fff::1", Zone.PRIVATE),
        ("fec0::1", Zone.PRIVATE),
        ("::a00:1", Zone.PRIVATE),
        ("::a9fe:a9fe", Zone.PRIVATE),
        ("::ffff:0:a00:1", Zone.PRIVATE),
        ("64:ff9b:1::a00:1", Zone.PRIVATE),
        ("64:ff9b::5db8:d70e", Zone.PUBLIC),
    ],
)
def test_zones(address: str, zone: Zone) -> None:
    assert zone_of(address) is zone


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/a.zip",
        "https://127.1/a.zip",
        "https://2130706433/a.zip",
        "https://0x7f.0.0.1/a.zip",
        "https://[::1]/a.zip",
        "https://[::ffff:127.0.0.1]/a.zip",
        "https://localhost/a.zip",
        "https://10.1.2.3/a.zip",
        "https://169.254.169.254/latest/meta-data",
        "https://[fe80::1]/a.zip",
        f"http://{PUBLIC}/a.zip",
        "ftp://example.com/a.zip",
        "file:///etc/passwd",
        "https:///a.zip",
        "https://user:pass@example.com/a.zip",
        "https://@example.com/a.zip",
        "https://example.com:99999/a.zip",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
        "https://[::1/",
        "//example.com/a.zip",
        "",
    ],
)
@pytest.mark.parametrize("proxied", [True, False])
def test_where_a_public_apis_links_never_lead(url: str, proxied: bool) -> None:
    lookup = None if proxied else to(PUBLIC)
    with pytest.raises(UnsafeAddress) as caught:
        check_url(url, Zone.PUBLIC, lookup)
    assert "/a.zip" not in str(caught.value)


def test_a_name_is_judged_by_what_it_means() -> None:
    with pytest.raises(UnsafeAddress):
        check_url("https://rebound.example/a.zip", Zone.PUBLIC, to("127.0.0.1"))
    with pytest.raises(UnsafeAddress):
        check_url("https://rebound.example/a.zip", Zone.PUBLIC, to("10.0.0.1", "::1"))


def test_only_the_addresses_that_are_safe_are_connected_to() -> None:
    place = check_url("https://archives.example:8443/a.zip?x=1#y", Zone.PUBLIC, to("10.0.0.1", PUBLIC))
    assert place.addresses == (PUBLIC,)
    assert (place.host, place.port, place.authority) == ("archives.example", 8443, "archives.example:8443")
    assert place.path == "/a.zip?x=1"


def test_where_the_api_is_on_this_machine_archives_may_be_too() -> None:
    assert check_url("http://127.0.0.1:8000/a.zip", Zone.LOOPBACK).addresses == ("127.0.0.1",)
    for url in ("http://10.0.0.1/a.zip", "https://10.0.0.1/a.zip", f"http://{PUBLIC}/a.zip"):
        with pytest.raises(UnsafeAddress):
            check_url(url, Zone.LOOPBACK)


@pytest.mark.parametrize(
    ("origin", "zone"),
    [
        ("https://api.discloud.app:443", Zone.PUBLIC),
        ("http://127.0.0.1:8000", Zone.LOOPBACK),
        ("http://localhost:8000", Zone.LOOPBACK),
        ("http://[::1]:8000", Zone.LOOPBACK),
        ("https://10.0.0.5:443", Zone.PRIVATE),
    ],
)
def test_the_apis_zone(origin: str, zone: Zone) -> None:
    assert api_zone(origin) is zone


def test_the_apis_name_is_looked_up() -> None:
    def unknown(_host: str, _port: int) -> tuple[str, ...]:
        raise NetworkFailed("no", "dns")

    assert api_zone("https://api.intern", to("10.0.0.5")) is Zone.PRIVATE
    assert api_zone("https://api.intern", to("10.0.0.5", PUBLIC)) is Zone.PUBLIC
    assert api_zone("https://api.intern", unknown) is Zone.PUBLIC
