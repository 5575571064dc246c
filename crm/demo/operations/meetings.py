"""When the demo's clients became known to us, and how."""

import datetime as dt
import random
from collections.abc import Sequence

from crm.clients import events
from crm.demo.content import DemoContent
from crm.demo.operations.clients import Client
from crm.demo.operations.clock import Clock
from crm.demo.operations.diary import Diary
from crm.demo.operations.firm import Firm
from crm.demo.operations.sales import Sale, first_source


def meet(content: DemoContent, ours: Firm, clients: Sequence[Client], sales: Sequence[Sale], clock: Clock,
         dice: random.Random, diary: Diary) -> None:
    """Date every company and person, the clients of sales before their first one. `sales` in order of time."""
    first: dict[int, Sale] = {}
    for sale in sales:
        first.setdefault(id(sale.client), sale)
    for client in clients:
        begun = first.get(id(client))
        if begun is None:
            day = dice.choice(clock.working(max(clock.start, client.seller.since), clock.ago(1)))
            client.company.source = first_source(content, dice)
        else:
            day = clock.back(begun.engaged - dt.timedelta(days=dice.randint(1, 5)))
            client.company.source = begun.source
        actor = client.seller.user if day >= client.seller.since else ours.of_role("head")
        _write(client, day, actor.id, clock, dice, diary)


def _write(client: Client, day: dt.date, actor_id: int, clock: Clock, dice: random.Random, diary: Diary) -> None:
    company = client.company
    moments = clock.moments(day, 1 + len(client.people), dice)
    company.created_at = company.updated_at = moments[0]
    diary.add(moments[0], events.COMPANY_CREATED, company, actor_id=actor_id, name=company.title)
    for person, at in zip(client.people, moments[1:], strict=True):
        person.created_at = person.updated_at = at
        diary.add(at, events.CONTACT_CREATED, person, company, actor_id=actor_id, name=person.title)
