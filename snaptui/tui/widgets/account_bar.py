"""The header: whose account this is, how the token came here, what is left of the request budget, how fresh it is."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from textual.strip import Strip

from snaptui import formatting
from snaptui.i18n import _
from snaptui.models import RateLimit
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.fitting import Part, fit_parts
from snaptui.tui.widgets.lines import LineView


class AccountState(NamedTuple):
    """What the header tells. Strings are ready for a person; None or empty is not known yet.

    ``loaded_at`` is when what is shown was true; ``from_cache`` and ``offline`` say why it may be old.
    """

    username: str = ""
    plan: str = ""
    token_source: str = ""
    rate_limit: RateLimit | None = None
    loaded_at: datetime | None = None
    from_cache: bool = False
    loading: bool = False
    offline: bool = False
    read_only: bool = False


class AccountBar(LineView):
    """One line; told by ``show``, it never needs a layout."""

    DEFAULT_CSS = """
    AccountBar {
        background: $panel;
    }
    """

    def __init__(
        self,
        *,
        now: datetime,
        zone: tzinfo = UTC,
        symbols: Symbols = UNICODE,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self._now, self._zone = now, zone
        self._state = AccountState()

    @property
    def state(self) -> AccountState:
        """What is shown."""
        return self._state

    def show(self, state: AccountState) -> None:
        """Show another state."""
        self._state = state
        self.repaint()

    def refresh_ages(self, now: datetime) -> None:
        """Count the age of what is shown from ``now``."""
        self._now = now
        self.repaint()

    def draw_line(self, y: int, width: int) -> Strip:
        """The account at the left, the budget and the age at the right."""
        if y:
            return self.strip((), width)
        state = self._state
        left = [
            Part("snaptui", "accent", rank=6),
            Part(state.username, "strong", rank=1, glue="  "),
            Part(state.plan, "text", rank=5),
            Part(_("read only") if state.read_only else "", "warn", rank=1),
            Part(self._source(), "muted", rank=2, shorter=state.token_source),
        ]
        right = [self._requests(), self._freshness()]
        return self.strip([(" ", "text"), *fit_parts(left, right, max(0, width - 2), self.symbols)], width)

    def _source(self) -> str:
        source = self._state.token_source
        return _("token: {source}").format(source=source) if source else ""

    def _requests(self) -> Part:
        limit = self._state.rate_limit
        if limit is None:
            return Part("")
        numbers = f"{limit.remaining}/{limit.limit}"
        look = "warn" if limit.remaining * 10 <= limit.limit else "muted"
        if limit.scarce:
            # By the clock and not counted down: a header that ticks is sent every second.
            time = formatting.clock(limit.resets_at, self._zone)
            words = _("{left} requests, all back at {time}").format(left=numbers, time=time)
            return Part(words, look, rank=4, shorter=_("{left} until {time}").format(left=numbers, time=time))
        return Part(_("{left} requests").format(left=numbers), look, rank=4, shorter=numbers)

    def _freshness(self) -> Part:
        state = self._state
        if state.loaded_at is None:
            if state.offline:
                return Part(_("offline"), "warn", rank=1)
            return Part(_("loading") if state.loading else "", "muted", rank=3)
        age = formatting.age(state.loaded_at, self._now)
        short = formatting.short_age(state.loaded_at, self._now)
        if state.offline:
            return Part(_("offline, as of {age}").format(age=age), "warn", rank=3, shorter=_("offline"))
        if state.from_cache:
            text = _("from the cache, {age}") if not state.loading else _("from the cache, {age}; loading")
            return Part(text.format(age=age), "warn", rank=3, shorter=_("cached {age}").format(age=short))
        if state.loading:
            return Part(_("loading"), "muted", rank=3)
        return Part(_("updated {age}").format(age=age), "muted", rank=3, shorter=short)
