"""A document before it is made: the text as it will be, and what is empty in it. Takes no number, writes nothing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from crm.core import money
from crm.core.company_columns import OwnDetails
from crm.deals.models import Deal
from crm.documents import context, engine, parts, queries, sheets
from crm.documents.gaps import Gap, gaps
from crm.documents.queries import Choice
from crm.firms import queries as firms


@dataclass(frozen=True)
class Draft:
    """What the wizard shows. `choice` is None where there is no template: then there is no text either."""

    kind: str
    locale: str
    languages: Sequence[str]
    choices: Sequence[Choice]
    choice: Choice | None
    html: str
    gaps: Sequence[Gap]
    problem: str = ""
    look: str = ""
    ours: OwnDetails | None = None  # in whose name
    archived: bool = False  # that company is in use no more
    seen: str = ""  # what is shown, see context.seal
    amount: int = 0  # what it comes to, in minor units


def draft(deal: Deal, *, kind: str, locale: str, key: str, dated: dt.date, valid_until: dt.date | None,
          part: parts.Part | None = None, account: str = "", asked: parts.Asked | None = None,
          instead_of: int = 0) -> Draft:
    """The draft of a document of `kind` for `deal`; another language when there is no template in this one."""
    languages = queries.languages(kind)
    if locale not in languages and languages:
        locale = languages[0]
    choice = queries.choose(kind, locale, key, deal)
    if choice is None:
        return Draft(kind, locale, languages, (), None, "", ())
    data = context.build(deal, kind=kind, lang=locale, number="", dated=dated, valid_until=valid_until, part=part,
                         account=account, asked=asked, instead_of=instead_of)
    ours = firms.details(deal.firm_id)
    missing = gaps(deal, data, sheets.report(choice.digest).fields_used, ours, locale)
    html, problem = shown(choice.digest, data)
    return Draft(kind, locale, languages, _offered(kind, locale, deal, choice), choice, html, missing, problem,
                 sheets.look(choice.digest), ours, firms.is_archived(deal.firm_id), context.seal(data, choice.digest),
                 money.to_minor(data["deal"]["total_number"], deal.currency))


@dataclass(frozen=True)
class Billed:
    """What the wizard says of an invoice: what it asks for, what earlier ones ask for, and by how much all exceed the deal."""

    amount: int
    before: int
    over: int


def usual_part(deal: Deal, asked: parts.Asked) -> str:
    """What a new invoice is for: what is left once a part was asked for, else the whole deal. Nothing where nothing is left."""
    if not asked.total:
        return parts.WHOLE
    return parts.REST if asked.total < deal.amount else ""


def billed(deal: Deal, amount: int, asked: parts.Asked) -> Billed:
    """The figures of a new invoice of `amount` beside those in force."""
    return Billed(amount, asked.total, max(asked.total + amount - deal.amount, 0))


def _offered(kind: str, locale: str, deal: Deal, choice: Choice) -> list[Choice]:
    """What the wizard lists: those meant for the deal, and the one that was asked for in spite of that."""
    found = queries.choices(kind, locale, deal)
    return found if choice.key in {one.key for one in found} else [*found, choice]


def shown(digest: str, data: context.Context) -> tuple[str, str]:
    """The text as HTML and no problem, or nothing and the sentence that says why it cannot be made."""
    try:
        return engine.to_html(sheets.render(digest, context.with_pictures(data))), ""
    except sheets.SheetError as error:
        return "", error.message


def trial(digest: str, deal: Deal, *, kind: str, locale: str, dated: dt.date) -> tuple[str, str]:
    """A template tried on a deal: like `shown`."""
    data = context.build(deal, kind=kind, lang=locale, number="", dated=dated, valid_until=dated)
    return shown(digest, data)


