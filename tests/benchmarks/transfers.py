"""Downloads in figures: ``python -m tests.benchmarks.transfers`` prints them beside their budgets.

``curl -o`` fetches the same file from the same host in turn with snaptui, so each figure is a ratio of one run;
``--size`` is the archive's in MiB, ``--rounds`` how often each is done. Needs curl and twice the size on the disk
(five times for the four at once).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import trustme

from snaptui.archives.verify import check_archive
from tests.archives.zips import Entry, archive

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; ``budget`` is None where there is none."""

    what: str
    value: float
    unit: str
    budget: float | None = None

    @property
    def kept(self) -> bool:
        """Whether it is within its budget."""
        return self.budget is None or self.value <= self.budget


def make_archive(path: Path, size: int) -> None:
    """Write an archive of about ``size`` bytes: 64 MiB members that do not pack, and small ones that do."""
    random = Random(5)
    block = random.randbytes(min(size, 64 * MIB))
    entries = [Entry(f"data/{n}.bin", block, deflated=False) for n in range(max(1, size // len(block)))]
    entries += [Entry(f"src/{n}.py", b"print('hello')\n" * n) for n in range(200)]
    path.write_bytes(archive(entries))


class Host:
    """The archive host's process."""

    def __init__(self, folder: Path, file: Path) -> None:
        authority = trustme.CA()
        self.authority = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.authority)
        certificate = folder / "certificate.pem"
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
        argv = [sys.executable, "-m", "tests.benchmarks.archive_host", str(file), str(certificate)]
        self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._lines = self._process.stdout
        self.url = f"https://127.0.0.1:{self._lines.readline().strip()}/archive.zip?signature=s"
        self.size = file.stat().st_size

    def answer(self) -> tuple[int, int]:
        """Wait for the end of the next answer: its first byte, and how many were sent."""
        first, sent = self._lines.readline().split()
        return int(first), int(sent)

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


@contextlib.contextmanager
def hosted(size: int, folder: Path | None = None) -> Iterator[tuple[Host, Path]]:
    """A host with an archive of ``size`` bytes, and a folder to fetch into, the disk made ready."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        work = Path(name)
        make_archive(work / "served.zip", size)
        # The first large write after a while pays for pages that others left; see to that before measuring.
        shutil.copyfile(work / "served.zip", work / "warm")
        (work / "warm").unlink()
        host = Host(work, work / "served.zip")
        try:
            yield host, work
        finally:
            host.stop()


def curl(host: Host, target: Path) -> float:
    """Seconds that curl takes."""
    began = time.perf_counter()
    subprocess.run(["curl", "-sS", "--cacert", str(host.authority), "-o", str(target), host.url], check=True)
    taken = time.perf_counter() - began
    assert target.stat().st_size == host.size
    target.unlink()
    host.answer()
    return taken


def _argv(host: Host, *targets: Path) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.one_download", host.url, str(host.size), *map(str, targets)]


def _environment(host: Host) -> dict[str, str]:
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment | {"SSL_CERT_FILE": str(host.authority)}


def snaptui(host: Host, *targets: Path) -> dict[str, Any]:
    """What one process measured of itself."""
    output = subprocess.run(_argv(host, *targets), check=True, capture_output=True, text=True, env=_environment(host))
    for target in targets:
        target.unlink()
        host.answer()
    found: dict[str, Any] = json.loads(output.stdout)
    return found


def interrupted(host: Host, target: Path, rng: Random) -> int:
    """Kill a download on the way, finish it; return the bytes that were sent twice."""
    part = target.with_name(target.name + ".part")
    aim = int(host.size * rng.uniform(0.2, 0.8))
    process = subprocess.Popen(_argv(host, target), stdout=subprocess.DEVNULL, env=_environment(host))
    while not part.exists() or part.stat().st_size < aim:
        assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    first = host.answer()
    subprocess.run(_argv(host, target), check=True, stdout=subprocess.DEVNULL, env=_environment(host))
    start, _sent = host.answer()
    target.unlink()
    return first[0] + first[1] - start


def _passes(path: Path) -> tuple[float, float]:
    """Seconds that checking takes, and how often it reads the file."""
    before, began = _read_bytes(), time.perf_counter()
    check_archive(path)
    return time.perf_counter() - began, (_read_bytes() - before) / path.stat().st_size


def _read_bytes() -> int:
    return int(Path("/proc/self/io").read_text().split()[1])


def figures(size: int, rounds: int, folder: Path | None = None) -> Iterator[Figure]:
    """Measure everything; medians of ``rounds``."""
    median = statistics.median
    with hosted(size, folder) as (host, work):
        curl(host, work / "c.zip")
        ours, theirs = [], []
        for _round in range(rounds):
            theirs.append(curl(host, work / "c.zip"))
            ours.append(snaptui(host, work / "s.zip"))
        yield Figure("curl", median(theirs), "s")
        yield Figure("snaptui, until every byte is written", median(o["received"] for o in ours), "s")
        ratio = median(o["received"] / c for o, c in zip(ours, theirs, strict=True))
        yield Figure("the same against curl", ratio, "x", 0.9)
        yield Figure("until synced, checked and named, against curl", median(
            o["finished"] / c for o, c in zip(ours, theirs, strict=True)), "x")  # fmt: skip
        yield Figure("peak memory above idle", median(o["memory"] for o in ours) / MIB, "MiB", 24)
        four = [snaptui(host, *(work / f"{n}.zip" for n in range(4))) for _round in range(rounds)]
        yield Figure("event-loop lag of an idle second before, p95", median(o["idle95"] for o in four) * 1e3, "ms")
        yield Figure("event-loop lag of an idle second before, p99", median(o["idle99"] for o in four) * 1e3, "ms")
        yield Figure("event-loop lag, four at once, p95", median(o["lag95"] for o in four) * 1e3, "ms", 10)
        yield Figure("event-loop lag, four at once, p99", median(o["lag99"] for o in four) * 1e3, "ms", 25)
        yield Figure("memory above idle, four at once", median(o["memory"] for o in four) / MIB, "MiB")
        rng = Random(11)
        again = [interrupted(host, work / "i.zip", rng) for _round in range(rounds)]
        yield Figure("sent again after kill -9, largest", max(again) / MIB, "MiB", 1)
        checks = [_passes(work / "served.zip") for _round in range(rounds)]
        yield Figure("checking: passes over the file", max(passes for _seconds, passes in checks), "", 1.01)
        yield Figure("checking", size / MIB / median(seconds for seconds, _passes in checks), "MiB/s")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the archive")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to put the files")
    given = parser.parse_args()
    print(f"{given.size} MiB, medians of {given.rounds}")  # noqa: T201
    print(f"{'what':48} {'figure':>10} {'':6} {'budget':>8}")  # noqa: T201
    for figure in figures(given.size * MIB, given.rounds, given.folder):
        budget = "" if figure.budget is None else f"{figure.budget:,.2f}"
        mark = "" if figure.kept else "  over budget"
        print(f"{figure.what:48} {figure.value:10,.2f} {figure.unit:6} {budget:>8}{mark}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
