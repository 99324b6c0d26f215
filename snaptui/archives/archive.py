"""One archive opened for looking inside, here or from afar: what the screens and the commands stand on.

``open_file``, ``open_remote`` and ``open_snapshot`` return an ``Archive``; everything it does is awaited, its blocking
part runs on a worker's thread, one piece of work at a time.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import CancelledError
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from snaptui.archives.compare import Comparison, Content, Held, compare, compare_folder, contents
from snaptui.archives.directory import FIRST_TAIL_BYTES, Directory, Member, Reader, read_directory
from snaptui.archives.members import read_member
from snaptui.archives.patterns import select
from snaptui.archives.plan import Plan, Policy, make_plan
from snaptui.archives.preview import MOST_DATABASE_BYTES, PREVIEW_BYTES, Preview, make_preview, needs_whole
from snaptui.archives.readers import FileReader
from snaptui.archives.restore import restore
from snaptui.archives.restore_events import RestoreEvent
from snaptui.archives.safety import DEFAULT_LIMITS, Limits, Reason, judge
from snaptui.archives.staging import Sync
from snaptui.archives.tree import FileTree, Folder, Order, Rows
from snaptui.archives.work import Cancelled, Job, events, in_thread
from snaptui.errors import ArchiveChanged, ArchiveDamaged, ArchiveRefused, NotFound, WholeArchiveOnly
from snaptui.i18n import _
from snaptui.models import DownloadLink, SnapshotKey

if TYPE_CHECKING:
    from snaptui.archives.remote import RemoteReader

T = TypeVar("T")

# A text larger than this is not compared line by line, a member larger than this not read into memory.
MOST_READ_BYTES = 256 * 1024 * 1024
# A remote restore that needs this share of an archive, and more than the bytes below, is better off with all of it.
_WHOLE_SHARE = 0.5
_PIECES_AHEAD = 8
_FEW_ROWS = 2_000
_WHOLE_FROM_BYTES = 16 * 1024 * 1024


class LinkSource(Protocol):
    """Whoever makes download links; ``DiscloudApi`` does."""

    async def download_link(self, app_id: str, version: str) -> DownloadLink:
        """Return a new link."""
        ...


class LocalCopy(Protocol):
    """A copy that the record of local copies knows (``transfers.local.LocalCopy``)."""

    @property
    def path(self) -> Path:
        """Where it is."""

    @property
    def size_bytes(self) -> int:
        """Its bytes when it was verified."""

    @property
    def verified_at(self) -> object | None:
        """When it was found whole; None: never."""

    @property
    def problem(self) -> str | None:
        """What is wrong with it, None when nothing is known to be."""


class Copies(Protocol):
    """The record of local copies (``transfers.local.LocalCopies``)."""

    def of(self, key: SnapshotKey) -> LocalCopy | None:
        """Return the copy of a snapshot, or None."""


class Archive:
    """An open archive. Close it, or use it as an async context manager.

    ``label`` says for people what it is, ``path`` is the file of a local one. Every method may raise what the reader
    raises: see ``remote.RemoteReader``.
    """

    def __init__(self, reader: Reader, directory: Directory, *, label: str, key: SnapshotKey | None = None) -> None:
        self.directory = directory
        self.label = label
        self.key = key
        self.path: Path | None = None
        self._reader = reader
        self._remote: RemoteReader | None = None
        self._lock = asyncio.Lock()
        self._refused: dict[int, Reason] | None = None
        self._tree: FileTree | None = None

    @property
    def remote(self) -> bool:
        """Whether its bytes come over the network."""
        return self._remote is not None

    @property
    def transferred_bytes(self) -> int:
        """Bytes of the archive that came over the network so far."""
        return self._remote.received_bytes if self._remote is not None else 0

    @property
    def requests(self) -> int:
        """Requests sent to the archive's host so far."""
        return self._remote.requests if self._remote is not None else 0

    @property
    def links(self) -> int:
        """Links to it that the API was asked for so far, one request each."""
        return self._remote.links if self._remote is not None else 0

    @property
    def size_bytes(self) -> int:
        """Bytes of the whole archive."""
        return self.directory.archive_size

    async def refused(self) -> dict[int, Reason]:
        """Return the members that would not be unpacked anywhere, by number, with why; the tree's rows then say it."""
        if self._refused is None:
            self._refused = await in_thread(lambda _job: judge(self.directory))
            if self._tree is not None:
                self._tree.refused = self._refused
        return self._refused

    async def tree(self) -> FileTree:
        """Return the tree of files, made once; await ``refused`` after the first frame to have its rows say it."""
        if self._tree is None:
            self._tree = await in_thread(lambda _job: FileTree.of(self.directory, refused=self._refused))
        return self._tree

    async def rows(self, folder: Folder, order: Order = Order.NAME, *, reverse: bool = False) -> Rows:
        """Return a folder's rows, sorted; a large folder's on a thread, so that the event loop goes on."""
        tree = await self.tree()
        if len(folder.numbers) + len(folder.folders) < _FEW_ROWS:
            return tree.rows(folder, order, reverse=reverse)
        return await in_thread(lambda job: tree.rows(folder, order, reverse=reverse, check=job.check))

    def find(self, path: str) -> Member:
        """Return a file by its path; raise ``NotFound``."""
        return self.directory.find(path)

    def select(self, patterns: Sequence[str]) -> Sequence[Member]:
        """Return the members that patterns name; raise ``NotFound`` for one that names none."""
        return select(self.directory, patterns)

    async def read(self, member: Member, *, limit: int | None = None) -> bytes:
        """Return a member's content, checked; with ``limit`` only its first bytes, unchecked.

        Raises ``ArchiveDamaged``, and ``ArchiveRefused`` for what is encrypted, unknown or too large for memory.
        """
        if limit is None and member.size > MOST_READ_BYTES:
            raise ArchiveRefused(_("{path} is too large to be shown; save it instead.").format(path=member.shown))
        return await self._work(
            lambda job: b"".join(_checked(read_member(self._reader, self.directory, member, limit=limit), job))
        )

    async def chunks(self, member: Member) -> AsyncGenerator[bytes, None]:
        """Yield a member's content in pieces; it is proven only when the iterator ends without an error."""
        room = threading.Semaphore(_PIECES_AHEAD)

        def send(job: Job[bytes]) -> None:
            self._listen(job)
            for piece in read_member(self._reader, self.directory, member):
                while not room.acquire(timeout=0.2):  # whoever takes them is slower than the disk
                    job.check()
                job.tell(piece)

        async with self._lock, aclosing(events(send)) as pieces:
            async for piece in pieces:
                yield piece
                room.release()

    async def preview(
        self, member: Member, *, limit: int = PREVIEW_BYTES, most_whole: int = MOST_DATABASE_BYTES
    ) -> Preview:
        """Return what there is to see of a file: its first ``limit`` bytes, or all of a database.

        A database that takes more than ``most_whole`` bytes of the archive is not read whole, so without its tables.
        """

        def look(job: Job[None]) -> Preview:
            data = b"".join(_checked(read_member(self._reader, self.directory, member, limit=limit), job))
            wanted = member.compressed_size <= most_whole and needs_whole(data, member.size)
            if len(data) < member.size and wanted:
                data = b"".join(_checked(read_member(self._reader, self.directory, member), job))
            return make_preview(data, path=member.path, size=member.size)

        return await self._work(look)

    async def plan(
        self,
        target: Path,
        *,
        chosen: Iterable[Member] | None = None,
        policy: Policy = Policy.NEVER,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Plan:
        """Work out what restoring ``chosen`` (None: all) into ``target`` would do; writes nothing."""
        members = None if chosen is None else tuple(chosen)
        return await in_thread(
            lambda job: make_plan(
                self.directory,
                target,
                chosen=members,
                policy=policy,
                limits=limits,
                on_progress=lambda _done, _total: job.check(),
            )
        )

    async def restore(
        self, plan: Plan, *, sync: Sync = Sync.ONCE, strict: bool = False
    ) -> AsyncGenerator[RestoreEvent, None]:
        """Carry out a plan: see ``restore.restore``. The last event is ``Restored``."""
        async with self._lock:
            running = restore(
                plan,
                self.directory,
                self._reader,
                source=self.label,
                sync=sync,
                strict=strict,
                remote=self.remote,
                on_start=self._listen,
            )
            async with aclosing(running) as told:
                async for event in told:
                    yield event

    def better_whole(self, members: Iterable[Member]) -> bool:
        """Whether restoring these from afar is better done by downloading and verifying the whole archive."""
        needed = sum(member.compressed_size for member in members)
        return self.remote and needed > max(_WHOLE_FROM_BYTES, self.size_bytes * _WHOLE_SHARE)

    async def compare_folder(self, folder: Path) -> Comparison:
        """Return what differs from this archive (the old side) to a folder on this computer (the new side)."""
        mine = contents(self.directory)
        return await in_thread(lambda job: compare_folder(mine, folder, check=job.check))

    async def aclose(self) -> None:
        """Release the file."""
        if isinstance(self._reader, FileReader):
            self._reader.close()

    async def __aenter__(self) -> Archive:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.aclose()

    def _listen(self, job: Job[T]) -> None:
        """Have a cancelled job wake the thread that waits for the network."""
        if self._remote is not None:
            self._remote.begin()
            job.on_cancel(self._remote.interrupt)

    async def _work(self, work: Callable[[Job[None]], T]) -> T:
        async with self._lock:

            def listening(job: Job[None]) -> T:
                self._listen(job)
                return work(job)

            return await in_thread(listening)


async def compare_archives(old: Archive, new: Archive) -> Comparison:
    """Return what differs between two archives, from their directories alone."""
    return await in_thread(lambda _job: compare(contents(old.directory), contents(new.directory)))


async def history(
    path: str, keys: Iterable[SnapshotKey], opener: Callable[[SnapshotKey], Awaitable[Archive]]
) -> AsyncIterator[Held]:
    """Yield which content a member has in each version, in the order of ``keys``, as each is read.

    ``opener(key)`` is awaited and returns an ``Archive``, closed here. ``first_of`` marks a version whose content is
    another than in the one before it in that order. A version whose archive can't be read has a ``problem``; what
    would befall the others too (no network, no token) is raised.
    """
    before: Content | None = None
    started = False
    for key in keys:
        try:
            async with await opener(key) as archive:
                member = archive.directory.get(path)
        except (NotFound, ArchiveDamaged, ArchiveChanged, WholeArchiveOnly) as error:
            yield Held(key.version, None, False, problem=error.sentence)
            continue
        if member is not None and member.is_dir:
            member = None
        content = Content(member.size, member.crc) if member is not None else None
        yield Held(key.version, content, not started or content != before, member)
        before, started = content, True


async def open_file(path: Path, *, key: SnapshotKey | None = None, label: str = "") -> Archive:
    """Open an archive file; raises ``NotFound`` and ``ArchiveDamaged``."""

    def read(_job: Job[None]) -> tuple[FileReader, Directory]:
        reader = FileReader(path)
        try:
            return reader, read_directory(reader)
        except BaseException:
            reader.close()
            raise

    reader, directory = await in_thread(read)
    archive = Archive(reader, directory, label=label or path.name, key=key)
    archive.path = path
    return archive


async def open_remote(
    key: SnapshotKey, links: LinkSource, *, api_origin: str, first_tail: int = FIRST_TAIL_BYTES
) -> Archive:
    """List a snapshot's archive where it lies: one request for its tail of ``first_tail`` bytes, seldom a second.

    Raises ``WholeArchiveOnly`` where the host does not serve parts: ask, download it, and ``open_file`` it.
    """
    from snaptui.archives.remote import RemoteReader
    from snaptui.transfers.address import api_zone

    loop = asyncio.get_running_loop()

    def renew() -> DownloadLink:
        waiting = asyncio.run_coroutine_threadsafe(links.download_link(key.app_id, key.version), loop)
        reader.waits_for(waiting.cancel)
        try:
            return waiting.result()
        except CancelledError:
            raise Cancelled from None

    reader = RemoteReader(renew, home=api_zone(api_origin))

    def read(job: Job[None]) -> Directory:
        job.on_cancel(reader.interrupt)
        return read_directory(reader, first_tail=first_tail)

    directory = await in_thread(read)
    archive = Archive(reader, directory, label=f"{key.app_id} {key.version}", key=key)
    archive._remote = reader
    return archive


async def open_snapshot(
    key: SnapshotKey,
    links: LinkSource,
    copies: Copies | None,
    *,
    api_origin: str,
    first_tail: int = FIRST_TAIL_BYTES,
) -> Archive:
    """Open a snapshot from its verified local copy where there is one, else from afar (see ``open_remote``)."""
    copy = copies.of(key) if copies is not None else None
    if copy is not None and copy.verified_at is not None and copy.problem is None:
        try:
            archive = await open_file(copy.path, key=key, label=f"{key.app_id} {key.version}")
        except NotFound:
            pass
        else:
            if archive.size_bytes == copy.size_bytes:
                return archive
            await archive.aclose()
    return await open_remote(key, links, api_origin=api_origin, first_tail=first_tail)


def _checked(pieces: Iterable[bytes], job: Job[None]) -> Iterable[bytes]:
    for piece in pieces:
        job.check()
        yield piece
