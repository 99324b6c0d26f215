"""What the pane of versions is about: the app, how much there is of it, and what is hidden or marked."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from textual.strip import Strip

from snaptui import formatting
from snaptui.i18n import _, ngettext
from snaptui.rows import AppRow
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.fitting import Part, fit_parts
from snaptui.tui.widgets.lines import LineView, fit
from snaptui.tui.widgets.states import state_word

_LONGEST_NAME = 40


class About(NamedTuple):
    """What the heading tells. ``app`` is None for all of them; ``shown`` None where no filter hides anything.

    ``apps`` is how many apps the table below has, None where that has versions; ``known_bytes`` the size of all
    that is counted, and ``more`` whether there is more of unknown size; ``unread`` what of the filter is not
    understood.
    """

    app: AppRow | None = None
    apps: int | None = None
    known_bytes: int | None = None
    more: bool = False
    count: int = 0  # type: ignore[assignment]  # not the method of tuples
    shown: int | None = None
    filter_text: str = ""
    marked: int = 0
    unreadable: int = 0
    unread: str = ""


class Heading(LineView):
    """One line, told by ``show``."""

    def __init__(self, *, now: datetime, symbols: Symbols = UNICODE, id: str | None = None) -> None:
        super().__init__(symbols=symbols, id=id)
        self._now = now
        self._about: About | None = None

    def show(self, about: About | None, now: datetime) -> None:
        """Show this, or nothing."""
        self._about, self._now = about, now
        self.repaint()

    def draw_line(self, y: int, width: int) -> Strip:
        """The name at the left, the sums at the right."""
        about = self._about
        if y or about is None:
            return self.strip((), width)
        name = self.symbols.plain(about.app.app.name if about.app is not None else _("All apps"))
        room = min(_LONGEST_NAME, max(8, width // 3))
        left = [Part(fit(name, room, ellipsis=self.symbols.ellipsis).rstrip() if len(name) > room else name, "strong")]
        if about.app is not None:
            left.append(Part(state_word(about.app.app), "muted", rank=4, glue="  "))
        pieces = fit_parts(left, self._sums(about), max(0, width - 2), self.symbols)
        return self.strip([(" ", "text"), *pieces], width)

    def _sums(self, about: About) -> list[Part]:
        parts: list[Part] = []
        if about.marked:
            marked = ngettext("{n} marked", "{n} marked", about.marked).format(n=formatting.number(about.marked))
            parts.append(Part(marked, "accent", rank=1))
        if about.shown is not None:
            words = _("{n} shown by {text}").format(n=formatting.number(about.shown), text=about.filter_text)
            short = _("{n} shown").format(n=formatting.number(about.shown))
            parts.append(Part(words, "warn", rank=3, shorter=short))
        if about.unread:
            words = _("not understood: {text}").format(text=about.unread)
            parts.append(Part(words, "warn", rank=2, shorter=_("not understood")))
        if about.unreadable:
            words = ngettext("{n} entry unreadable", "{n} entries unreadable", about.unreadable)
            parts.append(Part(words.format(n=formatting.number(about.unreadable)), "warn", rank=2))
        if about.apps is not None:
            apps = ngettext("{n} app", "{n} apps", about.apps).format(n=formatting.number(about.apps))
            parts.append(Part(apps, "muted", rank=2))
        count = ngettext("{n} snapshot", "{n} snapshots", about.count).format(n=formatting.number(about.count))
        parts.append(Part(count, "muted", rank=2))
        row = about.app
        if about.known_bytes is not None:
            size = formatting.size(about.known_bytes)
            parts.append(Part(_("over {size}").format(size=size) if about.more else size, "muted", 5))
        if row is not None and row.newest is not None:
            age = formatting.short_age(row.newest.taken_at, self._now)
            parts.append(Part(_("newest {age}").format(age=age), "muted", 6))
        return parts
