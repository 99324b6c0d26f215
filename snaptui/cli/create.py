"""``snaptui create``: take snapshots of some apps, or of every app whose newest one is old."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from snaptui.cli.completing import complete_app
from snaptui.cli.invocation import Invocation
from snaptui.cli.output import emit, json_option, say, write
from snaptui.errors import SnaptuiError, UsageError
from snaptui.i18n import _

if TYPE_CHECKING:
    from snaptui.models import App, CreatedSnapshot
    from snaptui.session import Session

_AGE = re.compile(r"([0-9]{1,5})\s*([hdw])", re.ASCII | re.IGNORECASE)
_HOURS = {"h": 1, "d": 24, "w": 24 * 7}


@dataclass(slots=True)
class Outcome:
    """What became of each app, as ``create --json`` tells it."""

    created: list[dict[str, object]] = field(default_factory=list)
    failed: list[dict[str, object]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 when all succeeded, else the code of the first failure."""
        return int(str(self.failed[0]["exit_code"])) if self.failed else 0

    def fail(self, app_id: str, error: SnaptuiError) -> None:
        """Note a failure; the rest goes on."""
        self.failed.append({"app_id": app_id, "error": error.sentence, "exit_code": error.exit_code})

    def document(self) -> dict[str, object]:
        """The JSON document."""
        return {"created": self.created, "failed": self.failed}


@click.command("create", help=_("Take a snapshot of each APP (an id or a name), one after the other."))
@click.argument("apps", nargs=-1, metavar="APP...", shell_complete=complete_app)
@click.option(
    "--stale",
    metavar=_("AGE"),
    help=_("Instead of APP: every app never saved, or whose newest snapshot is older than AGE, such as 7d, 12h or 2w."),
)
@json_option
@click.pass_context
def create(ctx: click.Context, apps: tuple[str, ...], stale: str | None, as_json: bool) -> None:
    """Take a snapshot of each app."""
    invocation: Invocation = ctx.obj
    if bool(apps) == (stale is not None):
        raise UsageError(_("Name the apps to save, or the stale ones with --stale 7d: one of the two."))
    age = stale_age(stale) if stale is not None else None
    invocation.refuse_changes()
    ctx.exit(invocation.run(_create(invocation, apps, age, as_json)))


def stale_age(text: str) -> timedelta:
    """Read ``7d``, ``12h`` or ``2w``. Raises UsageError."""
    match = _AGE.fullmatch(text.strip())
    if match is None:
        raise UsageError(_("An age is a number and h, d or w, such as 7d: write --stale like that."))
    return timedelta(hours=int(match[1]) * _HOURS[match[2].lower()])


async def _create(invocation: Invocation, words: tuple[str, ...], age: timedelta | None, as_json: bool) -> int:
    outcome = Outcome()
    async with invocation.session() as session:
        if age is None:
            await _create_named(session, words, outcome, as_json)
        else:
            apps = await _stale(session, age)
            if not apps and not as_json:
                say(_("Every app has a snapshot that is new enough: nothing was created."))
            for app in apps:
                await _create_one(session, app, outcome, as_json)
    if as_json:
        emit(outcome.document())
    return outcome.exit_code


async def _create_named(session: Session, words: tuple[str, ...], outcome: Outcome, as_json: bool) -> None:
    """Take a snapshot of each app that the words mean, once; a word that means none, or several, is a failure."""
    from snaptui.finding import find_app
    from snaptui.text import one_line

    there = (await session.api.apps()).apps
    done: set[str] = set()
    for word in words:
        try:
            app = find_app(there, word)
        except SnaptuiError as error:
            outcome.fail(one_line(word, 60), error)
            if not as_json:
                say(error.sentence)
            continue
        if app.id not in done:
            done.add(app.id)
            await _create_one(session, app, outcome, as_json)


async def _stale(session: Session, age: timedelta) -> tuple[App, ...]:
    """The apps never saved and those whose newest snapshot is older than ``age``, as the fleet screen has them."""
    from snaptui.cli.listing import load
    from snaptui.fleet import due, fleet

    await load(session)
    return tuple(row.app for row in due(fleet(session.catalog, datetime.now(UTC), age)))


async def _create_one(session: Session, app: App, outcome: Outcome, as_json: bool) -> None:
    """Take one snapshot, and note what became of it: the others are tried whatever that is."""
    if not as_json:
        say(_("Taking a snapshot of {app} …").format(app=app.name))
    try:
        created = await session.catalog.create(app.id)
    except SnaptuiError as error:
        outcome.fail(app.id, error)
        if not as_json:
            say(_("{app}: {problem}").format(app=app.name, problem=error.sentence))
    else:
        outcome.created.append(_document(created))
        if not as_json:
            write("\t".join((created.snapshot.app_id, created.snapshot.version)))


def _document(created: CreatedSnapshot) -> dict[str, object]:
    snapshot = created.snapshot
    return {"app_id": snapshot.app_id, "version": snapshot.version, "size_bytes": snapshot.size_bytes}
