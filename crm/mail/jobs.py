"""Letters go out after the request."""

from urllib.parse import unquote, urlsplit

from flask import current_app

from crm.accounts import queries
from crm.core.db import db
from crm.core.jobs import handler
from crm.mail import operations
from crm.mail.models import Letter


@handler("mail.send")
def send(letter_id: int) -> None:
    """Send one letter; without a mail server it goes on waiting in the outbox."""
    smtp_url = current_app.config["SMTP_URL"]
    letter = db.session.get(Letter, letter_id)
    if letter is None or not smtp_url:
        return
    organization = queries.organization()
    user = unquote(urlsplit(smtp_url).username or "")
    sender = user if "@" in user else (organization.email if organization else "") or "voronka@localhost"
    operations.send_letter(letter, smtp_url, sender)
