"""Short ways for tests to plan, restore and undo with the real parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from snaptui.archives.directory import Directory, read_directory
from snaptui.archives.patterns import select
from snaptui.archives.plan import Plan, Policy, make_plan
from snaptui.archives.readers import BytesReader
from snaptui.archives.restore import restore, resume, undo
from snaptui.archives.restore_events import Restored, TakenBack
from snaptui.archives.safety import DEFAULT_LIMITS, Limits
from snaptui.archives.staging import Sync


def directory_of(data: bytes) -> Directory:
    """The directory of an archive in memory."""
    return read_directory(BytesReader(data))


def plan_of(
    data: bytes,
    target: Path,
    *,
    policy: Policy = Policy.CHANGED,
    patterns: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
    case_insensitive: bool | None = None,
) -> Plan:
    """A plan for an archive in memory."""
    directory = directory_of(data)
    chosen = select(directory, patterns) if patterns else None
    return make_plan(directory, target, chosen=chosen, policy=policy, limits=limits, case_insensitive=case_insensitive)


async def put_back(
    data: bytes,
    target: Path,
    *,
    policy: Policy = Policy.CHANGED,
    patterns: Sequence[str] = (),
    strict: bool = False,
    sync: Sync = Sync.ONCE,
    remote: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    plan: Plan | None = None,
) -> Restored:
    """Plan and restore, and return how it ended."""
    if plan is None:
        plan = plan_of(data, target, policy=policy, patterns=patterns, limits=limits)
    reader = BytesReader(data)
    last = [
        event
        async for event in restore(
            plan, directory_of(data), reader, source="test", sync=sync, strict=strict, remote=remote
        )
    ][-1]
    assert isinstance(last, Restored)
    return last


async def take_back(target: Path, *, force: bool = False) -> TakenBack:
    """Undo the last restore."""
    last = [event async for event in undo(target, force=force)][-1]
    assert isinstance(last, TakenBack)
    return last


async def go_on(target: Path) -> Restored:
    """Finish an interrupted restore."""
    last = [event async for event in resume(target)][-1]
    assert isinstance(last, Restored)
    return last
