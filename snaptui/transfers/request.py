"""What is asked of a download, and whoever makes its links."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from snaptui.models import DownloadLink, SnapshotKey


class LinkSource(Protocol):
    """Whoever makes download links; ``DiscloudApi`` does."""

    async def download_link(self, app_id: str, version: str) -> DownloadLink:
        """Return a new link."""
        ...


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """What to fetch and where to put it. ``overwrite`` replaces whatever file has the final name.

    ``expected_size`` is the listing's figure, which may be rounded: it only helps to see early that the disk is too
    small. ``known_sha256`` is the record's, and spares a comparison with the host where the file is there already.
    """

    key: SnapshotKey
    target: Path
    overwrite: bool = False
    expected_size: int | None = None
    known_sha256: str | None = None
