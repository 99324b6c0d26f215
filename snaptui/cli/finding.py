"""Which app and which snapshot the words of a command mean, with as few requests as that takes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from snaptui.errors import NotFound
from snaptui.finding import find_app, find_version
from snaptui.models import App, Listing, Snapshot, is_app_id

if TYPE_CHECKING:
    from snaptui.session import Session


async def app_with_snapshots(session: Session, text: str) -> tuple[App, Listing]:
    """The app of that id or name, with its snapshots, newest first."""
    app, listing = await _app_and_listing(session, text)
    if listing is None:
        listing = await session.api.app_snapshots(app.id)
    return app, in_order(listing)


async def snapshot_named(session: Session, app_text: str, version_text: str) -> tuple[App, Snapshot]:
    """The snapshot that the two words mean. Raises NotFound, or UsageError where they mean several."""
    app, listing = await app_with_snapshots(session, app_text)
    return app, find_version(listing.snapshots, version_text, app.name)


def in_order(listing: Listing) -> Listing:
    """The same listing, newest first."""
    from snaptui.rows import order

    return Listing(tuple(sorted(listing.snapshots, key=order)), listing.unreadable)


async def _app_and_listing(session: Session, text: str) -> tuple[App, Listing | None]:
    """What looks like an id is asked for beside the list of apps: the app may be gone from there."""
    if not _looks_like_id(text):
        apps, listing = await session.api.apps(), None
    else:
        apps, listing = await asyncio.gather(session.api.apps(), _listing_of(session, text))
    try:
        app = find_app(apps.apps, text)
    except NotFound:
        if listing is None and is_app_id(text):
            listing = await _listing_of(session, text)
        if listing is None or not listing.snapshots:
            raise
        return App(text, text, deleted=apps.unreadable == 0), listing
    return app, listing if app.id == text else None


def _looks_like_id(text: str) -> bool:
    return is_app_id(text) and any(character.isdigit() or character == "-" for character in text)


async def _listing_of(session: Session, text: str) -> Listing:
    try:
        return await session.api.app_snapshots(text)
    except NotFound:
        return Listing()
