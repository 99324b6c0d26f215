"""What the preview says of a file or folder: a title, facts, warnings, and lines to scroll through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import TYPE_CHECKING

from snaptui import formatting
from snaptui.archives.directory import dos_datetime
from snaptui.archives.preview import MOST_DATABASE_BYTES, PREVIEW_BYTES, Preview, PreviewKind
from snaptui.i18n import _, ngettext
from snaptui.text import safe

if TYPE_CHECKING:
    from snaptui.archives.tree import Entry

_TAB = 4


@dataclass(frozen=True, slots=True)
class Document:
    """Ready to be shown, and safe for a terminal.

    ``facts`` are parts of one line, the most telling first. ``colour_by`` is the path that says in which language
    the lines are written; empty for what is no text.
    """

    title: str = ""
    facts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    lines: Sequence[str] = field(default=(), repr=False)
    look: str = "text"
    colour_by: str = ""

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


def facts_of(entry: Entry, zone: tzinfo) -> tuple[str, ...]:
    """What the archive's directory says of a file or folder."""
    folder, member = entry.folder, entry.member
    if folder is not None:
        count = ngettext("{n} file", "{n} files", folder.files).format(n=formatting.number(folder.files))
        newest = dos_datetime(folder.newest, zone)
        when = _("newest {time}").format(time=formatting.moment(newest)) if newest is not None else ""
        return tuple(
            fact for fact in (count, formatting.size(folder.size), _packed(folder.compressed_size), when) if fact
        )
    if member is None:
        return ()
    mode = member.mode
    facts = (
        formatting.exact_bytes(member.size),
        formatting.moment(modified) if (modified := member.modified(zone)) is not None else "",
        _packed(member.compressed_size) if member.compressed_size != member.size else "",
        f"{mode:04o}" if mode is not None else "",
    )
    return tuple(fact for fact in facts if fact)


def _packed(size: int) -> str:
    return _("{size} packed").format(size=formatting.size(size))


def warnings_of(entry: Entry) -> tuple[str, ...]:
    """Why a file would not be unpacked."""
    if entry.refused is None:
        return ()
    return (_("snaptui would not unpack it: {reason}.").format(reason=entry.refused.sentence),)


def plain_document(entry: Entry, zone: tzinfo, *warnings: str, lines: Sequence[str] = ()) -> Document:
    """What is known of an entry without its content."""
    title = safe(entry.path) + ("/" if entry.folder is not None else "")
    return Document(title, facts_of(entry, zone), (*warnings_of(entry), *warnings), lines, "muted")


def folder_document(entry: Entry, largest: Sequence[Entry], zone: tzinfo) -> Document:
    """A folder: its sums, and its largest files."""
    lines: list[str] = []
    if largest:
        lines = [_("Its largest files:"), ""]
        start = len(entry.path) + 1 if entry.path else 0
        lines += [f"{formatting.size(each.size):>9}  {safe(each.path[start:])}" for each in largest]
    return plain_document(entry, zone, lines=lines)


def preview_document(entry: Entry, preview: Preview, zone: tzinfo, *, revealed: bool, keys: PreviewKeys) -> Document:
    """A file as its preview shows it; hidden values stay so until ``revealed``."""
    facts = (*_kind(preview), *facts_of(entry, zone))
    warnings = list(warnings_of(entry))
    hidden = preview.masked is not None and not revealed
    if hidden:
        warnings.append(_("Values are hidden: {key} shows them.").format(key=keys.reveal))
    if preview.truncated and preview.kind in (PreviewKind.TEXT, PreviewKind.SQLITE):
        warnings.append(_cut(preview, keys))
    if preview.problem is not None:
        warnings.append(_("SQLite can't read it: {problem}").format(problem=preview.problem))
    text = preview.masked if hidden else preview.text
    title = safe(entry.path)
    if text is not None:
        lines = text.expandtabs(_TAB).removesuffix("\n").split("\n")
        return Document(title, facts, tuple(warnings), lines, colour_by=entry.path)
    if preview.tables:
        return Document(title, facts, tuple(warnings), _table_lines(preview))
    return Document(title, facts, tuple(warnings), preview.hex, "muted")


@dataclass(frozen=True, slots=True)
class PreviewKeys:
    """The keys that a preview names, as a person has them: to show hidden values, to read more, to read all."""

    reveal: str
    more: str
    pager: str


def can_read_more(preview: Preview) -> bool:
    """Whether fetching more of a file would show more of it here."""
    if preview.kind is PreviewKind.SQLITE:
        return preview.truncated and preview.size <= MOST_DATABASE_BYTES
    return preview.kind is PreviewKind.TEXT and preview.truncated and preview.seen < PREVIEW_BYTES


def _cut(preview: Preview, keys: PreviewKeys) -> str:
    """What is not shown, and how to see it."""
    seen, whole = formatting.size(preview.seen), formatting.size(preview.size)
    if preview.kind is PreviewKind.SQLITE:
        if not can_read_more(preview):
            return _("A database of {size} is too large for its tables to be read here.").format(size=whole)
        words = _("Its tables can only be read from all of it, {size}: {key} fetches it.")
        return words.format(size=whole, key=keys.more)
    if can_read_more(preview):
        return _("These are the first {seen} of {size}: {key} reads more.").format(seen=seen, size=whole, key=keys.more)
    words = _("These are the first {seen} of {size}: {key} opens all of it in your pager.")
    return words.format(seen=seen, size=whole, key=keys.pager)


def _kind(preview: Preview) -> tuple[str, ...]:
    match preview.kind:
        case PreviewKind.EMPTY:
            return (_("empty file"),)
        case PreviewKind.TEXT:
            return (_("text"), preview.encoding or "")
        case PreviewKind.IMAGE if preview.image is not None:
            image = preview.image
            if image.width is None or image.height is None:
                return (_("{format} picture").format(format=image.format),)
            words = _("{format} picture of {width} × {height} pixels")
            return (words.format(format=image.format, width=image.width, height=image.height),)
        case PreviewKind.SQLITE:
            return (_("SQLite database"),)
        case _:
            return (_("binary"),)


def _table_lines(preview: Preview) -> list[str]:
    names = max(len(table.name) for table in preview.tables)
    lines = []
    for table in preview.tables:
        rows = _("not counted")
        if table.rows is not None:
            rows = ngettext("{n} row", "{n} rows", table.rows).format(n=formatting.number(table.rows))
        lines += [f"{table.name:<{names}}  {rows}", f"    {', '.join(table.columns)}", ""]
    return lines
