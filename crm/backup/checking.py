"""Restore a backup as a test: everything is fetched back from where it lies and looked at."""

import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from crm.backup import archive, sealing
from crm.backup.archive import Manifest
from crm.backup.databases import KINDS, present
from crm.backup.places import Place
from crm.backup.places.folder import Folder
from crm.backup.problems import BackupProblem, Damaged
from crm.core.db import utcnow

WEEK = 7


@dataclass(frozen=True)
class Verdict:
    """What the trial found. full: the database was really loaded; `read` of the `files` were read to their last byte."""

    full: bool
    counts: dict[str, int]
    files: int
    read: int


def borrow(place: Place, name: str, work: Path) -> Path:
    """A file of a place as one on this machine: its own in a folder, fetched from elsewhere."""
    if isinstance(place, Folder):
        path = place.root / name
        if not path.exists():
            raise Damaged(_("%(name)s is not in %(where)s. Take another backup.", name=name, where=place.label))
        return path
    target = work / "fetched"
    place.get(name, target)
    return target


def check(place: Place, name: str, work: Path, *, digest: str = "", proven: bool = False,
          read: set[str] | None = None) -> Verdict:
    """Fetch the backup and try it; Damaged tells what is wrong.

    digest: what the archive's own must be; proven: these bytes were loaded before and are not loaded again. Files: all are
    read, or, where each byte comes over the net, those in `read` and a seventh of the others, so that a week sees them all.
    """
    packed = borrow(place, name, work)
    if digest and archive.digest_of(packed) != digest:
        raise Damaged(_("%(name)s in %(where)s is not what was written. Check the disk or the storage.", name=name,
                        where=place.label))
    manifest, dump = archive.read(packed, work, current_app.config["BACKUP_KEY"])
    full = True if proven else prove(manifest, dump)
    dump.unlink()
    count = _check_files(place, manifest, work, read)
    return Verdict(full, manifest.content.counts, len(manifest.files), count)


def prove(manifest: Manifest, dump: Path) -> bool:
    """Load the database aside and compare it with the manifest; False when it could only be listed."""
    if manifest.database != present().name:
        raise BackupProblem(_("This backup is of %(theirs)s, but the settings name %(ours)s. Set DATABASE_URL as it was when the "
                              "backup was made.", theirs=manifest.database, ours=present().name))
    found = KINDS[manifest.database].prove(dump)
    if found is None:
        return False
    if others := manifest.content.difference(found):
        raise Damaged(_("The restored database differs from the original in: %(tables)s. Make another backup.",
                        tables=", ".join(others[:5])))
    return True


def _due(digest: str) -> bool:
    return zlib.crc32(digest.encode()) % WEEK == utcnow().toordinal() % WEEK


def _check_files(place: Place, manifest: Manifest, work: Path, read: set[str] | None) -> int:
    have, count, sealed = place.names("files/"), 0, bool(manifest.files and manifest.files[0][0] != manifest.files[0][2])
    for digest, size, name in manifest.files:
        stored = archive.stored_path(name)
        if have.get(stored) != (sealing.sealed_size(size) if sealed else size):
            raise Damaged(_("%(name)s is not in %(where)s. Take another backup.", name=stored, where=place.label))
        if read is None or digest in read or _due(digest):
            check_file(place, digest, stored, work)
            count += 1
    return count


def check_file(place: Place, digest: str, stored: str, work: Path) -> None:
    """Read one stored file to its end. A damaged one is removed, so that the next backup sends it again."""
    try:
        with borrow(place, stored, work).open("rb") as file:
            plain, _key = sealing.unsealed(file, current_app.config["BACKUP_KEY"])
            whole = hashlib.sha256()
            while part := plain.read(sealing.CHUNK):
                whole.update(part)
        if whole.hexdigest() != digest:
            raise Damaged(stored)
    except Damaged as problem:
        place.delete(stored)
        raise Damaged(_("The file %(name)s in %(where)s was damaged; the next backup sends it again. Check the disk or the "
                        "storage.", name=stored, where=place.label)) from problem
