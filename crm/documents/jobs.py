"""PDFs are made after the request, all that wait in one go."""

from crm.accounts.speaking import speak_for_company
from crm.core import files
from crm.core.db import db, reading
from crm.core.jobs import handler
from crm.documents import operations, pdf, queries

BATCH = 20


@handler(queries.PDF_JOB)
def make_pdfs(document_id: int) -> None:
    """Make the PDF of this document and of the others that wait. PdfError keeps the job for another try."""
    with reading():  # no lock is held while they are made
        wanted = {row.digest: _word(row.digest) for row in queries.waiting_for_pdf(document_id, BATCH)}
        mine = queries.digest_of(document_id)
    if not wanted:
        return
    made = pdf.convert({digest: data for digest, data in wanted.items() if data})
    for digest, data in made.items():
        operations.keep_pdf(digest, data)
    db.session.commit()
    if mine in wanted and mine not in made:
        raise pdf.PdfError("this document could not be read as Word")


@handler("documents.batch")
def make_batch(batch_id: int) -> None:
    """Make the documents of a batch, in the company's language."""
    speak_for_company()
    operations.run_batch(batch_id)


def _word(digest: str) -> bytes:
    """The Word file, or nothing when it is gone: one lost file must not hold up the others."""
    try:
        return files.read(digest)
    except FileNotFoundError:
        return b""
