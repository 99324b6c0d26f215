"""Carrying out a plan, and undoing it. Whatever cuts it short, the target is as before, as planned, or in between
with everything at hand to go either way.

1. Members are unpacked into the undo folder, checked and synced: the target is untouched.
2. The journal is written: from now on the restore can be continued without the archive, or taken back.
3. Each file is swapped into its place, folders are synced, and the run is marked as applied.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path

from snaptui.archives.beneath import Beneath
from snaptui.archives.directory import Directory, Reader
from snaptui.archives.journal import Journal, MadeFolder, Run, UndoFolder
from snaptui.archives.placing import place_all, take_back_all
from snaptui.archives.plan import Plan, refused_whole
from snaptui.archives.restore_events import (
    Applying,
    MemberRefused,
    Restored,
    RestoreEvent,
    Staging,
    Syncing,
    TakenBack,
    TakingBack,
    UndoEvent,
)
from snaptui.archives.runs import require_finished
from snaptui.archives.safety import UNDO_FOLDER, Refusal
from snaptui.archives.staging import Staged, Sync, stage, write_failure
from snaptui.archives.work import Cancelled, Job, events
from snaptui.errors import ArchiveRefused, CannotWrite, DiskFull, NotFound, RestoreError
from snaptui.i18n import _
from snaptui.reasons import reason_of
from snaptui.text import safe


def restore(
    plan: Plan,
    directory: Directory,
    reader: Reader,
    *,
    source: str,
    sync: Sync = Sync.ONCE,
    strict: bool = False,
    remote: bool = False,
    on_start: Callable[[Job[RestoreEvent]], None] = lambda job: None,
) -> AsyncGenerator[RestoreEvent, None]:
    """Carry out a plan; the last event is ``Restored``.

    ``source`` says for people what is restored (``APP VERSION``). Closing the iterator before that takes everything
    back. Raises ``WouldReplace``, ``ArchiveRefused`` (``strict``), ``RestoreUnfinished``, ``HeldElsewhere``,
    ``DiskFull``, ``CannotWrite``, ``RestoreError`` when the target changed meanwhile, and what the reader raises;
    after any of them the target is as it was. ``on_start`` is called with the job, on its thread.
    """

    def run(job: Job[RestoreEvent]) -> None:
        on_start(job)
        _restore(job, plan, directory, reader, source=source, sync=sync, strict=strict, remote=remote)

    return events(run, name="restore")


def resume(target: Path) -> AsyncGenerator[RestoreEvent, None]:
    """Finish the interrupted restore in ``target``, without its archive; raises ``NotFound`` when there is none."""
    return events(lambda job: _resume(job, target), name="restore")


def undo(target: Path, *, force: bool = False) -> AsyncGenerator[UndoEvent, None]:
    """Take back the last restore into ``target``, finished or interrupted; the last event is ``TakenBack``.

    Files that changed since are left alone, and with them the undo, unless ``force``. Raises ``NotFound`` when
    there is nothing to take back.
    """
    return events(lambda job: _undo(job, target, force), name="undo")


def _restore(
    job: Job[RestoreEvent],
    plan: Plan,
    directory: Directory,
    reader: Reader,
    *,
    source: str,
    sync: Sync,
    strict: bool,
    remote: bool,
) -> None:
    require_finished(plan.target)
    plan.require_allowed(strict=strict)
    if plan.missing_bytes:
        sentence = _("The disk of the target has too little room, so nothing was changed; make room or choose another.")
        raise DiskFull(sentence, plan.missing_bytes)
    if plan.empty:
        job.tell(_nothing_done(plan))
        return
    made_target = not plan.target.exists()
    with Beneath(plan.target, create=True) as beneath:
        try:
            with UndoFolder(beneath) as folder:
                run = _new_run(folder)
                with contextlib.closing(run):
                    staged = _stage(job, run, plan, directory, reader, sync=sync, strict=strict, remote=remote)
                    journal = Journal(source, staged.records, _made_folders(plan), made_target)
                    _write_journal(run, journal)
                    refused = _apply(job, beneath, run, journal, strict=strict)
                folder.prune()
                job.tell(_restored(plan, staged, refused, folder.path / run.number))
        except BaseException:
            if made_target:
                with contextlib.suppress(OSError):
                    plan.target.rmdir()
            raise


def _new_run(folder: UndoFolder) -> Run:
    try:
        return folder.new()
    except OSError as error:
        raise write_failure(error, 0) from error


def _stage(
    job: Job[RestoreEvent],
    run: Run,
    plan: Plan,
    directory: Directory,
    reader: Reader,
    *,
    sync: Sync,
    strict: bool,
    remote: bool,
) -> Staged:
    total_files, total_bytes = len(plan.actions), plan.bytes_to_write
    try:
        return stage(
            run,
            plan.actions,
            directory,
            reader,
            sync=sync,
            strict=strict,
            remote=remote,
            on_file=lambda files, done: job.progress(lambda: Staging(files, total_files, done, total_bytes)),
            on_refused=lambda refusal: job.tell(MemberRefused(refusal)),
            on_sync=lambda: job.tell(Syncing(total_bytes)),
        )
    except BaseException:
        run.discard()
        raise


def _made_folders(plan: Plan) -> tuple[MadeFolder, ...]:
    """Return the folders to make, parents first, with what the archive says about them."""
    return tuple(
        MadeFolder(new.parts, new.member and new.member.mode, new.member and new.member.modified_seconds())
        for new in sorted(plan.folders, key=lambda new: (len(new.parts), new.parts))
    )


def _write_journal(run: Run, journal: Journal) -> None:
    try:
        run.write(journal)
    except OSError as error:
        run.discard()
        raise write_failure(error, 0) from error


def _apply(
    job: Job[RestoreEvent], beneath: Beneath, run: Run, journal: Journal, *, strict: bool
) -> tuple[Refusal, ...]:
    """Put everything in place and mark the run; when that fails or is cancelled, take everything back first."""
    try:
        refused = place_all(
            beneath, run, journal, on_file=lambda done, total: job.progress(lambda: Applying(done, total))
        )
        if strict and refused:
            raise refused_whole(refused)
        job.settle()
        run.mark_applied()
    except (RestoreError, ArchiveRefused, Cancelled):
        _revert(beneath, run, journal)
        raise
    except OSError as error:
        _revert(beneath, run, journal)
        raise write_failure(error, 0) from error
    return refused


def _revert(beneath: Beneath, run: Run, journal: Journal) -> None:
    beneath.forget()
    with _half_done():
        _back, _removed, left = take_back_all(beneath, run, journal, force=False, on_file=lambda _done, _total: None)
    if not left:
        run.discard()


def _resume(job: Job[RestoreEvent], target: Path) -> None:
    with Beneath(target) as beneath, _existing(beneath) as folder:
        run = folder.last()
        if run is None or run.applied:
            raise _nothing_there(target)
        with contextlib.closing(run), _half_done():
            journal = run.read()
            refused = place_all(
                beneath, run, journal, on_file=lambda done, total: job.progress(lambda: Applying(done, total))
            )
            run.mark_applied()
        folder.prune()
        new = tuple(safe("/".join(r.parts)) for r in journal.records if r.before is None)
        replaced = tuple(safe("/".join(r.parts)) for r in journal.records if r.before is not None)
        written = sum(record.staged.size for record in journal.records)
        job.tell(Restored(target, new, replaced, 0, refused, written, folder.path / run.number))


def _undo(job: Job[UndoEvent], target: Path, force: bool) -> None:
    with Beneath(target) as beneath, _existing(beneath) as folder:
        run = folder.last()
        if run is None:
            raise _nothing_there(target)
        with contextlib.closing(run), _half_done():
            journal = run.read()
            put_back, removed, left = take_back_all(
                beneath,
                run,
                journal,
                force=force,
                on_file=lambda done, total: job.progress(lambda: TakingBack(done, total)),
            )
            if not left:
                run.discard()
    if journal.made_target and not left:
        with contextlib.suppress(OSError):
            target.rmdir()
    job.tell(TakenBack(target, safe(journal.source), put_back, removed, left))


@contextlib.contextmanager
def _half_done() -> Iterator[None]:
    """Turn a write that fails on the way into an error for a person: what was done stays done, and can go on."""
    try:
        yield
    except OSError as error:
        message = _("The target can't be written ({problem}); nothing is lost, so mend that and run the same again.")
        raise CannotWrite(message.format(problem=reason_of(error))) from error


def _existing(beneath: Beneath) -> UndoFolder:
    """Open the undo folder without making one."""
    try:
        os.lstat(UNDO_FOLDER, dir_fd=beneath.fd)
    except FileNotFoundError:
        raise _nothing_there(beneath.path) from None
    return UndoFolder(beneath)


def _nothing_there(target: Path) -> NotFound:
    message = _("There is no restore in {target} to go back to; check the folder's name.")
    return NotFound(message.format(target=safe(str(target))))


def _nothing_done(plan: Plan) -> Restored:
    return Restored(plan.target, (), (), plan.unchanged, plan.refused, 0, None)


def _restored(plan: Plan, staged: Staged, refused: tuple[Refusal, ...], undo_folder: Path) -> Restored:
    found = staged.refused + refused
    bad = {refusal.path for refusal in found}
    return Restored(
        target=plan.target,
        new=tuple(action.shown for action in plan.new if action.shown not in bad),
        replaced=tuple(action.shown for action in plan.replaced if action.shown not in bad),
        unchanged=plan.unchanged,
        refused=plan.refused + found,
        written_bytes=staged.written_bytes,
        undo=undo_folder,
    )
