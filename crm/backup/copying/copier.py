"""Carry every committed page of the SQLite database to another place within seconds.

The rule that makes it safe: what the log holds may be written back into the database (a checkpoint), and the log may begin
anew, only after it was copied. Our connections never write back by themselves while COPY_TO is set; the copier does. It holds
a reading transaction all the time, and SQLite writes back no further than such a reader has seen, whoever asks for it.
"""

import contextlib
import errno
import os
import shutil
import sqlite3
import time
from pathlib import Path

from crm.backup.copying import frames, store
from crm.backup.copying.frames import Head, Mark
from crm.backup.places.folder import copy_whole

DIGEST_LENGTH = 64
WRITE_BACK_FROM = 1000  # frames, as SQLite's own rule
LARGEST_BATCH = 4000  # pages held in memory at once
LONGEST_LOG = 50_000  # frames that may wait for a place that is away
FILES_SECONDS = 0.5
SETTLED = 2_000_000_000  # nanoseconds
ANEW_FROM = 64 * 1024 * 1024  # bytes of batches, and more than the base has, before a new generation


class PlaceGone(OSError):  # noqa: N818 - reads like the trade
    """The folder of the copy was there and is not any more."""


class ForeignCopy(OSError):  # noqa: N818
    """The folder holds the copy of another data folder, which is left as it is."""


class Copier:
    """One database, one copy. `step()` copies what is new; call it every second."""

    def __init__(self, database: Path, files: Path, target: Path) -> None:
        self.database, self.files, self.target = database, files, target
        self.readers = [self._connect(), self._connect()]  # one of them is always in a transaction
        self.writer, self.back = self._connect(), self._connect()
        self.at = Mark(b"", 0)
        self.generations: list[store.Generation] = []  # the one in use; two while a new base is copied
        self.began = False  # the place was there once
        self.seen_folders: dict[str, int] = {}

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.database, isolation_level=None, check_same_thread=False, timeout=5)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=0"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def step(self) -> int:
        """Copy what was committed since the last step; how many pages. OSError when the place is full or away."""
        self._look_at_place()
        if not self.generations:
            if not store.claim(self.target, self.files.parent, old=self._in_use()):
                raise ForeignCopy(errno.EEXIST, os.strerror(errno.EEXIST))
            self._begin_generation()
        copied = self._copy()
        self._copy_files()
        if self.at.frame >= WRITE_BACK_FROM:
            copied += self.write_back()
        now = self.generations[0]
        if now.written > max(ANEW_FROM, now.base.stat().st_size):
            self._begin_generation()
        return copied

    def _look_at_place(self) -> None:
        """A file that was removed can still be written to, and all of it is lost: so look whether the copy is still there.

        A folder that was there and is gone is not made anew: it may be a disk that fell off, and what is written to its
        empty place is on the disk of the data.
        """
        if self.began and not self.target.is_dir():
            self._forget()
            raise PlaceGone(errno.ENOENT, os.strerror(errno.ENOENT))
        if any(not generation.there() for generation in self.generations):
            self._forget()

    def _in_use(self) -> bool:
        """Whether a company works in this database: a new one has nothing that an older copy could be of."""
        try:
            return bool(self.back.execute("SELECT count(*) FROM organization").fetchone()[0])
        except sqlite3.OperationalError:  # no tables yet
            return False

    def _forget(self) -> None:
        held, self.generations, self.seen_folders = self.generations, [], {}
        for generation in held:
            with contextlib.suppress(OSError):
                generation.close()

    def let_go(self) -> None:
        """The place cannot be used: when the log has grown long, give the generation up rather than fill the own disk."""
        head = self._head()
        if head is not None and head.mark.frame > LONGEST_LOG:
            self._forget()
            self.write_back()

    def close(self) -> None:
        """Copy the rest and let the database go."""
        try:
            self._copy()
        finally:
            for generation in self.generations:
                generation.close()
            for connection in (*self.readers, self.writer, self.back):
                connection.close()

    def _look(self) -> None:
        """Move the reading transaction to the present moment; the new one begins before the old one ends."""
        old, new = self.readers
        new.execute("BEGIN")
        new.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if old.in_transaction:
            old.execute("ROLLBACK")
        self.readers = [new, old]

    def _copy(self) -> int:
        """Batches up to the present end of the log."""
        copied = 0
        while (head := self._head()) is not None:
            since = self.at.frame if head.mark.salts == self.at.salts else 0
            if head.mark.frame <= since:
                self.at = head.mark
                break
            found = frames.read_pages(self.database, head, since, LARGEST_BATCH)
            if found is None:
                continue
            for generation in self.generations:
                generation.append(found.pages, found.size)
            self.at, copied = Mark(head.mark.salts, found.frame), copied + len(found.pages)
        return copied

    def _head(self) -> Head | None:
        for _try in range(1000):
            head = frames.read_head(self.database)
            if head is not None:
                return head
        return None

    def write_back(self) -> int:
        """Copy, then let SQLite write the copied part of the log back, so that the log begins anew and stays small."""
        self._look()
        copied = self._copy()
        self.back.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()  # the bulk, beside the writers
        self.writer.execute("BEGIN IMMEDIATE")  # the rest, while they wait for some milliseconds
        try:
            self._look()
            copied += self._copy()
            self.back.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            self._look()  # from now on reads the database itself: the next writer begins the log anew
        finally:
            self.writer.execute("ROLLBACK")
        return copied

    def _begin_generation(self) -> None:
        """A new base while writers go on; the former generation is carried on until the new one is whole."""
        self.write_back()
        made = store.Generation(self.target, int(self.back.execute("PRAGMA page_size").fetchone()[0]))
        self.began = True
        former, self.generations = self.generations, [*self.generations, made]
        try:
            self._copy_base(made)
            made.finish_base()
        except BaseException:
            made.close()
            shutil.rmtree(made.folder, ignore_errors=True)
            self.generations = former
            raise
        self.generations = [made]
        for generation in former:
            generation.close()
        self._tidy(made)

    def _copy_base(self, made: store.Generation) -> None:
        """The database as the reading transaction sees it, which is where the new log begins."""
        base = sqlite3.connect(made.base, isolation_level=None)
        try:
            base.execute("PRAGMA synchronous=OFF")  # synced at the end
            self.readers[0].backup(base, pages=2000, sleep=0, progress=lambda *_left: self._copy() and None)
        except sqlite3.OperationalError as error:
            raise OSError(errno.ENOSPC if "full" in str(error) else errno.EIO, str(error)) from error
        finally:
            base.close()

    def _tidy(self, now: store.Generation) -> None:
        """Keep the present generation and the one before; remove older ones and those that were broken off."""
        stay = {now.folder, *[one for one in store.generations(self.target) if one != now.folder][:1]}
        for folder in self.target.iterdir():
            if folder.name != "files" and (folder / store.LOG).exists() and folder not in stay:
                shutil.rmtree(folder, ignore_errors=True)

    def _copy_files(self) -> None:
        """New uploaded files; their names are their content, so none ever changes. A long list waits for the next steps."""
        until = time.monotonic() + FILES_SECONDS
        for folder in self.files.glob("??"):
            changed = folder.stat().st_mtime_ns
            if self.seen_folders.get(folder.name) == changed:
                continue
            for path in folder.iterdir():
                copy = self.target / "files" / folder.name / path.name
                if len(path.name) == DIGEST_LENGTH and not copy.exists():
                    copy_whole(path, copy)
                if time.monotonic() > until:
                    return
            if time.time_ns() - changed > SETTLED:  # a folder of this very moment may get another file unseen
                self.seen_folders[folder.name] = changed
