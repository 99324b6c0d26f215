"""What sending an archive back tells while it runs, and how large one may be; loads no HTTP library."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_UPLOAD_BYTES = 100 * 1024 * 1024
"""The largest archive that the official clients send this way."""


@dataclass(frozen=True, slots=True)
class Uploading:
    """So many bytes of the archive are on their way."""

    sent_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Sent:
    """Everything was sent; the API is working and has not answered yet."""

    total_bytes: int


@dataclass(frozen=True, slots=True)
class Committed:
    """The API's answer: its message and its logs, both safe to show."""

    message: str
    logs: tuple[str, ...]


UploadEvent = Uploading | Sent | Committed
