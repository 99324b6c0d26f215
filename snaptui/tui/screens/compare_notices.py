"""What stands in the place of differences: why there are none, or not yet, and the keys that help."""

from __future__ import annotations

from collections.abc import Callable

from snaptui import formatting
from snaptui.archives.compare import Comparison
from snaptui.errors import NetworkFailed
from snaptui.i18n import _, ngettext
from snaptui.tui.screens.compare_sides import NotCompared, Side, side_name
from snaptui.tui.widgets.notice import NoticeKind, NoticeText

KeyOf = Callable[[str], str]
"""Gives the key of a command as it is shown."""


def _ways_on(key_of: KeyOf) -> list[tuple[str, str]]:
    return [(key_of("compare-folder"), _("compare with a folder")), ("Esc", _("back"))]


def reading(old: Side, new: Side) -> NoticeText:
    """Both sides are being read."""
    words = _("Reading what is in {old} and {new}…")
    return NoticeText(NoticeKind.LOADING, words.format(old=side_name(old), new=side_name(new)))


def one_side(key_of: KeyOf) -> NoticeText:
    """There is one version on both sides."""
    return NoticeText(NoticeKind.EMPTY, _("This is one version on both sides."), keys=_ways_on(key_of))


def sameness(comparison: Comparison, key_of: KeyOf) -> NoticeText | None:
    """Nothing differs; None where something does."""
    if comparison.differences:
        return None
    same = ngettext("{n} file has the same content.", "{n} files have the same content.", comparison.same)
    sentence = same.format(n=formatting.number(comparison.same)) if comparison.same else _("Neither has a file.")
    return NoticeText(NoticeKind.EMPTY, _("These two are the same."), sentence, _ways_on(key_of))


def failure(failed: NotCompared, key_of: KeyOf) -> NoticeText:
    """Which side could not be opened, and why."""
    again = [(key_of("compare-again"), _("try again")), *_ways_on(key_of)]
    name = side_name(failed.side)
    if failed.error is None:
        sentence = _("It was not compared: its archive would have to be downloaded whole.")
        return NoticeText(NoticeKind.EMPTY, name, sentence, again)
    kind = NoticeKind.OFFLINE if isinstance(failed.error, NetworkFailed) else NoticeKind.ERROR
    return NoticeText(kind, name, failed.error.sentence, again)
