"""An app's state as a sign, in words, and how it looks: never by its colour alone."""

from __future__ import annotations

from snaptui.i18n import _
from snaptui.models import App
from snaptui.tui.symbols import Symbols


def state_sign(app: App, symbols: Symbols) -> str:
    """The shape that stands for an app's state."""
    if app.deleted:
        return symbols.deleted
    if app.online is None:
        return symbols.unknown
    return symbols.online if app.online else symbols.offline


def state_word(app: App) -> str:
    """An app's state in a word."""
    if app.deleted:
        return _("deleted")
    if app.online is None:
        return _("state unknown")
    return _("online") if app.online else _("offline")


def state_look(app: App) -> str:
    """The look of the sign."""
    if app.deleted:
        return "bad"
    return "good" if app.online else "muted"
