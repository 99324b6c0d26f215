"""The keys of the tree of differences, besides those that move its cursor."""

from __future__ import annotations

from textual.binding import Binding

from snaptui.i18n import N_
from snaptui.tui.bindings import binding

DIFFERENCE_KEYS: tuple[Binding, ...] = (
    binding("enter", "choose", N_("lines"), id="differences-choose", tooltip=N_("Show which lines differ")),
    binding("right,l", "open", N_("open"), id="differences-open", show=False, tooltip=N_("Open this folder")),
    binding(
        "left,backspace", "close", N_("close"), id="differences-close", show=False,
        tooltip=N_("Close this folder, or go to the one it is in"),
    ),
    binding(
        "E", "toggle_all", N_("open all"), id="differences-open-all", show=False,
        tooltip=N_("Open all folders, or close them all"),
    ),
    binding("s", "sort_next", N_("what grew"), id="differences-sort", tooltip=N_("Sort by path, or by what grew")),
    binding(
        "S", "sort_reverse", N_("reverse"), id="differences-reverse", show=False,
        tooltip=N_("Sort the other way round"),
    ),
    binding(
        "space", "mark", N_("mark"), id="differences-mark",
        tooltip=N_("Mark this file or folder, or take its mark away"),
    ),
    binding(
        "V", "mark_range", N_("range"), id="differences-mark-range", show=False,
        tooltip=N_("Begin a range of marks, or end it here"),
    ),
    binding(
        "asterisk", "mark_all", N_("mark all"), id="differences-mark-all", show=False,
        tooltip=N_("Mark all differences shown, or take all their marks away"),
    ),
    binding(
        "escape", "leave_range", N_("leave range"), id="differences-leave-range", show=False,
        tooltip=N_("Give up the range of marks being drawn"),
    ),
)  # fmt: skip
