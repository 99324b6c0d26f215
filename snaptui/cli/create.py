"""``snaptui create``: take snapshots of some apps, or of every app whose newest one is old."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
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
    from snaptui.batch import Event
    from snaptui.models import App, Snapshot
    from snaptui.session import Session


@dataclass(slots=True)
class Outcome:
    """What became of each app, as ``create --json`` tells it: in the order they were named or are due."""

    created: dict[int, dict[str, object]] = field(default_factory=dict)
    failed: dict[int, tuple[int, dict[str, object]]] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 when all succeeded, else the code of the first failure."""
        return self.failed[min(self.failed)][0] if self.failed else 0

    def fail(self, place: int, app_id: str, error: SnaptuiError) -> None:
        """Note a failure; the rest goes on."""
        entry: dict[str, object] = {"app_id": app_id, "error": error.sentence, "exit_code": error.exit_code}
        self.failed[place] = (error.exit_code, entry)

    def create(self, place: int, snapshot: Snapshot) -> None:
        """Note a snapshot."""
        self.created[place] = {
            "app_id": snapshot.app_id, "version": snapshot.version, "size_bytes": snapshot.size_bytes,
        }  # fmt: skip

    def document(self) -> dict[str, object]:
        """The JSON document."""
        return {
            "created": [entry for _place, entry in sorted(self.created.items())],
            "failed": [entry for _place, (_code, entry) in sorted(self.failed.items())],
        }


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
    from snaptui.query import parse_age

    invocation: Invocation = ctx.obj
    if bool(apps) == (stale is not None):
        raise UsageError(_("Name the apps to save, or the stale ones with --stale 7d: one of the two."))
    age = parse_age(stale) if stale is not None else None
    invocation.refuse_changes()
    ctx.exit(invocation.run(_create(invocation, apps, age, as_json)))


async def _create(invocation: Invocation, words: tuple[str, ...], age: timedelta | None, as_json: bool) -> int:
    outcome = Outcome()
    async with invocation.session() as session:
        if age is None:
            apps = await _named(session, words, outcome, as_json)
        else:
            apps = dict(enumerate(await _stale(session, age)))
            if not apps and not as_json:
                say(_("Every app has a snapshot that is new enough: nothing was created."))
        await _run(session, apps, outcome, as_json)
    if as_json:
        emit(outcome.document())
    return outcome.exit_code


async def _named(session: Session, words: Sequence[str], outcome: Outcome, as_json: bool) -> dict[int, App]:
    """The apps that the words mean, by the place of the word; a word that means none, or several, is a failure."""
    from snaptui.finding import find_app
    from snaptui.text import one_line

    there = (await session.api.apps()).apps
    found: dict[int, App] = {}
    for place, word in enumerate(words):
        try:
            app = find_app(there, word)
        except SnaptuiError as error:
            outcome.fail(place, one_line(word, 60), error)
            if not as_json:
                say(error.sentence)
        else:
            if app not in found.values():
                found[place] = app
    return found


async def _stale(session: Session, age: timedelta) -> tuple[App, ...]:
    """The apps never saved and those whose newest snapshot is older than ``age``, as the fleet screen has them."""
    from snaptui.cli.listing import load
    from snaptui.fleet import due, fleet

    # Whose the apps are is asked too: Discloud lets only an app's owner save it.
    await asyncio.gather(load(session), session.load_account())
    return tuple(row.app for row in due(fleet(session.catalog, datetime.now(UTC), age)))


async def _run(session: Session, apps: dict[int, App], outcome: Outcome, as_json: bool) -> None:
    """Take the snapshots, and note and tell what becomes of each: the others are tried whatever that is."""
    from snaptui.batch import Batch, Began

    places = {app.id: place for place, app in apps.items()}
    under_way: App | None = None
    try:
        async with aclosing(Batch(session.catalog, apps.values()).events()) as events:  # type: ignore[type-var]
            async for event in events:
                under_way = event.app if isinstance(event, Began) else None
                _note(event, places[event.app.id], outcome)
                if not as_json:
                    _tell(event)
    except asyncio.CancelledError:
        if under_way is not None and not as_json:
            words = _("{app} was being saved: look at its list before trying again, for it may have a new snapshot.")
            say(words.format(app=under_way.name))
        raise


def _note(event: Event, place: int, outcome: Outcome) -> None:
    from snaptui.batch import NotTaken, Taken

    if isinstance(event, Taken):
        outcome.create(place, event.snapshot)
    elif isinstance(event, NotTaken):
        outcome.fail(place, event.app.id, event.error)


def _tell(event: Event) -> None:
    from snaptui.batch import Began, NotTaken, Taken

    match event:
        case Began(app=app):
            say(_("Taking a snapshot of {app} …").format(app=app.name))
        case Taken(snapshot=snapshot):
            write("\t".join((snapshot.app_id, snapshot.version)))
        case NotTaken(app=app, error=error):
            say(_("{app}: {problem}").format(app=app.name, problem=error.sentence))
