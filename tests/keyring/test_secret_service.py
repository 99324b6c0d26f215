"""The token in the real Secret Service, on a bus and with a keyring daemon of the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NEEDED = {"dbus-run-session": "dbus", "gnome-keyring-daemon": "gnome-keyring"}
UNLOCK = 'printf %s test | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$@"'
INSIDE = Path(__file__).with_name("inside_secret_service.py")


def test_the_token_lives_in_the_real_secret_service(tmp_path: Path) -> None:
    missing = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    if missing:
        reason = f"install the Debian packages {' '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    tmp_path.chmod(0o700)
    environ = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environ |= {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    # keyring's back-end leaves its connection to the bus to the end of the process.
    tests += ["-W", "ignore::pytest.PytestUnraisableExceptionWarning", "-W", "ignore::ResourceWarning", str(INSIDE)]
    done = subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", UNLOCK, "_", *tests],
        env=environ,
        cwd=INSIDE.parents[2],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout
