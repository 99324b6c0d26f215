"""Project trees of the demo's apps, and how they change from one version to the next."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from snaptui.demo.archives import Archive, Content, MemberPlan

_ASSET = 4_000_000


def _text(lines: list[str]) -> Content:
    return Content(text=("\n".join(lines) + "\n").encode())


def _noise(seed: str, size: int) -> Content:
    return Content(seed=seed, size=max(1, size))


def _source(name: str, edition: int) -> Content:
    body = [f'"""{name}: part of the project, edition {edition}."""', "", "import logging", ""]
    for n in range(12 + edition % 7):
        body += [f"def step_{n}(value: int) -> int:", f'    logging.debug("{name} {n}")', f"    return value + {n}", ""]
    return _text(body)


def _bot(app: str, n: int) -> dict[str, Content]:
    settings = {"prefix": "!", "language": "pt-BR", "shards": 1 + n // 30, "edition": n // 3}
    files = {
        "discloud.config": _text([f"NAME={app}", "TYPE=bot", "MAIN=src/main.py", "RAM=256", "VERSION=latest"]),
        "config.json": Content(text=(json.dumps(settings, indent=2) + "\n").encode()),
        ".env": _text(["LANGUAGE=pt-BR", f"CACHE_SECONDS={60 + n // 5}", "GREETING=welcome"]),
        "requirements.txt": _text(["discord.py==2.6.4", "aiosqlite==0.21.0", f"humanize==4.{12 + n // 20}"]),
        "src/main.py": _source("main", n // 4),
        "src/commands/shop.py": _source("shop", n // 2),
        "src/commands/help.py": _source("help", n // 15),
        "data/users.sqlite": _noise(f"{app}-users-{n}", 40_000 + n * 1_700 + (n * 7919) % 900),
        "assets/banner.png": _noise(f"{app}-banner", 180_000),
    }
    if n >= 5:
        files["src/commands/music.py"] = _source("music", n // 6)
    if n % 6 != 5:
        files["logs/bot.log"] = _text([f"run {n} line {k}: ok" for k in range(200 + n % 50)])
    return files


def _site(app: str, n: int) -> dict[str, Content]:
    helper = "src/lib/format.js" if n < 4 else "src/helpers/format.js"
    return {
        "discloud.config": _text([f"ID={app}", "TYPE=site", "MAIN=index.js", "RAM=512", "VERSION=latest"]),
        "package.json": Content(text=json.dumps({"name": app, "version": f"1.{n}.0"}, indent=2).encode()),
        "index.js": _text(["const http = require('node:http')", f"const edition = {n // 2}", "http.createServer()"]),
        helper: _text(["module.exports.money = cents => `R$ ${(cents / 100).toFixed(2)}`"]),
        "public/index.html": _text(["<!doctype html>", f"<title>{app}</title>", f"<p>edição {n}</p>"]),
        "public/style.css": _text([f".card-{k} {{ margin: {k}px }}" for k in range(60 + n)]),
        "public/logo.svg": _text(['<svg viewBox="0 0 24 24"><circle cx="12" cy="12" r="10"/></svg>']),
        "uploads/photos.bin": _noise(f"{app}-photos-{n // 2}", 220_000 + (n // 2) * 31_000),
    }


def archive_of(app_id: str, style: str, n: int, count: int, weight: int, taken: datetime) -> Archive:
    """The archive of an app's ``n``-th version of ``count`` (0 is the oldest), with ``weight`` bytes of assets.

    The version in the middle of a long history loses half of its assets, as after a careless clean-up.
    """
    files = _site(app_id, n) if style == "site" else _bot(app_id, n)
    kept = weight // 2 if count > 8 and n >= count * 3 // 4 else weight
    part = 0
    while kept > 0:
        files[f"assets/pack-{part:02}.bin"] = _noise(f"{app_id}-pack-{part}", min(kept, _ASSET))
        kept -= _ASSET
        part += 1
    members = []
    for position, (path, content) in enumerate(sorted(files.items())):
        settled = taken - timedelta(days=position % 9, hours=position)
        mode = 0o600 if path == ".env" else 0o644
        members.append(MemberPlan(path, content, settled.replace(second=settled.second & ~1), mode))
    return Archive(tuple(members))
