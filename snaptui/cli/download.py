"""``snaptui download``."""

from __future__ import annotations

import os
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from snaptui.cli.completing import complete_app, complete_path, complete_version
from snaptui.cli.invocation import Invocation
from snaptui.cli.output import emit, json_option, say, write
from snaptui.errors import SnaptuiError
from snaptui.i18n import _

if TYPE_CHECKING:
    from snaptui.cli.progress import Bar
    from snaptui.models import SnapshotKey
    from snaptui.session import Session
    from snaptui.transfers.download import DownloadRequest
    from snaptui.transfers.events import Event, Finished


@click.command(
    "download",
    help=_(
        "Fetch one snapshot of APP (an id or a name): VERSION is YYYYMMDD-HHMMSS, the beginning of one, latest or"
        " latest~N; latest without it."
    ),
)
@click.argument("app", metavar="APP", shell_complete=complete_app)
@click.argument("version", default="latest", metavar=_("[VERSION]"), shell_complete=complete_version)
@click.option(
    "-o",
    "--output",
    metavar=_("PATH"),
    shell_complete=complete_path,
    help=_("A folder or a file name, instead of discloud/backups."),
)
@click.option("--force", is_flag=True, help=_("Replace another file of that name."))
@json_option
@click.pass_obj
def download(invocation: Invocation, app: str, version: str, output: str | None, force: bool, as_json: bool) -> None:
    """Fetch one snapshot, checked and whole."""
    invocation.run(_download(invocation, app, version, output, force, as_json))


async def _download(
    invocation: Invocation, app_text: str, version_text: str, output: str | None, force: bool, as_json: bool
) -> None:
    from snaptui.cli.finding import snapshot_named
    from snaptui.cli.progress import Bar
    from snaptui.transfers.download import DownloadRequest

    async with invocation.session() as session:
        app, snapshot = await snapshot_named(session, app_text, version_text)
        target = target_file(output, snapshot.key, _default_folder(invocation))
        request = DownloadRequest(snapshot.key, target, overwrite=force)
        with Bar(f"{app.name} {snapshot.version}", hidden=as_json) as bar:
            finished = await _fetch(session, request, bar)
        _record(session, snapshot.key, finished)
    if as_json:
        emit(_document(snapshot.key, finished))
    else:
        _tell(finished)


def target_file(output: str | None, key: SnapshotKey, default: Path) -> Path:
    """The file that ``-o`` means: in a folder (one that is there, ends with a slash, or has no suffix), or itself."""
    from snaptui.transfers.paths import file_name

    if output is None:
        return default / file_name(key)
    path = Path(os.path.expanduser(output))  # noqa: PTH111 - Path's own raises for a home that nobody knows
    ends_as_folder = output.endswith((os.sep, os.altsep or os.sep)) or output in (".", "..")
    if path.is_dir() or ends_as_folder or not (path.suffix or path.exists()):
        path /= file_name(key)
    return path


def _default_folder(invocation: Invocation) -> Path:
    """Also in the demo a download goes where the person is: it was asked for, and ``verify`` is to find it."""
    from snaptui.transfers.paths import default_folder

    return default_folder(None if invocation.demo else invocation.config.download_dir, Path.cwd())


async def _fetch(session: Session, request: DownloadRequest, bar: Bar) -> Finished:
    from snaptui.transfers.download import download as fetch
    from snaptui.transfers.events import Finished

    finished: Finished | None = None
    async with aclosing(fetch(request, session.api, api_origin=session.api.origin)) as events:  # type: ignore[type-var]
        async for event in events:
            _show(event, bar)
            if isinstance(event, Finished):
                finished = event
    assert finished is not None  # noqa: S101 - the events end with it or raise
    return finished


def _record(session: Session, key: SnapshotKey, finished: Finished) -> None:
    """Note where the archive is; the archive is there whether or not the note can be made."""
    from snaptui.transfers.local import downloaded

    try:
        session.copies.record(downloaded(key, finished))
    except SnaptuiError as error:
        say(error.sentence)


def _show(event: Event, bar: Bar) -> None:
    from snaptui.formatting import duration
    from snaptui.transfers.events import Advanced, Checking, Started, StartedOver, Waiting

    match event:
        case Started(total_bytes=total, resumed_from=done):
            bar.show(done, total)
        case Advanced(received_bytes=done, total_bytes=total, bytes_per_second=speed):
            bar.show(done, total, speed)
        case Checking(checked_bytes=done, total_bytes=total):
            bar.show(done, total)
        case Waiting(reason=reason, seconds=seconds):
            bar.note(_("{reason}; trying again in {time}").format(reason=reason, time=duration(seconds)))
        case StartedOver(reason=reason):
            bar.note(_("{reason}; starting over").format(reason=reason))
        case _:
            pass


def _document(key: SnapshotKey, finished: Finished) -> dict[str, object]:
    return {
        "app_id": key.app_id,
        "version": key.version,
        "path": str(finished.path),
        "size_bytes": finished.size_bytes,
        "sha256": finished.sha256,
        "resumed_from": finished.resumed_from,
        "already_present": finished.already_present,
    }


def _tell(finished: Finished) -> None:
    from snaptui.formatting import size
    from snaptui.text import one_line

    path = one_line(str(finished.path))
    if finished.already_present:
        write(_("{path} is there already, whole ({size})").format(path=path, size=size(finished.size_bytes)))
    else:
        write(
            _("{path} is whole ({size}), SHA-256 {sha256}").format(
                path=path, size=size(finished.size_bytes), sha256=finished.sha256
            )
        )
