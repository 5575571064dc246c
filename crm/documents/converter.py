"""PDFs made elsewhere: a converter that speaks as Gotenberg does (POST /forms/libreoffice/convert), named by PDF_CONVERTER."""

import base64
import http.client
import secrets
import ssl
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

from werkzeug.datastructures import Headers
from werkzeug.sansio.multipart import Data, Epilogue, File, MultipartEncoder, Preamble

TIMEOUT = 60
LARGEST = 100 * 1024**2  # bytes of one PDF
PATH = "/forms/libreoffice/convert"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class ConverterError(RuntimeError):
    """The converter does not answer, or not as one; the text, without secrets, is for the log and the owner."""


def convert(address: str, words: Mapping[str, bytes]) -> dict[str, bytes]:
    """PDFs of Word files, by the same names; a file that the converter refuses is missing. ConverterError when it cannot be used.

    One file a request: Gotenberg answers one with a PDF and many with an archive.
    """
    found = {}
    for name, data in words.items():
        made = _one(address, data)
        if made is not None:
            found[name] = made
    return found


def _one(address: str, data: bytes) -> bytes | None:
    parts, boundary = urlsplit(address), secrets.token_hex(16)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    where = f"{parts.hostname}:{port}"
    if parts.scheme == "https":
        line: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.hostname or "", port, timeout=TIMEOUT, context=ssl.create_default_context())
    else:
        line = http.client.HTTPConnection(parts.hostname or "", port, timeout=TIMEOUT)
    try:
        line.request("POST", parts.path.rstrip("/") + PATH, body=b"".join(_form(data, boundary)), headers=_headers(address, boundary))
        answer = line.getresponse()
        made = answer.read(LARGEST + 1)
    except (http.client.HTTPException, OSError) as error:
        raise ConverterError(f"the converter at {where} does not answer: {type(error).__name__}") from error
    finally:
        line.close()
    return _judged(where, answer.status, made)


def _judged(where: str, status: int, made: bytes) -> bytes | None:
    """The PDF; None where this one file is at fault."""
    if status == 200 and made.startswith(b"%PDF-") and len(made) <= LARGEST:
        return made
    if status == 400:
        return None
    raise ConverterError(f"the converter at {where} answered {status}" + (" without a PDF" if status == 200 else ""))


def _headers(address: str, boundary: str) -> dict[str, str]:
    parts = urlsplit(address)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Accept": "application/pdf"}
    if parts.username is not None:
        word = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(word.encode()).decode()}"
    return headers


def _form(data: bytes, boundary: str) -> Iterable[bytes]:
    encoder = MultipartEncoder(boundary.encode())
    yield encoder.send_event(Preamble(data=b""))
    yield encoder.send_event(File(name="files", filename="document.docx", headers=Headers({"Content-Type": WORD})))
    yield encoder.send_event(Data(data=data, more_data=False))
    yield encoder.send_event(Epilogue(data=b""))
