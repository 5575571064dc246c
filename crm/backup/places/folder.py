"""Backups in a folder, best on another disk."""

import os
import shutil
from pathlib import Path

from flask_babel import gettext as _

from crm.backup.problems import Damaged, from_os


def fsync_folder(path: Path) -> None:
    """Make names that were just written or changed survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_whole(source: Path, target: Path) -> None:
    """Copy so that `target` is the whole file on disk, or is not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.part")
    try:
        with source.open("rb") as reading, draft.open("wb") as writing:
            os.fchmod(writing.fileno(), 0o600)  # what a backup or a copy holds is nobody else's
            shutil.copyfileobj(reading, writing, 1024 * 1024)
            writing.flush()
            os.fsync(writing.fileno())
        draft.replace(target)
        fsync_folder(target.parent)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


class Folder:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root, self.label = root, str(root)

    def put(self, name: str, path: Path) -> None:
        """Copy beside, then rename."""
        try:
            copy_whole(path, self.root / name)
        except OSError as error:
            raise from_os(error, self.label) from error

    def get(self, name: str, path: Path) -> None:
        """Copy it out."""
        try:
            shutil.copyfile(self.root / name, path)
        except FileNotFoundError as error:
            raise Damaged(_("%(name)s is not in %(where)s. Take another backup.", name=name, where=self.label)) from error
        except OSError as error:
            raise from_os(error, self.label) from error

    def names(self, folder: str) -> dict[str, int]:
        """Look into the folder; drafts of a broken-off run are not seen."""
        root = self.root / folder
        found = root.rglob("*") if folder else root.glob("*")
        try:
            return {str(path.relative_to(self.root)): path.stat().st_size for path in found
                    if path.is_file() and path.suffix != ".part"}
        except OSError as error:
            raise from_os(error, self.label) from error

    def delete(self, name: str) -> None:
        """Remove the file."""
        try:
            (self.root / name).unlink(missing_ok=True)
        except OSError as error:
            raise from_os(error, self.label) from error
