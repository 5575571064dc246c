"""One letter to the mail server, and in plain words what stood against it."""

import contextlib
import socket
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from flask_babel import gettext as _

if TYPE_CHECKING:
    import smtplib

TIMEOUT = 30
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})  # a relay beside us needs no encryption
FINAL_FROM = 500  # answers of RFC 5321: 4xx may be over by themselves, 5xx will not


@dataclass(frozen=True)
class Trouble:
    """Why a letter did not go. `passing`: it may be over by itself, so another try is worth it."""

    words: str
    passing: bool


class NoEncryption(OSError):  # noqa: N818 - reads like the trade
    """The mail server would get the password over an open line."""


def hand_over(mail: EmailMessage, smtp_url: str) -> Trouble | None:
    """Give a letter to the mail server; what stood against it. Slow: never within a transaction.

    When the line breaks after the server took the letter and before it said so, nobody can know: it counts as not sent, and
    the next try carries the same Message-ID, by which a mailbox drops the twin.
    """
    return _talk(smtp_url, mail)


def knock(smtp_url: str) -> Trouble | None:
    """Come in at the mail server and leave again, to know whether it would take a letter."""
    return _talk(smtp_url, None)


def _talk(smtp_url: str, mail: EmailMessage | None) -> Trouble | None:
    try:
        server = _come_in(smtp_url)
        try:
            if mail is not None:
                server.send_message(mail)
        finally:
            _leave(server)
    except OSError as error:  # smtplib's errors are OSErrors
        return _trouble(error, urlsplit(smtp_url).hostname or "localhost")
    return None


def _come_in(smtp_url: str) -> "smtplib.SMTP":
    import smtplib  # slow to import, and most starts never send

    parts = urlsplit(smtp_url)
    host, known = parts.hostname or "localhost", ssl.create_default_context()
    port = parts.port or (465 if parts.scheme == "smtps" else 587)
    server = (smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=known) if parts.scheme == "smtps"
              else smtplib.SMTP(host, port, timeout=TIMEOUT))
    try:
        if parts.scheme == "smtp" and host not in THIS_MACHINE:
            if server.ehlo()[0] == 250 and server.has_extn("starttls"):
                server.starttls(context=known)
            elif parts.username:
                raise NoEncryption
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        _leave(server)
        raise
    return server


def _leave(server: "smtplib.SMTP") -> None:
    """Say good-bye. What goes wrong here takes nothing back: a letter that was taken is sent."""
    with contextlib.suppress(OSError):
        server.quit()
    server.close()


def _trouble(error: OSError, host: str) -> Trouble:
    import smtplib

    if isinstance(error, NoEncryption):
        return Trouble(_("The mail server offers no encryption, so the password was not sent. Use smtps:// or another server."), False)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return Trouble(_("The mail server refuses the address: %(said)s", said=_said(code, said)), code < FINAL_FROM)
    if isinstance(error, smtplib.SMTPResponseException):
        code, told = error.smtp_code, _said(error.smtp_code, error.smtp_error)
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return Trouble(_("The mail server does not accept the name or the password in SMTP_URL: %(said)s", said=told),
                           code < FINAL_FROM)
        return Trouble(_("The mail server answered: %(said)s", said=told), code < FINAL_FROM)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Trouble(_("The mail server %(host)s broke the connection off.", host=host), True)
    if isinstance(error, smtplib.SMTPException | ssl.SSLCertVerificationError):
        return Trouble(_("The mail server %(host)s cannot be used as SMTP_URL says: %(reason)s", host=host, reason=str(error)[:300]), False)
    return Trouble(_line_words(error, host), True)


def _line_words(error: OSError, host: str) -> str:
    """A line that does not come about."""
    if isinstance(error, ConnectionRefusedError):
        return _("The mail server %(host)s refuses the connection.", host=host)
    if isinstance(error, TimeoutError):
        return _("The mail server %(host)s does not answer.", host=host)
    if isinstance(error, socket.gaierror):
        return _("The mail server %(host)s is not found.", host=host)
    return _("The mail server %(host)s cannot be reached: %(reason)s", host=host, reason=error.strerror or str(error))


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:300]
