"""Places where backups are kept: a folder, S3-compatible storage, WebDAV. One interface, chosen by the address."""

from pathlib import Path
from typing import Protocol

from flask import current_app

from crm.backup.places.folder import Folder
from crm.backup.places.s3 import S3
from crm.backup.places.webdav import WebDav


class Place(Protocol):
    """Names are paths with slashes. Every fault is a BackupProblem with a sentence, without secrets."""

    label: str

    def put(self, name: str, path: Path) -> None:
        """Keep the file under the name, whole or not at all."""

    def get(self, name: str, path: Path) -> None:
        """Bring it into a file; Damaged when there is no such name."""

    def names(self, folder: str) -> dict[str, int]:
        """Name -> size of everything beneath `folder` ("": the top, without its folders)."""

    def delete(self, name: str) -> None:
        """Remove it; no fault when it is gone."""


def open_place(address: str) -> Place:
    """The place behind one address of BACKUP_TO."""
    if address.startswith("s3+"):
        return S3(address)
    if address.startswith("webdav+"):
        return WebDav(address)
    return Folder(Path(address).absolute())


def default_folder() -> Path:
    """Where backups go when BACKUP_TO is empty."""
    return Path(current_app.config["DATA_DIR"]) / "backups"


def all_places() -> list[Place]:
    """The places of the settings, in their order."""
    return [open_place(address) for address in current_app.config["BACKUP_TO"] or (str(default_folder()),)]
