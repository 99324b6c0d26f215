"""Which lines of one file differ: just its two contents are fetched, and secrets stay hidden until a key shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Static

from snaptui import formatting
from snaptui.archives.compare import Change, Difference
from snaptui.archives.text_diff import Line, LineKind, TextDiff, Verdict
from snaptui.errors import NetworkFailed, SnaptuiError
from snaptui.i18n import N_, _
from snaptui.text import safe
from snaptui.tui.bindings import binding
from snaptui.tui.screens.compare_sides import NotCompared, Side, Sides, side_name
from snaptui.tui.screens.main_keys import KEPT_KEYS
from snaptui.tui.screens.place import Place, line, set_line
from snaptui.tui.surroundings import Surroundings
from snaptui.tui.widgets.difference_cells import SIGNS
from snaptui.tui.widgets.difference_rows import WORDS
from snaptui.tui.widgets.key_bar import KeyBar
from snaptui.tui.widgets.line_diff_view import SIGNS as LINE_SIGNS
from snaptui.tui.widgets.line_diff_view import LineDiffView
from snaptui.tui.widgets.notice import Notice, NoticeKind, NoticeText

_MOST_COPIED = 2_000


class LineDiffScreen(Place[Difference | None]):
    """Shows one of ``differences`` and goes on to its neighbours; returns the one shown last."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("escape", "leave", N_("back"), id="lines-leave", tooltip=N_("Go back to all differences")),
        binding(
            "right_square_bracket", "step(1)", N_("next file"), id="lines-next-file", tooltip=N_("Show the next file"),
        ),
        binding(
            "left_square_bracket", "step(-1)", N_("file before"), id="lines-file-before",
            tooltip=N_("Show the file before"),
        ),
        binding(
            "u", "reveal", N_("show values"), id="lines-reveal",
            tooltip=N_("Show the hidden values, or hide them again"),
        ),
        binding("r", "again", N_("try again"), id="lines-again", show=False, tooltip=N_("Fetch this file again")),
        binding("y", "copy_path", N_("copy path"), id="lines-copy", show=False, tooltip=N_("Copy this path")),
        binding("Y", "copy_lines", N_("copy lines"), id="lines-copy-all", show=False, tooltip=N_("Copy these lines")),
    ]  # fmt: skip
    AUTO_FOCUS = "#lines"
    DEFAULT_CSS = """
    LineDiffScreen #lines-title { height: 1; background: $panel; color: $text-accent; }
    LineDiffScreen #lines-about { height: 1; background: $panel; color: $text-muted; }
    """

    def __init__(
        self,
        sides: Sides,
        old: Side,
        new: Side,
        differences: Sequence[Difference],
        at: int,
        surroundings: Surroundings,
    ) -> None:
        super().__init__()
        self._sides, self._old, self._new, self._surroundings = sides, old, new, surroundings
        self._differences, self._at = differences, at
        self._found: TextDiff | None = None
        self._revealed = False

    def compose(self) -> ComposeResult:
        """The path, the sides, the lines, the keys."""
        symbols = self._surroundings.symbols
        yield line("", id="lines-title")
        yield line("", id="lines-about")
        with Container(id="rows"):
            yield LineDiffView(symbols=symbols, id="lines")
            yield Notice(symbols=symbols, id="notice")
        yield KeyBar(
            order=("lines-next", "lines-next-file", "lines-file-before", "lines-reveal"),
            keep=("lines-leave", *KEPT_KEYS),
            symbols=symbols,
            id="keys",
        )

    def on_mount(self) -> None:
        """Begin to fetch."""
        self._fetch()

    @property
    def _difference(self) -> Difference:
        return self._differences[self._at]

    @work(group="lines", exclusive=True)
    async def _fetch(self) -> None:
        """Fetch the two contents and show how they differ."""
        difference = self._difference
        self._found, self._revealed = None, False
        self._say(NoticeText(NoticeKind.LOADING, _("Fetching both contents of {path}…").format(path=difference.shown)))
        try:
            self._found = await self._sides.lines_of(self._old, self._new, difference)
        except NotCompared as failed:
            reason = failed.error.sentence if failed.error is not None else ""
            self._say(NoticeText(NoticeKind.ERROR, side_name(failed.side), reason, self._ways_on(again=True)))
        except SnaptuiError as error:
            kind = NoticeKind.OFFLINE if isinstance(error, NetworkFailed) else NoticeKind.ERROR
            self._say(NoticeText(kind, difference.shown, error.sentence, self._ways_on(again=True)))
        else:
            self._show(self._found, keep=False)

    def _ways_on(self, *, again: bool = False) -> list[tuple[str, str]]:
        keys = [(self.key_of("lines-again"), _("try again"))] if again else []
        if self.check_action("step", (1,)):
            keys.append((self.key_of("lines-next-file"), _("next file")))
        return [*keys, (self.key_of("lines-leave"), _("back"))]

    def _show(self, found: TextDiff, *, keep: bool) -> None:
        if found.verdict is Verdict.LINES:
            self.query_one(LineDiffView).set_lines(self._lines(found), keep=keep)
            self._say(None)
        else:
            title, sentence = _verdict(found.verdict, self._difference)
            self._say(NoticeText(NoticeKind.EMPTY, title, sentence, self._ways_on()))

    def _lines(self, found: TextDiff) -> Sequence[Line]:
        return found.lines if self._revealed or found.masked is None else found.masked

    def _say(self, notice: NoticeText | None) -> None:
        shown, view = self.query_one(Notice), self.query_one(LineDiffView)
        shown.show(notice)
        shown.display = notice is not None
        view.display = notice is None
        if notice is None:
            view.focus()
        plain, difference = self._surroundings.symbols.plain, self._difference
        place = _("{n} of {all}").format(
            n=formatting.number(self._at + 1), all=formatting.number(len(self._differences))
        )
        title = f" {SIGNS[difference.change]} {difference.shown} · {_(WORDS[difference.change])} · {place}"
        set_line(self.query_one("#lines-title", Static), plain(title))
        set_line(self.query_one("#lines-about", Static), plain(f" {self._about()}"))
        self.refresh_bindings()

    def _about(self) -> str:
        """The sides, and how many lines differ."""
        sides = f"{side_name(self._old, short=True)} → {side_name(self._new, short=True)}"
        found = self._found
        if found is None or found.verdict is not Verdict.LINES:
            return sides
        added, removed = (formatting.number(found.count(kind)) for kind in (LineKind.ADDED, LineKind.REMOVED))
        parts = [f"+{added} −{removed}", sides]
        if found.masked is not None:
            words = _("values shown, {key} hides them") if self._revealed else _("values hidden, {key} shows them")
            parts.insert(0, words.format(key=self.key_of("lines-reveal")))
        return " · ".join(parts)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense for this file has a key."""
        found = self._found
        if action == "reveal":
            return found is not None and found.masked is not None
        if action == "copy_lines":
            return found is not None and found.verdict is Verdict.LINES
        if action == "step":
            return 0 <= self._at + int(str(parameters[0])) < len(self._differences)
        return True

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(self._difference)

    def action_step(self, by: int) -> None:
        """Show a neighbour."""
        self._at += by
        self._fetch()

    def action_again(self) -> None:
        """Fetch it again."""
        self._fetch()

    def action_reveal(self) -> None:
        """Show the hidden values, or hide them again."""
        if self._found is not None:
            self._revealed = not self._revealed
            self._show(self._found, keep=True)

    def action_copy_path(self) -> None:
        """Copy the path."""
        self.app.copy_to_clipboard(self._difference.path)

    def action_copy_lines(self) -> None:
        """Copy the lines as they are shown: hidden values stay hidden."""
        if self._found is not None:
            shown = self._lines(self._found)[:_MOST_COPIED]
            self.app.copy_to_clipboard("\n".join(f"{_SIGN_COPIED[each.kind]}{each.text}" for each in shown))


_SIGN_COPIED = {**LINE_SIGNS, LineKind.REMOVED: "-", LineKind.GAP: "···"}


def _verdict(verdict: Verdict, difference: Difference) -> tuple[str, str]:
    """A title and a sentence where there are no lines to show."""
    sizes = " → ".join(
        formatting.exact_bytes(size) for size in (difference.old_bytes, difference.new_bytes) if size is not None
    )
    if verdict is Verdict.MOVED:
        words = _("It was {old_path}; its content is the same.")
        return _("It only moved."), words.format(old_path=safe(difference.old_path))
    if verdict is Verdict.TOO_LARGE:
        return _("It is too large to be compared line by line."), sizes
    if verdict is Verdict.BINARY:
        return _("It is no text, so there are no lines to compare."), sizes
    if verdict is Verdict.LAST_LINE_END:
        return _("Only the end of the last line differs."), _("One side ends with a line break, the other without.")
    if difference.change in (Change.ADDED, Change.REMOVED):
        return _("It is empty."), sizes
    sentence = _("The bytes differ, but no line does: line ends, the encoding, or characters a terminal does not show.")
    return _("No line differs."), sentence
