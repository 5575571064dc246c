"""The way of a contract: to the lawyer and back, agreed, sent. Every step names the version that its doer had before their eyes."""

import datetime as dt

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db, upsert, utcnow
from crm.core.errors import Stale
from crm.core.events import record
from crm.deals import arrivals
from crm.deals.operations import arrive
from crm.documents import agreeing, events, kinds, states
from crm.documents.models import REMIND_DAYS, Agreement, AgreementRule, Document
from crm.documents.operations.errors import DocumentError
from crm.documents.operations.making import tell
from crm.documents.operations.remarks import add_remark

BUSINESS_DAYS = 2  # that a lawyer has, when nobody says otherwise


def due_by_default(day: dt.date) -> dt.date:
    """Two working days later."""
    for _each in range(BUSINESS_DAYS):
        day += dt.timedelta(days=3 if day.weekday() == 4 else 2 if day.weekday() == 5 else 1)
    return day


def ask_lawyer(document: Document, *, seen: int, lawyer: User | None, due_on: dt.date | None, text: str, actor: User) -> None:
    """A draft goes to the lawyer, with a day by which it is wanted. DocumentError where nobody is asked."""
    if not agreeing.asks(document.kind):
        raise DocumentError(_("Documents of this kind are not agreed with a lawyer. Send it, or have the owner change the settings."))
    if due_on is not None and due_on < dates.today():
        raise DocumentError(_("This day has passed. Choose today or a later one."), field="due_on")
    _refuse_further(document, _("It is with the lawyer already."))
    go(document, states.LAWYER, seen=seen)
    row = row_of(document)
    row.asked_by_id, row.asked_at, row.lawyer_id = actor.id, utcnow(), lawyer.id if lawyer else None
    row.asked_text = text
    row.due_on = due_on or due_by_default(dates.today())
    db.session.flush()
    tell(events.LAWYER_ASKED, document, actor, to=lawyer.name if lawyer else "", text=text, due_on=row.due_on.isoformat())


def take_from_lawyer(document: Document, *, seen: int, actor: User) -> None:
    """A draft again, before the lawyer has said anything."""
    if document.state != states.LAWYER:
        raise DocumentError(_("It is not with the lawyer. Reload the page."))
    go(document, states.DRAFT, seen=seen)
    tell(events.LAWYER_NOT_ASKED, document, actor)


def agree(document: Document, *, seen: int, actor: User) -> None:
    """The lawyer agrees the version that they have read. DocumentError while remarks are open."""
    _refuse_further(document)
    if left := agreeing.unsettled(document):
        raise DocumentError(_("There are open remarks: %(left)s. Settle them first, or return the document.", left=left))
    go(document, states.AGREED, seen=seen)
    row = row_of(document)
    row.agreed_by_id, row.agreed_at, row.agreed_revision = actor.id, utcnow(), document.revision
    db.session.flush()
    told = tell(events.DOCUMENT_AGREED, document, actor)
    if document.kind == "contract":
        arrive(document.deal, arrivals.AGREED, told)


def give_back(document: Document, *, seen: int, text: str, quote: str, actor: User) -> None:
    """The lawyer returns it with a remark; it goes to the lawyer again when it is mended."""
    _refuse_further(document)
    if not text.strip():
        raise DocumentError(_("Say what is to be changed."), field="text")
    go(document, states.RETURNED, seen=seen)
    add_remark(document, text=text, quote=quote, actor=actor, told=False)
    tell(events.DOCUMENT_RETURNED, document, actor, text=text)


def _refuse_further(document: Document, waits: str = "") -> None:
    """Nothing is asked or agreed of what went further."""
    refuse_cancelled(document)
    if document.state == states.AGREED:
        raise DocumentError(_("It has been agreed already. A new version is agreed anew."))
    if document.state not in states.OPEN:
        raise DocumentError(_("It has been sent already. Upload a new version to have it agreed anew."))
    if waits and document.state == states.LAWYER:
        raise DocumentError(waits)


def refuse_cancelled(document: Document) -> None:
    """DocumentError for what is not in force."""
    if document.cancelled_at is not None:
        raise DocumentError(_("The document is cancelled. Put it in force again first."))


def may_send(document: Document) -> None:
    """DocumentError for what is cancelled, and for a contract that the lawyer has not agreed."""
    if document.cancelled_at is not None:
        raise DocumentError(_("The document is cancelled: it goes to nobody any more."))
    if document.state in (states.DRAFT, states.LAWYER, states.RETURNED) and agreeing.asks(document.kind):
        raise DocumentError(_("The lawyer has not agreed this document yet. Ask for it first, then send."))


def note_sent(document: Document, *, actor: User, seen: int | None = None) -> None:
    """The client has the present version from now on; what is sent again stays as it is. DocumentError for what may not be sent."""
    may_send(document)
    if document.state not in states.OPEN or not agreeing.goes(document.kind):
        return
    go(document, states.SENT, seen=seen or document.revision)
    row = row_of(document)
    row.sent_at, row.sent_revision = utcnow(), document.revision
    db.session.flush()
    tell(events.DOCUMENT_SENT, document, actor)


def go(document: Document, state: str, *, seen: int) -> None:
    """The step itself: from the state and the version that were seen, or Stale when somebody was faster."""
    step = sa.update(Document).where(
        Document.id == document.id, Document.state == document.state, Document.revision == seen, Document.cancelled_at.is_(None))
    if db.session.scalar(step.values(state=state).returning(Document.id).execution_options(synchronize_session=False)) is None:
        raise stale()
    db.session.refresh(document, ["state", "revision"])


def stale() -> Stale:
    """What is said to who was slower."""
    return Stale(_("Somebody has changed this document since you opened it. Reload the page and look at it again."))


def row_of(document: Document) -> Agreement:
    """What is known of the document's way, begun when there is nothing yet."""
    db.session.execute(upsert(db.engine, Agreement).values(
        document_id=document.id, asked_text="", signed_by="", scan_name="", scan_kind="", kept_where="", remind_days=REMIND_DAYS,
        ends_on=document.valid_until).on_conflict_do_nothing())
    return db.session.get_one(Agreement, document.id, with_for_update=True)


def set_rules(asked: list[str], *, actor: User) -> None:
    """Which kinds the lawyer agrees, from now on."""
    before = agreeing.rules()
    for kind in before:
        db.session.execute(upsert(db.engine, AgreementRule).values(kind=kind, asked=kind in asked).on_conflict_do_update(
            index_elements=["kind"], set_={"asked": kind in asked}))
    if [kind for kind, asks in before.items() if asks] != [kind for kind in before if kind in asked]:
        record(events.AGREEMENT_RULED, actor_id=actor.id, title=", ".join(str(kinds.LABELS[kind]) for kind in before if kind in asked))
