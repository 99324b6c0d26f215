"""Which app and which version a person's words mean."""

from __future__ import annotations

import re
from collections.abc import Sequence

from snaptui.errors import NotFound, UsageError
from snaptui.folding import folded
from snaptui.formatting import number
from snaptui.i18n import _, ngettext
from snaptui.models import App, Snapshot, is_version
from snaptui.text import one_line

_LATEST = re.compile(r"latest(?:~([0-9]{1,6}))?", re.ASCII | re.IGNORECASE)
_PREFIX = re.compile(r"[0-9]{1,8}|[0-9]{8}-[0-9]{0,6}", re.ASCII)
_NAMED_AT_MOST = 5


def find_app(apps: Sequence[App], text: str) -> App:
    """Return the app with this id or, failing that, this name; case and accents count only where they must.

    Raises NotFound when no app has either, UsageError with the ids when several share the name.
    """
    by_id = next((app for app in apps if app.id == text), None)
    if by_id is not None:
        return by_id
    named = [app for app in apps if app.name == text] or [app for app in apps if folded(app.name) == folded(text)]
    if len(named) == 1:
        return named[0]
    shown = one_line(text, 60)
    if named:
        raise UsageError(
            _('Several apps are named "{name}"; use one of their ids: {ids}.').format(
                name=shown, ids=_listed([app.id for app in named])
            )
        )
    raise NotFound(
        _('There is no app with the id or name "{name}"; see your apps with "snaptui apps".').format(name=shown)
    )


def find_version(snapshots: Sequence[Snapshot], text: str, app_name: str) -> Snapshot:
    """Return the snapshot that ``text`` names among an app's, which are newest first.

    ``YYYYMMDD-HHMMSS``, ``latest``, ``latest~N`` (the Nth before the latest) or the beginning of a version that
    fits one alone. Raises NotFound, or UsageError when it fits several or is none of these.
    """
    shown = one_line(text, 60)
    if not snapshots:
        raise NotFound(_("{app} has no snapshots yet; create one first.").format(app=app_name))
    if latest := _LATEST.fullmatch(text):
        back = int(latest[1] or 0)
        if back < len(snapshots):
            return snapshots[back]
        raise NotFound(
            ngettext(
                "{app} has only {count} snapshot, so there is no {version}.",
                "{app} has only {count} snapshots, so there is no {version}.",
                len(snapshots),
            ).format(app=app_name, count=number(len(snapshots)), version=shown)
        )
    if not _PREFIX.fullmatch(text):
        raise UsageError(
            _('"{version}" is not a version; write YYYYMMDD-HHMMSS, the beginning of it, latest or latest~N.').format(
                version=shown
            )
        )
    fitting = [snapshot for snapshot in snapshots if snapshot.version.startswith(text)]
    if len(fitting) == 1 or (fitting and is_version(text)):
        return fitting[0]
    if fitting:
        raise UsageError(
            _("Several versions of {app} begin with {version}; choose one of {versions}.").format(
                app=app_name, version=shown, versions=_listed([snapshot.version for snapshot in fitting])
            )
        )
    raise NotFound(
        _("{app} has no version {version}; its latest is {latest}.").format(
            app=app_name, version=shown, latest=snapshots[0].version
        )
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED_AT_MOST])
    return shown + ", …" if len(names) > _NAMED_AT_MOST else shown
