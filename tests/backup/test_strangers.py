"""What lies in the places may be all that is left: nothing of another data folder is overwritten, and whatever can be brought back is."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, g

from crm.accounts.models import Organization, Team
from crm.backup import making, operations, queries, restoring
from crm.backup.copying import store
from crm.backup.copying.copier import Copier, ForeignCopy
from crm.backup.models import Backup
from crm.backup.problems import Damaged
from crm.core import files
from crm.core.db import db
from tests.backup.test_backup_pages import keep_row
from tests.backup.test_copy import make_database
from tests.backup.test_copy_place import SQLITE_ONLY
from tests.cast import sign_in

ROOT = Path(__file__).resolve().parents[2]
AWAY = "webdav+http://anna:word@127.0.0.1:9/x"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Callable[..., Copier]]:
    """Makes a data folder with a database, in which a company works or not, and its copier; all copy to one place."""
    made: list[Copier] = []

    def make(name: str, *, works: bool = True) -> Copier:
        home = tmp_path / name
        if not home.exists():
            home.mkdir()
            make_database(home / "base.sqlite3")
        copier = Copier(home / "base.sqlite3", home / "files", tmp_path / "copy")
        copier.writer.execute("CREATE TABLE IF NOT EXISTS organization (id INTEGER)")
        copier.writer.execute("INSERT INTO organization SELECT 1 WHERE ?", (works,))
        made.append(copier)
        return copier

    yield make
    for copier in made:
        copier.close()


@SQLITE_ONLY
def test_an_empty_data_folder_never_takes_the_place_of_a_copy(folder: Callable[..., Copier], tmp_path: Path) -> None:
    folder("lost").step()
    kept = store.generations(tmp_path / "copy")
    for _start in range(3):
        with pytest.raises(ForeignCopy):
            folder("new", works=False).step()
        with pytest.raises(ForeignCopy):
            folder("another company").step()
    assert store.generations(tmp_path / "copy") == kept
    assert folder("lost").step() >= 0  # the disk came back


@SQLITE_ONLY
def test_whoever_has_brought_the_copy_back_goes_on_with_it(folder: Callable[..., Copier], tmp_path: Path) -> None:
    folder("lost").step()
    fresh = folder("new")
    store.adopt(tmp_path / "copy", tmp_path / "new", store.owner(tmp_path / "copy"))
    assert fresh.step() >= 0


@SQLITE_ONLY
def test_a_copy_from_before_there_were_marks_is_of_the_company_that_works_here(folder: Callable[..., Copier], tmp_path: Path) -> None:
    folder("old").step()
    (tmp_path / "copy" / store.OWNER).unlink()
    (tmp_path / "old" / store.OWN_MARK).unlink()
    with pytest.raises(ForeignCopy):
        folder("new", works=False).step()
    folder("old").step()
    assert store.owner(tmp_path / "copy") == store.own_mark(tmp_path / "old") != ""


def test_no_backup_is_due_before_the_company_is_set_up(firm: Flask) -> None:
    assert queries.due()
    db.session.execute(sa.delete(Organization))
    db.session.commit()
    with firm.app_context():
        assert not queries.due()


@SQLITE_ONLY
def test_on_an_empty_machine_backups_are_listed_and_restored_and_none_is_made(firm: Flask, tmp_path: Path) -> None:
    made = making.make("button")
    env = {**os.environ, "DATA_DIR": str(tmp_path / "new"), "DATABASE_URL": "", "BACKUP_TO": f"{tmp_path / 'place'} {AWAY}", "LOCALE": "en"}

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "flask", "--app", "app", *args], cwd=ROOT, env=env, capture_output=True, text=True,
                              check=False)

    listed, refused = run("backups"), run("backup")
    assert (listed.returncode, made.name in listed.stdout, "does not answer" in listed.stderr) == (0, True, True)
    assert refused.returncode == 1
    assert "There is nothing to back up yet" in refused.stderr
    assert "Traceback" not in listed.stderr + refused.stderr
    assert len(list((tmp_path / "place").glob("*.backup"))) == 1
    came = run("restore")
    assert (came.returncode, "Restored as of" in came.stdout) == (0, True), came.stderr


def test_a_place_that_is_away_hides_no_backup_of_the_others(firm: Flask) -> None:
    made, good = making.make("button"), firm.config["BACKUP_TO"]
    for where in ((*good, AWAY), (AWAY, *good)):
        firm.config["BACKUP_TO"] = where
        for choice in ("latest", made.name):
            said: list[str] = []
            assert restoring.restore(choice, said.append).name == made.name
            assert "127.0.0.1" in said[0]


def test_one_lost_file_does_not_keep_all_the_rest_away(firm: Flask, tmp_path: Path) -> None:
    making.make("button")
    hurt, whole = sorted((tmp_path / "place" / "files").glob("??/*"))
    hurt.write_bytes(b"x" + hurt.read_bytes()[1:])
    for path in files.folder().glob("??/*"):
        path.unlink()
    db.session.add(Team(name="written after it"))
    db.session.commit()
    g.locale = "en"
    run = firm.test_cli_runner().invoke(args=["restore"])
    assert run.exit_code == 0, run.output
    assert "1 file could not be brought" in run.output
    assert [path.name for path in files.folder().glob("??/*")] == [whole.name]
    assert "written after it" not in db.session.scalars(sa.select(Team.name)).all()


def test_a_file_that_one_place_lost_comes_from_another(firm: Flask, tmp_path: Path) -> None:
    firm.config["BACKUP_TO"] = (str(tmp_path / "place"), str(tmp_path / "second"))
    making.make("button")
    for path in (*files.folder().glob("??/*"), *(tmp_path / "place" / "files").glob("??/*")):
        path.unlink()
    assert restoring.restore("latest", lambda _words: None).missing == ()
    assert len(list(files.folder().glob("??/*"))) == 2


def test_of_latest_a_damaged_one_is_said_and_the_one_before_is_taken(firm: Flask, tmp_path: Path) -> None:
    first, second = making.make("button"), making.make("button")
    newest = max(first.name, second.name)
    (tmp_path / "place" / newest).write_bytes(b"cut off")
    said: list[str] = []
    assert restoring.restore("latest", said.append).name == min(first.name, second.name)
    assert any("целая" in one or "whole" in one for one in said)
    with pytest.raises(Damaged):
        restoring.restore(newest, lambda _words: None)


def test_backups_that_are_no_longer_there_are_shown_so(firm: Flask, tmp_path: Path) -> None:
    g.locale = "en"
    keep_row()
    assert "no longer there" in sign_in(firm, "owner").get("/settings/backups/").text
    firm.config["BACKUP_TO"] = (str(tmp_path / "place"), AWAY)
    assert "no longer there" not in sign_in(firm, "owner").get("/settings/backups/").text  # nobody has looked at the net


def test_another_backup_key_is_told_until_a_backup_is_made_with_it(firm: Flask) -> None:
    g.locale = "en"
    firm.config["BACKUP_KEY"] = "the first long key"
    operations.remember(making.make("button"), "", "button")
    assert not queries.key_changed(queries.last_good())
    for key in ("the second long key", ""):
        firm.config["BACKUP_KEY"] = key
        assert "BACKUP_KEY has been changed" in queries.health().advice
        assert "BACKUP_KEY has been changed" in sign_in(firm, "owner").get("/settings/backups/").text
        db.session.rollback()
        operations.remember(making.make("button"), "", "button")
        assert "BACKUP_KEY has been changed" not in queries.health().advice


def test_health_says_what_was_only_listed(firm: Flask) -> None:
    g.locale = "en"
    keep_row(verdict={"full": False, "counts": {}, "files": 0, "read": 0})
    assert "only its list of contents could be read" in queries.health().sentence
    db.session.execute(sa.delete(Backup))
    db.session.commit()
    keep_row()
    assert "restored as a test" in queries.health().sentence
