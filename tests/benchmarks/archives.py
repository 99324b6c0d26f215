"""Archives in figures: ``python -m tests.benchmarks.archives`` prints them beside their budgets.

Pairs run in turn (A B A B …) on the same disk, which is synced before each; a ratio is the median of the pairs'
ratios. The references are ``curl`` with ``unzip -l``, and ``unzip -q``, which syncs nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from snaptui.archives.archive import Archive, compare_archives, open_file, open_remote
from snaptui.archives.restore_events import Restored
from snaptui.archives.staging import Sync
from snaptui.models import DownloadLink, SnapshotKey

MEMBERS = 5_000
MANY_MEMBERS = 100_000
KEY = SnapshotKey("1732400000001", "20261122-030000")
Figure = tuple[str, float, str, float | None]


class FileHost:
    """Serves one file with Range over loopback, by sendfile; counts requests and links."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.requests = self.links = self.sent = 0
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                host.requests += 1
                size = host.path.stat().st_size
                match = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
                first, last = 0, size - 1
                if match:
                    first = int(match[1]) if match[1] else max(0, size - int(match[2]))
                    last = min(int(match[2]), last) if match[1] and match[2] else last
                self.send_response(206 if match else 200)
                if match:
                    self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
                self.send_header("ETag", '"one"')
                self.send_header("Content-Length", str(last + 1 - first))
                self.end_headers()
                self.wfile.flush()
                with host.path.open("rb") as file:
                    while first <= last:
                        count = os.sendfile(self.connection.fileno(), file.fileno(), first, last + 1 - first)
                        first += count
                        host.sent += count

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    async def download_link(self, app_id: str, version: str) -> DownloadLink:
        """A link to the file."""
        self.links += 1
        return DownloadLink(app_id, version, f"{self.url}/a.zip", None, self.path.stat().st_size)

    def __enter__(self) -> FileHost:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def make_large(path: Path, *, seed: int = 1) -> None:
    """500 MB in 5,000 members that do not compress."""
    chance = random.Random(seed)
    block = chance.randbytes(200_000)
    with zipfile.ZipFile(path, "w") as made:
        for number in range(MEMBERS):
            at = chance.randrange(100_000)
            name = f"app/node_modules/package-{number % 250}/lib/file-{number}.bin"
            made.writestr(name, block[at : at + 100_000])


def make_tree(path: Path) -> None:
    """5,000 texts, 54 MB unpacked, in 500 folders: what an app with its dependencies looks like."""
    chance = random.Random(2)
    words = [chance.randbytes(4).hex() for _ in range(3000)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(MEMBERS):
            count = int(chance.expovariate(1 / 1200)) + 10
            name = f"node_modules/package-{number % 250}/lib/file-{number}.js"
            made.writestr(name, " ".join(chance.choice(words) for _ in range(count)))


def make_many(path: Path) -> None:
    """100,000 empty members in 2,100 folders."""
    with zipfile.ZipFile(path, "w") as made:
        for number in range(MANY_MEMBERS):
            made.writestr(f"src/folder-{number % 300}/sub-{number % 7}/file-{number}.txt", b"")


def paired(ours: Callable[[], float], reference: Callable[[], float], runs: int) -> tuple[float, float, float]:
    """Median seconds of each and the median ratio, over ``runs`` pairs after one warm-up."""
    ours()
    reference()
    pairs = [(ours(), reference()) for _ in range(runs)]
    ratio = statistics.median(a / b for a, b in pairs)
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), ratio


@contextmanager
def fresh(folder: Path) -> Iterator[Path]:
    """A folder that is not there yet, on a disk at rest; removed afterwards."""
    target = folder / "out"
    os.sync()
    yield target
    shutil.rmtree(target)


def listing(folder: Path, runs: int) -> Iterator[Figure]:
    """Listing a remote archive against downloading it and ``unzip -l``."""
    path = folder / "large.zip"
    make_large(path)
    with FileHost(path) as host:

        async def ours() -> tuple[float, Archive]:
            started = time.perf_counter()
            archive = await open_remote(KEY, host, api_origin=host.url)
            return time.perf_counter() - started, archive

        def reference() -> float:
            copy = folder / "copy.zip"
            os.sync()
            started = time.perf_counter()
            subprocess.run(["curl", "-s", "-o", copy, f"{host.url}/a.zip"], check=True)
            subprocess.run(["unzip", "-l", copy], check=True, stdout=subprocess.DEVNULL)
            seconds = time.perf_counter() - started
            copy.unlink()
            return seconds

        _seconds, archive = asyncio.run(ours())
        assert len(archive.directory.members) == MEMBERS
        size = path.stat().st_size
        yield "bytes to list 500 MB of 5,000 members", 100 * archive.transferred_bytes / size, "%", 0.2
        yield "requests for it", archive.requests, "", 2
        one, other, ratio = paired(lambda: asyncio.run(ours())[0], reference, runs)
        yield "listing it", one * 1e3, "ms", None
        yield "downloading it, unzip -l", other * 1e3, "ms", None
        yield "ratio of the two", ratio, "", 0.1


def restoring(folder: Path, runs: int) -> Iterator[Figure]:
    """Restoring 5,000 members against ``unzip -q``."""
    path = folder / "tree.zip"
    make_tree(path)

    def ours(sync: Sync) -> float:
        with fresh(folder) as target:
            started = time.perf_counter()
            asyncio.run(restore_all(path, target, sync))
            return time.perf_counter() - started

    def reference() -> float:
        with fresh(folder) as target:
            started = time.perf_counter()
            subprocess.run(["unzip", "-q", path, "-d", target], check=True)
            return time.perf_counter() - started

    for sync, budget in ((Sync.ONCE, 1.2), (Sync.EVERY_FILE, 2.0)):
        one, other, ratio = paired(lambda sync=sync: ours(sync), reference, runs)  # type: ignore[misc]
        yield f"restoring 5,000 members, sync {sync}", one * 1e3, "ms", None
        yield "unzip -q", other * 1e3, "ms", None
        yield "ratio of the two", ratio, "", budget


async def restore_all(path: Path, target: Path, sync: Sync) -> None:
    """Open, plan and restore the whole archive."""
    async with await open_file(path) as archive:
        plan = await archive.plan(target)
        last = [event async for event in archive.restore(plan, sync=sync)][-1]
    assert isinstance(last, Restored)
    assert len(last.new) == MEMBERS


def opening(folder: Path, runs: int) -> Iterator[Figure]:
    """Opening the tree of 100,000 members, and how long the event loop had no turn meanwhile."""
    path = folder / "many.zip"
    make_many(path)

    async def once() -> tuple[float, float]:
        lag = 0.0

        async def tick() -> None:
            nonlocal lag
            while True:
                before = time.perf_counter()
                await asyncio.sleep(0.001)
                lag = max(lag, time.perf_counter() - before - 0.001)

        ticking = asyncio.create_task(tick())
        await asyncio.sleep(0)
        started = time.perf_counter()
        async with await open_file(path) as archive:
            tree = await archive.tree()
            assert tree.rows(tree.root)[0].size == 0
            seconds = time.perf_counter() - started
            assert not await archive.refused()
        ticking.cancel()
        return seconds, lag

    found = [asyncio.run(once()) for _ in range(runs)]
    yield "opening the tree of 100,000 members", statistics.median(s for s, _ in found) * 1e3, "ms", 1000
    yield "longest time without a turn of the loop", max(lag for _, lag in found) * 1e3, "ms", 50


def comparing(folder: Path) -> Iterator[Figure]:
    """Comparing two 5,000-member versions where they lie."""
    newer = folder / "newer.zip"
    make_large(newer, seed=3)

    async def once() -> tuple[int, int]:
        with FileHost(folder / "large.zip") as one, FileHost(newer) as other:
            old = await open_remote(KEY, one, api_origin=one.url)
            new = await open_remote(KEY, other, api_origin=other.url)
            comparison = await compare_archives(old, new)
            assert comparison.same < MEMBERS
            return one.requests + one.links + other.requests + other.links, one.sent + other.sent

    requests, sent = asyncio.run(once())
    yield "requests to compare two of 5,000 members", requests, "", 6
    yield "bytes fetched for it", 100 * sent / (2 * newer.stat().st_size), "%", None


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    print(f"{'what':48} {'figure':>10} {'':3} {'budget':>8}")  # noqa: T201
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for figures in (listing(folder, runs), comparing(folder), restoring(folder, runs), opening(folder, runs)):
            for what, figure, unit, budget in figures:
                limit = "" if budget is None else f"{budget:,.1f}"
                print(f"{what:48} {figure:10,.2f} {unit:3} {limit:>8}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
