"""Acts that must be remembered although nothing was written, or although the request failed."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from crm.backup.models import Backup
from crm.core import journal, web
from crm.core.db import db
from tests.cast import make_cast, sign_in
from tests.factories import make_contact

ACT = journal.Act("test.act", "Test")  # type: ignore[arg-type]


def noted() -> list[tuple[str, int | None]]:
    return [(row.kind, row.rows) for row in db.session.scalars(sa.select(journal.Entry).order_by(journal.Entry.id))]


def test_outside_of_a_request_it_is_kept_at_once(context: Session) -> None:
    journal.note(ACT, actor_id=None, rows=7, token="secret")
    entry = context.scalars(sa.select(journal.Entry)).one()
    assert (entry.rows, entry.data) == (7, {"token": "***"})


@pytest.mark.parametrize("status", [200, 422, 500])
def test_a_request_keeps_it_whatever_its_answer(app: Flask, status: int) -> None:
    with app.test_request_context("/somewhere", method="POST", environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        journal.note(ACT, actor_id=None, rows=status)
        web._commit(app.make_response(("", status)))
        assert noted() == [("test.act", status)]
        assert db.session.scalar(sa.select(journal.Entry.address)) == "192.0.2.7"


def test_what_cannot_be_remembered_is_not_handed_out(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_rows: object) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(journal, "_write", away)
    with app.test_request_context("/export"):
        app.preprocess_request()
        journal.note(ACT, actor_id=None, rows=1)
        answer = web._commit(app.make_response("the whole base"))
        assert answer.status_code == 503
        assert b"the whole base" not in answer.get_data()


BROKEN = {
    "sqlite": ["CREATE TRIGGER broken BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'the journal is broken'); END"],
    "postgresql": ["CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
                   "$$ BEGIN RAISE EXCEPTION 'the journal is broken'; END $$",
                   "CREATE TRIGGER broken BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION broken()"]}


def break_journal() -> None:
    """The base refuses every act of the journal from now on, and keeps everything else."""
    for statement in BROKEN[db.engine.dialect.name]:
        db.session.execute(sa.text(statement))
    db.session.commit()


def test_a_broken_journal_is_told_truly(real_app: Flask) -> None:
    """What was committed before the journal failed is said to be saved; a file that cannot be noted does not leave."""
    with real_app.app_context():
        make_cast()
        make_contact("Ёжикова")
        db.session.commit()
    client = sign_in(real_app, "owner")
    with real_app.app_context():
        break_journal()
    answer = client.post("/settings/backups/")
    assert (answer.status_code, "What you did is saved" in answer.text, "Nothing was saved" in answer.text) == (503, True, False)
    taken = client.get("/contacts/export.csv")
    assert taken.status_code == 500
    assert "Nothing was saved" in taken.text
    assert "Ёжикова" not in taken.text
    with real_app.app_context():
        assert [row.why for row in db.session.scalars(sa.select(Backup))] == ["button"]
        assert db.session.scalars(sa.select(journal.Entry).where(journal.Entry.kind == "guard.exported")).all() == []
