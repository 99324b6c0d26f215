"""The command palette: every action that works here, by its words and its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.binding import Binding, BindingsMap
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen

from snaptui.i18n import _
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


def _own_keys(node: DOMNode, keys: Mapping[str, str]) -> BindingsMap:
    """A widget's bindings with the person's keys, as Textual gives them to what has the focus."""
    bindings = node._bindings.copy()
    bindings.apply_keymap(dict(keys))
    return bindings


def live_bindings(screen: Screen[Any]) -> Iterator[tuple[DOMNode, Binding, tuple[str, ...]]]:
    """Every command that would work now, with its keys: of what has the focus first, then of the rest of the screen."""
    chain = list(screen._modal_binding_chain)
    focused = {node for node, _bindings in chain}
    keys = screen.app._keymap
    chain += [(node, _own_keys(node, keys)) for node in screen.query("*") if node.focusable and node not in focused]
    seen: set[tuple[str, str]] = set()
    for node, bindings in chain:
        together: dict[tuple[str, str], list[Binding]] = {}
        for _key, bound in bindings:
            if bound.id is not None and (bound.id, bound.action) not in seen:
                together.setdefault((bound.id, bound.action), []).append(bound)
        seen |= together.keys()
        for bounds in together.values():
            if screen.app._check_action_state(bounds[0].action, node):
                yield node, bounds[0], tuple(dict.fromkeys(screen.app.get_key_display(bound) for bound in bounds))


def offers(screen: Screen[Any]) -> list[Offer]:
    """What the palette lists for a screen, by its words."""
    app = screen.app
    found = [
        Offer(
            description_of(bound),
            keys[0],
            tooltip_of(bound),
            partial(app.run_action, bound.action, node),
        )
        for node, bound, keys in live_bindings(screen)
        if bound.id and not bound.id.startswith(_MOVEMENT) and bound.id != _OPENS_THE_PALETTE and not bound.system
    ]
    more = getattr(app, "more_offers", None)
    found.sort(key=lambda offer: offer.words.casefold())
    return [*found, *more()] if more is not None else found


class Offering(Provider):
    """Gives a palette its offers. One that fits nothing says so here: Textual would say it in English."""

    AGAIN = "app.command_palette"

    def offers(self) -> list[Offer]:
        """What there is to choose from."""
        raise NotImplementedError

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for offer in self.offers():
            yield DiscoveryHit(Content(offer.title), offer.run, text=offer.title, help=offer.sentence)

    async def search(self, query: str) -> Hits:
        """Those whose words or sentence fit."""
        matcher, found = self.matcher(query), False
        for offer in self.offers():
            score = max(matcher.match(offer.title), matcher.match(offer.sentence) * 0.6)
            if score > 0:
                found = True
                yield Hit(score, Content(offer.title), offer.run, text=offer.title, help=offer.sentence)
        if not found:
            words = _("Nothing fits: Enter begins again")
            yield Hit(1.0, Content(words), partial(self.app.run_action, self.AGAIN), text=words)


class SnaptuiCommands(Offering):
    """Offers the actions to the palette."""

    def offers(self) -> list[Offer]:
        """Every action that works on the screen."""
        return offers(self.screen)


class ThemeCommands(Offering):
    """Offers the themes alone."""

    AGAIN = "app.change_theme"

    def offers(self) -> list[Offer]:
        """Each theme by its name."""
        more = getattr(self.app, "theme_offers", None)
        return list(more()) if more is not None else []
