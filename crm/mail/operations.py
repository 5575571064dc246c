"""Letters: written in the request's transaction, sent by a job after it."""

import datetime as dt
from email.message import EmailMessage
from email.utils import formataddr, formatdate

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core import files, jobs
from crm.core.company_fields import email_problem
from crm.core.db import db, utcnow
from crm.core.errors import DomainError
from crm.core.events import record
from crm.deals.models import Deal
from crm.mail import events, queries
from crm.mail.delivery import Trouble
from crm.mail.models import FAILED, SENT, WAITING, Letter

GAPS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))  # between tries; after the last one it is given up


class MailError(DomainError):
    """A letter cannot be written or sent like that."""


def write_letter(*, to: str, subject: str, body: str, actor: User | None, deal: Deal | None = None,
                 attachment_digest: str | None = None, attachment_name: str = "", secret: bool = False) -> Letter:
    """A letter of ours: it goes out by a job when SMTP_URL is set, else it waits in the outbox."""
    to = to.strip()
    if not to or email_problem(to):
        raise MailError(_("Type the e-mail address of the client, such as name@company.com."))
    letter = Letter(to=to, subject=_one_line(subject), body=body, attachment_digest=attachment_digest,
                    attachment_name=attachment_name, secret=secret, deal_id=deal.id if deal else None,
                    created_by_id=actor.id if actor else None)
    db.session.add(letter)
    db.session.flush()
    _enqueue(letter.id)
    record(events.LETTER_WRITTEN, deal, deal.company if deal else None, deal.contact if deal else None,
           actor_id=actor.id if actor else None, to=to, subject=letter.subject)
    return letter


def known_address(address: str) -> str:
    """The client's address for those who may not see it; MailError when there is none that they may write to."""
    if not address:
        raise MailError(_("The client has no e-mail that you may write to. Ask somebody who sees addresses."))
    return address


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


def again_in(trouble: Trouble) -> dt.timedelta | None:
    """How long the present job waits for its next try; None when there is none."""
    tried = jobs.attempt()
    return GAPS[tried - 1] if trouble.passing and tried <= len(GAPS) else None


def note_sent(letter: Letter) -> None:
    """The mail server has it."""
    letter.status, letter.error, letter.sent_at = SENT, "", utcnow()
    record(events.LETTER_SENT, _deal(letter), actor_id=letter.created_by_id, to=letter.to, subject=letter.subject)


def note_trouble(letter: Letter, trouble: Trouble, *, given_up: bool) -> None:
    """Keep what stood against it; a letter that is given up is told on the timelines of its deal and client."""
    letter.error = trouble.words
    if not given_up:
        return
    letter.status, deal = FAILED, _deal(letter)
    record(events.LETTER_FAILED, deal, deal.company if deal else None, deal.contact if deal else None,
           actor_id=letter.created_by_id, to=letter.to, subject=letter.subject, reason=trouble.words)


def _deal(letter: Letter) -> Deal | None:
    return db.session.get(Deal, letter.deal_id) if letter.deal_id else None


def message(letter: Letter, sender: str) -> EmailMessage:
    """The letter as it travels (RFC 5322), with the attached document.

    Its Message-ID stays the same over all tries, so that a mailbox shows it once.
    """
    mail = EmailMessage()
    author = letter.created_by
    mail["From"] = formataddr((author.name, sender)) if author else sender
    if author and author.email and author.email != sender:
        mail["Reply-To"] = author.email
    mail["To"], mail["Subject"], mail["Date"] = letter.to, letter.subject, formatdate()
    domain = sender.rpartition("@")[2] or "localhost"
    mail["Message-ID"] = f"<letter-{letter.id}-{letter.created_at:%Y%m%d%H%M%S%f}@{domain}>"
    mail.set_content(letter.body)
    if letter.attachment_digest:
        subtype = ("pdf" if letter.attachment_name.endswith(".pdf")
                   else "vnd.openxmlformats-officedocument.wordprocessingml.document")
        mail.add_attachment(files.read(letter.attachment_digest), maintype="application", subtype=subtype,
                            filename=letter.attachment_name)
    return mail


def send_again(letter: Letter) -> bool:
    """Try a letter once more, now and with all its tries; False for one that went out meanwhile: nobody gets it twice."""
    again = sa.update(Letter).where(Letter.id == letter.id, Letter.status != SENT).values(status=WAITING, error="").returning(Letter.id)
    if db.session.scalar(again) is None:
        return False
    _enqueue(letter.id)
    jobs.hurry(queries.job_key(letter.id))
    return True


def _enqueue(letter_id: int) -> None:
    jobs.enqueue("mail.send", key=queries.job_key(letter_id), letter_id=letter_id)
