"""The data of a document: plain texts, Decimals and lists of a deal, under the names of the catalogue.

Sums come from core/money, the same that the deal's page shows. Texts are written for paper in the language
of the document, whatever the reader's own language is.
"""

import datetime as dt
import hashlib
import json
import re
from decimal import Decimal
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.catalog import units
from crm.clients.models import Channel, Company, Contact
from crm.clients.names import is_cyrillic
from crm.core import money, phones
from crm.core.company_columns import OwnDetails
from crm.deals.models import Deal, DealLine
from crm.deals.queries.lines import counts, line_sums
from crm.documents import choices, ours, parts, qr, queries, ways
from crm.documents.catalogue import Context, freeze
from crm.documents.paying import INVOICE
from crm.documents.words.dates import date_in_words, date_long, date_plain
from crm.documents.words.genitive import full_name_genitive, short_name
from crm.documents.words.money import money_plain, quantity_plain, rate_plain, vat_sentence
from crm.documents.words.numbers import sum_in_words
from crm.documents.words.titles import acting, basis_genitive, called, job_genitive
from crm.firms import queries as firms

PICTURES = "pictures"  # digests of our logo, stamp and signature
QR_OFF = "qr_off"  # set when the owner does not offer the code: it is not drawn on the paper
TOWN = re.compile(r"(?:^|[\s,])г(?:\.\s*|\s+)([^,;]+)")


def build(deal: Deal, *, kind: str, lang: str, number: str, dated: dt.date,
          valid_until: dt.date | None, part: parts.Part | None = None, account: str = "", asked: parts.Asked | None = None,
          instead_of: int = 0) -> Context:
    """Everything that a template may use, for a document of `kind` in `lang` (ru, en).

    `number` is as written on the paper, empty for a trial, which gets none. Amounts are reckoned by core/money and written in the
    deal's currency; `dated` and `valid_until` are plain days. `part`: what of the deal an invoice is for. `account` is the number
    of ours to be paid to, else the usual one. `asked`: what invoices in force ask for, where that is known already.
    `instead_of` is the id of a document that this one will take the place of.
    """
    firm = firms.details(deal.firm_id)
    bank = firm.paid_to(account)
    lines = parts.lines_of(deal, part, lang, dated, asked)
    sums = line_sums(lines)
    context: Context = {
        "document": _document(number, dated, valid_until, lang),
        "company": _ours(firm, bank, lang),
        "client": _client(deal, lang),
        "person": _person(deal.contact),
        "deal": _deal(deal, lines, money.totals(sums), firm, lang),
        "items": [_item(place, line, line_sum, deal.currency, lang)
                  for place, (line, line_sum) in enumerate(zip(lines, sums, strict=True), 1)],
        "options": _options(deal, len(lines), lang),
        "manager": _manager(deal.manager),
        "contract": _basis(deal, "contract", lang, instead_of), "invoice": _basis(deal, "invoice", lang, instead_of),
    }
    if kind == "quote" and (offered := choices.frozen(deal.lines, lang)):
        context[choices.CHOICES] = offered
    if firm.pictures:
        context[PICTURES] = dict(firm.pictures)
    if kind == INVOICE and deal.currency == "RUB":
        rates = [line.vat_rate for line in lines]
        context[qr.TEXT] = _payment(firm, bank, money.totals(sums), rates, number, dated)
        if not ways.offers(ways.QR):
            context[QR_OFF] = True
    if kind == INVOICE:
        context[ways.PAY_LINK] = ways.card_link(number or "…", money.totals(sums).total, deal.currency)
    return context


def seal(context: Context, digest: str) -> str:
    """What a person sees of a document that is not made yet, as one short text: the data without the number, and the template's file."""
    shown = {name: value for name, value in context.items() if name not in (qr.TEXT, ways.PAY_LINK, "document")}
    rest = {name: value for name, value in context["document"].items() if name != "number"}
    return hashlib.sha256(json.dumps([freeze(shown), rest, digest], sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def with_pictures(context: Context) -> Context:
    """The same data with the payment code and our own pictures drawn, ready to be rendered."""
    text, digests = context.get(qr.TEXT), context.get(PICTURES)
    drawn: Context = {"qr": qr.picture(text, qr.title())} if text and not context.get(QR_OFF) else {}
    if digests:
        drawn["company"] = {**context["company"], **ours.drawn(digests)}
    return {**context, **drawn}


def _payment(firm: OwnDetails, bank: dict[str, str], total: money.Totals, rates: list[Decimal | None], number: str,
             dated: dt.date) -> str:
    """What the payment code says, or nothing when our bank details are not complete; sums in kopecks."""
    with force_locale("ru"):  # Russian banks read it, whatever the language of the invoice
        purpose = _("Payment of invoice No. %(number)s of %(date)s", number=number, date=date_plain(dated, "ru"))
    tax = vat_sentence(total.vat, rates, "ru")
    return qr.payload(firm, bank, kopecks=total.total, purpose=f"{purpose}, {tax}") or ""


def _document(number: str, dated: dt.date, valid_until: dt.date | None, lang: str) -> dict[str, str]:
    return {"number": number or "…",
            "date": date_plain(dated, lang), "date_words": date_in_words(dated, lang), "year": str(dated.year),
            "valid_until": date_plain(valid_until, lang), "valid_until_words": date_long(valid_until, lang)}


def _basis(deal: Deal, kind: str, lang: str, without: int) -> dict[str, str]:
    """The document of this kind that a specification, an invoice or an act refers to."""
    found = queries.rests_on(deal, kind, without)
    if found is None:
        return {}
    return {"number": found.numbered, "date": date_plain(found.dated, lang), "date_words": date_in_words(found.dated, lang)}


def currency_sign(currency: str, lang: str) -> str:
    """What stands beside a sum on paper."""
    with force_locale(lang):
        return str(_("RUB")) if currency == "RUB" else money.SIGNS.get(currency, currency)


def _deal(deal: Deal, lines: list[DealLine], total: money.Totals, firm: OwnDetails, lang: str) -> dict[str, Any]:
    places = money.exponent(deal.currency)
    rates = [line.vat_rate for line in lines]

    def paper(minor: int) -> str:
        return money_plain(minor, lang, places)

    sign = currency_sign(deal.currency, lang)
    taxed = any(rate is not None for rate in rates)
    return {
        "title": deal.title, "number": str(deal.id), "subtotal": paper(total.gross),
        "discount": paper(total.discount) if total.discount else "", "total": paper(total.total),
        "total_number": money.to_major(total.total, deal.currency),
        "total_words": sum_in_words(total.total, deal.currency, lang, places),
        "net": paper(total.net), "vat": paper(total.vat) if taxed else "",
        "vat_number": money.to_major(total.vat, deal.currency),
        "vat_words": vat_sentence(total.vat, rates, lang, sign=sign, places=places, ground=firm.vat_ground),
        "currency": deal.currency, "currency_sign": sign,
    }


def _item(place: int, line: DealLine, reckoned: money.LineSum, currency: str, lang: str) -> dict[str, Any]:
    places = money.exponent(currency)
    gap = "\u00a0" if lang == "ru" else ""
    return {
        "n": Decimal(place), "name": line.name, "code": line.product.sku if line.product else "",
        "unit": line.unit, "unit_code": units.code(line.unit),
        "quantity": quantity_plain(line.quantity, lang), "quantity_number": line.quantity,
        "price": money_plain(line.price, lang, places), "price_number": money.to_major(line.price, currency),
        "discount": f"{quantity_plain(line.discount, lang)}{gap}%" if line.discount else "",
        "vat_rate": rate_plain(line.vat_rate, lang),
        "vat": money_plain(reckoned.vat, lang, places) if line.vat_rate is not None else "",
        "net": money_plain(reckoned.total - reckoned.vat, lang, places),
        "total": money_plain(reckoned.total, lang, places),
        "total_number": money.to_major(reckoned.total, currency), "choice": _choice(line, lang),
        "parts": [_part(part, line.quantity, lang) for part in line.parts or []],
    }


def _part(part: dict[str, Any], sets: Decimal, lang: str) -> dict[str, Any]:
    """What all the sets of a line hold of one product."""
    quantity = Decimal(part["quantity"]) * sets
    return {"name": part["name"], "unit": part["unit"], "quantity": quantity_plain(quantity, lang), "quantity_number": quantity}


def _options(deal: Deal, counted: int, lang: str) -> list[dict[str, Any]]:
    """What the client may choose and is not in the total: numbered on from the lines that are."""
    others = [line for line in deal.lines if not counts(line)]
    return [_item(place, line, reckoned, deal.currency, lang)
            for place, (line, reckoned) in enumerate(zip(others, line_sums(others), strict=True), counted + 1)]


def _choice(line: DealLine, lang: str) -> str:
    if line.choice is None:
        return ""
    with force_locale(lang):
        return _("to choose: %(group)s", group=line.choice) if line.choice else _("optional")


def _town(address: str) -> str:
    """The town of a Russian address; other addresses have no mark that could be relied on."""
    found = TOWN.search(address)
    return found.group(1).strip() if found else ""


def _ours(firm: OwnDetails, bank: dict[str, str], lang: str) -> dict[str, Any]:
    same = ("name", "inn", "kpp", "ogrn", "vat_id", "vat_ground", "address", "phone", "email")
    person = len(firm.inn) == 12  # a Russian tax number of twelve digits belongs to a person
    return {**{name: getattr(firm, name) for name in same}, **bank, "legal_name": firm.legal_name or firm.name,
            "phone": phones.pretty(firm.phone),
            "city": _town(firm.address), "called": _called(firm.legal_name or firm.name, person, firm.signatory_name, lang),
            "signatory": _signatory(firm, lang)}


def _signatory(party: OwnDetails | Company, lang: str) -> dict[str, str]:
    name, job, basis = party.signatory_name, party.signatory_job, party.signatory_basis
    if lang != "ru":
        genitive = (name, job, basis)
        word = "acting"
    else:
        genitive = (party.signatory_name_genitive or name_genitive(name),
                    party.signatory_job_genitive or job_genitive(job),
                    party.signatory_basis_genitive or basis_genitive(basis))
        word = acting(full_name_genitive(name).gender)
    return {"name": name, "short": short(name), "job": job, "basis": basis, "name_genitive": genitive[0],
            "job_genitive": genitive[1], "basis_genitive": genitive[2], "acting": word}


def name_genitive(name: str) -> str:
    """The proposed genitive of a full name."""
    return full_name_genitive(name).text


def short(name: str) -> str:
    """Initials and surname in the order of the name's own language, with no-break spaces."""
    words = name.split()
    if is_cyrillic(name) or len(words) < 2:
        return short_name(name)
    return "\u00a0".join([*(f"{word[0].upper()}." for word in words[:-1]), words[-1]])


def _called(legal_name: str, person: bool, name: str, lang: str) -> str:
    if lang != "ru":
        return "hereinafter called"
    return called(legal_name, person=person, gender=full_name_genitive(name).gender)


def _client(deal: Deal, lang: str) -> dict[str, Any]:
    if deal.company is not None:
        return _firm(deal.company, lang)
    return _private(deal.contact, lang) if deal.contact is not None else {}


def _reach(channels: list[Channel], kind: str) -> str:
    found = next((channel for channel in channels if channel.kind == kind), None)
    if found is None:
        return ""
    return phones.pretty(found.value) if kind == "phone" else found.typed or found.value


def _firm(firm: Company, lang: str) -> dict[str, Any]:
    bank = firm.accounts[0] if firm.accounts else None
    address = firm.legal_address or firm.postal_address
    return {
        "name": firm.name, "legal_name": firm.legal_name or firm.name, "kind": firm.kind,
        "called": _called(firm.legal_name or firm.name, firm.kind == "entrepreneur", firm.signatory_name, lang),
        **{name: getattr(firm, name) for name in ("inn", "kpp", "ogrn", "vat_id")},
        "address": address, "city": firm.city or _town(address),
        "phone": _reach(firm.channels, "phone"), "email": _reach(firm.channels, "email"),
        **{name: getattr(bank, name) if bank else "" for name in ("bank", "bic", "account", "corr_account")},
        "signatory": _signatory(firm, lang),
    }


def _private(person: Contact, lang: str) -> dict[str, Any]:
    """A private person signs for themselves."""
    name = person.title
    genitive = full_name_genitive(name)
    return {
        "name": name, "legal_name": name, "kind": "person", "called": _called(name, True, name, lang),
        "inn": person.inn, "passport": person.passport, "address": person.address, "city": _town(person.address),
        "phone": _reach(person.channels, "phone"), "email": _reach(person.channels, "email"),
        "signatory": {"name": name, "short": short(name),
                      "name_genitive": genitive.text if lang == "ru" else name,
                      "acting": acting(genitive.gender) if lang == "ru" else "acting"},
    }


def _person(person: Contact | None) -> dict[str, str]:
    if person is None:
        return {}
    return {"name": person.title, "short": short(person.title), "job": person.job,
            "phone": _reach(person.channels, "phone"), "email": _reach(person.channels, "email")}


def _manager(user: User | None) -> dict[str, str]:
    if user is None:
        return {}
    return {"name": user.name, "short": short(user.name), "job": user.job, "phone": phones.pretty(user.phone),
            "email": user.email or ""}
