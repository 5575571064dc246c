"""Tasks that a contract brings onto desks: the lawyer's to agree it, the manager's to mend it, one before each of its days.

Each task is found again by its origin, so that it follows when a day moves, is done with the act that it asks for, and is taken off
when nothing is to be done any more: the day was cleared, the contract cancelled or taken back.
"""

import datetime as dt

from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _l

from crm.accounts import queries as accounts
from crm.core import dates, modules
from crm.core.db import db
from crm.core.events import Event, subscribe
from crm.documents import agreeing, states
from crm.documents import events as facts
from crm.documents.models import Agreement, Document
from crm.documents.operations import title
from crm.tasks import operations as tasks
from crm.tasks import queries as task_queries

LAWYER, MEND = "lawyer", "mend"
DAYS: dict[str, LazyString] = {
    "ends_on": _l("%(title)s ends on %(day)s: agree on what comes next"), "deliver_on": _l("%(title)s: delivery by %(day)s"),
    "pay_on": _l("%(title)s: payment by %(day)s")}


def _document(event: Event) -> Document | None:
    """The document of the fact, while tasks are in use."""
    return db.session.get(Document, event.data.get("document_id", 0)) if modules.on("tasks") else None


def _origin(document: Document, what: str) -> str:
    return f"document-{document.id}-{what}"


def asked(event: Event) -> None:
    """To agree, for the lawyer, by the wanted day."""
    document = _document(event)
    row = agreeing.agreement(document) if document else None
    if document is None or row is None:
        return
    _close(document, MEND)
    _keep(document, LAWYER, _said(_l("Agree %(title)s"), event), row.due_on or dates.today(), row.lawyer_id)


def answered(event: Event) -> None:
    """The lawyer has answered, so that task is done, or it was taken back; what came back is the manager's today."""
    document = _document(event)
    if document is None:
        return
    (_drop if event.kind == facts.LAWYER_NOT_ASKED.code else _close)(document, LAWYER)
    if event.kind == facts.DOCUMENT_RETURNED.code:
        _keep(document, MEND, _said(_l("Mend %(title)s: the lawyer has remarks"), event), dates.today(), _manager(document))
    elif event.kind == facts.DOCUMENT_AGREED.code:
        _keep(document, MEND, _said(_l("Send %(title)s to the client: it is agreed"), event), dates.today(), _manager(document))


def moved_on(event: Event) -> None:
    """Sent, signed, its days set, cancelled, in force again, a new text: tasks follow."""
    document = _document(event)
    if document is None:
        return
    if document.cancelled_at is not None or document.state not in (states.LAWYER, states.RETURNED, states.AGREED):
        _drop(document, LAWYER)
        (_close if event.kind in (facts.DOCUMENT_SENT.code, facts.DOCUMENT_SIGNED.code) else _drop)(document, MEND)
    row = agreeing.agreement(document)
    if row is not None:
        for name in DAYS:
            _remind(document, row, name)


def _remind(document: Document, row: Agreement, name: str) -> None:
    """The task before one of the days. An end that stood in the paper from the start counts from its signing on."""
    day: dt.date | None = getattr(row, name)
    early = name == "ends_on" and day == document.valid_until and document.state not in states.CLOSED
    if day is None or early or document.cancelled_at is not None:
        _drop(document, name)
        return
    locale = accounts.the_organization().locale
    with force_locale(locale):
        text = str(DAYS[name]) % {"title": title(document), "day": dates.day_text(day, locale)}
    _keep(document, name, text, max(day - dt.timedelta(days=row.remind_days), min(dates.today(), day)), _manager(document))


def _said(words: LazyString, event: Event) -> str:
    """The words of a task in the company's language."""
    with force_locale(accounts.the_organization().locale):
        return str(words) % {"title": event.data["title"]}


def _manager(document: Document) -> int | None:
    return document.deal.manager_id or document.created_by_id


def _keep(document: Document, what: str, text: str, due_on: dt.date, assignee_id: int | None) -> None:
    """One open task of this origin, with these words and this day."""
    task = task_queries.of_origin(_origin(document, what))
    if task is None or (task.done_at is not None and (task.text, task.due_on) != (text, due_on)):
        tasks.create_task(text=text, due_on=due_on, actor=None, deal=document.deal, assignee_id=assignee_id,
                          origin=_origin(document, what))
    elif task.done_at is None and (task.text, task.due_on, task.assignee_id) != (text, due_on, assignee_id):
        tasks.update_task(task, actor=None, text=text, due_on=due_on, assignee_id=assignee_id)


def _close(document: Document, what: str) -> None:
    task = task_queries.of_origin(_origin(document, what))
    if task is not None and task.done_at is None:
        tasks.complete_task(task, actor=None)
        task.origin = f"{task.origin}-over"  # by itself, not by a person: a contract in force again brings a new one
        db.session.flush()


def _drop(document: Document, what: str) -> None:
    task = task_queries.of_origin(_origin(document, what))
    if task is not None:
        tasks.drop_task(task, actor=None)


def listen() -> None:
    """Hang the tasks to the facts."""
    subscribe(facts.LAWYER_ASKED, asked)
    for kind in (facts.DOCUMENT_AGREED, facts.DOCUMENT_RETURNED, facts.LAWYER_NOT_ASKED):
        subscribe(kind, answered)
    for kind in (facts.DOCUMENT_SENT, facts.DOCUMENT_SIGNED, facts.DOCUMENT_TAKEN_BACK, facts.TERMS_SET, facts.DOCUMENT_CANCELLED,
                 facts.DOCUMENT_REVIVED, facts.VERSION_ADDED):
        subscribe(kind, moved_on)
