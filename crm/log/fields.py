"""Fields of entries in the reader's language: their labels, and their values in words instead of codes, ids and JSON."""

import ast
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.accounts import matrix, rights
from crm.accounts.queries import organization
from crm.accounts.second import NEEDED_BY
from crm.clients import comparing, hiding
from crm.core import dates, i18n, modules
from crm.core.money import format_money
from crm.documents import kinds, ways
from crm.log.names import Names, Ref
from crm.tasks.queries import KIND_LABELS
from crm.timeline import words

LONGEST = 160
GUARD = {"files": _l("Rows a day in files"), "lists": _l("Rows a day in lists and boards"),
         "tell": _l("Tell me when a person takes more rows a day in files than"),
         "cards": _l("Tell me when a person opens more cards in an hour than"),
         "deletes": _l("Records a day that a person deletes alone"), "months": _l("Months the log is kept"),
         "people": _l("Limits of single people")}
COMMON: dict[str, Any] = {
    **words.LABELS, "result": _l("Result"), "stage_id": _l("Stage"), "manager_id": _l("Manager"), "company_id": _l("Company"),
    "contact_id": _l("Person"), "email": _l("E-mail"), "phone": _l("Phone"), "role": _l("Role"), "team_id": _l("Team"),
    "active": _l("Can sign in"), "currency": _l("Currency"), "address": _l("Address"), "bank": _l("Bank"),
    "bic": _l("Bank code (BIC)"), "account": _l("Account"), "corr_account": _l("Correspondent account"),
    "vat_rate": _l("Default VAT"), "locale": _l("Language"), "timezone": _l("Time zone"), "modules_off": _l("Not in use"),
    "vat_ground": _l("Ground for no VAT"),
    "forgotten_days": _l("Days without activity before a deal counts as forgotten"),
    "second_for": _l("Who must have a second step"), "guard": _l("Protection"), "sku": _l("Product code"), "unit": _l("Unit"),
    "price": _l("Price, VAT included"), "sells": _l("People of this role lead deals and compete on the leaderboard"),
    "hidden": _l("Hidden"), "discount": _l("Greatest discount, %"), "cost": _l("Cost"),
}
OWN: dict[str, dict[str, Any]] = {  # where a field means something else than elsewhere
    "user.changed": {"name": _l("Full name")}, "settings.changed": {"name": _l("Company")},
    "role.changed": {"name": _l("Name of the role")}, "product.changed": {"vat_rate": _l("VAT")}}
IDS = {"stage_id": "stage", "manager_id": "user", "company_id": "company", "contact_id": "contact", "team_id": "team"}
MONEY = ("amount", "price", "cost")


def kept_back() -> frozenset[str]:
    """The fields that are hidden from the person of this request; none from a command."""
    return current_user.powers.hidden if current_user and current_user.is_authenticated else frozenset()


def shown(text: str) -> str:
    """The text without what is hidden from this reader."""
    return hiding.masked(text, kept_back())


def label(kind: str, name: str, names: Names) -> str:
    """What the field is called."""
    if kind == "role.changed" and name in rights.RIGHTS:
        return _right(name)
    if kind == "plan.changed":
        return _plan(name, names)
    return str(OWN.get(kind, {}).get(name) or COMMON.get(name) or name.replace("_", " "))


def _right(code: str) -> str:
    """A right as the matrix of roles calls it."""
    if code in matrix.SWITCHES:
        return str(matrix.SWITCHES[code])
    record, deed = code.split(".")
    deed = "edit" if deed == "make" else deed
    if record not in matrix.RECORDS or deed not in matrix.DEEDS:
        return code
    return _("%(record)s, %(deed)s", record=matrix.RECORDS[record], deed=str(matrix.DEEDS[deed]).lower())


def _plan(name: str, names: Names) -> str:
    """A cell of the sales plan: whose, and the month."""
    person, _slash, month = name.partition("/")
    try:
        return f"{names.title(('user', int(person)))}, {dates.month_text(dt.date.fromisoformat(f'{month}-01'), i18n.choose_locale())}"
    except ValueError:
        return name


def refs(data: Mapping[str, Any]) -> Iterator[Ref]:
    """The records that the fields of an entry point to by their ids."""
    for name, sort in IDS.items():
        for value in pair(data, name):
            if (number := _number(value)) is not None:
                yield sort, number
    for sort in ("deal", "stage"):
        if isinstance(data.get(sort), int):
            yield sort, data[sort]


def pair(data: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    """Before and after of a changed field; nothing when it was not changed."""
    changed = data.get("changed")
    found = changed.get(name) if isinstance(changed, Mapping) else None
    return tuple(found) if isinstance(found, list | tuple) and len(found) == 2 else ()


def _number(value: Any) -> int | None:
    return int(value) if str(value).isdecimal() and len(str(value)) < 10 else None


def changes(kind: str, data: Mapping[str, Any], names: Names) -> list[str]:
    """One line for each changed field: its label, what it was, what it became."""
    lines = []
    for name in data["changed"] if isinstance(data.get("changed"), Mapping) else ():
        both = pair(data, name)
        if both and name == "guard":
            lines += _guard(both, names)
        elif both:
            lines.append(change(label(kind, name, names), *(readable(kind, name, value, data, names) for value in both)))
    return lines


def change(field: str, old: str, new: str) -> str:
    """A changed field in one line."""
    if not old:
        return _("%(field)s: %(new)s", field=field, new=new)
    return _("%(field)s: %(old)s → %(new)s", field=field, old=old, new=new or _("empty"))


def _guard(both: tuple[Any, ...], names: Names) -> list[str]:
    """The rules of protection that were changed; the fact holds all of them, old and new."""
    before, after = (_opened(value, {}) for value in both)
    return [change(str(GUARD.get(name, name)), *(_limits(rules.get(name), names) for rules in (before, after)))
            for name in {**before, **after} if before.get(name) != after.get(name)]


def _limits(value: Any, names: Names) -> str:
    """A rule's number, or the limits of single people."""
    if not isinstance(value, Mapping):
        return "" if value is None else str(value)
    said = {user_id: ", ".join(f"{GUARD.get(name, name)}: {most}" for name, most in own.items()) for user_id, own in value.items()}
    return "; ".join(f"{names.title(('user', int(user_id)))} ({limits})" for user_id, limits in said.items())


def _opened(value: Any, otherwise: Any) -> Any:
    """A list or a mapping that a fact keeps as Python writes it."""
    try:
        found = ast.literal_eval(value) if isinstance(value, str) else value
    except (ValueError, SyntaxError):
        return otherwise
    return found if isinstance(found, type(otherwise)) else otherwise


def readable(kind: str, name: str, value: Any, data: Mapping[str, Any], names: Names) -> str:
    """A value in words: names for ids, labels for codes, days and sums as people write them."""
    if name == "vat_rate":
        return _vat(value)
    if value in (None, "", "None"):
        return ""
    if kind == "role.changed" and name in rights.RIGHTS:
        return _level(name, str(value))
    if isinstance(value, bool):
        return yes_no(value)
    if name in IDS and (number := _number(value)) is not None:
        return names.title((IDS[name], number))
    if (name in MONEY or kind == "plan.changed") and (number := _number(value)) is not None:
        return money(number, data)
    text = _BY_NAME[name](str(value), names) if name in _BY_NAME else _text(name, value)
    if len(text) <= LONGEST:
        return text
    return shown(text)[:LONGEST] + "…"  # before it is cut: half a number is not known for one


def _text(name: str, value: Any) -> str:
    if name in words.DAYS:
        return day(str(value))
    return comparing.readable(name, value).replace("\n", "; ")


def day(text: str) -> str:
    """A day as people write it; what is no day stays as it is."""
    try:
        return dates.day_text(dt.date.fromisoformat(text), i18n.choose_locale())
    except ValueError:
        return text


def moment(text: str) -> str:
    """A moment in the company's zone."""
    try:
        return dates.moment_text(dt.datetime.fromisoformat(text), i18n.choose_locale())
    except ValueError:
        return text


def yes_no(value: bool) -> str:
    """A switch in words."""
    return _("yes") if value else _("no")


def money(minor: int, data: Mapping[str, Any]) -> str:
    """A sum in the currency of the entry, else in the company's."""
    company = organization()
    return format_money(minor, data.get("currency") or (company.currency if company else "RUB"), i18n.choose_locale())


def _vat(value: Any) -> str:
    return _("without VAT") if value in (None, "", "None") else percent(value)


def percent(value: int | str) -> str:
    """A percent as it was recorded, such as '7.50', as people write it."""
    return _("%(rate)s%%", rate=i18n.decimal(Decimal(value)))


def _level(code: str, level: str) -> str:
    """A level of a right as the matrix says it; of a switch whether it is on."""
    if code in matrix.SWITCHES or not rights.RIGHTS[code].scoped:
        return yes_no(level != "none")
    return str(matrix.LEVEL_LABELS.get(level, level))


def _hidden(text: str, _names: Names) -> str:
    return ", ".join(str(rights.FIELDS.get(code, code)) for code in text.split(", "))


def _modules(text: str, _names: Names) -> str:
    return ", ".join(str(modules.MODULES[code].label) if code in modules.MODULES else str(code) for code in _opened(text, []))


_BY_NAME: dict[str, Callable[[str, Names], str]] = {
    "role": lambda text, names: names.roles.get(text, text),
    "hidden": _hidden, "modules_off": _modules,
    "second_for": lambda text, _names: str(NEEDED_BY.get(text, text)),
    "locale": lambda text, _names: str(kinds.LANGUAGES.get(text, text)),
    "task_kind": lambda text, _names: str(KIND_LABELS.get(text, text)),
    "way": lambda text, _names: str(ways.WAYS.get(text, text)),
    "ways": lambda text, _names: ", ".join(str(ways.WAYS.get(code, code)) for code in text.split(", ")),
    "due_time": lambda text, _names: text[:5],
}
