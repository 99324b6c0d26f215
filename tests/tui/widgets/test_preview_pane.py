"""The preview: what it says of each kind of file, its colours, and how it scrolls."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from rich.style import Style

from snaptui.archives.preview import PREVIEW_BYTES, make_preview
from snaptui.archives.safety import judge
from snaptui.archives.tree import Entry as TreeEntry
from snaptui.archives.tree import FileTree
from snaptui.tui.symbols import ASCII
from snaptui.tui.syntax import LONGEST_COLOURED_LINE, MOST_COLOURED, coloured
from snaptui.tui.widgets.document import (
    Document,
    PreviewKeys,
    can_read_more,
    folder_document,
    plain_document,
    preview_document,
)
from snaptui.tui.widgets.preview_pane import PreviewPane
from tests.archives.doing import directory_of
from tests.archives.zips import Entry, archive, honest
from tests.tui.widgets.worlds import ZONE, count_refreshes, lines_of, on_stage

KEYS = PreviewKeys(reveal="u", more="m", pager="o")


def entry_of(path: str, data: bytes = b"x") -> TreeEntry:
    tree = FileTree.of(directory_of(honest({path: data})))
    return tree.entry(next(tree.places()))


def document_of(path: str, data: bytes, *, size: int | None = None, revealed: bool = False) -> Document:
    preview = make_preview(data, path=path, size=len(data) if size is None else size)
    return preview_document(entry_of(path, data), preview, ZONE, revealed=revealed, keys=KEYS)


def test_a_text_has_its_lines_and_facts() -> None:
    document = document_of("src/a.py", b"x = 1\n\tif x:\n")
    assert document.title == "src/a.py"
    assert document.facts[:3] == ("text", "UTF-8", "13 bytes")
    assert document.facts[3].startswith("2026-11-22 03:04")
    assert list(document.lines) == ["x = 1", "    if x:"]
    assert document.colour_by == "src/a.py"
    assert not document.warnings


def test_values_are_hidden_until_they_are_asked_for() -> None:
    data = b"NAME=value\n# a remark\n"
    hidden = document_of(".env", data)
    assert "value" not in hidden.text
    assert "Values are hidden: u shows them." in hidden.warnings
    shown = document_of(".env", data, revealed=True)
    assert list(shown.lines) == ["NAME=value", "# a remark"]
    assert not shown.warnings


def test_what_is_cut_says_how_to_see_the_rest() -> None:
    head = document_of("a.txt", b"x" * 100, size=2_000_000)
    assert head.warnings == ("These are the first 100 B of 2.0 MB: m reads more.",)
    full = document_of("a.txt", b"x" * PREVIEW_BYTES, size=2_000_000)
    assert full.warnings == ("These are the first 1.0 MB of 2.0 MB: o opens all of it in your pager.",)
    database = b"SQLite format 3\0" + b"\0" * 100
    assert document_of("a.db", database, size=40_000_000).warnings == (
        "Its tables can only be read from all of it, 40.0 MB: m fetches it.",
    )
    assert "too large" in document_of("a.db", database, size=400_000_000).warnings[0]
    assert not can_read_more(make_preview(b"\0" * 100, path="a", size=10_000))


def test_pictures_databases_and_bytes() -> None:
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\x80\0\0\1\xe0"
    assert document_of("a.png", png).facts[0] == "PNG picture of 640 × 480 pixels"
    assert document_of("a.jpg", b"\xff\xd8\xff\xe0").facts[0] == "JPEG picture"
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript("CREATE TABLE people (id INTEGER, name TEXT); INSERT INTO people VALUES (1, 'Ana');")
        data = bytes(db.serialize())
    assert list(document_of("a.db", data).lines)[:2] == ["people  1 row", "    id, name"]
    assert document_of("a.bin", b"\0\1\2").lines[0].startswith("00000000  00 01 02")
    assert document_of("a", b"").facts[0] == "empty file"
    assert "SQLite can't read it" in document_of("a.db", b"SQLite format 3\0" + b"\xff" * 200).warnings[-1]


def test_a_folder_has_its_sums_and_largest_files() -> None:
    tree = FileTree.of(directory_of(honest({"a/b": b"123", "a/c/d": b"1234", "e": b""})))
    folder = tree.folder("a")
    assert folder is not None
    document = folder_document(tree.entry(folder), tree.largest(5, folder), ZONE)
    assert document.title == "a/"
    assert document.facts[:2] == ("2 files", "7 B")
    assert [line.split() for line in document.lines[2:]] == [["4", "B", "c/d"], ["3", "B", "b"]]


def test_what_would_not_be_unpacked_says_so_above_its_content() -> None:
    directory = directory_of(archive([Entry("../evil", b"hello")]))
    tree = FileTree.of(directory, refused=judge(directory))
    document = plain_document(tree.entry(0), ZONE, "Something else.")
    assert document.warnings == (
        "snaptui would not unpack it: its name leads out of the folder.",
        "Something else.",
    )


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", "def f():\n    return 'x' # no\n", {"accent": "def", "strong": "f", "good": "x", "muted": "# no"}),
        ("a.json", '{"a": 12}\n', {"warn": "12"}),
        ("a/config.js", "const a = 'b'\n", {"accent": "const", "good": "'b'"}),
        (".env", "A=1\n# no\n", {"muted": "# no"}),
        ("discloud.config", "TYPE=bot\n", {"accent": "TYPE"}),
        ("a.css", ".a { margin: 1px }\n", {"warn": "1"}),
        ("a.html", "<p>x</p>\n", {"accent": "p"}),
        ("a.unknown", "whatever\n", {}),
    ],
)
def test_languages_have_colours(path: str, text: str, expected: dict[str, str]) -> None:
    lines = text.split("\n")
    spans = [line for batch in coloured(text, path) for line in batch]
    assert not expected or len(spans) == len(lines)
    found: dict[str, list[str]] = {}
    for line, pieces in zip(lines, spans, strict=False):
        at = 0
        for length, look in pieces:
            found.setdefault(look, []).append(line[at : at + length].strip())
            at += length
        assert at == len(line)
    for look, word in expected.items():
        assert word in found[look], (look, found)


def test_what_would_take_too_long_stays_plain() -> None:
    assert not list(coloured("x" * (LONGEST_COLOURED_LINE + 1), "a.py"))
    assert not list(coloured("x = 1\n" * (MOST_COLOURED // 6 + 1), "a.py"))


@pytest.mark.anyio
async def test_it_scrolls_and_knows_its_ends() -> None:
    pane = PreviewPane()
    async with on_stage(pane, size=(40, 10)) as stage:
        press = stage.pilot.press
        pane.show(Document("a", ("text",), (), [f"line {number}" for number in range(100)]))
        assert [line.strip() for line in lines_of(pane)[:5]] == ["a", "text", "", "line 0", "line 1"]
        for keys, top in (
            ("j", 1),
            ("k k", 0),
            ("space", 6),
            ("ctrl+b", 0),
            ("G", 93),
            ("j", 93),
            ("g", 0),
            ("ctrl+d", 3),
        ):
            await press(*keys.split())
            assert pane.top == top, keys
        pane.show(Document("b", (), (), ["one"]))
        assert pane.top == 0
        await press("j", "G")
        assert pane.top == 0


@pytest.mark.anyio
async def test_long_lines_scroll_sideways_and_the_edge_leads_back() -> None:
    pane = PreviewPane()
    async with on_stage(pane, size=(40, 10)) as stage:
        pane.show(Document("a", (), (), ["0123456789" * 9, "é" * 200_000]))
        await stage.pilot.press("right")
        assert lines_of(pane)[3].startswith("567890")
        await stage.pilot.press(*["right"] * 3, "left")
        assert not stage.of(PreviewPane.Left)
        await stage.pilot.press(*["left"] * 4)
        assert stage.of(PreviewPane.Left)
        await stage.pilot.press("escape")
        assert len(stage.of(PreviewPane.Left)) == 2


@pytest.mark.anyio
async def test_colours_come_afterwards_and_only_what_they_change_is_sent() -> None:
    pane = PreviewPane()
    text = "def f():\n    return 1\n" * 50
    async with on_stage(pane, size=(60, 12)) as stage:
        pane.show(Document("a.py", ("text",), (), text.split("\n"), colour_by="a.py"))
        await stage.pilot.pause()
        plain = pane.render_line(3)
        sent = count_refreshes(pane)
        for batch in coloured(text, "a.py"):
            pane.add_colours(batch)
        assert sent
        assert max(sent) <= 60 * 9
        assert pane.render_line(3).text == plain.text
        styles: list[Style | None] = [segment.style for segment in pane.render_line(3)]
        assert len(set(styles)) > 1


@pytest.mark.anyio
@pytest.mark.parametrize("width", [120, 60, 40, 20, 5])
async def test_every_width_is_filled(width: int) -> None:
    pane = PreviewPane(symbols=ASCII)
    async with on_stage(pane, size=(width, 12)):
        pane.show(
            Document("名前/" * 30 + "é", ("text", "12 B"), ("A warning that is long enough.",), ["名前" * 90, "", "x"])
        )
        assert all(pane.render_line(y).cell_length == width for y in range(12))
        assert all(line.isascii() for line in lines_of(pane))
