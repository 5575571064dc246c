"""Stages that ask for money, and deals that go on by themselves when it comes."""

from collections.abc import Callable
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.billing import operations
from crm.billing.terms import Step
from crm.core import dates
from crm.core.db import db
from crm.core.events import Event
from crm.deals.models import Deal
from crm.deals.operations import MissingForStage, move_deal
from crm.documents import parts
from crm.documents.models import Document
from crm.documents.operations import make_document, template_for
from crm.documents.parts import Part
from tests.billing.scene import committed
from tests.cast import Cast, sign_in

Bill = Callable[..., Document]


def act(deal: Deal, actor: User) -> Document:
    return make_document(deal, template=template_for(kind="act", locale="ru", key=""), actor=actor)


@pytest.mark.parametrize(("code", "percent"), [("prepaid", 30), ("invoice_paid", 30), ("paid", 100)])
def test_a_stage_asks_for_money(deal: Deal, bill: Bill, books: User, boris: User, code: str, percent: int) -> None:
    stage = deal.pipeline.stages[1]
    stage.requires = [code]
    with pytest.raises(MissingForStage):
        move_deal(deal, stage, actor=boris)
    one = bill(part=Part(parts.PERCENT, Decimal(percent)))
    operations.record_payment(deal, amount=one.amount - 1, invoices=[one], actor=books)
    with pytest.raises(MissingForStage):
        move_deal(deal, stage, actor=boris)
    operations.record_payment(deal, amount=1, invoices=[one], actor=books)
    assert move_deal(deal, stage, actor=boris)


def test_the_prepayment_is_the_first_payment_of_the_terms(deal: Deal, books: User, boris: User) -> None:
    deal.pipeline.stages[1].requires = ["prepaid"]
    operations.set_terms(deal, "own", [Step(percent=Decimal(10), due_on=dates.today()), Step()], actor=boris)
    operations.record_payment(deal, amount=41_020_39, actor=books)
    assert move_deal(deal, deal.pipeline.stages[1], actor=boris)


def test_a_part_that_is_switched_off_holds_nobody_up(deal: Deal, boris: User) -> None:
    deal.pipeline.stages[1].requires = ["paid"]
    the_organization().modules_off = ["payments"]
    assert move_deal(deal, deal.pipeline.stages[1], actor=boris)


def test_a_deal_comes_to_a_stage_when_it_is_paid_and_to_won_by_the_act(deal: Deal, bill: Bill, books: User, boris: User) -> None:
    stages = deal.pipeline.stages
    stages[1].arrives_on, stages[2].arrives_on, stages[3].arrives_on = "prepaid", "paid", "paid_and_act"
    one = bill(part=Part(parts.PERCENT, Decimal(30)))
    operations.record_payment(deal, amount=one.amount, invoices=[one], actor=books)
    assert deal.stage is stages[1]
    rest = bill(part=Part(parts.REST))
    operations.record_payment(deal, amount=rest.amount, invoices=[rest], actor=books)
    assert deal.stage is stages[2]
    act(deal, boris)
    assert (deal.stage, deal.status) == (stages[3], "won")


def test_it_stays_with_the_reason_on_the_timeline_where_the_stage_asks_for_more(
        deal: Deal, bill: Bill, books: User, context: Session) -> None:
    stage = deal.pipeline.stages[1]
    stage.arrives_on, stage.requires = "paid", ["document_contract"]
    one = bill()
    operations.record_payment(deal, amount=one.amount, invoices=[one], note="thanks", actor=books)
    told = context.scalars(sa.select(Event).where(Event.kind == "payment.received")).one()
    assert deal.stage is deal.pipeline.stages[0]
    assert told.data["text"].startswith("thanks\nСделка осталась")


def test_nothing_moves_when_a_payment_is_deleted_or_the_deal_was_taken_back(deal: Deal, bill: Bill, books: User, boris: User) -> None:
    deal.pipeline.stages[1].arrives_on = "paid"
    payment = operations.record_payment(deal, amount=deal.amount, invoices=[bill()], actor=books)
    move_deal(deal, deal.pipeline.stages[0], actor=boris)
    operations.delete_payment(payment, actor=books)
    assert deal.stage is deal.pipeline.stages[0]


def test_the_deal_proposes_to_be_won_once_it_is_paid_and_the_act_is_made(app: Flask, cast: Cast) -> None:
    deal_id, invoice_id = committed(app, cast)
    boris = sign_in(app, "boris")
    with app.app_context():
        deal, books = db.session.get_one(Deal, deal_id), db.session.get_one(User, cast.accountant)
        operations.record_payment(deal, amount=deal.amount, invoices=[db.session.get_one(Document, invoice_id)], actor=books)
        db.session.commit()
    assert "Win the deal" not in boris.get(f"/deals/{deal_id}/payments").text
    with app.app_context():
        act(db.session.get_one(Deal, deal_id), db.session.get_one(User, cast.boris))
        db.session.commit()
    assert "Win the deal" in boris.get(f"/deals/{deal_id}/payments").text
    assert "Win the deal" not in sign_in(app, "accountant").get(f"/deals/{deal_id}/payments").text
