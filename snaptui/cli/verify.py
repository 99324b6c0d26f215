"""``snaptui verify``: read archives on this computer to their end and say whether they are whole."""

from __future__ import annotations

import hashlib
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
    from snaptui.transfers.local import LocalCopies, LocalCopy

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
        copy = _noted(copies, path, None)
        return {**document, "problem": _with_new_name(error.sentence, path, copy), **_measured(path)}, error.exit_code
    except OSError as error:
        from snaptui.text import one_line

        problem = _("{path} can't be read ({reason}): see to its permissions.").format(
            path=one_line(str(path)), reason=reason_of(error)
        )
        return {**document, "problem": problem}, 1
    document |= {"ok": True, "members": found.members, "size_bytes": found.size_bytes, "sha256": found.sha256}
    copy = _noted(copies, path, found.sha256, unchecked=bool(found.unchecked))
    if copy is not None and copy.sha256 != found.sha256:
        problem = _("This is a whole archive, but not the one that was downloaded to this name: fetch it again.")
        problem = _with_new_name(problem, path, copy)
        return {**document, "ok": False, "problem": problem}, ArchiveDamaged.exit_code
    return document, 0


def _noted(copies: LocalCopies, path: Path, sha256: str | None, *, unchecked: bool = False) -> LocalCopy | None:
    """Have the record learn what was found; return the copy it has of this file. None also where it can't be used."""
    try:
        return copies.note(path, sha256, unchecked=unchecked)
    except SnaptuiError as error:
        say(error.sentence)
        return None


def _with_new_name(problem: str, path: Path, copy: LocalCopy | None) -> str:
    """The problem, and where the archive is that was downloaded to this name, if it only got another one."""
    from snaptui.text import one_line

    if copy is None or copy.problem is not None or copy.path == path.absolute():
        return problem
    words = _("{problem} What was downloaded to this name is here, whole: {path}")
    return words.format(problem=problem, path=one_line(str(copy.path)))


def _measured(path: Path) -> dict[str, object]:
    """Size and SHA-256 of a file that is no sound archive; they still tell it from others.

    Nothing of what is no file: a pipe may never open, and a device never end.
    """
    try:
        if not path.is_file():
            return {}
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
