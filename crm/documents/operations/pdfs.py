"""The PDF of a document: wanted in the request, made by a job after it, kept by content."""

import sqlalchemy as sa

from crm.core import files, jobs
from crm.core.db import db, utcnow
from crm.documents import queries
from crm.documents.models import Document, DocumentVersion


def ask_for_pdf(document: Document) -> None:
    """Want the PDF; a try that has failed is begun anew."""
    if document.pdf_digest:
        return
    job = queries.pdf_job(document)
    if job is not None:
        if job.error:
            job.error, job.attempts, job.run_at = None, 0, utcnow()
        return
    jobs.enqueue(queries.PDF_JOB, key=queries.pdf_key(document), document_id=document.id)


def keep_pdf(digest: str, pdf: bytes) -> None:
    """Keep the PDF of every document that has these Word bytes."""
    kept = files.keep(pdf)
    for table in (Document, DocumentVersion):  # a client may still be shown an earlier version
        db.session.execute(sa.update(table).where(table.digest == digest).values(pdf_digest=kept))
