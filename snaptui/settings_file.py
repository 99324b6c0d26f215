"""Changing one setting in ``config.toml``: everything else in it, comments too, stays as the person wrote it."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import tomllib
from pathlib import Path

from snaptui.config_file import template
from snaptui.errors import CannotWrite, SnaptuiError
from snaptui.i18n import _
from snaptui.reasons import reason_of

Toml = str | int | bool | list[str]

_LARGEST = 1 << 20


def change_setting(path: Path, name: str, value: Toml | None) -> None:
    """Set ``name``, or take it out where ``value`` is None; a file that is not there begins as the template.

    Whole or not at all; the file keeps its mode, and a link stays one. Raises SnaptuiError, having written nothing,
    where the file can't be read, understood or written, or was changed by somebody else meanwhile.
    """
    path = Path(os.path.realpath(path))  # Path's own raises for a link that leads to itself
    try:
        before = path.stat() if path.exists() else None
        text = template() if before is None else _read(path)
        changed = changed_text(text, name, value)
        if changed != text or before is None:
            _replace(path, changed, before)
    except OSError as error:
        raise CannotWrite(
            _("The settings file {path} can't be written ({reason}): nothing was changed.").format(
                path=path, reason=reason_of(error)
            )
        ) from None


def changed_text(text: str, name: str, value: Toml | None) -> str:
    """The text of a file with one setting changed. Raises SnaptuiError where it can't be understood.

    Each way to write the change is tried in turn, and taken only where reading the result gives exactly the
    settings there were with this one changed.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise _not_toml() from None
    wanted = {key: old for key, old in document.items() if key != name} | ({} if value is None else {name: value})
    if document == wanted:
        return text
    for way in (_commented_out, _uncommented, _written):
        changed = way(text, name, value)
        if changed is not None and _says(changed, wanted):
            return changed
    raise SnaptuiError(_("This setting can't be changed here: edit config.toml by hand."))


def _says(text: str, wanted: dict[str, object]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _commented_out(text: str, name: str, value: Toml | None) -> str | None:
    """Put a # before the line, as it stands in the template, where it is no longer wanted."""
    return re.sub(rf"^{name}\s*=", f"# {name} =", text, count=1, flags=re.MULTILINE) if value is None else None


def _uncommented(text: str, name: str, value: Toml | None) -> str | None:
    """Write the value where the template has the line with a # before it."""
    line = re.compile(rf"^#[ \t]*{name}[ \t]*=.*$", re.MULTILINE)
    if value is None or line.search(text) is None:
        return None
    import tomlkit

    written = f"{name} = {tomlkit.item(value).as_string()}"
    return line.sub(lambda _match: written, text, count=1)


def _written(text: str, name: str, value: Toml | None) -> str | None:
    """Leave it to the library that keeps comments."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        if value is None:
            document.remove(name)
        else:
            document[name] = value
    except TOMLKitError:
        raise _not_toml() from None
    return tomlkit.dumps(document)


def _not_toml() -> SnaptuiError:
    return SnaptuiError(_("config.toml is not TOML as it stands, so nothing was changed: correct it first."))


def _read(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _not_toml() from None
    if len(data) > _LARGEST:
        raise _not_toml()
    return text


def _replace(path: Path, text: str, before: os.stat_result | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:
            if before is not None and hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), stat.S_IMODE(before.st_mode))
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        if not _is_as_before(path, before):
            raise SnaptuiError(_("config.toml was changed by something else just now: try once more."))
        temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _is_as_before(path: Path, before: os.stat_result | None) -> bool:
    try:
        now = path.stat()
    except FileNotFoundError:
        return before is None
    return before is not None and (now.st_mtime_ns, now.st_size) == (before.st_mtime_ns, before.st_size)
