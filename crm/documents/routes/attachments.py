"""Files that leave the program: always as a download, under a safe name, never run by a browser."""

import io

from flask import Response

from crm.core.downloads import download
from crm.core.web import DOWNLOAD_CSP

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def attachment(data: bytes, name: str, mimetype: str = WORD) -> Response:
    """A download; letters of any alphabet in the name travel as RFC 5987 says."""
    response = download(io.BytesIO(data), mimetype, name)
    response.headers["Content-Security-Policy"] = DOWNLOAD_CSP
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.direct_passthrough = False
    return response
