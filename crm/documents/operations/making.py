"""Documents are made here: the number, the data, the bytes, in one transaction."""

import datetime as dt
import re
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core import dates, files
from crm.core.db import db
from crm.core.events import Event, Kind, record
from crm.core.text import search_text
from crm.deals.models import Deal
from crm.documents import context, events, kinds, numbering, parts, queries, sheets
from crm.documents.catalogue import freeze, thaw
from crm.documents.models import Document, Template
from crm.documents.operations.errors import DocumentError, DraftChangedError
from crm.documents.operations.numbers import take_number
from crm.documents.paying import INVOICE

SEPARATORS = re.compile(r"[\x00-\x1f\x7f/\\|:]+")
NOT_IN_NAMES = re.compile(r'[*?"<>]+')


def valid_by_default(kind: str, dated: dt.date) -> dt.date | None:
    """Until when a document of the kind holds, when nobody says otherwise."""
    days = kinds.VALID_DAYS.get(kind)
    return dated + dt.timedelta(days=days) if days else None


def make_document(deal: Deal, *, template: Template, actor: User | None, dated: dt.date | None = None,
                  valid_until: dt.date | None = None, part: parts.Part | None = None, account: str = "", seen: str = "") -> Document:
    """Make a document of `deal` from the template's current version, with the next number of its kind in the name of the deal's company.

    `dated` is the company's today by default, `valid_until` what is usual for the kind, `part` what an invoice is for, `account` the
    one of ours to be paid to, else the usual one. `seen`: what the person had before them, see context.seal; DraftChangedError when it
    would be something else. The bytes are on disk
    before the transaction ends. SheetError and DocumentError say why it cannot be made.
    """
    version = template.current
    if version is None:
        raise DocumentError(_("This template has no usable version. Upload the Word file again."))
    dated = dated or dates.today()
    valid_until = valid_until or valid_by_default(template.kind, dated)
    if valid_until is not None and valid_until < dated:
        raise DocumentError(_("The document cannot expire before its own date. Change one of the two dates."))
    rule = queries.number_rule(template.kind, deal.firm_id)
    number = take_number(template.kind, numbering.series(deal.firm_id, rule.year(dated)))
    numbered = rule.write(number, dated)
    part = part if template.kind == INVOICE else None
    asked = parts.asked_for(deal) if template.kind == INVOICE else None
    lines = parts.lines_of(deal, part, template.locale, dated, asked) if asked else []
    if template.kind == INVOICE and not parts.amount_of(lines):
        raise DocumentError(parts.why_nothing(part))
    data = context.build(deal, kind=template.kind, lang=template.locale, number=numbered, dated=dated,
                         valid_until=valid_until, part=part, account=account, asked=asked)
    if seen and seen != context.seal(data, version.digest):
        raise DraftChangedError(_("This is how the document looks now: your choice or the deal has changed since it was shown. Create it?"))
    made = sheets.render(version.digest, context.with_pictures(data))
    document = Document(
        deal_id=deal.id, kind=template.kind, locale=template.locale, firm_id=deal.firm_id,
        series=numbering.series(deal.firm_id, dated.year), number=number,
        numbered=numbered, dated=dated,
        valid_until=valid_until, amount=parts.amount_of(lines) if lines else deal.amount, currency=deal.currency,
        part=parts.told(part, lines) if lines else None, version_id=version.id,
        context=freeze(data), digest=files.keep(made), created_by_id=actor.id if actor else None)
    document.file_name = file_name(document, deal.client_title)
    document.search_text = search_text(numbered, deal.client_title, deal.title)
    db.session.add(document)
    db.session.flush()
    tell(events.DOCUMENT_MADE, document, actor, amount=document.amount, currency=document.currency)
    return document


def title(document: Document) -> str:
    """The document's name in its own language: 'КП 17/2026'."""
    with force_locale(document.locale):
        return f"{kinds.LABELS[document.kind]} {document.numbered}"


def tell(kind: Kind, document: Document, actor: User | None, **data: Any) -> Event:
    """Record a fact of the document on its deal's and client's timelines."""
    deal = document.deal
    return record(kind, document, deal, deal.company, deal.contact, actor_id=actor.id if actor else None, title=title(document),
                  document_id=document.id, **data)


def file_name(document: Document, client: str) -> str:
    """The name of the Word file in the document's language: letters of any alphabet, nothing that a disk refuses."""
    with force_locale(document.locale):
        label = str(kinds.LABELS[document.kind])
    name = f"{label} {SEPARATORS.sub('-', document.numbered)} {client}"
    clean = " ".join(NOT_IN_NAMES.sub("", SEPARATORS.sub(" ", name)).split()).strip(" .")
    return f"{clean[:120].strip(' .')}.docx"


def remake(document: Document) -> bytes:
    """The document from its kept data and template version: the same bytes as then."""
    if document.version is None:
        raise DocumentError(_("This template no longer exists. Choose another one."))
    return sheets.render(document.version.digest, context.with_pictures(thaw(document.context)))
