"""What a member shows: kinds, sizes of pictures, tables, and values that stay hidden."""

from __future__ import annotations

import random
import sqlite3
import struct
from pathlib import Path

import pytest

from snaptui.archives.archive import open_file
from snaptui.archives.preview import (
    Image,
    PreviewKind,
    holds_secrets,
    image_of,
    make_preview,
    mask_values,
    needs_whole,
)
from tests.archives.zips import honest


def of(data: bytes, path: str = "file", size: int | None = None) -> object:
    return make_preview(data, path=path, size=len(data) if size is None else size)


def test_text_is_shown_inertly() -> None:
    preview = make_preview(b"one\ttab\r\n\x1b]0;owned\x07two\n\xc3\xa9\xe2\x80\xae", path="a.txt", size=100)
    assert preview.kind is PreviewKind.TEXT
    assert preview.text == "one\ttab\n�]0;owned�two\né�"
    assert preview.encoding == "UTF-8"
    assert preview.truncated
    assert preview.masked is None


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_character_cut_in_half_does_not_make_it_binary(cut: int) -> None:
    data = ("a" * 10 + "🦊").encode()[:-cut]
    assert make_preview(data, path="a", size=1000).text == "a" * 10
    assert make_preview(data, path="a", size=len(data)).encoding != "UTF-8"


def test_other_encodings() -> None:
    assert make_preview("olá\n".encode("utf-16"), path="a", size=10).text == "olá\n"
    latin = make_preview("coração\n".encode("latin-1"), path="a", size=8)
    assert (latin.text, latin.encoding) == ("coração\n", "Latin-1")


def test_binary_is_a_hex_head() -> None:
    preview = make_preview(b"\x7fELF" + bytes(range(40)), path="a", size=44)
    assert preview.kind is PreviewKind.BINARY
    assert preview.text is None
    assert preview.hex[0] == "00000000  7f 45 4c 46 00 01 02 03  04 05 06 07 08 09 0a 0b  .ELF............"
    assert len(make_preview(b"\0" * 1_000_000, path="a", size=10**6).hex) == 256
    assert make_preview(b"", path="a", size=0).kind is PreviewKind.EMPTY


@pytest.mark.parametrize(
    ("data", "image"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">2L", 640, 480), Image("PNG", 640, 480)),
        (b"GIF89a" + struct.pack("<2H", 10, 20), Image("GIF", 10, 20)),
        (b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x11\x08" + struct.pack(">2H", 30, 40), Image("JPEG", 40, 30)),
        (b"\xff\xd8\xff\xe0", Image("JPEG", None, None)),
        (b"BM" + b"\0" * 16 + struct.pack("<2l", 5, -6), Image("BMP", 5, 6)),
        (b"\0\0\1\0\1\0\x10\0\0\0", Image("ICO", 16, 256)),
        (
            b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (99).to_bytes(3, "little") + (49).to_bytes(3, "little"),
            Image("WebP", 100, 50),
        ),
        (b"RIFF\0\0\0\0WEBPVP8 ", Image("WebP", None, None)),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0", None),
        (b"BM is a fine way to begin a text, isn't it?", None),
    ],
)
def test_pictures(data: bytes, image: Image | None) -> None:
    assert image_of(data) == image


def database(path: Path, *, wal: bool = False) -> bytes:
    with sqlite3.connect(path) as made:
        if wal:
            made.execute("PRAGMA journal_mode=WAL")
        made.execute('CREATE TABLE "us""ers\x1b" (id INTEGER, name TEXT)')
        made.execute("CREATE TABLE empty (a)")
        made.executemany('INSERT INTO "us""ers\x1b" VALUES (?, ?)', [(i, "x" * 100) for i in range(500)])
    made.close()
    return path.read_bytes()


@pytest.mark.parametrize("wal", [True, False])
def test_databases_show_their_tables(wal: bool, tmp_path: Path) -> None:
    data = database(tmp_path / "a.db", wal=wal)
    preview = make_preview(data, path="a.db", size=len(data))
    assert preview.kind is PreviewKind.SQLITE
    assert [(t.name, t.columns, t.rows) for t in preview.tables] == [
        ("empty", ("a",), 0),
        ('us"ers�', ("id", "name"), 500),
    ]
    assert preview.problem is None


def test_databases_that_are_broken_or_cut(tmp_path: Path) -> None:
    data = database(tmp_path / "a.db")
    head = make_preview(data[:5000], path="a.db", size=len(data))
    assert head.kind is PreviewKind.SQLITE
    assert head.tables == ()
    assert needs_whole(data[:5000], len(data))
    assert not needs_whole(data[:5000], 1 << 40)
    chance = random.Random(3)
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(20):
            broken[chance.randrange(16, len(broken))] = chance.randrange(256)
        assert make_preview(bytes(broken), path="a.db", size=len(broken)).kind is PreviewKind.SQLITE


@pytest.mark.parametrize("name", [".env", "a/.env.production", "prod.env", ".npmrc", "secrets.yml", "my-credentials"])
def test_names_that_hold_secrets(name: str) -> None:
    assert holds_secrets(name)


@pytest.mark.parametrize("name", ["env.py", "environment", "main.py", "secretary.txt", "envelope.env.py"])
def test_names_that_do_not(name: str) -> None:
    assert not holds_secrets(name)


def test_values_are_hidden_until_asked_for() -> None:
    word = "hunter" + "2"
    text = f"""# a comment
# OLD_PASSWORD={word}
[section]
export DB_PASSWORD={word}
PLAIN = {word}
QUOTED="{word}
{word} more
end"
AFTER={word}
yaml: {word}
EMPTY=

{word} without a key
{{"json": "{word}"}}
"quoted_key": "{word}",
"""
    masked = mask_values(text)
    assert word not in masked
    assert "# a comment" in masked
    assert "DB_PASSWORD=" in masked
    assert "[section]" in masked
    assert "EMPTY=" in masked
    assert len(masked.split("\n")) == len(text.split("\n"))
    preview = make_preview(text.encode(), path=".env", size=len(text))
    assert preview.masked == masked
    assert word not in repr(preview)


@pytest.mark.anyio
async def test_the_first_mebibyte_of_a_member_and_all_of_a_database(tmp_path: Path) -> None:
    data = database(tmp_path / "a.db")
    (tmp_path / "a.zip").write_bytes(honest({"big.txt": b"line\n" * 500_000, "a.db": data, "empty": b""}))
    async with await open_file(tmp_path / "a.zip") as archive:
        big = await archive.preview(archive.find("big.txt"))
        assert (big.seen, big.size, big.truncated) == (1024 * 1024, 2_500_000, True)
        tables = await archive.preview(archive.find("a.db"), limit=4096)
        assert [t.name for t in tables.tables] == ["empty", 'us"ers�']
        assert (await archive.preview(archive.find("empty"))).kind is PreviewKind.EMPTY
