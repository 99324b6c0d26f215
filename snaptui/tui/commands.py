"""The command palette: every action that works here, by its words and its key."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode

from snaptui.i18n import _
from snaptui.tui.bindings import description_of, tooltip_of


class SnaptuiCommands(Provider):
    """Offers the live bindings of the screen, and the themes."""

    def _actions(self) -> Iterator[tuple[str, str, str]]:
        """(words, help, action) of everything that works here."""
        seen: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not active.enabled or not binding.id or binding.action in seen or not binding.tooltip:
                continue
            seen.add(binding.action)
            key = self.app.get_key_display(binding)
            words = description_of(binding)
            yield f"{words[:1].upper()}{words[1:]} ({key})", tooltip_of(binding), binding.action
        for name in sorted(self.app.available_themes):
            yield _("Theme: {name}").format(name=name), _("Use this theme, now and from now on"), f"set_theme('{name}')"

    async def discover(self) -> Hits:
        """Everything, before a word is typed."""
        for words, about, action in self._actions():
            yield DiscoveryHit(Content(words), partial(self._run, action), text=words, help=about)

    async def search(self, query: str) -> Hits:
        """What fits the words typed."""
        matcher = self.matcher(query)
        for words, about, action in self._actions():
            score = max(matcher.match(words), matcher.match(about) * 0.8)
            if score > 0:
                yield Hit(score, Content(words), partial(self._run, action), text=words, help=about)

    async def _run(self, action: str) -> None:
        focused = self.screen.focused
        await self.app.run_action(action, default_namespace=self._owner(action, focused))

    def _owner(self, action: str, focused: DOMNode | None) -> DOMNode:
        """The widget, screen or app that has the action's method, the nearest to the focus first."""
        name = action.partition("(")[0].rpartition(".")[2]
        for owner in (focused, self.screen, self.app):
            if owner is not None and hasattr(owner, f"action_{name}"):
                return owner
        return self.app
