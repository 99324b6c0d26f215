"""Random fault scripts: at the final name there is nothing or the exact bytes, and every run ends.

``pytest tests/faults -s`` prints how many scripts ran and how they ended; ``--slow`` runs thousands.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from snaptui.errors import NetworkFailed, ServerFailed, SnaptuiError
from snaptui.transfers.download import DownloadRequest, download
from snaptui.transfers.events import Finished
from snaptui.transfers.state import part_path, state_path
from tests.faults.doing import KEY, ORIGIN, QUICK, Links, fetch, make_zip
from tests.faults.script import Step, html, redirect
from tests.faults.server import FaultServer

SIZES = (2_000, 60_000, 400_000)
CONTENTS = {size: (make_zip(size), make_zip(size, 1), make_zip(size // 2, 2)) for size in SIZES}
PATIENCE = replace(QUICK, stall_seconds=0.05, head_seconds=0.2, tries=4, longest_pause=0.002)
LONGEST_RUN = 30.0

fractions = st.floats(0, 1)
_serving = st.builds(
    lambda at, **kinds: (at, Step(**kinds)),
    st.none() | fractions,
    ending=st.sampled_from(["reset", "close", "reset", "close", "stall"]),
    length=st.sampled_from(["right", "right", "right", "none", "chunked", "short", "long"]),
    tag=st.sampled_from(["strong", "strong", "strong", "weak", "none", "broken"]),
    ranges=st.sampled_from([True, True, True, False]),
    content=st.sampled_from([0, 0, 0, 0, 1, 2]),
    lie=st.sampled_from(
        ["", "", "", "", "offset", "total", "etag", "no-etag", "unasked", "no-content-range", "multipart"]
    ),
    burst=st.sampled_from([0, 0, 0, 20_000]),
    head=st.sampled_from([True] * 9 + [False]),
    packed=st.sampled_from([False] * 9 + [True]),
)
_answering = st.sampled_from(
    [
        html(),
        *(Step(status=status) for status in (401, 403, 404, 410, 412, 416, 418, 500, 501, 503, 204, 206)),
        Step(status=429, headers=(("Retry-After", "0"),)),
        Step(status=429),
        Step(status=429, headers=(("Retry-After", "soon"),)),
        Step(status=503, headers=(("Retry-After", "99999999"),)),
        redirect("{origin}/elsewhere"),
        redirect("http://localhost:{port}/elsewhere"),
        redirect("http://10.0.0.1/"),
        redirect("http://169.254.169.254/latest"),
        redirect("https://[::1"),
        Step(status=302),
    ]
)
_steps = st.lists(st.one_of(_serving, _serving, _serving, _answering.map(lambda step: (None, step))), max_size=7)
_scripts = st.fixed_dictionaries(
    {
        "size": st.sampled_from(SIZES),
        "steps": _steps,
        "single_use": st.booleans(),
        "lives": st.sampled_from([None, None, 60.0, -1.0]),
        "announces": st.sampled_from(["right", "right", "nothing", "wrong"]),
        "api_failures": st.integers(0, 2),
        "stops_after": st.none() | st.integers(1, 8),
        "overwrite": st.booleans(),
        "there": st.sampled_from(["nothing", "nothing", "nothing", "the same", "another", "notes"]),
        "rubbish": st.sampled_from(["", "", "part", "state", "both"]),
        "seed": st.integers(0, 10_000),
    }
)


class Campaign:
    """Runs scripts and counts how they end."""

    def __init__(self) -> None:
        self.ends: Counter[str] = Counter()
        self.requests = 0

    def run(self, drawn: dict[str, object]) -> None:
        """One script: a run that fails as it says, then one against an honest host that must succeed."""
        script = SimpleNamespace(**drawn)
        contents = CONTENTS[script.size]
        with tempfile.TemporaryDirectory() as name, FaultServer(contents) as server:
            target = Path(name) / "archive.zip"
            before = self._furnish(script, target, contents)
            for at, step in script.steps:
                shown = tuple((header, text.replace("{port}", str(server.port))) for header, text in step.headers)
                length = len(contents[step.content])
                server.script.append(replace(step, headers=shown, ends_at=None if at is None else int(at * length)))
            server.single_use = script.single_use
            end = asyncio.run(asyncio.wait_for(self._first(script, server, target), LONGEST_RUN))
            self.ends[end] += 1
            found = target.read_bytes() if target.exists() else b""
            assert found in (before, *contents), "something else has the final name"
            if before and not script.overwrite:
                assert found == before, "a file was replaced that nobody said to replace"
            assert end != "Finished" or found in contents
            server.script, server.single_use = [], False
            server.refused.clear()
            asyncio.run(asyncio.wait_for(self._second(server, target), LONGEST_RUN))
            # A part that was complete already is named as it is: what the host had then, checked.
            assert target.read_bytes() in contents
            assert [path.name for path in Path(name).iterdir()] == [target.name]
            self.requests += len(server.seen)

    def _furnish(self, script: SimpleNamespace, target: Path, contents: tuple[bytes, ...]) -> bytes:
        """Put what the script finds there; return the bytes at the final name."""
        rng = random.Random(script.seed)
        if script.rubbish in ("part", "both"):
            part_path(target).write_bytes(rng.randbytes(rng.randrange(script.size)))
        if script.rubbish in ("state", "both"):
            state_path(target).write_bytes(rng.choice([b"", b"{}", b"[1]", b'{"app_id": 3}', rng.randbytes(40)]))
        before = {"nothing": b"", "the same": contents[0], "another": contents[1], "notes": b"notes"}[script.there]
        if before:
            target.write_bytes(before)
        return before

    async def _first(self, script: SimpleNamespace, server: FaultServer, target: Path) -> str:
        sizes = {"right": len(server.contents[0]), "nothing": None, "wrong": len(server.contents[0]) + 1}
        links = Links(server, size=sizes[script.announces], lives=script.lives)
        failures: list[Exception] = [NetworkFailed("It broke.", "broken"), ServerFailed("It failed.")]
        links.failures = failures[: script.api_failures]
        request = DownloadRequest(KEY, target, script.overwrite)
        told = 0
        source = download(request, links, api_origin=ORIGIN, patience=PATIENCE)
        try:
            async with aclosing(source) as events:  # type: ignore[type-var]
                async for event in events:
                    told += 1
                    if isinstance(event, Finished):
                        return "Finished"
                    if told == script.stops_after:
                        return "stopped"
        except SnaptuiError as error:
            return type(error).__name__
        raise AssertionError("it ended without Finished and without an error")

    async def _second(self, server: FaultServer, target: Path) -> None:
        await fetch(Links(server, size=len(server.contents[0])), target, overwrite=True, patience=QUICK)


@pytest.fixture(scope="module")
def campaign() -> Iterator[Campaign]:
    """Counts for the whole module, printed at its end."""
    counting = Campaign()
    yield counting
    ends = ", ".join(f"{count} {end}" for end, count in counting.ends.most_common())
    print(f"\n{counting.ends.total()} fault scripts, {counting.requests} requests: {ends}")  # noqa: T201


_quietly = settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)


@pytest.mark.timeout(600)
@settings(_quietly, max_examples=500)
@given(drawn=_scripts)
def test_nothing_or_the_exact_bytes(campaign: Campaign, drawn: dict[str, object]) -> None:
    campaign.run(drawn)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(_quietly, max_examples=4_000)
@given(drawn=_scripts)
def test_nothing_or_the_exact_bytes_in_thousands_of_scripts(campaign: Campaign, drawn: dict[str, object]) -> None:
    campaign.run(drawn)
