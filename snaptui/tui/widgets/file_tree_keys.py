"""The keys of the file tree, besides those that move its cursor."""

from __future__ import annotations

from textual.binding import Binding

from snaptui.i18n import N_
from snaptui.tui.bindings import binding


def _hidden(keys: str, action: str, description: str, id: str, tooltip: str) -> Binding:
    return binding(keys, action, description, id=id, tooltip=tooltip, show=False)


FILE_TREE_KEYS: tuple[Binding, ...] = (
    _hidden("enter,l,right", "open", N_("open"), "files-open", N_("Open this folder, or go into this file")),
    _hidden("left,backspace", "close", N_("close"), "files-close", N_("Close this folder, or go to the one above")),
    # On a file the same key shows its history.
    _hidden("h", "fold", N_("close"), "files-fold", N_("Close this folder, or go to the one above")),
    binding("s", "sort_next", N_("sort"), id="files-sort", tooltip=N_("Sort by name, then size, then time")),
    _hidden("S", "sort_reverse", N_("reverse"), "files-sort-reverse", N_("Sort the other way round")),
    binding(
        "space", "mark", N_("mark"), id="files-mark", tooltip=N_("Mark this file or folder, or take its mark away")
    ),
    _hidden("V", "mark_range", N_("range"), "files-mark-range", N_("Begin a range of marks, or end it here")),
    _hidden("asterisk", "mark_all", N_("mark all"), "files-mark-all", N_("Mark all that is listed, or nothing")),
    _hidden(
        "escape", "leave_range", N_("leave range"), "files-leave-range", N_("Give up the range of marks being drawn")
    ),
)
