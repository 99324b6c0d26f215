"""``snaptui doctor``: what is set up, where the token comes from, what the server answers."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from snaptui import __version__
from snaptui.cli.invocation import Invocation
from snaptui.cli.output import emit, json_option, write
from snaptui.errors import NotSignedIn, SnaptuiError
from snaptui.i18n import N_, _, language

if TYPE_CHECKING:
    from snaptui.session import Sessions

_SERVER_SECONDS = 10.0
_TITLES = {
    "versions": N_("Versions"),
    "settings": N_("Settings"),
    "terminal": N_("Terminal"),
    "language": N_("Language"),
    "downloads": N_("Downloads"),
    "data": N_("Data"),
    "keyring": N_("Keyring"),
    "token": N_("Token"),
    "server": N_("Server"),
    "account": N_("Account"),
    "requests": N_("Requests"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report; ``exit_code`` is 0 unless this stands in the way of using snaptui."""

    name: str
    detail: str
    exit_code: int = 0
    warning: bool = False

    @property
    def ok(self) -> bool:
        """Whether all is well here."""
        return self.exit_code == 0


@click.command("doctor", help=_("Tell what is set up, where the token comes from and what the server answers."))
@json_option
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Tell what is set up and whether it works; the exit code is that of the first thing in the way."""
    invocation: Invocation = ctx.obj
    checks = invocation.run(_checks(invocation))
    code = next((check.exit_code for check in checks if not check.ok), 0)
    if as_json:
        emit({"ok": code == 0, "checks": [{**asdict(check), "ok": check.ok} for check in checks]})
    else:
        width = max(len(_(title)) for title in _TITLES.values()) + 1
        for check in checks:
            mark = "!" if not check.ok else "~" if check.warning else " "
            write(f"{mark} {_(_TITLES[check.name]):{width}}{check.detail}")
    ctx.exit(code)


async def _checks(invocation: Invocation) -> list[Check]:
    checks = [_versions()]
    try:
        sessions = invocation.sessions()
    except SnaptuiError as error:
        return [*checks, Check("settings", error.sentence, error.exit_code)]
    try:
        checks += [*_settings(sessions), _terminal(), Check("language", language()), _downloads(invocation)]
        checks.append(_data(sessions.config.data_dir))
        checks.append(await _keyring(sessions))
        checks += [check async for check in _account(sessions)]
    finally:
        await sessions.aclose()
    return checks


def _versions() -> Check:
    from importlib.metadata import PackageNotFoundError, version

    def of(name: str) -> str:
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            return _("{name} missing").format(name=name)

    packages = ", ".join(of(name) for name in ("textual", "httpx", "keyring"))
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return Check("versions", f"snaptui {__version__}, Python {platform.python_version()}, {packages}, {system}")


def _settings(sessions: Sessions) -> list[Check]:
    config = sessions.config
    if config.problems:
        return [Check("settings", str(problem), warning=True) for problem in config.problems]
    if os.path.exists(config.file):  # noqa: PTH110 - Path's own raises where that can't be seen
        return [Check("settings", str(config.file))]
    return [Check("settings", _("none ({path}; “snaptui config init” writes it)").format(path=config.file))]


def _terminal() -> Check:
    if sys.stdout is None or not sys.stdout.isatty():
        return Check("terminal", _("none on standard output"))
    size = os.get_terminal_size(sys.stdout.fileno())
    term = os.environ.get("TERM", "?")
    return Check("terminal", f"{term}, {size.columns}×{size.lines}, {sys.stdout.encoding}")


def _downloads(invocation: Invocation) -> Check:
    from snaptui.transfers.paths import default_folder, free_bytes

    return _folder("downloads", default_folder(invocation.config.download_dir, Path.cwd()), free_bytes)


def _data(folder: Path) -> Check:
    from snaptui.transfers.paths import free_bytes

    return _folder("data", folder, free_bytes)


def _folder(name: str, folder: Path, free_bytes: object) -> Check:
    from snaptui.formatting import size
    from snaptui.text import one_line

    assert callable(free_bytes)  # noqa: S101
    nearest = next((place for place in (folder, *folder.parents) if os.path.lexists(place)), folder)
    shown = one_line(str(folder))
    if not os.path.isdir(nearest) or not os.access(nearest, os.W_OK | os.X_OK):  # noqa: PTH112 - as above
        return Check(name, _("{folder} can't be written to: choose another").format(folder=shown), 1)
    return Check(name, _("{folder}, {free} free").format(folder=shown, free=size(free_bytes(folder))))


async def _keyring(sessions: Sessions) -> Check:
    """A keyring is not needed, so that there is none is only worth knowing."""
    if sessions.demo:
        return Check("keyring", _("not used in the demo"))
    state = await sessions.tokens.keyring_state()
    return Check("keyring", str(state), warning=not state.ok)


async def _account(sessions: Sessions) -> AsyncIterator[Check]:
    found = await sessions.find_token()
    if found is None:
        problems = sessions.tokens.problems
        sentence = problems[0] if problems else _("none: run “snaptui login”, or set DISCLOUD_TOKEN")
        yield Check("token", sentence, NotSignedIn.exit_code)
        return
    yield Check("token", f"{found.source.label} {found.detail}".strip())
    from snaptui.session import api_class

    async with api_class()(sessions.config.api_url, found.token, max_wait=_SERVER_SECONDS) as api:
        began = time.perf_counter()
        try:
            account = await api.user()
        except SnaptuiError as error:
            yield Check("server", f"{sessions.config.api_url}: {error.sentence}", error.exit_code)
            return
        milliseconds = round((time.perf_counter() - began) * 1000)
        yield Check("server", _("{url} answered in {ms} ms").format(url=sessions.config.api_url, ms=milliseconds))
        yield Check("account", f"{account.username} ({account.user_id}), {account.plan}")
        if (limit := api.rate_limit) is not None:
            yield Check(
                "requests", _("{remaining} of {limit} left").format(remaining=limit.remaining, limit=limit.limit)
            )
