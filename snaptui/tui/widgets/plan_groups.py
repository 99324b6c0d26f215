"""What a restore would do, or did, as groups of files: those first that a person would be sorry about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from snaptui import formatting
from snaptui.archives.plan import Action, Plan
from snaptui.archives.restore_events import Restored, TakenBack
from snaptui.archives.runs import LastRun
from snaptui.archives.safety import Refusal
from snaptui.i18n import _, ngettext


class Kind(StrEnum):
    """What becomes of the files of a group."""

    REPLACED = "replaced"
    REFUSED = "refused"
    NEW = "new"
    KEPT = "kept"
    REMOVED = "removed"


SIGNS = {Kind.REPLACED: "~", Kind.REFUSED: "!", Kind.NEW: "+", Kind.KEPT: "=", Kind.REMOVED: "-"}
LOOKS = {Kind.REPLACED: "warn", Kind.REFUSED: "bad", Kind.NEW: "good", Kind.KEPT: "muted", Kind.REMOVED: "warn"}


@dataclass(frozen=True, slots=True)
class Group:
    """Some files with one fate. ``entry(n)`` gives the n-th one's path and what is said of it; both safe to show."""

    kind: Kind
    title: str
    count: int
    entry: Callable[[int], tuple[str, str]]
    more: bool = False

    @property
    def heading(self) -> str:
        """The title and how many there are; ``+`` where the look stopped early."""
        return f"{self.title}: {formatting.number(self.count)}{'+' if self.more else ''}"


def plan_groups(plan: Plan) -> list[Group]:
    """The groups of a plan that have files."""
    replaced = _("Would be replaced, and the policy forbids it") if plan.forbidden else _("Replaced")
    return _filled(
        Group(Kind.REPLACED, replaced, len(plan.replaced), lambda n: _replaced(plan.replaced[n])),
        _refused_group(plan.refused),
        Group(
            Kind.NEW, _("New"), len(plan.new), lambda n: (plan.new[n].shown, formatting.size(plan.new[n].member.size))
        ),
        Group(Kind.KEPT, _("Kept, and not in the archive"), len(plan.kept), _bare(plan.kept), plan.kept_more),
    )


def result_groups(result: Restored) -> list[Group]:
    """The groups of what was done."""
    return _filled(
        _refused_group(result.refused),
        Group(Kind.REPLACED, _("Replaced"), len(result.replaced), _bare(result.replaced)),
        Group(Kind.NEW, _("New"), len(result.new), _bare(result.new)),
    )


def last_run_groups(last: LastRun) -> list[Group]:
    """What taking the last restore back would do."""
    return _filled(
        Group(Kind.REPLACED, _("Put back as they were"), len(last.replaced), _bare(last.replaced)),
        Group(Kind.REMOVED, _("Removed again"), len(last.new), _bare(last.new)),
    )


def left_groups(result: TakenBack) -> list[Group]:
    """What taking back left alone."""
    return _filled(
        Group(Kind.REFUSED, _("Changed since, and left alone"), len(result.left_changed), _bare(result.left_changed))
    )


def counts(new: int, replaced: int) -> str:
    """``9 new, 3 replaced``."""
    return ", ".join(
        (
            ngettext("{n} new", "{n} new", new).format(n=formatting.number(new)),
            ngettext("{n} replaced", "{n} replaced", replaced).format(n=formatting.number(replaced)),
        )
    )


def _filled(*groups: Group) -> list[Group]:
    return [group for group in groups if group.count]


def _bare(paths: Sequence[str]) -> Callable[[int], tuple[str, str]]:
    return lambda n: (paths[n], "")


def _refused_group(refused: Sequence[Refusal]) -> Group:
    return Group(Kind.REFUSED, _("Refused"), len(refused), lambda n: (refused[n].path, refused[n].reason.sentence))


def _replaced(action: Action) -> tuple[str, str]:
    size = formatting.size(action.member.size)
    before = action.before.size if action.before is not None else None
    if before is None or before == action.member.size:
        return action.shown, size
    return action.shown, _("{old} → {new}").format(old=formatting.size(before), new=size)
