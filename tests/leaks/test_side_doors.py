"""What a page of its own keeps from somebody, no other page tells either; and nobody puts aside what watches them."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import operations as accounts
from crm.accounts import roles
from crm.accounts.models import Organization, User
from crm.billing.events import PAYMENT_RECEIVED
from crm.catalog.operations import create_product
from crm.clients.models import Company, Contact
from crm.core.dates import today
from crm.core.db import db, own_transaction
from crm.core.errors import NotAllowed
from crm.core.events import record
from crm.deals.models import Deal
from crm.documents.models import Template
from crm.guard import counting, events
from crm.guard.models import MassRequest
from crm.guard.operations.alarms import raise_alarm
from crm.mail.delivery import Trouble
from crm.mail.models import Letter
from crm.mail.operations import note_trouble, write_letter
from tests.cast import Cast, levels_of, sign_in
from tests.factories import make_company, make_contact, make_deal, make_pipeline
from tests.leaks.conftest import World
from tests.leaks.world import WORDS

Let = Callable[..., FlaskClient]
NOTHING = ("clients.see", "deals.see", "documents.see", "documents.make", "tasks.see", "mail.see", "products.see", "scoreboard.see")


@pytest.fixture
def let(app: Flask) -> Let:
    """Boris, signed in, whose role has these levels and nothing besides; `hidden` from him."""
    def sign(levels: dict[str, str], hidden: tuple[str, ...] = ()) -> FlaskClient:
        with app.app_context():
            roles.change_role("manager", levels={**dict.fromkeys(levels_of("manager"), "none"), **levels}, hidden=hidden, actor=None)
            db.session.commit()
        return sign_in(app, "boris")
    return sign


def test_a_deal_s_timeline_tells_only_what_the_pages_of_documents_tasks_and_letters_would(app: Flask, world: World, let: Let) -> None:
    deal_id = world.works["gleb"].ids["deal_id"]
    with app.test_request_context():
        deal, gleb = db.session.get_one(Deal, deal_id), db.session.get_one(User, world.cast.gleb)
        write_letter(to="x@example.com", subject="Subject of a colleague", body="-", actor=gleb, deal=deal)
        record(events.ASKED, deal, actor_id=gleb.id, number=1, act="deal.delete")
        record(PAYMENT_RECEIVED, deal, actor_id=gleb.id, text="Money of a colleague")
        db.session.commit()
    told = {"documents.see": "Document created", "tasks.see": "Task added", "mail.see": "Subject of a colleague",
            "mass.approve": "Mass act waits"}
    for right, words in told.items():
        page = let({"deals.see": "all", right: "all"}).get(f"/timeline/deal/{deal_id}").text
        assert [one for one, other in told.items() if other in page] == [right], words
        assert "Deal created" in page
        assert ("Money of a colleague" in page) == (right == "documents.see")
    page = let({"deals.see": "all", **dict.fromkeys(told, "own")}).get(f"/timeline/deal/{deal_id}").text
    assert [other for one, other in told.items() if other in page and one != "mass.approve"] == []


def test_the_bin_is_taken_away_by_the_right_to_files_too(app: Flask, world: World, let: Let) -> None:
    with app.app_context():
        db.session.execute(sa.update(Deal).values(deleted_at=sa.func.current_timestamp()))
        db.session.commit()
    boris = let({"deals.see": "all", "deals.edit": "all", "deals.delete": "all", "deals.export": "own"})
    assert "Glebuzhin" in boris.get("/deals?status=bin").text
    file = boris.get("/deals/export.csv?status=bin").text
    assert "Bobrovsky" in file
    assert [word for owner, word in WORDS.items() if owner != "boris" and word in file] == []


def test_the_studio_shows_no_document_of_a_deal_to_who_may_see_none(app: Flask, world: World, let: Let) -> None:
    deal_id = world.works["gleb"].ids["deal_id"]
    with app.app_context():
        studio = f"/templates/{db.session.scalar(sa.select(Template.id).order_by(Template.id))}"
    boris = let({"deals.see": "all", "templates.edit": "all"})
    for path in (studio, f"{studio}?deal={deal_id}"):
        assert "Glebuzhin" not in boris.get(path).text
    seen = let({"deals.see": "all", "documents.see": "all", "templates.edit": "all"})
    assert "Glebuzhin" in seen.get(f"{studio}?deal={deal_id}").text


def test_prices_stand_on_no_form_of_a_deal_for_who_may_not_see_products(app: Flask, world: World, let: Let) -> None:
    deal_id = world.works["boris"].ids["deal_id"]
    with app.app_context():
        product_id = create_product(name="Secret polish", actor=None, price=12_345_00).id
        db.session.commit()
    path = f"/deals/{deal_id}/lines/form?product_id={product_id}"
    closed = let({"deals.see": "own", "deals.edit": "own"})
    assert "12,345" not in closed.get(path).text
    closed.post(f"/deals/{deal_id}/lines/new", data={"product_id": product_id, "product_id_text": "Secret polish", "quantity": "1"})
    assert "12,345" not in closed.get(f"/deals/{deal_id}").text
    assert "12345" in let({"deals.see": "own", "deals.edit": "own", "products.see": "all"}).get(path).text.replace(",", "")


def test_who_makes_no_clients_makes_none_with_a_deal(app: Flask, world: World, let: Let) -> None:
    boris, deal_id = let({"deals.see": "own", "deals.edit": "own"}), world.works["boris"].ids["deal_id"]
    sent = {"title": "New", "pipeline": world.pipeline_id, "client": "new-company", "client_text": "Sneaked Ltd"}
    assert boris.post("/deals/new", data=sent).status_code == 403
    assert boris.post(f"/deals/{deal_id}/people", data={"contact_id_text": "Sneaked Person"}).status_code == 403
    with app.app_context():
        assert db.session.scalar(sa.select(Company.id).where(Company.name.contains("Sneaked"))) is None
        assert db.session.scalar(sa.select(Contact.id).where(Contact.given_name == "Sneaked")) is None


def test_one_s_own_person_does_not_open_a_stranger_s_company(app: Flask, world: World, let: Let) -> None:
    with app.app_context():
        company = db.session.get_one(Company, world.works["gleb"].ids["company_id"])
        contact_id = make_contact("Mine", company=company, manager_id=world.cast.boris).id
        db.session.commit()
    own = dict.fromkeys(("clients.see", "clients.edit", "deals.see", "deals.edit"), "own")
    page = let(own).post("/deals/new", data={"title": "New", "pipeline": world.pipeline_id, "client": f"contact-{contact_id}"},
                         follow_redirects=True).text
    assert "Mine" in page
    assert "firm@gleb-secret.example" not in page
    assert "Glebuzhin" not in page


def test_health_masks_what_a_mail_server_says(app: Flask, world: World, let: Let, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:9")
    with app.app_context():
        letter = db.session.get_one(Letter, world.works["gleb"].ids["letter_id"])
        note_trouble(letter, Trouble("550 no such box <secret.box@gleb.example>", passing=False), given_up=True)
        db.session.commit()
    page = let({"settings.edit": "all"}, ("client.email",)).get("/settings/health/").text
    assert "The last reason: 550 no such box" in page
    assert "secret.box@" not in page


def test_the_log_s_filter_does_not_tell_that_a_stranger_s_record_exists(app: Flask, world: World, let: Let) -> None:
    boris = let({"log.see": "all", "log.export": "all", "deals.see": "own", "clients.see": "own", "documents.see": "own"})
    gone = 900_000_000
    for card, name in (("deal", "deal_id"), ("contact", "contact_id"), ("company", "company_id"), ("document", "document_id")):
        for path in ("/settings/log", "/settings/log/export.csv"):
            theirs, none = (boris.get(f"{path}?card={card}-{one}").text.replace(f"{card}-{one}", "CARD")
                            for one in (world.works["gleb"].ids[name], gone))
            rows = [text.count("data-row") + text.count("\n") * (path != "/settings/log") for text in (theirs, none)]
            assert rows[0] == rows[1], (card, path)
    assert "Deal created" in boris.get(f"/settings/log?card=deal-{world.works['boris'].ids['deal_id']}").text


def test_only_the_owner_sees_alarms_and_puts_them_aside(app: Flask, cast: Cast, let: Let) -> None:
    with app.app_context():
        with own_transaction() as connection:
            raise_alarm(connection, "files", cast.boris, day=today(), count=5000)
        db.session.commit()
    boris, owner = let({"log.see": "all"}), sign_in(app, "owner")
    assert "Look at this" not in boris.get("/settings/log").text
    assert boris.post("/settings/log/seen").status_code == 403
    assert "Look at this" in owner.get("/settings/log").text
    assert owner.post("/settings/log/seen").status_code == 303
    assert "Look at this" not in owner.get("/settings/log").text


def test_an_account_without_a_password_that_leads_records_is_not_opened(app: Flask, cast: Cast) -> None:
    with app.app_context():
        row = roles.set_level("manager", "team")
        levels = dict(row.powers.levels) | {"users.see": "all", "users.edit": "all"}
        roles.change_role("manager", levels=levels, hidden=row.hidden, actor=None)
        db.session.commit()
        boris = db.session.get_one(User, cast.boris)
        ghost = accounts.create_user(name="Gina Ghost", email="ghost@example.com", role="manager")
        db.session.flush()
        accounts.may_open(ghost, boris)  # a newcomer leads nothing yet
        make_deal(make_pipeline(), manager_id=ghost.id)
        with pytest.raises(NotAllowed):
            accounts.may_open(ghost, boris)
        with pytest.raises(NotAllowed):
            accounts.invite(ghost, actor=boris)


@pytest.fixture
def limited(app: Flask, world: World, let: Let) -> FlaskClient:
    """Boris sees all deals and tasks, and five rows of lists a day."""
    with app.app_context():
        db.session.execute(sa.update(Organization).values(guard={"lists": 5}))
        db.session.commit()
        counting.tally().today.clear()
        pipeline = db.session.get_one(Deal, world.works["boris"].ids["deal_id"]).pipeline
        for number in range(6):
            make_deal(pipeline, title=f"More {number}", manager_id=world.cast.gleb)
        db.session.commit()
    return let({"deals.see": "all", "tasks.see": "all"})


def test_the_day_s_limit_holds_for_the_live_board_and_for_tasks(limited: FlaskClient, world: World) -> None:
    pipeline = f"pipeline={world.pipeline_id}"
    assert limited.get(f"/deals/board?{pipeline}").status_code == 403
    assert limited.get(f"/deals/board/changes?since=x&{pipeline}", headers={"HX-Request": "true"}).status_code == 403
    for _time in range(3):
        last = limited.get("/tasks?whose=all&every=1").status_code
    assert last == 403


def test_documents_that_are_read_count_as_cards(app: Flask, world: World) -> None:
    boris, document_id = sign_in(app, "boris"), world.works["boris"].ids["document_id"]
    with app.app_context():
        counting.tally().pending.clear()
        counting.tally().opened.clear()
    boris.get(f"/documents/{document_id}")
    boris.get(f"/documents/{document_id}/word")
    with app.app_context():
        taken = {what: count.rows for (who, _hour, what), count in counting.tally().pending.items() if who == world.cast.boris}
    assert taken == {"card": 1}


def test_nobody_is_their_own_second_person(app: Flask, cast: Cast) -> None:
    with app.app_context():
        levels = levels_of("head") | {"users.see": "all", "users.edit": "all"}
        roles.change_role("head", levels=levels, hidden=(), actor=None)
        db.session.execute(sa.update(Organization).values(guard={"deletes": 1}))
        head = db.session.get_one(User, cast.head)
        accounts.set_password(accounts.create_user(name="Puppet", email="puppet@example.com", role="head", actor=head),
                              db.session.get_one(User, cast.owner).password_hash or "")
        accounts.set_password(accounts.create_user(name="Other", email="other@example.com", role="head"),
                              db.session.get_one(User, cast.owner).password_hash or "")
        ids = [make_company(f"Firm {number}").id for number in range(3)]
        db.session.commit()
    head_, puppet, other = (sign_in(app, who) for who in ("head", "puppet", "other"))
    for company_id in ids:
        head_.post(f"/companies/{company_id}/delete")
    with app.app_context():
        request_id, version = db.session.execute(sa.select(MassRequest.id, MassRequest.version)).one()
    assert "Puppet" not in head_.get("/settings/waiting").text
    assert puppet.post(f"/settings/waiting/{request_id}/approve", data={"version": version}).status_code == 404
    assert other.post(f"/settings/waiting/{request_id}/approve", data={"version": version}).status_code == 303
