"""Quotes, contracts and invoices of the demo, made by the real engine in the order of their days."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crm.core.db import db
from crm.deals.models import LOST, OPEN
from crm.demo.operations import payments
from crm.demo.operations.clock import Clock
from crm.demo.operations.diary import Diary
from crm.demo.operations.firm import Firm
from crm.demo.operations.lives import Life
from crm.documents import events
from crm.documents import operations as documents
from crm.documents.models import Document, Template

DEALS = 36  # recent ones that may have papers
# the stage before which a paper is sent, and how often it is
MILESTONES = {
    "distribution": (("quote", 1, 0.7), ("contract", 6, 0.2), ("invoice", 6, 0.8)),
    "cleaning": (("quote", 5, 1.0), ("contract", 8, 1.0), ("invoice", 9, 0.9)),
}
LINKED, OPENED = 0.65, 0.75  # of quotes: sent as a link, opened by the client


@dataclass(frozen=True)
class _Paper:
    at: dt.datetime
    life: Life
    kind: str


def make(lives: Sequence[Life], ours: Firm, clock: Clock, dice: random.Random, diary: Diary) -> None:
    """Make the papers that the stages of recent deals speak of."""
    templates: dict[str, Template] = {}
    for template in documents.install_templates(actor=ours.people[0]):
        if template.locale == ours.organization.locale:
            templates.setdefault(template.kind, template)  # the plain one of a kind stands first
    papers = sorted((paper for life in _chosen(lives) for paper in _of(life, dice)), key=lambda one: one.at)
    for paper in papers:
        document = _make(paper, templates[paper.kind], clock)
        diary.take(paper.at)
        if paper.kind == "quote" and dice.random() < LINKED:
            _send(document, paper, clock, dice, diary)
    payments.pay(templates, ours, clock, dice, diary)


def _chosen(lives: Sequence[Life]) -> list[Life]:
    """Open deals in stages that ask for a paper, and the latest others that speak of one."""
    fitting = [life for life in lives if life.sale.fate != LOST and life.sale.items
               and any(life.sale.last >= place for _kind, place, _chance in MILESTONES[life.sale.way.code])]
    fitting.sort(key=lambda life: (not _asked(life), -life.deal.touched_at.timestamp()))
    return fitting[:max(DEALS, sum(_asked(life) for life in fitting))]


def _asked(life: Life) -> bool:
    """Whether the deal could not stand where it does without its papers."""
    return life.sale.fate == OPEN and any(
        life.sale.last >= place for _kind, place, chance in MILESTONES[life.sale.way.code] if chance == 1)


def _of(life: Life, dice: random.Random) -> Iterator[_Paper]:
    for kind, place, chance in MILESTONES[life.sale.way.code]:
        if life.sale.last >= place and dice.random() < chance:
            number = next(number for number, stay in enumerate(life.stays) if stay.place >= place)
            came, before = (life.deal.history[at].entered_at for at in (number, number - 1))
            yield _Paper(life.clock.shortly_before(came, before), life, kind)


def _make(paper: _Paper, template: Template, clock: Clock) -> Document:
    document = documents.make_document(paper.life.deal, template=template, actor=paper.life.sale.seller.user,
                                       dated=paper.at.astimezone(clock.zone).date())
    document.created_at = paper.at
    return document


def _send(document: Document, paper: _Paper, clock: Clock, dice: random.Random, diary: Diary) -> None:
    """The quote went out as a link; most clients have opened it since, some more than once."""
    link = documents.make_link(document, actor=paper.life.sale.seller.user)
    link.created_at = paper.at + dt.timedelta(minutes=3)
    link.ends_at = link.created_at + dt.timedelta(days=documents.DAYS)
    diary.take(link.created_at)
    at = link.created_at + dt.timedelta(minutes=dice.randint(20, 300))
    if at >= clock.now or dice.random() > OPENED:
        return
    link.opened_at, link.opened = at, dice.randint(1, 4)
    deal = document.deal
    diary.add(at, events.DOCUMENT_OPENED, document, deal, deal.company, deal.contact, actor_id=None,
              document_kind=document.kind, document_id=document.id,
              number=document.numbered)
    db.session.flush()
