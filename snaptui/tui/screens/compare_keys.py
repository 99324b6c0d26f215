"""The keys of the screen that compares, besides those of its tree."""

from __future__ import annotations

from textual.binding import Binding

from snaptui.i18n import N_
from snaptui.tui.bindings import binding

COMPARE_KEYS: tuple[Binding, ...] = (
    binding("escape", "leave", N_("back"), id="compare-leave", tooltip=N_("Take the filter away, then go back")),
    binding("slash", "filter", N_("filter"), id="compare-filter", tooltip=N_("Show only paths that have your words")),
    binding(
        "R", "restore", N_("restore"), id="compare-restore",
        tooltip=N_("Put the marked files, or this one, back as they were on the older side"),
    ),
    binding("w", "swap", N_("swap"), id="compare-swap", tooltip=N_("Swap the two sides")),
    binding(
        "f", "folder", N_("with a folder"), id="compare-folder",
        tooltip=N_("Compare this version with a folder on this computer"),
    ),
    binding(
        "h", "history", N_("history"), id="compare-history", tooltip=N_("Show in which versions this file is what"),
    ),
    binding("y", "copy_path", N_("copy path"), id="compare-copy", show=False, tooltip=N_("Copy this path")),
    binding(
        "Y", "copy_summary", N_("copy all"), id="compare-copy-all", show=False,
        tooltip=N_("Copy the whole comparison as text"),
    ),
    binding("r", "again", N_("compare again"), id="compare-again", show=False, tooltip=N_("Read both sides again")),
)  # fmt: skip

COMPARE_ORDER = (
    "differences-choose",
    "compare-restore",
    "differences-mark",
    "differences-sort",
    "compare-filter",
    "compare-history",
    "compare-swap",
    "compare-folder",
)
