"""How an account comes onto the main screen: token, sign-in, loading, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import work
from textual.timer import Timer

from snaptui.errors import SnaptuiError, TokenError
from snaptui.formatting import number
from snaptui.i18n import ngettext
from snaptui.priority import Priority
from snaptui.tui.desk import Desk
from snaptui.tui.screens.place import Place
from snaptui.tui.surroundings import Surroundings

if TYPE_CHECKING:
    from snaptui.changes import Change
    from snaptui.models import Account, RateLimit
    from snaptui.session import Sessions
    from snaptui.tokens import Found

_REST_SECONDS = 0.4
_FRESH_SECONDS = 30.0
# The pacer takes a window for over a second later than the server's whole seconds say.
_ROUNDING = 1.1


class Opening(Place[None]):
    """The part of the main screen that opens accounts and keeps them fresh. ``desk`` holds the one that is open.

    ``last_error`` is why the last load did not bring everything, None where it did.
    """

    def __init__(self, sessions: Sessions, surroundings: Surroundings) -> None:
        super().__init__()
        self.surroundings = surroundings
        self.desk = Desk(sessions, self.queue_changed, self.key_of)
        self.app_id: str | None = None
        self.app_before: str | None = None
        self.last_error: SnaptuiError | None = None
        self.starting = True
        self._asked_at: dict[str, datetime] = {}
        self._resting: Timer | None = None
        self._whole_at: datetime | None = None
        self._whole_again: Timer | None = None

    # What the other parts give

    def queue_changed(self) -> None:
        """The downloads stand otherwise."""
        raise NotImplementedError

    def show_everything(self) -> None:
        """Bring the whole screen up to date; cursor and scroll position stay."""
        raise NotImplementedError

    def show_rows(self, *, keep: bool) -> None:
        """Show the versions of the app under the sidebar's cursor."""
        raise NotImplementedError

    def show_state(self) -> None:
        """Show the header, and words in the place of rows where there are none."""
        raise NotImplementedError

    # Signing in

    @work(group="open", exclusive=True)
    async def begin(self) -> None:
        """Find a token and open its account, or ask for one."""
        self.starting = True
        found = await self.desk.sessions.find_token()
        if found is not None:
            await self._open(found, None)
        else:
            await self._sign_in(" ".join(self.desk.sessions.tokens.problems))

    @work(group="open", exclusive=True)
    async def sign_in(self, reason: str = "") -> None:
        """Show the login over this screen; what is here stays."""
        await self._sign_in(reason)

    async def _sign_in(self, reason: str) -> None:
        from snaptui.tui.screens.login import LoginScreen

        self.starting = False
        self.show_state()
        signed = await self.app.push_screen_wait(LoginScreen(self.desk.sessions, self.surroundings, reason))
        if signed is not None:
            await self._open(signed.found, signed.account)
        self.show_state()

    async def _open(self, found: Found, account: Account | None) -> None:
        await self.desk.open(found, account)
        session = self.desk.session
        if session is None:
            return
        await session.prepare()
        self.starting, self.last_error = False, None
        self.load()
        self._asked_at.clear()
        self.show_everything()
        self._look_at_disk()

    @work(group="disk", exclusive=True)
    async def _look_at_disk(self) -> None:
        """Learn of local copies, and offer the downloads an earlier run left."""
        try:
            await self.desk.load_copies()
        except SnaptuiError as error:
            self.show_error(error)
        offered = self.desk.offer_unfinished()
        if offered:
            words = ngettext(
                "An earlier download is not finished: press {key} to go on with it.",
                "{n} earlier downloads are not finished: press {key} to go on with them.",
                len(offered),
            )
            self.notify(words.format(n=number(len(offered)), key=self.key_of("transfers")), markup=False)
        self.show_everything()
        self.queue_changed()

    # Loading

    @work(group="load", exclusive=True)
    async def load(self) -> None:
        """Ask for apps and snapshots side by side, and once there is something to see, whose they are."""
        session = self.desk.session
        if session is None:
            return
        if await self._follow(session.catalog.load()):
            self.last_error = None
        self.show_state()

    @work(group="account", exclusive=True)
    async def _load_account(self) -> None:
        session = self.desk.session
        if session is None:
            return
        try:
            await session.load_account()
        except SnaptuiError as error:
            self.show_error(error)
        self.show_everything()

    async def _follow(self, changes: AsyncIterator[Change]) -> bool:
        """Show changes as they come; return whether all went well. What fails in one way is told once."""
        from snaptui.changes import Failed, Loaded

        told: set[str] = set()
        well, session = True, self.desk.session
        self.show_state()
        async with aclosing(changes) as following:  # type: ignore[type-var]
            async for change in following:
                match change:
                    case Failed(error=error):
                        well = False
                        if error.sentence not in told:
                            told.add(error.sentence)
                            self.show_error(error)
                    case Loaded():
                        self.desk.release()
                self.show_everything()
                if well and session is not None and session.account is None:
                    self._ask_whose()
        return well

    def _ask_whose(self) -> None:
        if not any(worker.group == "account" and not worker.is_finished for worker in self.workers):
            self._load_account()

    def show_error(self, error: SnaptuiError) -> None:
        """The one way an error reaches the person: the login for a refused token, else words where they are seen."""
        if isinstance(error, TokenError):
            self._ask_again(error.sentence)
            return
        self.last_error = error
        catalog = self.desk.catalog
        if catalog is not None and catalog.rows():
            self.app.notify(error.sentence, severity="error", markup=False, timeout=10)
        self.show_state()

    def _ask_again(self, reason: str) -> None:
        from snaptui.tui.screens.login import LoginScreen

        if not any(isinstance(screen, LoginScreen) for screen in self.app.screen_stack):
            self.sign_in(reason)

    def show_again_when_whole(self, limit: RateLimit | None) -> None:
        """Show the header once more when the requests that it calls scarce are back."""
        if limit is None or not limit.scarce or limit.resets_at == self._whole_at:
            return
        if self._whole_again is not None:
            self._whole_again.stop()
        self._whole_at = limit.resets_at
        seconds = (limit.resets_at - self.surroundings.now()).total_seconds()
        self._whole_again = self.set_timer(max(0.0, seconds) + _ROUNDING, self.show_state)

    # One app

    def change_app(self, app_id: str | None) -> None:
        """Another app is under the sidebar's cursor: show what is known of it, and refresh it once the cursor rests."""
        if app_id == self.app_id:
            return
        self.app_before, self.app_id = self.app_id, app_id
        self.show_rows(keep=False)
        if self._resting is not None:
            self._resting.stop()
        if app_id is not None:
            self._resting = self.set_timer(_REST_SECONDS, self._rested)

    def _rested(self) -> None:
        """Refresh the app behind what is shown, unless that was done a moment ago."""
        catalog, app_id = self.desk.catalog, self.app_id
        if catalog is None or app_id is None or catalog.loading or not self.desk.signed_in or self.last_error:
            return
        loaded_at = None if catalog.from_cache else catalog.loaded_at
        latest = max((at for at in (self._asked_at.get(app_id), loaded_at) if at is not None), default=None)
        if latest is None or (self.surroundings.now() - latest).total_seconds() > _FRESH_SECONDS:
            self.refresh_app(app_id, Priority.BACKGROUND)

    @work(group="refresh-app", exclusive=True)
    async def refresh_app(self, app_id: str, priority: Priority) -> None:
        """Ask for one app's snapshots."""
        session = self.desk.session
        if session is not None:
            self._asked_at[app_id] = self.surroundings.now()
            if await self._follow(session.catalog.refresh_app(app_id, priority=priority)):
                self.last_error = None
            self.show_state()

    def announce(self, words: str, *, failed: bool = False) -> None:
        """Tell that something ended, in the ways that the settings name."""
        app: Any = self.app
        app.announce(words, failed=failed)
