"""The whole demo company in one go. Nothing here commits."""

import datetime as dt
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts import operations as accounts
from crm.accounts import queries
from crm.accounts.models import User
from crm.core.db import db
from crm.demo.content import DemoContent, load
from crm.demo.operations import chores, clients, contracts, firm, meetings, papers, plans, prices, sales
from crm.demo.operations.clock import Clock
from crm.demo.operations.diary import Diary
from crm.demo.operations.errors import DemoError
from crm.demo.operations.lives import Life

WORDS = ("amber", "badger", "birch", "bramble", "cedar", "clover", "copper", "coral", "falcon", "fern", "garnet",
         "ginger", "hazel", "heron", "indigo", "jasper", "juniper", "kestrel", "lantern", "linden", "maple", "marble",
         "meadow", "nectar", "olive", "orchid", "otter", "pepper", "plover", "quartz", "raven", "saffron", "sorrel",
         "thistle", "topaz", "tulip", "velvet", "walnut", "willow", "zephyr")


@dataclass(frozen=True)
class Login:
    """How somebody of the demo signs in; `role` is its code, `role_label` its name for the reader."""

    email: str
    password: str
    role: str
    role_label: str


def fill(*, locale: str, seed: int = 7, today: dt.date | None = None) -> list[Login]:
    """Make the demo company in the language of `locale` (ru, else English), the owner's login first.

    The same seed and day give the same company; the password is a new one each time. `today` is the company's
    day that everything leads up to, the present one when not given. DemoError when there is a company already.
    """
    if queries.organization() is not None or db.session.scalar(sa.select(User.id).limit(1)) is not None:
        raise DemoError(_("This database already has a company."))
    password = f"{secrets.choice(WORDS)}-{secrets.choice(WORDS)}-{secrets.randbelow(900) + 100}"
    password_hash = accounts.make_password_hash(password)
    content = load(locale)
    clock = Clock.at(content.our.timezone, today)
    with db.session.no_autoflush:
        people = _build(content, clock, password_hash, seed)
    db.session.flush()
    return [Login(person.email or "", password, person.role, person.role_label) for person in people]


def _build(content: DemoContent, clock: Clock, password_hash: str, seed: int) -> list[User]:
    dice = random.Random(f"{content.locale}:{seed}")  # noqa: S311  demo data, nothing secret
    diary = Diary()
    ours = firm.found(content, clock, password_hash=password_hash, seed=seed)
    diary.take(clock.moments(clock.start - dt.timedelta(days=1), 1, dice)[0])
    people = clients.gather(content, ours, clock, dice, seed=seed)
    found = sales.plan(content, ours, people, clock, dice)
    meetings.meet(content, ours, people, found, clock, dice, diary)
    clients.store(people)
    lives = [Life(content, sale, ours.products, clock, dice) for sale in found]
    for life in lives:
        life.live(diary)
    _rank(lives)
    db.session.add_all([life.deal for life in lives])
    db.session.add_all([task for life in lives for task in life.tasks])
    db.session.flush()
    prices.ask([life.deal for life in lives], {seller.user.id: seller.user.name for seller in ours.sellers})
    chores.add(content, ours, people, clock, dice, diary)
    papers.make(lives, ours, clock, dice, diary)
    contracts.advance(ours, clock, dice, diary)
    plans.set_all(lives, ours, clock, dice)
    diary.take(clock.moments(clock.start, 1, dice)[0])
    diary.write()
    return ours.people


def _rank(lives: Sequence[Life]) -> None:
    """Within a stage the newest comer stands first, as on a board that people use."""
    for place, life in enumerate(sorted(lives, key=lambda one: one.deal.stage_since, reverse=True)):
        life.deal.rank = float(place)
