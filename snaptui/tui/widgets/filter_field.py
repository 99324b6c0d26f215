"""A line to filter by, which tells at once: keys typed quickly behind an Enter are meant for the list."""

from __future__ import annotations

from collections.abc import Callable

from textual.widgets import Input


class FilterField(Input):
    """Calls ``submitted`` with its value at Enter, before any other key is looked at. Its cursor stands still."""

    def __init__(self, submitted: Callable[[str], None], *, id: str, placeholder: str) -> None:
        super().__init__(id=id, placeholder=placeholder, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._submitted = submitted

    async def action_submit(self) -> None:
        """Enter."""
        self._submitted(self.value)
