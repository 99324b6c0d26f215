"""The keys of the main screen, besides those of its lists."""

from __future__ import annotations

from textual.binding import Binding

from snaptui.i18n import N_
from snaptui.tui.bindings import binding

MAIN_KEYS: tuple[Binding, ...] = (
    binding("c", "create", N_("create"), id="create", tooltip=N_("Take a snapshot of this app, or of all marked ones")),
    binding(
        "C", "create_due", N_("create due"), id="create-due",
        tooltip=N_("Take a snapshot of every app that needs one, after asking"),
    ),
    binding("d", "download", N_("download"), id="download", tooltip=N_("Download this version, or all marked ones")),
    binding(
        "x", "compare", N_("compare"), id="compare",
        tooltip=N_("Compare the two marked versions, or this one with the one before it"),
    ),
    binding("b", "browse", N_("browse"), id="browse", tooltip=N_("Look into this version's archive, unfetched")),
    binding(
        "f", "toggle_fleet", N_("view"), id="toggle-fleet",
        tooltip=N_("Show all apps; once more, every version of them instead of a line each"),
    ),
    binding("slash", "filter", N_("filter"), id="filter", tooltip=N_("Show only what fits the words you type")),
    binding("r", "refresh", N_("refresh"), id="refresh", tooltip=N_("Ask Discloud again for apps and snapshots")),
    binding("R", "restore", N_("restore"), id="restore", tooltip=N_("Put files of this version back into a folder")),
    binding("t", "transfers", N_("transfers"), id="transfers", tooltip=N_("Show every download and how far it is")),
    binding("v", "verify", N_("verify"), id="verify", tooltip=N_("Check this version's copy, or all marked, again")),
    binding("y", "copy_version", N_("copy"), id="copy-version", tooltip=N_("Copy this version's name")),
    binding("Y", "copy_app", N_("copy id"), id="copy-app", show=False, tooltip=N_("Copy this app's id")),
    binding("u", "undo", N_("undo"), id="undo", show=False, tooltip=N_("Take back the last restore into a folder")),
    binding(
        "U", "send_back", N_("send back"), id="send-back", show=False,
        tooltip=N_("Send this version back to Discloud in the place of the app's files"),
    ),
    binding(
        "minus", "previous_app", N_("app before"), id="previous-app", show=False, tooltip=N_("Go to the app before")
    ),
    binding(
        "backslash", "toggle_sidebar", N_("sidebar"), id="toggle-sidebar", show=False,
        tooltip=N_("Fold the list of apps away, or show it again"),
    ),
    binding("h,left", "focus_apps", N_("apps"), id="focus-apps", show=False, tooltip=N_("Go to the list of apps")),
    binding(
        "l,right", "focus_versions", N_("versions"), id="focus-versions", show=False, tooltip=N_("Go to the versions")
    ),
    binding("escape", "all_apps", N_("back"), id="all-apps", tooltip=N_("Go back to all apps")),
    binding(
        "escape", "clear", N_("clear"), id="clear", show=False, tooltip=N_("Take the filter away, then the marks")
    ),
    binding("L", "sign_in", N_("sign in"), id="sign-in", show=False, tooltip=N_("Sign in, or as somebody else")),
    binding(
        "O", "sign_out", N_("sign out"), id="sign-out", show=False,
        tooltip=N_("Forget the token everywhere snaptui put it"),
    ),
    binding(
        "X", "clear_cache", N_("clear cache"), id="clear-cache", show=False,
        tooltip=N_("Remove the listing kept on this computer"),
    ),
)  # fmt: skip

KEY_ORDER = (
    "fleet-choose",
    "create",
    "download",
    "browse",
    "compare",
    "restore",
    "create-due",
    "filter",
    "table-sort",
    "table-mark",
    "toggle-fleet",
    "refresh",
    "transfers",
    "copy-version",
    "verify",
)
KEPT_KEYS = ("help", "commands", "quit")
