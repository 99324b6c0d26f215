"""Downloads in a process of their own, measured from inside: ``python -m tests.benchmarks.one_download``.

Prints one JSON document: seconds until every byte was written, seconds until it was checked and named, memory above
idle, and how late the event loop was meanwhile and in an idle second before.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import time
from contextlib import aclosing
from pathlib import Path

from snaptui.models import DownloadLink, SnapshotKey
from snaptui.transfers.download import DownloadRequest, download
from snaptui.transfers.events import Checking, Finished

_TICK = 0.005
_IDLE_SECONDS = 1.0


class _Fixed:
    def __init__(self, url: str, size: int) -> None:
        self._url, self._size = url, size

    async def download_link(self, app_id: str, version: str) -> DownloadLink:
        """Return the one link there is."""
        return DownloadLink(app_id, version, self._url, None, self._size)


def _memory(which: str) -> int:
    """Bytes of memory: ``VmRSS``, held now, or ``VmHWM``, the most so far."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(which))


async def _fetch(links: _Fixed, target: Path, took: dict[str, float]) -> None:
    began = time.perf_counter()
    request = DownloadRequest(SnapshotKey("bench", "20261122-030000"), target)
    async with aclosing(download(request, links, api_origin="https://127.0.0.1:1")) as events:  # type: ignore[type-var]
        async for event in events:
            if isinstance(event, Checking) and "received" not in took:
                took["received"] = time.perf_counter() - began
            elif isinstance(event, Finished):
                took["finished"] = time.perf_counter() - began


async def _tick(lags: list[float]) -> None:
    while True:
        due = time.perf_counter() + _TICK
        await asyncio.sleep(_TICK)
        lags.append(time.perf_counter() - due)


async def _run(url: str, size: int, targets: list[Path]) -> dict[str, object]:
    await asyncio.sleep(0.2)
    idle = _memory("VmRSS")
    before: list[float] = []
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_tick(before), _IDLE_SECONDS)
    before.sort()
    lags: list[float] = []
    took: list[dict[str, float]] = [{} for _target in targets]
    ticker = asyncio.create_task(_tick(lags))
    links = _Fixed(url, size)
    await asyncio.gather(*(_fetch(links, target, each) for target, each in zip(targets, took, strict=True)))
    ticker.cancel()
    lags.sort()
    return {
        "received": max(each["received"] for each in took),
        "finished": max(each["finished"] for each in took),
        "memory": _memory("VmHWM") - idle,
        "idle95": before[int(len(before) * 0.95)],
        "idle99": before[int(len(before) * 0.99)],
        "lag95": lags[int(len(lags) * 0.95)],
        "lag99": lags[int(len(lags) * 0.99)],
        "ticks": len(lags),
    }


def main() -> None:
    """Read the arguments, download, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("size", type=int)
    parser.add_argument("targets", type=Path, nargs="+")
    given = parser.parse_args()
    print(json.dumps(asyncio.run(_run(given.url, given.size, given.targets))))  # noqa: T201


if __name__ == "__main__":
    main()
