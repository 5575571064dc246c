"""New texts of a document under its one number: an edited Word file, or the template filled anew. What was there before stays."""

from dataclasses import replace

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core import files
from crm.core.db import db, utcnow
from crm.documents import agreeing, context, doubts, engine, events, sheets, states
from crm.documents.catalogue import freeze
from crm.documents.models import Document, DocumentVersion, Remark
from crm.documents.operations.agreement import refuse_cancelled, stale
from crm.documents.operations.errors import DocumentError, TemplateRefused, UnlikeError
from crm.documents.operations.making import tell


def look_into(data: bytes, author: str) -> "engine.Edited":
    """What is in an edited file; nothing is stored. TemplateRefused for one that is hostile, broken or no Word file.

    The clean text is in the name of `author`, our company, not of colleagues. Slow for large files: before the write lock.
    """
    if len(data) > files.MAX_UPLOAD:
        raise TemplateRefused(_("The file is larger than %(limit)s MB. Make its pictures smaller and upload it again.",
                                limit=files.MAX_MEGABYTES), field="file")
    try:
        found = engine.read_edited(data)
        if not engine.blocks(found.clean):
            raise TemplateRefused(_("There are no words in this file. Choose the edited document."), field="file")
        return replace(found, clean=engine.in_name_of(found.clean, author))
    except engine.TemplateError as error:
        raise TemplateRefused(" ".join(map(_said, error.faults[:3])), field="file") from error
    except engine.TooMuchToCompareError as error:
        raise TemplateRefused(_("The document is longer than five hundred pages. Divide it."), field="file") from error


def _said(fault: "engine.Fault") -> str:
    """What is wrong with the file; the check of templates would speak of a template."""
    if fault.code == "pdf":
        return _("This is a PDF. The edited contract has to be a Word document: choose the .docx that was edited.")
    if fault.code == "too_long":
        return _("The edited contract is far too long. Divide it.")
    return fault.message(_)


def add_edited(document: Document, edited: "engine.Edited", source: bytes, *, seen: int, actor: User, sure: bool = False) -> None:
    """The edited text as the newest version; what colleagues left in the file becomes remarks.

    DocumentError when nothing has changed; UnlikeError for what may be another document, unless the person is `sure`.
    """
    _refuse(document)
    if seen != document.revision:
        raise stale()
    text, present = engine.blocks(edited.clean), engine.blocks(files.read(document.digest))
    if text == present and not edited.notes:
        raise DocumentError(_("The text of this file is that of the present version. Nothing was changed."), field="file")
    if not sure and (why := doubts.doubt(document, present, text)):
        raise UnlikeError(why)
    by_hand = document.by_hand if text == present else not _was_made(document, text)
    _add(document, files.keep(edited.clean), seen=seen, by_hand=by_hand, actor=actor, source=files.keep(source))
    for note in edited.notes:
        db.session.add(Remark(document_id=document.id, revision=document.revision, kind=note.kind, text=note.text, quote=note.quote,
                              author=note.author, by_id=actor.id, at=min(note.at, utcnow()) if note.at else utcnow()))
    db.session.flush()
    tell(events.VERSION_ADDED, document, actor, number=document.revision, by_hand=by_hand, text=_told(edited))


def _was_made(document: Document, text: list[str]) -> bool:
    """Whether an earlier version that came from the template has these words."""
    return any(engine.blocks(files.read(one.digest)) == text for one in agreeing.versions(document) if not one.by_hand)


def _told(edited: "engine.Edited") -> str:
    """How much was found in the file."""
    if not edited.notes:
        return ""
    found = _("Remarks and changes found in the file: %(count)s.", count=len(edited.notes) + edited.more)
    if edited.more:
        return found + " " + _("The first %(count)s are shown; the rest stands in the uploaded file.", count=len(edited.notes))
    return found


def fill_anew(document: Document, *, seen: int, actor: User) -> None:
    """The template's present version with the deal's present data, under the same number and date. DocumentError without a change."""
    _refuse(document)
    if document.kind == "invoice":  # which may be for a part of the deal, and may be paid already
        raise DocumentError(_("An invoice keeps its sum. Make a new one, and cancel this one."))
    made = document.version.template.current if document.version else None
    if made is None:
        raise DocumentError(_("This template no longer exists. Choose another one."))
    if document.firm_id != document.deal.firm_id:  # its number is one of the other company's
        raise DocumentError(_("The deal is with another company of ours now. Make a new document, and cancel this one."))
    data = context.build(document.deal, kind=document.kind, lang=document.locale, number=document.numbered, dated=document.dated,
                         valid_until=document.valid_until)
    digest = files.keep(sheets.render(made.digest, context.with_pictures(data)))
    if digest == document.digest:
        raise DocumentError(_("Nothing in the deal or the template has changed since: the text would be the same."))
    _add(document, digest, seen=seen, by_hand=False, actor=actor)
    document.version_id, document.context = made.id, freeze(data)
    document.amount, document.currency = document.deal.amount, document.deal.currency
    db.session.flush()
    tell(events.VERSION_ADDED, document, actor, number=document.revision, amount=document.amount, currency=document.currency)


def _add(document: Document, digest: str, *, seen: int, by_hand: bool, actor: User, source: str | None = None) -> None:
    """The version itself. "Agreed" and "sent" are lost with the text that they were said of; what the client has stays what they see."""
    state = document.state if document.state in (states.LAWYER, states.RETURNED) else states.DRAFT
    step = sa.update(Document).where(Document.id == document.id, Document.revision == seen, Document.state == document.state)
    step = step.values(revision=seen + 1, state=state, digest=digest, pdf_digest=None, by_hand=by_hand)
    before = (document.digest, document.pdf_digest, document.by_hand)
    if db.session.scalar(step.returning(Document.id).execution_options(synchronize_session=False)) is None:
        raise stale()
    if seen == 1:
        db.session.add(DocumentVersion(document_id=document.id, number=1, digest=before[0], by_hand=before[2],
                                       made_by_id=document.created_by_id, made_at=document.created_at))
        db.session.flush()
    db.session.execute(sa.update(DocumentVersion).where(
        DocumentVersion.document_id == document.id, DocumentVersion.number == seen).values(pdf_digest=before[1]))
    db.session.add(DocumentVersion(document_id=document.id, number=seen + 1, digest=digest, source_digest=source, by_hand=by_hand,
                                   made_by_id=actor.id))
    db.session.flush()
    db.session.refresh(document, ["revision", "state", "digest", "pdf_digest", "by_hand"])


def _refuse(document: Document) -> None:
    refuse_cancelled(document)
    if not agreeing.goes(document.kind):
        raise DocumentError(_("Documents of this kind have one text. Make a new one."))
    if document.state in states.CLOSED:
        raise DocumentError(_("It is signed, so its text stays. Make a new document instead of it, or an addition to it."))
