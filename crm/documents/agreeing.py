"""Reads of the agreement of contracts: which kinds ask for it, how far one is, what waits for a lawyer, what was said."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from crm.accounts import queries as accounts
from crm.accounts import scope
from crm.accounts.models import User
from crm.clients.models import Company, Contact
from crm.clients.names import client_name
from crm.core.db import db
from crm.deals import requirements
from crm.deals.models import Deal
from crm.documents import states
from crm.documents.models import KINDS, Agreement, AgreementRule, Document, DocumentVersion, Remark, TemplateVersion

MOST_WAITING = 100


def rules() -> dict[str, bool]:
    """Whether the lawyer is asked, by kind: what the owner has said, else contracts and specifications where there is a lawyer."""
    said = {row.kind: row.asked for row in db.session.scalars(sa.select(AgreementRule))}
    usual = _has_lawyer() if any(kind not in said for kind in states.USUAL) else False
    return {kind: said.get(kind, usual and kind in states.USUAL) for kind in KINDS}


def asks(kind: str) -> bool:
    """Whether documents of the kind are sent only after the lawyer has agreed."""
    said = db.session.scalar(sa.select(AgreementRule.asked).where(AgreementRule.kind == kind))
    return said if said is not None else kind in states.USUAL and _has_lawyer()


def goes(kind: str) -> bool:
    """Whether documents of the kind go from draft to signed at all."""
    return kind in states.USUAL or asks(kind)


def _has_lawyer() -> bool:
    return db.session.scalar(sa.select(User.id).where(User.active, accounts.like("lawyer")).limit(1)) is not None


def lawyers(document: Document) -> list[User]:
    """Who may agree this document: lawyers first, then the others who have the right, by name."""
    found = [user for user in accounts.users() if scope.sees(user, document.deal.manager_id, "documents.agree")]
    return sorted(found, key=lambda user: (user.sells, user.role == "owner"))


def agreement(document: Document) -> Agreement | None:
    """What is known of the document's way; None while nothing has happened."""
    people = (Agreement.asked_by, Agreement.lawyer, Agreement.agreed_by)
    return db.session.get(Agreement, document.id, options=[joinedload(one) for one in people])


def version(document: Document, number: int) -> DocumentVersion | None:
    """A version by its number; None for one that is not there, and for the only one of a document that never changed."""
    return db.session.scalar(sa.select(DocumentVersion).where(
        DocumentVersion.document_id == document.id, DocumentVersion.number == number))


def versions(document: Document) -> Sequence[DocumentVersion]:
    """All versions of a document whose text has changed, newest first; none of one that is as it was made."""
    if document.revision == 1:
        return ()
    return db.session.scalars(sa.select(DocumentVersion).options(joinedload(DocumentVersion.made_by)).where(
        DocumentVersion.document_id == document.id).order_by(DocumentVersion.number.desc())).all()


def digest_of(document: Document, number: int) -> str | None:
    """The content of a version's Word file."""
    if number == document.revision:
        return document.digest
    found = version(document, number)
    return found.digest if found else None


def sent(document: Document) -> tuple[str, str | None]:
    """(Word, PDF) by content of what the client is shown: the version that was sent, never a newer one."""
    if document.revision > 1:
        row = db.session.get(Agreement, document.id)
        found = version(document, row.sent_revision if row and row.sent_revision else 1)
        if found is not None and found.number != document.revision:
            return found.digest, found.pdf_digest
    return document.digest, document.pdf_digest


@dataclass(frozen=True)
class Thread:
    """A remark and the answers to it."""

    remark: Remark
    answers: list[Remark] = field(default_factory=list)


def threads(document: Document) -> list[Thread]:
    """What was said of the document: what is not settled first, then by time; answers under what they answer."""
    rows = db.session.scalars(sa.select(Remark).options(joinedload(Remark.by), joinedload(Remark.settled_by)).where(
        Remark.document_id == document.id).order_by(Remark.id)).all()
    found = {row.id: Thread(row) for row in rows if row.parent_id is None}
    for row in rows:
        if row.parent_id in found:
            found[row.parent_id].answers.append(row)
    return sorted(found.values(), key=lambda one: one.remark.settled_at is not None)


@dataclass(frozen=True)
class Way:
    """All of it for the document's page. `goes`: this kind goes that way at all; `newer`: see `newer_template`."""

    goes: bool
    asked: bool
    steps: list[states.Step]
    row: Agreement | None
    threads: list[Thread]
    versions: Sequence[DocumentVersion]
    newer: int | None

    @property
    def open(self) -> int:
        """How many remarks are not settled."""
        return sum(1 for one in self.threads if one.remark.settled_at is None)


def way(document: Document) -> Way:
    """How far the document is, what was said of it, which versions it has."""
    asked = asks(document.kind)
    there = asked or document.kind in states.USUAL
    return Way(there, asked, states.bar(document.state, asked=asked), agreement(document) if there else None,
               threads(document) if there else [], versions(document), newer_template(document))


def unsettled(document: Document) -> int:
    """How many remarks are not settled."""
    query = sa.select(sa.func.count(Remark.id)).where(
        Remark.document_id == document.id, Remark.parent_id.is_(None), Remark.settled_at.is_(None))
    return db.session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that waits for the lawyer: since when, by which day, who asked."""

    id: int
    kind: str
    numbered: str
    client: str
    asked_by: str
    asked_at: dt.datetime
    due_on: dt.date | None
    lawyer_id: int | None


def waiting(reader: User, limit: int = MOST_WAITING) -> list[Waiting]:
    """What the reader may agree, the longest waiting first."""
    asker = aliased(User)
    query = sa.select(
        Document.id, Document.kind, Document.numbered, Company.name, Contact.surname, Contact.given_name, Contact.patronymic, Deal.title,
        asker.name, Agreement.asked_at, Agreement.due_on, Agreement.lawyer_id).join(Document.deal).join(
        Agreement, Agreement.document_id == Document.id).outerjoin(Deal.company).outerjoin(Deal.contact).outerjoin(
        asker, asker.id == Agreement.asked_by_id)
    waits = Document.state == sa.bindparam(None, states.LAWYER, literal_execute=True)  # as the index says it
    query = query.where(waits, Document.cancelled_at.is_(None), Deal.deleted_at.is_(None))
    query = scope.narrow(query, Deal.manager_id, reader, "documents.agree").order_by(Agreement.asked_at, Document.id)
    return [_waiting(row) for row in db.session.execute(query.limit(limit))]


def _waiting(row: Any) -> Waiting:
    id_, kind, numbered, company, surname, given, middle, deal, asked_by, *rest = row
    client = client_name(company, surname, given, middle) or deal
    return Waiting(id_, kind, numbered, client, asked_by or "", *rest)


def newer_template(document: Document) -> int | None:
    """The number of the template's present version, when the document was made from an older one."""
    made = document.version
    if made is None:
        return None
    newest = db.session.scalar(sa.select(sa.func.max(TemplateVersion.number)).where(
        TemplateVersion.template_id == made.template_id, TemplateVersion.accepted))
    return newest if newest is not None and newest > made.number else None


def has_contract(deal: Deal, *reached: str) -> bool:
    """Whether a contract in force has reached one of these states: what a stage may require."""
    return db.session.scalar(sa.select(Document.id).where(
        Document.deal_id == deal.id, Document.kind == "contract", Document.cancelled_at.is_(None),
        Document.state.in_(reached)).limit(1)) is not None


requirements.add("contract_agreed", lambda deal: has_contract(deal, states.AGREED, states.SENT, states.SIGNED, states.KEPT))
requirements.add("contract_signed", lambda deal: has_contract(deal, *states.CLOSED))
