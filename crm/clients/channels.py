"""Phones, e-mails and messengers: what was typed, what it means, and the address that opens it by a tap."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from flask_babel import lazy_gettext as _l

from crm.core import phones

KINDS = {
    "phone": _l("Phone"),
    "email": _l("E-mail"),
    "telegram": _l("Telegram"),
    "whatsapp": _l("WhatsApp"),
    "vk": _l("VK"),
    "other": _l("Other"),
}
ICONS = {"phone": "phone", "email": "mail", "telegram": "send", "whatsapp": "chat", "vk": "globe", "other": "link"}
REGIONS = {"RUB": "RU", "KZT": "KZ", "BYN": "BY", "USD": "US", "GBP": "GB"}
LIMIT = 200
_EMAIL = re.compile(r"^[^@\s<>\"',;]+@[^@\s<>\"',;]+\.[^@\s<>\"',;.]{2,}$")
_PLAIN = re.compile("[A-Za-z0-9@+._~-]*")  # nothing to quote, as nearly always
_ADDRESS = re.compile(r"^https?://[^\s\"'<>]+$", re.IGNORECASE)
_PREFIX = re.compile(r"^(https?://)?(www\.)?(t\.me|telegram\.me|vk\.com|vk\.ru|wa\.me)/", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """One way to reach somebody. `value` is comparable: E.164, small letters, an account's name.

    `problem`: 'email' or 'phone' when it cannot be one, else empty.
    """

    kind: str
    typed: str
    value: str
    problem: str = ""


def region(currency: str | None) -> str:
    """The country of local phone numbers, told by the company's currency; Russia when in doubt."""
    return REGIONS.get(currency or "", "RU")


def read(kind: str, typed: str, region: str = "RU") -> Reading:
    """Understand one row; an e-mail in the row of a phone becomes an e-mail. Nothing typed gives an empty value."""
    typed = " ".join(typed.split())[:LIMIT]
    kind = kind if kind in KINDS else "other"
    if kind in ("phone", "whatsapp") and _EMAIL.match(typed):
        kind = "email"
    if not typed:
        return Reading(kind, "", "")
    if kind == "email":
        return Reading(kind, typed, typed.lower(), "" if _EMAIL.match(typed) else "email")
    if kind in ("phone", "whatsapp"):
        return _phone(kind, typed, region)
    name = _PREFIX.sub("", typed).strip("/@ ") if kind in ("telegram", "vk") else typed
    number = phones.e164(name, region) if kind == "telegram" and phones.digits(name) else None
    return Reading(kind, typed, number or name.lower())


def _phone(kind: str, typed: str, region: str) -> Reading:
    bare = _PREFIX.sub("+", typed)
    number = phones.e164(bare, region)
    digits = phones.digits(bare)
    return Reading(kind, typed, number or digits, "" if number or len(digits) >= 3 else "phone")


def href(kind: str, value: str, typed: str) -> str | None:
    """tel:, mailto:, t.me, wa.me, vk.com, or a web address that was typed as such; None when nothing opens it."""
    safe = value if _PLAIN.fullmatch(value) else quote(value, safe="@+._-")
    if kind == "other":
        return typed if _ADDRESS.match(typed) else None
    if not value:
        return None
    if kind == "whatsapp":
        return f"https://wa.me/{phones.digits(value)}"
    heads = {"phone": "tel:", "email": "mailto:", "telegram": "https://t.me/", "vk": "https://vk.com/"}
    return heads[kind] + safe


def web_address(typed: str) -> str | None:
    """'example.com' as an address that opens, https unless typed otherwise; None for anything else."""
    full = typed if "://" in typed else f"https://{typed}"
    return full if "." in typed and _ADDRESS.match(full) else None


def shown(kind: str, value: str, typed: str) -> str:
    """The row as people read it: an E.164 number in groups, anything else as typed."""
    return phones.pretty(value) if kind in ("phone", "whatsapp") and value.startswith("+") else typed
