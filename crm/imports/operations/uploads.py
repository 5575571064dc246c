"""A file on its way in through the browser: uploaded, mapped, taken by a job."""

import logging

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from crm.accounts.models import User
from crm.catalog import queries as catalog
from crm.core import files, jobs
from crm.core.db import db
from crm.core.errors import DomainError
from crm.imports import mapping as columns
from crm.imports.models import Import
from crm.imports.operations.contacts import import_contacts
from crm.imports.operations.deals import import_deals
from crm.imports.operations.products import import_products, undo_import
from crm.imports.operations.sender import Sender
from crm.imports.reading import ImportProblem, read_table
from crm.imports.report import Report

log = logging.getLogger(__name__)
TAKERS = {"deals": import_deals, "contacts": import_contacts, "products": import_products}
PASSING = (sa.exc.DBAPIError, StaleDataError)  # the database is away, or somebody wrote the same at the same time
TRIES = 3  # within some four minutes, see core/jobs


def upload_file(*, what: str, data: bytes, file_name: str, actor: User) -> Import:
    """Keep a readable file and guess what its columns mean. ImportProblem for one that cannot be read."""
    if what not in TAKERS:
        raise ImportProblem(_("Choose what the file holds: deals, people or products."))
    Sender(actor).require(what)
    table = read_table(data, file_name)
    upload = Import(what=what, file_name=file_name[:200], digest=files.keep(data), total_rows=len(table.rows),
                    mapping=_guess(table.columns, what), created_by_id=actor.id)
    db.session.add(upload)
    db.session.flush()
    return upload


def _guess(names: list[str], what: str) -> dict[str, str]:
    """What the columns seem to mean; those that are called like a price list are its prices."""
    found = columns.guess(names, what)
    if what == "products":
        lists = {one.name: one.id for one in catalog.active_lists()}
        found |= {name: field for name, field in columns.guess_lists(names, lists).items() if name not in found}
    return found


def check_mapping(what: str, chosen: dict[str, str]) -> None:
    """ImportProblem when the chosen columns do not say enough, or say one thing twice."""
    fields = [field for field in chosen.values() if field]
    single = [field for field in fields if field not in ("phone", "email")]
    if len(single) != len(set(single)):
        raise ImportProblem(_("Two columns mean the same. Choose one of them."))
    if what == "deals" and ("stage" not in fields or not {"title", "company", "key"} & set(fields)):
        raise ImportProblem(_("Say which column holds the stage and which the deal's key, title or company."))
    if what == "products" and not {"name", "sku"} & set(fields):
        raise ImportProblem(_("Say which column holds the product's name or its code."))
    if what == "contacts" and not {"full_name", "surname", "given_name", "email", "phone", "company"} & set(fields):
        raise ImportProblem(_("Say which columns hold the name, the phone or the e-mail."))


def undo_upload(upload: Import, *, actor: User) -> int:
    """Put back what a file of products changed; gives how many records stay, because somebody changed them since."""
    Sender(actor).require(upload.what)
    if upload.status != "done" or not upload.undo:
        raise ImportProblem(_("There is nothing to undo here."))
    left = undo_import(upload.undo, actor=actor)
    upload.undo = None
    upload.report = {**upload.report, "undone": True}
    return left


def start_import(upload: Import, mapping: dict[str, str], *, actor: User) -> None:
    """Let the job take the file with this mapping of columns to fields, by the rights of who starts it; a second tap changes nothing."""
    if upload.status in ("running", "done"):
        return
    Sender(actor).require(upload.what)
    upload.mapping = {column: field for column, field in mapping.items()
                      if field in columns.known(upload.what) or (upload.what == "products" and columns.list_field(field))}
    upload.status, upload.report = "running", {}
    jobs.enqueue("imports.run", key=f"import-{upload.id}", import_id=upload.id, actor_id=actor.id)


def run_upload(upload: Import, *, actor_id: int | None) -> None:
    """Take the file (long: in a job). Rows that are in stay in; a run that was cut off is simply run again.

    What breaks it for a moment is tried again twice. What else breaks it ends the import with a sentence.
    """
    import_id = upload.id
    try:
        report = _take(upload, _sender(actor_id))
    except DomainError as problem:
        _fail(import_id, problem.message)
        return
    except Exception as error:
        if isinstance(error, PASSING) and jobs.attempt() < TRIES:
            raise
        log.exception("import %s failed", import_id)
        _fail(import_id, _("A fault of the program stopped the import. The rows that were taken before stay. Send the file again; if it "
                           "stops again, tell whoever looks after the program: the reason stands in its log."))
        return
    current = db.session.get_one(Import, import_id)
    current.status, current.done_rows, current.report = "done", current.total_rows, report.as_json()
    current.undo = report.undo or None
    db.session.commit()


def _take(upload: Import, actor: User) -> Report:
    import_id = upload.id

    def progress(done: int, report: Report) -> None:
        current = db.session.get_one(Import, import_id)
        current.done_rows, current.report = done, report.as_json()

    table = read_table(files.read(upload.digest), upload.file_name)
    return TAKERS[upload.what](table, dict(upload.mapping), actor=actor, progress=progress)


def _sender(actor_id: int | None) -> User:
    """Who lets the file in: somebody who still may. Without anybody nothing is taken, or it would be taken by no rights at all."""
    actor = db.session.get(User, actor_id) if actor_id else None
    if actor is None or not actor.active or "imports.run" not in actor.rights:
        raise ImportProblem(_("Whoever sent this file may not import any more. Send it again yourself."))
    return actor


def _fail(import_id: int, sentence: str) -> None:
    db.session.rollback()
    current = db.session.get_one(Import, import_id)
    current.status, current.report = "failed", {"problem": sentence}
    db.session.commit()
