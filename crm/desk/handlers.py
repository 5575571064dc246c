"""What lands on somebody's desk by itself: a client who has answered is to be answered today."""

from flask_babel import force_locale
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.core import dates, modules
from crm.core.db import db
from crm.core.events import Event, subscribe
from crm.documents import events as facts
from crm.documents.models import Document
from crm.tasks import operations as tasks

LONGEST = 200


def client_answered(event: Event) -> None:
    """A task for whoever leads the deal; nobody's deal waits for whoever made the document."""
    document = db.session.get(Document, event.data.get("document_id", 0))
    if document is None or not modules.on("tasks"):
        return
    with force_locale(accounts.the_organization().locale):
        if event.kind == facts.DOCUMENT_ASKED.code:
            text = _("%(name)s asks about %(title)s: %(text)s", name=event.data["by"], title=event.data["title"], text=event.data["text"])
        else:
            text = _("%(title)s is accepted by %(name)s: agree on what comes next", title=event.data["title"], name=event.data["by"])
    text = " ".join(text.split())
    tasks.create_task(text=text if len(text) <= LONGEST else f"{text[:LONGEST - 1]}…", due_on=dates.today(), actor=None, deal=document.deal,
                      assignee_id=document.deal.manager_id or document.created_by_id)


def listen() -> None:
    """Hang the tasks to the facts."""
    for kind in (facts.DOCUMENT_ACCEPTED, facts.DOCUMENT_ASKED):
        subscribe(kind, client_answered)
