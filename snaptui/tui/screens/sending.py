"""The work of sending a version back: the archive, checked; a snapshot of the app as it is; the upload; the answer."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from time import monotonic

from snaptui import formatting
from snaptui.archives.work import in_thread
from snaptui.errors import NotFound, NotSignedIn, OutcomeUnknown, SnaptuiError, UsageError
from snaptui.i18n import _
from snaptui.rows import VersionRow
from snaptui.session import Session
from snaptui.tui.archive_access import fetch_archive
from snaptui.tui.desk import Desk
from snaptui.tui.screens.ask import Answer, AskScreen
from snaptui.tui.screens.place import Place
from snaptui.tui.screens.restore_progress import transfer_shown
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.detail import short_path
from snaptui.tui.widgets.progress_line import Progress, ProgressLine
from snaptui.tui.widgets.steps import Step, Steps, StepState
from snaptui.upload_events import LARGEST_UPLOAD_BYTES, Committed, Sent, Uploading


class Stage(IntEnum):
    """How far it is; the last two are about the same step."""

    ARCHIVE = 0
    SNAPSHOT = 1
    SENDING = 2
    WAITING = 3


class Sending(Place[bool]):
    """The part of the screen that works. ``snapshot`` is the version taken before, None while there is none."""

    def __init__(self, row: VersionRow, desk: Desk, surroundings: Surroundings) -> None:
        super().__init__()
        self._row, self._desk, self._surroundings = row, desk, surroundings
        self.stage = Stage.ARCHIVE
        self.snapshot: str | None = None
        self._steps: list[Step] = []
        self._since: float | None = None

    def say(self, words: str, *, look: str = "") -> None:
        """One or two sentences."""
        raise NotImplementedError

    # Steps

    def _at(self, stage: Stage) -> None:
        """Another stage begins."""
        self.stage = stage
        self._since = monotonic() if stage in (Stage.SNAPSHOT, Stage.WAITING) else None
        if stage is not Stage.WAITING:
            self._mark(StepState.GOING)
        self.tick()

    def _mark(self, state: StepState, words: str = "") -> None:
        number = min(self.stage, Stage.SENDING)
        step = self._steps[number]
        self._steps[number] = replace(step, state=state, words=words or step.words)
        self.query_one(Steps).show(self._steps)

    def step_done(self) -> None:
        """What was going on is done."""
        self._since = None
        self._mark(StepState.DONE)

    def step_failed(self) -> None:
        """What was going on failed or was stopped."""
        self._since = None
        self._mark(StepState.FAILED)

    def tick(self) -> None:
        """Count up while Discloud works."""
        if self._since is None:
            return
        elapsed = formatting.duration(monotonic() - self._since)
        if self.stage is Stage.SNAPSHOT:
            self.say(_("Discloud is taking a snapshot of the app as it is: {elapsed}.").format(elapsed=elapsed))
        else:
            words = _("Sent. Waiting for Discloud's answer: {elapsed}. Unpacking and restarting may last minutes.")
            self.say(words.format(elapsed=elapsed))

    # The work

    async def sent(self) -> Committed:
        """Do all of it; raises what goes wrong, ``OutcomeUnknown`` where the app may have been changed."""
        session = self._desk.session
        if session is None:
            raise NotSignedIn(_("Sign in first: press {key}.").format(key=self._desk.key_of("sign-in")))
        self._steps = [
            Step(_("The archive, fetched and checked")),
            Step(_("A snapshot of the app as it is now")),
            Step(_("The archive sent to Discloud")),
        ]
        self._at(Stage.ARCHIVE)
        path = await self._archive_here(session)
        self._mark(StepState.DONE)
        await self._snapshot_first(session)
        return await self._upload(session, path)

    async def _archive_here(self, session: Session) -> Path:
        """A copy on this computer that has just been checked."""
        self.say(_("Checking the archive…"))
        copy = session.copies.of(self._row.key)
        path: Path | None = None
        if copy is not None and copy.verified_at is not None and copy.problem is None:
            try:
                copy = await session.copies.verify(self._row.key)
            except NotFound:
                copy = None
            path = copy.path if copy is not None and copy.problem is None else None
        if path is None:
            path = await self._fetched()
        size = await in_thread(lambda _job: _size_of(path))
        if size > LARGEST_UPLOAD_BYTES:
            words = _("This archive can't be sent: it has {size}, and Discloud takes {most} at most.")
            raise UsageError(words.format(size=formatting.size(size), most=formatting.size(LARGEST_UPLOAD_BYTES)))
        return path

    async def _fetched(self) -> Path:
        """Download it through the queue, and show how far it is here too."""
        self.say(_("Fetching the archive; it is verified, and kept as a local copy."))
        with transfer_shown(self._desk.queue, self._row.key, self.query_one(ProgressLine)):
            archive = await fetch_archive(self._desk, self._row)
        await archive.aclose()
        assert archive.path is not None  # noqa: S101 - it was opened from a file
        return archive.path

    async def _snapshot_first(self, session: Session) -> None:
        """Take a snapshot, so that there is a way back; where that fails the person decides, warned."""
        self._at(Stage.SNAPSHOT)
        while self.snapshot is None:
            try:
                created = await session.catalog.create(self._row.snapshot.app_id)
            except OutcomeUnknown as error:
                self.snapshot = error.found_version
                failure: SnaptuiError = error
            except SnaptuiError as error:
                failure = error
            else:
                self.snapshot = created.snapshot.version
            if self.snapshot is None and not await self._again(failure):
                self._mark(StepState.SKIPPED, _("No snapshot: you chose to send without it"))
                return
        self._mark(StepState.DONE, _("Snapshot {version} of the app as it was").format(version=self.snapshot))

    async def _again(self, error: SnaptuiError) -> bool:
        """Ask what to do without a snapshot: True is another try, False to go on; raises where nothing is sent."""
        body = [error.sentence, _("Without it there is no way back to the app as it is now.")]
        answers = (
            Answer("stop", "s", _("Stop")),
            Answer("again", "a", _("Try again")),
            Answer("go-on", "w", _("Send anyway")),
        )
        self._since = None
        answer = await self.app.push_screen_wait(AskScreen(_("There is no snapshot"), body, answers))
        if answer == "again":
            self._at(Stage.SNAPSHOT)
            return True
        if answer == "go-on":
            return False
        raise SnaptuiError(_("Nothing was sent, since there is no snapshot: the app is as it was."))

    async def _upload(self, session: Session, path: Path) -> Committed:
        self._at(Stage.SENDING)
        self.say(_("Sending the archive."))
        shown = self.query_one(ProgressLine)
        shown.display = True
        answer: Committed | None = None
        began = monotonic()
        async with aclosing(session.send_back(self._row.snapshot.app_id, path)) as told:
            async for event in told:
                match event:
                    case Uploading(sent_bytes=sent, total_bytes=total):
                        rate = sent / max(monotonic() - began, 0.001)
                        shown.advance(Progress(sent, total, rate, (total - sent) / rate if rate else None))
                    case Sent():
                        shown.display = False
                        self._at(Stage.WAITING)
                    case Committed():
                        answer = event
        assert answer is not None  # noqa: S101 - the events end with it or raise
        return answer


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        raise NotFound(_("The copy {path} is gone: try again.").format(path=short_path(path))) from None
