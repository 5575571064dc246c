"""Read committed pages out of SQLite's write-ahead log, without asking SQLite and without slowing it.

SQLite keeps beside the log an index whose head names the last committed frame; it is written after the frame and twice, so
that a reader sees a torn one. Closing a file drops the locks that this process holds on it, and SQLite's own locks stand on
the index: the handle of the index is therefore never closed while the program runs.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path

HEAD = struct.Struct("=IIIBBHII8s8s8s")  # of the index: ..., page size, last frame, pages, checksum, salts, own checksum
FRAME_HEAD, LOG_HEAD = 24, 32
FRAME = struct.Struct(">II8s")  # page number, pages after a commit (else 0), salts
_handles: dict[tuple[int, int], int] = {}


@dataclass(frozen=True)
class Mark:
    """A place in the log: its salts change whenever it begins anew, `frame` counts from 1."""

    salts: bytes
    frame: int


@dataclass(frozen=True)
class Head:
    """The head of the index."""

    mark: Mark
    page_size: int


def _index_handle(path: Path) -> int:
    stat = path.stat()
    key = (stat.st_dev, stat.st_ino)
    if key not in _handles:
        _handles[key] = os.open(path, os.O_RDONLY)
    return _handles[key]


def read_head(database: Path) -> Head | None:
    """Where the log ends now; None while it is being changed, or before the first write."""
    try:
        data = os.pread(_index_handle(database.with_name(f"{database.name}-shm")), HEAD.size * 2, 0)
    except FileNotFoundError:
        return None
    if len(data) < HEAD.size * 2 or data[:HEAD.size] != data[HEAD.size:]:
        return None
    _version, _unused, _change, ready, _big, size, last, _pages, _sum, salts, _own = HEAD.unpack_from(data)
    return Head(Mark(salts, last), 65536 if size == 1 else size) if ready else None


@dataclass(frozen=True)
class Found:
    """The last form of each page up to `frame`; size: pages of the database after it, 0 within a transaction."""

    pages: dict[int, bytes]
    size: int
    frame: int


def read_pages(database: Path, head: Head, since: int, most: int) -> Found | None:
    """What the frames after `since` hold, at most `most` of them; None when the log began anew meanwhile."""
    step, until = FRAME_HEAD + head.page_size, min(head.mark.frame, since + most)
    pages: dict[int, bytes] = {}
    size = 0
    with database.with_name(f"{database.name}-wal").open("rb") as log:
        log.seek(LOG_HEAD + since * step)
        for _frame in range(since, until):
            frame = log.read(step)
            if len(frame) < step:
                return None
            number, size, salts = FRAME.unpack_from(frame)
            if salts != head.mark.salts:
                return None
            pages[number] = frame[FRAME_HEAD:]
    after = read_head(database)
    if after is not None and after.mark.salts != head.mark.salts:
        return None
    return Found(pages, size, until)
