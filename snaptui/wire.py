"""JSON answers of the Discloud API -> models, whatever their shape.

Every string that reaches a model has been made safe for a terminal. All readers raise ``UnreadableAnswer`` and
nothing else; entries that cannot be read inside an answer that can are counted in the model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import NoReturn

from snaptui.errors import UnreadableAnswer
from snaptui.i18n import _
from snaptui.models import (
    Account,
    App,
    AppKind,
    AppList,
    CreatedSnapshot,
    DownloadLink,
    Listing,
    Snapshot,
    is_app_id,
)
from snaptui.quantities import read_size, read_time, version_time
from snaptui.shapes import find_snapshots
from snaptui.text import one_line

__all__ = [
    "decode",
    "read_account",
    "read_apps",
    "read_created",
    "read_link",
    "read_listing",
    "read_message",
    "read_size",
    "read_time",
    "version_time",
]

_LONGEST_URL = 8_192
_LONGEST_MESSAGE = 200
_KINDS = {
    0: AppKind.BOT,
    1: AppKind.SITE,
    "0": AppKind.BOT,
    "1": AppKind.SITE,
    "bot": AppKind.BOT,
    "site": AppKind.SITE,
}
_URL = re.compile(r"https?://[\x21-\x7e]+", re.IGNORECASE)
# A signed URL's secret is in its query; its host and path may be shown.
_URL_IN_WORDS = re.compile(r"(https?://[^\s?#]*)[?#]\S*", re.IGNORECASE)


def decode(body: bytes) -> object:
    """Return the JSON document in an answer's body; raise UnreadableAnswer when there is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        pass
    start = body.lstrip()[:1]
    if not start:
        sentence = _("The server sent an empty answer; try again, and check SNAPTUI_API_URL if it stays so.")
    elif start == b"<":
        sentence = _(
            "A web page came instead of the API's answer; check SNAPTUI_API_URL and the network's sign-in page."
        )
    else:
        sentence = _("The answer is cut short or is not JSON; try again, and check SNAPTUI_API_URL if it stays so.")
    raise UnreadableAnswer(sentence)


def read_account(document: object) -> Account:
    """Read ``GET /user``."""
    root = _object(document)
    user = root.get("user", root)
    if not isinstance(user, dict):
        _changed()
    user_id = _first_text(user, ("userID", "userId", "user_id", "id"))
    username = _first_text(user, ("username", "name"))
    if not user_id and not username:
        _changed()
    apps = user.get("apps")
    ids = (entry.get("id") if isinstance(entry, dict) else entry for entry in (apps if isinstance(apps, list) else ()))
    return Account(
        user_id=user_id or username,
        username=username or user_id,
        plan=_first_text(user, ("plan",)),
        app_ids=tuple(dict.fromkeys(app_id for app_id in map(_text, ids) if is_app_id(app_id))),
    )


def read_apps(document: object) -> AppList:
    """Read ``GET /app/all`` or ``GET /app/{appID}``: a list of apps, one app, or a mapping from their ids."""
    apps = document if isinstance(document, list) else _object(document).get("apps")
    if isinstance(apps, dict):
        apps = [apps] if "id" in apps else list(apps.values())
    if not isinstance(apps, list):
        _changed()
    read: dict[str, App] = {}
    unreadable = 0
    for entry in apps:
        app = _read_app(entry)
        if app is None:
            unreadable += 1
        else:
            read.setdefault(app.id, app)
    return AppList(apps=tuple(read.values()), unreadable=unreadable)


def _read_app(entry: object) -> App | None:
    if not isinstance(entry, dict):
        return None
    app_id = _text(entry.get("id"))
    if not is_app_id(app_id):
        return None
    online, kind = entry.get("online"), entry.get("type")
    return App(
        id=app_id,
        name=_first_text(entry, ("name",)) or app_id,
        online=online if isinstance(online, bool) else None,
        kind=_KINDS.get(kind) if isinstance(kind, int | str) and not isinstance(kind, bool) else None,
    )


def read_listing(document: object, asked_app_id: str | None = None) -> Listing:
    """Read the snapshots of any answer by the rule in ``shapes``; ``asked_app_id`` is the app the request named."""
    if not isinstance(document, dict | list):
        _changed()
    found = find_snapshots(document, asked_app_id)
    listing = Listing(snapshots=found.snapshots(), unreadable=found.unreadable)
    if listing == Listing() and isinstance(document, dict) and not _may_be_empty(document):
        _changed()
    return listing


def _may_be_empty(document: dict[str, object]) -> bool:
    """Whether an object without snapshots still looks like the API's: it has a status, or something to hold them."""
    return "status" in document or any(isinstance(value, dict | list) for value in document.values())


def read_created(document: object, app_id: str) -> CreatedSnapshot:
    """Read the answer of ``POST /snapshot/{appID}``: the snapshot it took and the versions beside it."""
    root = _object(document)
    listing = read_listing(root, app_id)
    inner = root.get("snapshot")
    named = read_listing({"snapshot": _without_lists(inner)}, app_id) if isinstance(inner, dict) else listing
    if len(named.snapshots) != 1 or named.snapshots[0].app_id != _stated_app(root, app_id):
        _changed()
    key = named.snapshots[0].key
    by_key = {snapshot.key: snapshot for snapshot in listing.snapshots}
    taken: Snapshot = by_key.pop(key, named.snapshots[0])
    return CreatedSnapshot(snapshot=taken, all_versions=tuple(by_key.values()), unreadable=listing.unreadable)


def _without_lists(entry: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in entry.items() if not isinstance(value, list | dict)}


def _stated_app(root: dict[str, object], app_id: str) -> str:
    """Return ``app_id`` unless the answer says it is about another app."""
    app = root.get("app")
    stated = _text(app.get("id")) if isinstance(app, dict) else ""
    if stated and stated != app_id:
        _changed()
    return app_id


def read_link(document: object, app_id: str, version: str) -> DownloadLink:
    """Read the answer of ``GET /snapshot/{appID}/versions/{version}``.

    An answer about another app or version is unreadable: its archive must not get this one's name.
    """
    root = _object(document)
    _stated_app(root, app_id)
    download = root.get("download", root)
    if not isinstance(download, dict):
        _changed()
    url = download.get("url")
    if not isinstance(url, str) or len(url) > _LONGEST_URL or not _URL.fullmatch(url):
        _changed()
    if download.get("version", version) != version:
        _changed()
    return DownloadLink(
        app_id=app_id,
        version=version,
        url=url,
        expires_at=read_time(download.get("expiresAt")),
        size_bytes=read_size(download.get("size")),
    )


def read_message(document: object, secret: str = "") -> str | None:
    """Return what an answer says in words: one safe line without ``secret`` and the queries of URLs, or None."""
    if not isinstance(document, dict):
        return None
    for value in (document.get("message"), document.get("error")):
        words = value.get("message") if isinstance(value, dict) else value
        if not isinstance(words, str):
            continue
        words = _URL_IN_WORDS.sub(r"\1", words.replace(secret, "***") if secret else words)
        if line := one_line(words, _LONGEST_MESSAGE):
            return line
    return None


def _object(document: object) -> dict[str, object]:
    if not isinstance(document, dict):
        _changed()
    return document


def _text(value: object) -> str:
    """Return an id or name as text: ids may arrive as numbers."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**40:
        return str(value)
    return value if isinstance(value, str) else ""


def _first_text(entry: dict[str, object], keys: Iterable[str]) -> str:
    return next((line for key in keys if (line := one_line(_text(entry.get(key))))), "")


def _changed() -> NoReturn:
    raise UnreadableAnswer(
        _("The server's answer is not one snaptui can read; check SNAPTUI_API_URL, or look for a newer snaptui.")
    )
