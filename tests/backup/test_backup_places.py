"""Places elsewhere, over real sockets: whole or not at all, told plainly, and no secret in any sentence."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from crm.backup import finding, making, places, restoring
from crm.backup.places import Place, s3
from crm.backup.places.s3 import S3, signature
from crm.backup.problems import BackupProblem, Damaged
from crm.core import files
from crm.core.db import db
from tests.backup.servers import s3_server, webdav_server

pytestmark = pytest.mark.skipif(os.environ.get("TEST_DB") == "postgres", reason="places know no database")


@pytest.fixture(scope="module")
def s3_host() -> Iterator[tuple[str, str, str]]:
    with s3_server() as server:
        yield server


@pytest.fixture(params=["folder", "s3", "webdav"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "folder":
        yield str(tmp_path / "place")
    elif request.param == "s3":
        host, key, secret = request.getfixturevalue("s3_host")
        yield f"s3+http://{key}:{secret.replace('/', '%2F').replace('+', '%2B')}@{host}/backups/{tmp_path.name}/my firm"
    else:
        with webdav_server(tmp_path / "dav") as host:
            yield f"webdav+http://anna:s%3Acret@{host}/disk/my firm"


def test_a_place_keeps_lists_gives_and_removes(address: str, tmp_path: Path, app: Flask) -> None:
    with app.test_request_context():
        _walk(places.open_place(address), tmp_path)


def _walk(place: Place, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    assert place.names("") == {}
    for name, data in (("one.backup", b"first"), ("files/ab/abc", b"x" * 100_000), ("files/cd/c d", b""), ("one.backup", b"second")):
        source.write_bytes(data)
        place.put(name, source)
    assert place.names("") == {"one.backup": 6}
    assert place.names("files/") == {"files/ab/abc": 100_000, "files/cd/c d": 0}
    place.get("one.backup", target)
    assert target.read_bytes() == b"second"
    place.delete("one.backup")
    place.delete("one.backup")
    with pytest.raises(Damaged, match="one.backup"):
        place.get("one.backup", target)
    assert place.names("") == {}


def test_a_backup_goes_there_is_tried_there_and_comes_back(address: str, firm: Flask) -> None:
    firm.config.update(BACKUP_TO=(address,), BACKUP_KEY="a key of some letters")
    db.session.rollback()
    made = making.make("button")
    assert made.check
    assert (made.check.full, made.check.files, made.check.read) == (True, 2, 2)
    for path in list(files.folder().glob("??/*")):
        path.unlink()
    assert [one.name for one in finding.all_kept(places.all_places())[0]] == [made.name]
    assert restoring.restore(made.name, lambda _words: None).files == 2
    assert len(list(files.folder().glob("??/*"))) == 2


def test_a_large_file_goes_in_parts(s3_host: tuple[str, str, str], tmp_path: Path, app: Flask,
                                    monkeypatch: pytest.MonkeyPatch) -> None:
    host, key, secret = s3_host
    monkeypatch.setattr(s3, "PART", 5 * 1024 * 1024)
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(os.urandom(1024) * 11 * 1024)
    with app.test_request_context():
        place = S3(f"s3+http://{key}:{secret.replace('/', '%2F').replace('+', '%2B')}@{host}/backups/parts")
        place.put("large", source)
        place.get("large", target)
        assert target.read_bytes() == source.read_bytes()
        source.unlink()
        source.write_bytes(b"y" * 6 * 1024 * 1024)
        monkeypatch.setattr(place, "_expect", lambda *_more: (_ for _ in ()).throw(BackupProblem("broken off")))
        with pytest.raises(BackupProblem):
            place.put("half", source)
        monkeypatch.undo()
        assert list(place.names("")) == ["large"]


def test_a_wrong_password_is_said_without_the_password(s3_host: tuple[str, str, str], tmp_path: Path, app: Flask) -> None:
    host, key, _secret = s3_host
    with webdav_server(tmp_path / "dav") as dav, app.test_request_context():
        for address in (f"s3+http://{key}:wrongsecret@{host}/backups", f"webdav+http://anna:wrongsecret@{dav}/x"):
            with pytest.raises(BackupProblem) as caught:
                places.open_place(address).names("")
            assert "BACKUP_TO" in caught.value.message
            assert "wrongsecret" not in caught.value.message + places.open_place(address).label


def test_a_host_that_is_away_and_a_bucket_that_is_not_there_are_said(
        s3_host: tuple[str, str, str], app: Flask) -> None:
    host, key, secret = s3_host
    with app.test_request_context():
        with pytest.raises(BackupProblem, match="127.0.0.1:9"):
            places.open_place("s3+http://key:secret@127.0.0.1:9/backups").names("")
        with pytest.raises(BackupProblem, match="NoSuchBucket"):
            places.open_place(f"s3+http://{key}:{secret.replace('/', '%2F').replace('+', '%2B')}@{host}/nothing").names("")


def test_the_signature_is_that_of_the_published_example() -> None:
    """The GET of the service's own documentation of Signature Version 4."""
    import datetime as dt

    request = ("GET\n/test.txt\n\nhost:examplebucket.s3.amazonaws.com\nrange:bytes=0-9\n"
               "x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
               "x-amz-date:20130524T000000Z\n\nhost;range;x-amz-content-sha256;x-amz-date\n"
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    mark = signature("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", dt.datetime(2013, 5, 24, tzinfo=dt.UTC), "us-east-1", request)
    assert mark == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
