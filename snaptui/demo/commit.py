"""The upload that ``PUT /app/{appID}/commit`` takes: a multipart body whose field ``file`` is a ZIP."""

from __future__ import annotations

import io
import mmap
import tempfile
import zipfile
from email.message import Message
from email.parser import BytesHeaderParser
from typing import IO

from starlette.requests import Request

LARGEST_BYTES = 100 * 1024 * 1024
_AROUND = 64 * 1024


class Refused(Exception):
    """The upload is not taken, with the status that says so."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


async def read_upload(request: Request) -> bytes:
    """Return the archive that was sent, having read the whole body. Raises Refused."""
    boundary = _boundary(request.headers.get("content-type", ""))
    with tempfile.TemporaryFile() as file:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size <= LARGEST_BYTES + _AROUND:
                file.write(chunk)
        if size > LARGEST_BYTES + _AROUND:
            raise Refused(413, "The file is larger than 100 MiB")
        if boundary is None:
            raise Refused(400, "Send the archive as multipart/form-data")
        archive = _part(file, boundary, "file") if size else None
    if archive is None:
        raise Refused(400, "The field file is missing")
    if len(archive) > LARGEST_BYTES:
        raise Refused(413, "The file is larger than 100 MiB")
    if not zipfile.is_zipfile(io.BytesIO(archive)):
        raise Refused(400, "The file is not a ZIP archive")
    return archive


def _boundary(content_type: str) -> bytes | None:
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_boundary()
    return boundary.encode("latin-1") if header.get_content_type() == "multipart/form-data" and boundary else None


def _part(file: IO[bytes], boundary: bytes, name: str) -> bytes | None:
    """The content of the part with that field name, cut out between two delimiters."""
    delimiter = b"--" + boundary
    file.flush()
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
        at = body.find(delimiter)
        while at >= 0 and body[at + len(delimiter) : at + len(delimiter) + 2] == b"\r\n":
            start = at + len(delimiter) + 2
            blank, end = body.find(b"\r\n\r\n", start), body.find(b"\r\n" + delimiter, start)
            if not start <= blank < end:
                return None
            headers = BytesHeaderParser().parsebytes(body[start : blank + 4])
            if headers.get_param("name", header="content-disposition") == name:
                return body[blank + 4 : end]
            at = end + 2
    return None
