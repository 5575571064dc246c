"""The list that somebody took or read much of, and the filter that they asked it with, in words."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.documents import kinds
from crm.log.names import Names, Ref

LISTS: dict[str, Any] = {
    "deals": _l("Deals"), "contacts": _l("People"), "companies": _l("Companies"), "products": _l("Products"), "documents": _l("Documents"),
    "mail": _l("Letters"), "tasks": _l("Tasks"), "board": _l("Board"), "search": _l("Search"), "scoreboard": _l("Leaderboard"),
    "log": _l("Log")}
FILTERS: dict[str, Any] = {
    "q": _l("Words"), "page": _l("Page"), "pipeline": _l("Pipeline"), "stage": _l("Stage"), "status": _l("Status"),
    "manager": _l("Manager"), "who": _l("Person"), "company": _l("Company"), "contact": _l("Person"), "kind": _l("Kind"),
    "period": _l("Period"), "from": _l("From day"), "to": _l("To day"), "whose": _l("Whose"), "forgotten": _l("Forgotten"),
    "overdue": _l("Overdue"), "archived": _l("Archived"), "bin": _l("In the bin")}
SWITCHES = ("forgotten", "overdue", "archived", "bin")
CODES: dict[str, Mapping[str, Any]] = {
    "status": {"open": _l("Open"), "won": _l("Won"), "lost": _l("Lost"), "closed": _l("Closed"), "all": _l("All"), "bin": _l("Bin")},
    "kind": kinds.LABELS, "whose": {"mine": _l("Mine")}}
SILENT = ("sort", "basis")  # an order keeps nothing back
SORTS = {"stage": "stage", "pipeline": "pipeline", "manager": "user", "who": "user", "company": "company", "contact": "contact"}


def list_name(code: str) -> str:
    """A list by the name that people know it by."""
    head = code.partition(".")[0]
    return str(LISTS.get(head, head))


def _filters(asked: Any) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The filters as (list, pairs): of a file they are kept as pairs, of an hour's reading as the end of an address."""
    if not isinstance(asked, Mapping):
        return
    own = [(name, str(value)) for name, value in asked.items() if "." not in name]
    if own:
        yield "", own
    yield from ((name, parse_qsl(str(value))) for name, value in asked.items() if "." in name)


def refs(data: Mapping[str, Any]) -> Iterator[Ref]:
    """The records that a filter points to by their ids."""
    for _list, pairs in _filters(data.get("asked")):
        yield from ((SORTS[name], int(value)) for name, value in pairs if name in SORTS and value.isdecimal() and len(value) < 10)


def told(asked: Any, names: Names) -> str:
    """The filters in words."""
    said = []
    for of_list, pairs in _filters(asked):
        text = ", ".join(f"{FILTERS.get(name, name)} = {_value(name, value, names)}" for name, value in pairs
                         if value and name not in SILENT)
        said.append(f"{list_name(of_list)} ({text})" if of_list else text)
    return "; ".join(said)


def _value(name: str, value: str, names: Names) -> str:
    if name in SWITCHES:
        return _("yes")
    if value in CODES.get(name, {}):
        return str(CODES[name][value])
    return names.title((SORTS[name], int(value))) if name in SORTS and value.isdecimal() and len(value) < 10 else value
