"""Listings in the several shapes that the API's documentation leaves possible."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from snaptui.demo.controls import Controls, DateForm, SizeForm
from snaptui.demo.world import DemoApp, DemoVersion

Pair = tuple[DemoApp, DemoVersion]


def size_as(form: SizeForm, size: int) -> int | str | None:
    """A size in one of its spellings; None where it is left out."""
    match form:
        case "integer":
            return size
        case "digits":
            return str(size)
        case "megabytes":
            return f"{size / 1e6:.2f} MB"
        case "comma":
            return f"{size / 1e6:.1f}MB".replace(".", ",")
        case "mebibytes":
            return f"{size / (1 << 20):.2f} MiB"
        case "absent":
            return None


def date_as(form: DateForm, moment: datetime) -> int | str | None:
    """A date in one of its spellings; None where it is left out."""
    moment = moment.astimezone(UTC)
    match form:
        case "iso":
            return moment.isoformat()
        case "zulu":
            return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        case "naive":
            return moment.strftime("%Y-%m-%d %H:%M:%S")
        case "slashed":
            return moment.strftime("%d/%m/%Y %H:%M:%S")
        case "seconds":
            return int(moment.timestamp())
        case "milliseconds":
            return int(moment.timestamp()) * 1000
        case "absent":
            return None


def entry(version: DemoVersion, controls: Controls, *, summary: bool = False) -> dict[str, Any]:
    """One snapshot; a summary has its version alone."""
    if summary:
        return {"version": version.version}
    size, date = size_as(controls.sizes, version.archive.size), date_as(controls.dates, version.taken)
    told = {"version": version.version, "size": size, "date": date}
    return {name: value for name, value in told.items() if value is not None}


def shaped(pairs: list[Pair], controls: Controls, *, summary: bool = False) -> dict[str, Any]:
    """The part of a listing that carries the snapshots, in the order given."""
    made = [(app.id, entry(version, controls, summary=summary)) for app, version in pairs]
    by_app: dict[str, list[dict[str, Any]]] = {}
    for app_id, told in made:
        by_app.setdefault(app_id, []).append(told)
    match controls.shape:
        case "flat":
            return {"snapshots": [{"appID": app_id, **told} for app_id, told in made]}
        case "nested":
            return {"apps": [{"id": app_id, "versions": found} for app_id, found in by_app.items()]}
        case "keyed":
            return {"snapshots": by_app}
        case "bare":
            return {"apps": [{"id": i, "versions": [told["version"] for told in found]} for i, found in by_app.items()]}
        case "deep":
            return {"data": {"items": [{"app": {"id": app_id}, "snapshot": told} for app_id, told in made]}}
