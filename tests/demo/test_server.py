"""The demo's API as a client meets it, and every lever that makes it misbehave."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import get_args

import httpx
import pytest

from snaptui import wire
from snaptui.api import DiscloudApi
from snaptui.demo.controls import DateForm, Shape, SizeForm
from snaptui.demo.run import DemoServer
from snaptui.models import SnapshotKey
from snaptui.tokens import Token
from snaptui.transfers.download import DownloadRequest, download
from snaptui.transfers.events import Finished

LOJA, CREATED, COMMITTED, BUSY, DELETED = (
    "1732400000001",
    "1732400000012",
    "1732400000011",
    "1732400000007",
    "bot-antigo",
)


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        # The time is given: this is a parameter of tests, which every worker must name alike.
        archive.writestr(zipfile.ZipInfo("index.js", (2026, 11, 24, 12, 0, 0)), "exports.edition = 1\n")
    return file.getvalue()


def keys(demo: DemoServer) -> list[SnapshotKey]:
    """Every snapshot of the world, newest first within its app."""
    return [SnapshotKey(a.id, v.version) for a in demo.world.apps.values() for v in reversed(a.versions)]


def pages(demo: DemoServer, api: httpx.Client) -> list[httpx.Response]:
    """The whole listing, a page of 200 at a time, and the empty page behind it."""
    count = -(-len(keys(demo)) // 200) + 1
    return [api.get("/snapshot", params={"page": page, "limit": 200}) for page in range(1, count + 1)]


@pytest.mark.parametrize("shape", get_args(Shape))
def test_every_shape_is_read_to_the_same_keys(demo: DemoServer, api: httpx.Client, shape: Shape) -> None:
    demo.controls.shape = shape
    listings = [wire.read_listing(answer.json()) for answer in pages(demo, api)]
    assert sum(listing.unreadable for listing in listings) == 0
    found = [snapshot.key for listing in listings for snapshot in listing.snapshots]
    assert sorted(found) == sorted(keys(demo))


@pytest.mark.parametrize("form", get_args(SizeForm))
def test_every_spelling_of_a_size_is_read(demo: DemoServer, api: httpx.Client, form: SizeForm) -> None:
    demo.controls.sizes = form
    listing = wire.read_listing(api.get(f"/snapshot/{LOJA}").json(), LOJA)
    true = [version.archive.size for version in reversed(demo.world.apps[LOJA].versions)]
    read = [snapshot.size_bytes for snapshot in listing.snapshots]
    if form == "absent":
        assert read == [None] * len(true)
    elif form in ("integer", "digits"):
        assert read == true
    else:
        assert [size or 0 for size in read] == pytest.approx(true, abs=60_000)


@pytest.mark.parametrize("form", get_args(DateForm))
def test_every_spelling_of_a_date_is_read(demo: DemoServer, api: httpx.Client, form: DateForm) -> None:
    demo.controls.dates = form
    listing = wire.read_listing(api.get(f"/snapshot/{LOJA}").json(), LOJA)
    assert [s.taken_at for s in listing.snapshots] == [v.taken for v in reversed(demo.world.apps[LOJA].versions)]


def test_pages_cover_the_list_once_and_newest_first(demo: DemoServer, api: httpx.Client) -> None:
    entries = [entry for answer in pages(demo, api) for entry in answer.json()["snapshots"]]
    assert sorted((e["appID"], e["version"]) for e in entries) == sorted(keys(demo))
    versions = [entry["version"] for entry in entries]
    assert versions == sorted(versions, reverse=True)


def test_a_summary_is_shorter_and_names_the_same(api: httpx.Client) -> None:
    full, brief = (api.get("/snapshot", params={"appID": LOJA, "summary": flag}).json() for flag in ("false", "true"))
    assert [s.key for s in wire.read_listing(brief).snapshots] == [s.key for s in wire.read_listing(full).snapshots]
    assert all("size" not in entry for entry in brief["snapshots"])


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "limit=0", "limit=201", "appID=a/b", "summary=perhaps", "page=-1"]
)
def test_a_wrong_question_is_told_so(api: httpx.Client, query: str) -> None:
    answer = api.get(f"/snapshot?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, 400)


@pytest.mark.parametrize(
    "path",
    [
        "/snapshot/1732400000008",
        "/snapshot?appID=1732400000008",
        f"/snapshot/{LOJA}/versions/19990101-000000",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_404(api: httpx.Client, path: str) -> None:
    answer = api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, 404)


def test_a_server_that_repeats_its_pages(demo: DemoServer, api: httpx.Client) -> None:
    demo.controls.repeats_pages = True
    first, second = (api.get("/snapshot", params={"page": page}).json() for page in (1, 2))
    assert first["snapshots"] == second["snapshots"]


def test_only_its_token_is_taken(demo: DemoServer, api: httpx.Client) -> None:
    assert api.get("/user").status_code == 200
    assert api.get("/user", headers={"api-token": "another"}).status_code == 401
    assert httpx.get(f"{demo.api_url}/user", trust_env=False).status_code == 401
    demo.controls.revoke_token()
    assert api.get("/user").status_code == 401
    demo.controls.restore_token()
    assert api.get("/user").status_code == 200


def test_the_budget_counts_down_and_ends_in_429(demo: DemoServer, api: httpx.Client) -> None:
    demo.controls.requests_per_minute = 60
    demo.controls.leave(3, seconds=40.0)
    answers = [api.get("/user") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0", "0"]
    assert {answer.headers["ratelimit-limit"] for answer in answers} == {"60"}
    assert all(30 <= int(answer.headers["ratelimit-reset"]) <= 40 for answer in answers)
    assert all(30 <= int(answer.headers["retry-after"]) <= 40 for answer in answers[3:])
    demo.controls.leave(1, seconds=40.0)
    assert api.get("/user").status_code == 200


def test_archives_cost_nothing_of_the_budget(demo: DemoServer, api: httpx.Client, archives: httpx.Client) -> None:
    version = demo.world.apps[LOJA].versions[-1].version
    demo.controls.leave(5, seconds=40.0)
    before = api.get(f"/snapshot/{LOJA}/versions/{version}")
    assert archives.head(before.json()["download"]["url"]).status_code == 200
    after = api.get("/user")
    assert int(before.headers["ratelimit-remaining"]) - int(after.headers["ratelimit-remaining"]) == 1


def test_a_server_that_keeps_its_budget_to_itself(demo: DemoServer, api: httpx.Client) -> None:
    demo.controls.sends_budget = False
    assert not [name for name in api.get("/user").headers if name.startswith("ratelimit")]


def test_creating_adds_the_newest_version(demo: DemoServer, api: httpx.Client) -> None:
    before = [version.version for version in demo.world.apps[CREATED].versions]
    answer = api.post(f"/snapshot/{CREATED}")
    assert answer.status_code == 200
    created = wire.read_created(answer.json(), CREATED)
    after = [version.version for version in demo.world.apps[CREATED].versions]
    assert after == [*before, created.snapshot.version]
    assert created.snapshot.size_bytes == demo.world.apps[CREATED].versions[-1].archive.size
    assert {snapshot.version for snapshot in created.all_versions} == set(before)
    listing = wire.read_listing(api.get(f"/snapshot/{CREATED}").json(), CREATED)
    assert listing.snapshots[0].key == created.snapshot.key


@pytest.mark.parametrize(("app_id", "status"), [(BUSY, 409), (DELETED, 404), ("nobody", 404), ("a_b", 400)])
def test_creating_is_refused(demo: DemoServer, api: httpx.Client, app_id: str, status: int) -> None:
    before = keys(demo)
    answer = api.post(f"/snapshot/{app_id}")
    assert (answer.status_code, answer.json()["code"]) == (status, status)
    assert keys(demo) == before


def test_someone_elses_app_is_refused(demo: DemoServer, api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.world.apps[LOJA], "owned", False)
    assert api.post(f"/snapshot/{LOJA}").status_code == 403
    assert api.put(f"/app/{LOJA}/commit", files={"file": ("app.zip", zipped())}).status_code == 403


def test_a_lost_answer_took_a_snapshot_all_the_same(demo: DemoServer, api: httpx.Client) -> None:
    before = len(demo.world.apps[CREATED].versions)
    demo.controls.drop_post_answer = True
    with pytest.raises(httpx.RemoteProtocolError):
        api.post(f"/snapshot/{CREATED}")
    assert len(demo.world.apps[CREATED].versions) == before + 1


def test_the_next_answers_fail_and_then_no_more(demo: DemoServer, api: httpx.Client) -> None:
    demo.controls.fail_next("/app/all", 503, times=2)
    assert api.get("/user").status_code == 200
    assert [api.get("/app/all").status_code for _ in range(3)] == [503, 503, 200]


def test_a_failure_may_be_for_one_method(demo: DemoServer, api: httpx.Client) -> None:
    demo.controls.fail_next("/snapshot", 500, method="POST")
    assert api.get(f"/snapshot/{LOJA}").status_code == 200
    before = keys(demo)
    assert api.post(f"/snapshot/{CREATED}").status_code == 500
    assert keys(demo) == before


def test_a_connection_breaks_off_and_a_portal_answers(demo: DemoServer, api: httpx.Client) -> None:
    demo.controls.fail_next("/user", 0)
    with pytest.raises(httpx.RemoteProtocolError):
        api.get("/user")
    demo.controls.answer_html("/user")
    assert api.get("/user").text.startswith("<!doctype html>")
    assert api.get("/user").json()["user"]["username"] == demo.world.username


def test_a_hold_keeps_an_answer_back_until_it_is_set(demo: DemoServer, api: httpx.Client) -> None:
    held = demo.controls.hold("/snapshot", "POST")
    before, statuses = keys(demo), list[int]()
    asking = threading.Thread(target=lambda: statuses.append(api.post(f"/snapshot/{CREATED}").status_code))
    asking.start()
    held.until_reached()
    assert httpx.get(f"{demo.api_url}/user", headers={"api-token": demo.token}, trust_env=False).status_code == 200
    assert (statuses, keys(demo)) == ([], before)
    held.set()
    asking.join(10)
    assert statuses == [200]


@pytest.mark.anyio
async def test_the_token_never_reaches_the_archives(demo: DemoServer, tmp_path: Path) -> None:
    version = demo.world.apps[LOJA].versions[-1]
    target = tmp_path / "loja.zip"
    async with DiscloudApi(demo.api_url, Token.parse(demo.token)) as api:
        request = DownloadRequest(SnapshotKey(LOJA, version.version), target)
        told = [event async for event in download(request, api, api_origin=api.origin)]
    assert isinstance(told[-1], Finished)
    assert target.stat().st_size == version.archive.size
    asked = demo.controls.requests
    assert {request.had_token for request in asked if request.origin == "archives"} == {False}
    assert {request.had_token for request in asked if request.origin == "api"} == {True}
    assert demo.controls.violations == []


def test_a_token_at_the_archives_is_noticed_and_no_signature_kept(
    demo: DemoServer, api: httpx.Client, archives: httpx.Client
) -> None:
    version = demo.world.apps[LOJA].versions[-1].version
    url = api.get(f"/snapshot/{LOJA}/versions/{version}").json()["download"]["url"]
    archives.head(url, headers={"api-token": "carried along"})
    assert [request.method for request in demo.controls.violations] == ["HEAD"]
    assert url.partition("signature=")[2] not in repr(demo.controls.requests)


def test_a_commit_takes_a_zip(demo: DemoServer, api: httpx.Client, archives: httpx.Client) -> None:
    data = zipped()
    answer = api.put(f"/app/{COMMITTED}/commit", files={"file": ("app.zip", data)})
    assert (answer.status_code, answer.json()["statusCode"]) == (200, 200)
    assert demo.world.apps[COMMITTED].commits[-1] == data
    backup = api.get(f"/app/{COMMITTED}/backup").json()["backups"]["url"]
    assert archives.get(backup).content == data
    assert archives.get(backup).status_code == 403


@pytest.mark.parametrize(
    ("app_id", "field", "data", "status"),
    [(COMMITTED, "file", b"not a zip", 400), (COMMITTED, "file", b"", 400), (COMMITTED, "other", zipped(), 400),
     (BUSY, "file", zipped(), 409), (DELETED, "file", zipped(), 404)],
)  # fmt: skip
def test_a_commit_refuses_the_rest(
    demo: DemoServer, api: httpx.Client, app_id: str, field: str, data: bytes, status: int
) -> None:
    before = list(demo.world.apps[app_id].commits)
    assert api.put(f"/app/{app_id}/commit", files={field: ("app.zip", data)}).status_code == status
    assert demo.world.apps[app_id].commits == before


def test_a_commit_without_a_form_is_refused(api: httpx.Client) -> None:
    assert api.put(f"/app/{COMMITTED}/commit", content=zipped()).status_code == 400


def test_the_command_says_how_to_reach_it_and_ends_tidily() -> None:
    command = (sys.executable, "-m", "snaptui", "demo-server", "--port", "0")
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline().rstrip("\n") for _ in range(3)]
            exported = dict(line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))
            assert exported["SNAPTUI_API_URL"] in lines[0]
            answer = httpx.get(
                f"{exported['SNAPTUI_API_URL']}/user",
                headers={"api-token": exported["DISCLOUD_TOKEN"]},
                trust_env=False,
            )
            assert answer.json()["user"]["username"] == "ana"
            process.send_signal(signal.SIGTERM)
            _, problems = process.communicate(timeout=10)
        finally:
            process.kill()
    assert "Traceback" not in problems
    assert process.returncode == 128 + signal.SIGTERM
