"""A person's day in the order in which to work: overdue steps, today's by hour, new deals, forgotten ones."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.accounts import scope
from crm.accounts.models import User
from crm.clients import channels, names
from crm.clients.models import Channel, Company, Contact
from crm.core import dates, modules
from crm.core.db import Moment, db, utcnow
from crm.core.events import Event, EventLink
from crm.deals.models import OPEN, Deal, Stage
from crm.deals.queries.forgotten import FORGOTTEN, REASON, DaysBetween, asked, start_of
from crm.tasks.models import Task

NEW_DAYS = 3  # a deal is new for so many days, or until somebody works with it
MOST = 100  # rows of a part of the list; the figure above counts all
FORGOTTEN_ROWS, SOON_ROWS = 10, 6
MOMENT = 0.001  # days: a deal touched no later than this after it was made has not been worked with


class Sale(NamedTuple):
    """What a row shows of a deal; `client` is the company, else the person."""

    id: int
    title: str
    amount: int
    currency: str
    company_id: int | None
    contact_id: int | None
    client: str


class Chore(NamedTuple):
    """What a row shows of a task; `client` is its own company, else its own person."""

    id: int
    company_id: int | None
    contact_id: int | None
    client: str


class Todo(NamedTuple):
    """One row of the day. `reason`: code of why a deal is forgotten; `phone`: a tel: address; `led`: by whose day it is."""

    what: str
    deal: Sale | None = None
    task: Chore | None = None
    on: dt.date | None = None
    time: dt.time | None = None
    reason: str = ""
    phone: str = ""
    led: bool = True

    @property
    def key(self) -> str:
        """Names the row on the page."""
        return f"task-{self.task.id}" if self.task else f"deal-{self.deal.id if self.deal else 0}"

    @property
    def card(self) -> Sale | Chore | None:
        """Whom it is about: the client of the deal, else of the task."""
        return self.deal or self.task

    @property
    def client(self) -> str:
        """The client's name."""
        return self.card.client if self.card else ""


@dataclass(frozen=True)
class Day:
    """All parts of the day; `forgotten_count` counts those that do not fit, too."""

    overdue: Sequence[Todo]
    today: Sequence[Todo]
    new: Sequence[Todo]
    forgotten: Sequence[Todo]
    forgotten_count: int
    done: Sequence[Todo]

    @property
    def empty(self) -> bool:
        """Whether nothing asks for work."""
        return not (self.overdue or self.today or self.new or self.forgotten)


_company, _contact = aliased(Company), aliased(Contact)  # a task's own client
SALE: tuple[Any, ...] = (Deal.id, Deal.title, Deal.amount, Deal.currency, Deal.company_id, Deal.contact_id, Company.name, Contact.surname,
                         Contact.given_name, Contact.patronymic)
CHORE: tuple[Any, ...] = (Task.id, Task.company_id, Task.contact_id, _company.name, _contact.surname, _contact.given_name,
                          _contact.patronymic)
Query = sa.Select[*tuple[Any, ...]]
Numbers = dict[tuple[str, int | None], str]  # tel: address by sort of card and id


def _sales(*more: Any) -> Query:
    """Open deals that the person `user_id` leads, as SALE and `more`. Statements are made once: that costs more than to run them."""
    return sa.select(*SALE, *more).select_from(Deal).outerjoin(Deal.company).outerjoin(Deal.contact).where(
        Deal.manager_id == sa.bindparam("user_id"), Deal.status == OPEN, Deal.deleted_at.is_(None))


def _tasks(*conditions: Any) -> Query:
    """Tasks of the person `user_id` whose deal is not in the bin, each with its own client and with the deal's."""
    return (sa.select(*CHORE, Task.text, Task.due_on, Task.due_time, *SALE, Deal.manager_id,
                      sa.func.coalesce(_company.manager_id, _contact.manager_id)).select_from(Task)
            .outerjoin(Task.deal).outerjoin(Deal.company).outerjoin(Deal.contact)
            .outerjoin(_company, _company.id == Task.company_id).outerjoin(_contact, _contact.id == Task.contact_id)
            .where(Task.assignee_id == sa.bindparam("user_id"), Deal.deleted_at.is_(None), *conditions)
            .order_by(Task.due_on, Task.due_time.is_(None), Task.due_time, Task.id).limit(MOST))


def _unseen() -> Any:
    return Deal.id.not_in(sa.bindparam("shown", expanding=True))


def _fresh() -> Any:
    """Deals that came to the person since the moment `edge` and that nobody has worked with since."""
    edge = sa.bindparam("edge", type_=Moment())
    link, handing = aliased(EventLink), aliased(Event)
    # few deals change hands in three days: they are found once, and only theirs are the histories that are read
    handed = sa.select(link.card_id).join(handing, handing.id == link.event_id).where(
        link.card == "deal", handing.kind == "deal.assigned", handing.at >= edge)
    given = sa.select(Event.id).join(EventLink, EventLink.event_id == Event.id).where(
        EventLink.card == "deal", EventLink.card_id == Deal.id, Event.kind == "deal.assigned",
        Event.at >= edge, Event.at >= Deal.touched_at)
    made = sa.and_(Deal.created_at >= edge, DaysBetween(Deal.touched_at, Deal.created_at) < MOMENT,
                   sa.or_(Deal.engaged_on.is_(None), Deal.engaged_on >= sa.bindparam("lately", type_=sa.Date())))
    return sa.or_(made, sa.and_(Deal.id.in_(handed), given.exists()))


LEADS = sa.select(sa.literal(1)).where(
    Deal.manager_id == sa.bindparam("user_id"), Deal.status == OPEN, Deal.deleted_at.is_(None)).limit(1)
STEPS = _sales(Deal.next_step, Deal.next_step_on, Deal.next_step_time).where(Deal.next_step_on <= sa.bindparam("today")).order_by(
    Deal.next_step_on, Deal.next_step_time.is_(None), Deal.next_step_time, Deal.id).limit(MOST)
LONE_STEPS = STEPS.where(~sa.select(Task.id).where(Task.deal_id == Deal.id, Task.done_at.is_(None)).exists())
DUE = _tasks(Task.done_at.is_(None), Task.due_on <= sa.bindparam("today"))
DONE = _tasks(Task.done_at >= sa.bindparam("midnight", type_=Moment())).add_columns(Task.done_at)
NEW = _sales(Deal.engaged_on).where(_fresh(), _unseen()).order_by(Deal.created_at, Deal.id).limit(MOST)
# the count is of all that the condition keeps, the limit comes after it
IDLE = _sales(REASON, sa.func.count().over()).where(FORGOTTEN, _unseen()).order_by(Deal.amount.desc(), Deal.id).limit(FORGOTTEN_ROWS)
SOON = _sales(Stage.name, Stage.probability).join(Deal.stage).where(Deal.expected_on <= sa.bindparam("end")).order_by(
    Stage.probability.desc(), Deal.amount.desc(), Deal.id).limit(SOON_ROWS)


def _sale(row: Sequence[Any]) -> Sale:
    return Sale._make((*row[:6], names.client_name(*row[6:10])))


def day_of(user: User) -> Day:
    """What the person has to do today, in the company's zone."""
    today = dates.today()
    leads = _leads(user)
    steps = _steps(user, today, leads=leads)
    new = _new(user, today, {row.deal.id for row in steps if row.deal}) if leads else []
    shown = {row.deal.id for row in [*steps, *new] if row.deal}
    forgotten, count = _forgotten(user, today, shown) if leads else ([], 0)
    rows = _with_phones(user, [*steps, *new, *forgotten])
    steps, new, forgotten = (rows[:len(steps)], rows[len(steps):len(steps) + len(new)],
                             rows[len(steps) + len(new):])
    return Day([row for row in steps if row.on and row.on < today],
               [row for row in steps if row.on == today], new, forgotten, count, _done(user, today))


def _leads(user: User) -> bool:
    """Whether the person leads any open deal and may see it: for the others nothing more is asked about deals."""
    return "deals.see" in user.rights and db.session.scalar(LEADS, {"user_id": user.id}) is not None


def _steps(user: User, today: dt.date, *, leads: bool) -> list[Todo]:
    """Tasks that are due, and next steps of deals that have no task, by day and hour."""
    rows: list[Todo] = []
    who, steps = {"user_id": user.id, "today": today}, STEPS
    if modules.on("tasks") and "tasks.see" in user.rights:
        steps = LONE_STEPS
        rows = _task_rows(user, db.session.execute(DUE, who).all())
    if leads:
        rows += [Todo(row[10], _sale(row), on=row[11], time=row[12]) for row in db.session.execute(steps, who)]
    return sorted(rows, key=lambda row: (row.on or today, row.time is None, row.time or dt.time()))


def _task_rows(user: User, rows: Sequence[Any]) -> list[Todo]:
    """Tasks with the deal or the client that they are about, where the person may see that."""
    deals, clients = scope.visible_owners(user, "deals.see"), scope.visible_owners(user, "clients.see")
    made = []
    for row in rows:
        sale = _sale(row[10:20]) if row[10] is not None and (deals is None or row[20] in deals) else None
        known = row[10] is None and (clients is None or row[21] in clients)
        chore = Chore._make((*row[:3], names.client_name(*row[3:7]))) if known else Chore(row[0], None, None, "")
        made.append(Todo(row[7], sale, chore, on=row[8], time=row[9], led=sale is None or row[20] == user.id))
    return made


def _done(user: User, today: dt.date) -> list[Todo]:
    """What was done since midnight, the latest first."""
    if not modules.on("tasks") or "tasks.see" not in user.rights:
        return []
    done = db.session.execute(DONE, {"user_id": user.id, "midnight": start_of(today)}).all()
    return _task_rows(user, sorted(done, key=lambda row: row[22])[::-1])


def _new(user: User, today: dt.date, shown: Collection[int]) -> list[Todo]:
    """Deals that came to the person in the last days and that nobody has worked with since."""
    found = db.session.execute(NEW, {"user_id": user.id, "shown": sorted(shown), "lately": today - dt.timedelta(days=NEW_DAYS),
                                     "edge": utcnow() - dt.timedelta(days=NEW_DAYS)})
    return [Todo(row[1], _sale(row), on=row[10]) for row in found]


def _forgotten(user: User, today: dt.date, shown: Collection[int]) -> tuple[list[Todo], int]:
    """The dearest forgotten deals that the rest of the list does not name, and how many there are."""
    rows = db.session.execute(IDLE, {"user_id": user.id, "shown": sorted(shown), **asked(today)}).all()
    return [Todo(row[1], _sale(row), reason=row[10] or "") for row in rows], rows[0][11] if rows else 0


def _with_phones(user: User, rows: Sequence[Todo]) -> list[Todo]:
    """Every row with the number to call, of the person first, then of the company, as `deals.reach` has it."""
    if user.hides("client.phone"):
        return list(rows)
    owners = scope.visible_owners(user, "clients.see")
    sure = _phones(PHONES, [row.card for row in rows if row.card and (row.led or owners is None)])
    asked_for = [row.card for row in rows if row.card and not row.led and owners is not None]
    others = _phones(SEEN_PHONES, asked_for, owners=sorted(owners or ()))

    def phone(card: Sale | Chore | None, numbers: Numbers) -> str:
        if card is None:
            return ""
        return numbers.get(("contact", card.contact_id)) or numbers.get(("company", card.company_id)) or ""

    return [row._replace(phone=phone(row.card, sure if row.led or owners is None else others)) for row in rows]


PHONES = sa.select(Channel.contact_id, Channel.company_id, Channel.value, Channel.typed).where(Channel.kind == "phone", sa.or_(
    Channel.contact_id.in_(sa.bindparam("people", expanding=True)), Channel.company_id.in_(sa.bindparam("companies", expanding=True)),
)).order_by(Channel.position, Channel.id)
SEEN_PHONES = PHONES.outerjoin(Contact, Contact.id == Channel.contact_id).outerjoin(Company, Company.id == Channel.company_id).where(
    sa.func.coalesce(Contact.manager_id, Company.manager_id).in_(sa.bindparam("owners", expanding=True)))


def _phones(query: Query, cards: Sequence[Sale | Chore], **more: Any) -> Numbers:
    found: Numbers = {}
    people, companies = {card.contact_id for card in cards} - {None}, {card.company_id for card in cards} - {None}
    if not (people or companies):
        return found
    for contact_id, company_id, value, typed in db.session.execute(query, {"people": list(people), "companies": list(companies), **more}):
        key = ("contact", contact_id) if contact_id else ("company", company_id)
        if key not in found and (href := channels.href("phone", value, typed)):
            found[key] = href
    return found


class Soon(NamedTuple):
    """A deal that should be decided this week; `probability` in percent."""

    deal: Sale
    stage: str
    probability: int


def closing_soon(user: User) -> list[Soon]:
    """The person's deals that should be decided until the end of this week, the likeliest first."""
    if "deals.see" not in user.rights:
        return []
    rows = db.session.execute(SOON, {"user_id": user.id, "end": dates.period("week", dates.today()).end})
    return [Soon(_sale(row), row[10], row[11]) for row in rows]
