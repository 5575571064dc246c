"""What an entry of the log says: facts in the words of the timelines, acts of the journal in their own."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from crm.accounts.events import WAYS
from crm.core import journal
from crm.core.events import Event
from crm.guard.queries.chain import MARK
from crm.guard.queries.readings import alarm_words
from crm.timeline import words

PAGES = {"deal": "/deals/", "contact": "/contacts/", "company": "/companies/", "user": "/settings/users/"}
LONGEST = 400


def hidden() -> frozenset[str]:
    """What is hidden from the person of this request; nothing from a command."""
    return current_user.powers.hidden if current_user and current_user.is_authenticated else frozenset()


def of_event(kind: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """(what happened, its details) of a fact."""
    if data.keys() == {MARK}:
        return str(Event(kind=kind, data={}).meaning.label), _("The data of a person were erased here.")
    line = words.line(Event(kind=kind, data=dict(data)), hidden())
    return line.what, line.text


def of_act(kind: str, rows: int | None, data: Mapping[str, Any], who: str) -> tuple[str, str]:
    """(what happened, its details) of an act of the journal."""
    act = journal.ACTS.get(kind)
    label = str(act.label) if act else kind
    if data.keys() == {MARK}:
        return label, _("The data of a person were erased here.")
    if kind == "guard.alarm":
        return label, alarm_words(str(data.get("rule")), who, rows or 0, int(data.get("usual", 0)))
    parts = [ngettext("%(num)s row", "%(num)s rows", rows)] if rows is not None else []
    parts += [_readable(name, value) for name, value in data.items() if value not in ("", None, {}, [], False)]
    return label, ", ".join(parts)[:LONGEST]


def _readable(name: str, value: Any) -> str:
    if name == "by" and value in WAYS:
        return str(WAYS[value])
    if name == "new":
        return _("new browser")
    labels = {"browser": _("browser"), "of": _("of"),
              "what": _("list"), "code": _("code"), "file": _("file"), "asked": _("filter"), "limit": _("limit"),
              "had": _("taken before"), "lists": _("lists"), "cards": _("cards"), "email": _("e-mail"), "hour": _("hour")}
    text = "; ".join(f"{key}: {part}" for key, part in value.items()) if isinstance(value, Mapping) else str(value)
    return f"{labels.get(name, name)}: {text}"
