"""``snaptui apps`` and ``snaptui list``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from snaptui.cli.completing import complete_app
from snaptui.cli.invocation import Invocation
from snaptui.cli.output import emit, iso, json_option, say, table
from snaptui.errors import SnaptuiError
from snaptui.i18n import _, ngettext

if TYPE_CHECKING:
    from snaptui.models import App, SnapshotKey
    from snaptui.rows import AppRow, VersionRow
    from snaptui.session import Session
    from snaptui.transfers.local import LocalCopy


@click.command("apps", help=_("List every app: name, id, state, snapshots, newest, total size."))
@json_option
@click.pass_obj
def apps(invocation: Invocation, as_json: bool) -> None:
    """List every app."""
    invocation.run(_apps(invocation, as_json))


async def _apps(invocation: Invocation, as_json: bool) -> None:
    async with invocation.session() as session:
        await load(session)
        rows = session.catalog.apps()
        if as_json:
            emit({"apps": [app_document(row) for row in rows]})
        else:
            _write_apps(rows)
        _tell_unreadable(session.catalog.unreadable + session.catalog.unreadable_apps, as_json)


async def load(session: Session) -> None:
    """Fill the catalog; raise the first failure."""
    from snaptui.changes import Failed
    from snaptui.pacing import Priority

    async for change in session.catalog.load(later_pages=Priority.USER):
        if isinstance(change, Failed):
            raise change.error


def app_document(row: AppRow) -> dict[str, object]:
    """One entry of ``apps --json``."""
    return {
        "id": row.app.id,
        "name": row.app.name,
        "online": row.app.online,
        "kind": row.app.kind.value if row.app.kind is not None else None,
        "deleted": row.app.deleted,
        "snapshots": row.count,
        "newest": iso(row.newest.taken_at) if row.newest is not None else None,
        "bytes": row.total_bytes,
    }


def _write_apps(rows: Sequence[AppRow]) -> None:
    from datetime import UTC, datetime

    from snaptui.formatting import DASH, age, number, size

    if not rows:
        say(_("There are no apps and no snapshots in this account: upload an app first."))
        return
    now = datetime.now(UTC)
    table(
        (_("Name"), _("Id"), _("State"), _("Snapshots"), _("Newest"), _("Size")),
        [
            (
                _cut(row.app.name),
                row.app.id,
                _state(row.app),
                number(row.count),
                age(row.newest.taken_at, now) if row.newest is not None else DASH,
                size(row.total_bytes),
            )
            for row in rows
        ],
        right=(3, 5),
    )


def _state(app: App) -> str:
    if app.deleted:
        return _("deleted")
    if app.online is None:
        return _("unknown")
    return _("online") if app.online else _("offline")


def _cut(name: str, longest: int = 40) -> str:
    return name if len(name) <= longest else name[: longest - 1] + "…"


@click.command("list", help=_("List snapshots, newest first: those of APP (an id or a name), or of the whole account."))
@click.argument("app", required=False, shell_complete=complete_app)
@json_option
@click.pass_obj
def list_snapshots(invocation: Invocation, app: str | None, as_json: bool) -> None:
    """List the snapshots of one app, or of all."""
    invocation.run(_list(invocation, app, as_json))


async def _list(invocation: Invocation, app: str | None, as_json: bool) -> None:
    async with invocation.session() as session:
        if app is None:
            await load(session)
            rows: Sequence[VersionRow] = session.catalog.rows()
            unreadable = session.catalog.unreadable
        else:
            rows, unreadable = await _rows_of(session, app)
        local = _copies(session, rows)
        if as_json:
            emit({"snapshots": [_document(row, local.get(row.key)) for row in rows], "unreadable": unreadable})
        else:
            _write_snapshots(rows, local, with_app=app is None)
        _tell_unreadable(unreadable, as_json)


async def _rows_of(session: Session, text: str) -> tuple[Sequence[VersionRow], int]:
    from snaptui.cli.finding import app_with_snapshots
    from snaptui.rows import Shelves

    app, listing = await app_with_snapshots(session, text)
    shelves = Shelves()
    shelves.merge(listing.snapshots)
    shelves.rename({app.id: app.name})
    return shelves.rows(app.id), listing.unreadable


def _copies(session: Session, rows: Sequence[VersionRow]) -> dict[SnapshotKey, LocalCopy]:
    """What is on record of copies on this computer; a record that can't be read takes nothing from the list."""
    try:
        recorded = session.copies.all()
    except SnaptuiError as error:
        say(error.sentence)
        return {}
    return {row.key: recorded[row.key] for row in rows if row.key in recorded}


def _document(row: VersionRow, copy: LocalCopy | None) -> dict[str, object]:
    return {
        "app_id": row.snapshot.app_id,
        "app_name": row.app_name,
        "version": row.snapshot.version,
        "taken_at": iso(row.snapshot.taken_at),
        "size_bytes": row.snapshot.size_bytes,
        "local_path": str(copy.path) if copy is not None else None,
        "verified": copy.verified if copy is not None else None,
    }


def _write_snapshots(rows: Sequence[VersionRow], local: dict[SnapshotKey, LocalCopy], *, with_app: bool) -> None:
    from datetime import UTC, datetime

    from snaptui.formatting import delta, local_zone, size, taken

    if not rows:
        say(_("There are no snapshots yet: “snaptui create APP” takes one."))
        return
    now, zone = datetime.now(UTC), local_zone()
    titles = [_("Version"), _("Taken"), _("Size"), _("Change"), _("Local")]
    lines = [
        [
            row.snapshot.version,
            taken(row.snapshot.taken_at, now, zone),
            size(row.snapshot.size_bytes),
            delta(row.change_bytes),
            _local(local.get(row.key)),
        ]
        for row in rows
    ]
    if with_app:
        titles.insert(0, _("App"))
        for line, row in zip(lines, rows, strict=True):
            line.insert(0, _cut(row.app_name))
    table(titles, lines, right=(3, 4) if with_app else (2, 3))


def _local(copy: LocalCopy | None) -> str:
    from snaptui.formatting import DASH
    from snaptui.text import one_line

    if copy is None:
        return DASH
    return one_line(copy.problem or str(copy.path))


def _tell_unreadable(count: int, as_json: bool) -> None:
    from snaptui.formatting import number

    if count and not as_json:
        say(
            ngettext(
                "{n} entry of the server's answer could not be read and is not listed: look for a newer snaptui.",
                "{n} entries of the server's answer could not be read and are not listed: look for a newer snaptui.",
                count,
            ).format(n=number(count))
        )
