"""The continuous copy on disk: generations of one base and a log of batches, each batch with its checksum.

    COPY_TO/00000001-20261125T030000Z/base.sqlite3    the whole database at the beginning of the generation
    COPY_TO/00000001-20261125T030000Z/base.json       its digest and page size; written last, so a base without it is none
    COPY_TO/00000001-20261125T030000Z/log             batches; the last one may be torn, then it is left out
    COPY_TO/files/ab/abcd...                      the uploaded files
    COPY_TO/owner                                 the mark of the data folder whose copy this is, which has it as copy_mark
"""

import datetime as dt
import hashlib
import json
import os
import secrets
import shutil
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crm.backup.places.folder import fsync_folder
from crm.core.db import utcnow

BASE, FACTS, LOG = "base.sqlite3", "base.json", "log"
OWNER, OWN_MARK = "owner", "copy_mark"
BATCH = struct.Struct(">4sQdIIQ32s32s")  # mark, number, moment, pages after it, pages in it, length, digest before, digest
MARK = b"VBAT"
PAGE = struct.Struct(">I")


@dataclass(frozen=True)
class Batch:
    """Pages, their last form; size: pages of the database after them, 0 when their transaction goes on in the next batch."""

    number: int
    moment: float
    size: int
    pages: dict[int, bytes]


class Generation:
    """One generation that is being written."""

    def __init__(self, root: Path, page_size: int) -> None:
        numbers = [int(path.name[:8]) for path in root.glob("*-*") if path.name[:8].isdigit()]
        self.folder = root / f"{max(numbers, default=0) + 1:08d}-{utcnow():%Y%m%dT%H%M%SZ}"  # clocks are set back at times
        self.folder.mkdir(parents=True, mode=0o700)  # the whole database lies there, not encrypted
        self.base = self.folder / BASE
        self.base.touch(mode=0o600)
        self.page_size, self.number, self.written, self.last = page_size, 0, 0, b"\0" * 32
        self.log = os.open(self.folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def there(self) -> bool:
        """Whether the log that is written to is still the one that the folder holds."""
        try:
            return os.path.samestat(os.fstat(self.log), (self.folder / LOG).stat()) and self.base.exists()
        except FileNotFoundError:
            return False

    def finish_base(self) -> None:
        """The base is whole: say so, on disk."""
        with self.base.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        facts = self.folder / f"{FACTS}.part"
        with facts.open("w") as out:
            json.dump({"digest": digest, "page_size": self.page_size, "at": utcnow().isoformat()}, out)
            out.flush()
            os.fsync(out.fileno())
        facts.replace(self.folder / FACTS)
        fsync_folder(self.folder)
        fsync_folder(self.folder.parent)

    def append(self, pages: dict[int, bytes], size: int) -> None:
        """Write one batch to disk; after a failure the log is as it was before."""
        body = zlib.compress(b"".join(PAGE.pack(number) + page for number, page in pages.items()), 1)
        facts = (self.number + 1, utcnow().timestamp(), size, len(pages))
        digest = _digest(facts, self.last, body)
        try:
            data = memoryview(BATCH.pack(MARK, *facts, len(body), self.last, digest) + body)
            while data:
                data = data[os.write(self.log, data):]
            os.fsync(self.log)
        except OSError:
            self._take_back()
            raise
        self.number, self.last, self.written = self.number + 1, digest, self.written + BATCH.size + len(body)

    def _take_back(self) -> None:
        """Drop what a failed write left: half a batch would end the log for its readers."""
        os.ftruncate(self.log, self.written)

    def close(self) -> None:
        """End of writing."""
        os.close(self.log)


def _digest(facts: tuple[int, float, int, int], before: bytes, body: bytes) -> bytes:
    return hashlib.sha256(struct.pack(">QdII", *facts) + before + body).digest()


def owner(root: Path) -> str:
    """Whose copy the folder holds: the mark of a data folder; "" of an empty one, and of copies from before there were marks."""
    return _mark(root / OWNER)


def own_mark(home: Path) -> str:
    """The mark of the data folder `home`; "" before its first copy."""
    return _mark(home / OWN_MARK)


def claim(root: Path, home: Path, *, old: bool) -> bool:
    """Whether `root` is the copy of the data folder `home`, which marks it as its own where nobody has. A copy of another data folder
    is left alone: it may be all that is left of lost data. `old`: copies without a mark are of this one.
    """
    theirs, ours = owner(root), own_mark(home)
    if theirs:
        return theirs == ours
    if generations(root) and not old:
        return False
    adopt(root, home, ours or secrets.token_hex(16))
    return True


def adopt(root: Path, home: Path, mark: str) -> None:
    """From now on `root` is the copy of `home`."""
    for path in (root / OWNER, home / OWN_MARK):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.part")
        draft.write_text(mark)
        draft.replace(path)


def _mark(path: Path) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return ""


def generations(root: Path) -> list[Path]:
    """Those whose base is whole, the newest first."""
    return sorted((path.parent for path in root.glob(f"*/{FACTS}")), reverse=True) if root.is_dir() else []


def base_is_whole(folder: Path) -> bool:
    """Whether the base is the one that was written."""
    try:
        facts = json.loads((folder / FACTS).read_text())
        with (folder / BASE).open("rb") as file:
            return bool(hashlib.file_digest(file, "sha256").hexdigest() == facts["digest"])
    except (OSError, ValueError, KeyError):
        return False


def page_size(folder: Path) -> int:
    """The page size of a generation."""
    return int(json.loads((folder / FACTS).read_text())["page_size"])


def batches(folder: Path) -> Iterator[Batch]:
    """The batches in order, up to the first that is torn, damaged or out of its place in the chain."""
    size, number, last = page_size(folder), 0, b"\0" * 32
    with (folder / LOG).open("rb") as log:
        while len(head := log.read(BATCH.size)) == BATCH.size:
            mark, found, moment, after, count, length, before, digest = BATCH.unpack(head)
            if mark != MARK or found != number + 1 or before != last or length > count * (size + 4) + 1024 * 1024:
                return
            body = log.read(length)
            if len(body) < length or _digest((found, moment, after, count), before, body) != digest:
                return
            plain, step = zlib.decompress(body), PAGE.size + size
            pages = {PAGE.unpack_from(plain, at)[0]: plain[at + PAGE.size:at + step] for at in range(0, len(plain), step)}
            number, last = found, digest
            yield Batch(found, moment, after, pages)


def rebuild(folder: Path, target: Path) -> dt.datetime:
    """Base and batches as one database file, up to the last whole transaction; the moment of it, or of the base."""
    moment = dt.datetime.fromisoformat(json.loads((folder / FACTS).read_text())["at"])
    size, last = page_size(folder), 0
    for batch in batches(folder):
        last = batch.number if batch.size else last
    shutil.copyfile(folder / BASE, target)
    with target.open("r+b") as out:
        for batch in batches(folder):
            if batch.number > last:
                break
            for number, page in batch.pages.items():
                out.seek((number - 1) * size)
                out.write(page)
            if batch.size:
                out.truncate(batch.size * size)
                moment = dt.datetime.fromtimestamp(batch.moment, dt.UTC)
    return moment
