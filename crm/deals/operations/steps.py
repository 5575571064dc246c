"""Key steps of stages that are ticked on a deal, and the deal's next step."""

import datetime as dt

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core.db import db
from crm.core.events import changes, record
from crm.deals import events
from crm.deals.models import Deal, DealStep, StageStep
from crm.deals.operations.deals import carry, touch
from crm.deals.operations.errors import DealError


def tick_step(deal: Deal, step: StageStep, *, done: bool, actor: User) -> None:
    """Mark a key step as done or not; doing it twice changes nothing."""
    if step.stage.pipeline_id != deal.pipeline_id:
        raise DealError(_("This step belongs to another pipeline. Reload the page."))
    ticked = next((one for one in deal.done_steps if one.step_id == step.id), None)
    if (ticked is not None) == done:
        return
    if ticked is not None:
        deal.done_steps.remove(ticked)
    else:
        deal.done_steps.append(DealStep(step_id=step.id, done_by_id=actor.id))
        touch(deal)
    db.session.flush()
    record(events.STEP_TICKED if done else events.STEP_UNTICKED, deal, actor_id=actor.id, title=step.text)


def set_next_step(deal: Deal, *, text: str, on: dt.date | None, time: dt.time | None = None) -> None:
    """Keep the next step on the deal, for the board and the lists; no text and no day: there is none.

    The tasks feature calls this with the deal's earliest open task; it tells the timeline itself.
    """
    carry(deal, next_step=text[:300] if on else "", next_step_on=on, next_step_time=time if on else None)


def plan_step(deal: Deal, *, text: str, on: dt.date, time: dt.time | None = None, actor: User) -> None:
    """Set the next step by hand, where the tasks feature is switched off. Records NEXT_STEP_SET."""
    text = " ".join(text.split())
    if not text:
        raise DealError(_("Say what the next step is, such as a call."))
    before = deal.next_step_on
    set_next_step(deal, text=text, on=on, time=time)
    record(events.NEXT_STEP_SET, deal, actor_id=actor.id, title=text,
           changed=changes({"due_on": before}, {"due_on": on}))


def finish_step(deal: Deal, *, actor: User) -> None:
    """The next step is done: none is left. Records NEXT_STEP_DONE; nothing happens when there is none."""
    if deal.next_step_on is None:
        return
    text = deal.next_step
    set_next_step(deal, text="", on=None)
    touch(deal)
    record(events.NEXT_STEP_DONE, deal, actor_id=actor.id, title=text)


def resume_step(deal: Deal, *, text: str, on: dt.date, time: dt.time | None = None, actor: User) -> None:
    """Take "done" back: the step is the next one again. Records NEXT_STEP_RESUMED."""
    set_next_step(deal, text=text, on=on, time=time)
    record(events.NEXT_STEP_RESUMED, deal, actor_id=actor.id, title=text)
