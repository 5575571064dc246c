"""One backup as one file: a packed tar with the manifest and the database, encrypted where a key is set.

The files of DATA_DIR/files lie beside it in `files/`, each once for all backups, since their content never changes.
"""

import datetime as dt
import gzip
import hashlib
import json
import re
import secrets
import string
import tarfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from crm.backup import sealing
from crm.backup.databases import KINDS
from crm.backup.databases.content import Content
from crm.backup.problems import BackupProblem, Damaged
from crm.core.db import utcnow

FORMAT = 1
ENDING = ".backup"
LIST_ENDING = ".files"
PATTERN = re.compile(r"voronka-(\d{8}T\d{6}Z)-(?:[a-z]{4}-)?([a-z]+)\.backup")
DIGEST_LENGTH = 64
LEVEL = 3  # of packing: a third of the time of the usual one, nearly its size


@dataclass(frozen=True)
class Manifest:
    """What a backup holds; digests are SHA-256 in hex. files: (digest, size, name in the store)."""

    made_at: str
    why: str
    version: str
    database: str
    size: int
    digest: str
    content: Content
    files: list[tuple[str, int, str]]
    format: int = FORMAT


def new_name(why: str) -> str:
    """The name tells when and why; letters by lot tell two of one second apart, and those of a clock that was set back."""
    lot = "".join(secrets.choice(string.ascii_lowercase) for _place in range(4))
    return f"voronka-{utcnow():%Y%m%dT%H%M%SZ}-{lot}-{why}{ENDING}"


def moment_of(name: str) -> dt.datetime | None:
    """When a backup of this name was made; None for other files."""
    match = PATTERN.fullmatch(name)
    return dt.datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC) if match else None


def digest_of(path: Path) -> str:
    """The SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal_file(source: Path, target: Path, passphrase: str, salt: bytes) -> None:
    """An encrypted copy of a file."""
    with source.open("rb") as reading, target.open("wb") as writing, sealing.Sealer(writing, passphrase, salt) as sealer:
        while part := reading.read(sealing.CHUNK):
            sealer.write(part)


def write(target: Path, manifest: Manifest, dump: Path, passphrase: str, salt: bytes) -> None:
    """Pack manifest and database into `target`."""
    words = json.dumps(asdict(manifest)).encode()
    head = target.with_suffix(".json")
    head.write_bytes(words)
    with target.open("wb") as file:
        inner: Any = sealing.Sealer(file, passphrase, salt) if passphrase else file
        with gzip.GzipFile("", "wb", LEVEL, inner, mtime=0) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
            tar.add(head, "manifest.json")
            tar.add(dump, KINDS[manifest.database].file)
        if inner is not file:
            inner.close()
    head.unlink()


def read(source: Path, folder: Path, passphrase: str) -> tuple[Manifest, Path]:
    """Unpack into `folder`: the manifest and the database's file, whose digest is right. WrongKey, Damaged, BackupProblem."""
    try:
        with source.open("rb") as file:
            plain, _key = sealing.unsealed(file, passphrase)
            with gzip.GzipFile("", "rb", fileobj=plain) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
                manifest = _unpack(tar, folder)
                while packed.read(sealing.CHUNK):  # to the end: the checksum of the packing stands there
                    pass
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, ValueError, KeyError, TypeError) as error:
        raise Damaged(_("This is no whole backup of Voronka: it is cut off, damaged or another file. Take another backup."),
                      ) from error
    dump = folder / KINDS[manifest.database].file
    if not dump.exists() or digest_of(dump) != manifest.digest:
        raise Damaged(_("The backup is damaged or cut off: its bytes are not those that were written. Take another backup."))
    return manifest, dump


def _unpack(tar: tarfile.TarFile, folder: Path) -> Manifest:
    manifest: Manifest | None = None
    wanted = {kind.file for kind in KINDS.values()}
    for member in tar:
        inner = tar.extractfile(member)
        if inner is None:
            continue
        if member.name == "manifest.json":
            manifest = _manifest(json.load(inner))
        elif member.name in wanted:  # nothing but the known names is written anywhere
            with (folder / member.name).open("wb") as out:
                while part := inner.read(sealing.CHUNK):
                    out.write(part)
    if manifest is None:
        raise KeyError("manifest")
    return manifest


def _manifest(words: dict[str, Any]) -> Manifest:
    if words["format"] > FORMAT:
        raise BackupProblem(_("This backup was made by a newer version of Voronka. Install that version first."))
    words["content"] = Content(**words["content"])
    words["files"] = [(digest, size, name) for digest, size, name in words["files"]]
    return Manifest(**words)


def list_name(name: str) -> str:
    """The list of stored files that belongs to a backup."""
    return name.removesuffix(ENDING) + LIST_ENDING


def stored_path(name: str) -> str:
    """Where a file of the store lies."""
    return f"files/{name[:2]}/{name}"
