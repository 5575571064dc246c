"""Load a document or a template and ask for the right in one call. What one may not see is 404."""

from typing import NoReturn

import sqlalchemy as sa
from flask import abort
from flask_babel import gettext as _

from crm.accounts import scope
from crm.core import access
from crm.core.db import db
from crm.deals import access as deals
from crm.deals.models import Deal
from crm.documents import queries, trials
from crm.documents.models import Document, DocumentLink, Remark, Template, TemplateVersion
from crm.guard import counting

actor = deals.actor


def document(document_id: int, right: str = "documents.see") -> Document:
    """The document of a deal that they see; 404 when it is not theirs to see, 403 for a deed they may not do."""
    access.require(right)
    found = queries.document(document_id, actor())
    if found is None or not deals.sees(found.deal):
        _missing()
    if not scope.may(right, found.deal):
        access.refuse()
    counting.opened("document", found.id)
    return found


def signed(document_id: int) -> Document:
    """A document whose last step may be taken back by this person."""
    found = document(document_id, "documents.make")
    return found if takes_back(found) else access.refuse()


def takes_back(found: Document) -> bool:
    """Whether they may say that it is not signed: who leads its deal, and who agrees documents. Who only makes papers may not."""
    return scope.may("deals.edit", found.deal) or scope.may("documents.agree", found.deal)


def deal(deal_id: int, right: str = "documents.see") -> Deal:
    """The deal that documents are made for."""
    access.require(right)
    found = deals.deal(deal_id, "see")
    if right != "documents.see" and found.deleted_at is not None:
        _missing()
    if not scope.may(right, found):
        access.refuse()
    return found


def link(document_id: int, link_id: int) -> DocumentLink:
    """A link of a document, to be recalled."""
    row = document(document_id, "documents.make")
    return next((one for one in row.links if one.id == link_id), None) or _missing()


def remark(document_id: int, remark_id: int) -> tuple[Document, Remark]:
    """A document and a remark on it, to be answered or settled."""
    row = document(document_id, "documents.make")
    said = db.session.get(Remark, remark_id)
    return (row, said) if said is not None and said.document_id == row.id else _missing()


def template(template_id: int) -> Template:
    """A template with its versions."""
    return queries.template(template_id) or _missing()


def version(template_id: int, number: int) -> tuple[Template, TemplateVersion]:
    """A template and one of its versions."""
    row = template(template_id)
    return row, next((one for one in row.versions if one.number == number), None) or _missing()


def deal_to_try(deal_id: int | None, typed: str) -> Deal | None:
    """A deal to try a template on; None when none was chosen or it is not this person's to see.

    Where nothing could be picked, without scripts, the first that holds the typed words.
    """
    if not deal_id:
        return next(iter(trials.deals_to_try(typed, actor())), None) if typed else None
    query = scope.narrow(sa.select(Deal).where(Deal.id == deal_id, Deal.deleted_at.is_(None)), Deal.manager_id, actor(), "documents.see")
    return db.session.scalar(query)


def _missing() -> NoReturn:
    abort(404, _("There is no such document, or you have no access to it. Go back to the list."))
