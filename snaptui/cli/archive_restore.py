"""``snaptui restore``: the plan, the question, the work."""

from __future__ import annotations

import shlex
import sys
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from snaptui.cli.archive_source import archive_option, fetch_option, opened, split_words, whole
from snaptui.cli.asking import asked, can_ask
from snaptui.cli.completing import complete_archive
from snaptui.cli.invocation import Interrupted, Invocation
from snaptui.cli.output import emit, json_option, say, write
from snaptui.errors import ArchiveDamaged, UsageError
from snaptui.i18n import _, ngettext
from snaptui.text import safe

if TYPE_CHECKING:
    from snaptui.archives.archive import Archive
    from snaptui.archives.plan import Plan
    from snaptui.archives.restore_events import Restored, RestoreEvent
    from snaptui.archives.safety import Limits
    from snaptui.cli.progress import Bar

_MOST_NAMED = 10
_BOUND = click.IntRange(1, (1 << 63) - 1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the options of one ``restore`` ask for."""

    target: Path
    policy: str
    limits: Limits
    dry_run: bool
    yes: bool
    fetch: bool
    strict: bool
    sync_every: bool
    as_json: bool


@click.command(
    "restore",
    help=_(
        "Put files of a version back into DIR: all, or those that a PATTERN names (a path, a folder, or * and ?)."
        " Shows what it would do and asks; “snaptui undo DIR” takes it back."
    ),
)
@click.argument("words", nargs=-1, metavar=_("APP VERSION [PATTERN...]"), shell_complete=complete_archive)
@click.option("--to", "target", metavar=_("DIR"), required=True, type=click.Path(path_type=Path), help=_("Where to."))
@click.option("--dry-run", is_flag=True, help=_("Show what would be done, and write nothing."))
@click.option(
    "--overwrite",
    "policy",
    type=click.Choice(["never", "changed", "always"]),
    default="never",
    show_default=True,
    help=_("What may be replaced: nothing, files that differ, or every file the archive has."),
)
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@click.option("--strict", is_flag=True, help=_("Restore nothing when any chosen member is refused."))
@click.option("--continue", "go_on", is_flag=True, help=_("Only finish an interrupted restore into DIR."))
@click.option("--sync-every-file", "sync_every", is_flag=True, help=_("Sync each file by itself before it is placed."))
@click.option("--most-members", type=_BOUND, metavar="N", help=_("Refuse when more members are chosen."))
@click.option("--most-bytes", type=_BOUND, metavar="N", help=_("Refuse when more bytes would be written."))
@click.option("--most-growth", type=_BOUND, metavar="N", help=_("Refuse members that grow N-fold."))
@archive_option
@fetch_option
@json_option
@click.pass_obj
def restore(
    invocation: Invocation,
    words: tuple[str, ...],
    target: Path,
    dry_run: bool,
    policy: str,
    yes: bool,
    strict: bool,
    go_on: bool,
    sync_every: bool,
    most_members: int | None,
    most_bytes: int | None,
    most_growth: int | None,
    file: Path | None,
    fetch: bool,
    as_json: bool,
) -> None:
    """Put files of a version back into a folder."""
    from snaptui.archives.safety import DEFAULT_LIMITS, Limits

    limits = Limits(
        members=most_members or DEFAULT_LIMITS.members,
        total_bytes=most_bytes or DEFAULT_LIMITS.total_bytes,
        ratio=most_growth or DEFAULT_LIMITS.ratio,
    )
    wish = Wish(target, policy, limits, dry_run, yes, fetch or yes, strict, sync_every, as_json)
    if go_on:
        if words or file:
            raise UsageError(_("--continue needs nothing but --to: it knows what was interrupted."))
        _tell(invocation.run(_resumed(wish)), None, wish)
        return
    named, patterns = split_words(words, file, after="", least=0)
    invocation.run(_restore(invocation, named, patterns, file, wish))


async def _restore(
    invocation: Invocation, named: list[str], patterns: list[str], file: Path | None, wish: Wish
) -> None:
    from snaptui.archives.plan import Policy
    from snaptui.archives.runs import find_unfinished, require_finished

    if not wish.dry_run and (unfinished := find_unfinished(wish.target)) is not None:
        question = _("A restore of {source} into this folder was interrupted. Finish it first?")
        if wish.yes or (can_ask() and asked(question.format(source=unfinished.source))):
            await _resumed(wish)
        require_finished(wish.target)
    async with AsyncExitStack() as stack:
        archive, session = await stack.enter_async_context(opened(invocation, named, file, fetch=wish.fetch))
        chosen = archive.select(patterns) if patterns else None
        plan = await archive.plan(wish.target, chosen=chosen, policy=Policy(wish.policy), limits=wish.limits)
        if wish.dry_run:
            _tell_plan(plan, wish)
            return
        plan.require_allowed(strict=wish.strict)
        if not plan.empty:
            _agree(plan, wish)
        if session is not None and archive.key and archive.better_whole(a.member for a in plan.actions):
            archive = await stack.enter_async_context(whole(invocation, session, archive.key))
            chosen = archive.select(patterns) if patterns else None
            plan = await archive.plan(wish.target, chosen=chosen, policy=Policy(wish.policy), limits=wish.limits)
        _tell(await _applied(archive, plan, wish), plan, wish)


async def _resumed(wish: Wish) -> Restored:
    from snaptui.archives.restore import resume
    from snaptui.archives.restore_events import Restored
    from snaptui.cli.progress import Bar

    result: Restored | None = None
    with Bar(str(wish.target), hidden=wish.as_json) as bar:
        async with aclosing(resume(wish.target)) as told:
            async for event in told:
                _show(event, bar)
                if isinstance(event, Restored):
                    result = event
    assert result is not None  # noqa: S101 - the events end with it or raise
    return result


async def _applied(archive: Archive, plan: Plan, wish: Wish) -> Restored:
    from snaptui.archives.restore_events import Restored
    from snaptui.archives.staging import Sync
    from snaptui.cli.progress import Bar

    result: Restored | None = None
    sync = Sync.EVERY_FILE if wish.sync_every else Sync.ONCE
    with Bar(str(wish.target), hidden=wish.as_json) as bar:
        async with aclosing(archive.restore(plan, sync=sync, strict=wish.strict)) as told:
            async for event in told:
                _show(event, bar)
                if isinstance(event, Restored):
                    result = event
    assert result is not None  # noqa: S101 - the events end with it or raise
    return result


def _show(event: RestoreEvent, bar: Bar) -> None:
    from snaptui.archives.restore_events import MemberRefused, Staging

    if isinstance(event, Staging):
        bar.show(event.written_bytes, event.total_bytes)
    elif isinstance(event, MemberRefused):
        bar.note(f"{event.refusal.path}: {event.refusal.reason.sentence}")


def _agree(plan: Plan, wish: Wish) -> None:
    if wish.yes:
        return
    if not can_ask():
        raise UsageError(_("Nobody is there to be asked; allow the restore with --yes, or look with --dry-run."))
    _write_plan(plan, say_to=sys.stderr)
    if not asked(_("Restore?")):
        raise Interrupted(_("Nothing was written."))


def _tell_plan(plan: Plan, wish: Wish) -> None:
    if wish.as_json:
        emit(_document(plan, applied=False))
    else:
        _write_plan(plan, say_to=sys.stdout)


def _document(plan: Plan, *, applied: bool) -> dict[str, object]:
    return {
        "target": str(plan.target),
        "new": [action.shown for action in plan.new],
        "replaced": [action.shown for action in plan.replaced],
        "unchanged": plan.unchanged,
        "kept": list(plan.kept),
        "refused": [{"path": refusal.path, "reason": refusal.reason.value} for refusal in plan.refused],
        "applied": applied,
        "undo": None,
    }


def _write_plan(plan: Plan, *, say_to: object) -> None:
    from snaptui.formatting import number, size

    line = write if say_to is sys.stdout else say
    groups = (
        (_("New"), [action.shown for action in plan.new]),
        (_("Replaced"), [action.shown for action in plan.replaced]),
        (_("Refused"), [f"{refusal.path} ({refusal.reason.sentence})" for refusal in plan.refused]),
        (_("Kept, and not in the archive"), list(plan.kept)),
    )
    for title, names in groups:
        if names:
            line(f"{title}: {number(len(names))}{'+' if names == list(plan.kept) and plan.kept_more else ''}")
            for name in names[:_MOST_NAMED]:
                line(f"  {name}")
            if len(names) > _MOST_NAMED:
                more = len(names) - _MOST_NAMED
                line("  " + ngettext("… and {n} more", "… and {n} more", more).format(n=number(more)))
    line(_("Unchanged: {n}").format(n=number(plan.unchanged)))
    line(
        _("To write: {size} into {target}, where {free} are free").format(
            size=size(plan.bytes_to_write), target=safe(str(plan.target)), free=size(plan.free_bytes)
        )
    )
    line(
        _("Limits: {members} members, {size}, {ratio}-fold growth").format(
            members=number(plan.limits.members), size=size(plan.limits.total_bytes), ratio=round(plan.limits.ratio)
        )
    )


def _tell(result: Restored, plan: Plan | None, wish: Wish) -> None:
    from snaptui.archives.safety import Reason

    if wish.as_json:
        emit(
            {
                "target": str(result.target),
                "new": list(result.new),
                "replaced": list(result.replaced),
                "unchanged": result.unchanged,
                "kept": list(plan.kept) if plan is not None else [],
                "refused": [{"path": refusal.path, "reason": refusal.reason.value} for refusal in result.refused],
                "applied": True,
                "undo": str(result.undo) if result.undo is not None else None,
            }
        )
    else:
        _write_result(result)
    done = result.new or result.replaced or result.unchanged
    if any(refusal.reason is Reason.DAMAGED for refusal in result.refused) or (result.refused and not done):
        sys.exit(ArchiveDamaged.exit_code)


def _write_result(result: Restored) -> None:
    from snaptui.formatting import number

    write(
        _("{new} new, {replaced} replaced, {unchanged} unchanged").format(
            new=number(len(result.new)), replaced=number(len(result.replaced)), unchanged=number(result.unchanged)
        )
    )
    for refusal in result.refused[:_MOST_NAMED]:
        say(_("Refused: {path} ({reason})").format(path=refusal.path, reason=refusal.reason.sentence))
    if len(result.refused) > _MOST_NAMED:
        say(_("Refused in all: {n}").format(n=number(len(result.refused))))
    if result.undo is not None:
        target = shlex.quote(safe(str(result.target)))
        say(_("“snaptui undo {target}” takes it back.").format(target=target))
