"""What a restore would do, worked out before anything is written.

A plan is made from the archive's directory and a look at the target; making one writes nothing and follows no
link. ``restore`` carries it out, and checks again what it relies on.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from snaptui.archives.beneath import Beneath, Blocked, checksum_at, ignores_case
from snaptui.archives.directory import Directory, Member
from snaptui.archives.safety import DEFAULT_LIMITS, Limits, Reason, Refusal, judge, over_bounds, parts_of
from snaptui.errors import ArchiveRefused, CannotWrite, NotFound, WouldReplace
from snaptui.formatting import number
from snaptui.i18n import ngettext
from snaptui.text import safe

# The look for files that the archive lacks stops after so many, for the person who restores into a home folder.
MOST_KEPT = 100_000


class Policy(StrEnum):
    """What may be replaced: nothing, what differs, or every file the archive has."""

    NEVER = "never"
    CHANGED = "changed"
    ALWAYS = "always"


class Identity(NamedTuple):
    """Which file stood at a path: what ``lstat`` said of it."""

    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Identity:
        """Take it from a status."""
        return cls(status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Action:
    """One file to write. ``before`` is what stands there now, with its permission bits, and would be replaced."""

    member: Member
    parts: tuple[str, ...]
    before: Identity | None = None
    mode_before: int | None = None

    @property
    def shown(self) -> str:
        """The path below the target, safe for a terminal."""
        return self.member.shown


@dataclass(frozen=True, slots=True)
class NewFolder:
    """A folder to make; ``member`` is its entry in the archive, None when only its files imply it."""

    parts: tuple[str, ...]
    member: Member | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen. Paths in ``kept`` and ``refused`` are safe to show; sizes are bytes.

    ``kept`` are files of the target that the archive lacks: of the whole target when the whole archive was chosen,
    else of the folders that chosen files go to. ``kept_more`` says that the look stopped early.
    """

    target: Path
    policy: Policy
    limits: Limits
    new: tuple[Action, ...]
    replaced: tuple[Action, ...]
    folders: tuple[NewFolder, ...]
    unchanged: int
    kept: tuple[str, ...]
    kept_more: bool
    refused: tuple[Refusal, ...]
    free_bytes: int | None

    @property
    def actions(self) -> tuple[Action, ...]:
        """Everything to be written, by path."""
        return tuple(sorted(self.new + self.replaced, key=lambda action: action.parts))

    @property
    def bytes_to_write(self) -> int:
        """Bytes of the files to be written; what they replace stays on the disk in the undo folder."""
        return sum(a.member.size for a in self.new) + sum(a.member.size for a in self.replaced)

    @property
    def missing_bytes(self) -> int:
        """How many bytes the disk has too few (0: enough, or unknown)."""
        return 0 if self.free_bytes is None else max(0, self.bytes_to_write - self.free_bytes)

    @property
    def forbidden(self) -> bool:
        """Whether the policy forbids it: something would be replaced and the policy is ``never``."""
        return self.policy is Policy.NEVER and bool(self.replaced)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.new or self.replaced or self.folders)

    def with_policy(self, policy: Policy) -> Plan:
        """Return the plan under another policy; between ``changed`` and ``always`` make a new plan instead."""
        return replace(self, policy=policy)

    def require_allowed(self, *, strict: bool = False) -> None:
        """Raise ``WouldReplace`` when the policy forbids it, ``ArchiveRefused`` when ``strict`` and any is refused."""
        if strict and self.refused:
            raise refused_whole(self.refused)
        if self.forbidden:
            message = ngettext(
                "{path} would be replaced, so nothing was written; allow it with --overwrite changed.",
                "{count} files would be replaced, the first {path}, so nothing was written; allow it with "
                "--overwrite changed.",
                len(self.replaced),
            )
            raise WouldReplace(message.format(count=number(len(self.replaced)), path=self.replaced[0].shown))


def refused_whole(refused: Sequence[Refusal]) -> ArchiveRefused:
    """Return the error of a strict restore, which some refusals make one of everything."""
    first = refused[0]
    message = ngettext(
        "{path} can't be restored ({reason}), so nothing was; leave out --strict to restore the rest.",
        "{count} members can't be restored, the first {path} ({reason}), so nothing was; leave out --strict to "
        "restore the rest.",
        len(refused),
    )
    return ArchiveRefused(message.format(count=number(len(refused)), path=first.path, reason=first.reason.sentence))


def make_plan(
    directory: Directory,
    target: Path,
    *,
    chosen: Iterable[Member] | None = None,
    policy: Policy = Policy.NEVER,
    limits: Limits = DEFAULT_LIMITS,
    case_insensitive: bool | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Plan:
    """Work out a plan; reads files of the target that have a member's name and size, to compare contents.

    ``target`` need not exist. ``case_insensitive`` None means: find out. Blocks; ``on_progress(done, total)`` is
    called for every member and may raise to stop. Raises ``CannotWrite`` when the target is no folder.
    """
    whole = chosen is None
    members: Sequence[Member] = directory.members if chosen is None else tuple(chosen)
    try:
        beneath: Beneath | None = Beneath(target)
    except NotFound:
        beneath = None
    try:
        if case_insensitive is None:
            case_insensitive = _ignores_case(target)
        refused = judge(directory, limits=limits, case_insensitive=case_insensitive)
        usable = [member for member in members if member.number not in refused]
        bound = over_bounds(usable, limits)
        if bound is not None:
            refused |= {member.number: bound for member in usable}
            usable = []
        look = _Look(beneath, policy, refused)
        ordered = sorted(usable, key=lambda member: (member.path.rpartition("/")[0], member.path))
        for done, member in enumerate(ordered):
            on_progress(done, len(ordered))
            look.at(member)
        kept, kept_more = _kept(beneath, directory, None if whole else ordered, lambda: on_progress(1, 1))
        return Plan(
            target=target,
            policy=policy,
            limits=limits,
            new=tuple(look.new),
            replaced=tuple(look.replaced),
            folders=tuple(look.folders[parts] for parts in sorted(look.folders)),
            unchanged=look.unchanged,
            kept=kept,
            kept_more=kept_more,
            refused=tuple(Refusal(m.shown, refused[m.number]) for m in members if m.number in refused),
            free_bytes=_free_bytes(target),
        )
    finally:
        if beneath is not None:
            beneath.close()


class _Look:
    """The target as the plan finds it, member by member."""

    def __init__(self, beneath: Beneath | None, policy: Policy, refused: dict[int, Reason]) -> None:
        self._beneath = beneath
        self._policy = policy
        self._refused = refused
        self.new: list[Action] = []
        self.replaced: list[Action] = []
        self.folders: dict[tuple[str, ...], NewFolder] = {}
        self.unchanged = 0

    def at(self, member: Member) -> None:
        parts = parts_of(member)
        try:
            if member.is_dir:
                self._folder(parts, member)
            else:
                self._file(parts, member)
        except Blocked as blocked:
            self._refused[member.number] = blocked.reason
        except PermissionError:
            self._refused[member.number] = Reason.OBSTRUCTED
        except (OSError, UnicodeEncodeError):
            self._refused[member.number] = Reason.NOT_TAKEN

    def _folder(self, parts: tuple[str, ...], member: Member) -> None:
        if self._beneath is not None and self._beneath.folder(parts) is not None:
            return
        self._missing(parts[:-1])
        self.folders[parts] = NewFolder(parts, member)

    def _file(self, parts: tuple[str, ...], member: Member) -> None:
        parent = self._beneath.folder(parts[:-1]) if self._beneath is not None else None
        if parent is None:
            self._missing(parts[:-1])
            self.new.append(Action(member, parts))
            return
        try:
            status = os.lstat(parts[-1], dir_fd=parent)
        except FileNotFoundError:
            self.new.append(Action(member, parts))
            return
        if stat.S_ISLNK(status.st_mode):
            raise Blocked(Reason.SYMLINK_THERE)
        if not stat.S_ISREG(status.st_mode):
            raise Blocked(Reason.OBSTRUCTED)
        same = status.st_size == member.size and checksum_at(parent, parts[-1]) == (member.size, member.crc)
        if same and self._policy is not Policy.ALWAYS:
            self.unchanged += 1
        else:
            self.replaced.append(Action(member, parts, Identity.of(status), stat.S_IMODE(status.st_mode) & 0o777))

    def _missing(self, parts: tuple[str, ...]) -> None:
        """Note every folder on the way that has to be made."""
        while parts and parts not in self.folders:
            if self._beneath is not None and self._beneath.folder(parts) is not None:
                return
            self.folders[parts] = NewFolder(parts)
            parts = parts[:-1]


def _kept(
    beneath: Beneath | None, directory: Directory, chosen: Sequence[Member] | None, check: Callable[[], None]
) -> tuple[tuple[str, ...], bool]:
    """Return (files of the target that the archive lacks, whether the look stopped early)."""
    if beneath is None:
        return (), False
    held = {member.path for member in directory.members if not member.is_dir}
    kept: list[str] = []
    left = MOST_KEPT
    for path in _present(beneath, chosen):
        check()
        left -= 1
        if left < 0:
            break
        if path not in held:
            kept.append(safe(path))
    return tuple(sorted(kept)), left < 0


def _present(beneath: Beneath, chosen: Sequence[Member] | None) -> Iterator[str]:
    if chosen is None:
        for parts, _status in beneath.walk():
            yield "/".join(parts)
        return
    for parent in sorted({member.path.rstrip("/").rpartition("/")[0] for member in chosen}):
        parts = tuple(parent.split("/")) if parent else ()
        for name, status in beneath.entries(parts):
            if not stat.S_ISDIR(status.st_mode):
                yield "/".join((*parts, name))


def _ignores_case(target: Path) -> bool:
    """Whether the target, or the nearest folder above it that exists, folds case."""
    here = target.absolute()
    while not here.is_dir() and here != here.parent:
        here = here.parent
    try:
        with Beneath(here) as itself:
            if ignores_case(itself.fd, ""):
                return True
        with Beneath(here.parent) as parent:
            return ignores_case(parent.fd, here.name)
    except (NotFound, CannotWrite):
        return False


def _free_bytes(target: Path) -> int | None:
    here = target.absolute()
    while not here.exists() and here != here.parent:
        here = here.parent
    try:
        status = os.statvfs(here)
    except OSError:
        return None
    return status.f_bavail * status.f_frsize
