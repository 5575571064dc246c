"""A letter with a document, as it is proposed: whom to, what about, what it says, in the document's language."""

from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.clients.models import Channel
from crm.deals import reach
from crm.deals.models import Deal
from crm.documents import kinds
from crm.documents.models import Document
from crm.documents.words.dates import date_plain
from crm.firms import queries as firms


@dataclass(frozen=True)
class Draft:
    """The proposed letter; `attachment` is (digest, file name): the PDF where there is one, else the Word file."""

    to: str
    subject: str
    body: str
    attachment: tuple[str, str] | None


def draft(deal: Deal, document: Document | None, actor: User, link_url: str = "") -> Draft:
    """Propose a letter to the deal's contact, or else to its company; `link_url` is told when there is one."""
    ours = firms.details(document.firm_id if document else deal.firm_id)
    locale = document.locale if document else accounts.the_organization().locale
    with force_locale(locale):
        lines = [_greeting(deal)]
        subject = deal.title
        if document is not None:
            title = f"{kinds.LABELS[document.kind]} {document.numbered}"
            subject = f"{title}, {ours.name}"
            lines.append(_("Please find attached: %(title)s of %(date)s.", title=title,
                           date=date_plain(document.dated, locale)))
        if link_url:
            lines.append(_("It can also be read here: %(url)s", url=link_url))
        signature = [_("Kind regards,"), actor.name, actor.job, ours.name, actor.phone or ours.phone]
        lines.append("\n".join(line for line in signature if line))
    return Draft(address(deal, actor), subject, "\n\n".join(lines), attachment(document))


def _greeting(deal: Deal) -> str:
    person = deal.contact
    name = " ".join(part for part in (person.given_name, person.patronymic) if part) if person else ""
    return _("Dear %(name)s,", name=name) if name else _("Good day,")


def address(deal: Deal, actor: User) -> str:
    """The contact's e-mail, else the company's; none of a client that the actor may not see. Whether it is shown is asked elsewhere: a
    letter may go to an address that is hidden from its writer.
    """
    rows: list[Channel] = [channel for client in (deal.contact, deal.company) if client is not None and reach.reaches(deal, client, actor)
                           for channel in client.channels]
    return next((row.value for row in rows if row.kind == "email"), "")


def attachment(document: Document | None) -> tuple[str, str] | None:
    """What travels with the letter."""
    if document is None:
        return None
    if document.pdf_digest:
        return document.pdf_digest, document.file_name.removesuffix(".docx") + ".pdf"
    return document.digest, document.file_name
