"""The demo and the program for the tests of the screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the demo needs its extra")

from snaptui.demo.run import DemoServer
from snaptui.demo.world import DEMO_NOW
from snaptui.tui.app import SnaptuiApp
from tests.tui.driving import program

Make = Callable[..., SnaptuiApp]


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    """The demo at its fixed moment, quick to create."""
    with DemoServer(DEMO_NOW, requests_per_minute=600, create_seconds=0.05) as server:
        yield server
        server.controls.release()


@pytest.fixture
def make(demo: DemoServer, tmp_path: Path) -> Make:
    """Makes the program on the demo; called twice it is the next run of the same person."""

    def made(**options: Any) -> SnaptuiApp:
        return program(demo, tmp_path, **options)

    return made
