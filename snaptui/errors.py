"""Every way snaptui fails, one class per thing a person would do differently.

::

    SnaptuiError                     1   anything below, and what fits nowhere else
    ├── UsageError                   2   used wrongly: a bad id, an ambiguous name, a wrong setting
    ├── TokenError                   3
    │   ├── NotSignedIn                  there is no token: sign in
    │   ├── TokenMalformed               this can't be a token (line breaks, not ASCII): paste it again
    │   └── TokenRefused                 the server does not take it: get a new one
    ├── KeyringUnavailable           1   no safe keyring: use the environment, or consent to a file
    ├── NotFound                     4   no such app, version, member or file
    ├── ApiError                     7
    │   ├── NotOwner                 1   somebody else's app: ask its owner
    │   ├── AppBusy                  5   another task runs on the app: try again in a moment
    │   ├── RateLimited              6   wait ``seconds``
    │   ├── BadRequest               1   the server took the request for wrong: a fault to report
    │   ├── ServerFailed             7   the server failed: try again later
    │   ├── NetworkFailed            7   the server was not reached, and why (``kind``)
    │   ├── UnreadableAnswer         7   something else answered, or the API changed
    │   └── OutcomeUnknown           7   a request that must not be repeated broke off: look before trying again
    ├── TransferError                1
    │   ├── TargetExists             1   another file is there: choose, or --force
    │   ├── CannotWrite              1   no permission, read-only, not a folder: choose another place
    │   ├── DiskFull                 1   ``missing_bytes`` more are needed
    │   ├── HeldElsewhere            1   another snaptui is fetching the same file
    │   ├── LinkRefused              7   the archive's host refused the link, again and again
    │   ├── TransferBroken           7   the connection failed until the tries ran out; the part is kept
    │   ├── UnsafeAddress            7   the link or a redirect led where snaptui does not go
    │   ├── ArchiveDamaged           8   what came is not a whole ZIP: fetch it again, or another version
    │   ├── ArchiveRefused           8   sound, but not to be unpacked here: encrypted, unsupported or dangerous
    │   ├── ArchiveChanged           7   another archive took its place while it was read: start over
    │   └── WholeArchiveOnly         7   the host sends ``size_bytes`` or nothing: fetch it all, or don't
    └── RestoreError                 1
        ├── WouldReplace             9   the policy forbids what the plan needs: choose another policy
        └── RestoreUnfinished        1   an earlier restore was interrupted: continue it or take it back first

The number is the exit code of a headless command (shared by subclasses unless they say otherwise).
Each error's text is one sentence for the person: what happened and what to do. It never holds a token or a
signed URL.
"""

from __future__ import annotations

from typing import ClassVar, Literal

NetworkFailure = Literal["dns", "tls", "timeout", "refused", "broken", "setup"]


class SnaptuiError(Exception):
    """The root of the tree; ``sentence`` says what happened and what to do."""

    exit_code: ClassVar[int] = 1

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class UsageError(SnaptuiError):
    """Used wrongly."""

    exit_code = 2


class TokenError(SnaptuiError):
    """Something about the token."""

    exit_code = 3


class NotSignedIn(TokenError):
    """No source has a token."""


class TokenMalformed(TokenError):
    """The text cannot be a token."""


class TokenRefused(TokenError):
    """The server answered 401."""


class KeyringUnavailable(SnaptuiError):
    """No keyring that keeps a secret safely answered in time."""


class NotFound(SnaptuiError):
    """The thing asked for is not there."""

    exit_code = 4


class ApiError(SnaptuiError):
    """The API, or the way to it, failed."""

    exit_code = 7


class NotOwner(ApiError):
    """403: the app belongs to somebody else."""

    exit_code = 1


class AppBusy(ApiError):
    """409: another task runs on the app."""

    exit_code = 5


class RateLimited(ApiError):
    """429, and waiting was not allowed or took too long; ``seconds`` until the budget is whole again."""

    exit_code = 6

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class BadRequest(ApiError):
    """400 or another refusal that trying again does not mend."""

    exit_code = 1


class ServerFailed(ApiError):
    """5xx, or a success status whose body says it failed."""


class NetworkFailed(ApiError):
    """No answer came; ``kind`` says where it broke."""

    def __init__(self, sentence: str, kind: NetworkFailure) -> None:
        super().__init__(sentence)
        self.kind: NetworkFailure = kind


class UnreadableAnswer(ApiError):
    """An answer came that is not the API's."""


class OutcomeUnknown(ApiError):
    """A request that must not be repeated broke off before its answer.

    ``found_version`` is the new version that the app's list turned out to have, None when there was none or
    nobody has looked.
    """

    def __init__(self, sentence: str, found_version: str | None = None) -> None:
        super().__init__(sentence)
        self.found_version = found_version


class TransferError(SnaptuiError):
    """An archive could not be brought down whole."""


class TargetExists(TransferError):
    """Another file has the final name."""


class CannotWrite(TransferError):
    """The target cannot be written."""


class DiskFull(TransferError):
    """The disk has ``missing_bytes`` too few."""

    def __init__(self, sentence: str, missing_bytes: int) -> None:
        super().__init__(sentence)
        self.missing_bytes = missing_bytes


class HeldElsewhere(TransferError):
    """Another process is fetching the same file."""


class LinkRefused(TransferError):
    """The archive's host refused every link."""

    exit_code = 7


class TransferBroken(TransferError):
    """The connection failed until the tries ran out."""

    exit_code = 7


class UnsafeAddress(TransferError):
    """A link or redirect led where snaptui does not go."""

    exit_code = 7


class ArchiveDamaged(TransferError):
    """The file is not a whole, sound ZIP archive."""

    exit_code = 8


class ArchiveRefused(TransferError):
    """The archive, or what was asked of it, is not unpacked here."""

    exit_code = 8


class ArchiveChanged(TransferError):
    """The remote archive is another one than a moment ago."""

    exit_code = 7


class WholeArchiveOnly(TransferError):
    """The archive's host ignores Range; ``size_bytes`` (None when unknown) would have to be fetched."""

    exit_code = 7

    def __init__(self, sentence: str, size_bytes: int | None) -> None:
        super().__init__(sentence)
        self.size_bytes = size_bytes


class RestoreError(SnaptuiError):
    """Putting files back could not be done as asked."""


class WouldReplace(RestoreError):
    """The policy is ``never`` and files would be replaced."""

    exit_code = 9


class RestoreUnfinished(RestoreError):
    """The target holds a restore that was interrupted."""
