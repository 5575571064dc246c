"""What an entry of the log says: what happened, what it concerns by its present name, and the details in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from crm.accounts.events import WAYS
from crm.clients import hiding
from crm.clients.fields import OUTCOMES
from crm.core import journal
from crm.core.events import Event
from crm.documents import kinds
from crm.guard import acts
from crm.guard.queries.chain import MARK
from crm.guard.queries.readings import alarm_words
from crm.log import asked, fields
from crm.log.names import CARDS, Named, Names, Ref
from crm.timeline import words

LONGEST = 400
FEW = 3  # records that an entry about many names
NOBODYS = ("plan.changed",)  # linked with who did it, not with what it concerns
TITLED = ("deal.created", "deal.deleted", "deal.restored", "deal.imported", "document.", "invoice.")  # whose title is their record's name
SILENT = frozenset({"changed", "after", "currency", "text", "from_id", "to_id", "document_id", "ids", "listed", "name", "of", "role",
                    "done", "pipeline", "template", journal.CAME_FROM})
PAPERS = ("title", "number", "document_kind")  # a document's name, in its own language: it is named in the reader's
LABELS: dict[str, Any] = {
    "to": _l("To"), "reason": _l("Reason"), "competitor": _l("Competitor"), "removed": _l("Removed"), "stage": _l("Stage"),
    "on": _l("Day"), "team": _l("Team"), "passkey": _l("Passkey"), "version": _l("Version"), "backup": _l("Backup"), "year": _l("Year"),
    "months": _l("Months the log is kept"), "lines": _l("Products"), "count": _l("Records"), "added": _l("Added"), "same": _l("Unchanged"),
    "refused": _l("Refused rows"), "left": _l("Recovery codes left"), "result": _l("Result"), "browser": _l("browser"), "code": _l("code"),
    "file": _l("file"), "limit": _l("limit"), "had": _l("taken before"), "cards": _l("cards"), "email": _l("e-mail"), "sha256": "SHA-256"}


@dataclass(frozen=True)
class Told:
    """An entry in words; `about` names what it concerns."""

    what: str
    about: tuple[Named, ...]
    text: str


def subjects(kind: str, data: Mapping[str, Any], links: Sequence[Ref]) -> list[Ref]:
    """What a fact is about among the records that it concerns: a deal rather than a person, a person rather than a company."""
    if kind in NOBODYS:
        return []
    known = sorted((ref for ref in links if ref[0] in CARDS), key=lambda ref: (CARDS.index(ref[0]), ref[1]))
    if not known:
        return [("deal", data["deal"])] if isinstance(data.get("deal"), int) else []
    return [ref for ref in known if ref[0] == known[0][0]]


def searched(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What of the data of a fact may be found by this reader: nothing is found by what is hidden."""
    return words.allowed(data, fields.kept_back())


def of_event(kind: str, data: Mapping[str, Any], links: Sequence[Ref], names: Names) -> Told:
    """A fact in words. Of a record that the reader may not see only what was done, and by whom."""
    label = str(Event(kind=kind, data={}).meaning.label)
    refs = subjects(kind, data, links)
    about = _about(kind, data, refs, names)
    if data.keys() == {MARK}:
        return Told(label, about, _("The data of a person were erased here."))
    if any(ref in names.hidden for ref in refs):
        return Told(label, about, "")
    hidden = fields.kept_back()
    data = words.allowed(data, hidden)
    lines = [", ".join(_parts(kind, data, names, {one.text for one in about})), *fields.changes(kind, data, names)]
    if isinstance(data.get("text"), str):
        lines.append(data["text"])
    return Told(label, about, hiding.masked("\n".join(line for line in lines if line), hidden))


def of_act(kind: str, rows: int | None, data: Mapping[str, Any], who: str, names: Names) -> Told:
    """An act of the journal in words."""
    act = journal.ACTS.get(kind)
    label = str(act.label) if act else kind
    if data.keys() == {MARK}:
        return Told(label, (), _("The data of a person were erased here."))
    if kind == "guard.alarm":
        return Told(label, (), alarm_words(str(data.get("rule")), who, rows or 0, int(data.get("usual", 0))))
    about = tuple(Named(str(data[name])) for name in ("of", "name") if data.get(name))
    parts = [ngettext("%(num)s row", "%(num)s rows", rows)] if rows is not None else []
    return Told(label, about, fields.shown(", ".join(parts + _parts(kind, data, names, set())))[:LONGEST])


def _about(kind: str, data: Mapping[str, Any], refs: Sequence[Ref], names: Names) -> tuple[Named, ...]:
    """The records, or the setting, that a fact concerns."""
    if refs:
        remembered = str(data.get("name") or (data.get("title") if kind.startswith(TITLED) else "") or "")
        named = [names.named(ref, remembered if len(refs) == 1 else "") for ref in refs[:FEW]]
        more = len(refs) - FEW
        return (*named, *([Named(ngettext("and %(num)s more", "and %(num)s more", more))] if more > 0 else []))
    if kind == "role.changed" and "role" in data:
        return (_role(data, names),)
    text = next((data[name] for name in ("pipeline", "template") if data.get(name)), None)
    return (Named(str(text)),) if text else ()


def _role(data: Mapping[str, Any], names: Names) -> Named:
    code = str(data["role"])
    if code in names.roles:
        return Named(names.roles[code], f"/settings/roles?role={code}")
    return Named(_("%(name)s (no longer there)", name=data.get("name") or _("Role")))


def _parts(kind: str, data: Mapping[str, Any], names: Names, said: set[str]) -> list[str]:
    """The details of an entry but for what was changed, in the order in which they were kept."""
    found = []
    for name, value in data.items():
        if name in SILENT and not (name == "role" and kind == "user.created"):
            continue
        if name in PAPERS and said and kind.startswith("document."):
            continue
        if value in ("", None, {}, [], False) and name != "archived":
            continue
        text = _SAY[name](value, data, names) if name in _SAY else _plain(name, value)
        if text and text not in said:
            found.append(text)
    return found


def _plain(name: str, value: Any) -> str:
    """A detail with its label; what points to records by ids says nothing to people."""
    if isinstance(value, Mapping):
        value = "; ".join(f"{key}: {part}" for key, part in value.items())
    elif isinstance(value, list):
        value = ", ".join(str(one) for one in value)
    elif isinstance(value, bool):
        value = fields.yes_no(value)
    return _labelled(LABELS.get(name) or fields.COMMON.get(name) or name.replace("_", " "), value)


def _labelled(label: Any, value: Any) -> str:
    return _("%(field)s: %(new)s", field=label, new=value)


def _as_is(value: Any, _data: Mapping[str, Any], _names: Names) -> str:
    return str(value) if isinstance(value, str) else ""


def _before(value: Any, data: Mapping[str, Any], _names: Names) -> str:
    return f"{value} → {data['after']}" if isinstance(value, str) and isinstance(data.get("after"), str) else ""


def _people(value: Any, data: Mapping[str, Any], _names: Names) -> str:
    """Who asked for a mass act, the people of a deal; of a task they stand among what was changed."""
    if not isinstance(value, str):
        return ""
    return _labelled(_("Asked by"), value) if "act" in data else value


def _act(value: Any, data: Mapping[str, Any], _names: Names) -> str:
    act = acts.ACTS.get(value)
    return act.words(int(data.get("number", 0))) if act else str(value)


def _counts(value: Any, _data: Mapping[str, Any], _names: Names) -> str:
    many = {"company": _("Companies"), "contact": _("People"), "deal": _("Deals"), "task": _("Tasks")}
    return "; ".join(_labelled(many.get(sort, sort), number) for sort, number in value.items() if number)


def _flag(yes: Any, no: Any = "") -> Callable[..., str]:
    return lambda value, _data, _names: str(yes if value else no)


_SAY: dict[str, Callable[[Any, Mapping[str, Any], Names], str]] = {
    "title": _as_is, "subject": _as_is, "before": _before, "people": _people, "act": _act, "counts": _counts,
    "number": lambda value, data, _names: "" if "act" in data else str(value),
    "percent": lambda value, _data, _names: fields.percent(value),
    "outcome": lambda value, _data, _names: str(OUTCOMES.get(value, value)),
    "amount": lambda value, data, _names: fields.money(value, data) if isinstance(value, int) else "",
    "role": lambda value, _data, names: _labelled(_("Role"), names.roles.get(value, value)),
    "copied": lambda value, _data, names: _labelled(_("Made from"), names.roles.get(value, value)),
    "task_kind": lambda value, _data, names: fields.readable("", "task_kind", value, {}, names),
    "template_kind": lambda value, _data, _names: str(kinds.LABELS.get(value, value)),
    "document_kind": lambda value, _data, _names: str(kinds.LABELS.get(value, value)),
    "stage": lambda value, _data, names: _labelled(_("Stage"), names.title(("stage", value)) if isinstance(value, int) else value),
    "deal": lambda _value, _data, _names: "",
    "on": lambda value, _data, _names: _labelled(_("Day"), fields.day(str(value))),
    "deleted": _flag(_l("Removed")), "reset": _flag(_l("Back to its usual rights")), "created": _flag(_l("Added")),
    "archived": _flag(_l("Moved to the archive"), _l("Brought back from the archive")), "invited": _flag(_l("Invited")),
    "new": _flag(_l("new browser")),
    "table": lambda _value, data, _names: ngettext("%(num)s entry", "%(num)s entries", len(data.get("ids", []))),
    "by": lambda value, _data, _names: str(WAYS.get(value, value)),
    "what": lambda value, _data, _names: _labelled(_("list"), asked.list_name(str(value))),
    "lists": lambda value, _data, _names: _labelled(_("lists"), "; ".join(f"{asked.list_name(key)} {most}" for key, most in value.items())),
    "asked": lambda value, _data, names: _labelled(_("filter"), asked.told(value, names)),
    "hour": lambda value, _data, _names: _labelled(_("hour"), fields.moment(str(value))),
}
