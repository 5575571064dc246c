"""S3-compatible storage by its own protocol: signed requests (version 4), path style, parts for large files.

`s3+https://KEY:SECRET@host/bucket/folder?region=ru-1`; the region is us-east-1 when it is not named.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, quote

from crm.backup.places.wire import Wire, parse_xml
from crm.core.db import utcnow

PART = 64 * 1024 * 1024
EMPTY = hashlib.sha256(b"").hexdigest()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(secret: str, moment: dt.datetime, region: str, request: str) -> str:
    """Signature Version 4 of a canonical request, by the service's published steps."""
    scope = f"{moment:%Y%m%d}/{region}/s3/aws4_request"
    digest = hashlib.sha256(request.encode()).hexdigest()
    key = _hmac(f"AWS4{secret}".encode(), f"{moment:%Y%m%d}")
    for step in (region, "s3", "aws4_request"):
        key = _hmac(key, step)
    return _hmac(key, f"AWS4-HMAC-SHA256\n{moment:%Y%m%dT%H%M%SZ}\n{scope}\n{digest}").hex()


def canonical_query(query: Mapping[str, str]) -> str:
    """Names and values quoted and sorted, as they are signed and sent."""
    return "&".join(f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}" for key, value in sorted(query.items()))


def file_digest(path: Path) -> str:
    """The SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class S3(Wire):
    """A bucket, or a folder in it."""

    kind = "S3"

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.region = parse_qs(self.query).get("region", ["us-east-1"])[0]
        self.bucket, _slash, folder = self.path.partition("/")
        self.prefix = f"{folder}/" if folder else ""

    def _ask(self, method: str, key: str, query: Mapping[str, str] | None = None, body: bytes | Path | None = None,
             into: Path | None = None) -> tuple[int, Mapping[str, str], bytes]:
        path = "/" + quote(f"{self.bucket}/{key}" if key else self.bucket, safe="/-_.~")
        asked, now = canonical_query(query or {}), utcnow()
        digest = EMPTY if body is None else file_digest(body) if isinstance(body, Path) else hashlib.sha256(body).hexdigest()
        signed = {"host": self.authority, "x-amz-content-sha256": digest, "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}"}
        names = ";".join(signed)
        lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
        mark = signature(self.password, now, self.region, f"{method}\n{path}\n{asked}\n{lines}\n{names}\n{digest}")
        scope = f"{now:%Y%m%d}/{self.region}/s3/aws4_request"
        headers = {**signed, "Authorization": f"AWS4-HMAC-SHA256 Credential={self.user}/{scope}, "
                                              f"SignedHeaders={names}, Signature={mark}"}
        return self.ask(method, f"{path}?{asked}" if asked else path, headers, body, into)

    def _expect(self, wanted: tuple[int, ...], answer: tuple[int, Mapping[str, str], bytes], name: str = "") -> bytes:
        status, _headers, body = answer
        if status not in wanted:
            code = parse_xml(body).findtext("{*}Code") if body.lstrip().startswith(b"<") else ""
            raise self.refuse(status, name if code != "NoSuchBucket" else "", code or "")
        return body

    def put(self, name: str, path: Path) -> None:
        """In one request, or in parts that become one file at the end; half a file is never seen."""
        if path.stat().st_size > PART:
            self._put_parts(self.prefix + name, path)
        else:
            self._expect((200, 201, 204), self._ask("PUT", self.prefix + name, body=path), name)

    def _put_parts(self, key: str, path: Path) -> None:
        begun = parse_xml(self._expect((200,), self._ask("POST", key, {"uploads": ""}))).findtext("{*}UploadId") or ""
        marks: list[str] = []
        try:
            with path.open("rb") as file:
                while part := file.read(PART):
                    answer = self._ask("PUT", key, {"partNumber": str(len(marks) + 1), "uploadId": begun}, part)
                    self._expect((200,), answer)
                    marks.append({head.lower(): value for head, value in answer[1].items()}["etag"])
            rows = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{mark}</ETag></Part>"
                           for number, mark in enumerate(marks, 1))
            whole = f"<CompleteMultipartUpload>{rows}</CompleteMultipartUpload>".encode()
            self._expect((200,), self._ask("POST", key, {"uploadId": begun}, whole))
        except BaseException:
            self._ask("DELETE", key, {"uploadId": begun})
            raise

    def get(self, name: str, path: Path) -> None:
        """Into a file."""
        self._expect((200,), self._ask("GET", self.prefix + name, into=path), name)

    def names(self, folder: str) -> dict[str, int]:
        """By pages of a thousand."""
        found: dict[str, int] = {}
        query = {"list-type": "2", "prefix": self.prefix + folder, **({} if folder else {"delimiter": "/"})}
        while True:
            page = parse_xml(self._expect((200,), self._ask("GET", "", query)))
            for row in page.findall("{*}Contents"):
                found[row.findtext("{*}Key").removeprefix(self.prefix)] = int(row.findtext("{*}Size"))
            if page.findtext("{*}IsTruncated") != "true":
                return found
            query["continuation-token"] = page.findtext("{*}NextContinuationToken")

    def delete(self, name: str) -> None:
        """Remove it."""
        self._expect((200, 204, 404), self._ask("DELETE", self.prefix + name))
