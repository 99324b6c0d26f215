"""The keys of the screen that looks into an archive, besides those of its tree and its preview."""

from __future__ import annotations

from textual.binding import Binding

from snaptui.i18n import N_
from snaptui.tui.bindings import binding

BROWSE_KEYS: tuple[Binding, ...] = (
    binding(
        "escape", "leave", N_("back"), id="browse-leave",
        tooltip=N_("Take the filter away; where there is none, go back to the versions"),
    ),
    binding("slash", "filter", N_("filter"), id="browse-filter", tooltip=N_("List files by words of their paths")),
    binding("z", "largest", N_("largest"), id="browse-largest", tooltip=N_("List the largest files of all folders")),
    binding("d", "save", N_("save"), id="browse-save", tooltip=N_("Save this file, or all marked ones, into a folder")),
    binding("R", "restore", N_("restore"), id="browse-restore", tooltip=N_("Put this file, or all marked ones, back")),
    binding("h", "history", N_("history"), id="browse-history", tooltip=N_("Show in which versions this file is what")),
    binding("o", "page_file", N_("pager"), id="browse-pager", tooltip=N_("Open this file in your pager")),
    binding(
        "e", "edit_file", N_("editor"), id="browse-editor", show=False,
        tooltip=N_("Open a read-only copy of this file in your editor"),
    ),
    binding("p", "toggle_preview", N_("preview"), id="browse-preview", tooltip=N_("Hide the preview, or show it")),
    binding("u", "reveal", N_("show values"), id="browse-reveal", tooltip=N_("Show hidden values, or hide them again")),
    binding("m", "more", N_("more"), id="browse-more", tooltip=N_("Read more of this file for the preview")),
    binding("y", "copy_path", N_("copy path"), id="browse-copy", show=False, tooltip=N_("Copy the path of this file")),
    binding(
        "r", "read_again", N_("try again"), id="browse-again", tooltip=N_("Read the archive or this file again"),
    ),
)  # fmt: skip

BROWSE_ORDER = (
    "browse-again",
    "browse-reveal",
    "browse-more",
    "files-mark",
    "browse-save",
    "browse-restore",
    "browse-history",
    "browse-filter",
    "browse-largest",
    "files-sort",
    "browse-preview",
    "browse-pager",
)
BROWSE_KEPT = ("preview-back", "browse-leave")
