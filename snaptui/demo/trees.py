"""Project trees of the demo's apps, and how they change from one version to the next.

Everything follows from an app and the number of its version: code changes every few versions, data grows and swings,
logs come and go, a folder is renamed once, and one version lost most of its bulk. A file that did not change keeps
its time.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from snaptui.demo import contents, sizes
from snaptui.demo.archives import Archive, Content, MemberPlan

Style = Literal["bot", "site", "log", "odd"]
_PACK = 4_000_000


@dataclass(slots=True)
class Tree:
    """The files of version ``n`` of an app as they are put together."""

    app_id: str
    n: int
    bulk: int = 0
    files: dict[str, tuple[Content, int, int]] = field(default_factory=dict)

    def put(self, path: str, content: Content, since: int = 0, mode: int = 0o644) -> None:
        """Add a file that has been as it is since version ``since``."""
        self.files[path] = (content, since, mode)

    def epoch(self, length: int, phase: int = 0) -> int:
        """The version in which something that changes every ``length`` versions last changed."""
        return max(0, self.n - (self.n + phase) % length)


def _bot(t: Tree) -> None:
    fast, slow, rare = t.epoch(2), t.epoch(5, 2), t.epoch(16, 3)
    t.put(
        "discloud.config", contents.text(f"ID={t.app_id}", "TYPE=bot", "MAIN=src/main.py", "RAM=256", "VERSION=latest")
    )
    settings = {"prefixo": "!", "idioma": "pt-BR", "shards": 1 + rare // 16, "edicao": slow}
    t.put("config.json", contents.document(settings), slow)
    t.put(".env", contents.text("IDIOMA=pt-BR", f"CACHE_SEGUNDOS={60 + rare}", "SENHA_DO_PAINEL=exemplo"), rare, 0o600)
    t.put("README.md", contents.text("# Bot", "", "Para rodar: `python src/main.py`."))
    t.put("requirements.txt", contents.text("discord.py==2.6.4", f"aiosqlite==0.{20 + rare // 16}.0"), rare)
    t.put("src/main.py", contents.python_module("main", slow), slow)
    t.put("src/comandos/ajuda.py", contents.python_module("ajuda", rare), rare)
    t.put("src/comandos/loja.py", contents.python_module("loja", fast), fast)
    if t.n >= 5:
        since = max(5, slow)
        t.put("src/comandos/música.py", contents.python_module("música", since), since)
    folder = "src/util" if t.n >= 8 else "src/lib"
    t.put(f"{folder}/tempo.py", contents.python_module("tempo", 0))
    t.put("dados/usuarios.sqlite", contents.database(60 + 12 * slow), slow)
    cached = 40_000 + t.n * 1_700 + sizes.swing(t.app_id, t.n, t.bulk)
    t.put("dados/cache.bin", contents.noise(f"{t.app_id} cache {t.n}", cached), t.n)
    t.put("assets/banner.png", contents.picture(zlib.crc32(t.app_id.encode())))
    if t.n % 6 != 4:
        t.put("logs/bot.log", contents.log("bot", t.n), t.n)


def _site(t: Tree) -> None:
    fast, slow = t.epoch(2), t.epoch(4, 1)
    t.put("discloud.config", contents.text(f"ID={t.app_id}", "TYPE=site", "MAIN=index.js", "RAM=512", "VERSION=latest"))
    package = {"name": t.app_id, "version": f"1.{slow}.0", "dependencies": {"fastify": f"5.{slow % 9}.0"}}
    t.put("package.json", contents.document(package), slow)
    t.put("index.js", contents.script("index", fast), fast)
    t.put("src/rotas.js", contents.script("rotas", slow), slow)
    t.put("src/auxiliar/formato.js" if t.n >= 4 else "src/lib/formato.js", contents.script("formato", 0))
    page = ("<!doctype html>", '<html lang="pt-BR">', f"<title>{t.app_id}</title>", f"<p>Edição {t.n}</p>")
    t.put("public/index.html", contents.text(*page), t.n)
    style = contents.text(*(f".cartao-{k} {{ margin: {k}px }}" for k in range(60 + slow)))
    t.put("public/estilo.css", style, slow)
    t.put("public/logo.png", contents.picture(zlib.crc32(t.app_id.encode()) >> 8, 128, 128))
    photos = 220_000 + fast * 15_500 + sizes.swing(t.app_id, fast, t.bulk)
    t.put("uploads/fotos.bin", contents.noise(f"{t.app_id} fotos {fast}", photos), fast)


def _log(t: Tree) -> None:
    slow = t.epoch(28)
    t.put("discloud.config", contents.text(f"ID={t.app_id}", "TYPE=bot", "MAIN=index.js", "RAM=128", "VERSION=latest"))
    t.put("index.js", contents.script("index", slow), slow)
    t.put("package.json", contents.document({"name": "registros", "version": f"2.{slow // 28}.0"}), slow)
    week = t.epoch(28)
    # What is put away each week is packed, so it takes less than half of the room.
    packed = 40_000 + sizes.logged(t.app_id, 0, week) * 2 // 5
    t.put("registros/antigos.bin", contents.noise(f"{t.app_id} antigos {week}", packed), week)
    today = 9_000 + sizes.logged(t.app_id, week, t.n + 1)
    t.put("registros/hoje.bin", contents.noise(f"{t.app_id} hoje {t.n}", today), t.n)


def _odd(t: Tree) -> None:
    """Names that a terminal, a markup reader or a careless unpacker would trip over."""
    _bot(t)
    note = contents.text("Um nome esquisito, um arquivo comum.")
    for path in (
        "[bold]leia-me[/].txt",
        "名前/ファイル.txt",
        "assets/canção nº 1 🎵.txt",
        "assets/داتا.txt",
        "a" * 180 + ".txt",
    ):
        t.put(path, note)
    for refused in (
        "../fora.txt",
        "/etc/motd",
        "C:\\temp\\x.txt",
        "assets/\x1b[31mvermelho.txt",
        "leia-me.txt",
        "LEIA-ME.txt",
    ):
        t.put(refused, note)
    t.put("atalho", contents.text("../../outro"), mode=0o120777)


_STYLES: dict[Style, Callable[[Tree], None]] = {"bot": _bot, "site": _site, "log": _log, "odd": _odd}


def archive_of(
    app_id: str, style: Style, n: int, bulk: int, growth: int, moment_of: Callable[[int], datetime]
) -> Archive:
    """The archive of version ``n`` (0 is the oldest) of an app, with ``bulk`` bytes of assets beside its project.

    Every few versions about ``growth`` bytes were added to them.

    ``moment_of`` tells when a version was taken: a file's time is a little before that of the version it came with.
    """
    tree = Tree(app_id, n, bulk)
    _STYLES[style](tree)
    for part, at in enumerate(range(0, bulk, _PACK)):
        tree.put(f"assets/pacote-{part:02}.bin", contents.noise(f"{app_id} pacote {part}", min(_PACK, bulk - at)))
    for since, size in sizes.additions(app_id, n, growth).items():
        tree.put(f"assets/coleção-{since:03}.bin", contents.noise(f"{app_id} coleção {since}", size), since)
    members = []
    for path, (content, since, mode) in sorted(tree.files.items()):
        earlier = timedelta(seconds=2 * (zlib.crc32(path.encode()) % 9_000))
        members.append(MemberPlan(path, content, (moment_of(since) - earlier).replace(microsecond=0), mode))
    return Archive(tuple(members))
