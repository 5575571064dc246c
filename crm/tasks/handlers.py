"""A deal's next step is a task while tasks are switched on: what is said on the deal is done to its task."""

from crm.accounts.models import User
from crm.core import modules
from crm.core.db import db
from crm.core.events import Event, subscribe
from crm.deals import events as facts
from crm.deals.models import Deal
from crm.tasks import operations, queries


def _deal(event: Event) -> Deal | None:
    """The deal of the fact, while tasks are in use."""
    if not modules.on("tasks"):
        return None
    found = next((link.card_id for link in event.links if link.card == "deal"), None)
    return db.session.get(Deal, found) if found else None


def _actor(event: Event) -> User | None:
    return db.session.get(User, event.actor_id) if event.actor_id else None


def step_set(event: Event) -> None:
    """The earliest task takes the words and the day of the step; without one it is made."""
    deal = _deal(event)
    if deal is None or deal.next_step_on is None:
        return
    task = queries.earliest(deal)
    if task is None:
        operations.keep_step(deal, actor=_actor(event))
        return
    task.text, task.due_on, task.due_time = deal.next_step, deal.next_step_on, deal.next_step_time
    db.session.flush()
    operations.sync(deal)


def step_done(event: Event) -> None:
    """The earliest task is done, and the one after it becomes the next step."""
    deal = _deal(event)
    task = queries.earliest(deal) if deal else None
    if task is not None:
        operations.finish_quietly(task)


def step_resumed(event: Event) -> None:
    """Undo of "done": the task is open again."""
    deal = _deal(event)
    if deal is None:
        return
    task = queries.last_done(deal, deal.next_step)
    if task is None:
        step_set(event)
        return
    task.done_at = None
    db.session.flush()
    operations.sync(deal)


def lost(event: Event) -> None:
    """A refused deal with a day to come back gets a task for that day."""
    deal = _deal(event)
    if deal is None or deal.next_step_on is None:
        return
    task = queries.earliest(deal)
    if task is None or (task.text, task.due_on) != (deal.next_step, deal.next_step_on):
        operations.keep_step(deal, actor=_actor(event))


def assigned(event: Event) -> None:
    """The new manager takes over the open tasks of the one before."""
    deal = _deal(event)
    if deal is None:
        return
    for task in queries.open_of(deal):
        if task.assignee_id == event.data.get("from_id"):
            task.assignee_id = deal.manager_id
    db.session.flush()


def listen() -> None:
    """Subscribe to the facts of deals; called once when the program starts."""
    for kind, handler in ((facts.NEXT_STEP_SET, step_set), (facts.NEXT_STEP_DONE, step_done),
                          (facts.NEXT_STEP_RESUMED, step_resumed), (facts.DEAL_LOST, lost),
                          (facts.DEAL_ASSIGNED, assigned)):
        subscribe(kind, handler)
