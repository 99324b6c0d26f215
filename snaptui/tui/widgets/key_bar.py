"""The footer: the keys that work now, from the live bindings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.screen import Screen
from textual.strip import Strip

from snaptui.tui.bindings import description_of
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.lines import LineView

_GAP = 2


class _Item(NamedTuple):
    key: str
    shown_key: str
    words: str
    enabled: bool

    @property
    def cells(self) -> int:
        return cell_len(self.shown_key) + 1 + cell_len(self.words)


class KeyBar(LineView):
    """Keys with their words, in as many lines as the style gives it. What does not fit is left out from the end.

    ``order`` are ids of bindings from the one that matters most; others follow as they are found. ``keep`` are ids
    that stay however narrow it is, at the end of the last line: help and quitting, say. A click does what the key
    does.
    """

    DEFAULT_CSS = """
    KeyBar {
        background: $panel;
    }
    """

    def __init__(
        self,
        *,
        order: Sequence[str] = (),
        keep: Sequence[str] = (),
        symbols: Symbols = UNICODE,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(symbols=symbols, name=name, id=id, classes=classes)
        self._rank = {each: place for place, each in enumerate(order)}
        self._keep = tuple(keep)
        self._items: tuple[list[_Item], list[_Item]] = ([], [])

    def on_mount(self) -> None:
        """Follow the bindings from now on."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)
        self._read()

    def on_unmount(self) -> None:
        """Follow them no more."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _changed(self, screen: Screen[object]) -> None:
        if screen is self.screen and self.app.app_focus:
            self.call_after_refresh(self._read)

    def _read(self) -> None:
        """Take the bindings as they are now; the first key of each action stands for it."""
        if not self.is_attached:
            return
        free: list[tuple[int, _Item]] = []
        kept: dict[str, _Item] = {}
        seen: set[tuple[str, str]] = set()
        for active in self.screen.active_bindings.values():
            shown = active.binding
            if not shown.show or (shown.action, shown.description) in seen:
                continue
            seen.add((shown.action, shown.description))
            plain = self.symbols.plain
            item = _Item(
                shown.key, plain(self.app.get_key_display(shown)), plain(description_of(shown)), active.enabled
            )
            if shown.id in self._keep:
                kept[shown.id] = item
            else:
                free.append((self._rank.get(shown.id or "", len(self._rank)), item))
        free.sort(key=lambda ranked: ranked[0])
        self._items = ([item for _rank, item in free], [kept[each] for each in self._keep if each in kept])
        self.repaint()

    def _arranged(self, width: int) -> list[list[tuple[int, _Item]]]:
        """Items with the cell each begins at, line by line."""
        free, kept = self._items
        lines: list[list[tuple[int, _Item]]] = []
        left = list(free)
        height = max(1, self.size.height)
        for number in range(height):
            last = number == height - 1
            reserved = sum(item.cells + _GAP for item in kept) if last else 0
            x, line = 1, []
            while left and x + left[0].cells <= width - 1 - reserved:
                item = left.pop(0)
                line.append((x, item))
                x += item.cells + _GAP
            if last:
                for item in kept:
                    line.append((x, item))
                    x += item.cells + _GAP
            lines.append(line)
        return lines

    def draw_line(self, y: int, width: int) -> Strip:
        """The keys, and what they do."""
        lines = self._arranged(width)
        parts: list[tuple[str, str]] = [(" ", "text")]
        for _x, item in lines[y] if y < len(lines) else ():
            parts += [
                (item.shown_key, "accent" if item.enabled else "muted"),
                (f" {item.words}{' ' * _GAP}", "text" if item.enabled else "muted"),
            ]
        return self.strip(parts, width)

    def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        event.stop()
        where = event.get_content_offset(self)
        lines = self._arranged(self.size.width)
        if where is None or where.y >= len(lines):
            return
        for x, item in lines[where.y]:
            if x <= where.x < x + item.cells and item.enabled:
                self.app.simulate_key(item.key)
