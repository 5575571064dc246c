"""Taking the demo company away, whole."""

from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa
from flask import g
from flask_babel import gettext as _

from crm.accounts import queries
from crm.core import files
from crm.core.db import Base, db
from crm.demo.operations.errors import DemoError
from crm.documents.models import Document


def remove() -> None:
    """Empty every table, as before the first start; the files of the demo's documents go after the commit.

    DemoError when there is no company or when it is a real one.
    """
    organization = queries.organization()
    if organization is None:
        raise DemoError(_("There is no company in this database."))
    if not organization.demo:
        raise DemoError(_("%(name)s is a real company: it is never removed like that.", name=organization.name))
    _sweep_after_commit(_papers())
    db.session.expunge_all()
    for table in reversed(Base.metadata.sorted_tables):
        db.session.execute(sa.delete(table))
    g.pop("organization", None)


def _papers() -> list[Path]:
    """Files of made documents. Those of templates may be another database's in the same folder: they stay."""
    digests = db.session.execute(sa.select(Document.digest, Document.pdf_digest)).all()
    return [files.folder() / digest[:2] / digest for pair in digests for digest in pair if digest]


def _sweep_after_commit(paths: list[Path]) -> None:
    session = db.session()

    @sa.event.listens_for(session, "after_commit", once=True)
    def sweep(_session: object) -> None:
        for path in paths:
            with suppress(OSError):
                path.unlink()
