"""Which archive a command means, opened: a file on disk, a verified local copy, or a snapshot read where it lies."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from snaptui.cli.asking import asked, can_ask
from snaptui.cli.invocation import Invocation
from snaptui.errors import UsageError, WholeArchiveOnly
from snaptui.i18n import _

if TYPE_CHECKING:
    from snaptui.archives.archive import Archive
    from snaptui.models import SnapshotKey
    from snaptui.session import Session

# A download of this size is not worth a question.
_UNASKED_BYTES = 32 * 1024 * 1024
_VERSION_WORD = re.compile(r"latest(~[0-9]+)?|[0-9]{4,8}(-[0-9]{0,6})?", re.ASCII)


def archive_option(function: click.decorators.FC) -> click.decorators.FC:
    """The option ``--archive``, given to the command as ``file``."""
    return click.option(
        "--archive",
        "file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help=_("An archive file on this computer, instead of APP VERSION."),
    )(function)


def fetch_option(function: click.decorators.FC) -> click.decorators.FC:
    """The option ``--fetch``."""
    return click.option(
        "--fetch", is_flag=True, help=_("Download the whole archive without asking where its host sends no parts.")
    )(function)


def is_version_word(text: str) -> bool:
    """Whether a word has the form of a version, or of the beginning of one."""
    return _VERSION_WORD.fullmatch(text) is not None


def split_words(words: Sequence[str], file: Path | None, *, after: str, least: int) -> tuple[list[str], list[str]]:
    """Split a command's words into APP VERSION and what comes after them (at least ``least`` words, named ``after``).

    With ``file`` there is no APP VERSION. Raises UsageError when words are missing.
    """
    head = 0 if file is not None else 2
    if len(words) < head + least:
        wanted = " ".join(part for part in ("" if head == 0 else "APP VERSION", after if least else "") if part)
        raise UsageError(_("Words are missing: give {wanted}.").format(wanted=wanted or "--archive FILE"))
    return list(words[:head]), list(words[head:])


@asynccontextmanager
async def opened(
    invocation: Invocation, named: Sequence[str], file: Path | None, *, fetch: bool
) -> AsyncIterator[tuple[Archive, Session | None]]:
    """Open the archive that the words or the file mean; the session comes with it where there is one.

    Where the host sends no parts, the whole is downloaded to a temporary place, after a question when it is large.
    """
    if file is not None:
        from snaptui.archives.archive import open_file

        async with await open_file(file) as archive:
            yield archive, None
        return
    from snaptui.cli.finding import snapshot_named

    async with invocation.session() as session:
        _app, snapshot = await snapshot_named(session, named[0], named[1])
        async with opened_snapshot(invocation, session, snapshot.key, fetch=fetch) as archive:
            yield archive, session


@asynccontextmanager
async def opened_snapshot(
    invocation: Invocation, session: Session, key: SnapshotKey, *, fetch: bool
) -> AsyncIterator[Archive]:
    """Open one snapshot of an open account."""
    from snaptui.archives.archive import open_snapshot

    try:
        archive = await open_snapshot(key, session.api, session.copies, api_origin=session.api.origin)
    except WholeArchiveOnly as error:
        _agree_to_fetch(error.size_bytes, fetch)
        async with whole(invocation, session, key) as archive:
            yield archive
    else:
        async with archive:
            yield archive


@asynccontextmanager
async def whole(invocation: Invocation, session: Session, key: SnapshotKey) -> AsyncIterator[Archive]:
    """Download an archive to a temporary place, verified, and open it there; it is removed afterwards."""
    from snaptui.archives.archive import open_file
    from snaptui.cli.progress import Bar
    from snaptui.transfers.download import DownloadRequest, download
    from snaptui.transfers.events import Advanced, Checking, Started

    invocation.config.cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="archive-", dir=invocation.config.cache_dir) as folder:
        target = Path(folder) / f"{key.app_id}-{key.version}.zip"
        events = download(DownloadRequest(key, target), session.api, api_origin=session.api.origin)
        with Bar(f"{key.app_id} {key.version}") as bar:
            async with aclosing(events) as told:  # type: ignore[type-var]
                async for event in told:
                    match event:
                        case Started(total_bytes=total, resumed_from=done):
                            bar.show(done, total)
                        case Advanced(received_bytes=done, total_bytes=total):
                            bar.show(done, total)
                        case Checking(checked_bytes=done, total_bytes=total):
                            bar.show(done, total)
                        case _:
                            pass
        async with await open_file(target, key=key, label=f"{key.app_id} {key.version}") as archive:
            yield archive


def _agree_to_fetch(size_bytes: int | None, fetch: bool) -> None:
    from snaptui.formatting import size

    if fetch or (size_bytes is not None and size_bytes <= _UNASKED_BYTES):
        return
    if not can_ask():
        raise UsageError(
            _("The archive's host sends it only whole ({size}); allow that with --fetch.").format(size=size(size_bytes))
        )
    question = _("The archive's host sends it only whole ({size}). Download it?").format(size=size(size_bytes))
    if not asked(question):
        raise click.Abort
