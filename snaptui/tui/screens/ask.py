"""One question with a few answers, each under a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from snaptui.tui.screens.place import Modal, line


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: what is returned, the key that gives it, its words."""

    value: str
    key: str
    label: str


class AskScreen(Modal[str | None]):
    """Shows a question and returns the value of the answer chosen, or None where it was left.

    Enter gives the first answer, so that is the one that harms nothing. An answer's key goes before any other.
    """

    def __init__(self, title: str, body: Sequence[str], answers: Sequence[Answer]) -> None:
        super().__init__()
        self._title, self._body, self._answers = title, tuple(body), tuple(answers)

    def compose(self) -> ComposeResult:
        """The question, then the answers side by side."""
        with Vertical(classes="box"):
            yield line(self._title, classes="title")
            for text in self._body:
                yield line(text, classes="words")
            with Horizontal(classes="buttons"):
                for number, answer in enumerate(self._answers):
                    label = Content(f"{answer.label} ({answer.key})" if answer.key else answer.label)
                    yield Button(label, id=f"answer-{number}", compact=True)

    def on_mount(self) -> None:
        """The first answer is the one Enter gives."""
        self.query_one("#answer-0", Button).focus()

    def on_key(self, event: events.Key) -> None:
        """Give the answer whose key was pressed."""
        for answer in self._answers:
            if answer.key and event.key == answer.key:
                event.stop()
                self.dismiss(answer.value)
                return

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Give the answer whose button was pressed."""
        event.stop()
        number = int((event.button.id or "answer-0").removeprefix("answer-"))
        self.dismiss(self._answers[number].value)
