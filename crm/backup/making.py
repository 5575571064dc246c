"""Make one backup, bring it to every place, and try it. Knows no table of ours, so that it also works before an upgrade."""

import gzip
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from crm.backup import archive, checking, places, sealing
from crm.backup.archive import Manifest
from crm.backup.databases import present
from crm.backup.places import Place
from crm.backup.places.folder import Folder
from crm.backup.problems import BackupProblem, NotMade, from_os
from crm.backup.workroom import data_folder, workroom
from crm.core import files
from crm.core.db import utcnow

ROOT = Path(__file__).resolve().parents[2]
DATABASE, PACKING, SENDING, CHECKING = "database", "packing", "sending", "checking"


@dataclass
class Kept:
    """How it went at one place."""

    label: str
    problem: str = ""


@dataclass
class Made:
    """A finished backup: where it lies, what it holds, how it was tried."""

    name: str
    size: int
    manifest: Manifest
    kept: list[Kept] = field(default_factory=list)
    check: checking.Verdict | None = None

    @property
    def good(self) -> bool:
        """Whether at least one place holds it and the trial succeeded."""
        return self.check is not None and any(not kept.problem for kept in self.kept)


def program_version() -> str:
    """The version of the program."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def make(why: str, *, to: list[Place] | None = None, on_step: Callable[[str], None] = lambda _step: None) -> Made:
    """A new backup at every place of the settings (or in `to`), restored as a test. BackupProblem when no place has it.

    Hold no transaction while it runs.
    """
    passphrase = current_app.config["BACKUP_KEY"]
    salt = sealing.kept_salt(data_folder()) if passphrase else b""
    with workroom() as work:
        try:
            on_step(DATABASE)
            name = archive.new_name(why)
            manifest, dump = _snapshot(why, work, passphrase, salt)
            on_step(PACKING)
            packed = work / name
            archive.write(packed, manifest, dump, passphrase, salt)
            dump.unlink()
        except OSError as error:
            raise from_os(error, str(data_folder())) from error
        made = Made(name, packed.stat().st_size, manifest)
        on_step(SENDING)
        fresh = [_send(place, made, packed, work, salt) for place in (to or places.all_places())]
        on_step(CHECKING)
        _check(made, packed, work, [one for one in fresh if one is not None])
    if not made.good:
        raise NotMade(" ".join(kept.problem for kept in made.kept), made)
    return made


def _snapshot(why: str, work: Path, passphrase: str, salt: bytes) -> tuple[Manifest, Path]:
    kind = present()
    dump = work / kind.file
    content = kind.dump(dump)
    if not content.revision:
        raise BackupProblem(_("There is nothing to back up yet: the database is empty. Start the program once, or restore a backup."))
    key = sealing.master(passphrase, salt) if passphrase else None
    held = []  # after the database: a file is written before the row that names it
    for path in sorted(files.folder().glob("??/*")):
        if len(path.name) == archive.DIGEST_LENGTH:  # drafts of a broken-off write are none of ours
            held.append((path.name, path.stat().st_size, sealing.hidden_name(key, path.name) if key else path.name))
    manifest = Manifest(utcnow().isoformat(timespec="seconds"), why, program_version(), kind.name, dump.stat().st_size,
                        archive.digest_of(dump), content, held)
    return manifest, dump


def _send(place: Place, made: Made, packed: Path, work: Path, salt: bytes) -> tuple[Place, Kept, set[str]] | None:
    """The list of files first, so that nobody sweeps them, then the files, then the archive that names them."""
    kept = Kept(place.label)
    made.kept.append(kept)
    try:
        words = work / "list"
        words.write_bytes(gzip.compress("\n".join(name for _digest, _size, name in made.manifest.files).encode(), mtime=0))
        place.put(archive.list_name(made.name), words)
        fresh = _send_files(place, made.manifest, work, salt)
        place.put(made.name, packed)
    except BackupProblem as problem:
        kept.problem = problem.message
        return None
    except OSError as error:
        kept.problem = from_os(error, place.label).message
        return None
    return place, kept, fresh


def _send_files(place: Place, manifest: Manifest, work: Path, salt: bytes) -> set[str]:
    have, fresh = place.names("files/"), set()
    for digest, size, name in manifest.files:
        stored = archive.stored_path(name)
        if have.get(stored) != (sealing.sealed_size(size) if salt else size):
            send_file(place, digest, stored, work, salt)
            fresh.add(digest)
    return fresh


def send_file(place: Place, digest: str, stored: str, work: Path, salt: bytes) -> None:
    """One file of DATA_DIR/files to its place in the store."""
    source = files.folder() / digest[:2] / digest
    if salt:
        sealed = work / "sealed"
        archive.seal_file(source, sealed, current_app.config["BACKUP_KEY"], salt)
        source = sealed
    place.put(stored, source)


def _check(made: Made, packed: Path, work: Path, sent: list[tuple[Place, Kept, set[str]]]) -> None:
    """The first place is restored as a test; the others must hold the same bytes."""
    digest = archive.digest_of(packed)
    packed.unlink()
    for place, kept, fresh in sent:
        try:
            verdict = checking.check(place, made.name, work, digest=digest, proven=made.check is not None,
                                     read=None if isinstance(place, Folder) else fresh)
            made.check = made.check or verdict
        except BackupProblem as problem:
            kept.problem = problem.message
        except OSError as error:
            kept.problem = from_os(error, place.label).message
