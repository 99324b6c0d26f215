"""The work of one download, top to bottom, on its own thread: what ``download`` tells about.

Blocking on purpose: a plain loop over a socket is the fastest and the easiest to stop. Links come from the event
loop; a cancelled job wakes the thread from whatever it waits for.
"""

from __future__ import annotations

import asyncio
import http.client
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path

from snaptui.archives.verify import Verified, check_archive
from snaptui.archives.work import Cancelled, Job
from snaptui.errors import (
    ArchiveDamaged,
    ArchiveRefused,
    HeldElsewhere,
    NetworkFailed,
    RateLimited,
    ServerFailed,
    SnaptuiError,
    TransferBroken,
    UnreadableAnswer,
)
from snaptui.formatting import exact_bytes
from snaptui.i18n import _
from snaptui.models import DownloadLink
from snaptui.transfers.address import api_zone, resolve
from snaptui.transfers.connection import Reply
from snaptui.transfers.connection import request as send
from snaptui.transfers.events import Checking, Event, Finished, StartedOver, Waiting
from snaptui.transfers.fetching import LinkExpired, Unusable, ask
from snaptui.transfers.part import Part, exists
from snaptui.transfers.patience import Passing, Patience, Tries
from snaptui.transfers.presence import ask_tail, directory_start, is_same, look_at
from snaptui.transfers.receiving import Receiver
from snaptui.transfers.request import DownloadRequest, LinkSource
