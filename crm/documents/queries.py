"""Reads of templates and documents. Documents are seen by whoever sees their deal."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from crm.accounts import scope
from crm.accounts.models import User
from crm.clients.models import Company, Contact
from crm.clients.names import client_name
from crm.core import finding, listing
from crm.core.dates import Period, today
from crm.core.db import CLOCKS_DIFFER, db, utcnow
from crm.core.events import Event, EventLink
from crm.core.jobs import Job
from crm.deals import requirements
from crm.deals.models import Deal
from crm.documents import events, numbering, offering, paying, states
from crm.documents.models import (
    KINDS,
    Document,
    DocumentLink,
    NumberRule,
    NumberSeries,
    Template,
    TemplateVersion,
)
from crm.documents.shipped import FORMER, LOCALES, Shipped, by_digest, of_kind
from crm.firms import queries as firms
from crm.firms.models import FIRST

PDF_JOB = "documents.pdf"


@dataclass(frozen=True)
class Choice:
    """A template that a document can be made from: a stored one, or a shipped file that has no row yet."""

    kind: str
    locale: str
    digest: str
    name: str = ""
    template: Template | None = None
    stem: str = ""

    @property
    def key(self) -> str:
        """What stands in addresses and forms: the id, or 'contract-work-ru' for a shipped file."""
        return str(self.template.id) if self.template else f"{self.stem}-{self.locale}"

    @property
    def own(self) -> bool:
        """Whether the business has brought it itself."""
        return by_digest(self.digest) is None and self.digest not in FORMER


def choices(kind: str, locale: str, deal: Deal | None = None) -> list[Choice]:
    """Templates in use of a kind and language that are offered for the deal; all of them where none is meant for it.

    The one to propose stands first: what asks for most, then the newest of the business's own, then what came with the program.
    """
    rows = _templates(kind, locale)
    if not rows:
        return [Choice(one.kind, one.locale, one.digest, one.label, stem=one.stem) for one in of_kind(kind, locale)]
    found = [Choice(row.kind, row.locale, row.current.digest, row.name, row) for row in rows if not row.archived and row.current]
    if deal is not None:
        found = [one for one in found if one.template and offering.fits(one.template.terms, deal)] or found
    return sorted(found, key=_first)


def _first(one: Choice) -> tuple[int, bool, int]:
    row = one.template
    return (-offering.strictness(row.terms), not one.own, -row.id if one.own else row.id) if row else (0, True, 0)


def _templates(kind: str, locale: str) -> Sequence[Template]:
    query = sa.select(Template).where(Template.kind == kind, Template.locale == locale)
    return db.session.scalars(query.options(selectinload(Template.versions)).order_by(Template.id)).all()


def stored(kind: str, locale: str) -> bool:
    """Whether the business has any template of the kind and language, in use or not."""
    query = sa.select(Template.id).where(Template.kind == kind, Template.locale == locale).limit(1)
    return db.session.scalar(query) is not None


def with_digest(kind: str, locale: str, digest: str) -> Template | None:
    """The template of which this file is the present version."""
    return next((row for row in _templates(kind, locale) if row.current and row.current.digest == digest), None)


def choose(kind: str, locale: str, key: str = "", deal: Deal | None = None) -> Choice | None:
    """The template with this key, else the one to propose for the deal."""
    named = next((one for one in choices(kind, locale) if one.key == key), None) if key else None
    return named or next(iter(choices(kind, locale, deal)), None)


def languages(kind: str) -> list[str]:
    """Languages in which this kind can be made."""
    return [locale for locale in LOCALES if choices(kind, locale)]


@dataclass(frozen=True)
class Shelf:
    """The templates page: stored templates of one kind and language, and the shipped files that are not among them.

    While there are no stored ones, the shipped are in use.
    """

    kind: str
    locale: str
    templates: Sequence[Template]
    shipped: Sequence[Shipped]


def shelves() -> list[Shelf]:
    """All templates by kind and language."""
    rows = db.session.scalars(sa.select(Template).options(
        selectinload(Template.versions).joinedload(TemplateVersion.uploaded_by)).order_by(Template.id)).all()
    own: dict[tuple[str, str], list[Template]] = {}
    for row in rows:
        own.setdefault((row.kind, row.locale), []).append(row)
    known = {version.digest for row in rows for version in row.versions}
    return [Shelf(kind, locale, own.get((kind, locale), ()), [one for one in of_kind(kind, locale) if one.digest not in known])
            for kind in KINDS for locale in LOCALES]


def template(template_id: int) -> Template | None:
    """A template with its versions and who uploaded them."""
    return db.session.get(Template, template_id, options=[
        selectinload(Template.versions).joinedload(TemplateVersion.uploaded_by)])


def made_from(template_id: int) -> int:
    """How many documents were made from any version of a template."""
    query = sa.select(sa.func.count(Document.id)).join(Document.version)
    return db.session.scalar(query.where(TemplateVersion.template_id == template_id)) or 0


def _with_people(query: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    """Rows of a list: without the data that they were made from, several kilobytes each, which no list shows."""
    return query.options(defer(Document.context), joinedload(Document.created_by), selectinload(Document.links))


def of_deal(deal: Deal) -> Sequence[Document]:
    """Documents of a deal, newest first."""
    query = sa.select(Document).where(Document.deal_id == deal.id).order_by(Document.id.desc()).limit(100)
    return db.session.scalars(_with_people(query)).all()


def document(document_id: int, reader: User) -> Document | None:
    """A document of a deal that the reader sees, with its deal, client, version and links."""
    deal = contains_eager(Document.deal)
    query = sa.select(Document).join(Document.deal).where(Document.id == document_id).options(
        deal.joinedload(Deal.company), deal.joinedload(Deal.contact), joinedload(Document.created_by),
        joinedload(Document.version).joinedload(TemplateVersion.template), selectinload(Document.links))
    query = scope.narrow(query, Deal.manager_id, reader, "deals.see")
    return db.session.scalar(scope.narrow(query, Deal.manager_id, reader, "documents.see"))


@dataclass(frozen=True, slots=True)
class Line:
    """A document in the list; `client` is the deal's title when it has none, `opened` when the client first opened it."""

    id: int
    kind: str
    numbered: str
    dated: dt.date
    amount: int
    currency: str
    deal_id: int
    client: str
    made_by: str | None
    accepted: dt.datetime | None
    cancelled: dt.datetime | None
    state: str
    by_hand: bool
    opened: dt.datetime | None
    payment: str  # of an invoice in force: issued, partly, paid, overdue; "" of everything else
    firm: int  # of ours; 0 is the first


def documents(wish: listing.Wish, reader: User, period: Period | None = None) -> listing.Page:
    """A page of the documents that the reader may see; `period` is by the documents' own dates."""
    first_opened = sa.select(sa.func.min(DocumentLink.opened_at)).where(
        DocumentLink.document_id == Document.id).scalar_subquery()
    query = sa.select(
        Document.id, Document.kind, Document.numbered, Document.dated, Document.amount, Document.currency,
        Document.deal_id, Company.name, Contact.surname, Contact.given_name, Contact.patronymic, Deal.title, User.name,
        Document.accepted_at, Document.cancelled_at, Document.state, Document.by_hand, first_opened, Document.paid,
        Document.valid_until, sa.func.coalesce(Document.firm_id, FIRST)).join(Document.deal)
    query = query.outerjoin(Deal.company).outerjoin(Deal.contact).outerjoin(Document.created_by)
    query = scope.narrow(query.where(Deal.deleted_at.is_(None)), Deal.manager_id, reader, "documents.see")
    if wish.q:
        query = query.where(*finding.matching(Document.search_text, wish.q))
    if wish.filters.get("firm"):
        firm_id = firms.column(wish.filters["firm"])
        query = query.where(Document.firm_id == firm_id if firm_id else Document.firm_id.is_(None))
    if wish.filters.get("kind") in KINDS:
        query = query.where(Document.kind == wish.filters["kind"])
    if wish.filters.get("state") in paying.STATES:
        query = query.where(paying.matching(wish.filters["state"], today()))
    if period is not None:
        query = query.where(Document.dated.between(period.start, period.end))
    columns = {"dated": (Document.dated, Document.id), "number": (Document.series, Document.number, Document.id),
               "amount": (Document.amount, Document.id), "made": (Document.created_at, Document.id)}
    page = listing.fetch(query.order_by(*listing.order(columns, wish, "-made")), wish, "documents.index")
    return replace(page, rows=[_line(row) for row in page.rows])


def _line(row: Any) -> Line:
    (id_, kind, numbered, dated, amount, currency, deal_id,
     company, surname, given, middle, deal, made_by, accepted, cancelled, state, by_hand, opened_at, paid, until, firm) = row
    client = client_name(company, surname, given, middle) or deal
    return Line(id_, kind, numbered, dated, amount, currency, deal_id, client, made_by, accepted, cancelled, state, by_hand, opened_at,
                paying.state(amount, paid, until, today()) if kind == paying.INVOICE and cancelled is None else "", firm)


def rests_on(deal: Deal, kind: str, without: int = 0) -> Document | None:
    """The paper of a kind in force that others refer to: the newest signed one, else the newest that the client has, else the newest.

    It is of the company that the deal is with now, and comes without the data that it was made from. The one with the id `without` is
    to be corrected and does not count.
    """
    query = sa.select(Document).options(defer(Document.context)).where(
        Document.deal_id == deal.id, Document.kind == kind, Document.cancelled_at.is_(None), Document.id != without,
        Document.firm_id == deal.firm_id if deal.firm_id else Document.firm_id.is_(None))
    binding = sa.case((Document.state.in_(states.CLOSED), 0), (Document.state == states.SENT, 1), else_=2)
    return db.session.scalar(query.order_by(binding, Document.id.desc()).limit(1)) if deal.id else None


def invoiced(deal: Deal, without: int = 0) -> Sequence[tuple[int, dict[str, Any] | None]]:
    """The sums of a deal's invoices in force, each with what it is for; not of the one with the id `without`, which is to be corrected."""
    query = sa.select(Document.amount, Document.part).where(
        Document.deal_id == deal.id, Document.currency == deal.currency, paying.in_force(), Document.id != without)
    return [(amount, part) for amount, part in db.session.execute(query.order_by(Document.id))]


def corrected_by(document: Document) -> Document | None:
    """What is in force instead of a document: the one made for it, or where that was corrected too, the last of them."""
    found: Document | None = document
    while found is not None and (found is document or found.cancelled_at is not None):
        found = db.session.scalar(sa.select(Document).options(defer(Document.context)).where(
            Document.instead_of_id == found.id).order_by(Document.id.desc()).limit(1))
    return found


def corrected_one(document: Document) -> Document | None:
    """What a document was made instead of; without the data that it was made from."""
    query = sa.select(Document).options(defer(Document.context)).where(Document.id == document.instead_of_id)
    return db.session.scalar(query) if document.instead_of_id else None


def has_kind(deal: Deal, kind: str) -> bool:
    """Whether a deal has a document of the kind in force: what a stage may require."""
    query = sa.select(Document.id).where(Document.deal_id == deal.id, Document.kind == kind, Document.cancelled_at.is_(None)).limit(1)
    return db.session.scalar(query) is not None


def opened(row: Document) -> dt.datetime | None:
    """When the client first opened the document; needs its links."""
    return min((link.opened_at for link in row.links if link.opened_at), default=None)


def times_opened(row: Document) -> int:
    """How often it was opened through its links."""
    return sum(link.opened for link in row.links)


def live_link(row: Document) -> DocumentLink | None:
    """The newest link that neither ended nor was recalled."""
    now = utcnow()
    return next((link for link in sorted(row.links, key=lambda one: -one.id)
                 if link.recalled_at is None and link.ends_at > now), None)


def link_by_hash(token_hash: str) -> DocumentLink | None:
    """A link that opens today; None for unknown, ended and recalled ones, for cancelled documents and for deals in the bin."""
    query = (sa.select(DocumentLink).join(DocumentLink.document).join(Document.deal)
             .where(DocumentLink.token_hash == token_hash, DocumentLink.recalled_at.is_(None),
                    DocumentLink.ends_at > utcnow(), Document.cancelled_at.is_(None), Deal.deleted_at.is_(None)))
    doc = joinedload(DocumentLink.document)
    return db.session.scalar(query.options(
        doc.joinedload(Document.deal).joinedload(Deal.manager), doc.joinedload(Document.created_by),
        doc.joinedload(Document.version), doc.joinedload(Document.deal).joinedload(Deal.company),
        doc.joinedload(Document.deal).joinedload(Deal.contact)))


def questions_of(row: Document) -> int:
    """How many questions came from the page of a document."""
    query = sa.select(sa.func.count(Event.id)).join(Event.links).where(
        EventLink.card == Document.card, EventLink.card_id == row.id, Event.kind == events.DOCUMENT_ASKED.code)
    return db.session.scalar(query) or 0


def number_rule(kind: str, firm_id: int | None = None) -> numbering.Rule:
    """How numbers of a kind are written by a company of ours."""
    found = db.session.get(NumberRule, (firm_id or 0, kind))
    return numbering.Rule(found.pattern, found.yearly) if found else numbering.Rule()


def number_rules(firm_id: int | None = None) -> dict[str, numbering.Rule]:
    """That of every kind."""
    found = {row.kind: numbering.Rule(row.pattern, row.yearly) for row in db.session.scalars(
        sa.select(NumberRule).where(NumberRule.firm == (firm_id or 0)))}
    return {kind: found.get(kind, numbering.Rule()) for kind in KINDS}


def next_number(kind: str, rule: numbering.Rule, dated: dt.date, firm_id: int | None = None) -> int:
    """The number that the next document of this day will get by that rule, if nobody is faster."""
    year = rule.year(dated)
    series = numbering.series(firm_id, year)
    last = db.session.scalar(sa.select(NumberSeries.last).where(NumberSeries.kind == kind, NumberSeries.series == series))
    if last is None:
        within = (series, series) if year else numbering.all_series(firm_id)
        last = db.session.scalar(sa.select(sa.func.max(Document.number)).where(Document.kind == kind, Document.series.between(*within)))
    return (last or 0) + 1


def opening_told_since(row: Document, moment: dt.datetime) -> bool:
    """Whether the timeline has been told of an opening since then; one of the future was told by a clock that was wrong."""
    query = (sa.select(Event.id).join(Event.links).where(
        EventLink.card == Document.card, EventLink.card_id == row.id, Event.at.between(moment, utcnow() + CLOCKS_DIFFER),
        Event.kind == events.DOCUMENT_OPENED.code).limit(1))
    return db.session.scalar(query) is not None


def pdf_key(row: Document) -> str:
    """The key of the job that makes this document's PDF."""
    return f"pdf-{row.id}"


def pdf_job(row: Document) -> Job | None:
    """The waiting or failed job of a PDF."""
    return db.session.scalar(sa.select(Job).where(Job.key == pdf_key(row)))


def waiting_for_pdf(first: int, limit: int) -> Sequence[Document]:
    """The document of a job and others whose PDF is wanted, at most `limit`: they are made in one run."""
    keys = db.session.scalars(sa.select(Job.key).where(
        Job.kind == PDF_JOB, Job.error.is_(None)).order_by(Job.id).limit(limit)).all()
    ids = [first, *(int(key.removeprefix("pdf-")) for key in keys if key)]
    query = sa.select(Document).where(Document.id.in_(list(dict.fromkeys(ids))[:limit]), Document.pdf_digest.is_(None))
    return db.session.scalars(query).all()


def digest_of(document_id: int) -> str | None:
    """The content of a document's Word file."""
    return db.session.scalar(sa.select(Document.digest).where(Document.id == document_id))


requirements.add("document_quote", lambda deal: has_kind(deal, "quote"))
requirements.add("document_contract", lambda deal: has_kind(deal, "contract"))
