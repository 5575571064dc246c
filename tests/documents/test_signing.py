"""The last steps of a contract: the scan, the kept paper, the days with their tasks, and what stages make of it."""

import datetime as dt
import io
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.core import dates, files
from crm.core.db import db
from crm.core.events import Event
from crm.deals.models import Deal
from crm.documents import operations, pdf, queries, states
from crm.documents.models import Agreement, Document
from crm.tasks.models import Task
from tests.cast import Cast, add_colleague, sign_in
from tests.documents.scene import committed, make_scene, text_of

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40 + b"\xff\xd9"


@pytest.fixture
def boris(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(pdf, "program", lambda: None)
    return sign_in(app, "boris")


@pytest.fixture
def page(app: Flask, cast: Cast, boris: FlaskClient) -> str:
    deal_id = committed(app, cast)
    return boris.post(f"/deals/{deal_id}/documents", data={
        "kind": "contract", "locale": "ru", "dated": dates.today().isoformat(), "valid_until": "2099-12-31"}).headers["Location"]


def signed(client: FlaskClient, page: str, data: bytes = PDF, name: str = "scan.pdf", on: str = "") -> tuple[int, str]:
    answer = client.post(f"{page}/sign", content_type="multipart/form-data", data={
        "seen": "1", "signed_on": on or dates.today().isoformat(), "signed_by": "Кравец, Орлова", "file": (io.BytesIO(data), name)})
    return answer.status_code, answer.text


def state(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(sa.select(Document.state)).one()


def tasks(app: Flask) -> list[tuple[str, dt.date, bool]]:
    """Tasks with an origin: what of the document, the day, done or not."""
    with app.app_context():
        query = sa.select(Task.origin, Task.due_on, Task.done_at).where(Task.origin.is_not(None)).order_by(Task.id)
        found = db.session.execute(query).all()
        return [(origin.split("-")[2], due_on, done is not None) for origin, due_on, done in found]


def told(app: Flask) -> list[str]:
    """What was told of tasks."""
    with app.app_context():
        return list(db.session.scalars(sa.select(Event.kind).where(Event.kind.startswith("task.")).order_by(Event.id)))


@pytest.mark.parametrize(("data", "mime"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")])
def test_the_signed_paper_comes_back_and_is_kept(app: Flask, boris: FlaskClient, page: str, data: bytes, mime: str) -> None:
    assert signed(boris, page, data, "anything.bin")[0] == 303
    assert state(app) == "signed"
    scan = boris.get(f"{page}/scan")
    assert (scan.data, scan.mimetype) == (data, mime)
    assert scan.headers["Content-Disposition"].startswith("attachment")
    assert scan.headers["X-Content-Type-Options"] == "nosniff"
    assert boris.post(f"{page}/keep", data={"seen": "1", "kept_where": "Папка 12", "kept_on": dates.today().isoformat()}).status_code == 303
    assert state(app) == "kept"
    assert "Папка 12" in boris.get(page).text
    assert boris.post(f"{page}/step-back", data={"seen": "1"}).status_code == 303
    assert boris.post(f"{page}/step-back", data={"seen": "1"}).status_code == 303
    assert state(app) == "sent"
    assert boris.get(f"{page}/scan").status_code == 404


@pytest.mark.parametrize("data", [
    b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html><script>alert(1)</script>", b"MZ\x90", b"GIF89a", b"", PDF[:12], PNG[:20]])
def test_a_scan_that_is_none_is_refused_by_its_content(app: Flask, boris: FlaskClient, page: str, data: bytes) -> None:
    status, text = signed(boris, page, data, "scan.pdf")
    assert status == 422
    assert 'class="error"' in text
    assert state(app) == "draft"


@pytest.mark.parametrize("day", ["1900-01-01", "2019-05-05"])
def test_a_day_long_before_the_document_is_refused(app: Flask, boris: FlaskClient, page: str, day: str) -> None:
    status, text = signed(boris, page, on=day)
    assert (status, state(app)) == (422, "draft")
    assert "That is more than a year before the document" in text
    terms = boris.post(f"{page}/terms", data={"seen": "1", "deliver_on": day, "remind_days": "7"})
    assert (terms.status_code, "That is more than a year before the document" in terms.text) == (422, True)
    assert signed(boris, page, on=(dates.today() - dt.timedelta(days=300)).isoformat())[0] == 303
    kept = boris.post(f"{page}/keep", data={"seen": "1", "kept_where": "Папка 12", "kept_on": day})
    assert (kept.status_code, state(app)) == (422, "signed")
    assert "That is more than a year before the document" in kept.text


def test_no_paper_lies_anywhere_since_next_year(app: Flask, boris: FlaskClient, page: str) -> None:
    signed(boris, page)
    kept = boris.post(f"{page}/keep", data={"seen": "1", "kept_where": "Папка 12", "kept_on": "2199-01-01"})
    assert (kept.status_code, state(app)) == (422, "signed")
    assert "This day has not come yet." in kept.text


def test_nobody_signs_tomorrow(app: Flask, boris: FlaskClient, page: str) -> None:
    status, text = signed(boris, page, on=(dates.today() + dt.timedelta(days=2)).isoformat())
    assert (status, state(app)) == (422, "draft")
    assert "Nobody has signed in the future." in text


def test_what_is_not_agreed_is_not_signed_and_what_is_signed_stays(app: Flask, cast: Cast, boris: FlaskClient, page: str) -> None:
    with app.app_context():
        add_colleague("lawyer")
    assert "The lawyer has not agreed this document yet." in signed(boris, page)[1]
    sign_in(app, "lawyer").post(f"{page}/agree", data={"seen": "1"})
    assert signed(boris, page)[0] == 303
    assert "It is signed, so its text stays." in boris.post(f"{page}/fill-anew", data={"seen": "1"}).text
    again = signed(boris, page)
    assert "It is signed already." in again[1]


def test_the_days_of_a_contract_are_tasks_that_follow_them(app: Flask, boris: FlaskClient, page: str) -> None:
    far = dates.today() + dt.timedelta(days=100)
    given = {"seen": "1", "ends_on": "2099-12-31", "deliver_on": far.isoformat(), "pay_on": dates.today().isoformat(), "remind_days": "10"}
    assert boris.post(f"{page}/terms", data=given).status_code == 303
    assert tasks(app) == [("deliver_on", far - dt.timedelta(days=10), False), ("pay_on", dates.today(), False)]
    later = far + dt.timedelta(days=5)
    boris.post(f"{page}/terms", data={**given, "deliver_on": later.isoformat(), "pay_on": ""})
    assert tasks(app) == [("deliver_on", later - dt.timedelta(days=10), False)]
    signed(boris, page)
    assert tasks(app)[1:] == [("ends_on", dt.date(2099, 12, 21), False)]
    boris.post(f"{page}/cancel")
    assert tasks(app) == []
    assert set(told(app)) == {"task.created", "task.changed", "task.dropped"}
    assert told(app).count("task.dropped") == 3
    boris.post(f"{page}/cancel?back=1")
    assert sorted(what for what, _day, done in tasks(app) if not done) == ["deliver_on", "ends_on"]


def test_a_contract_does_not_end_before_its_date(app: Flask, boris: FlaskClient, page: str) -> None:
    answer = boris.post(f"{page}/terms", data={"seen": "1", "ends_on": "2001-01-01", "remind_days": "7"})
    assert answer.status_code == 422
    assert "The contract cannot end before its own date." in answer.text


def test_the_lawyer_gets_a_task_with_a_deadline_that_ends_with_the_answer(app: Flask, cast: Cast, boris: FlaskClient, page: str) -> None:
    with app.app_context():
        add_colleague("lawyer")
        who = db.session.scalar(sa.text("SELECT id FROM \"user\" WHERE role = 'lawyer'"))
    lawyer = sign_in(app, "lawyer")
    boris.post(f"{page}/ask", data={"seen": "1", "lawyer": str(who), "due_on": "2099-12-01"})
    assert tasks(app) == [("lawyer", dt.date(2099, 12, 1), False)]
    desk = lawyer.get("/").text
    assert "Wait to be agreed" in desk
    assert page in desk
    lawyer.post(f"{page}/return", data={"seen": "1", "text": "No"})
    assert tasks(app) == [("lawyer", dt.date(2099, 12, 1), True), ("mend", dates.today(), False)]
    assert "Wait to be agreed" not in lawyer.get("/").text


@pytest.mark.parametrize("how", ["withdraw", "cancel"])
def test_the_lawyer_s_task_is_taken_off_and_not_done_when_nobody_asks_any_more(
        app: Flask, cast: Cast, boris: FlaskClient, page: str, how: str) -> None:
    with app.app_context():
        add_colleague("lawyer")
        who = db.session.scalar(sa.text("SELECT id FROM \"user\" WHERE role = 'lawyer'"))
    boris.post(f"{page}/ask", data={"seen": "1", "lawyer": str(who), "due_on": "2099-12-01"})
    assert boris.post(f"{page}/{how}", data={"seen": "1"}).status_code == 303
    assert (tasks(app), told(app)) == ([], ["task.created", "task.dropped"])


def test_a_stage_asks_for_the_signature_and_a_deal_comes_to_one_by_it(app: Flask, boris: FlaskClient, page: str) -> None:
    with app.app_context():
        deal = db.session.scalars(sa.select(Deal)).one()
        stages = [stage for stage in deal.pipeline.stages if stage.kind == "open"]
        stages[1].requires, stages[2].arrives_on = ["contract_signed"], "contract_signed"
        deal_id, second, third = deal.id, stages[1].id, stages[2].id
        db.session.commit()
    refused = boris.post(f"/deals/{deal_id}/move", data={"stage_id": str(second)})
    assert "the signed contract" in refused.text
    signed(boris, page)
    with app.app_context():
        assert db.session.scalars(sa.select(Deal.stage_id)).one() == third


def test_a_stage_may_ask_for_the_lawyer_s_consent(app: Flask, boris: FlaskClient, page: str) -> None:
    with app.app_context():
        add_colleague("lawyer")
        deal = db.session.scalars(sa.select(Deal)).one()
        stages = [stage for stage in deal.pipeline.stages if stage.kind == "open"]
        stages[1].requires = stages[2].requires = ["contract_agreed"]
        stages[1].arrives_on = "contract_agreed"
        deal_id, second, third = deal.id, stages[1].id, stages[2].id
        db.session.commit()
    assert "consent to the contract" in boris.post(f"/deals/{deal_id}/move", data={"stage_id": str(third)}).text
    sign_in(app, "lawyer").post(f"{page}/agree", data={"seen": "1"})
    with app.app_context():
        assert db.session.scalars(sa.select(Deal.stage_id)).one() == second


def test_a_letter_with_the_contract_sends_it(app: Flask, boris: FlaskClient, page: str) -> None:
    document_id = page.rsplit("/", 1)[1]
    with app.app_context():
        deal_id = db.session.scalars(sa.select(Deal.id)).one()
    letter = {"to": "o.lebed@port.example", "subject": "Contract", "body": "Here it is."}
    assert boris.post(f"/deals/{deal_id}/letter?document={document_id}", data=letter).status_code == 303
    assert state(app) == "sent"
    with app.app_context():
        assert db.session.scalars(sa.select(Agreement.sent_revision)).one() == 1


def test_papers_refer_to_the_contract_that_is_signed(context: Session, cast: Cast) -> None:
    """Not to a newer draft that the client has never seen; without a signed one to what was sent."""
    deal = make_scene(cast)

    def make(kind: str) -> Document:
        return operations.make_document(deal, template=operations.template_for(kind=kind, locale="ru", key=""), actor=None)

    first, second, third = (make("contract") for _one in range(3))
    assert queries.rests_on(deal, "contract") is third
    second.state = states.SENT
    assert queries.rests_on(deal, "contract") is second
    first.state = states.KEPT
    assert queries.rests_on(deal, "contract") is first
    for kind in ("act", "invoice", "specification", "transfer"):
        said = text_of(files.read(make(kind).digest)).replace("\u00a0", " ")
        assert f"договор № {first.numbered}" in said.replace("Договор", "договор").replace("договору", "договор"), kind
        assert third.numbered not in said, kind


def test_a_signature_is_taken_back_by_who_leads_the_deal_or_the_lawyer_and_asked_about_first(
        app: Flask, cast: Cast, boris: FlaskClient, page: str) -> None:
    signed(boris, page)
    accountant, button = sign_in(app, "accountant"), f'href="{page}/step-back"'
    assert button not in accountant.get(page).text
    assert accountant.get(f"{page}/step-back").headers["Location"] == page
    assert accountant.post(f"{page}/step-back", data={"seen": "1"}).status_code == 403
    assert state(app) == "signed"
    with app.app_context():
        add_colleague("lawyer")
    for who in (boris, sign_in(app, "lawyer")):
        assert button in who.get(page).text
        question = who.get(f"{page}/step-back").text
        assert "no longer as signed" in question
        assert re.search(r'name="seen" value="1"', question)
    assert state(app) == "signed"
    assert boris.post(f"{page}/step-back", data={"seen": "1"}).status_code == 303
    assert boris.get(f"{page}/step-back").status_code == 303  # nothing is left to ask about
