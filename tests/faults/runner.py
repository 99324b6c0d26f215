"""One download in a process of its own, to be killed, limited and set against another: prints its events as JSON.

``python -m tests.faults.runner URL SIZE TARGET [--wait] [--file-limit BYTES]``; the link never ends. Exits as the
headless command does: 0, or the error's code.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
from contextlib import aclosing
from dataclasses import asdict, replace
from pathlib import Path

from snaptui.errors import SnaptuiError
from snaptui.models import DownloadLink
from snaptui.transfers.download import DownloadRequest, download
from tests.faults.doing import KEY, ORIGIN, QUICK


class _Fixed:
    def __init__(self, url: str, size: int) -> None:
        self._url, self._size = url, size

    async def download_link(self, app_id: str, version: str) -> DownloadLink:
        """Return the one link there is."""
        return DownloadLink(app_id, version, self._url, None, self._size)


def say(name: str, **fields: object) -> None:
    """Print one line at once."""
    print(json.dumps({"event": name, **fields}, default=str), flush=True)  # noqa: T201


async def run(url: str, size: int, target: Path, *, wait: bool) -> int:
    """Download; return the exit code."""
    request = DownloadRequest(KEY, target)
    patience = replace(QUICK, stall_seconds=20.0, head_seconds=20.0)
    source = download(request, _Fixed(url, size), api_origin=ORIGIN, patience=patience, wait_for_other=wait)
    try:
        async with aclosing(source) as events:  # type: ignore[type-var]
            async for event in events:
                say(type(event).__name__, **asdict(event))
    except SnaptuiError as error:
        say(type(error).__name__, sentence=error.sentence, missing_bytes=getattr(error, "missing_bytes", None))
        return error.exit_code
    return 0


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("size", type=int)
    parser.add_argument("target", type=Path)
    parser.add_argument("--wait", action="store_true")
    parser.add_argument("--file-limit", type=int)
    given = parser.parse_args()
    if given.file_limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (given.file_limit, given.file_limit))
    return asyncio.run(run(given.url, given.size, given.target, wait=given.wait))


if __name__ == "__main__":
    sys.exit(main())
