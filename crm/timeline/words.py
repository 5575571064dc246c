"""What a fact says on a timeline: a short line, and beneath it the note or the changed fields.

Facts are told by what their data hold (before and after, changed, title, text ...), so that a feature which
declares a new one need not come here.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.clients import comparing, fields, hiding
from crm.core import dates, i18n
from crm.core.events import Event
from crm.core.money import format_money
from crm.documents import ways

GOOD = frozenset({"deal.won", "payment.received", "invoice.paid", "document.accepted", "document.agreed", "document.signed"})
BAD = frozenset({"deal.lost", "letter.failed", "invoice.overdue"})
INFO = frozenset({"document.asked", "document.opened", "document.made", "document.lawyer", "document.sent", "letter.sent"})
LABELS: dict[str, Any] = {
    **fields.LABELS, "price": _l("Price"), "cost": _l("Cost"), "unit": _l("Unit"), "sku": _l("Product code"), "group": _l("Group"),
    "vat_rate": _l("VAT"),
    "title": _l("Name"), "contact": _l("Person"), "amount": _l("Amount"), "currency": _l("Currency"),
    "engaged_on": _l("First contact"), "expected_on": _l("Decision expected"), "closed_on": _l("Closed on"),
    "firm": _l("Our company"), "pipeline": _l("Pipeline"), "stage": _l("Stage"), "text": _l("Text"), "due_on": _l("Day"),
    "due_time": _l("Time"), "assignee": _l("Who does it"), "ends_on": _l("The contract ends on"), "deliver_on": _l("Delivery by"),
    "pay_on": _l("Payment by"), "remind_days": _l("Days before, for the task"),
    "paid_on": _l("Day of payment"), "way": _l("How it was paid"),
    "number": _l("Number"), "note": _l("Note"), "ways": _l("Ways to pay"), "card_link": _l("Your page for cards"),
    "task_after": _l("Days past due until the manager gets a task"), "letters": _l("Remind the client by letter"),
    "letter_after": _l("Days past due until the letter"),
}
SUMS = ("amount", "price", "cost")
DAYS = ("engaged_on", "expected_on", "closed_on", "due_on", "ends_on", "deliver_on", "pay_on", "paid_on")
LONGEST = 160
NOTE = "note"  # what the composer writes when it is no call


@dataclass(frozen=True)
class Line:
    """One row of a timeline. `kind` paints it: good, bad, info or nothing."""

    icon: str
    what: str
    text: str
    kind: str


def line(event: Event, hidden: frozenset[str] = frozenset()) -> Line:
    """The row of one fact in the reader's language, without the fields that are hidden from the reader."""
    meaning, data = event.meaning, allowed(event.data, hidden)
    detail = _detail(event.kind, data)
    label = str(meaning.label)
    what = _("%(what)s: %(detail)s", what=label, detail=detail) if detail else label
    kind = next((name for name, kinds in (("good", GOOD), ("bad", BAD), ("info", INFO)) if event.kind in kinds), "")
    return Line(meaning.icon, hiding.masked(what, hidden), _text(data, hidden), kind)


def allowed(data: Mapping[str, Any], hidden: frozenset[str]) -> Mapping[str, Any]:
    """The data of a fact without the hidden fields. Of ways to reach all go when any is hidden: old and new stand in one text."""
    changed = data.get("changed")
    if not hidden or not isinstance(changed, Mapping):
        return data
    kept_back = {"cost"} if "product.cost" in hidden else set()
    kept_back |= set() if hiding.REACH.isdisjoint(hidden) else {"channels"}
    if kept_back.isdisjoint(changed):
        return data
    return {**data, "changed": {name: pair for name, pair in changed.items() if name not in kept_back}}


def _detail(kind: str, data: Mapping[str, Any]) -> str:
    """What stands after the label: the outcome, the two stages, the name, the number, the sum."""
    if kind == "call.made":
        return str(fields.OUTCOMES.get(data.get("outcome", ""), ""))
    if isinstance(data.get("before"), str) and isinstance(data.get("after"), str):
        return f"{data['before']} → {data['after']}"
    names = ("title", "by", "subject", "number", "reason", "people", "to")
    parts = [str(data[name]) for name in names if isinstance(data.get(name), str | int) and data[name] != ""][:2]
    if isinstance(data.get("percent"), str):
        parts.append(_percent(data["percent"]))
    if isinstance(data.get("amount"), int) and data["amount"] and data.get("currency"):
        parts.append(_sum(data["amount"], data["currency"]))
    return ", ".join(parts)


def _text(data: Mapping[str, Any], hidden: frozenset[str]) -> str:
    """The note itself, or a line per changed field; what is hidden is masked before a long text is cut, or a half of it would stay."""
    lines = [hiding.masked(data["text"], hidden)] if isinstance(data.get("text"), str) and data["text"] else []
    changed = data.get("changed")
    if isinstance(changed, Mapping):
        lines += [_change(name, pair, data, hidden) for name, pair in changed.items()
                  if isinstance(pair, list | tuple) and len(pair) == 2]
    return "\n".join(lines)


def _change(name: str, pair: Any, data: Mapping[str, Any], hidden: frozenset[str]) -> str:
    old, new = (_readable(name, value, data, hidden) for value in pair)
    label = str(LABELS.get(name, name))
    if not old:
        return _("%(field)s: %(new)s", field=label, new=new)
    return _("%(field)s: %(old)s → %(new)s", field=label, old=old, new=new or _("empty"))


def _readable(name: str, value: Any, data: Mapping[str, Any], hidden: frozenset[str]) -> str:
    if name == "vat_rate":
        return _("Without VAT") if value in (None, "") else _percent(value)
    if value is None or value == "":
        return ""
    if name in SUMS and isinstance(value, int):
        return _sum(value, data.get("currency", "RUB"))
    if name == "way":
        return str(ways.WAYS.get(value, value))
    if name in DAYS:
        return dates.day_text(dt.date.fromisoformat(str(value)), i18n.choose_locale())
    text = hiding.masked(comparing.readable(name, value).replace("\n", "; "), hidden)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _percent(number: int | str) -> str:
    return _("%(rate)s%%", rate=i18n.decimal(Decimal(number)))


def _sum(minor: int, currency: str) -> str:
    return format_money(minor, currency, i18n.choose_locale())
