"""Kept files are whole, and nothing else lies about."""

import hashlib

from sqlalchemy.orm import Session

from crm.core import files


def lying_about() -> list[str]:
    return sorted(path.name for path in files.folder().rglob("*") if path.is_file())


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
