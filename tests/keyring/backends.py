"""Keyring back-ends that behave as the ones people have: named by PYTHON_KEYRING_BACKEND, or set in a test."""

from __future__ import annotations

import threading

from keyring.backend import KeyringBackend


class Memory(KeyringBackend):
    """Keeps what it is given, as a good one does."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Hanging(Memory):
    """Waits for a person who is not there."""

    def get_password(self, service: str, username: str) -> str | None:
        threading.Event().wait()
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        threading.Event().wait()


class Forgetful(Memory):
    """Takes a secret and has lost it a moment later."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return


class Failing(Memory):
    """Raises what libraries below keyring raise, with the secret in the error."""

    error: BaseException = OSError("no bus")

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise type(self.error)(f"could not store {password}")


class PlaintextKeyring(Memory):
    """Called like the one of keyrings.alt that keeps plain text."""


class Derived(PlaintextKeyring):
    """A plain-text one under another name."""
