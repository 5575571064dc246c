"""The demo's contracts on their way: two with the lawyer, the others sent long since."""

import datetime as dt
import random

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.accounts.models import User
from crm.core import files
from crm.core.db import db, utcnow
from crm.deals.models import OPEN, Deal
from crm.demo.operations.clock import Clock
from crm.demo.operations.diary import Diary
from crm.demo.operations.firm import Firm
from crm.documents import engine, states
from crm.documents import operations as documents
from crm.documents.models import Agreement, Document, Remark

SAYS = {
    "ru": ("Клиент просит отсрочку, посмотрите порядок оплаты.", "Клиент платит через казначейство: поставьте десять рабочих дней.",
           ("оплат", "дней")),
    "en": ("The client asks for deferred payment, please look at the terms.", "Their accounts pay once a month: make it thirty days.",
           ("pay", "days")),
}


def advance(ours: Firm, clock: Clock, dice: random.Random, diary: Diary) -> None:
    """The newest contract of an open deal waits for the lawyer, the one before came back with a remark, the rest is with the clients."""
    rows = db.session.scalars(sa.select(Document).join(Document.deal).options(joinedload(Document.deal)).where(
        Document.kind == "contract").order_by((Deal.status == OPEN).desc(), Document.created_at.desc())).all()
    lawyer, owner = ours.of_role("lawyer"), ours.people[0]
    asks, returns, words = SAYS.get(ours.organization.locale, SAYS["en"])
    for place, document in enumerate(rows):
        asked, answered = (max(at, document.created_at) for at in sorted(
            clock.moments(clock.ago(days), 1, dice)[0] for days in (1 + place, 0)))
        if place < 2:
            _ask(document, lawyer, document.created_by or owner, asks, asked, diary)
        else:
            _long_sent(document, lawyer)
        if place == 1:
            _return(document, lawyer, returns, words, answered, diary)
    db.session.flush()


def _ask(document: Document, lawyer: User, asker: User, text: str, at: dt.datetime, diary: Diary) -> None:
    documents.ask_lawyer(document, seen=1, lawyer=lawyer, due_on=None, text=text, actor=asker)
    db.session.get_one(Agreement, document.id).asked_at = at
    diary.take(at)


def _return(document: Document, lawyer: User, text: str, words: tuple[str, ...], at: dt.datetime, diary: Diary) -> None:
    lines = engine.blocks(files.read(document.digest))
    quote = next((line for line in lines if all(word in line for word in words)), lines[min(5, len(lines) - 1)])
    documents.give_back(document, seen=1, text=text, quote=quote[:200], actor=lawyer)
    db.session.execute(sa.update(Remark).where(Remark.document_id == document.id).values(at=at))
    diary.take(at)


def _long_sent(document: Document, lawyer: User) -> None:
    """Agreed and sent an hour after it was made; tasks and the deal's last act stay what they are."""
    at = min(document.created_at + dt.timedelta(hours=1), utcnow())
    document.state = states.SENT
    db.session.add(Agreement(document_id=document.id, agreed_by_id=lawyer.id, agreed_at=at, agreed_revision=1, sent_at=at, sent_revision=1,
                             ends_on=document.valid_until))
