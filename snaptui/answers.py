"""What the API's status codes and error bodies mean for a person."""

from __future__ import annotations

from dataclasses import dataclass

from snaptui.errors import (
    ApiError,
    AppBusy,
    BadRequest,
    NotFound,
    NotOwner,
    ServerFailed,
    SnaptuiError,
    TokenRefused,
    UnreadableAnswer,
)
from snaptui.i18n import _
from snaptui.pacing import rate_limited
from snaptui.wire import decode, read_message

# A gateway gave up on the server behind it, which may yet finish what it was asked (520 to 527: Cloudflare's).
GATEWAY_STATUSES = frozenset({408, 502, 503, 504, *range(520, 528)})
RETRIED_STATUSES = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its status, what its headers ask to wait, its body, read if it could be, and what that says."""

    http_status: int
    wait_seconds: float | None
    document: object
    unreadable: UnreadableAnswer | None
    message: str | None = None

    @property
    def status(self) -> int:
        """The status the answer means: a body that says it failed outweighs a 200 around it."""
        if not 200 <= self.http_status < 300 or not isinstance(self.document, dict):
            return self.http_status
        said = self.document.get("status")
        failed = isinstance(said, str) and said.lower() == "error"
        for key in ("statusCode", "code") if failed else ("statusCode",):
            code = self.document.get(key)
            if isinstance(code, int) and not isinstance(code, bool) and 400 <= code < 600:
                return code
        return 500 if failed else self.http_status

    @property
    def is_empty(self) -> bool:
        """Whether nothing is there, said by the API itself (a web page with 404 is somebody else's)."""
        return self.status == 404 and self.unreadable is None

    def error(self) -> SnaptuiError | None:
        """Return the error this answer means, or None for a success with a readable body."""
        status = self.status
        if 200 <= status < 300:
            return self.unreadable
        by_status = _error_of(status, self.message, self.wait_seconds)
        if self.unreadable is not None and isinstance(by_status, NotFound | BadRequest | NotOwner):
            return self.unreadable
        return by_status


def read_answer(status: int, body: bytes, wait_seconds: float | None, secret: str) -> Answer:
    """Read an answer's body; one without any is readable for an error, as the contract allows, not for a success.

    Should the answer's words repeat the ``secret``, it is not quoted.
    """
    try:
        document = decode(body)
    except UnreadableAnswer as error:
        sentence = error.sentence
    else:
        return Answer(status, wait_seconds, document, None, read_message(document, secret))
    may_be_bare = status >= 400 and not body.strip()
    return Answer(status, wait_seconds, None, None if may_be_bare else UnreadableAnswer(sentence))


def _error_of(status: int, message: str | None, wait_seconds: float | None) -> SnaptuiError:
    said = _(' (it said "{message}")').format(message=message) if message else ""
    if status == 401:
        return TokenRefused(_("The server refused the token{said}; sign in with a new one.").format(said=said))
    if status == 403:
        return NotOwner(_("The server does not allow this{said}; ask the app's owner.").format(said=said))
    if status == 404:
        return NotFound(_("The server knows no such app or version{said}; refresh and choose again.").format(said=said))
    if status == 409:
        return AppBusy(_("The app is busy with another task{said}; try again in a moment.").format(said=said))
    if status == 429:
        return rate_limited(wait_seconds or 60.0)
    if status >= 500 or status == 408:
        return ServerFailed(
            _("The server failed with status {status}{said}; try again later.").format(status=status, said=said)
        )
    if status < 400:
        return UnreadableAnswer(
            _("The server sent snaptui elsewhere (status {status}); check SNAPTUI_API_URL.").format(status=status)
        )
    return _refusal(status, said)


def _refusal(status: int, said: str) -> ApiError:
    return BadRequest(
        _("The server took the request for wrong (status {status}){said}; update snaptui or report it.").format(
            status=status, said=said
        )
    )
