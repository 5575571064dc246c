"""Mass acts: how much a person did lately, who else may agree, and what waits."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import g
from sqlalchemy.orm import joinedload

from crm.accounts import queries
from crm.accounts.events import USER_CHANGED, USER_CREATED
from crm.accounts.models import User
from crm.core.db import CLOCKS_DIFFER, db, utcnow
from crm.core.events import Event, EventLink
from crm.guard.acts import ACTS, Act, Named
from crm.guard.models import DECLINED, DONE, WAITING, MassRequest

WINDOW = dt.timedelta(hours=24)
KEPT = dt.timedelta(days=30)  # how long decided requests are shown
SHOWN = 500  # records of a request that are named
MOST = 50  # requests on the page
APPROVE = "mass.approve"


@dataclass(frozen=True)
class Shown:
    """A request as its reader sees it: `named` are the first records that the reader may see, `more` how many others wait."""

    request: MassRequest
    words: str
    named: list[Named]
    more: int
    others: Sequence[User]


def done_lately(user_id: int) -> int:
    """How many records this person's mass acts took within the last day."""
    now = utcnow()
    kinds = sorted({fact.code for act in ACTS.values() for fact in act.facts})
    return db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(
        Event.actor_id == user_id, Event.at.between(now - WINDOW, now + CLOCKS_DIFFER), Event.kind.in_(kinds))) or 0


def may_agree(user: User, act: Act, asker_id: int) -> bool:
    """Whether this person may decide about the act of another: by right, only who may do it to all records themselves, and nobody
    whose account who asks has had in hand.
    """
    return (user.id != asker_id and user.active and user.level(APPROVE) != "none" and user.level(act.right) == "all"
            and user.id not in handled_by(asker_id))


def handled_by(asker_id: int) -> frozenset[int]:
    """The people whose accounts this person has added, invited or given another e-mail: such a one may be the person themselves.
    Nobody for the owner. Read once a request.
    """
    known: dict[int, frozenset[int]] = g.setdefault("guard_handled", {})
    if asker_id not in known:
        asker = db.session.get(User, asker_id)
        known[asker_id] = frozenset() if asker is None or asker.role == "owner" else frozenset(_handled(asker_id))
    return known[asker_id]


def _handled(asker_id: int) -> Iterator[int]:
    rows = db.session.execute(sa.select(Event.kind, Event.data, EventLink.card_id).join(EventLink, EventLink.event_id == Event.id).where(
        Event.actor_id == asker_id, Event.kind.in_((USER_CREATED.code, USER_CHANGED.code)), EventLink.card == User.card))
    for kind, data, user_id in rows:
        if kind == USER_CREATED.code or data.get("invited") or "email" in data.get("changed", {}):
            yield user_id


def second_people(act: Act, asker_id: int) -> list[User]:
    """Who may agree to what this person asks for: people at work who can sign in."""
    return [user for user in queries.users() if user.password_hash is not None and may_agree(user, act, asker_id)]


def _waiting() -> sa.Select[MassRequest]:
    return sa.select(MassRequest).options(joinedload(MassRequest.asked_by)).where(
        MassRequest.status == WAITING, MassRequest.act.in_(sorted(ACTS))).order_by(MassRequest.id).limit(MOST)


def to_decide(user: User) -> list[MassRequest]:
    """What waits for this person's word."""
    if user.level(APPROVE) == "none":
        return []
    return [one for one in db.session.scalars(_waiting()) if may_agree(user, ACTS[one.act], one.asked_by_id)]


def asked_by(user: User) -> Sequence[MassRequest]:
    """What this person asked for and still waits."""
    return db.session.scalars(_waiting().where(MassRequest.asked_by_id == user.id)).all()


def decided(user: User) -> list[MassRequest]:
    """What was decided lately about this person's own requests, and by or before those who may agree to them."""
    rows = db.session.scalars(sa.select(MassRequest).options(
        joinedload(MassRequest.asked_by), joinedload(MassRequest.decided_by)).where(
        MassRequest.status != WAITING, MassRequest.decided_at >= utcnow() - KEPT, MassRequest.act.in_(sorted(ACTS))).order_by(
        MassRequest.id.desc()).limit(MOST))
    return [one for one in rows if one.asked_by_id == user.id or may_agree(user, ACTS[one.act], one.asked_by_id)]


# made once: making a statement costs more than running it
FOR_DESK = sa.select(MassRequest).options(joinedload(MassRequest.decided_by)).where(sa.or_(
    MassRequest.status == WAITING,
    sa.and_(MassRequest.asked_by_id == sa.bindparam("asker_id"), MassRequest.status.in_((DONE, DECLINED)),
            MassRequest.decided_at >= sa.bindparam("since")))).order_by(MassRequest.id.desc()).limit(MOST)


def for_desk(user: User) -> tuple[int, list[Shown]]:
    """How many requests wait for this person's word, and what others decided about the person's own, not read yet; one statement."""
    rows = [one for one in db.session.scalars(FOR_DESK, {"asker_id": user.id, "since": utcnow() - KEPT}) if one.act in ACTS]
    waiting = sum(one.status == WAITING and may_agree(user, ACTS[one.act], one.asked_by_id) for one in rows)
    return waiting, [shown(one, user) for one in rows if one.status != WAITING and not one.data.get("seen")]


def request(request_id: int) -> MassRequest | None:
    """A request by its number."""
    found = db.session.get(MassRequest, request_id)
    return found if found is not None and found.act in ACTS else None


def shown(found: MassRequest, reader: User) -> Shown:
    """The request for a page of this reader."""
    act = ACTS[found.act]
    named = act.named(found.ids[:SHOWN], reader) if found.status == WAITING else []
    others = second_people(act, found.asked_by_id) if found.asked_by_id == reader.id and found.status == WAITING else []
    return Shown(found, act.words(len(found.ids)), named, len(found.ids) - len(named), others)
