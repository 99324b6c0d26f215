"""The API under test, with a token made for the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from snaptui.api import DiscloudApi
from tests.api.clocks import Clock


class RunToken:
    """A stand-in with the one method the API uses, so that these tests need no token sources."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def secret(request: pytest.FixtureRequest) -> str:
    """A word that occurs nowhere by chance."""
    return f"word-{abs(hash(request.node.name)):x}-for-this-run"


@pytest.fixture
def make_api(clock: Clock, secret: str) -> Callable[..., DiscloudApi]:
    """Make an API whose waits take no time and are kept in ``clock.slept``."""

    def make(url: str, **options: Any) -> DiscloudApi:
        options = {"clock": clock, "sleep": clock.sleep, "now": clock.now, "jitter": lambda: 1.0} | options
        return DiscloudApi(url, RunToken(secret), **options)  # type: ignore[arg-type]

    return make
