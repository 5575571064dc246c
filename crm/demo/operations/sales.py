"""Which sales the demo has: who sells what to whom and for how much, how it ended, on which days it began and ended."""

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal

from crm.clients.models import Contact
from crm.core import money
from crm.deals.models import LOST, OPEN, WON
from crm.demo.content import DemoContent, ProductSpec
from crm.demo.content.compose import OrderDraft, order
from crm.demo.operations import race
from crm.demo.operations.clients import Client
from crm.demo.operations.clock import Clock
from crm.demo.operations.firm import Firm, Seller, Way
from crm.demo.operations.profiles import FRESH, NEW, OVERDUE, SILENT, STUCK

DISCOUNTS = (3, 5, 5, 7, 10, 10, 12, 15)
REPEATED = 4  # the place of repeated orders among the sources of the material
SHORTEST = 6  # days of the quickest sale
LINES_KNOWN = {"distribution": 1, "cleaning": 3}  # the stage at which it is known what exactly is sold


@dataclass(frozen=True)
class Item:
    """A line to be: the product, how many, the discount in percent."""

    product: ProductSpec
    quantity: int
    discount: Decimal

    @property
    def total(self) -> int:
        """What the client pays, in minor units, by the one rule of core/money."""
        rate = None if self.product.vat_percent is None else Decimal(self.product.vat_percent)
        return money.line_sum(self.product.price, Decimal(self.quantity), self.discount, rate).total


@dataclass
class Sale:
    """A deal before it is written. `last` is the stage where it stands or stood before it was lost.

    `since`: when an open one came into its stage; `touched`: the last day somebody did something.
    """

    seller: Seller
    client: Client
    contact: Contact
    way: Way
    title: str
    items: list[Item]
    amount: int
    fate: str
    mood: str = ""
    engaged: dt.date = dt.date.min
    closed: dt.date | None = None
    last: int = 0
    since: dt.date = dt.date.min
    touched: dt.date = dt.date.min
    source: str = ""


def plan(content: DemoContent, firm: Firm, clients: list[Client], clock: Clock, dice: random.Random) -> list[Sale]:
    """All 350 sales in the order in which they began."""
    sales = []
    for seller in firm.sellers:
        own = [client for client in clients if client.seller is seller]
        sales += _of_seller(content, firm, seller, own, dice)
    race.close(sales, firm.sellers, clock, dice)
    _choose_stages(sales, dice)
    for sale in sales:
        if sale.fate == OPEN:
            _place_open(sale, clock, dice)
        else:
            _begin_closed(sale, clock, dice)
        _forget_lines(sale, dice)
    sales.sort(key=lambda sale: sale.engaged)
    seen: set[int] = set()
    for sale in sales:
        sale.source = _source(content, id(sale.client) in seen, dice)
        seen.add(id(sale.client))
    return sales


def _source(content: DemoContent, again: bool, dice: random.Random) -> str:
    """Where the client came from; those who have bought before come by themselves."""
    return content.sources[REPEATED] if again and dice.random() < 0.75 else first_source(content, dice)


def first_source(content: DemoContent, dice: random.Random) -> str:
    """Where somebody came from who has not bought before."""
    return dice.choice([source for place, source in enumerate(content.sources) if place != REPEATED])


def _of_seller(content: DemoContent, firm: Firm, seller: Seller, clients: list[Client],
               dice: random.Random) -> list[Sale]:
    """Sales of one manager: some clients come again and again, some have bought nothing yet."""
    profile = seller.profile
    fates = [WON] * profile.won + [LOST] * profile.lost + [OPEN] * profile.open
    busy = dice.sample(clients, k=round(len(clients) * 0.85))
    weights = [1 / (place + 4) for place in range(len(busy))]
    buyers = busy + dice.choices(busy, weights, k=max(len(fates) - len(busy), 0))
    buyers = buyers[:len(fates)]
    dice.shuffle(buyers)
    moods = profile.open_moods()
    dice.shuffle(moods)
    titles: set[tuple[int, str]] = set()
    sales = []
    for fate, client in zip(fates, buyers, strict=True):
        draft = _order(content, seller, client, titles, dice)
        items = [Item(product, quantity, _discount(product, dice)) for product, quantity in draft.lines]
        sales.append(Sale(
            seller, client, dice.choice(client.people), firm.ways[seller.pipeline], draft.title, items,
            sum(item.total for item in items), fate, mood=moods.pop() if fate == OPEN else ""))
    return sales


def _order(content: DemoContent, seller: Seller, client: Client, titles: set[tuple[int, str]],
           dice: random.Random) -> OrderDraft:
    """What this client orders: not the same as before, by the taste of the manager larger or smaller."""
    taste = seller.profile.taste
    wanted = 2 if taste else 1
    drafts: list[OrderDraft] = []
    for _attempt in range(12):
        draft = order(content, seller.pipeline, client.draft.trade, dice)
        if (id(client), draft.title) not in titles or _attempt > 8:
            drafts.append(draft)
        if len(drafts) == wanted:
            break
    chosen = (max if taste >= 0 else min)(
        drafts, key=lambda draft: sum(product.price * quantity for product, quantity in draft.lines))
    titles.add((id(client), chosen.title))
    return chosen


def _discount(product: ProductSpec, dice: random.Random) -> Decimal:
    given = dice.random() < (0.2 if product.service else 0.35)
    return Decimal(dice.choice(DISCOUNTS) if given else 0)


def _usual_days(sale: Sale, stages: int) -> float:
    """How long the first stages of the pipeline take this manager."""
    return sum(stage.norm_days or 3 for stage in sale.way.stages[:stages]) * sale.seller.profile.pace


def _begin_closed(sale: Sale, clock: Clock, dice: random.Random) -> None:
    """The first day of a sale that has ended: as long before as sales take."""
    closed = sale.closed or clock.today
    count = len(sale.way.stages)
    reached = max(count * 2 // 3, 1)  # nobody refuses when the work is being done
    sale.last = count - 1 if sale.fate == WON else dice.choices(
        range(reached), weights=[1.3 - place / count for place in range(reached)])[0]
    cycle = _usual_days(sale, sale.last + 1) * dice.lognormvariate(-0.35, 0.4)
    days = max(int(cycle), SHORTEST)
    sale.engaged = clock.onward(max(closed - dt.timedelta(days=days), sale.seller.since))
    sale.engaged = min(sale.engaged, closed)
    sale.since = sale.touched = closed


def _choose_stages(sales: list[Sale], dice: random.Random) -> None:
    """The stages of open sales: none stays empty, slow and early ones hold more."""
    for code in LINES_KNOWN:
        own = [sale for sale in sales if sale.way.code == code and sale.fate == OPEN and sale.mood != NEW]
        norms = [stage.norm_days or 3 for stage in own[0].way.stages]
        weights = [norm**0.35 * 0.95**place for place, norm in enumerate(norms)]
        deck = [*range(len(norms)), *dice.choices(range(len(norms)), weights, k=len(own) - len(norms))]
        dice.shuffle(deck)
        own.sort(key=lambda sale: sale.mood != SILENT)  # they choose first: nobody is silent in a slow stage
        for sale in own:
            place = next(place for place in deck if sale.mood != SILENT or norms[place] < 10)
            deck.remove(place)
            sale.last = place


def _place_open(sale: Sale, clock: Clock, dice: random.Random) -> None:
    """Since when an open sale stands in its stage, when it began, and when it was touched last."""
    norm = sale.way.stages[sale.last].norm_days or 3
    if sale.mood == NEW:
        sale.since = clock.ago(dice.randint(0, 3))
    elif sale.mood == SILENT:
        sale.since = clock.ago(dice.randint(17, 25))
    elif sale.mood == STUCK:
        sale.since = clock.ago(norm + dice.randint(3, 9))
    elif sale.mood == OVERDUE:
        sale.since = clock.ago(dice.randint(3, 8))
    else:
        near = clock.working(clock.today - dt.timedelta(days=min(norm, 10)), clock.latest)
        sale.since = min(dice.choice(near), clock.latest)
    before = int(_usual_days(sale, sale.last) * dice.lognormvariate(0.45, 0.5))  # slow ones are still open
    sale.engaged = clock.back(max(sale.since - dt.timedelta(days=before), clock.start))
    if sale.engaged < sale.seller.since:
        sale.engaged = min(sale.seller.since, sale.since)
    quiet = sale.mood in (SILENT, OVERDUE)
    sale.touched = sale.since if quiet else dice.choice(clock.working(max(
        sale.since, clock.today - dt.timedelta(days=7)), clock.latest))
    sale.touched = max(sale.touched, sale.since)


def _forget_lines(sale: Sale, dice: random.Random) -> None:
    """At the beginning only a rough sum is known, or nothing."""
    if sale.fate == WON or sale.last >= LINES_KNOWN[sale.way.code] or (sale.mood == FRESH and dice.random() < 0.3):
        return
    sale.items = []
    step = 10 ** (len(str(sale.amount)) - 2)
    sale.amount = round(sale.amount / step) * step if dice.random() < 0.88 else 0
