"""The person's own keys: what ``[keys]`` of config.toml asks for, checked against the bindings there are."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode
from textual.keys import KEY_DISPLAY_ALIASES, KEY_NAME_REPLACEMENTS, Keys, _character_to_key

from snaptui.config import Config
from snaptui.config_file import ConfigProblem
from snaptui.i18n import _
from snaptui.text import one_line
from snaptui.tui.key_clashes import Chain, clashes

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "meta", "hyper"})
_NAMED_KEYS = frozenset(key.value for key in Keys)
# As the ? page and the footer show them, which is how a person writes them.
_SHOWN = {shown: name for name, shown in KEY_DISPLAY_ALIASES.items() if len(shown) > 1} | {"return": "enter"}


@dataclass(frozen=True, slots=True)
class Keymap:
    """Keys by the id of what they do, as Textual takes them, and what was wrong with those asked for."""

    keys: Mapping[str, str]
    problems: tuple[ConfigProblem, ...] = ()


def bindings_of(owner: type[DOMNode]) -> dict[str, list[Binding]]:
    """The bindings a class has by itself and by inheritance, by id; those without one can't be changed."""
    found: dict[str, list[Binding]] = {}
    for _key, bound in owner._merge_bindings() or BindingsMap():
        if bound.id is not None:
            found.setdefault(bound.id, []).append(bound)
    return found


def read_keymap(config: Config, chains: Iterable[Chain]) -> Keymap:
    """Check the keys of the settings; what is wrong is left out and told with its line, the rest applies.

    ``chains`` are the places a key is looked for, one after the other.
    """
    chains = tuple(chains)
    tables = {owner: bindings_of(owner) for owner in dict.fromkeys(owner for chain in chains for owner in chain)}
    known = {bound_id for table in tables.values() for bound_id in table}
    problems: list[ConfigProblem] = []
    wanted: dict[str, str] = {}
    for bound_id, text in config.keys.items():
        line = config.key_lines.get(bound_id)
        keys = [_normal(key) for key in _split(text)]
        if bound_id not in known:
            problems.append(ConfigProblem(_unknown(bound_id, known), line))
        elif not keys or (wrong := next((key for key in keys if not _is_key(key)), None)) is not None:
            shown = one_line(text if not keys else wrong or "", 30)
            problems.append(
                ConfigProblem(
                    _("“{key}” is no key, so {id} keeps its own: write one such as d, ctrl+d or f5.").format(
                        key=shown, id=bound_id
                    ),
                    line,
                )
            )
        else:
            wanted[bound_id] = ",".join(dict.fromkeys(keys))
    problems += clashes(chains, tables, wanted, config.key_lines)
    return Keymap({**_beside(tables.values(), wanted), **wanted}, tuple(problems))


def _beside(tables: Iterable[Mapping[str, list[Binding]]], wanted: Mapping[str, str]) -> dict[str, str]:
    """The own keys of commands that share one with a command given others.

    Pausing and going on have one key, say. Textual takes all commands from a key that one of them gives up, unless
    the others ask for it.
    """
    kept: dict[str, str] = {}
    for table in tables:
        given_up = {bound.key for bound_id in wanted.keys() & table.keys() for bound in table[bound_id]}
        for bound_id, bindings in table.items():
            keys = [bound.key for bound in bindings]
            if bound_id not in wanted and given_up.intersection(keys):
                kept[bound_id] = ",".join(keys)
    return kept


def _split(text: str) -> list[str]:
    """Keys with commas between; a comma alone is the key of that name."""
    return [","] if text.strip() == "," else [key.strip() for key in text.split(",") if key.strip()]


def _normal(key: str) -> str:
    if len(key) > 1 and key.startswith("^"):
        key = f"ctrl+{key[1:]}"
    *modifiers, last = key.split("+") if key != "+" and not key.endswith("++") else [*key[:-2].split("+"), "+"]
    name = _character_to_key(last) if len(last) == 1 else _SHOWN.get(last, last)
    return "+".join([*(m for m in modifiers if m), KEY_NAME_REPLACEMENTS.get(name, name)])


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+")
    if not _MODIFIERS.issuperset(modifiers):
        return False
    named = last in _NAMED_KEYS or key in _NAMED_KEYS or last in KEY_NAME_REPLACEMENTS.values()
    return named or len(last) == 1 or _is_character_name(last)


def _is_character_name(name: str) -> bool:
    import unicodedata

    try:
        unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return False
    return True


def _unknown(bound_id: str, known: Iterable[str]) -> str:
    shown = one_line(bound_id, 60)
    near = difflib.get_close_matches(bound_id, known, n=1)
    if near:
        return _("there is no command {name} to give a key: did you mean {near}?").format(name=shown, near=near[0])
    return _("there is no command {name} to give a key: the ? page shows their names.").format(name=shown)
