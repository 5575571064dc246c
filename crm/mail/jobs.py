"""Letters go out after the request."""

import datetime as dt
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from crm.accounts import entry, events, queries, resets
from crm.accounts.models import User
from crm.core import journal
from crm.core.db import db, reading, utcnow
from crm.core.jobs import handler
from crm.mail import operations
from crm.mail.models import SENT, Letter


@handler("mail.send")
def send(letter_id: int) -> None:
    """Send one letter; without a mail server it goes on waiting in the outbox."""
    smtp_url = current_app.config["SMTP_URL"]
    with reading():  # no lock is held while the mail server thinks
        letter = db.session.get(Letter, letter_id)
        mail = operations.message(letter, _sender(smtp_url)) if letter and smtp_url and letter.status != SENT else None
    if mail is None:
        return
    problem = operations.hand_over(mail, smtp_url)
    if (letter := db.session.get(Letter, letter_id)) is not None:
        operations.note_outcome(letter, problem)


def _sender(smtp_url: str) -> str:
    organization = queries.organization()
    user = unquote(urlsplit(smtp_url).username or "")
    return user if "@" in user else (organization.email if organization else "") or "voronka@localhost"


@handler(resets.LETTER)
def send_reset(email: str, address: str, asked: str) -> None:
    """Send the link for a new password, if somebody who can sign in has this e-mail. Its secret stands in no table, only in the letter."""
    smtp_url, too_late = current_app.config["SMTP_URL"], dt.datetime.fromisoformat(asked) + resets.BY_MAIL < utcnow()
    with reading():
        user = queries.user_by_email(email)
        user_id, language = (user.id, queries.language_of(user)) if user is not None and user.can_sign_in else (0, "")
        sender = _sender(smtp_url)
    if not user_id or not smtp_url or too_late:
        return
    token = resets.make_token()
    with force_locale(language):
        body = _("Somebody, most likely you, asked for a new password in Voronka.\n\nChoose it here: %(link)s\n\n"
                 "The link works once, for an hour. If it was not you, do nothing: your password stays as it is.",
                 link=f"{current_app.config['BASE_URL']}/reset/{token}")
        _hand_over(_plain(sender, email, _("A new password for Voronka"), body), smtp_url)
    resets.keep_link(user_id, token, resets.BY_MAIL)
    db.session.add(journal.Entry(kind=events.RESET_ASKED.code, at=utcnow(), actor_id=user_id, address=address[:45], data={}))


@handler(entry.NOTICE)
def send_notice(user_id: int, what: str, browser: str = "", address: str = "") -> None:
    """Tell a person of a way in from a new browser, or of a new password."""
    smtp_url = current_app.config["SMTP_URL"]
    with reading():
        user = db.session.get(User, user_id)
        email, language = (user.email, queries.language_of(user)) if user is not None and user.active else (None, "")
        sender = _sender(smtp_url)
    if not email or not smtp_url:
        return
    with force_locale(language):
        if what == "browser":
            subject, body = _("Voronka: signed in from a new browser"), _(
                "Somebody signed in to your account from a browser that was not used before: %(browser)s, address %(address)s.\n\n"
                "If it was not you, open your profile in Voronka, end that session and change your password.",
                browser=browser or _("unknown browser"), address=address)
        else:
            subject, body = _("Voronka: your password was changed"), _(
                "The password of your account was changed, and all other devices were signed out.\n\n"
                "If it was not you, ask the owner of your company for a link for a new password at once.")
        _hand_over(_plain(sender, email, subject, body), smtp_url)


def _plain(sender: str, to: str, subject: str, body: str) -> EmailMessage:
    """A letter of the program itself; it is kept nowhere."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = sender, to, subject, formatdate()
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    mail.set_content(body)
    return mail


def _hand_over(mail: EmailMessage, smtp_url: str) -> None:
    if problem := operations.hand_over(mail, smtp_url):
        raise OSError(problem)  # the job is tried again later
