"""Letters: written in the request's transaction, sent by a job after it."""

import ssl
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from urllib.parse import unquote, urlsplit

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core import files, jobs
from crm.core.company_fields import email_problem
from crm.core.db import db, utcnow
from crm.core.errors import DomainError
from crm.core.events import record
from crm.deals.models import Deal
from crm.mail import events, queries
from crm.mail.models import FAILED, SENT, Letter

TIMEOUT = 30
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})  # a relay beside us needs no encryption


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
    jobs.enqueue("mail.send", key=f"mail-{letter.id}", letter_id=letter.id)
    record(events.LETTER_WRITTEN, deal, deal.company if deal else None, deal.contact if deal else None,
           actor_id=actor.id if actor else None, to=to, subject=letter.subject)
    return letter


def known_address(address: str) -> str:
    """The client's address for those who may not see it; MailError when the card has none."""
    if not address:
        raise MailError(_("The client has no e-mail on the card. Ask somebody who sees addresses to add it."))
    return address


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


def hand_over(mail: EmailMessage, smtp_url: str) -> str:
    """Give a letter to the mail server; what it said against it, or nothing. Slow: never within a transaction."""
    try:
        _hand_over(mail, smtp_url)
    except OSError as error:  # smtplib's errors are OSErrors
        return str(error)[:500] or type(error).__name__
    return ""


def note_outcome(letter: Letter, problem: str) -> None:
    """Keep with the letter what became of it."""
    if problem:
        letter.status, letter.error = FAILED, problem
        return
    letter.status, letter.error, letter.sent_at = SENT, "", utcnow()
    deal = db.session.get(Deal, letter.deal_id) if letter.deal_id else None
    record(events.LETTER_SENT, deal, actor_id=letter.created_by_id, to=letter.to, subject=letter.subject)


def message(letter: Letter, sender: str) -> EmailMessage:
    """The letter as it travels (RFC 5322), with the attached document.

    Its Message-ID stays the same when it is sent again after a crash, so that a mailbox shows it once.
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


def _hand_over(mail: EmailMessage, smtp_url: str) -> None:
    import smtplib  # slow to import, and most starts never send

    parts = urlsplit(smtp_url)
    host, known = parts.hostname or "localhost", ssl.create_default_context()
    port = parts.port or (465 if parts.scheme == "smtps" else 587)
    opened = (smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=known) if parts.scheme == "smtps"
              else smtplib.SMTP(host, port, timeout=TIMEOUT))
    with opened as server:
        if parts.scheme == "smtp" and host not in THIS_MACHINE:
            if server.ehlo()[0] == 250 and server.has_extn("starttls"):
                server.starttls(context=known)
            elif parts.username:
                raise OSError(_("The mail server offers no encryption, so the password was not sent. Use smtps:// or another server."))
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(mail)


def send_again(letter: Letter) -> None:
    """Try a letter once more."""
    letter.status, letter.error = "waiting", ""
    jobs.enqueue("mail.send", key=f"mail-{letter.id}", letter_id=letter.id)


def send_waiting() -> int:
    """Give all waiting letters a job, e.g. after SMTP_URL was set; how many there are."""
    ids = db.session.scalars(queries.waiting_ids()).all()
    for letter_id in ids:
        jobs.enqueue("mail.send", key=f"mail-{letter_id}", letter_id=letter_id)
    return len(ids)
