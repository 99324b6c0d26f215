"""One archive brought down whole: resumed, its link renewed, retried while that can help, checked, named last.

``download`` is the whole interface. The work is done by one daemon thread (``fetch``); events come out as an async
iterator. At the final name there is nothing, or the whole archive.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

from snaptui.archives.work import events
from snaptui.transfers.events import Event
from snaptui.transfers.fetch import Fetch
from snaptui.transfers.patience import Patience
from snaptui.transfers.request import DownloadRequest, LinkSource

__all__ = ["DownloadRequest", "LinkSource", "Patience", "download"]


async def download(
    request: DownloadRequest,
    links: LinkSource,
    *,
    api_origin: str,
    wait_for_other: bool = False,
    patience: Patience | None = None,
) -> AsyncIterator[Event]:
    """Fetch one archive; the last event is ``Finished``.

    Closing the iterator stops the work and keeps the part for the next try. ``wait_for_other`` waits while another
    process fetches the same file, instead of raising HeldElsewhere. Raises any TransferError, NotFound, and what
    asking for a link raises.
    """
    work = Fetch(
        request,
        links,
        asyncio.get_running_loop(),
        api_origin=api_origin,
        patience=patience or Patience(),
        wait_for_other=wait_for_other,
    )
    async with aclosing(events(work.run, name="download")) as told:
        async for event in told:
            yield event
