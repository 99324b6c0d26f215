"""Where snaptui is shown: what the terminal can draw, how quick the line is, what time it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from snaptui.formatting import local_zone
from snaptui.tui.symbols import ASCII, UNICODE, Symbols

if TYPE_CHECKING:
    from snaptui.config import Config

SMALLEST = (60, 20)
"""Columns and rows below which there is only a sentence."""


class Surroundings(NamedTuple):
    """Given to every screen, so that none of them looks at the environment itself."""

    symbols: Symbols
    zone: tzinfo
    now: Callable[[], datetime]
    quiet: bool
    environ: Mapping[str, str]

    @property
    def redraw_seconds(self) -> float:
        """The least time between two redraws of something that moves by itself."""
        return 0.5 if self.quiet else 0.2


def look_around(config: Config, environ: Mapping[str, str]) -> Surroundings:
    """Take the settings where they say something, else what the environment suggests."""
    over_ssh = bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
    ascii_only = config.ascii if config.ascii is not None else _is_plain(environ)
    return Surroundings(
        symbols=ASCII if ascii_only else UNICODE,
        zone=local_zone(environ),
        now=lambda: datetime.now(UTC),
        quiet=over_ssh if config.quiet is None else config.quiet,
        environ=environ,
    )


def _is_plain(environ: Mapping[str, str]) -> bool:
    """Whether the terminal shows no more than ASCII: the Linux console, or a locale that is set and not UTF-8."""
    if environ.get("TERM") == "linux":
        return True
    named = next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "")
    encoding = named.partition(".")[2].partition("@")[0].lower().replace("-", "")
    return bool(named) and encoding != "utf8"
