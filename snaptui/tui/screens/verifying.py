"""What a check of local copies found, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from snaptui import formatting
from snaptui.i18n import _, ngettext
from snaptui.tui.widgets.detail import short_path

if TYPE_CHECKING:
    from snaptui.transfers.local import LocalCopy

_NAMED = 3


@dataclass(slots=True)
class Verified:
    """The copies that were read again; ``absent`` versions have none on record."""

    fine: list[LocalCopy] = field(default_factory=list)
    wrong: list[LocalCopy] = field(default_factory=list)
    absent: int = 0

    def take(self, copy: LocalCopy) -> None:
        """Note one copy."""
        (self.fine if copy.problem is None else self.wrong).append(copy)


def told(found: Verified) -> tuple[str, Literal["information", "warning", "error"]]:
    """One message for all of them, and how bad it is."""
    if len(found.fine) + len(found.wrong) + found.absent == 1:
        return _one(found)
    said = []
    if found.fine:
        count = len(found.fine)
        words = ngettext("{n} copy is whole and unaltered.", "{n} copies are whole and unaltered.", count)
        said.append(words.format(n=formatting.number(count)))
    if found.wrong:
        count = len(found.wrong)
        named = ", ".join(f"{copy.path.name} ({copy.problem})" for copy in found.wrong[:_NAMED])
        words = ngettext(
            "{n} is not what it was, download it again: {names}",
            "{n} are not what they were, download them again: {names}",
            count,
        )
        said.append(words.format(n=formatting.number(count), names=_safe(named + (", …" if count > _NAMED else ""))))
    if found.absent:
        words = ngettext("{n} was never downloaded here.", "{n} were never downloaded here.", found.absent)
        said.append(words.format(n=formatting.number(found.absent)))
    return " ".join(said), "error" if found.wrong else "warning" if found.absent else "information"


def _one(found: Verified) -> tuple[str, Literal["information", "warning", "error"]]:
    if found.absent:
        return _("There is no local copy of this version: download it first."), "warning"
    if found.fine:
        return _("The copy is whole and unaltered: {path}").format(path=short_path(found.fine[0].path)), "information"
    copy = found.wrong[0]
    if copy.missing:
        return _("The copy {path} is missing: download it again.").format(path=short_path(copy.path)), "error"
    words = _("The copy {path} is not what it was ({problem}): download it again.")
    return words.format(path=short_path(copy.path), problem=copy.problem), "error"


def _safe(text: str) -> str:
    from snaptui.text import one_line

    return one_line(text, 300)
