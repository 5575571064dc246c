"""The last steps of a contract: signed, with its scan; kept, with where the paper lies; and the days that it sets."""

import datetime as dt
from typing import Final

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core import dates, files
from crm.core.db import db
from crm.core.events import changes
from crm.deals import arrivals
from crm.deals.operations import arrive
from crm.documents import agreeing, events, states
from crm.documents.models import Document
from crm.documents.operations.agreement import go, may_send, refuse_cancelled, row_of
from crm.documents.operations.errors import DocumentError
from crm.documents.operations.making import tell

HEADS: Final = ((b"%PDF-", "pdf"), (b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"))
MIMES: Final = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
LONG_AGO: Final = dt.timedelta(days=366)
DAYS_OF: Final = ("ends_on", "deliver_on", "pay_on")


def scan_kind(data: bytes) -> str:
    """What the file is by its content: pdf, jpg or png. DocumentError for everything else, whatever its name says."""
    found = next((kind for head, kind in HEADS if data.startswith(head)), "")
    whole = {"pdf": b"%%EOF" in data[-2048:], "jpg": b"\xff\xd9" in data[-65536:], "png": b"IEND" in data[-64:]}
    if not found:
        raise DocumentError(_("This is no PDF, JPEG or PNG. Scan the signed paper as one of these, or take a photo of it."), field="file")
    if len(data) > files.MAX_UPLOAD:
        raise DocumentError(_("The file is larger than %(limit)s MB. Scan it with fewer dots.", limit=files.MAX_MEGABYTES), field="file")
    if not whole[found]:
        raise DocumentError(_("The file is cut off. Scan it again."), field="file")
    return found


def _refuse_long_ago(document: Document, day: dt.date, field: str) -> None:
    """A slip of the hand, such as 1900. A paper may be signed some time before the date that stands on it."""
    if day < document.dated - LONG_AGO:
        raise DocumentError(_("That is more than a year before the document’s own date. Check the year."), field=field)


def sign(document: Document, *, seen: int, scan: bytes, signed_on: dt.date, signed_by: str, actor: User) -> None:
    """Both have signed: the scan, the day and who. DocumentError before it is agreed, and for a scan that is none."""
    refuse_cancelled(document)
    if document.state in states.CLOSED or not agreeing.goes(document.kind):
        raise DocumentError(_("It is signed already. Take that back first if it was a mistake."))
    may_send(document)
    if signed_on > dates.today():
        raise DocumentError(_("Nobody has signed in the future. Choose the day on the paper."), field="signed_on")
    _refuse_long_ago(document, signed_on, "signed_on")
    kind = scan_kind(scan)
    go(document, states.SIGNED, seen=seen)
    row = row_of(document)
    row.scan_digest, row.scan_kind = files.keep(scan), kind
    row.scan_name = f"{document.file_name.removesuffix('.docx')} ({_('signed')}).{kind}"
    row.signed_on, row.signed_by = signed_on, signed_by
    db.session.flush()
    told = tell(events.DOCUMENT_SIGNED, document, actor, by=signed_by, signed_on=signed_on.isoformat())
    if document.kind == "contract":
        arrive(document.deal, arrivals.SIGNED, told)


def keep_original(document: Document, *, seen: int, where: str, on: dt.date, actor: User) -> None:
    """The paper itself lies somewhere; another place may be named later."""
    refuse_cancelled(document)
    if document.state not in states.CLOSED:
        raise DocumentError(_("It is not signed yet. Attach the signed paper first."))
    if on > dates.today():
        raise DocumentError(_("This day has not come yet. Choose today or an earlier one."), field="kept_on")
    _refuse_long_ago(document, on, "kept_on")
    if document.state == states.SIGNED:
        go(document, states.KEPT, seen=seen)
    row = row_of(document)
    row.kept_where, row.kept_on = where, on
    db.session.flush()
    tell(events.DOCUMENT_KEPT, document, actor, text=where)


def step_back(document: Document, *, seen: int, actor: User) -> None:
    """Kept or signed by mistake: one step back. The scan stays in the store, the fact on the timeline."""
    back = {states.KEPT: states.SIGNED, states.SIGNED: states.SENT}.get(document.state)
    if back is None:
        raise DocumentError(_("Only what is signed or kept can be taken back."))
    go(document, back, seen=seen)
    row = row_of(document)
    if back == states.SENT:
        row.scan_digest, row.scan_name, row.scan_kind, row.signed_on, row.signed_by = None, "", "", None, ""
        row.sent_revision = row.sent_revision or document.revision
    else:
        row.kept_where, row.kept_on = "", None
    tell(events.DOCUMENT_TAKEN_BACK, document, actor, to=str(states.LABELS[back]))


def set_terms(document: Document, *, actor: User, remind_days: int, **days: dt.date | None) -> None:
    """The days that the contract sets; tasks follow them."""
    refuse_cancelled(document)
    if unknown := days.keys() - set(DAYS_OF):
        raise TypeError(f"a contract has no {', '.join(sorted(unknown))}")
    for name in ("deliver_on", "pay_on"):
        if day := days.get(name):
            _refuse_long_ago(document, day, name)
    row = row_of(document)
    before = {name: getattr(row, name) for name in (*DAYS_OF, "remind_days")}
    if (ends := days.get("ends_on")) is not None and ends < document.dated:
        raise DocumentError(_("The contract cannot end before its own date."), field="ends_on")
    for name, day in days.items():
        setattr(row, name, day)
    row.remind_days = remind_days
    db.session.flush()
    after = {name: getattr(row, name) for name in before}
    tell(events.TERMS_SET, document, actor, changed=changes(before, after))

