"""Sending a version's archive back to Discloud: ``PUT /app/{appID}/commit``, streamed from the disk, sent once.

The API answers after it has unpacked the archive and restarted the app. Whether files that the archive lacks are
kept is not documented.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import httpx

from snaptui.answers import GATEWAY_STATUSES, Answer, read_answer
from snaptui.endpoint import origin_of, validate_base_url
from snaptui.errors import NotFound, OutcomeUnknown, SnaptuiError, UnreadableAnswer, UsageError
from snaptui.exchange import api_client, read_body
from snaptui.formatting import exact_bytes
from snaptui.i18n import _
from snaptui.models import is_app_id
from snaptui.network import explain, hush_http_logs, nothing_was_sent, retry_after
from snaptui.secret import masked
from snaptui.text import safe
from snaptui.upload_events import LARGEST_UPLOAD_BYTES, Committed, Sent, UploadEvent, Uploading

if TYPE_CHECKING:
    from snaptui.secret import Token

_PIECE_BYTES = 256 * 1024
_MOST_LOG_LINES = 2_000
# Unpacking and restarting may last minutes; sending each piece may not.
_TIMEOUT = httpx.Timeout(600.0, connect=10.0, write=60.0)


async def commit_archive(
    base_url: str,
    token: Token,
    app_id: str,
    archive: Path,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncGenerator[UploadEvent, None]:
    """Send an archive to an app; the last event is ``Committed``. Sent once, whatever happens.

    Closing the iterator breaks the upload off; whether the API then does something with what it has is unknown.
    Raises ``UsageError`` (too large, a bad id), ``NotFound``, ``OutcomeUnknown`` when it broke off after the server
    may have acted, and the API's refusals (``TokenRefused``, ``NotOwner``, ``AppBusy``, …).
    """
    if not is_app_id(app_id):
        raise UsageError(_("An app id has only letters, digits and hyphens, at most 40; check it."))
    upload = _Upload(validate_base_url(base_url), token, transport)
    file, size = await asyncio.to_thread(_open, archive)
    events: asyncio.Queue[UploadEvent | None] = asyncio.Queue(maxsize=4)
    try:
        sending = asyncio.create_task(upload.send(app_id, file, size, events, now))
        sending.add_done_callback(lambda _task: _put_end(events))
        try:
            while (event := await events.get()) is not None:
                yield event
            yield _committed(await sending)
        finally:
            sending.cancel()
            await asyncio.wait([sending])
    finally:
        file.close()


def _put_end(events: asyncio.Queue[UploadEvent | None]) -> None:
    """Tell the reader that nothing more comes; progress that was not looked at yet gives way."""
    if events.full():
        events.get_nowait()
    events.put_nowait(None)


def _open(path: Path) -> tuple[BinaryIO, int]:
    try:
        file = path.open("rb")
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise NotFound(_("There is no file {path}; check its name.").format(path=safe(str(path)))) from error
    except OSError as error:
        raise SnaptuiError(_("{path} can't be read; check its permissions.").format(path=safe(str(path)))) from error
    if size > LARGEST_UPLOAD_BYTES:
        file.close()
        message = _("The archive has {size}, and Discloud takes {most} at most; upload it another way.")
        raise UsageError(message.format(size=exact_bytes(size), most=exact_bytes(LARGEST_UPLOAD_BYTES)))
    return file, size


class _Upload:
    """One request to one API."""

    def __init__(self, base_url: str, token: Token, transport: httpx.AsyncBaseTransport | None) -> None:
        self._base_url, self._token, self._transport = base_url, token, transport
        self._origin = origin_of(base_url)
        hush_http_logs()

    async def send(
        self,
        app_id: str,
        file: BinaryIO,
        size: int,
        events: asyncio.Queue[UploadEvent | None],
        now: Callable[[], datetime],
    ) -> Answer:
        """Send the request and read its answer."""
        boundary = secrets.token_hex(16)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{app_id}.zip"\r\n'
            "Content-Type: application/zip\r\n\r\n"
        ).encode()
        foot = f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(head) + size + len(foot)),
        }
        async with api_client(self._origin, self._token, self._transport, timeout=_TIMEOUT) as client:
            request = client.build_request(
                "PUT",
                f"{self._base_url}/app/{app_id}/commit",
                headers=headers,
                content=_body(head, file, size, foot, events),
            )
            return await self._exchange(client, request, now)

    async def _exchange(self, client: httpx.AsyncClient, request: httpx.Request, now: Callable[[], datetime]) -> Answer:
        failure: SnaptuiError
        try:
            response = await client.send(request, stream=True)
            try:
                body = await read_body(response) or b""  # one too large says no more than none
                return read_answer(
                    response.status_code, body, retry_after(response.headers, now()), self._token.reveal()
                )
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            failure = explain(error, request.url.host) if nothing_was_sent(error) else _outcome_unknown()
        raise failure  # outside the handler: httpx's error holds the token


async def _body(
    head: bytes, file: BinaryIO, size: int, foot: bytes, events: asyncio.Queue[UploadEvent | None]
) -> AsyncIterator[bytes]:
    yield head
    sent = 0
    while sent < size:
        piece = await asyncio.to_thread(file.read, min(_PIECE_BYTES, size - sent))
        if not piece:
            raise OSError("the archive became shorter")
        yield piece
        sent += len(piece)
        await events.put(Uploading(sent, size))
    yield foot
    await events.put(Sent(size))


def _committed(answer: Answer) -> Committed:
    error = answer.error()
    success = 200 <= answer.http_status < 300
    if answer.http_status in GATEWAY_STATUSES or (success and isinstance(error, UnreadableAnswer)):
        raise _outcome_unknown()
    if error is not None:
        raise error
    document = answer.document
    logs = document.get("logs") if isinstance(document, dict) else None
    return Committed(answer.message or "", _log_lines(logs))


def _log_lines(logs: object) -> tuple[str, ...]:
    if isinstance(logs, list):
        logs = "\n".join(line for line in logs if isinstance(line, str))
    if not isinstance(logs, str):
        return ()
    lines = logs.replace("\r\n", "\n").split("\n")
    return tuple(safe(masked(line)) for line in lines[-_MOST_LOG_LINES:])


def _outcome_unknown() -> OutcomeUnknown:
    return OutcomeUnknown(
        _("The answer was lost, so the app may have been changed or not; look at the app before you try again.")
    )
