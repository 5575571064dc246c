"""Taking the demo company away, whole."""

from contextlib import suppress

import sqlalchemy as sa
from flask import g
from flask_babel import gettext as _

from crm.accounts import queries
from crm.core import files
from crm.core.db import Base, db
from crm.demo.operations.errors import DemoError
from crm.documents.models import Agreement, Document, DocumentVersion


def remove() -> None:
    """Empty every table, as before the first start; the files of the demo's documents go after the commit.

    DemoError when there is no company or when it is a real one.
    """
    organization = queries.organization()
    if organization is None:
        raise DemoError(_("There is no company in this database."))
    if not organization.demo:
        raise DemoError(_("%(name)s is a real company: this command never removes it.", name=organization.name))
    _sweep_after_commit(_papers())
    db.session.expunge_all()
    for table in reversed(Base.metadata.sorted_tables):
        db.session.execute(sa.delete(table))
    g.pop("organization", None)


def _papers() -> set[str]:
    """Digests of made documents, their versions and scans. Templates may be another database's in the same folder: they stay."""
    kept = ((Document.digest, Document.pdf_digest), (DocumentVersion.digest, DocumentVersion.pdf_digest, DocumentVersion.source_digest),
            (Agreement.scan_digest,))
    return {digest for columns in kept for row in db.session.execute(sa.select(*columns)) for digest in row if digest}


def _sweep_after_commit(digests: set[str]) -> None:
    """Delete the files once nothing in the database names them: a demo made anew has some of the same."""
    session = db.session()

    @sa.event.listens_for(session, "before_commit", once=True)
    def spare(_session: object) -> None:
        digests.difference_update(_papers())

    @sa.event.listens_for(session, "after_commit", once=True)
    def sweep(_session: object) -> None:
        for digest in digests:
            with suppress(OSError):
                (files.folder() / digest[:2] / digest).unlink()
