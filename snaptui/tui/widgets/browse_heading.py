"""What an open archive is, how much is in it, and how little of it came over the network."""

from __future__ import annotations

from dataclasses import dataclass

from textual.strip import Strip

from snaptui import formatting
from snaptui.i18n import _, ngettext
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.fitting import Part, fit_parts
from snaptui.tui.widgets.lines import LineView


@dataclass(frozen=True, slots=True)
class ArchiveFacts:
    """What is told. ``transferred`` and ``requests`` are None for a copy on this computer; ``files`` until it is open.

    ``listed`` says what a filter or another list shows, ``busy`` what is under way.
    """

    app: str
    version: str
    taken: str
    files: int | None = None
    size: int = 0
    archive_size: int = 0
    transferred: int | None = None
    requests: int | None = None
    refused: int = 0
    marked: int = 0
    marked_size: int = 0
    listed: str = ""
    busy: str = ""


class BrowseHeading(LineView):
    """Two lines, told by ``show``."""

    DEFAULT_CSS = """
    BrowseHeading {
        height: 2;
        width: 1fr;
    }
    """

    def __init__(self, *, symbols: Symbols = UNICODE, id: str | None = None) -> None:
        super().__init__(symbols=symbols, id=id)
        self._facts: ArchiveFacts | None = None

    @property
    def facts(self) -> ArchiveFacts | None:
        """What is told."""
        return self._facts

    def show(self, facts: ArchiveFacts) -> None:
        """Tell this."""
        self._facts = facts
        self.repaint()

    def draw_line(self, y: int, width: int) -> Strip:
        """Which version and what is marked; then what is in it and what was fetched."""
        facts = self._facts
        if facts is None or y > 1:
            return self.strip((), width)
        left, right = (_first(facts), _chosen(facts)) if y == 0 else (_second(facts), [])
        return self.strip([(" ", "text"), *fit_parts(left, right, max(0, width - 2), self.symbols)], width)


def _first(facts: ArchiveFacts) -> list[Part]:
    return [Part(facts.app, "strong"), Part(facts.version, "text"), Part(facts.taken, "muted", rank=4)]


def _chosen(facts: ArchiveFacts) -> list[Part]:
    parts: list[Part] = []
    if facts.marked:
        words = ngettext("{n} marked, {size}", "{n} marked, {size}", facts.marked)
        said = words.format(n=formatting.number(facts.marked), size=formatting.size(facts.marked_size))
        parts.append(Part(said, "accent", rank=1))
    if facts.listed:
        parts.append(Part(facts.listed, "warn", rank=2))
    return parts


def _second(facts: ArchiveFacts) -> list[Part]:
    if facts.busy:
        return [Part(facts.busy, "accent")]
    if facts.files is None:
        return []
    count = ngettext("{n} file", "{n} files", facts.files).format(n=formatting.number(facts.files))
    parts = [
        Part(count, "muted"),
        Part(formatting.size(facts.size), "muted", rank=3),
        Part(_read(facts), "good", rank=1),
    ]
    if facts.refused:
        words = ngettext("{n} would not be unpacked", "{n} would not be unpacked", facts.refused)
        short = ngettext("{n} refused", "{n} refused", facts.refused)
        n = formatting.number(facts.refused)
        parts.append(Part(words.format(n=n), "bad", rank=2, shorter=short.format(n=n)))
    return parts


def _read(facts: ArchiveFacts) -> str:
    if facts.transferred is None or facts.requests is None:
        return _("read from the copy on this computer")
    words = ngettext("read {part} of {whole} in {n} request", "read {part} of {whole} in {n} requests", facts.requests)
    part, whole = formatting.size(facts.transferred), formatting.size(facts.archive_size)
    return words.format(part=part, whole=whole, n=formatting.number(facts.requests))
