"""The owner's page, the health lines, and the commands as a person types them."""

import io
import re
import tarfile
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask, g

from crm.backup import queries
from crm.backup.models import DONE, Backup, BackupRule
from crm.core import files, jobs, journal
from crm.core.db import db, utcnow
from tests.cast import PASSWORD, Cast, sign_in


def keep_row(**values: object) -> Backup:
    row = Backup(**{"name": "voronka-20261125T000000Z-schedule.backup", "why": "schedule", "status": DONE, "started_at": utcnow(),
                    "size": 5_000_000, "verdict": {"full": True, "counts": {"person": 12_400, "company": 3}, "files": 8120, "read": 8120},
                    **values})
    db.session.add(row)
    db.session.commit()
    return row


def test_the_page_says_in_plain_words_how_the_last_backup_went(app: Flask, cast: Cast) -> None:
    with app.app_context():
        keep_row()
    text = sign_in(app, "owner").get("/settings/backups/").get_data(as_text=True)
    assert "Restored as a test: 12,403 clients, 8,120 files, all right." in text
    assert "Back up now" in text
    assert "Next one: " in text
    assert "not encrypted" in text


def test_nobody_but_the_owner_sees_asks_or_downloads(app: Flask, cast: Cast) -> None:
    with app.app_context():
        row_id = keep_row().id
    client = sign_in(app, "head")
    assert client.get("/settings/backups/").status_code == 403
    assert client.post("/settings/backups/").status_code == 403
    assert client.post(f"/settings/backups/{row_id}/download").status_code == 403


def test_the_button_asks_for_one_backup_and_the_page_follows_it(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    assert client.post("/settings/backups/").status_code == 303
    client.post("/settings/backups/")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Backup)) == 1
        assert db.session.scalar(sa.select(sa.func.count()).where(jobs.Job.kind == "backup.make")) == 1
        assert db.session.scalar(sa.select(journal.Entry.kind).where(journal.Entry.kind == "backup.asked"))
    assert "It begins in a moment." in client.get("/settings/backups/progress", headers={"HX-Request": "true"}).get_data(as_text=True)


def test_the_rule_is_kept_and_a_wrong_number_is_refused(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    good = {"every": "week", "hour": "5", "daily": "3", "weekly": "2", "monthly": "1"}
    assert client.post("/settings/backups/rule", data=good).status_code == 303
    assert client.post("/settings/backups/rule", data={**good, "daily": "0"}).status_code == 422
    with app.app_context():
        rule = db.session.scalars(sa.select(BackupRule)).one()
        assert (rule.every, rule.hour, rule.daily, rule.weekly, rule.monthly) == ("week", 5, 3, 2, 1)


def test_the_health_page_has_a_line_for_backups_and_one_for_the_copy(app: Flask, cast: Cast) -> None:
    text = sign_in(app, "owner").get("/settings/health/").get_data(as_text=True)
    assert "There is no backup yet." in text
    assert "Continuous copy" in text
    with app.app_context():
        assert queries.health().level == "warn"
        keep_row(started_at=utcnow() - queries.PAUSE * 24 * 5)
    assert "That is long ago" in sign_in(app, "owner").get("/settings/health/").get_data(as_text=True)


def test_commands_make_list_and_bring_back_and_a_download_restores_on_an_empty_machine(firm: Flask, tmp_path: Path) -> None:
    runner = firm.test_cli_runner()
    db.session.rollback()
    made = runner.invoke(args=["backup"])
    assert made.exit_code == 0, made.output
    listed = runner.invoke(args=["backups"]).output
    assert "voronka-" in listed
    row = db.session.scalars(sa.select(Backup)).one()
    digests = {path.name for path in files.folder().glob("??/*")}
    owner, address = sign_in(firm, "owner"), f"/settings/backups/{row.id}/download"
    assert 'type="password"' in owner.get(address).get_data(as_text=True)
    refused = owner.post(address, data={"proof": "not the password"})
    assert (refused.status_code, refused.mimetype) == (422, "text/html")
    answer = owner.post(address, data={"proof": PASSWORD})
    assert answer.status_code == 200
    (tmp_path / "down.tar").write_bytes(answer.get_data())
    with tarfile.open(fileobj=io.BytesIO(answer.get_data())) as tar:
        assert len(tar.getnames()) == 2 + len(digests)
    assert db.session.scalar(sa.select(journal.Entry.kind).where(journal.Entry.kind == "backup.downloaded"))
    db.session.remove()
    for path in [*files.folder().glob("??/*"), *(tmp_path / "place").rglob("*.backup")]:
        path.unlink()
    back = runner.invoke(args=["restore", str(tmp_path / "down.tar")])
    assert back.exit_code == 0, back.output
    assert {path.name for path in files.folder().glob("??/*")} == digests
    assert "Traceback" not in back.output


def test_two_backups_of_one_second_are_two(firm: Flask, tmp_path: Path) -> None:
    runner = firm.test_cli_runner()
    db.session.rollback()
    with time_machine.travel(utcnow(), tick=False):
        results = [runner.invoke(args=["backup"]) for _time in range(2)]
    assert [one.exit_code for one in results] == [0, 0], results[1].output
    assert len(list((tmp_path / "place").rglob("*.backup"))) == 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Backup)) == 2


@pytest.mark.parametrize("name", ["../evil.backup", "/evil.backup", "files/../../evil.backup"])
def test_a_foreign_archive_writes_nothing_beside_its_folder(firm: Flask, tmp_path: Path, name: str) -> None:
    path = tmp_path / "foreign.tar"
    with tarfile.open(path, "w") as tar:
        info = tarfile.TarInfo(name)
        info.size = 4
        tar.addfile(info, io.BytesIO(b"evil"))
        link = tarfile.TarInfo("voronka-20261125T000000Z-command.backup")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    db.session.rollback()
    answer = firm.test_cli_runner().invoke(args=["restore", str(path)])
    assert answer.exit_code == 1
    assert "не целая резервная копия" in answer.output
    assert not list(tmp_path.parent.rglob("evil.backup"))
    assert not Path("/evil.backup").exists()


def test_a_command_that_cannot_says_why(firm: Flask) -> None:
    db.session.rollback()
    result = firm.test_cli_runner().invoke(args=["restore"])
    assert result.exit_code == 1
    assert "BACKUP_TO" in result.output


@pytest.mark.parametrize("folder", ["other"])
def test_a_backup_to_a_named_folder_goes_there_only(firm: Flask, tmp_path: Path, folder: str) -> None:
    db.session.rollback()
    result = firm.test_cli_runner().invoke(args=["backup", "--to", str(tmp_path / folder)])
    assert result.exit_code == 0, result.output
    assert list((tmp_path / folder).glob("*.backup"))
    assert not (tmp_path / "place").exists()


def run(app: Flask) -> None:
    """Ask by the button and let the job do it."""
    g.locale = "en"  # the context is shared with the pages
    assert sign_in(app, "owner").post("/settings/backups/").status_code == 303
    db.session.rollback()
    while jobs.run_one():
        pass
    db.session.rollback()


@pytest.mark.parametrize("address", ["{tmp}/file/x", "s3+http://key:hushhush@127.0.0.1:9/bucket", "webdav+http://anna:hushhush@127.0.0.1:9/x"])
def test_a_try_that_failed_is_told_on_top_and_on_health_with_its_reason(firm: Flask, tmp_path: Path, address: str) -> None:
    (tmp_path / "file").write_text("no folder")
    keep_row(started_at=utcnow() - queries.PAUSE)
    firm.config["BACKUP_TO"] = (address.format(tmp=tmp_path),)
    run(firm)
    text = sign_in(firm, "owner").get("/settings/backups/").text
    where = str(tmp_path / "file" / "x") if "tmp" in address else "127.0.0.1:9"
    assert re.search(rf'<h2>The last try failed: today.*?<p class="note bad">[^<]*{where}.*?Last backup: ', text, re.DOTALL)
    assert "hushhush" not in text
    state = queries.health()
    assert (state.level, where in state.advice) == ("warn", True)
    db.session.execute(sa.update(Backup).where(Backup.problem != "").values(name=None))  # names tell seconds, and the next try is quick
    db.session.commit()
    firm.config["BACKUP_TO"] = (str(tmp_path / "place"),)
    run(firm)
    assert "The last try failed" not in sign_in(firm, "owner").get("/settings/backups/").text
    assert "S3" in queries.health().advice  # where tests run there is one; nothing else is left to say


def test_a_place_that_got_no_backup_yet_is_told(firm: Flask, tmp_path: Path) -> None:
    run(firm)
    assert "S3" in queries.health().advice
    firm.config["BACKUP_TO"] = (str(tmp_path / "place"), str(tmp_path / "new"))
    assert (queries.health().level, str(tmp_path / "new") in queries.health().advice) == ("warn", True)
    assert not (tmp_path / "new").exists()


def test_backups_on_the_disk_of_the_data_alone_are_no_peace_of_mind(firm: Flask, tmp_path: Path) -> None:
    keep_row()
    state = queries.health()
    assert (state.level, "BACKUP_TO" in state.advice, "S3" in state.advice) == ("warn", True, True)
    firm.config["BACKUP_TO"] = (str(tmp_path / "place"), "webdav+https://anna:word@cloud.example.com/x")
    assert queries.health().level == "good"
    firm.config.update(BACKUP_TO=(), COPY_TO=tmp_path / "copy")  # beside the data, too: on the same disk
    assert queries.health().level == "warn"
    if not queries.spot(Path("/dev/shm")).same_disk and db.engine.dialect.name == "sqlite":
        firm.config["COPY_TO"] = Path("/dev/shm/voronka-copy")
        assert queries.health().level == "good"


def test_a_fault_that_nobody_foresaw_is_told_like_any_other(firm: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_any: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("crm.backup.archive.write", broken)
    run(firm)
    row = db.session.scalars(sa.select(Backup)).one()
    assert (row.status, "ZeroDivisionError" in row.problem, queries.health().level) == ("failed", True, "bad")
