"""What the main screen says where there is nothing to list, and the key that helps."""

from __future__ import annotations

from collections.abc import Callable

from snaptui.errors import NetworkFailed, SnaptuiError
from snaptui.i18n import _
from snaptui.tui.desk import Desk
from snaptui.tui.widgets.notice import NoticeKind, NoticeText


def notice_for(
    desk: Desk, app_id: str | None, error: SnaptuiError | None, starting: bool, key_of: Callable[[str], str]
) -> NoticeText | None:
    """The words for the present state; None where there are rows to show. ``key_of`` gives a command's key as shown."""

    def keys(*commands: tuple[str, str]) -> list[tuple[str, str]]:
        return [(key_of(bound_id), words) for bound_id, words in commands]

    catalog = desk.catalog
    if catalog is not None and catalog.rows(app_id):
        return None
    if starting or (catalog is not None and catalog.loading):
        return NoticeText(NoticeKind.LOADING, _("Asking Discloud for your snapshots…"))
    if error is not None:
        kind = NoticeKind.OFFLINE if isinstance(error, NetworkFailed) else NoticeKind.ERROR
        return NoticeText(
            kind, error.sentence, keys=keys(("refresh", _("try again")), ("sign-in", _("sign in")), ("quit", _("quit")))
        )
    if not desk.signed_in:
        return NoticeText(
            NoticeKind.EMPTY, _("You are not signed in."), keys=keys(("sign-in", _("sign in")), ("quit", _("quit")))
        )
    if app_id is None:
        return NoticeText(
            NoticeKind.EMPTY,
            _("This account has no snapshots yet."),
            _("Choose an app at the left, then take one."),
            keys(("create", _("create")), ("refresh", _("refresh"))),
        )
    return NoticeText(NoticeKind.EMPTY, _("This app has no snapshots yet."), keys=keys(("create", _("create"))))
