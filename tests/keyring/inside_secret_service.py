"""Run by ``test_secret_service`` on a bus with an unlocked Secret Service; not collected by itself."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring.core
import pytest

from snaptui.demo.run import DemoServer
from snaptui.secret import Token
from snaptui.tokens import TokenSource, TokenStore

BACKEND = "keyring.backends.SecretService.Keyring"

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def real_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", BACKEND)
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    with DemoServer(requests_per_minute=100_000) as server:
        yield server


async def test_kept_found_and_forgotten(tmp_path: Path) -> None:
    token = Token.parse(secrets.token_hex(20))
    tokens = TokenStore(tmp_path, environ={})
    assert await tokens.find() is None
    assert await tokens.save(token) is TokenSource.KEYRING
    found = await TokenStore(tmp_path, environ={}).find()
    assert found is not None
    assert (found.token, found.source) == (token, TokenSource.KEYRING)
    assert str(await tokens.keyring_state()) == "SecretService.Keyring"
    assert await tokens.forget() == (TokenSource.KEYRING,)
    assert await tokens.find() is None
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240


def test_from_process_to_process(demo: DemoServer) -> None:
    environ = {**os.environ, "SNAPTUI_API_URL": demo.api_url}

    def snaptui(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "snaptui", *words]
        return subprocess.run(argv, env=environ, input=given, capture_output=True, text=True, timeout=60, check=False)

    assert snaptui("whoami").returncode == 3
    assert snaptui("login", given=demo.token).returncode == 0
    assert '"token_source": "keyring"' in snaptui("whoami", "--json").stdout
    assert snaptui("logout").returncode == 0
    assert snaptui("whoami").returncode == 3


async def test_a_locked_keyring_is_one_sentence(tmp_path: Path) -> None:
    tokens = TokenStore(tmp_path, environ={})
    await tokens.save(Token.parse(secrets.token_hex(20)))
    import secretstorage

    connection = secretstorage.dbus_init()
    try:
        secretstorage.get_default_collection(connection).lock()
    finally:
        connection.close()
    assert await tokens.find() is None
    assert len(tokens.problems) == 1
