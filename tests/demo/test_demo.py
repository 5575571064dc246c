"""The demo company: as many of everything as promised, sums that agree, days that make sense, a close race."""

import datetime as dt
import random
from collections import Counter, defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.accounts.models import Organization, Team, User
from crm.accounts.queries import the_organization
from crm.catalog.models import ListPrice, Product
from crm.clients import checks
from crm.clients.models import Channel, Company, Contact
from crm.core import dates, money, requisites
from crm.core.db import utcnow
from crm.core.events import KINDS, Event, EventLink
from crm.deals import requirements
from crm.deals.models import LOST, OPEN, WON, Deal, Pipeline
from crm.deals.queries import forgotten
from crm.demo.operations import payments
from crm.demo.operations.clock import Clock
from crm.documents.models import Document, DocumentLink
from crm.plans.models import Plan
from crm.scoreboard import places
from crm.scoreboard import queries as scoreboard
from crm.tasks.models import Task


def count(session, model, *where):
    return session.scalar(sa.select(sa.func.count()).select_from(model).where(*where))


def deals(session, *where):
    return session.scalars(sa.select(Deal).where(*where).options(
        selectinload(Deal.lines), selectinload(Deal.history), selectinload(Deal.stage),
        selectinload(Deal.company), selectinload(Deal.manager)).order_by(Deal.id)).all()


def test_there_are_as_many_of_everything_as_promised(demo):
    roles = Counter(demo.scalars(sa.select(User.role)))
    assert roles == {"owner": 1, "head": 1, "manager": 5, "accountant": 1, "lawyer": 1}
    found = [count(demo, model) for model in (Team, Company, Contact, Deal, Pipeline, Product)]
    assert found == [2, 250, 400, 350, 2, 41]
    assert Counter(demo.scalars(sa.select(Deal.status))) == {OPEN: 120, WON: 133, LOST: 97}
    assert demo.scalars(sa.select(sa.func.count()).where(User.team_id.is_not(None)).select_from(User)
                        .group_by(User.team_id).order_by(sa.func.count())).all() == [2, 3]


def test_wholesale_is_a_little_cheaper_the_more_one_takes(demo):
    steps = defaultdict(list)
    for row, product in demo.execute(sa.select(ListPrice, Product).join(Product, Product.id == ListPrice.product_id)
                                     .order_by(ListPrice.product_id, ListPrice.from_quantity)):
        steps[product.price].append(row.price)
    assert steps
    for own, prices in steps.items():
        assert own * 0.8 < min(prices) <= max(prices) < own, (own, prices)


def test_the_company_is_marked_as_a_demo(demo):
    organization = demo.scalars(sa.select(Organization)).one()
    assert organization.demo
    assert (organization.currency, organization.timezone) in (
        ("RUB", "Europe/Moscow"), ("GBP", "Europe/London"))


def test_those_who_can_sign_in_are_named_the_owner_first_and_their_password_is_right(filled):
    app, logins = filled
    assert [login.role for login in logins] == ["owner", "head", *["manager"] * 5, "accountant", "lawyer"]
    for login in logins:
        answer = app.test_client().post("/login", data={"email": login.email, "password": login.password})
        assert answer.status_code == 303
        assert "/login" not in answer.headers["Location"]


def test_all_numbers_of_companies_pass_their_control_digits(demo):
    wrong = []
    for company in demo.scalars(sa.select(Company).options(selectinload(Company.accounts))):
        found = [*checks.details(company), *(row for account in company.accounts
                                             for row in checks.bank_details(account))]
        wrong += [(company.name, detail.value, detail.problem) for detail in found if detail.ok is False]
    assert wrong == []
    ours = the_organization()
    if ours.locale == "ru":
        assert count(demo, Company, Company.inn == "") == 0
        assert requisites.inn(ours.inn).ok
        assert requisites.ogrn(ours.ogrn).ok
        assert requisites.account(ours.account, ours.bic).ok
    else:
        assert requisites.iban(ours.account).ok
        assert count(demo, Company, Company.vat_id == "") < 20  # Americans have none


def test_numbers_of_companies_are_nobody_elses(demo):
    for column in (Company.inn, Company.vat_id, Company.ogrn):
        values = demo.scalars(sa.select(column).where(column != "")).all()
        assert len(values) == len(set(values))


def test_every_sum_is_the_sum_of_its_lines(demo):
    wrong, priced = [], 0
    for deal in deals(demo):
        if not deal.lines:
            continue
        priced += 1
        sums = [money.line_sum(line.price, line.quantity, line.discount, line.vat_rate) for line in deal.lines]
        if money.totals(sums).total != deal.amount:
            wrong.append(deal.title)
    assert wrong == []
    assert priced > 250


def test_closed_deals_have_their_days_and_refusals_their_reasons(demo):
    today = dates.today()
    for deal in deals(demo):
        assert deal.status == deal.stage.kind
        assert (deal.closed_on is None) == (deal.status == OPEN)
        if deal.closed_on is not None:
            assert deal.engaged_on <= deal.closed_on <= today
        if deal.status == LOST:
            assert deal.loss_reason_id is not None
            assert deal.loss_comment
        if deal.status == WON:
            assert deal.lines


def test_the_history_of_a_deal_follows_its_days_without_gaps(demo):
    for deal in deals(demo):
        visits = deal.history
        assert visits[-1].stage_id == deal.stage_id
        assert visits[-1].left_at is None
        assert visits[-1].entered_at == deal.stage_since
        assert [visit.left_at for visit in visits[:-1]] == [visit.entered_at for visit in visits[1:]]
        entered = [visit.entered_at for visit in visits]
        assert entered == sorted(entered)
        assert entered[0].astimezone(dates.zone()).date() == deal.engaged_on
        if deal.closed_on is not None:
            assert entered[-1].astimezone(dates.zone()).date() == deal.closed_on


def test_deals_stand_in_every_stage_of_both_pipelines(demo):
    taken = set(demo.scalars(sa.select(Deal.stage_id)))
    assert [stage.name for pipeline in demo.scalars(sa.select(Pipeline)) for stage in pipeline.stages
            if stage.id not in taken] == []


def test_a_deal_has_what_its_stage_asks_for(demo):
    lacking = {deal.title: [one.code for one in requirements.missing(deal, deal.stage.requires)]
               for deal in deals(demo, Deal.status == OPEN)}
    americans = {deal.title for deal in deals(demo) if not (deal.company.inn or deal.company.vat_id)}
    assert {title: codes for title, codes in lacking.items() if codes and title not in americans} == {}


def test_nothing_happens_in_the_future_or_at_night(demo):
    now = utcnow()
    events = demo.scalars(sa.select(Event)).all()
    assert [event.id for event in events if event.at > now] == []
    early = [event for event in events if event.at.astimezone(dates.zone()).hour < 9
             and event.at.astimezone(dates.zone()).date() != dates.today()]
    assert early == []
    weekend = [event for event in events if event.at.astimezone(dates.zone()).weekday() > 4]
    assert len(weekend) < len(events) / 50
    assert [task.text for task in demo.scalars(sa.select(Task)) if task.done_at and task.done_at > now] == []


def test_what_came_before_an_early_hour_came_after_the_door_was_opened():
    clock = Clock.at("Europe/Moscow", dt.date(2026, 11, 27))
    opened, before = (dt.datetime(2026, 11, day, hour, 5, tzinfo=dt.UTC) for day, hour in ((27, 6), (26, 12)))
    for minutes, expected in ((0, 0), (4, 2), (40, 20), (60, 35)):
        moment = opened + dt.timedelta(minutes=minutes)
        assert clock.shortly_before(moment, before) == opened + dt.timedelta(minutes=expected)
        assert clock.shortly_before(moment, moment) == moment


def test_facts_are_known_ones_and_stand_in_the_order_of_time(demo):
    events = demo.scalars(sa.select(Event).order_by(Event.id)).all()
    assert {event.kind for event in events} <= set(KINDS)
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert len(events) > 4000


def test_every_deal_and_client_has_a_timeline(demo):
    known = defaultdict(set)
    for card, card_id in demo.execute(sa.select(EventLink.card, EventLink.card_id)):
        known[card].add(card_id)
    for model in (Deal, Company, Contact):
        assert set(demo.scalars(sa.select(model.id))) <= known[model.card]


def test_every_manager_has_something_due_today_overdue_and_forgotten(demo):
    today = dates.today()
    for manager in demo.scalars(sa.select(User).where(User.role == "manager")):
        own = deals(demo, Deal.manager_id == manager.id, Deal.status == OPEN)
        assert any(deal.next_step_on == today for deal in own)
        assert any(deal.next_step_on is not None and deal.next_step_on < today for deal in own)
        assert any(deal.next_step_on is None for deal in own)
        share = forgotten.count_forgotten(manager, manager_id=manager.id) / len(own)
        assert 0.1 < share < 0.8  # most on a Monday: in stages of two days those of Friday are late by then


def test_the_next_step_is_the_earliest_open_task_of_the_deal(demo):
    open_tasks = {task.deal_id: task for task in demo.scalars(
        sa.select(Task).where(Task.deal_id.is_not(None), Task.done_at.is_(None)).order_by(
            *(column.desc() for column in (Task.due_on, Task.due_time.is_(None), Task.due_time, Task.id))))}
    for deal in deals(demo):
        task = open_tasks.get(deal.id)
        wanted = (task.text, task.due_on, task.due_time) if task else ("", None, None)
        assert (deal.next_step, deal.next_step_on, deal.next_step_time) == wanted
    assert len(open_tasks) == count(demo, Deal, Deal.next_step_on.is_not(None))


def test_this_month_somebody_leads_by_a_little(demo):
    race = scoreboard.race(dates.period("month", dates.today()))
    first, second, *others = [racer.value for racer in places.standings(race)]
    assert 0 < first - second < 0.1 * first
    assert all(value < second for value in others)


def test_more_than_half_of_the_closed_deals_are_won_and_managers_differ(demo):
    shares = {}
    for manager in demo.scalars(sa.select(User).where(User.role == "manager")):
        won, lost = (count(demo, Deal, Deal.manager_id == manager.id, Deal.status == status)
                     for status in (WON, LOST))
        shares[manager.name] = won / (won + lost)
    assert 0.55 < 133 / (133 + 97) < 0.6
    assert max(shares.values()) - min(shares.values()) > 0.15


def test_plans_are_near_to_what_is_sold(demo):
    last = dates.period("month", dates.today()).previous()
    shares = [row.plan_share for row in scoreboard.race(last).now if row.plan_share is not None]
    assert len(shares) == 5
    assert 0.6 < sum(shares) / len(shares) < 1.4
    assert count(demo, Plan, Plan.amount <= 0) == 0


def test_there_are_new_deals_of_the_last_days(demo):
    assert count(demo, Deal, Deal.status == OPEN, Deal.engaged_on >= dates.today() - dt.timedelta(days=5)) >= 5


def test_documents_are_numbered_in_the_order_of_their_days(demo):
    documents = demo.scalars(sa.select(Document).options(selectinload(Document.deal))).all()
    assert len({document.deal_id for document in documents}) >= 25
    assert {document.kind for document in documents} - {"act"} == {"quote", "contract", "invoice"}
    rows = defaultdict(list)
    for document in sorted(documents, key=lambda one: one.number):
        rows[document.kind, document.series].append(document)
        assert document.amount == document.deal.amount
    for made in rows.values():
        assert [document.number for document in made] == list(range(1, len(made) + 1))
        assert [document.dated for document in made] == sorted(document.dated for document in made)
    assert count(demo, DocumentLink, DocumentLink.opened_at.is_not(None)) >= 3


def test_clients_are_known_before_their_deals(demo):
    assert [deal.title for deal in deals(demo) if deal.company.created_at > deal.created_at] == []
    assert count(demo, Channel, Channel.kind == "phone") == 650


def test_deals_and_clients_are_found_by_search(demo):
    company = demo.scalars(sa.select(Company).order_by(Company.id)).first()
    assert company.name.casefold().replace("ё", "е")[-4:] in company.search_text
    assert count(demo, Deal, Deal.search_text == "") == 0


def test_acts_are_made_in_the_order_of_their_days(context):
    clock, won = Clock.at("Europe/Moscow", dt.date(2026, 11, 27)), Deal(status=WON)
    invoices = [Document(deal=won, dated=dt.date(2026, 9, 1) + dt.timedelta(days=number), amount=1, paid=1) for number in range(60)]
    days = [day for day, _invoice in payments.days_of_acts(invoices, clock, random.Random(1))]
    assert len(days) > 20
    assert days == sorted(days)
