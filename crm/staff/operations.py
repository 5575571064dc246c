"""Handing over the work of somebody who leaves, in one step, and taking it back."""

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.clients import events as client_events
from crm.clients.models import Company, Contact
from crm.core.db import db, utcnow
from crm.core.errors import DomainError
from crm.core.events import Kind, record, record_many
from crm.deals import events as deal_events
from crm.deals.models import Deal
from crm.staff import events, queries
from crm.staff.models import HandOver, HandOverItem
from crm.tasks import events as task_events
from crm.tasks.models import Task

CHUNK = 500  # ids in one statement
MODELS: dict[str, Any] = {"company": Company, "contact": Contact, "deal": Deal, "task": Task}
OWNER = {"company": "manager_id", "contact": "manager_id", "deal": "manager_id", "task": "assignee_id"}
FACTS: dict[str, Kind] = {"company": client_events.COMPANY_CHANGED, "contact": client_events.CONTACT_CHANGED,
                          "deal": deal_events.DEAL_ASSIGNED, "task": task_events.TASK_CHANGED}


class HandOverError(DomainError):
    """Work cannot be handed over like that."""


def hand_over(leaver: User, *, parts: Collection[str], takers: Sequence[User], actor: User) -> HandOver:
    """Give what `leaver` leads of these sorts to `takers`, evenly; a client stays together with their deals and tasks.

    One fact for each record. HandOverError without takers or with nothing to hand over.
    """
    if not takers or leaver.id in {taker.id for taker in takers}:
        raise HandOverError(_("Choose who takes over the work."), field="taker")
    chosen = queries.chosen_of(leaver, parts)
    spread = _Spread([taker.id for taker in takers])
    moves = {card: [(row.id, row.version, spread.taker_of(card, row)) for row in db.session.execute(query)]
             for card, query in chosen.items()}
    if not any(moves.values()):
        raise HandOverError(_("There is nothing to hand over. Choose something that the person leads."), field="parts")
    done = HandOver(from_id=leaver.id, actor_id=actor.id)
    db.session.add(done)
    db.session.flush()
    names = {one.id: one.name for one in (leaver, *takers)}
    for card, rows in moves.items():
        _give(card, [(card_id, leaver.id, to_id) for card_id, _version, to_id in rows])
        db.session.execute(sa.insert(HandOverItem), [
            {"hand_over_id": done.id, "card": card, "card_id": card_id, "to_id": to_id, "version": version + 1}
            for card_id, version, to_id in rows]) if rows else None
        _tell(card, [(card_id, leaver.id, to_id) for card_id, _version, to_id in rows], names, actor)
    record(events.HANDED_OVER, leaver, actor_id=actor.id, name=leaver.name, to=", ".join(one.name for one in takers),
           counts={card: len(rows) for card, rows in moves.items()})
    db.session.expire_all()
    return done


def take_back(done: HandOver, *, actor: User) -> tuple[int, int]:
    """Give everything back that nobody has changed since: how many came back, how many stayed. A second time does nothing."""
    if done.undone_at is not None:
        return 0, 0
    done.undone_at = utcnow()
    names = {row.id: row.name for row in db.session.execute(sa.select(User.id, User.name))}
    back = 0
    for card, model in MODELS.items():
        owner = getattr(model, OWNER[card])
        rows = db.session.execute(sa.select(model.id, HandOverItem.to_id).join(
            HandOverItem, sa.and_(HandOverItem.card_id == model.id, HandOverItem.card == card)).where(
            HandOverItem.hand_over_id == done.id, owner == HandOverItem.to_id, model.version == HandOverItem.version)).all()
        _give(card, [(card_id, to_id, done.from_id) for card_id, to_id in rows])
        _tell(card, [(card_id, to_id, done.from_id) for card_id, to_id in rows], names, actor)
        back += len(rows)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(HandOverItem).where(
        HandOverItem.hand_over_id == done.id)) or 0
    record(events.HANDED_BACK, done.leaver, actor_id=actor.id, name=done.leaver.name, count=back)
    db.session.expire_all()
    return back, total - back


class _Spread:
    """Who takes what: the taker of the client or deal it belongs to, else the one who has the least of this sort."""

    def __init__(self, takers: Sequence[int]) -> None:
        self.takers = takers
        self.given: dict[tuple[str, int], int] = {}
        self.load: dict[str, list[tuple[int, int]]] = defaultdict(lambda: [(0, place) for place in range(len(takers))])

    def taker_of(self, card: str, row: Any) -> int:
        """The taker of a row of queries.led_by; rows come by sorts: companies, people, deals, tasks."""
        keys = [(sort, getattr(row, f"{sort}_id", None)) for sort in ("deal", "company", "contact")]
        known = next((self.given[key] for key in keys if key in self.given), None)
        load = self.load[card]
        if known is None:
            count, place = load[0]
            heapq.heapreplace(load, (count + 1, place))
            known = self.takers[place]
        else:
            place = self.takers.index(known)
            load[:] = [(count + (here == place), here) for count, here in load]
            heapq.heapify(load)
        self.given[card, row.id] = known
        for sort, card_id in keys:  # a client led by somebody else: their further deals follow the first one
            if card_id is not None:
                self.given.setdefault((sort, card_id), known)
        return known


def _give(card: str, rows: Sequence[tuple[int, int, int]]) -> None:
    """Change who leads these (id, from whom, to whom), in few statements; the version tells open forms of it."""
    model, theirs = MODELS[card], defaultdict(list)
    for card_id, from_id, to_id in rows:
        theirs[from_id, to_id].append(card_id)
    for (from_id, to_id), ids in theirs.items():
        for some in _chunks(ids):
            db.session.execute(sa.update(model).where(model.id.in_(some), getattr(model, OWNER[card]) == from_id).values(
                {OWNER[card]: to_id, "version": model.version + 1}).execution_options(synchronize_session=False))


def _tell(card: str, rows: Sequence[tuple[int, int, int]], names: Mapping[int, str], actor: User) -> None:
    """One fact for each record: (id, from whom, to whom)."""
    field = "assignee" if card == "task" else "manager"
    tasks = _words_of([card_id for card_id, _old, _new in rows]) if card == "task" else {}

    def fact(card_id: int, old: int, new: int) -> tuple[list[tuple[str, int]], dict[str, Any]]:
        data = {"changed": {field: [names[old], names[new]]}, "from_id": old, "to_id": new}
        if card != "task":
            return [(card, card_id)], data
        text, deal_id = tasks[card_id]
        return [(card, card_id), *([("deal", deal_id)] if deal_id else [])], {"title": text, **data}

    record_many(FACTS[card], (fact(*row) for row in rows), actor_id=actor.id)


def _words_of(task_ids: Sequence[int]) -> dict[int, tuple[str, int | None]]:
    """The words of each task and its deal, whose timeline tells of it."""
    found: dict[int, tuple[str, int | None]] = {}
    for some in _chunks(task_ids):
        rows = db.session.execute(sa.select(Task.id, Task.text, Task.deal_id).where(Task.id.in_(some)))
        found.update({row.id: (row.text, row.deal_id) for row in rows})
    return found


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start:start + CHUNK]
