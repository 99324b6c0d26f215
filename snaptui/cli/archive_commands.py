"""``snaptui files``, ``cat``, ``diff`` and ``undo``."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from snaptui.cli.archive_source import (
    archive_option,
    fetch_option,
    is_version_word,
    opened,
    opened_snapshot,
    split_words,
)
from snaptui.cli.completing import complete_archive
from snaptui.cli.invocation import Invocation
from snaptui.cli.output import emit, iso, json_option, say, table, write
from snaptui.errors import RestoreError, UsageError
from snaptui.i18n import _, ngettext

if TYPE_CHECKING:
    from snaptui.archives.archive import Archive
    from snaptui.archives.compare import Comparison
    from snaptui.archives.directory import Member
    from snaptui.archives.restore_events import TakenBack
    from snaptui.session import Session

# What a terminal is shown of one member; more belongs into a file or a pager.
_MOST_SHOWN_BYTES = 16 * 1024 * 1024


@click.command("files", help=_("List what is in a snapshot's archive, without fetching it all where the host allows."))
@click.argument("words", nargs=-1, metavar=_("APP VERSION"), shell_complete=complete_archive)
@archive_option
@fetch_option
@json_option
@click.pass_obj
def files(invocation: Invocation, words: tuple[str, ...], file: Path | None, fetch: bool, as_json: bool) -> None:
    """List what is in an archive."""
    if file is None and len(words) == 1:
        words = (*words, "latest")
    named, rest = split_words(words, file, after="", least=0)
    _nothing_more(rest)
    invocation.run(_files(invocation, named, file, fetch, as_json))


async def _files(invocation: Invocation, named: list[str], file: Path | None, fetch: bool, as_json: bool) -> None:
    async with opened(invocation, named, file, fetch=fetch) as (archive, _session):
        if as_json:
            emit(
                {
                    "members": [_member_document(member) for member in archive.directory.members],
                    "transferred_bytes": archive.transferred_bytes,
                    "remote": archive.remote,
                }
            )
        else:
            await _write_files(archive)


def _member_document(member: Member) -> dict[str, object]:
    return {
        "path": member.shown,
        "size_bytes": member.size,
        "compressed_bytes": member.compressed_size,
        "crc32": f"{member.crc:08x}",
        "modified_at": iso(member.modified()),
    }


async def _write_files(archive: Archive) -> None:
    from snaptui.formatting import exact_bytes, moment, number, size

    refused = await archive.refused()
    rows = []
    for member in archive.directory.members:
        when = member.modified()
        reason = refused.get(member.number)
        rows.append(
            (
                size(member.size),
                moment(when),
                member.shown + (f"  ({reason.sentence})" if reason is not None else ""),
            )
        )
    table((_("Size"), _("Modified"), _("Path")), rows, right=(0,))
    count = len(rows)
    say(
        ngettext("{n} member, {size} unpacked", "{n} members, {size} unpacked", count).format(
            n=number(count), size=size(archive.directory.total_bytes)
        )
        + (_(", {bytes} fetched").format(bytes=exact_bytes(archive.transferred_bytes)) if archive.remote else "")
    )


@click.command("cat", help=_("Write one member of a snapshot's archive to standard output, byte for byte."))
@click.argument("words", nargs=-1, metavar=_("APP VERSION MEMBER"), shell_complete=complete_archive)
@archive_option
@fetch_option
@click.pass_obj
def cat(invocation: Invocation, words: tuple[str, ...], file: Path | None, fetch: bool) -> None:
    """Write one member to standard output."""
    named, rest = split_words(words, file, after=_("MEMBER"), least=1)
    _nothing_more(rest[1:])
    invocation.run(_cat(invocation, named, file, rest[0], fetch))


async def _cat(invocation: Invocation, named: list[str], file: Path | None, path: str, fetch: bool) -> None:
    async with opened(invocation, named, file, fetch=fetch) as (archive, _session):
        member = archive.find(path)
        if sys.stdout is None:
            return  # Whoever closed it wants nothing written.
        if sys.stdout.isatty():
            await _show(archive, member)
            return
        sys.stdout.flush()
        async for piece in archive.chunks(member):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()


async def _show(archive: Archive, member: Member) -> None:
    """Show a member to a person: its control characters must not reach the terminal."""
    from snaptui.archives.preview import make_preview

    preview = None
    if member.size <= _MOST_SHOWN_BYTES:
        preview = make_preview(await archive.read(member), path=member.path, size=member.size)
    if preview is None or (preview.text is None and member.size):
        message = _("{path} is no text for a terminal; send the output to a file.")
        raise UsageError(message.format(path=member.shown))
    write((preview.text or "").removesuffix("\n"))


@click.command(
    "diff",
    help=_("Compare a version with another, or with a folder on this computer (which counts as the newer side)."),
)
@click.argument("words", nargs=-1, metavar=_("APP VERSION (VERSION | DIR)"), shell_complete=complete_archive)
@archive_option
@fetch_option
@json_option
@click.pass_obj
def diff(invocation: Invocation, words: tuple[str, ...], file: Path | None, fetch: bool, as_json: bool) -> None:
    """Compare two versions, or a version and a folder."""
    named, rest = split_words(words, file, after=_("(VERSION | DIR)"), least=1)
    _nothing_more(rest[1:])
    invocation.run(_diff(invocation, named, file, rest[0], fetch, as_json))


async def _diff(
    invocation: Invocation, named: list[str], file: Path | None, other: str, fetch: bool, as_json: bool
) -> None:
    async with AsyncExitStack() as stack:
        archive, session = await stack.enter_async_context(opened(invocation, named, file, fetch=fetch))
        comparison = await _compared(stack, invocation, archive, session, named, other, fetch)
    if as_json:
        emit(_diff_document(comparison))
    else:
        _write_diff(comparison)
    _say_unread(comparison)


async def _compared(
    stack: AsyncExitStack,
    invocation: Invocation,
    archive: Archive,
    session: Session | None,
    named: list[str],
    other: str,
    fetch: bool,
) -> Comparison:
    """Compare with what the last word means: a version of the app, a folder, or another archive file."""
    from snaptui.archives.archive import compare_archives, open_file

    path = Path(other)
    if session is not None and is_version_word(other):
        from snaptui.cli.finding import snapshot_named

        _app, snapshot = await snapshot_named(session, named[0], other)
        newer = await stack.enter_async_context(opened_snapshot(invocation, session, snapshot.key, fetch=fetch))
    elif await asyncio.to_thread(path.is_dir):
        return await archive.compare_folder(path)
    elif session is None and is_version_word(other) and not await asyncio.to_thread(path.exists):
        message = _("{word} is a version, which needs its app: give APP VERSION {word}, or a folder beside --archive.")
        raise UsageError(message.format(word=other))
    else:
        newer = await stack.enter_async_context(await open_file(path))
    return await compare_archives(archive, newer)


def _say_unread(comparison: Comparison) -> None:
    """Name what could not be read in the folder, since it counts as removed or changed."""
    from snaptui.formatting import number
    from snaptui.text import safe

    if count := len(comparison.unread):
        words = ngettext(
            "{path} could not be read, so what is said of it is not sure.",
            "{n} paths could not be read, the first {path}, so what is said of them is not sure.",
            count,
        )
        say(words.format(n=number(count), path=safe(comparison.unread[0])))


def _diff_document(comparison: Comparison) -> dict[str, object]:
    from snaptui.archives.compare import Change
    from snaptui.text import safe

    plain = comparison.without_renames()
    return {
        "added": [d.shown for d in plain.of(Change.ADDED)],
        "removed": [d.shown for d in plain.of(Change.REMOVED)],
        "changed": [
            {"path": d.shown, "old_bytes": d.old_bytes, "new_bytes": d.new_bytes} for d in plain.of(Change.CHANGED)
        ],
        "same": plain.same,
        # What is also among added and removed, and has the same content there.
        "renamed": [{"old_path": safe(d.old_path), "path": d.shown} for d in comparison.of(Change.RENAMED)],
    }


def _write_diff(comparison: Comparison) -> None:
    from snaptui.archives.compare import Change
    from snaptui.formatting import delta, number
    from snaptui.text import safe

    marks = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~", Change.RENAMED: ">"}
    rows = []
    for d in comparison.differences:
        was = f"{safe(d.old_path)} → " if d.change is Change.RENAMED else ""
        rows.append((marks[d.change], delta(d.delta), was + d.shown))
    if rows:
        table(("", _("Change"), _("Path")), rows, right=(1,))
    say(
        _("{added} added, {removed} removed, {changed} changed, {renamed} renamed, {same} the same").format(
            added=number(len(comparison.of(Change.ADDED))),
            removed=number(len(comparison.of(Change.REMOVED))),
            changed=number(len(comparison.of(Change.CHANGED))),
            renamed=number(len(comparison.of(Change.RENAMED))),
            same=number(comparison.same),
        )
    )


@click.command("undo", help=_("Take back the last restore into DIR, finished or interrupted."))
@click.argument("folder", metavar=_("DIR"), type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help=_("Also take back files that were changed since."))
@json_option
@click.pass_obj
def undo(invocation: Invocation, folder: Path, force: bool, as_json: bool) -> None:
    """Take back the last restore into a folder."""
    from snaptui.formatting import number

    result = invocation.run(_undo(folder, force))
    if as_json:
        emit(
            {
                "target": str(result.target),
                "put_back": result.put_back,
                "removed": result.removed,
                "left_changed": list(result.left_changed),
            }
        )
    else:
        put_back = ngettext("{n} file put back", "{n} files put back", result.put_back).format(
            n=number(result.put_back)
        )
        removed = ngettext("{n} file removed", "{n} files removed", result.removed).format(n=number(result.removed))
        write(f"{put_back}, {removed}")
    if result.left_changed and as_json:
        sys.exit(RestoreError.exit_code)
    if result.left_changed:
        count = len(result.left_changed)
        message = ngettext(
            "{path} was changed since the restore and left alone; take it back too with --force.",
            "{n} files, the first {path}, were changed since the restore and left alone; take them back with --force.",
            count,
        )
        raise RestoreError(message.format(n=number(count), path=result.left_changed[0]))


async def _undo(folder: Path, force: bool) -> TakenBack:
    from snaptui.archives.restore import undo as take_back
    from snaptui.archives.restore_events import TakenBack

    result: TakenBack | None = None
    async for event in take_back(folder, force=force):
        if isinstance(event, TakenBack):
            result = event
    assert result is not None  # noqa: S101 - the events end with it or raise
    return result


def _nothing_more(words: list[str]) -> None:
    if words:
        raise UsageError(_("{word} is one word too many; quote names that have spaces.").format(word=words[0]))
