"""One demo for the whole folder, its levers put back before every test."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import httpx
import pytest

from snaptui.demo.controls import Controls
from snaptui.demo.run import DemoServer
from snaptui.demo.world import DEMO_NOW

_PLENTY = 100_000


def put_back(controls: Controls) -> None:
    """Give every public lever the value it has when nobody has touched it, and a budget that no test uses up."""
    controls.release()
    fresh = Controls(create_seconds=0.0, restart_seconds=0.0, requests_per_minute=_PLENTY)
    for lever in dataclasses.fields(Controls):
        if not lever.name.startswith("_"):
            setattr(controls, lever.name, getattr(fresh, lever.name))
    controls.leave(_PLENTY, seconds=60.0)


@pytest.fixture(scope="session")
def running() -> Iterator[DemoServer]:
    with DemoServer(DEMO_NOW, create_seconds=0.0) as demo:
        yield demo


@pytest.fixture
def demo(running: DemoServer) -> Iterator[DemoServer]:
    put_back(running.controls)
    yield running
    assert running.controls.crashes == []
    running.controls.release()


@pytest.fixture
def api(demo: DemoServer) -> Iterator[httpx.Client]:
    """A client of the API, with the token."""
    with httpx.Client(base_url=demo.api_url, headers={"api-token": demo.token}, trust_env=False) as client:
        yield client


@pytest.fixture
def archives() -> Iterator[httpx.Client]:
    """A client of the archives' origin: no token."""
    with httpx.Client(trust_env=False) as client:
        yield client
