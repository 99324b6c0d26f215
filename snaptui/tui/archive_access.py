"""Archives for the screens: a verified copy on this computer, else read where it lies, else fetched whole.

Fetching goes through the queue of downloads, so it is seen in the transfers, verified, and kept as a local copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App

from snaptui.errors import NotFound, NotSignedIn, WholeArchiveOnly
from snaptui.formatting import size
from snaptui.i18n import _
from snaptui.tui.screens.ask import Answer, AskScreen

if TYPE_CHECKING:
    from snaptui.api import DiscloudApi
    from snaptui.archives.archive import Archive
    from snaptui.catalog import VersionRow
    from snaptui.models import DownloadLink, SnapshotKey
    from snaptui.tui.desk import Desk

# A download of this size is not worth a question.
UNASKED_BYTES = 32 * 1024 * 1024
_LEAST_TAIL = 8 * 1024
_LEAST_FIRST_TAIL = 48 * 1024
_TAIL_SHARE = 200


async def open_archive(app: App[Any], desk: Desk, row: VersionRow) -> Archive | None:
    """Open a version's archive; close it afterwards. Only inside a worker: it may have to ask.

    None where the host sends archives only whole and the person did not want it fetched. Raises ``NotSignedIn``
    (no copy here, and nobody to ask for one), ``ArchiveDamaged``, and whatever the API and the host's answer raise.
    """
    from snaptui.archives.archive import open_snapshot

    session = desk.session
    if session is None:
        raise NotSignedIn(_("Sign in first: press {key}.").format(key=desk.key_of("sign-in")))
    try:
        archive = await open_snapshot(
            row.key,
            session.api,
            session.copies,
            api_origin=session.api.origin,
            first_tail=_first_tail(row.snapshot.size_bytes),
        )
        archive.label = _label(row)
        return archive
    except WholeArchiveOnly as error:
        bytes_to_fetch = error.size_bytes if error.size_bytes is not None else row.snapshot.size_bytes
        if bytes_to_fetch is None or bytes_to_fetch > UNASKED_BYTES:
            body = [_("The archive's host sends it only whole ({size}).").format(size=size(bytes_to_fetch))]
            answers = (Answer("no", "n", _("Leave it")), Answer("yes", "d", _("Download it")))
            if await app.push_screen_wait(AskScreen(_("Download it to look inside?"), body, answers)) != "yes":
                return None
        return await fetch_archive(desk, row)


def _first_tail(archive_bytes: int | None) -> int:
    """How much of an archive's end to ask for first: a small one's directory is hardly ever long."""
    from snaptui.archives.directory import FIRST_TAIL_BYTES

    if archive_bytes is None:
        return FIRST_TAIL_BYTES
    return max(_LEAST_FIRST_TAIL, min(FIRST_TAIL_BYTES, archive_bytes // _TAIL_SHARE))


async def open_for_listing(desk: Desk, key: SnapshotKey, *, directory_bytes: int | None = None) -> Archive:
    """Open a version to look at its list of files only, behind what the person does; nothing is asked.

    ``directory_bytes`` is how long the directory of a version beside it is, so that no more than needed is read.
    Raises ``WholeArchiveOnly`` where the host sends archives only whole, else what ``open_archive`` does.
    """
    from snaptui.archives.archive import open_snapshot
    from snaptui.archives.directory import FIRST_TAIL_BYTES

    session = desk.session
    if session is None:
        raise NotSignedIn(_("Sign in first: press {key}.").format(key=desk.key_of("sign-in")))
    tail = FIRST_TAIL_BYTES if directory_bytes is None else min(FIRST_TAIL_BYTES, 2 * directory_bytes + _LEAST_TAIL)
    links, origin = _InBackground(session.api), session.api.origin
    return await open_snapshot(key, links, session.copies, api_origin=origin, first_tail=tail)


class _InBackground:
    """Asks for links so that what the person does meanwhile goes first."""

    def __init__(self, api: DiscloudApi) -> None:
        self._api = api

    async def download_link(self, app_id: str, version: str) -> DownloadLink:
        """Return a new link."""
        from snaptui.pacing import Priority

        return await self._api.download_link(app_id, version, priority=Priority.BACKGROUND)


async def fetch_archive(desk: Desk, row: VersionRow) -> Archive:
    """Download a version through the queue, verified, and open the copy; raises what the download failed with."""
    from snaptui.archives.archive import open_file
    from snaptui.transfers.paths import file_name
    from snaptui.transfers.queue import State

    queue = desk.queue
    if queue is None:
        raise NotSignedIn(_("Sign in first: press {key}.").format(key=desk.key_of("sign-in")))
    target = desk.download_folder() / file_name(row.key)
    added = queue.add(row.key, row.app_name, target, expected_size=row.snapshot.size_bytes)
    transfer = await queue.wait(added.id)
    if transfer.state is not State.DONE:
        if transfer.error is not None:
            raise transfer.error
        words = _("The download was stopped, so the archive is not here: {key} shows it.")
        raise NotFound(words.format(key=desk.key_of("transfers")))
    return await open_file(transfer.target, key=row.key, label=_label(row))


def _label(row: VersionRow) -> str:
    """What a person calls this version."""
    return f"{row.app_name} {row.snapshot.version}"
