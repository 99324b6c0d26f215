"""The headless commands: their documents and exit codes, as the interface page gives them."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from snaptui.demo.run import DemoServer
from tests.cli.conftest import Run

Document = Callable[..., Any]
SNAPTUI = [sys.executable, "-m", "snaptui"]


def test_apps(document: Document, snaptui: Run, server: DemoServer) -> None:
    apps = {app["id"]: app for app in document("apps")["apps"]}
    assert set(apps) == set(server.world.apps)
    assert set(apps["api-site"]) == {"id", "name", "online", "kind", "deleted", "snapshots", "newest", "bytes"}
    assert (apps["api-site"]["kind"], apps["api-site"]["online"], apps["api-site"]["snapshots"]) == ("site", False, 3)
    assert (apps["bot-antigo"]["deleted"], apps["bot-antigo"]["kind"]) == (True, None)
    assert datetime.fromisoformat(apps["api-site"]["newest"]).tzinfo is not None
    code, out, _err = snaptui("apps")
    assert code == 0
    assert "\x1b" not in out
    assert len(out.splitlines()) == len(apps) + 1


def test_list(document: Document, snaptui: Run, server: DemoServer) -> None:
    everything = document("list")
    assert everything["unreadable"] == 0
    assert len(everything["snapshots"]) == sum(len(app.versions) for app in server.world.apps.values())
    of_one = document("list", "Música")["snapshots"]
    assert set(of_one[0]) == {"app_id", "app_name", "version", "taken_at", "size_bytes", "local_path", "verified"}
    assert [row["version"] for row in of_one] == sorted((row["version"] for row in of_one), reverse=True)
    assert of_one == document("list", "1732400000002")["snapshots"]
    assert len(document("list", "bot-antigo")["snapshots"]) == 1
    assert document("list", "nobody", code=4)["error"]["code"] == 4
    assert snaptui("list", "Recém-criado")[0] == 0


def test_download_then_verify(document: Document, snaptui: Run, tmp_path: Path) -> None:
    first = document("download", "api-site")
    assert set(first) == {"app_id", "version", "path", "size_bytes", "sha256", "resumed_from", "already_present"}
    path = Path(first["path"])
    assert path == tmp_path / "discloud" / "backups" / f"api-site-{first['version']}.zip"
    assert document("download", "api-site", "latest")["already_present"] is True
    (found,) = document("verify", path)["files"]
    assert set(found) == {"path", "ok", "problem", "members", "size_bytes", "sha256"}
    assert (found["ok"], found["sha256"], found["problem"]) == (True, first["sha256"], None)
    row = document("list", "api-site")["snapshots"][0]
    assert (row["local_path"], row["verified"]) == (str(path), True)
    named = document("download", "api-site", "latest~1", "-o", "mine.zip")
    assert Path(named["path"]).name == "mine.zip"
    in_folder = document("download", "api-site", first["version"][:8], "-o", "there/")
    assert Path(in_folder["path"]).parent.name == "there"
    path.write_bytes(b"another file")
    assert document("download", "api-site", code=1)["error"]["code"] == 1
    assert path.read_bytes() == b"another file"
    assert document("verify", path, "missing", code=8)["files"][1]["ok"] is False
    assert snaptui("download", "api-site", "--force")[0] == 0
    assert snaptui("verify", path)[0] == 0
    assert snaptui("verify", "missing")[0] == 4


def test_a_whole_archive_in_anothers_place_is_noticed(document: Document) -> None:
    newest, older = document("download", "api-site"), document("download", "api-site", "latest~1")
    Path(newest["path"]).write_bytes(Path(older["path"]).read_bytes())
    assert "not the one" in document("verify", newest["path"], code=8)["files"][0]["problem"]


def test_verify_keeps_the_record_of_what_became_of_a_copy(document: Document) -> None:
    def recorded() -> tuple[str, bool]:
        row = document("list", "api-site")["snapshots"][0]
        return row["local_path"], row["verified"]

    path = Path(document("download", "api-site")["path"])
    renamed = path.rename(path.with_name("before the update.zip"))
    (found,) = document("verify", path, code=4)["files"]
    assert found["ok"] is False
    assert str(renamed) in found["problem"]
    assert recorded() == (str(renamed), True)
    again = renamed.rename(path)
    assert document("verify", again)["files"][0]["ok"] is True
    assert recorded() == (str(path), True)
    data = path.read_bytes()
    path.write_bytes(data[:-30])
    assert document("verify", path, code=8)["files"][0]["ok"] is False
    assert recorded() == (str(path), False)
    path.write_bytes(data)
    assert document("verify", path)["files"][0]["ok"] is True
    assert recorded() == (str(path), True)
    path.unlink()
    assert document("verify", path, code=4)["files"][0]["ok"] is False
    assert recorded() == (str(path), False)


def test_create(document: Document, snaptui: Run) -> None:
    made = document("create", "Clima", "Moderador", "nobody", code=5)
    assert set(made) == {"created", "failed"}
    assert [(entry["app_id"], set(entry)) for entry in made["created"]] == [
        ("1732400000012", {"app_id", "version", "size_bytes"})
    ]
    assert [(entry["app_id"], entry["exit_code"]) for entry in made["failed"]] == [("1732400000007", 5), ("nobody", 4)]
    assert document("list", "Clima")["snapshots"][0]["version"] == made["created"][0]["version"]
    code, _out, err = snaptui("--read-only", "create", "Clima")
    assert code == 2
    assert "read-only" in err
    assert snaptui("create")[0] == 2


def test_create_stale(document: Document) -> None:
    made = {entry["app_id"] for entry in document("create", "--stale", "7d")["created"]}
    assert made == {"1732400000003", "1732400000008", "1732400000011"}
    assert document("create", "--stale", "7d") == {"created": [], "failed": []}
    assert document("create", "--stale", "soon", code=2)["error"]["code"] == 2


def test_create_stale_leaves_out_what_is_somebody_elses_and_goes_on_after_a_failure(
    document: Document, snaptui: Run, server: DemoServer
) -> None:
    foreign = "1732400000015"
    server.controls.fail_next("/snapshot/1732400000002", 500, method="POST")
    made = document("create", "--stale", "1h", code=7)
    saved = {entry["app_id"] for entry in made["created"]}
    assert foreign not in saved | {entry["app_id"] for entry in made["failed"]}
    assert not {"bot-antigo", foreign} & {
        r.path.rpartition("/")[2] for r in server.controls.requests if r.method == "POST"
    }
    assert [(entry["app_id"], entry["exit_code"]) for entry in made["failed"]] == [
        ("1732400000002", 7), ("1732400000007", 5),
    ]  # fmt: skip
    assert {"1732400000001", "1732400000003", "1732400000008"} <= saved
    assert snaptui("--read-only", "create", "--stale", "7d")[0] == 2


def test_create_tells_as_it_goes_and_names_each_app_once(snaptui: Run, server: DemoServer) -> None:
    code, out, err = snaptui("create", "nobody", "Clima", "1732400000012", "Moderador")
    assert code == 4  # of the first that failed, in the order they were named
    assert out == f"1732400000012\t{server.world.apps['1732400000012'].versions[-1].version}\n"
    assert err.splitlines()[1] == "Taking a snapshot of Clima …"
    assert err.splitlines()[-1].startswith("Moderador: ")
    assert sum(request.method == "POST" for request in server.controls.requests) == 2


def test_an_interrupted_create_says_which_app_may_have_a_new_snapshot(snaptui: Run, server: DemoServer) -> None:
    held = server.controls.hold("/snapshot/1732400000012", "POST")
    argv = [*SNAPTUI, "create", "Clima", "Loja Bot"]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as process:
        held.until_reached()
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Clima was being saved" in err
    assert [r.path for r in server.controls.requests if r.method == "POST"] == ["/v2/snapshot/1732400000012"]


def test_signing_in_and_out(
    document: Document, snaptui: Run, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    who = document("whoami")
    assert who == {"user_id": server.world.user_id, "username": "ana", "plan": "Safira", "token_source": "environment"}
    monkeypatch.delenv("DISCLOUD_TOKEN")
    assert document("whoami", code=3)["error"]["message"].startswith("You are not signed in")
    for wrong in ("two\nlines", "", "refused"):
        give(wrong)
        assert snaptui("login")[0] == 3
    give(server.token)
    code, _out, err = snaptui("login")
    assert code == 1
    assert "--plain-file" in err
    give(f"{server.token}\n")
    assert document("login", "--plain-file")["token_source"] == "plain-file"
    assert document("whoami")["token_source"] == "plain-file"
    assert document("logout")["forgotten"] == ["plain-file"]
    assert document("logout")["forgotten"] == []
    assert snaptui("login", "--import")[0] == 3


def test_doctor(document: Document, snaptui: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = {check["name"]: check for check in document("doctor")["checks"]}
    assert {"versions", "settings", "keyring", "token", "server", "account", "requests", "downloads"} <= set(checks)
    monkeypatch.setenv("DISCLOUD_TOKEN", "refused")
    assert snaptui("doctor")[0] == 3
    monkeypatch.setenv("SNAPTUI_API_URL", "http://127.0.0.1:9/v2")
    assert snaptui("doctor")[0] == 7
    monkeypatch.setenv("SNAPTUI_API_URL", "http://example.com")
    assert snaptui("doctor")[0] == 2


def test_the_settings_file(snaptui: Run, tmp_path: Path) -> None:
    code, out, _err = snaptui("config", "init")
    assert code == 0
    path = Path(out.strip())
    before = path.read_text()
    assert snaptui("config", "init")[0] == 2
    assert path.read_text() == before
    assert snaptui("config", "path")[1].strip() == str(path)
    assert "Nothing is wrong" in snaptui("config", "check")[2]


def test_the_settings_file_is_checked(snaptui: Run, document: Document) -> None:
    assert "config init" in snaptui("config", "check")[2]
    path = Path(snaptui("config", "init")[1].strip())
    path.write_text('quiet = "yes"\ntheme = "nrod"\n[keys]\ndownload = "c"\n')
    code, out, err = snaptui("config", "check")
    assert (code, err) == (1, "")
    assert [line.split(":")[0] for line in out.splitlines()] == [f"config.toml, line {n}" for n in (1, 2, 4)]
    assert "did you mean nord?" in out
    assert "create" in out
    assert [problem["line"] for problem in document("config", "check", code=1)["problems"]] == [1, 2, 4]
    path.write_text("keys = 3\n")
    assert "write [keys]" in snaptui("config", "check")[1]
    path.write_text('theme = "nord"\n[keys]\ndownload = "f5"\n')
    assert document("config", "check")["problems"] == []


@pytest.mark.parametrize(
    "arguments", [["list", "--foo"], ["nothing"], ["list", "a", "b"], ["--lang", "xx", "list"], ["download"], []]
)
def test_used_wrongly(snaptui: Run, arguments: list[str]) -> None:
    code, out, err = snaptui(*arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    if arguments:
        code, out, err = snaptui(*arguments, "--json")
        assert (code, err) == (2, "")
        assert set(json.loads(out)["error"]) == {"code", "message"}


def test_a_token_never_shows(snaptui: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "not-a-real-token-but-long"
    monkeypatch.setenv("DISCLOUD_TOKEN", text)
    monkeypatch.setenv("SNAPTUI_DEBUG", "1")
    for arguments in (["list"], ["whoami", "--json"], ["doctor"], ["download", "x"]):
        code, out, err = snaptui(*arguments)
        assert code == 3
        assert text not in out + err


def test_a_fault_of_ours_is_one_sentence(snaptui: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snaptui.session.Sessions.for_config", None)
    code, out, err = snaptui("list")
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
    monkeypatch.setenv("SNAPTUI_DEBUG", "1")
    assert "Traceback" in snaptui("list")[2]
    log = Path(os.environ["SNAPTUI_DATA_DIR"]) / "debug.log"
    assert "TypeError" in log.read_text()


# In processes of their own


def test_without_a_terminal_the_screens_say_so() -> None:
    done = subprocess.run(SNAPTUI, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "snaptui list" in done.stderr


def test_a_reader_that_has_enough_is_no_fault(server: DemoServer) -> None:
    environ = {**os.environ, "SNAPTUI_API_URL": server.api_url, "DISCLOUD_TOKEN": server.token}
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [*SNAPTUI, "list"], stdout=writer, stderr=subprocess.PIPE, text=True, env=environ, timeout=60, check=False
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_full_disk_under_the_output_is_said(server: DemoServer) -> None:
    environ = {**os.environ, "SNAPTUI_API_URL": server.api_url, "DISCLOUD_TOKEN": server.token}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*SNAPTUI, "list"], stdout=full, stderr=subprocess.PIPE, text=True, env=environ, timeout=60, check=False
        )
    assert done.returncode == 1
    assert "can't be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_interrupted(server: DemoServer) -> None:
    gate = server.controls.hold("/user")
    environ = {**os.environ, "SNAPTUI_API_URL": server.api_url, "DISCLOUD_TOKEN": server.token}
    process = subprocess.Popen([*SNAPTUI, "whoami"], env=environ, stderr=subprocess.PIPE, text=True)
    try:
        gate.until_reached(30)
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=30)
    finally:
        gate.set()
        process.kill()
        process.wait()
    assert process.returncode == 130
    assert err.startswith("Interrupted")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_download_is_continued_by_the_next(
    server: DemoServer, document: Document, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    held = server.controls.hold_archives(100_000)
    environ = {**os.environ, "SNAPTUI_API_URL": server.api_url, "DISCLOUD_TOKEN": server.token}
    argv = [*SNAPTUI, "download", "api-site", "-o", str(tmp_path / "a.zip")]
    process = subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    part = tmp_path / "a.zip.part"
    try:
        while not part.exists() or part.stat().st_size < 50_000:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == code
    assert out == ""
    assert "Traceback" not in err
    assert not (tmp_path / "a.zip").exists()
    kept = part.stat().st_size
    held.set()
    done = document("download", "api-site", "-o", tmp_path / "a.zip")
    assert done["resumed_from"] == kept
    assert document("verify", done["path"])["files"][0]["ok"] is True


def test_the_demo_across_two_processes(tmp_path: Path) -> None:
    def demo(*words: str) -> Any:
        argv = [*SNAPTUI, *words, "--json"]
        done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    assert demo("--demo", "whoami")["token_source"] == "demo"
    fetched = demo("--demo", "download", "api-site")
    assert demo("verify", fetched["path"])["files"][0]["ok"] is True


def test_the_demo_server_answers_until_it_is_told_to_stop() -> None:
    process = subprocess.Popen([*SNAPTUI, "demo-server"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        environ = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines[1:])
        done = subprocess.run([*SNAPTUI, "whoami"], env={**os.environ, **environ}, timeout=60, check=False)
        assert done.returncode == 0
        process.send_signal(signal.SIGINT)
        assert process.wait(30) in (0, 130)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_a_keyring_that_hangs_holds_up_neither_the_command_nor_its_end() -> None:
    environ = {**os.environ, "PYTHON_KEYRING_BACKEND": "tests.keyring.backends.Hanging"}
    done = subprocess.run([*SNAPTUI, "whoami"], env=environ, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
