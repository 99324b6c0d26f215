"""Nothing that a person reads is written past the catalogues: what can be told from the source alone.

What only running tells (words that reach the screen by way of a variable) is in ``tests/tui/test_languages.py`` and
``tests/cli/test_languages.py``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import snaptui
from snaptui import errors
from snaptui.cli.commands import COMMANDS

ROOT = Path(snaptui.__file__).parent
MARKS = {"_", "N_", "ngettext"}
ERRORS = {name for name in vars(errors) if isinstance(vars(errors)[name], type)} - {"ClassVar"}
# Calls whose every plain text is read by a person.
READ = ERRORS | {
    "notify", "announce", "line", "set_line", "_say", "say", "write", "note", "confirm", "require", "Button", "Static",
    "Content", "Label", "NoticeText", "Answer", "Offer", "Hit", "DiscoveryHit", "ConfigProblem", "_Wrong", "Passing",
}  # fmt: skip
# Calls of which these arguments are.
READ_ARGUMENTS = {"help", "metavar", "epilog", "short_help", "placeholder", "empty_text", "tooltip", "description"}
# Calls in which one of these names means something else.
NOT_SHOWN = {"run_worker": {"description"}}
# Where among the others the words are: before them or after them come names and codes.
WORDS_AT = {"Answer": slice(2, None), "error": slice(1)}
# Arguments of the calls above that are not.
NOT_READ = {"id", "classes", "name", "severity", "kind", "key", "value", "variant", "look"}
# What the demo's server says and keeps is the world, not the program.
WORLD = {path for path in (ROOT / "demo").glob("*.py") if path.name not in ("__init__.py", "run.py")}
FILES = sorted(set(ROOT.rglob("*.py")) - WORLD)

WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
PROSE = re.compile(r"[A-Za-zÀ-ÿ]{2,},? [A-Za-zÀ-ÿ]{2,}")
SQL = re.compile(r"\s*(?:select|insert|create|delete|update|replace|pragma|drop|alter|begin|and|from) ", re.IGNORECASE)
# Prose that no person reads as a sentence of the program, and why.
ALLOWED = {
    "APP": "what the commands call an app, in every language",
    "snaptui ": "the program's name before its version",
    "snaptui listing": "the first bytes of the cache file",
    "pip install": "a command to paste",
    "export SNAPTUI_API_URL": "a command to paste",
    "export DISCLOUD_TOKEN": "a command to paste",
    "all allversions app": "names in the server's answers",
    "app_id, version, path": "columns of a table",
    "box tall": "classes of a style",
    "# Completion of snaptui for": "a script for a shell",
    "#compdef %(prog_name)s": "a script for a shell",
    "the answer ended early": "of an OSError that only says whether to try again",
    "the archive became shorter": "of an OSError that only says whether to try again",
    "no address": "of an OSError that only says whether to try again",
}
# Conventions of the languages, side by side there.
CONVENTIONS = {"locales.py"}


def allowed(text: str) -> bool:
    return any(text.strip().startswith(begin.strip()) for begin in ALLOWED)


class Text(NamedTuple):
    """A plain text and the line it is in."""

    value: str
    line: int


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in FILES:
        yield path, ast.parse(path.read_text())


def name_of(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def raw_texts(node: ast.AST) -> Iterator[Text]:
    """The plain texts that a value is made of, without those that are marked."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield Text(node.value, node.lineno)
    elif isinstance(node, ast.Call):
        # "…".format(…) and "…".join(…) say what they are called on; other calls answer for themselves.
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "join"):
            yield from raw_texts(node.func.value)
    elif isinstance(node, ast.FormattedValue):
        return
    elif isinstance(node, ast.JoinedStr | ast.BinOp | ast.IfExp | ast.BoolOp | ast.Tuple | ast.List | ast.NamedExpr):
        test = [node.test] if isinstance(node, ast.IfExp) else []
        for child in ast.iter_child_nodes(node):
            if child not in test:
                yield from raw_texts(child)


def texts_read(call: ast.Call) -> Iterator[Text]:
    """The plain texts among a call's arguments that a person would read."""
    name = name_of(call)
    if name in READ:
        for argument in call.args[WORDS_AT.get(name, WORDS_AT["error"] if name in ERRORS else slice(None))]:
            yield from raw_texts(argument)
    for keyword in call.keywords:
        wanted = keyword.arg in READ_ARGUMENTS - NOT_SHOWN.get(name, set())
        if wanted or (name in READ and keyword.arg not in NOT_READ):
            yield from raw_texts(keyword.value)


def test_what_is_shown_is_marked() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{text.line}: {text.value!r}"
        for path, tree in trees()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and name_of(call) not in MARKS
        for text in texts_read(call)
        if WORD.search(text.value) and not allowed(text.value)
    ]
    assert found == []


def unmarked(tree: ast.Module) -> Iterator[Text]:
    """Every text that is neither marked nor a docstring, a pattern, a style sheet or of an error of Python's own."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            skipped.update(id(child) for child in ast.iter_child_nodes(node))
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        elif isinstance(node, ast.Call):
            if name_of(node) in MARKS | {"compile", "RuntimeError", "AssertionError", "ValueError", "TypeError"}:
                skipped.update(id(child) for child in ast.iter_child_nodes(node))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {getattr(target, "id", "") for target in targets}
            if any(name.endswith(("CSS", "_SQL", "__all__")) for name in names):
                skipped.update(id(child) for child in ast.iter_child_nodes(node))
            if isinstance(node, ast.AnnAssign):
                skipped.add(id(node.annotation))
        elif isinstance(node, ast.Constant) and isinstance(text := node.value, str):
            yield Text(text, node.lineno)


def test_what_is_allowed_is_there() -> None:
    texts = [node.value for _path, tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    there = [text.strip() for text in texts if isinstance(text, str)]
    assert [begin for begin in ALLOWED if not any(text.startswith(begin.strip()) for text in there)] == []


def test_no_sentence_is_written_past_the_catalogues() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{text.line}: {text.value!r}"
        for path, tree in trees()
        for text in unmarked(tree)
        if path.name not in CONVENTIONS
        and PROSE.search(text.value)
        and not SQL.match(text.value)
        and not allowed(text.value)
    ]
    assert found == []


def evaluated_at_import(tree: ast.Module) -> Iterator[ast.Call]:
    """Calls that run when the module is imported: outside functions, in their decorators and their defaults."""

    def visit(node: ast.AST) -> Iterator[ast.Call]:
        if isinstance(node, ast.Call):
            yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            children: list[ast.AST] = [*node.decorator_list, node.args]
        elif isinstance(node, ast.Lambda):
            children = [node.args]
        else:
            children = list(ast.iter_child_nodes(node))
        for child in children:
            yield from visit(child)

    yield from visit(tree)


def test_nothing_is_translated_before_the_language_is_chosen() -> None:
    """But for the modules of commands, which are imported one at a time when the language is known."""
    commands = {
        ROOT.parent / (place.partition(":")[0].replace(".", "/") + ".py") for place, _about in COMMANDS.values()
    }
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, tree in trees()
        if path not in commands
        for call in evaluated_at_import(tree)
        if name_of(call) in ("_", "ngettext")
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "caught"),
    [
        ('notify("Done now")', True),
        ('notify(f"Done {n} times")', True),
        ('self.notify(_("Done now"))', False),
        ('Static(("Done now" if x else _("y")))', True),
        ('Button(Content("Go on"), id="go-on")', True),
        ('raise NotFound("There is none.")', True),
        ('raise NotFound(_("There is none."))', False),
        ('click.option("--x", help="Do this.")', True),
        ('line("{} of them".format(n))', True),
        ('line(text, id="some-id", classes="a b")', False),
    ],
)
def test_the_test(source: str, caught: bool) -> None:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    found = [t for call in calls for t in texts_read(call) if WORD.search(t.value) and " " in t.value]
    assert bool(found) is caught
