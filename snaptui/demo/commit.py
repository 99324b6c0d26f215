"""The upload that ``PUT /app/{appID}/commit`` takes: a multipart body whose field ``file`` is a ZIP."""

from __future__ import annotations

import io
import zipfile
from email.parser import BytesParser
from email.policy import HTTP

from starlette.requests import Request

_LARGEST = 100 * 1024 * 1024


async def read_upload(request: Request) -> tuple[int, str, bytes | None]:
    """Return status, message and the archive; the archive is None where the upload is refused."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST + 65_536:
            return 413, "The file is larger than 100 MB", None
    kind = request.headers.get("content-type", "")
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + bytes(body)
    )
    if not message.is_multipart():
        return 400, "Send the archive as multipart/form-data", None
    for part in message.iter_parts():
        if part.get_param("name", header="content-disposition") == "file":
            archive = part.get_payload(decode=True)
            if isinstance(archive, bytes) and zipfile.is_zipfile(io.BytesIO(archive)):
                return 200, "ok", archive
            return 400, "The file is not a ZIP archive", None
    return 400, "The field file is missing", None
