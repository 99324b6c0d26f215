"""How a download reaches its host: TLS, redirects, proxies, and how fast it lets go."""

# ruff: noqa: ASYNC221, ASYNC240 - nothing else runs in these loops
from __future__ import annotations

import asyncio
import base64
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from snaptui.errors import NetworkFailed, TransferBroken, UnsafeAddress
from snaptui.transfers import dialling
from snaptui.transfers.download import DownloadRequest, download
from snaptui.transfers.events import Started
from snaptui.transfers.state import part_path
from tests.faults.doing import KEY, ORIGIN, QUICK, Links, certificate, fetch
from tests.faults.proxy import ConnectProxy
from tests.faults.script import Step, redirect
from tests.faults.server import FaultServer

pytestmark = pytest.mark.anyio

SECURE = "https://127.0.0.1:9"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def secure(data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """A host with TLS that is trusted."""
    context, authority = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with FaultServer([data], tls=context) as server:
        yield server


def assert_no_workers() -> None:
    """The threads of downloads have nothing left to do but end."""
    for thread in threading.enumerate():
        if thread.name == "snaptui-download":
            thread.join(0.5)
            assert not thread.is_alive()


async def test_over_tls(secure: FaultServer, data: bytes, target: Path) -> None:
    secure.script = [Step(ends_at=100_000), Step(ends_at=50_000, ending="close")]
    await fetch(Links(secure, size=len(data)), target, origin=SECURE)
    assert target.read_bytes() == data
    assert [seen.status for seen in secure.seen] == [200, 206, 206]


@pytest.mark.parametrize("why", ["authority", "name", "setting"])
async def test_a_certificate_that_is_not_trusted_ends_it_at_once(
    secure: FaultServer, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    links = Links(secure)
    if why == "authority":
        monkeypatch.delenv("SSL_CERT_FILE")
    elif why == "name":
        context, authority = certificate(tmp_path, "somebody.example")
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        with FaultServer([b""], tls=context) as stranger:
            with pytest.raises(NetworkFailed):
                await fetch(Links(stranger), target, origin=SECURE)
            assert stranger.seen == []
        return
    else:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nowhere.pem"))
    with pytest.raises(NetworkFailed) as caught:
        await fetch(links, target, origin=SECURE)
    assert caught.value.kind == ("setup" if why == "setting" else "tls")
    assert len(links.made) == 1
    assert secure.seen == []


async def test_certificates_of_a_folder(
    data: bytes, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if (openssl := shutil.which("openssl")) is None:
        pytest.skip("openssl is needed to name the file as it wants it")
    context, authority = certificate(tmp_path)
    folder = tmp_path / "authorities"
    folder.mkdir()
    argv = [openssl, "x509", "-noout", "-subject_hash", "-in", str(authority)]
    name = subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()
    authority.rename(folder / f"{name}.0")
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))
    with FaultServer([data], tls=context) as server:
        await fetch(Links(server), target, origin=SECURE)
    assert target.read_bytes() == data


async def test_redirects_on_the_same_and_another_host(server: FaultServer, data: bytes, target: Path) -> None:
    server.script = [
        redirect("/elsewhere?signature=1", 307),
        redirect(f"http://localhost:{server.port}/there", 301),
        redirect("{origin}/back", 303),
    ]
    await fetch(Links(server), target)
    assert target.read_bytes() == data
    assert [seen.path for seen in server.seen][1:] == ["/elsewhere?signature=1", "/there", "/back"]
    assert server.seen[2].headers["host"] == f"localhost:{server.port}"


async def test_redirects_keep_the_range(server: FaultServer, data: bytes, target: Path) -> None:
    server.script = [Step(ends_at=100_000), redirect("{origin}/elsewhere")]
    await fetch(Links(server, size=len(data)), target)
    assert target.read_bytes() == data
    assert server.seen[-1].status == 206


@pytest.mark.parametrize(
    "to",
    [
        "http://10.0.0.1/a.zip",
        "https://192.168.0.1/a.zip",
        "http://169.254.169.254/latest",
        "https://[fe80::1]/a.zip",
        "http://93.184.215.14/a.zip",
        "ftp://127.0.0.1/a.zip",
        "{origin}/again",
    ],
)
async def test_redirects_that_are_not_followed(server: FaultServer, target: Path, to: str) -> None:
    server.script = [redirect(to)] * 10
    with pytest.raises(UnsafeAddress):
        await fetch(Links(server), target)
    assert len(server.seen) <= 6


async def test_https_is_never_left_for_http(secure: FaultServer, server: FaultServer, target: Path) -> None:
    secure.script = [redirect(f"{server.origin}/a.zip")]
    with pytest.raises(UnsafeAddress, match="encryption"):
        await fetch(Links(secure), target, origin=SECURE)
    assert server.seen == []


async def test_loopback_is_closed_to_links_of_a_public_api(server: FaultServer, target: Path) -> None:
    with pytest.raises(UnsafeAddress):
        await fetch(Links(server), target, origin="https://93.184.215.14:443")
    assert server.seen == []


async def test_an_https_proxy_is_used_and_the_host_still_checked(
    data: bytes, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, authority = certificate(tmp_path, "archives.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with FaultServer([data], tls=context) as server, ConnectProxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        links = Links(server)
        links.url = lambda _n: f"https://archives.example:{server.port}/a.zip?signature=s"
        await fetch(links, target, origin="https://93.184.215.14:443")
        assert target.read_bytes() == data
        (head,) = proxy.asked
        assert head.startswith(f"CONNECT archives.example:{server.port} ")
        assert base64.b64encode(b"ana:pass word").decode() in head
        assert "signature" not in head
        assert "proxy-authorization" not in server.seen[0].headers
        links.url = lambda _n: f"https://other.example:{server.port}/a.zip"
        with pytest.raises(NetworkFailed):
            await fetch(links, target.with_name("other.zip"), origin="https://93.184.215.14:443")


async def test_no_proxy_is_heard_and_this_machine_never_proxied(
    secure: FaultServer, server: FaultServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ConnectProxy() as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        await fetch(Links(server), target)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        await fetch(Links(secure), target.with_name("b.zip"), origin=SECURE)
        assert proxy.asked == []


async def test_a_proxy_of_another_kind_is_said(
    secure: FaultServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1080")
    with pytest.raises(NetworkFailed) as caught:
        await fetch(Links(secure), target, origin=SECURE)
    assert caught.value.kind == "setup"


async def test_a_host_that_is_not_there(target: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with FaultServer([b""]) as server:
        links = Links(server)
        links.url = lambda _n: f"http://127.0.0.1:{port}/a.zip"
        with pytest.raises(TransferBroken, match="refused"):
            await fetch(links, target)


async def _stopped_within(links: Links, target: Path, until: threading.Event) -> float:
    """Cancel a download once ``until`` is set; return the seconds that took."""
    patient = replace(QUICK, stall_seconds=60, head_seconds=60, first_pause=60, longest_pause=60)

    async def run() -> None:
        source = download(DownloadRequest(KEY, target), links, api_origin=ORIGIN, patience=patient)
        async for _event in source:
            pass

    task = asyncio.create_task(run())
    assert await asyncio.to_thread(until.wait, 30)
    began = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return time.monotonic() - began


@pytest.mark.parametrize("tls", [True, False])
@pytest.mark.parametrize("where", ["body", "head", "handshake"])
async def test_cancelling_ends_the_thread_at_once_wherever_it_waits(
    data: bytes, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: bool, where: str
) -> None:
    context, authority = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    reached = threading.Event()
    if where == "handshake":
        if not tls:
            pytest.skip("no handshake without TLS")
        with socket.create_server(("127.0.0.1", 0)) as listener, FaultServer([data]) as server:
            links = Links(server)
            links.url = lambda _n: f"https://127.0.0.1:{listener.getsockname()[1]}/a.zip"
            accepted: list[socket.socket] = []

            def accept() -> None:
                accepted.append(listener.accept()[0])
                reached.set()

            thread = threading.Thread(target=accept)
            thread.start()
            assert await _stopped_within(links, target, reached) < 2
            thread.join()
            accepted[0].close()
            return
    with FaultServer([data], tls=context if tls else None) as server:
        server.mark, server.gate, server.reached = 0 if where == "head" else 200_000, threading.Event(), reached
        server.usual = Step(burst=50_000)
        assert await _stopped_within(Links(server, size=len(data)), target, reached) < 2
        server.gate.set()
    assert_no_workers()
    if where == "body":
        assert part_path(target).stat().st_size > 0, "what came is kept"


async def test_cancelling_ends_a_pause(server: FaultServer, target: Path) -> None:
    server.usual = Step(status=503)
    reached = threading.Event()
    links = Links(server)
    made = links.url

    def note(n: int) -> str:
        reached.set()
        return made(n)

    links.url = note
    assert await _stopped_within(links, target, reached) < 2


async def test_cancelling_ends_the_wait_for_a_link(target: Path) -> None:
    reached = threading.Event()

    class Never:
        async def download_link(self, app_id: str, version: str) -> object:
            reached.set()
            return await asyncio.Event().wait()

    assert await _stopped_within(Never(), target, reached) < 2  # type: ignore[arg-type]


async def test_cancelling_does_not_wait_for_the_resolver(
    server: FaultServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, let_go = threading.Event(), threading.Event()

    def slow(_host: str, _port: int) -> tuple[str, ...]:
        reached.set()
        let_go.wait(30)
        return ("127.0.0.1",)

    # The system's resolver can't be made to hang over a socket.
    monkeypatch.setattr(dialling, "resolve", slow)
    links = Links(server)
    links.url = lambda _n: "https://slow.example/a.zip"
    assert await _stopped_within(links, target, reached) < 2
    let_go.set()


async def test_a_consumer_that_goes_away_stops_the_work(server: FaultServer, data: bytes, target: Path) -> None:
    server.mark, server.gate = 100_000, threading.Event()
    server.usual = Step(burst=50_000)
    source = download(DownloadRequest(KEY, target), Links(server, size=len(data)), api_origin=ORIGIN, patience=QUICK)
    async for event in source:
        if isinstance(event, Started):
            break
    await source.aclose()  # type: ignore[attr-defined]
    server.gate.set()
    assert_no_workers()
    assert not target.exists()
