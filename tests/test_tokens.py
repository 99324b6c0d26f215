"""Where tokens come from, in which order, and where they are kept."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import keyring
import keyring.core
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from snaptui.errors import CannotWrite, KeyringUnavailable, TokenError
from snaptui.keyring_store import Keyring
from snaptui.remembered import Remembered
from snaptui.secret import Token
from snaptui.token_command import command_output
from snaptui.tokens import TokenSource, TokenStore, official_cli_token
from tests.keyring import backends

pytestmark = pytest.mark.anyio


def no_keyring() -> KeyringBackend:
    return cast("type[KeyringBackend]", fail.Keyring)()


UseKeyring = Callable[[KeyringBackend], None]
OTHER_API = "http://127.0.0.1:1/v2"


def new_token() -> Token:
    return Token.parse(secrets.token_hex(20))


@pytest.fixture
def use_keyring(monkeypatch: pytest.MonkeyPatch) -> UseKeyring:
    """Make keyring answer with one back-end that the person chose, until the test ends."""

    def use(backend: KeyringBackend) -> None:
        monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{type(backend).__module__}.{type(backend).__name__}")

    use(no_keyring())
    return use


@pytest.fixture
def memory(use_keyring: UseKeyring) -> backends.Memory:
    backend = backends.Memory()
    use_keyring(backend)
    return backend


def store(folder: Path, **environ: str) -> TokenStore:
    return TokenStore(folder / "data", environ={"HOME": str(folder), **environ})


def printing(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"print({text!r})")


async def test_the_order_of_the_sources(tmp_path: Path, memory: backends.Memory) -> None:
    in_environment, in_file, by_command, kept = (new_token() for _ in range(4))
    path = tmp_path / "token"
    path.write_text(f"{in_file.reveal()}\n")
    command = printing(by_command.reveal())
    environ = {"DISCLOUD_TOKEN": in_environment.reveal(), "DISCLOUD_TOKEN_FILE": str(path)}
    everything = TokenStore(tmp_path / "data", environ=environ, command=command)
    await everything.save(kept)
    expected = [
        (in_environment, TokenSource.ENVIRONMENT, "DISCLOUD_TOKEN"),
        (in_file, TokenSource.FILE, str(path)),
        (by_command, TokenSource.COMMAND, sys.executable),
        (kept, TokenSource.KEYRING, ""),
    ]
    stores = [
        everything,
        TokenStore(tmp_path / "data", environ={**environ, "DISCLOUD_TOKEN": " "}, command=command),
        TokenStore(tmp_path / "data", environ={}, command=command),
        TokenStore(tmp_path / "data", environ={}),
    ]
    for each, (token, source, detail) in zip(stores, expected, strict=True):
        found = await each.find()
        assert found is not None
        assert (found.token, found.source, found.detail) == (token, source, detail)
        assert each.problems == ()
    assert [each.lasting_source() for each in stores] == [
        "DISCLOUD_TOKEN", "DISCLOUD_TOKEN_FILE", sys.executable, None
    ]  # fmt: skip


async def test_without_any_there_is_none_and_no_complaint(tmp_path: Path, use_keyring: UseKeyring) -> None:
    tokens = TokenStore(tmp_path, environ={}, remembered=Remembered(tmp_path / "remembered.json"))
    assert await tokens.find() is None
    assert tokens.problems == ()


@pytest.mark.parametrize(
    ("environ", "command", "words"),
    [
        ({"DISCLOUD_TOKEN": "two\nlines"}, None, "DISCLOUD_TOKEN"),
        ({"DISCLOUD_TOKEN_FILE": "/no/such/file"}, None, "/no/such/file"),
        ({"DISCLOUD_TOKEN_FILE": "/dev/null"}, None, "/dev/null"),
        ({"DISCLOUD_TOKEN_FILE": "/"}, None, "DISCLOUD_TOKEN_FILE"),
        ({}, ("/no/such/program",), "/no/such/program"),
        ({}, (sys.executable, "-c", "raise SystemExit(3)"), "exit code 3"),
        ({}, printing("two words"), sys.executable),
        ({}, (sys.executable, "-c", "pass"), sys.executable),
        ({}, ("a\0b",), "can't be started"),
    ],
)
async def test_what_was_set_up_and_fails_ends_the_search(
    tmp_path: Path, memory: backends.Memory, environ: dict[str, str], command: tuple[str, ...] | None, words: str
) -> None:
    tokens = TokenStore(tmp_path, environ=environ, command=command)
    await tokens.save(new_token())
    assert await tokens.find() is None
    (problem,) = tokens.problems
    assert words in problem
    assert "\n" not in problem


async def test_a_pipe_nobody_writes_to_does_not_hold_it_up(
    tmp_path: Path, use_keyring: UseKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("snaptui.tokens._FILE_SECONDS", 0.1)
    os.mkfifo(tmp_path / "pipe")
    tokens = store(tmp_path, DISCLOUD_TOKEN_FILE=str(tmp_path / "pipe"))
    assert await tokens.find() is None
    assert "does not answer" in tokens.problems[0]


# The command


async def test_the_command_gets_no_shell_no_input_and_no_voice(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = "import sys; sys.stderr.write('leak'); print(repr(sys.stdin.read()), sys.argv[1:])"
    printed = await command_output((sys.executable, "-c", code, "$HOME; echo x"))
    assert printed.strip() == "'' ['$HOME; echo x']"
    assert capfd.readouterr() == ("", "")


async def test_a_command_that_takes_too_long_is_ended_with_what_it_started(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    holds = "import signal, sys; held = open(sys.argv[1], 'w'); held.write('x'); held.flush(); signal.pause()"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {holds!r}, sys.argv[1]]).wait()"
    seen = asyncio.create_task(asyncio.to_thread(pipe.read_text))  # until the last one that holds it is gone
    with pytest.raises(TokenError, match="took longer than"):
        await command_output((sys.executable, "-c", code, str(pipe)), limit_seconds=1.5)
    assert await asyncio.wait_for(seen, 20) == "x"


async def test_a_command_that_never_stops_talking_is_cut_off() -> None:
    with pytest.raises(TokenError, match="failed"):
        await command_output((sys.executable, "-c", "while True: print('y' * 1000)"))


# The keyring


async def test_the_keyring_keeps_one_token_for_each_api(tmp_path: Path, memory: backends.Memory) -> None:
    token, other = new_token(), new_token()
    tokens, others = TokenStore(tmp_path, environ={}), TokenStore(tmp_path, environ={}, api_url=OTHER_API)
    assert await tokens.save(token) is TokenSource.KEYRING
    assert await others.find() is None
    await others.save(other)
    found = await tokens.find()
    assert found is not None
    assert found.token == token
    assert await tokens.forget() == (TokenSource.KEYRING,)
    assert await tokens.find() is None
    assert await tokens.forget() == ()
    assert list(memory.kept.values()) == [other.reveal()]
    assert not (tmp_path / "credentials").exists()


@pytest.mark.parametrize(
    "backend",
    [fail.Keyring, null.Keyring, backends.PlaintextKeyring, backends.Derived],
    ids=lambda kind: f"{kind.__module__}.{kind.__name__}",
)
async def test_back_ends_that_do_not_keep_secrets_are_refused(
    tmp_path: Path, use_keyring: UseKeyring, backend: type[KeyringBackend]
) -> None:
    use_keyring(backend())
    with pytest.raises(KeyringUnavailable):
        await TokenStore(tmp_path, environ={}).save(new_token())
    assert (await TokenStore(tmp_path, environ={}).keyring_state()).ok is False


async def test_a_back_end_nobody_chose_is_refused(
    tmp_path: Path, memory: backends.Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await TokenStore(tmp_path, environ={}).keyring_state()).ok
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    state = await TokenStore(tmp_path, environ={}).keyring_state()
    assert "does not keep secrets safely" in str(state)


async def test_of_a_chain_only_safe_ones_are_used(
    tmp_path: Path, use_keyring: UseKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    from keyring.backends.chainer import ChainerBackend

    plain, system = backends.PlaintextKeyring(), backends.Memory()
    monkeypatch.setattr(ChainerBackend, "backends", [plain, system])
    use_keyring(ChainerBackend())  # type: ignore[no-untyped-call]
    with pytest.raises(KeyringUnavailable):  # none of them is the system's own
        await TokenStore(tmp_path, environ={}).save(new_token())
    monkeypatch.setattr(type(system), "__module__", "keyring.backends.SecretService")
    assert await TokenStore(tmp_path, environ={}).save(new_token()) is TokenSource.KEYRING
    assert (len(plain.kept), len(system.kept)) == (0, 1)


class DBusErrorResponse(Exception):
    """As jeepney's, no KeyringError."""


class KeyringLocked(Exception):
    """As keyring's."""


@pytest.mark.parametrize(
    "error", [OSError("no bus"), DBusErrorResponse("NoReply"), KeyringLocked(), SystemExit(3), KeyboardInterrupt()]
)
async def test_whatever_a_back_end_raises_is_one_sentence(
    tmp_path: Path, use_keyring: UseKeyring, error: BaseException
) -> None:
    backend = backends.Failing()
    backend.error = error
    use_keyring(backend)
    tokens, token = TokenStore(tmp_path, environ={}), new_token()
    assert await tokens.find() is None
    assert len(tokens.problems) == 1
    with pytest.raises(KeyringUnavailable) as caught:
        await tokens.save(token)
    assert token.reveal() not in caught.value.sentence
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_a_keyring_that_hangs_is_left_behind(use_keyring: UseKeyring) -> None:
    use_keyring(backends.Hanging())
    slow = Keyring("http://localhost:1", limit_seconds=0.05)
    for asked in (slow.read(), slow.write(new_token()), slow.delete()):
        with pytest.raises(KeyringUnavailable, match="did not answer"):
            await asked
    assert not (await slow.state()).ok


async def test_a_keyring_that_forgets_is_noticed(tmp_path: Path, use_keyring: UseKeyring) -> None:
    use_keyring(backends.Forgetful())
    with pytest.raises(KeyringUnavailable, match="did not keep"):
        await TokenStore(tmp_path, environ={}).save(new_token())


# The plain file


async def test_no_file_without_consent(tmp_path: Path, use_keyring: UseKeyring) -> None:
    with pytest.raises(KeyringUnavailable):
        await TokenStore(tmp_path / "data", environ={}).save(new_token())
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240


async def test_with_consent_the_file_is_its_owners_alone(tmp_path: Path, use_keyring: UseKeyring) -> None:
    token = new_token()
    tokens = TokenStore(tmp_path / "data", environ={})
    before = os.umask(0)
    try:
        assert await tokens.save(token, plain_file_consent=True) is TokenSource.PLAIN_FILE
    finally:
        os.umask(before)
    assert stat.S_IMODE(tokens.plain_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(tokens.plain_file.parent.stat().st_mode) == 0o700
    assert list(tokens.plain_file.parent.iterdir()) == [tokens.plain_file]
    found = await tokens.find()
    assert found is not None
    assert (found.token, found.source, found.detail) == (token, TokenSource.PLAIN_FILE, str(tokens.plain_file))
    assert await TokenStore(tmp_path / "data", environ={}, api_url=OTHER_API).find() is None
    assert TokenSource.PLAIN_FILE in await tokens.forget()
    assert not tokens.plain_file.exists()


async def test_signing_out_of_one_api_keeps_the_others_token(tmp_path: Path, use_keyring: UseKeyring) -> None:
    tokens, others = TokenStore(tmp_path, environ={}), TokenStore(tmp_path, environ={}, api_url=OTHER_API)
    other = new_token()
    await tokens.save(new_token(), plain_file_consent=True)
    await others.save(other, plain_file_consent=True)
    await tokens.forget()
    found = await others.find()
    assert found is not None
    assert found.token == other


async def test_a_file_that_others_may_read_is_not_used(tmp_path: Path, use_keyring: UseKeyring) -> None:
    tokens = TokenStore(tmp_path, environ={})
    await tokens.save(new_token(), plain_file_consent=True)
    tokens.plain_file.chmod(0o640)
    assert await tokens.find() is None
    assert "Others may read" in tokens.problems[-1]
    again = new_token()
    await tokens.save(again, plain_file_consent=True)
    found = await tokens.find()
    assert found is not None
    assert found.token == again


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 1}', b"\xff\xfe", b"[" * 5_000], ids=range(6))
async def test_a_damaged_file_is_said_and_can_be_written_again(
    tmp_path: Path, use_keyring: UseKeyring, content: bytes
) -> None:
    tokens = TokenStore(tmp_path, environ={})
    tokens.plain_file.parent.mkdir(mode=0o700)
    tokens.plain_file.touch(0o600)
    tokens.plain_file.write_bytes(content)
    assert await tokens.find() is None
    assert "damaged" in tokens.problems[-1]
    await tokens.save(new_token(), plain_file_consent=True)
    assert await tokens.find() is not None


async def test_links_are_not_followed(tmp_path: Path, use_keyring: UseKeyring) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    tokens = TokenStore(tmp_path, environ={})
    tokens.plain_file.parent.mkdir(mode=0o755)
    tokens.plain_file.symlink_to(elsewhere)
    assert await tokens.find() is None
    assert "can't be read" in tokens.problems[-1]
    await tokens.save(new_token(), plain_file_consent=True)
    assert elsewhere.read_text() == "mine"
    assert not tokens.plain_file.is_symlink()
    assert stat.S_IMODE(tokens.plain_file.parent.stat().st_mode) == 0o700


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, use_keyring: UseKeyring) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(CannotWrite, match="can't be written"):
        await TokenStore(tmp_path / "data", environ={}).save(new_token(), plain_file_consent=True)


async def test_the_keyring_takes_the_place_of_the_file(tmp_path: Path, use_keyring: UseKeyring) -> None:
    tokens = TokenStore(tmp_path, environ={})
    await tokens.save(new_token(), plain_file_consent=True)
    use_keyring(backends.Memory())
    assert await tokens.save(new_token(), plain_file_consent=True) is TokenSource.KEYRING
    assert not tokens.plain_file.exists()


async def test_signing_out_says_when_the_keyring_may_still_have_it(
    tmp_path: Path, memory: backends.Memory, use_keyring: UseKeyring
) -> None:
    tokens = TokenStore(tmp_path, environ={}, remembered=Remembered(tmp_path / "remembered.json"))
    await tokens.save(new_token())
    use_keyring(no_keyring())
    assert await tokens.forget() == ()
    assert len(tokens.problems) == 1
    assert await tokens.find() is None
    assert len(tokens.problems) == 1
    use_keyring(memory)
    assert await tokens.forget() == (TokenSource.KEYRING,)
    use_keyring(no_keyring())
    gone = await tokens.forget()
    assert not gone
    assert not tokens.problems


async def test_the_demo_touches_nothing(tmp_path: Path, memory: backends.Memory) -> None:
    tokens = TokenStore(tmp_path, environ={"DISCLOUD_TOKEN": "real"}, memory_only=True)
    assert await tokens.find() is None
    assert await tokens.save(new_token(), plain_file_consent=True) is TokenSource.SESSION
    assert await tokens.forget() == ()
    assert tokens.official_cli_token() is None
    assert tokens.lasting_source() is None
    assert memory.kept == {}
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240


# The official CLI


def official(folder: Path, content: bytes) -> Token | None:
    (folder / ".discloud").mkdir(exist_ok=True)
    (folder / ".discloud" / ".cli").write_bytes(content)
    return official_cli_token(folder)


def test_the_official_cli_token_is_found(tmp_path: Path) -> None:
    token = new_token()
    document = json.dumps({"token": token.reveal(), "other": 1}).encode()
    assert official_cli_token(tmp_path) is None
    assert official(tmp_path, base64.b64encode(document)) == token
    assert official(tmp_path, base64.encodebytes(document)) == token
    assert TokenStore(tmp_path, environ={"HOME": str(tmp_path)}).official_cli_token() == token


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"!",
        b"e30=",
        base64.b64encode(b"[]"),
        base64.b64encode(b'{"token": 3}'),
        base64.b64encode(b'{"token": "a b"}'),
        base64.b64encode(b"[" * 9_000),
        b"\xff" * 100,
    ],
    ids=range(8),
)
def test_anything_else_there_is_no_token(tmp_path: Path, content: bytes) -> None:
    assert official(tmp_path, content) is None


def test_every_source_has_words() -> None:
    assert len({source.label for source in TokenSource}) == len(TokenSource)
