"""Moving a deal: to another stage, to another place within its stage, to won, to lost and back."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db
from crm.core.errors import Stale
from crm.core.events import Event, EventLink, record
from crm.deals import events, requirements
from crm.deals.models import LOST, OPEN, WON, Deal, LossReason, Stage
from crm.deals.operations.deals import enter_stage, touch, update_deal
from crm.deals.operations.errors import DealError
from crm.deals.operations.ranks import Place, is_there, rank_for
from crm.deals.operations.steps import set_next_step

NOWHERE = Place()
COLUMNS = [column.key for column in sa.inspect(Deal).column_attrs]


@dataclass(frozen=True)
class Loss:
    """Why a deal is refused. `competitor_price` in minor units of the deal's currency.

    `detail_id` is the finer reason beneath `reason_id`; one of another branch is ignored. `back_on`: the day
    on which to ask the client again; it becomes the deal's next step.
    """

    reason_id: int | None = None
    detail_id: int | None = None
    comment: str = ""
    competitor: str = ""
    competitor_price: int | None = None
    back_on: dt.date | None = None


@dataclass(frozen=True)
class Answers:
    """What the dialog of a stage lets people fill in on the way; None leaves the deal's own.

    `amount` in minor units of the deal's currency; `closed_on` only matters for a closing stage.
    """

    amount: int | None = None
    expected_on: dt.date | None = None
    closed_on: dt.date | None = None


class MoveConflict(Stale):
    """Somebody else moved the deal since it was shown; it is where the text says."""

    def __init__(self, message: str, deal: Deal) -> None:
        super().__init__(message)
        self.deal = deal


class MissingForStage(DealError):  # noqa: N818 - reads like the trade
    """The stage asks for what the deal does not have yet; `missing` names it."""

    status = 422

    def __init__(self, stage: Stage, missing: list[requirements.Requirement]) -> None:
        what = ", ".join(str(requirement.label) for requirement in missing)
        super().__init__(_("“%(stage)s” still needs: %(what)s.", stage=stage.name, what=what))
        self.stage, self.missing = stage, missing


class LossUnexplained(DealError):  # noqa: N818
    """A refusal needs its reason and a comment."""

    status = 422


def move_deal(deal: Deal, stage: Stage, *, actor: User | None, before_id: int | None = None,
              after_id: int | None = None, last: bool = False, version: int | None = None,
              from_id: int | None = None, loss: Loss | None = None, answers: Answers | None = None) -> bool:
    """Put the deal into `stage`, before the deal `before_id` or after `after_id` (else first, or `last`).

    True when something changed; asking for where the deal already is changes nothing and records nothing.
    `version` is the one the person saw, `from_id` the stage they saw it in: a deal that changed meanwhile but
    still stands in that stage may be moved. Closing sets closed_on to the company's today unless `answers`
    names a day; reopening clears it. Records STAGE_CHANGED and DEAL_WON, DEAL_LOST or DEAL_REOPENED, or
    CARD_PLACED within a stage. Without an `actor` it moves by itself, by a rule.
    Errors: MoveConflict, MissingForStage, LossUnexplained, DealError.
    """
    if stage.pipeline_id != deal.pipeline_id:
        raise DealError(_("This stage belongs to another pipeline. Choose a stage of the deal's pipeline."))
    _lock(deal, stage)
    place = Place(before_id, after_id, last)
    if deal.stage_id == stage.id and (place == NOWHERE or is_there(deal, place)):
        return False
    _refuse_stale(deal, version, from_id, actor)
    if deal.stage_id == stage.id:
        deal.rank = rank_for(deal, stage.id, place)
        db.session.flush()
        record(events.CARD_PLACED, actor_id=actor.id if actor else None, deal=deal.id, stage=stage.id)
        return True
    _enter(deal, stage, place, actor, loss, answers or Answers())
    return True


def _lock(deal: Deal, stage: Stage) -> None:
    """Movers into one stage wait for each other, and this one sees what the one before has done.

    The stage first and the deal second, always, so that two movers never wait for one another in a ring.
    SQLite has taken its one write lock when the request began.
    """
    db.session.flush()
    if db.session.get_bind().dialect.name == "sqlite":
        return
    seen = deal.version
    db.session.execute(sa.select(Stage.id).where(Stage.id == stage.id).with_for_update(key_share=True))
    db.session.refresh(deal, COLUMNS, with_for_update=True)
    if deal.version != seen:
        db.session.refresh(deal)


def _refuse_stale(deal: Deal, version: int | None, from_id: int | None, actor: User | None) -> None:
    if version is None or version == deal.version or from_id == deal.stage_id:
        return
    mover = last_mover(deal)
    stage = deal.stage.name
    if mover is None:
        text = _("Somebody changed this deal in the meantime. It is in “%(stage)s” now.", stage=stage)
    elif actor is not None and mover.id == actor.id:
        text = _("You moved this deal in another window. It is in “%(stage)s” now.", stage=stage)
    else:
        text = _("%(who)s moved this deal in the meantime. It is in “%(stage)s” now.", who=mover.name, stage=stage)
    raise MoveConflict(text, deal)


def last_mover(deal: Deal) -> User | None:
    """Who put the deal where it is."""
    return db.session.scalar(
        sa.select(User).join(Event, Event.actor_id == User.id).join(EventLink, EventLink.event_id == Event.id)
        .where(EventLink.card == "deal", EventLink.card_id == deal.id)
        .where(Event.kind == events.STAGE_CHANGED.code)
        .order_by(Event.id.desc()).limit(1))


def _enter(deal: Deal, stage: Stage, place: Place, actor: User | None, loss: Loss | None,
           answers: Answers) -> None:
    reason = _reason(deal, loss) if stage.kind == LOST else None
    typed = _typed(deal, answers)
    lacking = [one for one in requirements.missing(deal, stage.requires) if not typed.get(one.code)]
    if lacking:
        raise MissingForStage(stage, lacking)
    day = _closing_day(deal, stage, answers.closed_on) if stage.kind != OPEN else None
    if typed:
        update_deal(deal, actor=actor, **typed)
    old, rank = deal.stage, rank_for(deal, stage.id, place)
    enter_stage(deal, stage)
    deal.rank = rank
    touch(deal)
    deal.closed_on = day
    if stage.kind == LOST and loss is not None:
        _explain(deal, loss, reason)
    db.session.flush()
    _tell(deal, old, stage, actor)


def _typed(deal: Deal, answers: Answers) -> dict[str, Any]:
    """What was typed in the dialog; the sum of a deal with lines comes from them."""
    amount = answers.amount if answers.amount is not None and not deal.lines else None
    typed = {"amount": amount, "expected_on": answers.expected_on}
    return {name: value for name, value in typed.items() if value is not None}


def _closing_day(deal: Deal, stage: Stage, typed: dt.date | None) -> dt.date:
    """The typed day, else today; a deal that goes from one won stage to another keeps its day."""
    today = dates.today()
    if typed is not None and typed > today:
        raise DealError(_("A deal cannot be closed in the future. Type today or an earlier day."))
    if typed is None and deal.status == stage.kind and deal.closed_on is not None:
        return deal.closed_on
    return typed or today


def _reason(deal: Deal, loss: Loss | None) -> LossReason | None:
    """The reason of the pipeline's tree. LossUnexplained without one or without a comment."""
    if loss is None:
        raise LossUnexplained(_("Say why the client refused: choose the reason and write a comment."))
    choices = {reason.id: reason for reason in deal.pipeline.reasons if not reason.archived}
    reason = choices.get(loss.reason_id or 0)
    finer = choices.get(loss.detail_id or 0)
    if finer is not None and finer.parent_id is not None and reason in (None, finer.parent):
        reason = finer
    if choices and reason is None:
        raise LossUnexplained(_("Choose the reason for the refusal."))
    if not loss.comment.strip():
        raise LossUnexplained(_("Write in a few words how it happened: it helps to sell next time."))
    return reason


def _explain(deal: Deal, loss: Loss, reason: LossReason | None) -> None:
    deal.loss_reason, deal.loss_comment = reason, loss.comment.strip()
    deal.competitor, deal.competitor_price = loss.competitor.strip(), loss.competitor_price
    if loss.back_on is not None:
        set_next_step(deal, text=_("Ask the client again"), on=loss.back_on)


def _tell(deal: Deal, old: Stage, stage: Stage, actor: User | None) -> None:
    cards, who = (deal, deal.company, deal.contact), actor.id if actor else None
    record(events.STAGE_CHANGED, *cards, actor_id=who, before=old.name, after=stage.name,
           from_id=old.id, to_id=stage.id)
    if stage.kind == WON and old.kind != WON:
        record(events.DEAL_WON, *cards, actor_id=who, amount=deal.amount, currency=deal.currency)
    elif stage.kind == LOST and old.kind != LOST:
        record(events.DEAL_LOST, *cards, actor_id=who, text=deal.loss_comment,
               reason=deal.loss_reason.name if deal.loss_reason else "", competitor=deal.competitor)
    elif stage.kind == OPEN and old.kind != OPEN:
        record(events.DEAL_REOPENED, *cards, actor_id=who)
