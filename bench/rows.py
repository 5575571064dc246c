"""Rows of a living company of any size, as generators of plain values; the dice are seeded, so a size is always the same."""

import datetime as dt
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from bench import words
from crm.core.text import search_text, sort_key

Rows = Iterator[tuple[object, ...]]
YEARS = 3 * 365
LONGEST = 90  # days of a sale
BUSY = 12  # how much more happens on a busy deal: with every twentieth of them so, they come to about 200 facts


@dataclass(frozen=True)
class Size:
    """How many of each."""

    people: int

    @property
    def companies(self) -> int:
        """Also the number of deals."""
        return self.people // 5

    @property
    def open(self) -> int:
        """2,000, or most of the deals where there are fewer."""
        return min(2000, self.companies * 6 // 10)

    @property
    def events(self) -> int:
        """Facts of all timelines."""
        return self.people * 5

    @property
    def documents(self) -> int:
        """Made papers."""
        return self.people // 10


SIZES = {"tiny": Size(100), "small": Size(1_000), "medium": Size(100_000), "large": Size(1_000_000)}


@dataclass(frozen=True)
class Base:
    """What the program itself has made before the bulk: ids of our people, stages, goods, papers."""

    managers: list[int]
    pipelines: list[int]
    stages: list[list[tuple[int, str]]]  # of each pipeline: (id, name) of its open ones
    won: list[int]
    lost: list[int]
    reasons: list[list[int]]
    steps: dict[int, list[int]]
    products: list[tuple[int, str, int]]
    papers: list[tuple[str, int, str, str, str]]  # kind, version, context, digest, file name


@dataclass
class Sale:
    """A deal before it is a row; days count from the first day of the company."""

    start: int
    end: int | None
    won: bool
    way: int
    place: int  # of its stage, or of the last one it reached
    company: int
    contact: int
    manager: int
    amount: int
    busy: bool
    id: int = 0


@dataclass
class World:
    """One company, its sales thrown once and read by every table."""

    size: Size
    base: Base
    today: dt.date
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    sales: list[Sale] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.last = YEARS + LONGEST
        first = self.today - dt.timedelta(days=self.last)
        self.days = [str(first + dt.timedelta(days=number)) for number in range(self.last + 40)]
        count = self.size.companies - 1
        self.sales = [self._sale(number < self.size.open) for number in range(count)]
        self.sales.sort(key=lambda sale: sale.start)
        for number, sale in enumerate(self.sales):
            sale.id = number + 2

    def _sale(self, is_open: bool) -> Sale:
        dice, base = self.dice, self.base
        company = 2 + int((self.size.companies - 1) * dice.random() ** 1.2)
        contact = 2 + (company - 2 + dice.randrange(4) * (self.size.companies - 1)) % (self.size.people - 1)
        way = 0 if is_open or dice.random() < 0.85 else 1
        if is_open:
            end, start = None, self.last - 1 - dice.randrange(LONGEST - 1)
        else:
            end = self.last - int(YEARS * dice.random() ** 1.1)
            start = max(0, end - dice.randrange(3, LONGEST))
        place = min(int(dice.expovariate(0.5)), len(base.stages[way]) - 1)
        manager = self.leader(company) if dice.random() < 0.85 else dice.choice(base.managers)
        amount = int(dice.lognormvariate(12.2, 0.9)) * 100
        return Sale(start, end, dice.random() < 0.45, way, place, company, contact, manager, amount,
                    dice.random() < 0.05)

    def leader(self, company: int) -> int:
        """Who leads a company."""
        return self.base.managers[company * 7 % len(self.base.managers)]

    def moment(self, day: int) -> str:
        """Some minute of the working day."""
        return f"{self.days[day]} {self.dice.randrange(6, 15):02}:{self.dice.randrange(60):02}:{self.dice.randrange(60):02}.000000"


def firm_name(number: int, dice: random.Random) -> str:
    """A name, Latin for every fifth."""
    if number % 5 == 0:
        return f"{dice.choice(words.LATIN_FIRMS)} {dice.choice(words.LATIN_FIRM_ENDS)} {number}"
    return f"ООО «{dice.choice(words.FIRM_FIRST)}{dice.choice(words.FIRM_SECOND)} {number}»"


def companies(world: World) -> Rows:
    """id, name, legal_name, industry, city, website, inn, source, search_text, sort_key, created_at, updated_at, manager_id"""
    dice = random.Random(11)
    for number in range(2, world.size.companies + 1):
        name, inn, city = firm_name(number, dice), f"{7800000000 + number}", dice.choice(words.CITIES)
        made = world.moment(dice.randrange(world.last))
        yield (number, name, name, dice.choice(words.INDUSTRIES), city, f"https://firm{number}.example", inn,
               dice.choice(words.SOURCES),
               search_text(name, name, inn, city, f"office@firm{number}.example", phones=[f"7812{number:07}"]),
               sort_key(name.removeprefix("ООО «")), made, made, world.leader(number))


def person(number: int, dice: random.Random) -> tuple[str, str, str]:
    """Surname, given name, patronymic; Latin for three of ten."""
    if number % 10 < 3:
        return dice.choice(words.LATIN_SURNAMES), dice.choice(words.LATIN_GIVEN), ""
    father, surname = dice.choice(words.FATHERS), dice.choice(words.SURNAMES)
    if number % 2:
        return surname, dice.choice(words.GIVEN_MEN), father + "ович"
    woman = surname[:-2] + "ая" if surname.endswith("ий") else surname + "а"
    return woman, dice.choice(words.GIVEN_WOMEN), father + "овна"


def people(world: World) -> Rows:
    """id, surname, given_name, patronymic, job, company_id, source, search_text, sort_key, created_at, updated_at, manager_id"""
    dice = random.Random(13)
    for number in range(2, world.size.people + 1):
        company = 2 + (number - 2) % (world.size.companies - 1)
        surname, given, father = person(number, dice)
        job, made = dice.choice(words.JOBS), world.moment(dice.randrange(world.last))
        yield (number, surname, given, father, job, company, dice.choice(words.SOURCES),
               search_text(surname, given, father, job, f"p{number}@firm{company}.example", phones=[f"79{number:09}"]),
               sort_key(f"{surname} {given} {father}".strip()), made, made, world.leader(company))


def channels(world: World) -> Rows:
    """contact_id, company_id, kind, typed, value, position"""
    for number in range(2, world.size.people + 1):
        company = 2 + (number - 2) % (world.size.companies - 1)
        text = f"{number:09}"
        yield number, None, "phone", f"8 (9{text[:2]}) {text[2:5]}-{text[5:7]}-{text[7:]}", f"+79{text}", 0
        if number % 5:
            mail = f"p{number}@firm{company}.example"
            yield number, None, "email", mail, mail, 1
    for number in range(2, world.size.companies + 1):
        yield None, number, "phone", f"+7812{number:07}", f"+7812{number:07}", 0
        yield None, number, "email", f"office@firm{number}.example", f"office@firm{number}.example", 1


def next_step(sale: Sale, world: World) -> tuple[str, str | None]:
    """What comes next on an open deal and when; every twentieth has nothing planned, every eighth is overdue."""
    dice = random.Random(sale.id)
    if sale.end is not None or dice.random() < 0.05:
        return "", None
    day = -dice.randrange(1, 7) if dice.random() < 0.12 else dice.randrange(15)
    return dice.choice(words.STEPS), world.days[world.last + day]


def deals(world: World) -> Rows:
    """id, title, pipeline_id, stage_id, status, rank, company_id, contact_id, manager_id, amount, source, engaged_on,
    expected_on, closed_on, stage_since, touched_at, next_step, next_step_on, loss_reason_id,
    search_text, created_at, updated_at"""
    dice, base = random.Random(17), world.base
    for sale in world.sales:
        title = f"{dice.choice(words.DEALS)}, {dice.randrange(2, 400)} шт."
        source, (step, on) = dice.choice(words.SOURCES), next_step(sale, world)
        if sale.end is None:
            stage, status = base.stages[sale.way][sale.place][0], "open"
        else:
            stage, status = (base.won if sale.won else base.lost)[sale.way], "won" if sale.won else "lost"
        lost = dice.choice(base.reasons[sale.way]) if status == "lost" else None
        since = sale.end if sale.end is not None else min(world.last - 1, sale.start + dice.randrange(25))
        touched = max(since, world.last - 1 - dice.randrange(20)) if sale.end is None else since
        made, moved = world.moment(sale.start), world.moment(since)
        yield (sale.id, title, base.pipelines[sale.way], stage, status, float(sale.id), sale.company, sale.contact,
               sale.manager, sale.amount, source, world.days[sale.start],
               world.days[min(sale.start + 45, world.last + 30)], None if sale.end is None else world.days[sale.end],
               moved, world.moment(touched), step, on, lost, search_text(title, source), made, moved)


def visits(world: World) -> Rows:
    """deal_id, stage_id, entered_at, left_at"""
    for sale in world.sales:
        reached = world.base.stages[sale.way]
        count = len(reached) if sale.end is not None and sale.won else sale.place + 1
        end = sale.end if sale.end is not None else world.last - 1
        for place in range(count):
            left = sale.start + (end - sale.start) * (place + 1) // count
            stays = sale.end is None and place == count - 1
            yield (sale.id, reached[place][0], world.moment(sale.start + (end - sale.start) * place // count),
                   None if stays else world.moment(left))
        if sale.end is not None:
            yield sale.id, (world.base.won if sale.won else world.base.lost)[sale.way], world.moment(sale.end), None


def lines(world: World) -> Rows:
    """deal_id, product_id, position, name, unit, quantity, price, vat_rate"""
    dice = random.Random(19)
    for sale in world.sales:
        count = dice.choice((0, 0, 1, 2, 3, 4))
        for place in range(count):
            product, name, _price = dice.choice(world.base.products)
            yield sale.id, product, place, name, "шт.", 1000, sale.amount // count, 2200


def others(world: World) -> Rows:
    """deal_id, contact_id"""
    for sale in world.sales:
        if sale.id % 5 == 0:
            second = 2 + (sale.contact - 2 + world.size.companies - 1) % (world.size.people - 1)
            yield sale.id, second


def done_steps(world: World) -> Rows:
    """deal_id, step_id, done_at, done_by_id"""
    for sale in world.sales:
        stage = world.base.stages[sale.way][0][0]
        for step in world.base.steps.get(stage, [])[:3]:
            yield sale.id, step, world.moment(sale.start), sale.manager


def tasks(world: World) -> Rows:
    """kind, text, due_on, done_at, assignee_id, created_by_id, deal_id, contact_id, company_id, created_at"""
    dice = random.Random(23)
    for sale in world.sales:
        step, on = next_step(sale, world)
        client = (sale.id, sale.contact, sale.company)
        if on:
            yield dice.choice(("call", "task", "letter")), step, on, None, sale.manager, sale.manager, *client, world.moment(
                sale.start)
        for _ in range(2 if sale.end is not None else 1):
            day = dice.randrange(sale.start, sale.end or world.last)
            yield ("call", dice.choice(words.STEPS), world.days[day], world.moment(day), sale.manager, sale.manager,
                   *client, world.moment(sale.start))


def papers(world: World) -> Rows:
    """id, deal_id, kind, locale, series, number, dated, valid_until, amount, currency, version_id, context,
    digest, file_name, created_by_id, created_at, search_text"""
    dice = random.Random(29)
    counts: dict[tuple[str, int], int] = {}
    made = sorted((sale.start + dice.randrange((sale.end or world.last) - sale.start + 1) - 1, sale.id)
                  for sale in dice.choices(world.sales, k=world.size.documents - len(world.base.papers)))
    for row, (day, sale_id) in enumerate(made):
        sale = world.sales[sale_id - 2]
        kind, version, context, digest, name = world.base.papers[row % len(world.base.papers)]
        date = world.days[max(day, 0)]
        year = int(date[:4])
        number = counts[kind, year] = counts.get((kind, year), len(world.base.papers)) + 1
        yield (row + 1 + len(world.base.papers), sale.id, kind, "ru", year, number, date, None, sale.amount, "RUB", version,
               context, digest, name, sale.manager, world.moment(max(day, 0)), search_text(f"{number}/{year}", name))


def facts(world: World) -> Iterator[tuple[tuple[object, ...], list[tuple[object, ...]]]]:
    """Events in the order in which they happened, each (id, kind, at, actor_id, data) with its links (event_id, card, card_id).

    Every fact falls on a deal that was alive that day, a busy one twelve times as often.
    """
    dice = random.Random(31)
    texts = [("note.added", json.dumps({"text": text})) for text in words.NOTES]
    texts += [("call.made", json.dumps({"outcome": dice.choice(("talked", "no_answer", "call_later")), "text": text}))
              for text in words.NOTES]
    texts += [("task.created", json.dumps({"task_kind": "call", "text": text})) for text in words.STEPS]
    texts += [("task.done", json.dumps({"task_kind": "call", "text": text, "result": ""})) for text in words.STEPS]
    names = [name for _id, name in world.base.stages[0]]
    texts += [("deal.stage_changed", json.dumps({"before": one, "after": two}))
              for one, two in pairwise(names)]
    alive: list[Sale] = []
    ahead, number, total = 0, 1000, world.size.events
    for step in range(total):
        minute = step * world.last * 600 // total  # ten working hours a day
        day, minute = divmod(minute, 600)
        while ahead < len(world.sales) and world.sales[ahead].start <= day:
            alive += [world.sales[ahead]] * (BUSY if world.sales[ahead].busy else 1)
            ahead += 1
        sale = _someone(alive, day, dice) or world.sales[min(ahead, len(world.sales) - 1)]
        number += 1
        kind, data = texts[int(dice.random() * len(texts))]
        at = f"{world.days[day]} {5 + minute // 60:02}:{minute % 60:02}:00.000000"
        links: list[tuple[object, ...]] = [(number, "contact", sale.contact), (number, "deal", sale.id)]
        yield (number, kind, at, sale.manager, data), links if step % 3 == 0 else [(number, "company", sale.company), *links]


def _someone(alive: list[Sale], day: int, dice: random.Random) -> Sale | None:
    """A deal that is still alive; those that ended are dropped on the way."""
    while alive:
        place = int(dice.random() * len(alive))
        sale = alive[place]
        if sale.end is None or sale.end >= day:
            return sale
        alive[place] = alive[-1]
        alive.pop()
    return None


def plans(world: World) -> Rows:
    """user_id, month, amount"""
    for manager in world.base.managers:
        for back in range(24):
            year, month = divmod(world.today.year * 12 + world.today.month - 1 - back, 12)
            yield manager, f"{year}-{month + 1:02}-01", 80_000_000
