"""Backups: made, encrypted, tried, brought back; and every way in which they can be broken is said."""

import datetime as dt
import os
import shutil
import sqlite3
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import Team, User, UserSession
from crm.backup import archive, making, operations, queries, restoring
from crm.backup.databases import postgres, sqlite
from crm.backup.making import Made
from crm.backup.models import DONE, FAILED, Backup
from crm.backup.problems import BackupProblem, Damaged, WrongKey
from crm.core import files, jobs, lock, schema
from crm.core.db import db, utcnow

KEY = "twelve letters and more"
SQLITE_ONLY = pytest.mark.skipif(os.environ.get("TEST_DB") == "postgres", reason="the same on both, and quicker here")
POSTGRES_ONLY = pytest.mark.skipif(os.environ.get("TEST_DB") != "postgres", reason="of pg_dump")


def place() -> Path:
    from flask import current_app

    return Path(current_app.config["BACKUP_TO"][0])


def quiet(_words: str) -> None:
    """Where a command would speak."""


def add_team(name: str) -> None:
    db.session.add(Team(name=name))
    db.session.commit()


def teams() -> list[str]:
    names = list(db.session.scalars(sa.select(Team.name).order_by(Team.id)))
    db.session.rollback()
    return names


def make() -> Made:
    db.session.rollback()
    return making.make("button")


@pytest.mark.parametrize("key", ["", KEY])
def test_a_backup_is_restored_as_a_test_and_brings_back_rows_and_files(firm: Flask, key: str) -> None:
    firm.config["BACKUP_KEY"] = key
    made = make()
    assert made.check
    assert (made.check.full, made.check.files, made.check.read, made.check.counts["team"]) == (True, 2, 2, 2)
    add_team("written after it")
    for path in list(files.folder().glob("??/*")):
        path.unlink()
    came = restoring.restore("latest", quiet)
    assert teams() == ["North", "South"]
    assert (came.files, len(list(files.folder().glob("??/*")))) == (2, 2)
    assert came.aside
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 7


@SQLITE_ONLY
def test_neither_the_secret_key_nor_readable_text_is_in_an_encrypted_backup(firm: Flask) -> None:
    (firm.config["DATA_DIR"] / "secret_key").write_text("the key that signs")
    firm.config["BACKUP_KEY"] = KEY
    make()
    names = [path for path in place().rglob("*") if path.is_file()]
    everything = b"".join(path.read_bytes() for path in names)
    assert "договор".encode() not in everything
    assert not {digest for path in files.folder().glob("??/*") if (digest := path.name) in str(names)}
    firm.config["BACKUP_KEY"] = ""
    make()
    assert b"the key that signs" not in b"".join(path.read_bytes() for path in place().rglob("*") if path.is_file())


@SQLITE_ONLY
def test_a_second_backup_sends_no_file_again(firm: Flask) -> None:
    make()
    before = {path: path.stat().st_mtime_ns for path in (place() / "files").rglob("*") if path.is_file()}
    files.keep(b"new")
    make()
    after = {path: path.stat().st_mtime_ns for path in (place() / "files").rglob("*") if path.is_file()}
    assert len(after) == 3
    assert {path: after[path] for path in before} == before


@SQLITE_ONLY
def test_a_wrong_key_and_a_missing_one_are_said(firm: Flask) -> None:
    firm.config["BACKUP_KEY"] = KEY
    make()
    firm.config["BACKUP_KEY"] = "another key of letters"
    with pytest.raises(WrongKey, match="does not open|не подходит"):
        restoring.restore("latest", quiet)
    firm.config["BACKUP_KEY"] = ""
    with pytest.raises(WrongKey, match="encrypted|зашифрован"):
        restoring.restore("latest", quiet)
    assert teams() == ["North", "South"]


@SQLITE_ONLY
@pytest.mark.parametrize("key", ["", KEY])
def test_a_cut_or_changed_archive_is_never_restored(firm: Flask, key: str, tmp_path: Path) -> None:
    firm.config["BACKUP_KEY"] = key
    made = make()
    path = place() / made.name
    whole = path.read_bytes()
    (tmp_path / "out").mkdir()
    for place_ in range(12, len(whole), len(whole) // 12):
        path.write_bytes(whole[:place_])
        with pytest.raises(BackupProblem):
            archive.read(path, tmp_path / "out", key)
        path.write_bytes(whole[:place_] + bytes([whole[place_] ^ 64]) + whole[place_ + 1:])
        try:
            manifest, _dump = archive.read(path, tmp_path / "out", key)  # the packing has bits that mean nothing
        except BackupProblem:
            continue
        assert (manifest, key) == (made.manifest, "")
    path.write_bytes(whole[:-1])
    with pytest.raises(BackupProblem):
        restoring.restore("latest", quiet)
    assert teams() == ["North", "South"]


@SQLITE_ONLY
def test_a_damaged_stored_file_is_found_by_the_next_backup_and_mended_by_the_one_after(firm: Flask) -> None:
    make()
    stored = sorted(path for path in (place() / "files").rglob("*") if path.is_file())[0]
    stored.write_bytes(bytes(len(stored.read_bytes())))
    with pytest.raises(BackupProblem, match="damaged|повреждён"):
        make()
    assert make().good


@SQLITE_ONLY
def test_a_full_place_is_said_and_leaves_nothing_that_looks_whole(firm: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def full(handle: int) -> None:
        if "place" in os.readlink(f"/proc/self/fd/{handle}"):
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BackupProblem, match="no room|нет места"):
        make()
    assert [path for path in place().rglob("*") if path.is_file()] == []


@SQLITE_ONLY
def test_one_place_that_fails_does_not_spoil_the_other(firm: Flask, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    firm.config["BACKUP_TO"] = (str(tmp_path / "file" / "x"), str(tmp_path / "place"))
    made = make()
    assert [bool(kept.problem) for kept in made.kept] == [True, False]
    assert made.good


@SQLITE_ONLY
def test_two_backups_at_once_are_refused(firm: Flask) -> None:
    seen = []

    def step(_code: str) -> None:
        with pytest.raises(BackupProblem, match="Another|уже"):
            making.make("command")
        seen.append(1)

    db.session.rollback()
    making.make("button", on_step=step)
    assert seen


@SQLITE_ONLY
def test_a_run_that_was_broken_off_leaves_no_backup_and_the_next_one_clears_its_room(
        firm: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        """As if the power went."""

    def killed(*_args: object) -> None:
        raise Killed

    monkeypatch.setattr("crm.backup.places.folder.fsync_folder", killed)
    with pytest.raises(Killed):
        make()
    monkeypatch.undo()
    assert [path.name for path in place().glob("*.backup")] == []
    (firm.config["DATA_DIR"] / "backup-work").mkdir(exist_ok=True)
    (firm.config["DATA_DIR"] / "backup-work" / "leftover").write_text("x")
    assert make().good
    assert not (firm.config["DATA_DIR"] / "backup-work").exists()


def test_the_job_keeps_how_it_went_and_a_second_request_waits_for_the_first(firm: Flask) -> None:
    first = operations.ask_backup(why="schedule").id
    assert operations.ask_backup(why="button").id == first
    db.session.commit()
    while jobs.run_one():
        pass
    row = db.session.get(Backup, first)
    assert row
    assert (row.status, row.verdict["counts"]["team"], row.problem) == (DONE, 2, "")
    assert (place() / (row.name or "")).exists()
    assert not queries.due()


def test_a_failure_is_kept_with_its_sentence_and_tried_again_after_an_hour(firm: Flask, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    firm.config["BACKUP_TO"] = (str(tmp_path / "file" / "x"),)
    row_id = operations.ask_backup(why="schedule").id
    db.session.commit()
    while jobs.run_one():
        pass
    row = db.session.get(Backup, row_id)
    assert row
    assert (row.status, str(tmp_path / "file") in row.problem) == (FAILED, True)
    assert not queries.due()
    row.started_at = utcnow() - queries.PAUSE * 1.5
    db.session.commit()
    assert queries.health().level == "bad"


def test_a_backup_stamped_in_the_future_does_not_put_the_next_one_off(firm: Flask) -> None:
    now = utcnow()
    db.session.add(Backup(why="schedule", status=DONE, started_at=now + dt.timedelta(days=400)))
    db.session.commit()
    assert queries.due()
    assert queries.last_good() is None
    db.session.add(Backup(why="schedule", status=DONE, started_at=now))
    db.session.commit()
    assert not queries.due()


def test_a_row_without_its_job_does_not_block_the_next_backup(firm: Flask) -> None:
    lost = operations.ask_backup(why="button").id
    db.session.execute(sa.delete(jobs.Job))
    db.session.commit()
    assert operations.ask_backup(why="button").id != lost


def test_a_restore_is_refused_while_a_server_runs(firm: Flask) -> None:
    make()
    held = lock.hold(firm.config["DATA_DIR"])
    assert held
    with held, pytest.raises(BackupProblem, match="running|работает"):
        restoring.restore("latest", quiet)


def test_a_backup_of_newer_tables_is_refused(firm: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make()
    monkeypatch.setattr(schema, "knows", lambda _revision: False)
    with pytest.raises(BackupProblem, match="newer|новая"):
        restoring.restore("latest", quiet)


@pytest.mark.parametrize("moment", ["bring_files", "migrate"])
def test_a_restore_that_is_broken_off_leaves_the_old_database_whole(
        firm: Flask, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    make()
    add_team("after")

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, moment, killed)
    with pytest.raises(KeyboardInterrupt):
        restoring.restore("latest", quiet)
    assert teams() == ["North", "South", "after"]
    monkeypatch.undo()
    firm.config.update(BACKUP_TO=(str(firm.config["DATA_DIR"] / "place"),))
    restoring.restore("latest", quiet)
    assert teams() == ["North", "South"]


def test_an_upgrade_makes_a_backup_first_and_is_not_begun_without(firm: Flask, tmp_path: Path) -> None:
    db.session.rollback()
    with operations.before_upgrade():
        assert len(list(place().glob("*-upgrade.backup"))) == 1
    assert db.session.scalar(sa.select(Backup.status)) == DONE
    db.session.rollback()
    (tmp_path / "file").write_text("no folder")
    firm.config["BACKUP_TO"] = (str(tmp_path / "file" / "x"),)
    with pytest.raises(BackupProblem, match="UPGRADE_WITHOUT_BACKUP"), operations.before_upgrade():
        pytest.fail("the tables were changed")
    firm.config["UPGRADE_WITHOUT_BACKUP"] = True
    with operations.before_upgrade():
        pass


@SQLITE_ONLY
def test_writers_go_on_while_the_database_is_copied(firm: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sqlite, "PAGES", 5)
    written = []

    class Slow(sqlite3.Connection):
        """Between any two steps of the copying somebody writes."""

        def backup(self, target, *, pages, sleep, progress=None):  # type: ignore[no-untyped-def, override]
            def write(*_left: int) -> None:
                other = sqlite3.connect(sqlite.database_path(), timeout=0)
                other.execute("INSERT INTO team (name) VALUES (?)", (f"t{len(written)}",))
                other.commit()
                other.close()
                written.append(1)

            super().backup(target, pages=pages, sleep=sleep, progress=write)

    real = sqlite3.connect
    monkeypatch.setattr(sqlite.sqlite3, "connect", lambda name, **more: real(name, **more, **(
        {"factory": Slow} if "mode=ro" in str(name) and "immutable" not in str(name) else {})))
    db.session.rollback()
    content = sqlite.dump(tmp_path / "copy.sqlite3")
    assert len(written) > 5
    assert content.counts["team"] == 2  # the moment at which it began


def test_after_a_restore_the_backup_that_was_used_is_remembered(firm: Flask) -> None:
    made = make()
    run = firm.test_cli_runner().invoke(args=["restore", "latest"])
    assert run.exit_code == 0, run.output
    good = queries.last_good()
    assert good is not None
    assert (good.name, good.why, good.size, queries.without_any(good)) == (made.name, "button", made.size, [])
    assert queries.health().level != "bad"
    assert "no backup" not in queries.health().sentence


def test_a_backup_from_elsewhere_is_not_taken_for_one_of_ours(firm: Flask, tmp_path: Path) -> None:
    make()
    shutil.move(place(), tmp_path / "elsewhere")
    [archive] = (tmp_path / "elsewhere").glob("*.backup")
    run = firm.test_cli_runner().invoke(args=["restore", str(archive)])
    assert run.exit_code == 0, run.output
    assert queries.last_good() is None


@SQLITE_ONLY
def test_a_damaged_database_is_set_aside_and_a_backup_put_in_its_place(firm: Flask) -> None:
    make()
    db.session.remove()
    db.engine.dispose()
    path = sqlite.database_path()
    path.write_bytes(b"rubbish" * 1000)
    came = restoring.restore("latest", quiet)
    assert teams() == ["North", "South"]
    assert (Path(came.aside) / path.name).read_bytes().startswith(b"rubbish")


@SQLITE_ONLY
def test_a_database_that_another_program_has_open_is_not_replaced(firm: Flask) -> None:
    make()
    other = sqlite3.connect(sqlite.database_path())
    other.execute("SELECT count(*) FROM team").fetchone()
    with pytest.raises(BackupProblem, match="Another program|в другой программе"):
        restoring.restore("latest", quiet)
    other.close()


def test_a_restore_ends_sessions_links_and_invitations_and_keeps_the_former_base_to_itself(firm: Flask) -> None:
    user = db.session.scalars(sa.select(User).order_by(User.id)).first()
    assert user
    db.session.add(UserSession(user_id=user.id, token_hash="t", address="", browser="", by="password", new_device=False))
    user.invite_hash, user.invite_until = "an invitation", utcnow()
    db.session.commit()
    make()
    came = restoring.restore("latest", quiet)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User).where(User.invite_hash.is_not(None))) == 0
    if db.engine.dialect.name == "sqlite":
        assert [path for path in (Path(came.aside), *Path(came.aside).iterdir()) if path.stat().st_mode & 0o077] == []


@POSTGRES_ONLY
def test_a_missing_pg_dump_says_what_to_install(firm: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_programs", lambda: {"/usr/bin": 9})
    with pytest.raises(BackupProblem, match="postgresql-client-"):
        make()


@POSTGRES_ONLY
def test_without_the_right_to_create_databases_the_trial_says_that_it_is_weaker(
        firm: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "may_create", lambda: False)
    made = make()
    assert made.check
    assert not made.check.full
    assert "CREATEDB" in queries.verdict_words(queries.shown(made))


@POSTGRES_ONLY
def test_a_server_that_refuses_the_trial_is_told_in_a_sentence_not_as_a_broken_job(firm: Flask) -> None:
    db.session.rollback()
    backup_id = operations.ask_backup(why="button").id
    db.session.commit()
    with postgres.admin() as connection:
        connection.exec_driver_sql("ALTER DATABASE postgres SET statement_timeout = '1ms'")
    try:
        operations.run_backup(backup_id)
    finally:
        with postgres.engine_for("template1", isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("ALTER DATABASE postgres RESET statement_timeout")
    kept = db.session.get_one(Backup, backup_id)
    assert (kept.status, kept.places[0]["label"]) == (FAILED, str(place()))
    assert "statement timeout" in kept.problem
    postgres.drop_leftovers()


@POSTGRES_ONLY
def test_the_former_database_is_kept_under_another_name_and_nothing_else_is_left(firm: Flask) -> None:
    make()
    add_team("after")
    came = restoring.restore("latest", quiet)
    with postgres.admin() as connection:
        names = connection.exec_driver_sql("SELECT datname FROM pg_database WHERE datname LIKE %(own)s",
                                           {"own": f"{postgres.own_name()}%"}).scalars().all()
    assert sorted(names) == sorted([postgres.own_name(), came.aside])
    assert postgres.content(came.aside).counts["team"] == 3
    postgres.drop(came.aside)


@POSTGRES_ONLY
def test_a_program_that_has_the_database_open_is_named_and_one_that_has_just_left_is_waited_for(
        firm: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make()
    with monkeypatch.context() as hurried, postgres.engine_for(postgres.own_name()).connect() as other:
        hurried.setattr(restoring, "LET_GO", 0.3)
        with pytest.raises(BackupProblem, match="в другой программе"):
            restoring.restore("latest", quiet)
    other = postgres.engine_for(postgres.own_name()).connect()
    looks: list[float] = []

    def wait(seconds: float) -> None:
        looks.append(seconds)
        other.close()  # it leaves while the restore waits

    monkeypatch.setattr(restoring, "time", SimpleNamespace(monotonic=time.monotonic, sleep=wait))
    postgres.drop(restoring.restore("latest", quiet).aside)
    assert looks


def test_a_file_that_is_no_backup_is_refused(firm: Flask, tmp_path: Path) -> None:
    (tmp_path / "x.backup").write_text("hello")
    with pytest.raises(Damaged):
        restoring.restore(str(tmp_path / "x.backup"), quiet)
