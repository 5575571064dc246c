"""HTTP for places that are elsewhere: streams files, keeps no secrets in its faults."""

import http.client
import shutil
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from flask_babel import gettext as _

from crm.backup.problems import BackupProblem, Damaged, from_os

TIMEOUT = 60
TRIES = 3


class Wire:
    """One host behind an address such as `s3+https://name:password@host:port/path`."""

    kind = ""

    def __init__(self, address: str) -> None:
        parts: SplitResult = urlsplit(address)
        self.secure = parts.scheme.endswith("https")
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if self.secure else 80)
        standard = self.port == (443 if self.secure else 80)
        self.authority = self.host if standard else f"{self.host}:{self.port}"
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.path, self.query = unquote(parts.path).strip("/"), parts.query
        self.label = f"{self.kind} {self.authority}/{self.path}"

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes | Path | None = None,
            into: Path | None = None) -> tuple[int, Mapping[str, str], bytes]:
        """One request: status, headers and body (an answer of 200 goes `into` a file instead). A line that breaks is tried again."""
        for left in reversed(range(TRIES)):
            try:
                return self._once(method, target, headers, body, into)
            except (http.client.HTTPException, OSError) as error:
                if isinstance(error, OSError) and error.filename:  # the disk, not the line
                    raise from_os(error, str(error.filename)) from error
                if not left:
                    raise BackupProblem(_("%(where)s does not answer: %(reason)s. Check the address and the network.",
                                          where=self.label, reason=type(error).__name__)) from error
        raise AssertionError

    def _once(self, method: str, target: str, headers: Mapping[str, str], body: bytes | Path | None,
              into: Path | None) -> tuple[int, Mapping[str, str], bytes]:
        if self.secure:
            line: http.client.HTTPConnection = http.client.HTTPSConnection(
                self.host, self.port, timeout=TIMEOUT, context=ssl.create_default_context())
        else:
            line = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)
        try:
            if isinstance(body, Path):
                with body.open("rb") as file:
                    line.request(method, target, body=file, headers={**headers, "Content-Length": str(body.stat().st_size)})
            else:
                line.request(method, target, body=body, headers=dict(headers))
            answer = line.getresponse()
            if into is not None and answer.status == 200:
                with into.open("wb") as file:
                    shutil.copyfileobj(answer, file, 1024 * 1024)
                if answer.length:
                    raise http.client.IncompleteRead(b"", answer.length)
                return answer.status, dict(answer.headers), b""
            return answer.status, dict(answer.headers), answer.read()
        finally:
            line.close()

    def refuse(self, status: int, name: str = "", reason: str = "") -> BackupProblem:
        """The sentence for an answer that is none of those expected."""
        if status == 404 and name:
            return Damaged(_("%(name)s is not in %(where)s. Take another backup.", name=name, where=self.label))
        if status in (401, 403):
            return BackupProblem(_("%(where)s refuses the name or the password (%(status)s). Check BACKUP_TO.",
                                   where=self.label, status=f"{status} {reason}".strip()))
        if status == 507:
            return BackupProblem(_("There is no room left in %(where)s. Free some room or choose another place.",
                                   where=self.label))
        return BackupProblem(_("%(where)s answered %(status)s. Check BACKUP_TO and the storage.", where=self.label,
                               status=f"{status} {reason}".strip()))


def parse_xml(data: bytes) -> Any:
    """The root of an answer; nothing outside of it is fetched or expanded."""
    from lxml import etree  # slow to import, needed at night

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
