"""What the catalog says happened, as values, and what became of a creation, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from snaptui.errors import OutcomeUnknown, SnaptuiError
from snaptui.i18n import _


@dataclass(frozen=True, slots=True)
class AppsChanged:
    """The apps, their names or states are others than before."""


@dataclass(frozen=True, slots=True)
class SnapshotsChanged:
    """Rows of these apps came, went or changed, and with them what the apps add up to; None stands for all."""

    app_ids: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """Every snapshot the server has is here, as of ``at``; now the sums of all apps are whole."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """One of the requests failed; what it would have told is as old as before. ``app_id`` when it was about one."""

    error: SnaptuiError
    what: Literal["apps", "snapshots", "app"]
    app_id: str | None = None


Change = AppsChanged | SnapshotsChanged | Loaded | Failed


def not_looked_up(app_name: str) -> OutcomeUnknown:
    """A creation broke off, and the app's list could not be read either."""
    return OutcomeUnknown(
        _(
            "The connection broke while {app} was being saved, and its list could not be read afterwards; look there"
            " before trying again."
        ).format(app=app_name)
    )


def looked_up(app_name: str, versions: Sequence[str], before: frozenset[str] | None) -> OutcomeUnknown:
    """A creation broke off; ``versions`` is the app's list after it, newest first, ``before`` what it was if known."""
    if before is None:
        newest = versions[0] if versions else "–"
        sentence = _(
            "The connection broke while {app} was being saved, and the newest version in its list is {version};"
            " try again only if that is an old one."
        )
        return OutcomeUnknown(sentence.format(app=app_name, version=newest))
    found = next((version for version in versions if version not in before), None)
    if found is None:
        sentence = _(
            "The connection broke while {app} was being saved, and its list has no new version yet; look again in a"
            " few minutes before trying again."
        )
        return OutcomeUnknown(sentence.format(app=app_name))
    sentence = _(
        "The connection broke while {app} was being saved, but its list has the new version {version} now; there is"
        " no need to try again."
    )
    return OutcomeUnknown(sentence.format(app=app_name, version=found), found)
