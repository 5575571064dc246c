"""Things to do that belong to no deal: the weekly meeting, unpaid invoices, a word to an old client."""

import datetime as dt
import random

from crm.accounts.models import User
from crm.core.db import db
from crm.demo.content import ActSpec, DemoContent
from crm.demo.operations.clients import Client
from crm.demo.operations.clock import Clock
from crm.demo.operations.diary import Diary
from crm.demo.operations.firm import Firm
from crm.tasks import events
from crm.tasks.models import Task

ABOUT_CLIENTS = ("call", "letter")
DUE = (-2, 0, 1, 3, 6)  # days from today; the first thing of everybody is due today


def add(content: DemoContent, ours: Firm, clients: list[Client], clock: Clock, dice: random.Random,
        diary: Diary) -> None:
    """A few for everybody but the lawyer, who has contracts, due around today; the head's meeting first."""
    meeting = next(act for act in content.tasks if act.kind == "meeting")
    head = ours.of_role("head")
    _add(meeting, head, clock.today, None, clock, dice, diary)
    for person in [one for one in ours.people if one.role != "lawyer"]:
        acts = [act for act in content.tasks if act is not meeting]
        own = [client for client in clients if client.seller.user is person]
        for place, act in enumerate(dice.sample(acts, k=2)):
            due = clock.today + dt.timedelta(days=dice.choice(DUE) if place else 0)
            if due != clock.today:
                due = clock.back(due) if due < clock.today else clock.onward(due)
            client = dice.choice(own) if own and act.kind in ABOUT_CLIENTS else None
            _add(act, person, due, client, clock, dice, diary)
    db.session.flush()


def _add(act: ActSpec, person: User, due: dt.date, client: Client | None, clock: Clock, dice: random.Random,
         diary: Diary) -> None:
    made = clock.moments(clock.back(min(due, clock.today) - dt.timedelta(days=dice.randint(2, 5))), 1, dice)[0]
    contact = client.people[0] if client is not None else None
    time = dt.time(dice.randint(10, 16), 0) if act.kind == "meeting" else None
    db.session.add(Task(
        kind=act.kind, text=act.text, due_on=due, due_time=time, result="", assignee_id=person.id,
        created_by_id=person.id, created_at=made, contact=contact,
        company=client.company if client is not None else None))
    diary.add(made, events.TASK_CREATED, contact, client.company if client is not None else None,
              actor_id=person.id, task_kind=act.kind, text=act.text, on=due.isoformat())
