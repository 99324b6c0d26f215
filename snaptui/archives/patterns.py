"""Which members a person's patterns name."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Sequence

from snaptui.archives.directory import Directory, Member
from snaptui.errors import NotFound
from snaptui.i18n import _
from snaptui.text import safe


def select(directory: Directory, patterns: Sequence[str]) -> Sequence[Member]:
    """Return the members that any pattern names; all without patterns.

    A pattern is a path, a folder (everything below it), or has ``*``, ``?`` and ``[…]``, where ``*`` also crosses
    slashes; one without a slash is held against the last component too. Raises ``NotFound`` for one that names none.
    """
    if not patterns:
        return directory.members
    chosen: dict[int, Member] = {}
    for pattern in patterns:
        matches = _matcher(pattern.removeprefix("./").rstrip("/"))
        found = [member for member in directory.members if matches(member.path.rstrip("/"))]
        if not found:
            message = _("No member of the archive matches {pattern}; list its files to see the names.")
            raise NotFound(message.format(pattern=safe(pattern)))
        chosen |= {member.number: member for member in found}
    return tuple(chosen[number] for number in sorted(chosen))


def _matcher(pattern: str) -> Callable[[str], bool]:

    exact, below = pattern, pattern + "/"
    if not any(c in pattern for c in "*?["):
        return lambda path: path == exact or path.startswith(below)
    whole = re.compile(fnmatch.translate(pattern))
    if "/" in pattern:
        inside = re.compile(fnmatch.translate(pattern + "/*"))
        return lambda path: whole.match(path) is not None or inside.match(path) is not None
    return lambda path: whole.match(path.rpartition("/")[2]) is not None or whole.match(path) is not None
