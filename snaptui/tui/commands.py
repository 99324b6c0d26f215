"""The command palette: every action that works here, by its words and its key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen

from snaptui.tui.bindings import description_of, tooltip_of

if TYPE_CHECKING:
    from textual.types import IgnoreReturnCallbackType

# Moving a cursor by way of a palette helps nobody.
_MOVEMENT = "move-"
_OPENS_THE_PALETTE = "commands"


@dataclass(frozen=True, slots=True)
class Offer:
    """One action: its words, its key, a sentence, and what runs it."""

    words: str
    key: str
    sentence: str
    run: IgnoreReturnCallbackType

    @property
    def title(self) -> str:
        """The words, with the key that does the same."""
        words = self.words[:1].upper() + self.words[1:]
        return f"{words}  ({self.key})" if self.key else words


def live_bindings(screen: Screen[Any]) -> Iterator[tuple[DOMNode, Binding]]:
    """Every binding with an id that would work now: of what has the keys first, then of the rest of the screen."""
    focused = [node for node, _bindings in screen._modal_binding_chain]
    others = [node for node in screen.query("*") if node.focusable and node not in focused]
    seen: set[tuple[str, str]] = set()
    for node in (*focused, *others):
        for _key, bound in node._bindings:
            if bound.id is None or (bound.id, bound.action) in seen:
                continue
            seen.add((bound.id, bound.action))
            if screen.app._check_action_state(bound.action, node):
                yield node, bound


def offers(screen: Screen[Any]) -> list[Offer]:
    """What the palette lists for a screen, by its words."""
    app = screen.app
    found = [
        Offer(
            description_of(bound),
            app.get_key_display(bound),
            tooltip_of(bound),
            partial(app.run_action, bound.action, node),
        )
        for node, bound in live_bindings(screen)
        if bound.id and not bound.id.startswith(_MOVEMENT) and bound.id != _OPENS_THE_PALETTE and not bound.system
    ]
    more = getattr(app, "more_offers", None)
    found.sort(key=lambda offer: offer.words.casefold())
    return [*found, *more()] if more is not None else found


class SnaptuiCommands(Provider):
    """Offers the actions to the palette."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for offer in offers(self.screen):
            yield DiscoveryHit(Content(offer.title), offer.run, text=offer.title, help=offer.sentence)

    async def search(self, query: str) -> Hits:
        """Those whose words or sentence fit."""
        matcher = self.matcher(query)
        for offer in offers(self.screen):
            score = max(matcher.match(offer.title), matcher.match(offer.sentence) * 0.6)
            if score > 0:
                yield Hit(score, Content(offer.title), offer.run, text=offer.title, help=offer.sentence)
