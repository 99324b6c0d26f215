"""``snaptui verify``: read archives on this computer to their end and say whether they are whole."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from snaptui.cli.invocation import Invocation
from snaptui.cli.output import emit, json_option, say, write
from snaptui.errors import ArchiveDamaged, SnaptuiError
from snaptui.i18n import _, ngettext
from snaptui.reasons import reason_of

if TYPE_CHECKING:
    from snaptui.cli.progress import Bar
    from snaptui.transfers.local import LocalCopies

_PIECE = 1 << 20


@click.command("verify", help=_("Check each FILE: its directory, the checksum of every member, and its SHA-256."))
@click.argument("files", nargs=-1, required=True, metavar=_("FILE..."), type=click.Path(path_type=Path))
@json_option
@click.pass_context
def verify(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Check archives on this computer."""
    from snaptui.cli.progress import Bar
    from snaptui.session import local_copies

    invocation: Invocation = ctx.obj
    copies = local_copies(invocation.config)
    documents: list[dict[str, object]] = []
    first_failure = 0
    for path in files:
        with Bar(path.name, hidden=as_json) as bar:
            document, code = _verify(path, bar, copies)
        documents.append(document)
        first_failure = first_failure or code
        if not as_json:
            _tell(document)
    if as_json:
        emit({"files": documents})
    ctx.exit(first_failure)


def _verify(path: Path, bar: Bar, copies: LocalCopies) -> tuple[dict[str, object], int]:
    """One entry of the document, and the exit code this file asks for."""
    from snaptui.archives.verify import check_archive

    document: dict[str, object] = {
        "path": str(path),
        "ok": False,
        "problem": None,
        "members": 0,
        "size_bytes": 0,
        "sha256": None,
    }
    try:
        found = check_archive(path, on_progress=bar.show)
    except SnaptuiError as error:
        document |= {"problem": error.sentence, **_measured(path)}
        return document, error.exit_code
    except OSError as error:
        from snaptui.text import one_line

        problem = _("{path} can't be read ({reason}): see to its permissions.").format(
            path=one_line(str(path)), reason=reason_of(error)
        )
        return {**document, "problem": problem}, 1
    document |= {"ok": True, "members": found.members, "size_bytes": found.size_bytes, "sha256": found.sha256}
    if not _as_recorded(copies, path, found.sha256):
        problem = _("This is a whole archive, but not the one that was downloaded to this name: fetch it again.")
        return {**document, "ok": False, "problem": problem}, ArchiveDamaged.exit_code
    return document, 0


def _as_recorded(copies: LocalCopies, path: Path, sha256: str) -> bool:
    """Whether a file that was downloaded is still the same; the record learns what was found. True without a record."""
    try:
        copy = copies.at(path)
        if copy is None:
            return True
        is_same = copy.sha256 == sha256
        now, problem = (datetime.now(UTC), None) if is_same else (copy.verified_at, _("altered"))
        copies.record(replace(copy, verified_at=now, problem=problem))
    except SnaptuiError as error:
        say(error.sentence)
        return True
    return is_same


def _measured(path: Path) -> dict[str, object]:
    """Size and SHA-256 of a file that is no sound archive; they still tell it from others."""
    try:
        with path.open("rb") as file:
            digest = hashlib.sha256()
            size = 0
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
    except OSError:
        return {}
    return {"size_bytes": size, "sha256": digest.hexdigest()}


def _tell(document: dict[str, object]) -> None:
    from snaptui.formatting import number, size
    from snaptui.text import one_line

    name = one_line(str(document["path"]))
    if not document["ok"]:
        say(_("{path}: {problem}").format(path=name, problem=document["problem"]))
        return
    members, length = document["members"], document["size_bytes"]
    assert isinstance(members, int)  # noqa: S101 - put there above
    assert isinstance(length, int)  # noqa: S101
    write(
        ngettext(
            "{path}: whole, {n} file in {size}, SHA-256 {sha256}",
            "{path}: whole, {n} files in {size}, SHA-256 {sha256}",
            members,
        ).format(path=name, n=number(members), size=size(length), sha256=document["sha256"])
    )
