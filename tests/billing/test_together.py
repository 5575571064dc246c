"""Two people at the same moment, and tables that go up and down on a filled base."""

import threading

import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask

from crm.accounts.models import User
from crm.billing import operations
from crm.billing.models import InvoiceReminder, Payment, PaymentPart
from crm.core import dates, schema
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents.models import Document
from tests.billing.scene import committed
from tests.cast import Cast, make_cast


def filled(app: Flask, **fields: int) -> tuple[Cast, int, int]:
    with app.app_context():
        cast = make_cast()
    deal_id, invoice_id = committed(app, cast, **fields)
    return cast, deal_id, invoice_id


def test_two_payments_at_once_never_take_more_than_the_invoice_asks_for(real_app: Flask) -> None:
    cast, deal_id, invoice_id = filled(real_app)
    ready, wrong = threading.Barrier(4), []

    def pay() -> None:
        with real_app.app_context():
            deal, invoice = db.session.get_one(Deal, deal_id), db.session.get_one(Document, invoice_id)
            books, whole = db.session.get_one(User, cast.accountant), invoice.amount
            db.session.commit()
            ready.wait(10)
            try:
                operations.record_payment(deal, amount=whole, invoices=[invoice], actor=books)
                db.session.commit()
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=pay) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    with real_app.app_context():
        invoice = db.session.get_one(Document, invoice_id)
        taken = db.session.scalar(sa.select(sa.func.sum(PaymentPart.amount)))
        rests = db.session.scalar(sa.select(sa.func.sum(Payment.rest)))
        assert (invoice.paid, taken, rests) == (invoice.amount, invoice.amount, invoice.amount * 3)


def test_an_overdue_invoice_is_spoken_of_once_by_two_processes(real_app: Flask) -> None:
    _cast, _deal_id, _invoice_id = filled(real_app, late=2)
    ready, counts = threading.Barrier(2), []

    def remind() -> None:
        with real_app.app_context():
            ready.wait(10)
            counts.append(operations.remind(dates.today()))
            db.session.commit()

    threads = [threading.Thread(target=remind) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 1


def test_the_tables_go_down_and_up_again_on_a_filled_base(real_app: Flask) -> None:
    _cast, deal_id, invoice_id = filled(real_app, late=40)
    with real_app.app_context():
        deal, invoice = db.session.get_one(Deal, deal_id), db.session.get_one(Document, invoice_id)
        operations.record_payment(deal, amount=100_00, invoices=[invoice], actor=None)
        db.session.commit()
        db.session.remove()
        before = downgrade_and_back()
        assert before == 1
        invoice = db.session.get_one(Document, invoice_id)
        assert (invoice.paid, db.session.scalar(sa.select(sa.func.count(Payment.id)))) == (0, 0)
        assert {rule for rule in db.session.scalars(sa.select(InvoiceReminder.rule))} == {"task", "letter"}
        assert operations.remind(dates.today()) == 0


def downgrade_and_back() -> int:
    """Down to the revision before and up again; how many documents were there in between."""
    config = schema._config()
    before = ScriptDirectory.from_config(config).get_revision("0018").down_revision
    with schema.changing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, before)
        left = connection.scalar(sa.text("SELECT count(*) FROM document"))
    schema.upgrade()
    return int(left or 0)
