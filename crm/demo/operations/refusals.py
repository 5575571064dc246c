"""Why a demo deal was refused: a reason of the pipeline's tree, the manager's words, the one who won."""

import random
from dataclasses import dataclass

from crm.deals.models import LossReason
from crm.demo.content import DemoContent
from crm.demo.operations.sales import Sale

BEATEN = ("price_cheaper", "competitor_tender", "competitor_usual", "competitor_current")
# refusals that need an offer, a trial or a talk about terms; the rest may come at any time
LATER = ("price_", "terms_", "trust_trial", "trust_terms", "no_answer_quote", "competitor_tender", "competitor_usual",
         "not_ours_quality", "timing_supplier")
OFFER_MADE = 1 / 3  # of the way
COMMON = ("price_cheaper", "timing_later", "competitor_usual", "competitor_current", "no_answer_quote")


@dataclass(frozen=True)
class Refusal:
    """`price` of the competitor in minor units, when it is known."""

    reason: LossReason
    comment: str
    competitor: str
    price: int | None


def explain(content: DemoContent, sale: Sale, dice: random.Random) -> Refusal:
    """One refusal; some reasons are met more often than others."""
    texts = content.refusals[sale.way.code]
    offered = sale.last >= len(sale.way.stages) * OFFER_MADE
    codes = [code for code in texts if (code != "no_answer_first" if offered else not code.startswith(LATER))]
    code = dice.choices(codes, weights=[4 if one in COMMON else 1 for one in codes])[0]
    comment = dice.choice(texts[code])
    competitor, price = "", None
    if code in BEATEN:
        firms = content.competitors[:-2]  # the last two are a marketplace and the client's own staff
        competitor = next((firm for firm in firms if _names(comment, firm)), "") or dice.choice(firms)
        if dice.random() < 0.7:
            price = round(sale.amount * dice.uniform(0.82, 0.97) / 10_000) * 10_000 or None
    return Refusal(sale.way.reasons[code], comment, competitor, price)


def _names(comment: str, firm: str) -> bool:
    """Whether the words name the firm, as people shorten it."""
    return firm.split(maxsplit=1)[0].lower() in comment.lower()
