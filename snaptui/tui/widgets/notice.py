"""What stands where rows would: nothing there, not yet, or not to be had; and the key that helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import wrap

from rich.cells import cell_len
from textual.strip import Strip

from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.lines import LineView

_WIDEST = 64


class NoticeKind(StrEnum):
    """Why there is nothing to see."""

    EMPTY = "empty"
    LOADING = "loading"
    ERROR = "error"
    OFFLINE = "offline"


_LOOKS = {NoticeKind.EMPTY: "text", NoticeKind.LOADING: "muted", NoticeKind.ERROR: "bad", NoticeKind.OFFLINE: "warn"}


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A title, a sentence, and keys with their words. All of them are ready for a person."""

    kind: NoticeKind
    title: str
    sentence: str = ""
    keys: Sequence[tuple[str, str]] = ()


class Notice(LineView):
    """Shows one notice in the middle of its place; still, so that it costs nothing while it waits."""

    DEFAULT_CSS = """
    Notice {
        height: 1fr;
    }
    """

    def __init__(
        self,
        text: NoticeText | None = None,
        *,
        symbols: Symbols = UNICODE,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self._text = text

    @property
    def text(self) -> NoticeText | None:
        """What is shown."""
        return self._text

    def show(self, text: NoticeText | None) -> None:
        """Show another notice, or none."""
        self._text = text
        self.repaint()

    def _lines(self, width: int) -> list[list[tuple[str, str]]]:
        text = self._text
        if text is None:
            return []
        room, plain = max(1, min(_WIDEST, width - 4)), self.symbols.plain
        lines: list[list[tuple[str, str]]] = [[(line, _LOOKS[text.kind])] for line in wrap(plain(text.title), room)]
        if text.sentence:
            lines += [[], *([(line, "muted")] for line in wrap(plain(text.sentence), room))]
        if text.keys:
            lines += [[], *([(plain(key), "accent"), (f"  {plain(words)}", "text")] for key, words in text.keys)]
        return lines

    def draw_line(self, y: int, width: int) -> Strip:
        """A line of the notice, in the middle."""
        lines = self._lines(width)
        first = max(0, (self.size.height - len(lines)) // 3)
        if not first <= y < first + len(lines):
            return self.strip((), width)
        block = max((sum(cell_len(text) for text, _look in line) for line in lines), default=0)
        return self.strip([(" " * max(0, (width - block) // 2), "text"), *lines[y - first]], width)
