"""Letters go out after the request."""

import datetime as dt
import re
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
from crm.core.jobs import NotDone, handler
from crm.guard.acts import ACTS
from crm.guard.models import DONE, MassRequest
from crm.guard.operations import mass
from crm.mail import delivery, operations
from crm.mail.delivery import Trouble
from crm.mail.models import SENT, Letter


@handler("mail.send", longest=operations.GAPS[-1])
def send(letter_id: int) -> None:
    """Send one letter; without a mail server it goes on waiting in the outbox. What may be over by itself is tried again."""
    smtp_url = current_app.config["SMTP_URL"]
    with reading():  # no lock is held while the mail server thinks
        letter = db.session.get(Letter, letter_id)
        if letter is None or not smtp_url or letter.status == SENT:
            return
        try:
            mail = operations.message(letter, _sender(smtp_url))
        except FileNotFoundError:
            mail = None
    trouble = _hand_over(mail, smtp_url) if mail is not None else _no_file()
    if (letter := db.session.get(Letter, letter_id)) is None:
        return
    if trouble is None:
        operations.note_sent(letter)
        return
    again_in = operations.again_in(trouble)
    operations.note_trouble(letter, trouble, given_up=again_in is None)
    if again_in is not None:  # a letter that is given up needs no job: the outbox has it
        raise NotDone(trouble.words, again_in)


def _sender(smtp_url: str) -> str:
    organization = queries.organization()
    user = unquote(urlsplit(smtp_url).username or "")
    return user if "@" in user else (organization.email if organization else "") or "voronka@localhost"


@handler(resets.LETTER, longest=operations.GAPS[-1])
def send_reset(email: str, address: str, asked: str) -> None:
    """Send the link for a new password, if somebody who can sign in has this e-mail. Its secret stands in no table, only in the letter."""
    smtp_url, deadline = current_app.config["SMTP_URL"], dt.datetime.fromisoformat(asked) + resets.BY_MAIL
    with reading():
        user = queries.user_by_email(email)
        user_id, language = (user.id, queries.language_of(user)) if user is not None and user.can_sign_in else (0, "")
        sender = _sender(smtp_url)
    if not user_id or not smtp_url:
        return
    if deadline < utcnow():
        _knock(smtp_url)
        return
    token = resets.make_token()
    with force_locale(language):
        body = _("Somebody, most likely you, asked for a new password in Voronka.\n\nChoose it here: %(link)s\n\n"
                 "The link works once, for an hour. If it was not you, do nothing: your password stays as it is.",
                 link=f"{current_app.config['BASE_URL']}/reset/{token}")
        mail = _plain(sender, email, _("A new password for Voronka"), body)  # each try has a link, and a Message-ID, of its own
    _deliver(mail, smtp_url, deadline)
    resets.keep_link(user_id, token, resets.BY_MAIL)
    db.session.add(journal.Entry(kind=events.RESET_ASKED.code, at=utcnow(), actor_id=user_id, address=address[:45], data={}))


@handler(entry.NOTICE, longest=operations.GAPS[-1])
def send_notice(user_id: int, what: str, browser: str = "", address: str = "", at: str = "") -> None:
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
        mail = _plain(sender, email, subject, body, f"notice-{user_id}-{re.sub(r'[^0-9]', '', at)}" if at else "")
    _deliver(mail, smtp_url)


@handler(mass.LETTER, longest=operations.GAPS[-1])
def send_decision(request_id: int) -> None:
    """Tell who asked for a mass act how a second person decided; the desk tells it anyway."""
    found = db.session.get(MassRequest, request_id)
    if found is None or found.act not in ACTS or not current_app.config["SMTP_URL"]:
        return
    asker = found.asked_by
    if not asker.active or not asker.email:
        return
    with force_locale(queries.language_of(asker)):
        told = {"what": ACTS[found.act].words(len(found.ids)), "name": found.decided_by.name if found.decided_by else _("a colleague")}
        if found.status == DONE:
            subject, body = _("Voronka: your request was agreed to"), _("%(what)s: %(name)s has agreed, it is done", **told)
        else:
            subject, body = _("Voronka: your request was declined"), _("%(what)s: %(name)s has declined, everything stays as it is", **told)
        operations.write_letter(to=asker.email, subject=subject, body=f"{body}.", actor=None, secret=True)


def _plain(sender: str, to: str, subject: str, body: str, mark: str = "") -> EmailMessage:
    """A letter of the program itself; it is kept nowhere. `mark` gives all tries of one letter the same Message-ID."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = sender, to, subject, formatdate()
    domain = sender.rpartition("@")[2] or "localhost"
    mail["Message-ID"] = f"<{mark}@{domain}>" if mark else make_msgid(domain=domain)
    mail.set_content(body)
    return mail


def _hand_over(mail: EmailMessage, smtp_url: str) -> Trouble | None:
    """What stood against it is said in the company's language: the author reads it, and the owner."""
    with force_locale(_ours()):
        return delivery.hand_over(mail, smtp_url)


def _no_file() -> Trouble:
    with force_locale(_ours()):
        return Trouble(_("The attached file is gone. Write the letter anew and attach the document again."), passing=False)


def _ours() -> str:
    with reading():
        organization = queries.organization()
        return organization.locale if organization else "ru"


def _deliver(mail: EmailMessage, smtp_url: str, deadline: dt.datetime | None = None) -> None:
    """A letter of the program: what does not go stands with its job, tried again while it is still of use, and told on Health."""
    trouble = _hand_over(mail, smtp_url)
    if trouble is not None:
        again_in = operations.again_in(trouble)
        in_time = again_in is not None and (deadline is None or utcnow() + again_in < deadline)
        raise NotDone(trouble.words, again_in if in_time else None)


def _knock(smtp_url: str) -> None:
    """Nobody needs this letter any more; its trouble goes from Health when the mail server would take one."""
    with force_locale(_ours()):
        trouble = delivery.knock(smtp_url)
    if trouble is not None:
        raise NotDone(trouble.words, None)
