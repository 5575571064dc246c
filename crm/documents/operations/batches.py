"""Documents of one kind for many deals: made by a job, a few at a time, each whole or not at all."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts import scope
from crm.accounts.models import User
from crm.core import dates, jobs
from crm.core.db import db, utcnow
from crm.core.errors import DomainError
from crm.core.i18n import choose_locale
from crm.deals.models import Deal
from crm.documents import doubles, queries, sheets
from crm.documents.catalogue import thaw
from crm.documents.gaps import Gap, gaps
from crm.documents.models import BATCH_DONE, BATCH_RUNNING, BATCH_STOPPED, Document, DocumentBatch, Template
from crm.documents.operations.errors import DocumentError
from crm.documents.operations.making import make_document
from crm.documents.operations.templates import stored_template
from crm.firms import queries as firms

MOST = 1000  # deals of one batch
AT_ONCE = 20  # documents between two commits


def begin_batch(deal_ids: Sequence[int], *, kind: str, locale: str, key: str, dated: dt.date, actor: User,
                again: bool = False) -> DocumentBatch:
    """A batch that a job makes: of each deal the template with this key, or else the one that is proposed for it.

    Deals that have a document of the kind in force are left out, but for `again`.
    """
    if not deal_ids:
        raise DocumentError(_("No deal of this list is yours to make documents for."))
    if len(deal_ids) > MOST:
        raise DocumentError(_("These are more than %(most)d deals. Narrow the filter and make them part by part.", most=MOST))
    twins = {} if again else doubles.numbered(deal_ids, kind)
    wanted = [deal_id for deal_id in deal_ids if deal_id not in twins]
    if not wanted:
        raise DocumentError(_("Each of these deals has one already."))
    batch = DocumentBatch(kind=kind, locale=locale, template_key=_lasting(kind, locale, key, actor), dated=dated, deal_ids=wanted, gaps=[],
                          skipped=[[deal_id, _there(*twins[deal_id])] for deal_id in twins], status=BATCH_RUNNING, created_by_id=actor.id)
    db.session.add(batch)
    db.session.flush()
    jobs.enqueue("documents.batch", key=f"documents-batch-{batch.id}", batch_id=batch.id)
    return batch


def _there(number: str, day: dt.date) -> str:
    return _("%(title)s of %(day)s is in force already.", title=number, day=dates.day_text(day, choose_locale()))


def _lasting(kind: str, locale: str, key: str, actor: User) -> str:
    """The key by which the chosen template is found to the end: one that came with the program gets a row with the first document."""
    choice = queries.choose(kind, locale, key) if key else None
    return str(stored_template(choice, actor=actor).id) if choice and choice.key == key else ""


def stop_batch(batch: DocumentBatch) -> None:
    """No more documents; those that are made stay."""
    if batch.status == BATCH_RUNNING:
        batch.status = BATCH_STOPPED


def run_batch(batch_id: int) -> None:
    """Make what is left of a batch; commits every few documents. Broken off, it goes on where it was."""
    while _some_more(batch_id):
        db.session.commit()
    db.session.commit()


def _some_more(batch_id: int) -> bool:
    """The next few; whether any are left. The row is locked: who stops the batch waits for these few."""
    batch = db.session.scalar(sa.select(DocumentBatch).where(DocumentBatch.id == batch_id).with_for_update()
                              .execution_options(populate_existing=True))
    if batch is None or batch.status != BATCH_RUNNING:
        return False
    actor = db.session.get(User, batch.created_by_id) if batch.created_by_id else None
    ids = batch.deal_ids[batch.done:batch.done + AT_ONCE]
    made = {deal_id: _made(batch, deal_id, actor) for deal_id in ids}
    batch.skipped = [*batch.skipped, *([deal_id, why] for deal_id, why in made.items() if isinstance(why, str))]
    papers = [paper for paper in made.values() if isinstance(paper, Document)]
    batch.gaps = [*batch.gaps, *([paper.id, empty] for paper in papers if (empty := len(_empty(paper))))]
    batch.done += len(ids)
    if batch.done >= len(batch.deal_ids):
        batch.status, batch.ended_at = BATCH_DONE, utcnow()
    return batch.status == BATCH_RUNNING


def _made(batch: DocumentBatch, deal_id: int, actor: User | None) -> Document | str:
    """Make the document of one deal; or why it could not be made, as a sentence."""
    deal = db.session.get(Deal, deal_id)
    if actor is None or not actor.active or deal is None or deal.deleted_at is not None or not scope.sees(
            actor, deal.manager_id, "documents.make"):
        return _("You may not make documents for this deal any more.")
    try:
        with db.session.begin_nested():
            template = _template(batch, deal, actor)
            made = make_document(deal, template=template, actor=actor, dated=batch.dated)
            made.batch_id = batch.id
            db.session.flush()
    except (DomainError, sheets.SheetError) as problem:
        return problem.message
    return made


def _empty(paper: Document) -> Sequence[Gap]:
    """The fields of a made document in which nothing stands."""
    if paper.version is None:
        return ()
    used = sheets.report(paper.version.digest).fields_used
    return [gap for gap in gaps(paper.deal, thaw(paper.context), used, firms.details(paper.firm_id), paper.locale) if not gap.proposal]


def _template(batch: DocumentBatch, deal: Deal, actor: User) -> Template:
    choice = queries.choose(batch.kind, batch.locale, batch.template_key, deal)
    if choice is None:
        raise DocumentError(_("There is no template of this kind. Upload a Word file first."))
    return stored_template(choice, actor=actor)
