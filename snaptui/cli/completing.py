"""What a shell is offered for the words of a command: apps, versions and files, from what is on this computer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from snaptui.errors import SnaptuiError
from snaptui.folding import folded

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class _Named(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


def complete_app(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Apps by name, or by id where that is typed or the name stands for several."""
    from click.shell_completion import CompletionItem

    apps = _apps(ctx)
    names = [app.name for app in apps]
    found: list[CompletionItem[str]] = []
    for word, app in _fitting(incomplete, [*((app.name, app) for app in apps), *((app.id, app) for app in apps)]):
        shared = names.count(app.name) > 1
        if word == app.name and not shared and word != app.id:
            found.append(CompletionItem(word, help=app.id))
        elif word == app.id and (incomplete or shared or app.id == app.name):
            found.append(CompletionItem(word, help=app.name if app.name != app.id else None))
    return list({item.value: item for item in found}.values())


def complete_version(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Versions of the app that stands before, newest first, after ``latest``."""
    return _versions(ctx, str(ctx.params.get("app") or ""), incomplete)


def complete_archive(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """The words APP VERSION, and for ``diff`` a second version or a folder; nothing is known of members."""
    words: Sequence[str] = ctx.params.get("words") or ()
    if ctx.params.get("file") is not None:
        words = ("", "", *words)
    if not words:
        return complete_app(ctx, param, incomplete)
    if len(words) == 1:
        return _versions(ctx, words[0], incomplete)
    if ctx.info_name != "diff":
        return []
    from click.shell_completion import CompletionItem

    versions = _versions(ctx, words[0], incomplete) if len(words) == 2 else []
    return versions or [CompletionItem(incomplete, type="dir")]


def complete_path(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Whatever the shell finds on the disk."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def _fitting(incomplete: str, words: Iterable[tuple[str, _Named]]) -> list[tuple[str, _Named]]:
    """Those that begin so; failing that the one that does but for case and accents.

    Several such would be no help: a shell writes what they have in common, which may be less than was typed. A word
    like an option would be taken for one.
    """
    usable = [(word, app) for word, app in words if word and not word.startswith("-")]
    exact = [(word, app) for word, app in usable if word.startswith(incomplete)]
    if exact:
        return exact
    loose = [(word, app) for word, app in usable if folded(word).startswith(folded(incomplete))]
    return loose if len(loose) == 1 else []


def _versions(ctx: click.Context, app_text: str, incomplete: str) -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    versions: Sequence[str] = ()
    with contextlib.suppress(SnaptuiError):
        app = _find(_apps(ctx), app_text)
        if app is not None:
            versions = _versions_of(ctx, app.id, incomplete)
    words = [word for word in ("latest", *versions) if word.startswith(incomplete)]
    return [CompletionItem(word) for word in words]


def _find(apps: Sequence[_Named], text: str) -> _Named | None:
    """The app that these words mean, as the commands find it."""
    by_id = next((app for app in apps if app.id == text), None)
    named = [app for app in apps if app.name == text] or [app for app in apps if folded(app.name) == folded(text)]
    return by_id or (named[0] if len(named) == 1 else None)


def _apps(ctx: click.Context) -> Sequence[_Named]:
    flags = ctx.find_root().params
    if flags.get("demo"):
        return _demo()
    folder = None if flags.get("no_cache") else _cache_folder()
    if folder is None:
        return ()
    from snaptui.cached_names import cached_apps

    return cached_apps(folder)


def _versions_of(ctx: click.Context, app_id: str, beginning: str) -> Sequence[str]:
    if ctx.find_root().params.get("demo"):
        return _demo_versions(app_id, beginning)
    folder = _cache_folder()
    if folder is None:
        return ()
    from snaptui.cached_names import cached_versions

    return cached_versions(folder, app_id, beginning)


def _cache_folder() -> Path | None:
    from snaptui.config import load_config

    try:
        return load_config().cache_dir
    except SnaptuiError:
        return None


def _demo() -> Sequence[_Named]:
    try:
        from snaptui.demo.world import World
    except ImportError:  # the demo's extra is not installed
        return ()
    return tuple(World().apps.values())


def _demo_versions(app_id: str, beginning: str) -> Sequence[str]:
    from snaptui.demo.world import World

    versions = [each.version for each in World().apps[app_id].versions if each.version.startswith(beginning)]
    return sorted(versions, reverse=True)
