"""What happened to each sale of the demo, day by day: stages, notes, calls, tasks, the end."""

import datetime as dt
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any, TypeVar

from crm.catalog.models import Product
from crm.clients import events as client_events
from crm.core.events import Kind
from crm.deals import events
from crm.deals.models import LOST, OPEN, WON, Deal, DealLine, DealStep, Stage, StageVisit
from crm.deals.operations.deals import index
from crm.demo.content import PHASES, ActSpec, DemoContent
from crm.demo.operations import refusals
from crm.demo.operations.clock import Clock
from crm.demo.operations.diary import Diary
from crm.demo.operations.profiles import FRESH, NEW, NO_STEP, OVERDUE, STUCK, TODAY
from crm.demo.operations.sales import LINES_KNOWN, Sale
from crm.tasks import events as task_events
from crm.tasks.models import Task

_Piece = TypeVar("_Piece")
TICKS_KEPT = dt.timedelta(days=40)  # key steps of sales closed before are left out
DECISION_KNOWN = 2  # the stage from which the day of the decision is known
SKIPPED = 0.12  # how often a stage is passed over


@dataclass
class Happening:
    """Something on a day; `order` sorts those of one day, `then` hears the moment. Without `kind` it is silent."""

    day: dt.date
    order: float
    kind: Kind | None = None
    data: dict[str, Any] = field(default_factory=dict)
    wide: bool = True  # concerns the clients too
    then: Callable[[dt.datetime], None] | None = None
    at_once: bool = False  # at the moment of the one before


@dataclass(frozen=True)
class Stay:
    """A stage with the days of coming and going."""

    place: int
    stage: Stage
    came: dt.date
    went: dt.date


@dataclass
class Life:
    """One sale on its way to becoming a deal."""

    content: DemoContent
    sale: Sale
    products: dict[str, Product]
    clock: Clock
    dice: random.Random
    deal: Deal = field(default_factory=Deal)
    stays: list[Stay] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    def live(self, diary: Diary) -> None:
        """Fill the deal and its tasks, and put what happened into the diary."""
        self._begin()
        self._walk()
        self._talk()
        self._do_tasks()
        self._tick()
        if self.sale.fate == OPEN and self.sale.mood != NO_STEP:
            self._plan_next()
        self._tell(diary)

    def _begin(self) -> None:
        sale, deal = self.sale, self.deal
        deal.title, deal.pipeline, deal.currency = sale.title, sale.way.pipeline, self.content.our.currency
        deal.company, deal.contact, deal.manager_id = sale.client.company, sale.contact, sale.seller.user.id
        deal.amount, deal.engaged_on, deal.closed_on = sale.amount, sale.engaged, sale.closed
        deal.next_step, deal.loss_comment, deal.competitor, deal.comment = "", "", "", ""
        deal.source = sale.source
        deal.lines = [self._line(place) for place in range(len(sale.items))]
        others = [person for person in sale.client.people if person is not sale.contact]
        if others and self.dice.random() < 0.5:
            deal.people = [self.dice.choice(others)]
        index(deal)

    def _line(self, place: int) -> DealLine:
        item = self.sale.items[place]
        product = self.products[item.product.sku]
        formed: dict[str, Any] = {"base": product.price, "price": product.price, "list": "", "from": None}
        if item.discount:
            formed |= {"percent": str(item.discount), "by": self.sale.seller.user.name}
        return DealLine(position=place, product=product, name=product.name, unit=product.unit,
                        quantity=Decimal(item.quantity), price=product.price, cost=product.cost, discount=item.discount,
                        vat_rate=product.vat_rate, formed=formed)

    def _walk(self) -> None:
        """Through the stages to where the sale stands or ended."""
        sale, stages = self.sale, self.sale.way.stages
        places = [place for place in range(sale.last + 1)
                  if place in (0, sale.last) or self.dice.random() > SKIPPED]
        days = self._days(places)
        ends = [*days[1:], sale.closed or sale.touched]
        self.stays = [Stay(place, stages[place], came, went)
                      for place, came, went in zip(places, days, ends, strict=True)]
        old: Stage | None = None
        for stay in self.stays:
            self._enter(stay.stage, old, stay.came, float(stay.place))
            old = stay.stage
        if sale.closed is not None:
            self._end(old, sale.closed, float(len(stages) + 1))
        self.deal.stage = self.deal.history[-1].stage
        been = [visit.stage for visit in self.deal.history if visit.stage.kind == OPEN]
        self.deal.reached_id = max(been, key=lambda stage: stage.position).id
        self.deal.status = self.deal.stage.kind
        self._expect()

    def _days(self, places: list[int]) -> list[dt.date]:
        """The day of entering each stage; the time is parted by what stages usually take."""
        sale = self.sale
        last_day = sale.closed or sale.since
        stages = sale.way.stages
        shares = [(stages[place].norm_days or 3) * self.dice.uniform(0.5, 1.5) for place in places]
        if sale.fate == OPEN:
            shares = shares[:-1]
        whole, passed, days = sum(shares) or 1, 0.0, [sale.engaged]
        for share in shares[:len(places) - 1]:
            passed += share
            day = sale.engaged + dt.timedelta(days=int((last_day - sale.engaged).days * passed / whole))
            days.append(max(min(self.clock.back(day), last_day), sale.engaged))
        if sale.fate == OPEN:
            days[-1] = last_day
        return days

    def _enter(self, stage: Stage, old: Stage | None, day: dt.date, order: float) -> None:
        visit = StageVisit(stage=stage)
        previous = self.deal.history[-1] if self.deal.history else None
        self.deal.history.append(visit)

        def came(at: dt.datetime) -> None:
            visit.entered_at = self.deal.stage_since = at
            if previous is not None:
                previous.left_at = at

        if old is None:
            data: dict[str, Any] = {"title": self.deal.title, "stage": stage.name, "amount": 0, "currency": self.deal.currency}
            self.happenings.append(Happening(day, order, events.DEAL_CREATED, data, then=came))
            return
        data = {"before": old.name, "after": stage.name, "from_id": old.id, "to_id": stage.id}
        self.happenings.append(Happening(day, order, events.STAGE_CHANGED, data, then=came))

    def _end(self, old: Stage | None, day: dt.date, order: float) -> None:
        sale, deal = self.sale, self.deal
        self._enter(sale.way.won if sale.fate == WON else sale.way.lost, old, day, order)
        if sale.fate == LOST:
            loss = refusals.explain(self.content, sale, self.dice)
            deal.loss_reason, deal.loss_comment = loss.reason, loss.comment
            deal.competitor, deal.competitor_price = loss.competitor, loss.price
            data = {"text": loss.comment, "reason": loss.reason.name, "competitor": loss.competitor}
            self.happenings.append(Happening(day, order, events.DEAL_LOST, data, at_once=True))
            return
        won = {"amount": deal.amount, "currency": deal.currency}
        self.happenings.append(Happening(day, order, events.DEAL_WON, won, at_once=True))
        text = self.dice.choice(self.content.notes[sale.way.code]["won"])
        self.happenings.append(Happening(day, order + 1, client_events.NOTE_ADDED, {"text": text}))

    def _expect(self) -> None:
        """When the client should decide; stages after the first talks ask for it."""
        sale = self.sale
        if sale.closed is not None:
            self.deal.expected_on = sale.closed + dt.timedelta(days=self.dice.randint(-4, 4))
        elif sale.last >= DECISION_KNOWN or self.dice.random() < 0.4:
            ahead = sum(stage.norm_days or 3 for stage in sale.way.stages[sale.last:])
            self.deal.expected_on = self.clock.onward(self.clock.today + dt.timedelta(days=max(ahead // 2, 3)))

    def _phase(self, place: int) -> str:
        return PHASES[place * len(PHASES) // len(self.sale.way.stages)]

    def _near(self, material: Mapping[str, Sequence[_Piece]], place: int) -> Sequence[_Piece]:
        """What fits the stage: the material of a phase stands roughly in the order in which things go."""
        pieces = material[self._phase(place)]
        places = [one for one in range(len(self.sale.way.stages)) if self._phase(one) == self._phase(place)]
        width = max((len(pieces) + 1) // 2, 2)
        first = round(places.index(place) / max(len(places) - 1, 1) * (len(pieces) - width))
        return pieces[first:first + width]

    def _during(self) -> tuple[Stay, dt.date, float]:
        """Some stay with a day of it and a place in the order."""
        stay = self.dice.choice(self.stays)
        day = self.dice.choice(self.clock.working(stay.came, stay.went))
        return stay, min(max(day, stay.came), stay.went), stay.place + self.dice.uniform(0.1, 0.8)

    def _talk(self) -> None:
        """Notes and calls, each fitting how far the sale had come; the products that were put in."""
        said: set[str] = set()
        count = 1 if self.sale.mood == NEW else self.dice.randint(2, 6)
        for _number in range(count):
            stay, day, order = self._during()
            kind, text, more = self._words(stay)
            if text not in said:
                said.add(text)
                self.happenings.append(Happening(day, order, kind, {**more, "text": text}))
        if self.sale.items:
            known = LINES_KNOWN[self.sale.way.code]
            stay = next((stay for stay in self.stays if stay.place >= known), self.stays[-1])
            data = {"lines": len(self.sale.items), "currency": self.deal.currency,
                    "changed": {"amount": [0, self.deal.amount]}}
            self.happenings.append(Happening(stay.came, stay.place - 0.05 if stay.place else 0.05,
                                             events.LINES_CHANGED, data, wide=False))

    def _words(self, stay: Stay) -> tuple[Kind, str, dict[str, Any]]:
        code, chance = self.sale.way.code, self.dice.random()
        if chance < 0.45:
            notes = self._near(self.content.notes[code], stay.place)
            return client_events.NOTE_ADDED, self.dice.choice(notes), {}
        if chance < 0.82:
            calls = self._near(self.content.calls[code], stay.place)
            return client_events.CALL_MADE, self.dice.choice(calls), {"outcome": "talked"}
        return client_events.CALL_MADE, self.dice.choice(self.content.missed), {"outcome": "no_answer"}

    def _act(self, place: int) -> ActSpec:
        """Something to do at that stage, not what has been done already."""
        acts = self.content.steps[self.sale.way.code]
        known = {task.text for task in self.tasks}
        fitting = [act for act in self._near(acts, place) if act.text not in known]
        return self.dice.choice(fitting or [act for act in acts[self._phase(place)] if act.text not in known])

    def _task(self, act: ActSpec, due: dt.date) -> Task:
        timed = act.kind in ("call", "meeting")
        time = dt.time(self.dice.randint(10, 17), self.dice.choice((0, 30))) if timed else None
        user = self.sale.seller.user
        task = Task(kind=act.kind, text=act.text, due_on=due, due_time=time, result="", assignee_id=user.id,
                    created_by_id=user.id, deal=self.deal)
        self.tasks.append(task)
        return task

    def _do_tasks(self) -> None:
        """Things that were done on the way."""
        stays = [stay for stay in self.stays if stay.went > stay.came]
        for stay in self.dice.sample(stays, k=min(len(stays), self.dice.randint(1, 2))):
            done = self.dice.choice(self.clock.working(stay.came, stay.went))
            task = self._task(self._act(stay.place), min(max(done, stay.came), stay.went))
            self._happens_created(task, stay.came, stay.place + 0.02)

            def finished(at: dt.datetime, task: Task = task) -> None:
                task.done_at = at

            data = {"task_kind": task.kind, "text": task.text, "result": ""}
            self.happenings.append(Happening(task.due_on, stay.place + 0.85, task_events.TASK_DONE, data,
                                             then=finished))

    def _happens_created(self, task: Task, day: dt.date, order: float) -> None:
        def made(at: dt.datetime) -> None:
            task.created_at = at

        data = {"task_kind": task.kind, "text": task.text, "on": task.due_on.isoformat()}
        self.happenings.append(Happening(day, order, task_events.TASK_CREATED, data, then=made))

    def _tick(self) -> None:
        """Key steps: all or nearly all of the stages behind, some of the present one."""
        closed = self.sale.closed
        if closed is not None and closed < self.clock.today - TICKS_KEPT:
            return
        for stay in self.stays:
            here = closed is None and stay is self.stays[-1]
            count = self.dice.randint(0, max(len(stay.stage.steps) - 1, 0)) if here else len(stay.stage.steps)
            for step in stay.stage.steps[:count]:
                if here or self.dice.random() < 0.9:
                    self._tick_step(stay, step.id, step.text if here else "")

    def _tick_step(self, stay: Stay, step_id: int, text: str) -> None:
        """`text` tells the timeline, too."""
        ticked = DealStep(step_id=step_id, done_by_id=self.sale.seller.user.id)
        self.deal.done_steps.append(ticked)

        def done(at: dt.datetime) -> None:
            ticked.done_at = at

        self.happenings.append(Happening(
            stay.went, stay.place + 0.9, events.STEP_TICKED if text else None, {"text": text, "done": True},
            wide=False, then=done))

    def _plan_next(self) -> None:
        """The open task that is the next step, due as the mood of the sale says."""
        sale, today = self.sale, self.clock.today
        task = self._task(self._act(sale.last), today)
        if sale.mood == OVERDUE:
            first = sale.touched + dt.timedelta(days=1)
            task.due_on = self.dice.choice(self.clock.working(first, max(today - dt.timedelta(days=1), first)))
            task.due_on = min(task.due_on, today - dt.timedelta(days=1))
        elif sale.mood != TODAY:
            longest = {NEW: 3, FRESH: 10, STUCK: 4}.get(sale.mood, 6)
            task.due_on = self.clock.onward(today + dt.timedelta(days=self.dice.randint(1, longest)))
        self.deal.next_step, self.deal.next_step_on = task.text, task.due_on
        self.deal.next_step_time = task.due_time
        self._happens_created(task, sale.touched, sale.last + 0.95)

    def _tell(self, diary: Diary) -> None:
        """Give everything its moment of the day, in order, and write it down."""
        deal, user = self.deal, self.sale.seller.user
        self.happenings.sort(key=lambda one: (one.day, one.order))
        at = self.clock.now
        for day, group in groupby(self.happenings, key=lambda one: one.day):
            rows = list(group)
            moments = iter(self.clock.moments(day, sum(not one.at_once for one in rows), self.dice))
            for happening in rows:
                at = at if happening.at_once else next(moments)
                if happening.then is not None:
                    happening.then(at)
                if happening.kind is not None:
                    cards = (deal, deal.company, deal.contact) if happening.wide else (deal,)
                    diary.add(at, happening.kind, *cards, actor_id=user.id, **happening.data)
        deal.created_at = deal.history[0].entered_at
        deal.touched_at = deal.updated_at = at
