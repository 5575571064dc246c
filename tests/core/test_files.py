"""Kept files are whole, and nothing else lies about."""

import hashlib
import os
import resource
import signal
import time

import pytest
from sqlalchemy.orm import Session

from crm.core import files, jobs, upkeep


def lying_about() -> list[str]:
    return sorted(path.name for path in files.folder().rglob("*") if path.is_file())


def everything() -> list[str]:
    return sorted(str(path) for path in files.folder().rglob("*"))


def test_a_file_is_kept_once_under_its_content(context: Session) -> None:
    before, data = lying_about(), b"kept once"
    digest = files.keep(data)
    assert files.keep(data) == digest == hashlib.sha256(data).hexdigest()
    assert files.read(digest) == data
    assert lying_about() == sorted([*before, digest])


def test_a_disk_without_nameless_files_keeps_them_by_a_draft_that_goes(context: Session) -> None:
    before, data = lying_about(), b"kept by a draft"
    digest = hashlib.sha256(data).hexdigest()
    path = files.folder() / digest[:2] / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    files._keep_named(data, path)
    assert files.read(digest) == data
    assert lying_about() == sorted([*before, digest])


def test_a_write_that_breaks_off_leaves_neither_a_part_nor_a_folder(context: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full: here a limit of this process on the size of files, which fails like one."""
    before, data = everything(), b"broken off" * 100_000
    for named in (False, True):
        if named:
            monkeypatch.setattr(files, "_keep_nameless", lambda *_: False)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        try:
            with pytest.raises(OSError, match="File too large"):
                files.keep(data)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, former)
        assert everything() == before


def test_what_a_kill_left_goes_after_a_day(context: Session) -> None:
    kept = files.keep(b"stays")
    place = files.folder() / "zz"
    place.mkdir(parents=True)
    old, fresh, empty = place / "draft-old", place / "draft-fresh", files.folder() / "zy"
    empty.mkdir()
    for path in (old, fresh):
        path.write_bytes(b"a part")
    long_ago = time.time() - 2 * 24 * 3600
    for path in (old, empty):
        os.utime(path, (long_ago, long_ago))
    upkeep.remove_parts()
    assert (old.exists(), fresh.exists(), empty.exists(), files.read(kept)) == (False, True, False, b"stays")
    os.utime(fresh, (long_ago, long_ago))
    upkeep.remove_parts()
    assert not fresh.exists()
    place.rmdir()  # its own time is that of the last removal, so it stays a day longer
    assert "files.parts" in jobs.RECURRING
