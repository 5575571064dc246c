"""WebDAV (Nextcloud, a NAS, many hosts): `webdav+https://user:password@host/path`."""

import base64
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from crm.backup.places.wire import Wire, parse_xml

ASK_SIZES = (b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop><getcontentlength/><resourcetype/></prop></propfind>')


def _target(path: str) -> str:
    return "/" + quote(path.lstrip("/"), safe="/-_.~")


class WebDav(Wire):
    """A folder of a WebDAV server."""

    kind = "WebDAV"

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.made: set[str] = set()

    def _ask(self, method: str, name: str, extra: Mapping[str, str] | None = None, body: bytes | Path | None = None,
             into: Path | None = None) -> tuple[int, Mapping[str, str], bytes]:
        return self._ask_path(method, f"{self.path}/{name}", extra, body, into)

    def _ask_path(self, method: str, path: str, extra: Mapping[str, str] | None = None, body: bytes | Path | None = None,
                  into: Path | None = None) -> tuple[int, Mapping[str, str], bytes]:
        word = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return self.ask(method, _target(path), {"Authorization": f"Basic {word}", **(extra or {})}, body, into)

    def _make_folder(self, path: str) -> None:
        """A folder of the server by its whole path; where its parent is missing too (409), that one first."""
        if not path or path in self.made:
            return
        status = self._ask_path("MKCOL", f"{path}/")[0]
        if status == 409:
            self._make_folder(path.rpartition("/")[0])
            status = self._ask_path("MKCOL", f"{path}/")[0]
        if status not in (200, 201, 204, 301, 405):  # 405: it is there
            raise self.refuse(status)
        self.made.add(path)

    def put(self, name: str, path: Path) -> None:
        """Beside, then renamed: half a file never has the name."""
        self._make_folder(f"{self.path}/{name}".strip("/").rpartition("/")[0])
        status, _headers, _body = self._ask("PUT", f"{name}.part", body=path)
        if status not in (200, 201, 204):
            raise self.refuse(status)
        target = f"http{'s' if self.secure else ''}://{self.authority}{_target(f'{self.path}/{name}')}"
        status, _headers, _body = self._ask("MOVE", f"{name}.part", {"Destination": target, "Overwrite": "T"})
        if status not in (200, 201, 204):
            raise self.refuse(status)

    def get(self, name: str, path: Path) -> None:
        """Into a file."""
        status, _headers, _body = self._ask("GET", name, into=path)
        if status != 200:
            raise self.refuse(status, name)

    def names(self, folder: str) -> dict[str, int]:
        """Folder by folder: servers refuse to list a whole tree at once."""
        found: dict[str, int] = {}
        waiting = [folder.strip("/")]
        while waiting:
            here = waiting.pop()
            files, folders = self._list(here)
            found.update(files)
            waiting += folders if folder else []
        return found

    def _list(self, folder: str) -> tuple[dict[str, int], list[str]]:
        status, _headers, body = self._ask("PROPFIND", f"{folder}/" if folder else "",
                                           {"Depth": "1", "Content-Type": "application/xml"}, ASK_SIZES)
        if status == 404:
            return {}, []
        if status != 207:
            raise self.refuse(status)
        files, folders = {}, []
        for row in parse_xml(body).findall("{DAV:}response"):
            path = unquote(urlsplit(row.findtext("{DAV:}href")).path).strip("/")
            name = path[len(self.path):].strip("/")
            if not name or name == folder:
                continue
            if row.find(".//{DAV:}collection") is not None:
                folders.append(name)
            elif not name.endswith(".part"):
                files[name] = int(row.findtext(".//{DAV:}getcontentlength") or 0)
        return files, folders

    def delete(self, name: str) -> None:
        """Remove it."""
        status, _headers, _body = self._ask("DELETE", name)
        if status not in (200, 202, 204, 404):
            raise self.refuse(status, name)
