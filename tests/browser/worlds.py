"""Companies to walk through: a living one of the demo, an empty one, and one before its first start."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, g
from werkzeug.serving import make_server

from crm import create_app
from crm.accounts import operations as accounts
from crm.accounts import queries, resets, sessions
from crm.accounts.models import User
from crm.backup.models import DONE as BACKED_UP
from crm.backup.models import Backup
from crm.billing import operations as billing
from crm.catalog.models import PriceList, Product, ProductGroup, ProductPart
from crm.core import schema
from crm.core.db import db, utcnow
from crm.deals.library import load
from crm.deals.models import OPEN, Deal, DealLine
from crm.deals.operations import LineInput, add_line, create_pipeline
from crm.deals.operations.mass import DELETE
from crm.demo import operations as demo
from crm.documents import operations as papers
from crm.documents.models import Document
from crm.documents.shipped import shipped
from crm.firms import operations as own_companies
from crm.guard.models import DECLINED, WAITING, Alarm, MassRequest
from crm.guard.operations import chain
from crm.imports import operations as imports
from crm.mail.operations import write_letter
from crm.tasks.models import Task
from tests.conftest import BASE

CSV = (b"opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
       b"A1,Anna Berg,GTX,Acme,Won,2026-01-10,2026-02-01,1200\n"
       b"A2,Anna Berg,GTX,Bolt,Lost,2026-01-12,2026-02-03,0\n"
       b"A3,Ivo Lund,GTX,Acme,Dreaming,2026-31-12,,12k\n")


class World:
    """A served company: `url`, the ids that addresses need, and who is who."""

    def __init__(self, folder: Path, locale: str, fill: Callable[["World"], None]) -> None:
        self.locale, self.ids, self.people = locale, {}, {}
        self.app = create_app({**BASE, "WTF_CSRF_ENABLED": True, "LOCALE": locale, "DATA_DIR": folder,
                               "DATABASE_URL": f"sqlite:///{folder / 'world.sqlite3'}"})
        with self.app.app_context():
            schema.upgrade()
            g.locale = locale
            fill(self)
            db.session.commit()
            db.session.remove()
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    ids: dict[str, Any]
    people: dict[str, str]
    app: Flask

    def session(self, who: str) -> Any:
        """The cookie of somebody who has signed in."""
        client = self.app.test_client()
        with client.session_transaction() as session:
            session.update({"_user_id": self.people[who], "_fresh": True})
        cookie = client.get_cookie("voronka")
        assert cookie is not None
        return {"name": "voronka", "value": cookie.value, "url": self.url}

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()
        with self.app.app_context():
            db.engine.dispose()


def fill_living(world: World) -> None:
    """The demo company, with one of everything that has a page."""
    demo.fill(locale=world.locale, today=None)
    accounts.end_setup()
    accounts.create_user(name="Olga Smith", email="viewer@example.com", role="viewer", locale=world.locale)
    owner = db.session.scalars(sa.select(User).where(User.role == "owner")).first()
    deal = _rich_deal()
    assert owner is not None
    for role in ("owner", "manager", "viewer", "accountant", "lawyer"):
        person = db.session.scalars(sa.select(User).where(User.role == role).order_by(User.id)).first()
        assert person is not None
        world.people[role] = sessions.begin(person, by="password")
    world.people["manager"] = sessions.begin(db.session.get_one(User, deal.manager_id), by="password")
    document = db.session.scalars(sa.select(Document).where(Document.deal_id == deal.id, Document.kind == "quote")).first() \
        or papers.make_document(deal, template=papers.template_for(kind="quote", locale=world.locale, key=""), actor=owner)
    contract = papers.make_document(deal, template=papers.template_for(kind="contract", locale=world.locale, key=""), actor=owner)
    papers.ask_lawyer(contract, seen=1, lawyer=owner, due_on=None, text="", actor=owner)
    remark = papers.add_remark(contract, text="Ten days, please.", quote="within five days", actor=owner)
    signed = papers.make_document(deal, template=papers.template_for(kind="contract", locale=world.locale, key=""), actor=owner)
    papers.agree(signed, seen=1, actor=owner)
    papers.sign(signed, seen=1, scan=b"%PDF-1.4\n%%EOF\n", signed_on=signed.dated, signed_by="Ivo Lund", actor=owner)
    ready = shipped("quote", world.locale)
    assert ready is not None
    version = papers.upload(ready.data, kind="quote", locale=world.locale, name="Own quote", file_name="quote.docx",
                            actor=owner)
    fresh = imports.upload_file(what="deals", data=CSV, file_name="deals.csv", actor=owner)
    done = imports.upload_file(what="contacts", data=b"name;phone\nIvo Lund;+44 20 7946 0958\n;\n", file_name="people.csv",
                               actor=owner)
    imports.start_import(done, done.mapping, actor=owner)
    db.session.commit()
    imports.run_upload(done, actor_id=owner.id)
    _watched(deal)
    invoice = papers.make_document(deal, template=papers.template_for(kind="invoice", locale=world.locale, key=""), actor=owner)
    payment = billing.record_payment(deal, amount=deal.amount // 3 or 1_00, invoices=[invoice], number="118", actor=owner)
    letter = write_letter(to="client@example.com", subject="Our quote", body="Good day.", actor=owner, deal=deal)
    batch = papers.begin_batch([deal.id, 900_000_000], kind="quote", locale=world.locale, key="", dated=document.dated, actor=owner,
                               again=True)
    papers.run_batch(batch.id)
    backup = Backup(name="voronka-20261125T000000Z-schedule.backup", why="schedule", status=BACKED_UP, size=5_000_000,
                    verdict={"full": True, "counts": {"person": 250}, "files": 59, "read": 59})
    db.session.add(backup)
    db.session.flush()
    product = db.session.scalars(sa.select(Product).order_by(Product.id).limit(1)).one()
    wholesale = db.session.scalars(sa.select(PriceList).limit(1)).one()
    stages = {stage.kind: stage for stage in deal.pipeline.stages}
    firm = own_companies.add_firm(actor=owner, name="Second Trade", vat_rate=None)
    world.ids = {
        "firm": firm.id, "chooser": papers.token(papers.make_link(_with_a_choice(deal, owner, world.locale), actor=owner)),
        "deal": deal.id, "backup": backup.id, "batch": batch.id, "company": deal.company_id, "contact": deal.contact_id,
        "document": document.id, "contract": contract.id, "signed": signed.id, "remark": remark.id,
        "payment": payment.id, "invoice": invoice.id,
        "pipeline": deal.pipeline_id, "won": stages["won"].id, "lost": stages["lost"].id, "open": deal.pipeline.stages[1].id,
        "task": db.session.scalars(sa.select(Task.id).where(Task.deal_id == deal.id)).first() or 1,
        "product": product.id, "list": wholesale.id, "group": db.session.scalars(sa.select(ProductGroup.id).limit(1)).one(),
        "set": db.session.scalars(sa.select(ProductPart.set_id).limit(1)).one(), "template": version.template_id,
        "import": fresh.id, "report": done.id, "letter": letter.id, "user": owner.id, "seller": deal.manager_id, "line": deal.lines[0].id,
        "invite": accounts.invite(db.session.scalars(sa.select(User).where(User.role == "viewer")).one(), actor=owner),
        "reset": resets.make_token(),
        "link": papers.token(papers.make_link(document, actor=owner))}
    resets.keep_link(owner.id, world.ids["reset"], resets.BY_HAND)


def _with_a_choice(deal: Deal, owner: User, locale: str) -> Document:
    """A quote of which the client chooses: two alternatives, and a line to add."""
    for name, choice in (("Basic", "Package"), ("Full", "Package"), ("Delivery", "")):
        add_line(deal, LineInput(name=name, price=120_000, choice=choice, chosen=False), actor=owner)
    return papers.make_document(deal, template=papers.template_for(kind="quote", locale=locale, key=""), actor=owner)


def _watched(deal: Deal) -> None:
    """The guard has something to show: a sealed log, an alarm, a request that waits and one that was decided. Commits."""
    for status in (WAITING, DECLINED):
        ids = db.session.scalars(sa.select(Deal.id).where(Deal.manager_id == deal.manager_id).limit(40)).all()
        db.session.add(MassRequest(act=DELETE.code, ids=list(ids), data={}, asked_by_id=deal.manager_id, status=status,
                                   decided_at=utcnow() if status == DECLINED else None))
    db.session.add(Alarm(rule="cards", user_id=deal.manager_id, day=utcnow().date(), count=300, usual=12))
    db.session.commit()
    chain.seal()
    chain.check_slice()


def _rich_deal() -> Deal:
    """The open deal with the most lines, a company and a person."""
    lines = sa.select(sa.func.count()).where(DealLine.deal_id == Deal.id).scalar_subquery()
    papers_of = sa.select(sa.func.count()).where(Document.deal_id == Deal.id).scalar_subquery()
    wanted = sa.select(Deal).where(Deal.status == OPEN, Deal.company_id.is_not(None), Deal.contact_id.is_not(None),
                                   Deal.manager_id.is_not(None)).order_by(papers_of.desc(), lines.desc(), Deal.id)
    return db.session.scalars(wanted.limit(1)).one()


def fill_empty(world: World) -> None:
    """A company that has just been set up and has nothing yet."""
    accounts.create_organization(name="New firm", currency="RUB" if world.locale == "ru" else "USD",
                                 timezone="Europe/Moscow", locale=world.locale)
    owner = accounts.create_user(name="Anna Owner", email="owner@example.com", role="owner", locale=world.locale,
                                 password_hash="x")
    create_pipeline(spec=load("services", world.locale), actor=owner)
    accounts.end_setup()
    world.people["owner"] = sessions.begin(owner, by="password")


def fill_nothing(world: World) -> None:
    """Before the first start: only the link of the console opens the wizard."""
    link = accounts.setup_link("")
    assert link is not None
    assert queries.organization() is None
    world.ids["setup"] = link.rpartition("/")[2]
