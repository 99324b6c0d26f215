"""What the demo's project files hold: code, settings, pictures, databases; equal arguments give equal bytes."""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from contextlib import closing
from functools import lru_cache

from snaptui.demo.archives import Content

_WORDS = ("pedido", "estoque", "cliente", "carrinho", "cupom", "saldo", "ranking", "aviso", "canal", "sorteio")
_NAMES = ("Ana", "Bruno", "Carla", "Davi", "Elisa", "Fábio", "Gabi", "Heitor", "Íris", "João", "Lúcia", "Márcio")


def text(*lines: str) -> Content:
    """Lines of text."""
    return Content(("\n".join(lines) + "\n").encode())


def noise(seed: str, size: int) -> Content:
    """Bulk that nobody looks into."""
    return Content(seed=seed, size=max(1, size))


def document(value: object) -> Content:
    """A JSON file as people keep them."""
    return Content((json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())


@lru_cache(maxsize=512)
def python_module(name: str, edition: int) -> Content:
    """A module of a bot; each edition changes a few lines and now and then adds a function."""
    lines = [f'"""{name.capitalize()} do bot."""', "", "import logging", "", f"LIMITE = {20 + edition}", ""]
    for number, word in enumerate(_WORDS[: 4 + edition % 5] * 2):
        lines += [
            "",
            f"def {word}_{number}(valor: int, vezes: int = {1 + (edition + number) // 9}) -> int:",
            f'    """Calcula {word} para {name}."""',
            f'    logging.debug("{word}: %s", valor)',
            f"    if valor > LIMITE * {number + 1}:",
            f"        return LIMITE * {number + 1}",
            "    return valor * vezes",
            "",
        ]
    return text(*lines)


@lru_cache(maxsize=512)
def script(name: str, edition: int) -> Content:
    """A JavaScript file of a site or bot."""
    lines = ["'use strict'", "", f"const limite = {10 + edition}", ""]
    for number, word in enumerate(_WORDS[: 3 + edition % 6]):
        lines += [
            f"exports.{word} = function {word}(valor) {{",
            f"  if (valor > limite * {number + 1}) throw new RangeError('{name}: {word} acima do limite')",
            f"  return valor * {number + 2}",
            "}",
            "",
        ]
    return text(*lines)


@lru_cache(maxsize=64)
def log(name: str, run: int) -> Content:
    """A log file of some hundred lines."""
    return text(*(f"[{name} {run:04}] {_WORDS[k % 10]} {k * 37 % 1000} ok" for k in range(120 + run % 50)))


@lru_cache(maxsize=64)
def picture(seed: int, width: int = 320, height: int = 180) -> Content:
    """A PNG image: a gradient."""
    tint = seed * 53 % 256
    rows = b"".join(
        b"\0" + bytes(c for x in range(width) for c in (x * 255 // width, y * 255 // height, tint))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    packed = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    return Content(b"\x89PNG\r\n\x1a\n" + packed, stored=True)


@lru_cache(maxsize=64)
def database(people: int) -> Content:
    """A SQLite file with a table of people and one of their orders."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE usuarios (id INTEGER PRIMARY KEY, nome TEXT, saldo INTEGER, entrou_em TEXT)")
        db.execute("CREATE TABLE pedidos (id INTEGER PRIMARY KEY, usuario INTEGER, item TEXT, centavos INTEGER)")
        names = (
            (k, f"{_NAMES[k % 12]} {k}", k * 731 % 9000, f"2026-{1 + k % 9:02}-{1 + k % 28:02}") for k in range(people)
        )
        db.executemany("INSERT INTO usuarios VALUES (?, ?, ?, ?)", names)
        orders = ((k, k * 7 % people, _WORDS[k % 10], 100 + k * 389 % 20_000) for k in range(people * 3))
        db.executemany("INSERT INTO pedidos VALUES (?, ?, ?, ?)", orders)
        db.commit()
        data = bytearray(db.serialize())
    # The library's own version is written into the header; every machine is to make the same bytes.
    data[96:100] = struct.pack(">I", 3_040_000)
    return Content(bytes(data))
