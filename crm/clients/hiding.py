"""Phones, e-mails and messengers that the owner hides from a role: not shown, not exported, not searched by, not told."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from flask import has_request_context
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts.models import User
from crm.clients import channels
from crm.clients.models import Company, Contact
from crm.core import phones
from crm.core.text import folded_key

PHONE, EMAIL, MESSENGER = "client.phone", "client.email", "client.messenger"
REACH = frozenset({PHONE, EMAIL, MESSENGER})
FEWEST = 7  # digits that make a number somebody could call
_ADDRESS = re.compile(r"[^@\s<>\"',;:()]+@[^@\s<>\"',;:()]+")
_NUMBER = re.compile(r"\+?\d(?:[\s().\u2010-\u2015-]*\d){6,}")
_MESSENGER = re.compile(
    r"(?<![\w.-])(?:https?://)?(?:(?:www\.|m\.)?(?:t\.me|telegram\.(?:me|dog)|vk\.(?:com|ru|me)|wa\.me|(?:api|chat)\.whatsapp\.com"
    r"|viber\.(?:me|click)|max\.ru)/\S+|\w+\.t\.me\b)|(?:tg|viber|whatsapp|vk)://\S+|(?<![\w.@/])@[a-z](?:\.?[a-z0-9_]){2,}",
    re.IGNORECASE | re.ASCII)
_DAY = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d\d-\d\d")


class Way(Protocol):
    """A way to reach somebody."""

    kind: str
    typed: str
    value: str


Row = TypeVar("Row", bound=Way)


def fields_of(kind: str, typed: str, value: str = "") -> frozenset[str]:
    """Which fields of rights.FIELDS a way to reach somebody is: whatever is neither a phone nor an e-mail is a messenger, and one
    that holds a number or an address is that as well."""
    messenger = frozenset() if kind in ("phone", "email") else frozenset({MESSENGER})
    if kind == "email" or _ADDRESS.search(typed):
        return messenger | {EMAIL}
    digits = max(len(phones.digits(text)) for text in (typed, value))
    return messenger | {PHONE} if kind in ("phone", "whatsapp") or digits >= FEWEST else messenger


def hides(reader: User, kind: str, typed: str, value: str = "") -> bool:
    """Whether this way to reach somebody is hidden from the reader."""
    hidden = REACH & reader.powers.hidden
    return bool(hidden) and not hidden.isdisjoint(fields_of(kind, typed, value))


def hides_any(reader: User) -> bool:
    """Whether anything about reaching clients is hidden from this person."""
    return not REACH.isdisjoint(reader.powers.hidden)


def shown(rows: Iterable[Row], reader: User) -> list[Row]:
    """The ways that the reader may know."""
    hidden = REACH & reader.powers.hidden
    return [row for row in rows if hidden.isdisjoint(fields_of(row.kind, row.typed, row.value))] if hidden else list(rows)


def seen(rows: Iterable[Row]) -> list[Row]:
    """Those that the person of this request may know, for templates and parts of pages; a stranger knows none."""
    person = current_user._get_current_object()  # the proxy is resolved once: a list asks for each row
    return shown(rows, person) if person.is_authenticated else []


def woven(typed: Sequence[tuple[str, str]], rows: Iterable[Row], reader: User, region: str) -> list[tuple[str, str]]:
    """What a form of this reader sent, as (kind, typed), with the ways that it did not show at the places that they had.

    A hidden number that the reader typed anew is left out: the hidden row stays as it is.
    """
    rows = list(rows)
    known = shown(rows, reader)
    hidden = {place: row for place, row in enumerate(rows) if row not in known}
    there = {(row.kind, row.value) for row in hidden.values()}
    readings = ((kind, text, channels.read(kind, text, region)) for kind, text in typed)
    whole = [(kind, text) for kind, text, reading in readings if (reading.kind, reading.value) not in there]
    for place, row in hidden.items():
        whole.insert(place, (row.kind, row.typed))
    return whole


def searched(model: type[Contact] | type[Company], reader: User) -> sa.ColumnElement[str]:
    """Where a search of this reader looks. `search_text` holds numbers, addresses and names in messengers: when one of them is
    hidden, names (and a company's tax numbers) are all that is searched by."""
    if hides_any(reader):
        return named(model)
    column: sa.ColumnElement[str] = model.search_text.expression
    return column


def named(model: type[Contact] | type[Company]) -> sa.ColumnElement[str]:
    """The part of `search_text` by which nobody is reached."""
    name = folded_key(model.sort_key)
    return name + " " + model.inn + " " + model.vat_id if model is Company else name


def masked(text: str, hidden: Collection[str]) -> str:
    """Words of people without what looks like a hidden number, address or name in a messenger; days and sums stay."""
    if MESSENGER in hidden:  # first: a link may hold a number
        text = _MESSENGER.sub(_("(hidden)"), text)
    if EMAIL in hidden:
        text = _ADDRESS.sub(_("(hidden)"), text)
    if PHONE in hidden:
        text = _NUMBER.sub(lambda found: found[0] if _DAY.fullmatch(found[0].strip()) else _("(hidden)"), text)
    return text


def masking(reader: User) -> Callable[[str], str]:
    """`masked` for this reader, for files."""
    return partial(masked, hidden=reader.powers.hidden)


def masked_here(text: str) -> str:
    """`masked` for the person of this request, for templates; a command has nobody to hide from."""
    if not has_request_context():
        return text
    return masked(text, current_user.powers.hidden) if current_user.is_authenticated else ""


def without_channels(rows: list[Any], label: Any, reader: User) -> list[Any]:
    """Differences of two versions without the row of ways to reach, for a reader who may not know all of them."""
    return [row for row in rows if row.label != str(label)] if hides_any(reader) else rows
