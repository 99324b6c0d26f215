"""Keys that two commands would have: which of them gets it, and whether the other is left with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key

from snaptui.config_file import ConfigProblem
from snaptui.i18n import _
from snaptui.tui.bindings import description_of

Owner = type[DOMNode]
Chain = tuple[Owner, ...]
Tables = Mapping[Owner, Mapping[str, list[Binding]]]

_DIGITS = frozenset("123456789")


@dataclass(frozen=True, slots=True)
class _Command:
    """One command in one place; ``depth`` counts the places a key is looked for before this one, -1 is before all."""

    id: str
    depth: int
    own: frozenset[str]
    keys: tuple[str, ...]
    binding: Binding
    wanted: bool


def clashes(
    chains: Sequence[Chain], tables: Tables, wanted: Mapping[str, str], lines: Mapping[str, int]
) -> list[ConfigProblem]:
    """What is told of the keys ``wanted``: each pair of commands once, with the line that brought it about.

    Two commands that share a key by themselves, such as pausing and going on, are meant so.
    """
    told: dict[frozenset[str], ConfigProblem] = {}
    for chain in chains:
        commands = _commands(chain, tables, wanted)
        for mine in commands:
            if not mine.wanted:
                continue
            if _counts(chain) and (digit := next((key for key in mine.keys if key in _DIGITS - mine.own), "")):
                told.setdefault(frozenset((mine.id, "")), _begins_a_number(digit, mine, lines))
            for other in commands:
                pair = frozenset((mine.id, other.id))
                key = next((key for key in mine.keys if _has(other, key) and not {key} <= mine.own & other.own), "")
                if key and len(pair) == 2 and pair not in told:
                    told[pair] = _problem(key, mine, other, commands, lines)
    return sorted(told.values(), key=lambda problem: problem.line or 0)


def _commands(chain: Chain, tables: Tables, wanted: Mapping[str, str]) -> list[_Command]:
    commands: list[_Command] = []
    for depth, owner in enumerate(chain):
        for bound_id, bindings in tables[owner].items():
            own = [bound.key for bound in bindings]
            asked = wanted.get(bound_id)
            keys = tuple(own if asked is None else asked.split(","))
            first = -1 if bindings[0].priority else depth
            commands.append(_Command(bound_id, first, frozenset(own), keys, bindings[0], asked is not None))
    return commands


def _counts(chain: Chain) -> bool:
    """Whether the list that has the focus takes digits for the number before a movement."""
    return bool(getattr(chain[0], "COUNTS", False))


def _has(command: _Command, key: str) -> bool:
    return key in command.keys


def _keys_left(command: _Command, commands: Sequence[_Command]) -> list[str]:
    """The keys that still arrive: those that nothing nearer has, nor anything asked for in the same place."""

    def taken(key: str) -> bool:
        return any(
            other.id != command.id
            and _has(other, key)
            and key not in command.own & other.own
            and (other.depth < command.depth or (other.depth == command.depth and other.wanted and not command.wanted))
            for other in commands
        )

    return [key for key in command.keys if not taken(key)]


def _problem(
    key: str, mine: _Command, other: _Command, commands: Sequence[_Command], lines: Mapping[str, int]
) -> ConfigProblem:
    shown = format_key(key)
    if other.wanted and mine.depth == other.depth:
        words = _("the key {key} is given to {id} and to {other}: give one of them another.")
        line = max(lines.get(mine.id, 0), lines.get(other.id, 0)) or None
        return ConfigProblem(words.format(key=shown, id=mine.id, other=other.id), line)
    if other.depth < mine.depth:
        words = _("the key {key} does {other} ({words}) before it reaches {id}: choose another.")
        said = words.format(key=shown, id=mine.id, other=other.id, words=description_of(other.binding))
        return ConfigProblem(said, lines.get(mine.id))
    words = _("the key {key} of {id} was that of {other} ({words}): give that one another.")
    said = words.format(key=shown, id=mine.id, other=other.id, words=description_of(other.binding))
    left = _keys_left(other, commands)
    keeps = _("It keeps {keys}.") if left else _("Now nothing is left to press for it.")
    return ConfigProblem(f"{said} {keeps.format(keys=' '.join(map(format_key, left)))}", lines.get(mine.id))


def _begins_a_number(key: str, command: _Command, lines: Mapping[str, int]) -> ConfigProblem:
    words = _("the key {key} of {id} begins a number in the lists: choose another.")
    return ConfigProblem(words.format(key=key, id=command.id), lines.get(command.id))
