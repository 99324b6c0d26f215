"""The command palette: every action that works here, by its words and its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode
from textual.screen import Screen

from snaptui.folding import folded
from snaptui.tui.bindings import description_of, tooltip_of

if TYPE_CHECKING:
    from textual.types import IgnoreReturnCallbackType

# Moving a cursor by way of a palette helps nobody.
_MOVEMENT = ("move-", "focus-next", "focus-previous", "step-")
_OPENS_THE_PALETTE = "commands"


@dataclass(frozen=True, slots=True)
class Offer:
    """One action: its words, the key that does the same, a sentence, what runs it, and its id in config.toml."""

    words: str
    key: str
    sentence: str
    run: IgnoreReturnCallbackType
    id: str = ""

    @property
    def title(self) -> str:
        """The words, as the beginning of a line."""
        return self.words[:1].upper() + self.words[1:]


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
            bound.id,
        )
        for node, bound, keys in live_bindings(screen)
        if bound.id and not bound.id.startswith(_MOVEMENT) and bound.id != _OPENS_THE_PALETTE and not bound.system
    ]
    found.sort(key=lambda offer: folded(offer.words))
    for owner in (screen, app):
        if (more := getattr(owner, "more_offers", None)) is not None:
            found += more()
    return found


def fitting(typed: str, offers: Sequence[Offer]) -> Sequence[Offer]:
    """Those that fit all words typed, the best first: in their words, the id in config.toml, or the sentence."""
    words = folded(typed).split()
    if not words:
        return offers
    scored = [(offer, _score(words, offer)) for offer in offers]
    kept = [(offer, score) for offer, score in scored if score is not None]
    kept.sort(key=lambda pair: -pair[1])
    return [offer for offer, _score in kept]


def _score(words: Sequence[str], offer: Offer) -> float | None:
    title, sentence = folded(offer.words), folded(offer.sentence)
    total = 0.0
    for word in words:
        if title.startswith(word):
            total += 5
        elif f" {word}" in title:
            total += 4
        elif word in title:
            total += 3
        elif word in offer.id:
            total += 2
        elif word in sentence:
            total += 1
        elif _in_order(word, title):
            total += 0.5
        else:
            return None
    return total - len(title) / 1_000


def _in_order(letters: str, text: str) -> bool:
    """Whether the letters stand in the text in this order, others between them: ``dl`` in ``download``."""
    rest = iter(text)
    return all(letter in rest for letter in letters)
