"""The demo as a server: it starts at once, ends at once, leaves nothing open, and serves as a command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from snaptui.demo.run import DemoServer, describe
from snaptui.demo.world import DEMO_NOW

ACERVO = "1732400000006"


def test_it_starts_and_ends_at_once() -> None:
    before = threading.active_count()
    began = time.perf_counter()
    with DemoServer(DEMO_NOW) as demo:
        started = time.perf_counter() - began
        assert httpx.get(f"{demo.api_url}/user", headers={"api-token": demo.token}).status_code == 200
        began = time.perf_counter()
    assert started < 1.0  # 0.01 s on an idle machine
    assert time.perf_counter() - began < 1.0
    assert threading.active_count() == before


def test_it_ends_while_a_body_an_answer_and_an_idle_connection_are_open() -> None:
    demo = DemoServer(DEMO_NOW).start()
    port = int(httpx.URL(demo.api_url).port or 0)
    with (
        httpx.Client(headers={"api-token": demo.token}) as client,
        socket.create_connection(("127.0.0.1", port)) as idle,
    ):
        version = demo.world.apps[ACERVO].versions[-1].version
        url = client.get(f"{demo.api_url}/snapshot/{ACERVO}/versions/{version}").json()["download"]["url"]
        held = demo.controls.hold_archives(after=100_000)
        with httpx.stream("GET", url) as answer:
            pieces = answer.iter_raw()
            next(pieces)
            held.until_reached()
            demo.stop()
            with pytest.raises(httpx.TransportError):
                list(pieces)
        assert idle.recv(1) == b""
        demo.stop()
        with pytest.raises(httpx.ConnectError):
            client.get(f"{demo.api_url}/user")


def test_a_client_that_goes_away_is_no_crash() -> None:
    with DemoServer(DEMO_NOW, create_seconds=0.0) as demo, httpx.Client(headers={"api-token": demo.token}) as client:
        version = demo.world.apps[ACERVO].versions[-1].version
        for _ in range(3):
            url = client.get(f"{demo.api_url}/snapshot/{ACERVO}/versions/{version}").json()["download"]["url"]
            with httpx.stream("GET", url) as answer:
                next(answer.iter_raw())
        held = demo.controls.hold("/user")
        with pytest.raises(httpx.ReadTimeout):
            client.get(f"{demo.api_url}/user", timeout=0.05)
        held.set()
        assert client.get(f"{demo.api_url}/user").status_code == 200
        assert demo.controls.crashes == []


def test_two_demos_do_not_meet() -> None:
    with DemoServer(DEMO_NOW) as one, DemoServer(DEMO_NOW) as two:
        assert len({one.api_url, two.api_url, one.archive_origin, two.archive_origin}) == 4
        one.controls.revoke_token()
        assert httpx.get(f"{one.api_url}/user", headers={"api-token": one.token}).status_code == 401
        assert httpx.get(f"{two.api_url}/user", headers={"api-token": two.token}).status_code == 200


def test_a_taken_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        DemoServer(DEMO_NOW, port=taken.getsockname()[1]).start()


def test_the_command_serves_until_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "snaptui", "demo-server", "--requests-per-minute", "7"]
    environment = dict(os.environ) | {"TMPDIR": str(tmp_path), "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        first, url, token = (process.stdout.readline().strip() for _ in range(3))
        url, token = url.removeprefix("export SNAPTUI_API_URL="), token.removeprefix("export DISCLOUD_TOKEN=")
        assert url in first
        answer = httpx.get(f"{url}/user", headers={"api-token": token})
        assert (answer.status_code, answer.headers["ratelimit-limit"]) == (200, "7")
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=20)
    assert "Traceback" not in err
    assert process.returncode in (0, 130)
    assert list(tmp_path.iterdir()) == []


def test_the_words_to_paste() -> None:
    with DemoServer(DEMO_NOW) as demo:
        _sentence, url, token = describe(demo).splitlines()
        assert (url, token) == (f"export SNAPTUI_API_URL={demo.api_url}", "export DISCLOUD_TOKEN=demo")
