"""The choice of what a restore may replace, in one line: all three, the one in force in brackets."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.strip import Strip

from snaptui.archives.plan import Policy
from snaptui.i18n import N_, _
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.lines import LineView

_WORDS = {Policy.NEVER: N_("nothing"), Policy.CHANGED: N_("what differs"), Policy.ALWAYS: N_("everything")}
ORDER = tuple(Policy)


def policy_word(policy: Policy) -> str:
    """A policy in a word or two: what may be replaced."""
    return _(_WORDS[policy])


class PolicyLine(LineView):
    """Shows the policy; a click chooses another."""

    DEFAULT_CSS = """
    PolicyLine {
        height: 1;
        width: 1fr;
    }
    """

    class Chosen(Message):
        """A policy was clicked."""

        def __init__(self, policy: Policy) -> None:
            super().__init__()
            self.policy = policy

    def __init__(self, *, key: str, symbols: Symbols = UNICODE, id: str | None = None) -> None:
        super().__init__(symbols=symbols, id=id)
        self._policy, self._key = Policy.NEVER, key

    def show(self, policy: Policy) -> None:
        """Show another policy."""
        self._policy = policy
        self.repaint()

    @property
    def hint(self) -> str:
        """The key that goes from one to the next."""
        return self.symbols.plain(_("{key} changes it").format(key=self._key))

    def _choices(self) -> Iterator[tuple[int, Policy, str]]:
        """Each policy with the cell it begins at."""
        x = 0
        for policy in ORDER:
            word = self.symbols.plain(policy_word(policy))
            text = f"[{word}]" if policy is self._policy else f" {word} "
            yield x, policy, text
            x += cell_len(text) + 1

    def draw_line(self, y: int, width: int) -> Strip:
        """All of them, and the hint."""
        parts: list[tuple[str, str]] = []
        for _x, policy, text in self._choices():
            parts += [(text, "strong" if policy is self._policy else "muted"), (" ", "text")]
        return self.strip([*parts, (f"  {self.hint}", "muted")] if not y else (), width)

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        event.stop()
        where = event.get_content_offset(self)
        for x, policy, text in self._choices():
            if where is not None and x <= where.x < x + cell_len(text):
                self.post_message(self.Chosen(policy))
