"""Putting an archive back: the multipart body is read by hand, and the app runs on with what came."""

from __future__ import annotations

import io
import zipfile

import httpx
import pytest

from snaptui.demo import commit
from snaptui.demo.run import DemoServer

APP, BUSY, DELETED, OTHERS = "1732400000011", "1732400000007", "bot-antigo", "1732400000015"


def zipped(content: bytes = b"print('oi')\r\n--\r\n\r\n") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("main.py", content)
    return made.getvalue()


def put(api: httpx.Client, data: bytes, app_id: str = APP, field: str = "file") -> httpx.Response:
    return api.put(f"/app/{app_id}/commit", files={field: ("app.zip", data, "application/zip")})


@pytest.mark.parametrize("content", [b"", b"\r", b"\r\n", b"\n\r\n--", b"all bytes"])
def test_it_arrives_byte_for_byte(demo: DemoServer, api: httpx.Client, content: bytes) -> None:
    data = zipped(bytes(range(256)) * 1_000 if content == b"all bytes" else content)
    answer = put(api, data)
    assert answer.status_code == 200
    assert answer.json() | {"logs": ""} == {"status": "ok", "statusCode": 200, "message": "App updated", "logs": ""}
    assert demo.world.apps[APP].commits[-1] == data


def test_other_fields_beside_it(demo: DemoServer, api: httpx.Client) -> None:
    data = zipped()
    answer = api.put(f"/app/{APP}/commit", data={"note": "x" * 100}, files={"file": ("a.zip", data)})
    assert answer.status_code == 200
    assert demo.world.apps[APP].commits[-1] == data


def test_what_was_put_is_what_the_next_snapshot_holds(
    demo: DemoServer, api: httpx.Client, archives: httpx.Client
) -> None:
    data = zipped(b"the new code")
    put(api, data)
    made = api.post(f"/snapshot/{APP}").json()["snapshot"]
    assert made["size"] == str(len(data))
    assert archives.get(made["url"]).content == data
    now = api.get(f"/app/{APP}/backup").json()["backups"]
    assert [archives.get(now["url"]).status_code for _ in range(2)] == [200, 403]


def test_the_app_restarts(demo: DemoServer, api: httpx.Client) -> None:
    demo.controls.restart_seconds = 1_000.0
    put(api, zipped())
    assert api.get(f"/app/{APP}").json()["apps"]["online"] is False
    demo.controls.restart_seconds = 0.0
    put(api, zipped())
    assert api.get(f"/app/{APP}").json()["apps"]["online"] is True


@pytest.mark.parametrize(
    ("app_id", "status"), [(BUSY, 409), (DELETED, 404), ("nobody", 404), (OTHERS, 403), (APP, 200)]
)
def test_which_apps_take_it(api: httpx.Client, app_id: str, status: int) -> None:
    assert put(api, zipped(bytes(2_000_000)), app_id).status_code == status


def test_what_is_refused(demo: DemoServer, api: httpx.Client) -> None:
    before = list(demo.world.apps[APP].commits)
    assert put(api, b"not an archive").status_code == 400
    assert put(api, zipped(), field="archive").status_code == 400
    assert api.put(f"/app/{APP}/commit", content=zipped()).status_code == 400
    assert api.put(f"/app/{APP}/commit").status_code == 400
    headers = {"content-type": "multipart/form-data; boundary=x"}
    for body in (b"", b"--x", b"--x--", b"--x\r\n", b"--x\r\n\r\n", b"--x\r\nA: b\r\n\r\nc", b"--x\r\n\r\nc\r\n--x--"):
        assert api.put(f"/app/{APP}/commit", content=body, headers=headers).status_code == 400
    assert demo.world.apps[APP].commits == before


def test_the_largest(api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert commit.LARGEST_BYTES == 100 * 1024 * 1024
    data = zipped(bytes(3_000_000))
    for largest, status in ((len(data), 200), (len(data) - 1, 413), (1_000_000, 413)):
        monkeypatch.setattr(commit, "LARGEST_BYTES", largest)
        answer = put(api, data)
        assert answer.status_code == status
