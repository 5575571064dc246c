"""The job of an import: in whose name and in which language it speaks, how it ends, and what its page offers."""

import io

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts import queries, roles
from crm.accounts.models import Organization, User
from crm.clients.models import Contact
from crm.core.db import db
from crm.core.jobs import Job, run_one
from crm.deals.models import Deal, Pipeline
from crm.imports.models import Import
from crm.imports.operations import uploads
from crm.imports.operations.uploads import start_import, upload_file
from tests.cast import Cast, sign_in

DEALS = "title,manager,stage\nOne,Ann Lee,Talks\n"
PEOPLE = "Name,Phone\nAnn Lee,+79011234567\n,+79017654321\n"


def let(role: str, **levels: str) -> None:
    """Change what a role may do; "clients_see" means the right clients.see."""
    powers = queries.powers_of(role)
    assert powers is not None
    changed = {name.replace("_", "."): level for name, level in levels.items()}
    roles.change_role(role, levels={**powers.levels, **changed}, hidden=powers.hidden, actor=None)
    db.session.commit()


def sent(what: str, text: str, sender: int, starter: int | None = None) -> int:
    """A file on its way: uploaded by `sender`, started by them or by somebody else; the import's id."""
    person = db.session.get_one(User, sender)
    made = upload_file(what=what, data=text.encode(), file_name="rows.csv", actor=person)
    start_import(made, made.mapping, actor=db.session.get_one(User, starter or sender))
    import_id = made.id
    db.session.commit()
    return import_id


def ended(app: Flask, import_id: int) -> Import:
    """The import after its job has run, in a context of its own as the worker has."""
    with app.app_context():
        assert run_one()
    db.session.expire_all()
    return db.session.get_one(Import, import_id)


def test_the_job_speaks_the_company_s_language(app: Flask, cast: Cast) -> None:
    with app.app_context():
        db.session.scalars(sa.select(Organization)).one().locale = "en"
        made = ended(app, sent("deals", DEALS + "Two,,\n", cast.owner))
        assert (made.status, made.report["listed"]) == ("done", [[3, "The row has no stage."]])
        assert db.session.scalars(sa.select(Pipeline.name)).all() == ["Imported deals"]


def test_rows_that_a_rule_refuses_are_told_and_the_others_taken(app: Flask, cast: Cast) -> None:
    with app.app_context():
        made = ended(app, sent("contacts", PEOPLE, cast.owner))
        assert (made.status, made.report["added"], made.report["refused"]) == ("done", 1, 1)
        let("head", users_edit="all", mail_see="none")
        made = ended(app, sent("deals", DEALS, cast.head))
        assert (made.status, made.report["added"], made.report["refused"]) == ("done", 0, 1)
        assert db.session.scalar(sa.select(User.id).where(User.name == "Ann Lee")) is None


def test_a_fault_ends_the_import_with_a_sentence(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setitem(uploads.TAKERS, "contacts", broken)
    with app.app_context():
        import_id = sent("contacts", PEOPLE, cast.owner)
        made = ended(app, import_id)
        assert (made.status, db.session.query(Job).count()) == ("failed", 0)
        problem = made.report["problem"]
    page = sign_in(app, "owner").get(f"/imports/{import_id}").get_data(as_text=True)
    assert problem in page
    assert "nobody foresaw this" not in page


def test_a_database_that_is_away_is_asked_again_and_then_given_up(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise sa.exc.OperationalError("select", {}, RuntimeError("away"))

    monkeypatch.setitem(uploads.TAKERS, "contacts", away)
    with app.app_context():
        import_id = sent("contacts", PEOPLE, cast.owner)
        for status in ("running", "running", "failed"):
            made = ended(app, import_id)
            assert made.status == status
            db.session.execute(sa.update(Job).values(run_at=sa.func.current_timestamp()))
            db.session.commit()
        assert "problem" in made.report


def test_who_starts_a_colleague_s_file_answers_for_it(app: Flask, cast: Cast) -> None:
    """Else whoever sees all could let the owner's rights work for them."""
    with app.app_context():
        let("accountant", imports_run="all")
        made = ended(app, sent("contacts", "Name,Owner\nAnn Lee,Новый Человек\nBo Ray,\n", cast.owner, starter=cast.accountant))
        assert (made.status, made.report["added"], made.report["refused"]) == ("done", 1, 1)


@pytest.mark.parametrize("lost", ["person", "right", "nobody"])
def test_a_file_of_somebody_who_may_not_import_any_more_is_not_taken(app: Flask, cast: Cast, lost: str) -> None:
    with app.app_context():
        import_id = sent("contacts", PEOPLE, cast.head)
        if lost == "person":
            db.session.get_one(User, cast.head).active = False
        elif lost == "right":
            let("head", imports_run="none")
        else:  # a job from before the upgrade whose sender is gone: it must not become one of the command line
            db.session.get_one(Import, import_id).created_by_id = None
            db.session.execute(sa.update(Job).values(payload=f'{{"import_id": {import_id}}}'))
        db.session.commit()
        made = ended(app, import_id)
        assert (made.status, made.report.keys(), db.session.query(Contact).count()) == ("failed", {"problem"}, 0)


def test_a_right_that_was_lost_meanwhile_ends_the_import(app: Flask, cast: Cast) -> None:
    with app.app_context():
        import_id = sent("deals", DEALS, cast.head)
        let("head", deals_edit="none")
        made = ended(app, import_id)
        assert (made.status, made.report.keys(), db.session.query(Deal).count()) == ("failed", {"problem"}, 0)


@pytest.mark.parametrize(("levels", "offered"), [
    ({}, ["deals", "contacts"]), ({"deals_edit": "none"}, ["contacts"]), ({"clients_edit": "none"}, ["deals"]),
    ({"clients_edit": "none", "deals_edit": "none"}, [])])
def test_the_page_offers_what_the_sender_may_add(app: Flask, cast: Cast, levels: dict[str, str], offered: list[str]) -> None:
    with app.app_context():
        let("manager", imports_run="all", **levels)
    boris = sign_in(app, "boris")
    page = boris.get("/imports/").get_data(as_text=True)
    assert [what for what in ("deals", "contacts") if f'name="what" type="radio" value="{what}"' in page] == offered
    assert ('type="file"' in page, "Your role may add neither deals nor clients" in page) == (bool(offered), not offered)
    for what, text in (("deals", DEALS), ("contacts", PEOPLE)):
        answer = boris.post("/imports/", data={"what": what, "file": (io.BytesIO(text.encode()), "rows.csv")})
        assert answer.status_code == (303 if what in offered else 422)


def test_a_file_that_one_may_not_add_is_not_started(app: Flask, cast: Cast) -> None:
    with app.app_context():
        let("accountant", imports_run="all")
        made = upload_file(what="deals", data=DEALS.encode(), file_name="rows.csv", actor=db.session.get_one(User, cast.owner))
        db.session.commit()
        place = f"/imports/{made.id}"
    answer = sign_in(app, "accountant").post(place, data={"column-0": "title", "column-2": "stage"})
    assert answer.status_code == 422
    assert "Your role may not add deals" in answer.get_data(as_text=True)


def test_the_report_tells_what_was_taken_otherwise(app: Flask, cast: Cast) -> None:
    with app.app_context():
        let("manager", imports_run="all")
        import_id = sent("contacts", "Name,Owner\nAnn Lee,Глеб Чужой\nBo Ray,Глеб Чужой\n", cast.boris)
        made = ended(app, import_id)
        (sentence, rows), = made.report["notes"]
    page = sign_in(app, "boris").get(f"/imports/{import_id}").get_data(as_text=True)
    assert (rows, "Taken otherwise than the file says" in page, sentence in page, "2 rows" in page) == (2, True, True, True)
