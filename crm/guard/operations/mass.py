"""Mass acts: done at once, or put before a second person where there is one; how such a request ends."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core import jobs
from crm.core.db import db, utcnow
from crm.core.events import Kind, record_many
from crm.guard import events, rules
from crm.guard.acts import ACTS, Act
from crm.guard.errors import MassError
from crm.guard.models import DECLINED, DONE, WAITING, WITHDRAWN, MassRequest
from crm.guard.queries import mass as queries

LETTER = "mass.letter"  # the job that writes to who asked; a feature that knows letters does it


def mass_act(act: Act, ids: Sequence[int], *, actor: User) -> MassRequest | None:
    """Do the act to these records now: None. Or, when the person has done it to more records within a day than the owner
    allows one alone, put it before a second person: the request that waits. Without such a person nothing waits.
    """
    _hold(actor)
    allowed = rules.number("deletes")
    if allowed and queries.done_lately(actor.id) + len(ids) > allowed and queries.second_people(act, actor.id):
        return _ask(act, ids, actor)
    for record_id in ids:
        act.do(record_id, actor)
    return None


def _hold(actor: User) -> None:
    """One act of a person at a time, or many at once would slip through uncounted."""
    db.session.execute(sa.select(User.id).where(User.id == actor.id).with_for_update(key_share=True))


def _ask(act: Act, ids: Sequence[int], actor: User) -> MassRequest:
    """A new request, or more records for the one that waits already."""
    found = db.session.scalar(sa.select(MassRequest).where(
        MassRequest.asked_by_id == actor.id, MassRequest.act == act.code, MassRequest.status == WAITING)
        .order_by(MassRequest.id).limit(1).with_for_update().execution_options(populate_existing=True))
    if found is None:
        found = MassRequest(act=act.code, ids=[], data={}, asked_by_id=actor.id, asked_at=utcnow(), status=WAITING)
        db.session.add(found)
    there = set(found.ids)
    fresh = [record_id for record_id in dict.fromkeys(ids) if record_id not in there]
    if fresh:
        found.ids = [*found.ids, *fresh]
        _tell(events.ASKED, act, fresh, actor)
    db.session.flush()
    return found


def _tell(kind: Kind, act: Act, ids: Sequence[int], actor: User, **data: str) -> None:
    links = [(act.card, record_id) for record_id in ids]
    record_many(kind, [(links, {"number": len(ids), "act": act.code, **data})], actor_id=actor.id)


def approve(found: MassRequest, *, version: int | None, actor: User) -> None:
    """A second person agrees to what they were shown: it is done, in the name of the one who asked."""
    found = _end(found, DONE, version, actor)
    act = ACTS[found.act]
    for record_id in found.ids:
        act.do(record_id, found.asked_by)
    _tell(events.APPROVED, act, found.ids, actor, people=found.asked_by.name)
    jobs.enqueue(LETTER, request_id=found.id)


def decline(found: MassRequest, *, version: int | None, actor: User) -> None:
    """A second person does not agree: everything stays as it is."""
    found = _end(found, DECLINED, version, actor)
    _tell(events.DECLINED, ACTS[found.act], found.ids, actor, people=found.asked_by.name)
    jobs.enqueue(LETTER, request_id=found.id)


def withdraw(found: MassRequest, *, actor: User) -> None:
    """The one who asked does not want it any more."""
    found = _end(found, WITHDRAWN, None, actor)
    _tell(events.WITHDRAWN, ACTS[found.act], found.ids, actor)


def see(found: MassRequest) -> None:
    """Who asked has read how it ended: their desk tells it no more."""
    found.data = {**found.data, "seen": True}


def _end(found: MassRequest, status: str, version: int | None, actor: User) -> MassRequest:
    """Lock the request and decide it; MassError when somebody else was quicker or it is not what was shown."""
    found = db.session.scalars(sa.select(MassRequest).where(MassRequest.id == found.id).with_for_update()
                               .execution_options(populate_existing=True)).one()
    if found.status != WAITING:
        raise MassError(_("This has been decided already. Reload the page to see how."))
    if version is not None and found.version != version:
        raise MassError(_("More records have been added since you opened this page. Reload it, look at them and decide again."))
    found.status, found.decided_by_id, found.decided_at = status, actor.id, utcnow()
    db.session.flush()
    return found
