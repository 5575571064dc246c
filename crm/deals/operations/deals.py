"""Making, changing, deleting deals, and what happens to a deal that enters a stage."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import orm

from crm.accounts.models import User
from crm.clients.models import Company, Contact
from crm.core import dates, money, text
from crm.core.db import db, utcnow
from crm.core.errors import Stale
from crm.core.events import changes, record
from crm.deals import events
from crm.deals.models import LOST, OPEN, Deal, Pipeline, Stage, StageVisit, deal_table
from crm.deals.operations.errors import DealError
from crm.firms import queries as firms

CHANGEABLE = frozenset({
    "title", "company", "contact", "manager_id", "amount", "currency", "source", "comment", "engaged_on",
    "expected_on", "closed_on", "external_key", "firm_id"})


def create_deal(*, title: str, pipeline: Pipeline, actor: User | None, stage: Stage | None = None,
                company: Company | None = None, contact: Contact | None = None, manager_id: int | None = None,
                amount: int = 0, currency: str, engaged_on: dt.date | None = None,
                expected_on: dt.date | None = None, source: str = "", comment: str = "",
                external_key: str | None = None, firm_id: int | None = None) -> Deal:
    """A new deal on top of its stage (the pipeline's first one when none is named).

    `amount` in minor units of `currency`; `engaged_on` is the company's today when not given. A deal made in
    a closing stage is closed today. `firm_id` is the company of ours it is with: 0 the first, None what the
    pipeline says. Records DEAL_CREATED. DealError for an empty title, a sum below zero, a
    stage of another pipeline.
    """
    stage = stage or first_stage(pipeline)
    if stage.pipeline_id != pipeline.id:
        raise DealError(_("This stage belongs to another pipeline. Choose a stage of the deal's pipeline."))
    deal = Deal(title=_title(title), pipeline=pipeline, company=company, contact=contact,
                manager_id=manager_id, amount=_amount(amount), currency=currency,
                engaged_on=engaged_on or dates.today(), expected_on=expected_on, source=source,
                comment=comment, external_key=external_key,
                firm_id=firms.usable(pipeline.firm_id if firm_id is None else firm_id))
    index(deal)
    db.session.add(deal)
    enter_stage(deal, stage)
    deal.rank = top_rank(stage.id)
    db.session.flush()
    record(events.DEAL_CREATED, deal, company, contact, actor_id=actor.id if actor else None,
           title=deal.title, stage=stage.name, amount=deal.amount, currency=deal.currency)
    return deal


def update_deal(deal: Deal, *, actor: User | None, version: int | None = None,
                **fields: Any) -> dict[str, list[Any]]:
    """Change fields of a deal; the answer is {field: [before, after]} of what really changed.

    `version` is the one that the person was shown: Stale when the deal has changed since (None: do not ask).
    Fields: see CHANGEABLE; a typed `amount` is refused while the deal has lines, which make its sum.
    """
    unknown = fields.keys() - CHANGEABLE
    if unknown:
        raise TypeError(f"a deal's {', '.join(sorted(unknown))} cannot be changed here")
    if version is not None and version != deal.version:
        raise Stale(_("Somebody changed this deal since you opened it. Compare both and save again."))
    _check(deal, fields)
    before, after, led = _names(deal), dict(fields), deal.manager_id
    for name, value in after.items():
        setattr(deal, name, value)
    index(deal)
    db.session.flush()
    changed = changes(before, _names(deal))
    if "manager" in changed:
        record(events.DEAL_ASSIGNED, deal, actor_id=actor.id if actor else None,
               changed={"manager": changed["manager"]}, from_id=led, to_id=deal.manager_id)
    rest = {name: pair for name, pair in changed.items() if name != "manager"}
    if rest:
        record(events.DEAL_CHANGED, deal, deal.company, deal.contact, actor_id=actor.id if actor else None,
               changed=rest, currency=deal.currency)
    return changed


def _check(deal: Deal, fields: dict[str, Any]) -> None:
    """Bring typed values into the shape of the columns, or refuse with a sentence."""
    if "title" in fields:
        fields["title"] = _title(fields["title"])
    if "amount" in fields:
        fields["amount"] = _amount(fields["amount"])
        if deal.lines and fields["amount"] != deal.amount:
            raise DealError(_(
                "The amount comes from the products. Change a product, its quantity or its price."))
    if fields.get("currency", deal.currency) != deal.currency and deal.lines:
        raise DealError(_(
            "The products are priced in %(currency)s. Remove them before you change the currency.",
            currency=deal.currency))
    if "closed_on" in fields and (fields["closed_on"] is None) != (deal.status == OPEN):
        raise DealError(_("Only a closed deal has a closing date. Move the deal to close or reopen it."))
    if fields.get("closed_on") is not None and fields["closed_on"] > dates.today():
        raise DealError(_("A deal cannot be closed in the future. Type today or an earlier day."))


def _names(deal: Deal) -> dict[str, Any]:
    """What the timeline tells about a deal's fields: names in place of ids."""
    manager = db.session.get(User, deal.manager_id) if deal.manager_id else None
    return {"title": deal.title, "company": deal.company.title if deal.company else "",
            "contact": deal.contact.title if deal.contact else "", "manager": manager.name if manager else "",
            "firm": firms.label(deal.firm_id),
            "amount": deal.amount, "currency": deal.currency, "source": deal.source, "comment": deal.comment,
            "engaged_on": deal.engaged_on, "expected_on": deal.expected_on, "closed_on": deal.closed_on}


def _title(typed: str) -> str:
    title = " ".join((typed or "").split())
    if not title:
        raise DealError(_("Give the deal a name, such as what you are selling."))
    return title[:300]


def _amount(minor: int) -> int:
    if minor < 0:
        raise DealError(_("A deal's amount cannot be below zero."))
    if minor > money.MAX_MINOR:
        raise DealError(_("This amount is too large."))
    return minor


def index(deal: Deal) -> None:
    """Keep what the search looks in; the client's own words are searched in the client's row."""
    deal.search_text = text.search_text(deal.title, deal.source, deal.comment, deal.external_key)


def first_stage(pipeline: Pipeline) -> Stage:
    """Where deals begin. DealError for a pipeline without an open stage."""
    stage = next((one for one in pipeline.stages if one.kind == OPEN), None)
    if stage is None:
        raise DealError(_("The pipeline %(name)s has no stage to begin in. Add one in the settings.",
                          name=pipeline.name))
    return stage


def top_rank(stage_id: int) -> float:
    """A place above all deals of the stage."""
    lowest = db.session.scalar(sa.select(sa.func.min(Deal.rank)).where(Deal.stage_id == stage_id))
    return 0.0 if lowest is None else lowest - 1.0


def enter_stage(deal: Deal, stage: Stage) -> None:
    """Put the deal into the stage: its status, closing day and history follow. Records no fact.

    A closing stage closes the deal on the company's today (a deal that stays closed keeps its day); an open
    one reopens it and forgets why it was lost.
    """
    now = utcnow()
    if deal.id is not None:  # the stays themselves are not read: a long way costs no more than a short one
        db.session.execute(sa.update(StageVisit).where(StageVisit.deal_id == deal.id, StageVisit.left_at.is_(None)).values(left_at=now))
    was_closed = deal.closed_on is not None
    remember_furthest(deal)
    deal.stage, deal.status, deal.stage_since = stage, stage.kind, now
    db.session.add(StageVisit(deal=deal, stage=stage, entered_at=now))
    if stage.kind == OPEN:
        deal.closed_on = None
    elif not was_closed:
        deal.closed_on = dates.today()
    if stage.kind != LOST:
        deal.loss_reason, deal.loss_comment = None, ""
        deal.competitor, deal.competitor_price = "", None


def remember_furthest(deal: Deal) -> None:
    """Before the deal leaves its stage: keep it as the furthest one when no other open stage was further."""
    left = deal.stage
    if left is None or left.kind != OPEN:
        return
    known = next((one for one in left.pipeline.stages if one.id == deal.reached_id), None)
    if known is None or left.position >= known.position:
        deal.reached_id = left.id


def reckon_furthest(pipeline_id: int) -> None:
    """Find the furthest stages anew, from the stays: after the stages of a pipeline changed their order.

    Only for deals begun within a year: reports look no further back. Versions stay: nobody's deal has changed.
    """
    furthest = (sa.select(Stage.id).join(StageVisit, StageVisit.stage_id == Stage.id)
                .where(StageVisit.deal_id == deal_table.c.id, Stage.kind == OPEN)
                .order_by(Stage.position.desc()).limit(1).correlate(deal_table).scalar_subquery())
    db.session.execute(
        sa.update(deal_table).where(deal_table.c.pipeline_id == pipeline_id,
                                    deal_table.c.engaged_on >= dates.today() - dt.timedelta(days=366))
        .values(reached_id=furthest, updated_at=deal_table.c.updated_at))


def touch(deal: Deal) -> None:
    """We did something with the client: the deal is not forgotten."""
    carry(deal, touched_at=utcnow())


def carry(deal: Deal, **values: Any) -> None:
    """Keep on the deal what it only carries for boards and lists: the last act, the next step.

    A note or a task changes nothing that people edit. So unless the deal changes anyway its version stays, an open form remains
    good, and who adds a task while somebody moves the deal is not told to start again.
    """
    if deal.id is None or db.session.is_modified(deal):
        for name, value in values.items():
            setattr(deal, name, value)
        return
    db.session.execute(sa.update(deal_table).where(deal_table.c.id == deal.id).values(**values, updated_at=utcnow()))
    for name, value in values.items():
        orm.attributes.set_committed_value(deal, name, value)


def set_people(deal: Deal, people: Iterable[Contact], *, actor: User) -> None:
    """Who else takes part on the client's side, besides the main contact."""
    chosen = {person.id: person for person in people if person.id != deal.contact_id}
    before = {person.id for person in deal.people}
    if before == chosen.keys():
        return
    deal.people = list(chosen.values())
    added = [person for person in deal.people if person.id not in before]
    record(events.PEOPLE_CHANGED, deal, *added, actor_id=actor.id,
           people=", ".join(person.title for person in deal.people))


def delete_deal(deal: Deal, *, actor: User) -> None:
    """To the bin; it comes back whole with restore_deal within 30 days."""
    deal.deleted_at = utcnow()
    record(events.DEAL_DELETED, deal, deal.company, deal.contact, actor_id=actor.id, title=deal.title)


def restore_deal(deal: Deal, *, actor: User) -> None:
    """Back from the bin, as it was."""
    deal.deleted_at = None
    record(events.DEAL_RESTORED, deal, deal.company, deal.contact, actor_id=actor.id, title=deal.title)
