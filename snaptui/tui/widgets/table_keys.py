"""The keys that the tables of versions and of apps share, besides those that move the cursor."""

from __future__ import annotations

from textual.binding import Binding

from snaptui.i18n import N_
from snaptui.tui.bindings import MATCHING, binding


def _hidden(key: str, action: str, description: str, id: str, tooltip: str) -> Binding:
    return binding(key, action, description, id=id, tooltip=tooltip, show=False)


TABLE_KEYS: tuple[Binding, ...] = (
    binding("s", "sort_next", N_("sort"), id="table-sort", tooltip=N_("Sort by the next column")),
    _hidden("S", "sort_reverse", N_("reverse"), "table-sort-reverse", N_("Sort the other way round")),
    binding("space", "mark", N_("mark"), id="table-mark", tooltip=N_("Mark this line, or take its mark away")),
    _hidden(
        "V",
        "mark_range",
        N_("range"),
        "table-mark-range",
        N_("Begin a range of marks here; press it again at its other end"),
    ),
    _hidden(
        "asterisk",
        "mark_all",
        N_("mark all"),
        "table-mark-all",
        N_("Mark all lines shown, or take all their marks away"),
    ),
    _hidden(
        "escape", "leave_range", N_("leave range"), "table-leave-range", N_("Give up the range of marks being drawn")
    ),
    _hidden(
        "a", "toggle_absolute", N_("times"), "table-times", N_("Show ages, or the local date and time with its zone")
    ),
    *MATCHING,
)
