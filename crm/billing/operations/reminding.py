"""Invoices past due: a task for the manager, and by the owner's switch a letter to the client; each once for an invoice."""

import datetime as dt

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.billing import events, rules
from crm.billing.models import InvoiceReminder
from crm.billing.queries import overdue
from crm.core import modules
from crm.core.db import db, upsert, utcnow
from crm.core.events import record
from crm.core.money import format_money
from crm.documents import operations as documents
from crm.documents.models import Document
from crm.documents.words.dates import date_plain
from crm.firms import queries as firms
from crm.mail import drafts
from crm.mail.operations import write_letter
from crm.tasks import queries as tasks
from crm.tasks.operations import create_task, drop_task

TASK, LETTER = "task", "letter"


def remind(today: dt.date) -> int:
    """Speak of every invoice past due by the rules; how many were spoken of. In the company's language, letters in that of the invoice."""
    now, done = rules.rules(), 0
    for late in overdue.to_remind(TASK, today - dt.timedelta(days=int(now["task_after"]) - 1)):
        if _first(late.invoice, TASK):
            _tell_manager(late, today)
            done += 1
    if now["letters"] and modules.on("mail") and current_app.config["SMTP_URL"]:
        for late in overdue.to_remind(LETTER, today - dt.timedelta(days=int(now["letter_after"]) - 1)):
            done += _write(late)
    return done


def _first(invoice: Document, rule: str) -> bool:
    """Whether this rule speaks of the invoice for the first time; of two processes one hears yes."""
    row = upsert(db.engine, InvoiceReminder).values(document_id=invoice.id, rule=rule, at=utcnow()).on_conflict_do_nothing()
    return db.session.scalar(row.returning(InvoiceReminder.document_id)) is not None


def _tell_manager(late: overdue.Late, today: dt.date) -> None:
    invoice, deal = late.invoice, late.invoice.deal
    left = format_money(late.owed, invoice.currency, accounts.the_organization().locale)
    record(events.INVOICE_OVERDUE, invoice, deal, deal.company, deal.contact, actor_id=None, title=documents.title(invoice),
           amount=late.owed, currency=invoice.currency, document_id=invoice.id)
    if modules.on("tasks"):
        create_task(text=_("%(invoice)s is past due, %(sum)s left: ask when it will be paid", invoice=documents.title(invoice), sum=left),
                    due_on=today, actor=None, kind="call", assignee_id=deal.manager_id or invoice.created_by_id, deal=deal,
                    origin=_origin(invoice))


def _origin(invoice: Document) -> str:
    return f"invoice-{invoice.id}-overdue"


def stop_asking(invoice: Document) -> None:
    """An invoice that is paid or cancelled is asked about no more; past due again, as when its payment is deleted, it is anew."""
    task = tasks.of_origin(_origin(invoice)) if modules.on("tasks") else None
    if task is not None and task.done_at is None:
        drop_task(task, actor=None)
        db.session.execute(sa.delete(InvoiceReminder).where(InvoiceReminder.document_id == invoice.id, InvoiceReminder.rule == TASK))


def _write(late: overdue.Late) -> bool:
    """Write to the client, when there is an address and somebody of ours to write in whose name."""
    invoice, deal = late.invoice, late.invoice.deal
    author = deal.manager or invoice.created_by
    to = drafts.address(deal, author) if author is not None and author.active else ""
    if not to or author is None or not _first(invoice, LETTER):
        return False
    ours = firms.details(invoice.firm_id)
    with force_locale(invoice.locale):
        title = f"{documents.title(invoice)}, {ours.name}"
        left = format_money(late.owed, invoice.currency, invoice.locale)
        body = _("Good day,\n\n%(invoice)s of %(date)s was to be paid by %(until)s. By our books %(sum)s are still open. If you have paid "
                 "meanwhile, please ignore this letter.\n\nKind regards,\n%(who)s\n%(company)s", invoice=documents.title(invoice),
                 date=date_plain(invoice.dated, invoice.locale), until=date_plain(invoice.valid_until, invoice.locale), sum=left,
                 who=author.name, company=ours.name)
    found = drafts.attachment(invoice) or (None, "")
    write_letter(to=to, subject=title, body=body, actor=author, deal=deal, attachment_digest=found[0], attachment_name=found[1])
    return True
