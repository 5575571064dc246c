"""What a template asks for and the data do not have: shown before a document is made, to be filled in place.

A genitive that nobody has confirmed is told apart: it is proposed, not missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from crm.clients.models import Company
from crm.core.company_columns import OwnDetails
from crm.deals.models import Deal
from crm.documents import engine
from crm.documents.catalogue import CATALOGUE, Context, Field, Group, complete
from crm.documents.context import name_genitive
from crm.documents.words.titles import basis_genitive, job_genitive

# fields that are rightly empty: what they stand for is simply not there
OPTIONAL = frozenset({"qr", "pay_link", "document.valid_until", "document.valid_until_words", "document.number", "deal.discount",
                      "deal.vat", "items[].discount", "items[].code", "items[].unit", "items[].vat", "items[].choice", "client.city",
                      "client.kind", "contract.number", "contract.date", "contract.date_words", "invoice.number", "invoice.date",
                      "invoice.date_words", "company.vat_ground", "company.logo", "company.stamp", "company.signature"})
NUMBERS = ("inn", "kpp", "ogrn", "vat_id", "bank", "bic", "account", "corr_account")
BANK = ("bank", "bic", "account", "corr_account")
PROPOSE = {"name": name_genitive, "job": job_genitive, "basis": basis_genitive}


@dataclass(frozen=True)
class Gap:
    """One empty field: `place` is where it lives (client, contact, company, deal, manager), `column` the column
    of our client's or our own company that fills it, if one does. `proposal` is set for what only needs a yes."""

    path: str
    party: Any
    label: Any
    place: str
    column: str = ""
    proposal: str = ""


@cache
def canonical(path: str) -> str | None:
    """The English path of a field named in either language; None when there is no such field."""
    nodes: tuple[Field | Group, ...] = CATALOGUE
    names = []
    for part in path.split("."):
        bare = part.replace("[]", "")
        node = next((one for one in nodes if bare in (one.name, one.ru, one.ru.replace("ё", "е"))), None)
        if node is None:
            return None
        names.append(node.name + part[len(bare):])
        nodes = node.fields if isinstance(node, Group) else ()
    return ".".join(names)


@cache
def _labels() -> dict[str, tuple[Any, Any]]:
    """Path -> (label of the first group, label of the field)."""
    found: dict[str, tuple[Any, Any]] = {}

    def walk(nodes: tuple[Field | Group, ...], path: str, top: Any) -> None:
        for node in nodes:
            if isinstance(node, Group):
                walk(node.fields, f"{path}{node.name}{'[]' if node.many else ''}.", top or node.label)
            found[path + node.name] = (top or node.label, node.label)

    walk(CATALOGUE, "", None)
    return found


def gaps(deal: Deal, context: Context, used: tuple[str, ...], ours: OwnDetails, lang: str) -> list[Gap]:
    """The empty and the unconfirmed among the `used` fields of a template, each target once, in catalogue order."""
    paths = tuple(dict.fromkeys(path for path in map(canonical, used) if path))
    whole = complete(context)
    missing = [path for path in engine.empty_fields(whole, paths) if not _may_be_empty(path, whole, lang)]
    found: dict[tuple[str, str], Gap] = {}
    for path in missing:
        gap = _gap(path, deal)
        found.setdefault((gap.place, gap.column or path), gap)
    if lang == "ru":
        for gap in _unconfirmed(paths, deal, ours):
            found.setdefault((gap.place, gap.column), gap)
    places = list(_labels())
    return sorted(found.values(), key=lambda gap: places.index(gap.path))


def _may_be_empty(path: str, whole: Context, lang: str) -> bool:
    if path in OPTIONAL or path.startswith("options"):
        return True
    party, _dot, field = path.partition(".")
    if path == "client.passport":
        return bool(whole["client"]["kind"] != "person")
    if party not in ("client", "company") or field not in (*NUMBERS, "city", "signatory.job", "signatory.basis",
                                                           "signatory.job_genitive", "signatory.basis_genitive"):
        return False
    values = whole[party]
    if party == "client" and values["kind"] == "person":
        return True
    if field == "city":
        return party == "client"
    if lang == "ru":
        return field == "vat_id" or (field == "kpp" and (values.get("kind") == "entrepreneur" or len(values["inn"]) == 12))
    return field in ("kpp", "corr_account") or (field in ("inn", "vat_id", "ogrn") and bool(
        values["inn"] or values["vat_id"]))


def _gap(path: str, deal: Deal) -> Gap:
    party, label = _labels()[path]
    top, _dot, field = path.partition(".")
    if top == "client":
        if deal.company is None:
            return Gap(path, party, label, "contact" if deal.contact else "deal")
        return Gap(path, party, label, "client", _column(field, {"address": "legal_address"}))
    if top == "company":
        return Gap(path, party, label, "company", _column(field, {}))
    if top == "person":
        return Gap(path, party, label, "contact" if deal.contact else "deal")
    return Gap(path, party, label, "manager" if top == "manager" and deal.manager else "deal")


def _column(field: str, renamed: dict[str, str]) -> str:
    """The column that fills a field: without a name there can be no genitive, so the name is asked first."""
    if field.startswith("signatory."):
        name = field.removeprefix("signatory.").removesuffix("_genitive")
        return f"signatory_{'name' if name in ('short', 'acting') else name}"
    return "" if field in ("phone", "email", "called") else renamed.get(field, field)


def _unconfirmed(paths: tuple[str, ...], deal: Deal, ours: OwnDetails) -> Iterator[Gap]:
    parties: tuple[tuple[str, OwnDetails | Company | None], ...] = (("company", ours), ("client", deal.company))
    for place, party in parties:
        for part, propose in PROPOSE.items():
            path = f"{place}.signatory.{part}_genitive"
            if party is None or path not in paths or not getattr(party, f"signatory_{part}"):
                continue
            column = f"signatory_{part}_genitive"
            if not getattr(party, column):
                label = _labels()[path]
                yield Gap(path, *label, place, column, propose(getattr(party, f"signatory_{part}")))
