"""What the tests of transfers share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.doing import make_zip
from tests.faults.server import FaultServer

SIZE = 300_000


@pytest.fixture(scope="session")
def data() -> bytes:
    """A sound archive."""
    return make_zip(SIZE)


@pytest.fixture(scope="session")
def other(data: bytes) -> bytes:
    """Another sound archive of the same size."""
    found = make_zip(SIZE, 1)
    assert len(found) == len(data)
    assert found != data
    return found


@pytest.fixture
def server(data: bytes, other: bytes) -> Iterator[FaultServer]:
    """An archive host that has ``data``, and ``other`` as content 1."""
    with FaultServer([data, other]) as running:
        yield running


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the archive goes, in a folder of its own."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "loja-bot-20261122-030000.zip"
