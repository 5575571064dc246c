"""The board: what its columns hold, who sees what, what it costs, what colleagues' moves bring."""

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import roles
from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db, utcnow
from crm.deals.models import LOST, OPEN, Deal, Pipeline
from crm.deals.operations import create_deal, delete_deal, move_deal, update_deal
from crm.deals.queries.board import usual_pipeline
from tests.cast import Cast, sign_in
from tests.factories import make_company, make_contact, make_deal, make_pipeline
from tests.statements import asked

HX = {"HX-Request": "true"}
Plant = Callable[..., int]


@dataclass(frozen=True)
class Ground:
    """A pipeline with three open stages and the ids of its stages: new, talks, contract, won, lost."""

    pipeline_id: int
    stages: list[int]
    reasons: list[int]


@pytest.fixture
def ground(app: Flask, cast: Cast) -> Ground:
    with app.app_context():
        pipeline = make_pipeline()
        db.session.commit()
        return Ground(pipeline.id, [one.id for one in pipeline.stages], [one.id for one in pipeline.reasons])


@pytest.fixture
def plant(app: Flask, ground: Ground) -> Plant:
    """Make a committed deal at a stage (its number) and give its id."""

    def made(stage: int = 0, **fields: Any) -> int:
        with app.app_context():
            pipeline = db.session.get_one(Pipeline, ground.pipeline_id)
            for name, make in (("company", make_company), ("contact", make_contact)):
                if isinstance(fields.get(name), str):
                    fields[name] = make(fields[name])
            deal = make_deal(pipeline, stage, **fields)
            db.session.commit()
            return deal.id

    return made


def text(client: FlaskClient, url: str, **headers: str) -> str:
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def cards(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'id="card-(\d+)"', html)]


def test_a_card_shows_client_title_sum_step_and_manager(app: Flask, plant: Plant, cast: Cast) -> None:
    tomorrow = dates.today() + dt.timedelta(days=1)
    plant(title="Поставка", amount=12_345_600, manager_id=cast.boris, company="ООО «Ромашка»", next_step="Позвонить",
          next_step_on=tomorrow, next_step_time=dt.time(14, 30))
    html = text(sign_in(app, "boris"), "/deals/board")
    card = html[html.index("<li class=\"deal-card"):html.index("</li>", html.index("<li class=\"deal-card"))]
    words = " ".join(re.sub(r"<[^>]+>", " ", card).replace("\xa0", " ").split())
    assert words == "ООО «Ромашка» ₽123,456 Поставка tomorrow 14:30, Позвонить БЁ Борис Ёлкин"


def test_a_card_without_a_step_an_overdue_and_an_aged_one_look_so(app: Flask, plant: Plant, cast: Cast) -> None:
    today, now = dates.today(), utcnow()
    plain = {"manager_id": cast.boris, "next_step_on": today + dt.timedelta(days=3)}
    plant(title="none", manager_id=cast.boris)
    plant(title="late", **{**plain, "next_step_on": today - dt.timedelta(days=2)})
    plant(title="warm", stage_since=now - dt.timedelta(days=3), **plain)  # the norm is two days
    plant(title="cold", stage_since=now - dt.timedelta(days=5), **plain)
    html = text(sign_in(app, "boris"), "/deals/board")
    classes = re.findall(r'<li class="(deal-card[^"]*)"', html)
    assert classes == ["deal-card no-step", "deal-card", "deal-card age-warn", "deal-card age-bad"]
    assert html.count('class="step late"') == 1


def test_heads_count_and_sum_in_every_currency_and_weigh_by_probability(app: Flask, plant: Plant, cast: Cast) -> None:
    for amount, currency in ((100_000, "RUB"), (200_000, "RUB"), (5_000, "USD")):
        plant(1, amount=amount, currency=currency, manager_id=cast.boris)
    html = text(sign_in(app, "boris"), "/deals/board").replace("\xa0", " ")
    head = html[html.index('id="head-'):][html[html.index('id="head-'):].index("Переговоры"):]
    assert "₽3,000 + $50" in head[:700]
    assert "50% = ₽1,500 + $25" in head[:900]


def test_closed_stages_count_only_this_month_and_hold_no_cards(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    today = dates.today()
    plant(3, manager_id=cast.boris, closed_on=today)
    plant(3, manager_id=cast.boris, closed_on=today - dt.timedelta(days=40))
    html = text(sign_in(app, "boris"), "/deals/board")
    assert "won 1" in html
    assert (cards(html), f'data-stage="{ground.stages[3]}"' in html) == ([], True)


def test_ten_cards_come_at_once_and_the_others_by_their_place(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    ids = [plant(0, manager_id=cast.boris) for _ in range(45)]
    client = sign_in(app, "boris")
    html = text(client, "/deals/board")
    assert cards(html) == ids[:10]
    seen, part = cards(html), html
    while more := re.search(r'href="(/deals/board/\d+\?[^"]+)" hx-get="\1" hx-trigger="intersect once root:#col-\d+, click"', part):
        part = text(client, more[1].replace("&amp;", "&"), **HX)
        seen += cards(part)
    assert seen == ids


def test_further_cards_are_a_page_without_scripts(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    deal_id = plant(0, manager_id=cast.boris)
    html = text(sign_in(app, "boris"), f"/deals/board/{ground.stages[0]}?pipeline={ground.pipeline_id}&after=nonsense")
    assert (cards(html), "<html" in html) == ([deal_id], True)


def test_a_manager_sees_own_deals_the_team_by_setting_the_head_all(app: Flask, plant: Plant, cast: Cast) -> None:
    own, mate, stranger = (plant(manager_id=who) for who in (cast.boris, cast.vera, cast.gleb))
    assert cards(text(sign_in(app, "boris"), "/deals/board")) == [own]
    assert cards(text(sign_in(app, "head"), "/deals/board")) == [own, mate, stranger]
    with app.app_context():
        roles.set_level("manager", "team")
        db.session.commit()
    assert cards(text(sign_in(app, "boris"), "/deals/board")) == [own, mate]


def test_the_filters_keep_what_they_name(app: Flask, plant: Plant, cast: Cast) -> None:
    step = {"next_step_on": dates.today() + dt.timedelta(days=1)}
    ours = plant(title="Шкафы", manager_id=cast.head, company="ООО «Ёлка»", **step)
    team = plant(title="Столы", manager_id=cast.vera, contact="Щукин", **step)
    bare = plant(title="Стулья", manager_id=None)
    client = sign_in(app, "head")
    with app.app_context():
        north = db.session.get_one(User, cast.vera).team_id
    found = {query: cards(text(client, f"/deals/board?{query}")) for query in (
        "", "manager=mine", f"manager={cast.vera}", f"manager=team-{north}", "manager=none", "q=ЕЛКА", "q=щук столы",
        "q=щук шкафы", "forgotten=1", "manager=nonsense")}
    assert found == {"": [ours, team, bare], "manager=mine": [ours], f"manager={cast.vera}": [team],
                     f"manager=team-{north}": [team], "manager=none": [bare], "q=ЕЛКА": [ours], "q=щук столы": [team],
                     "q=щук шкафы": [], "forgotten=1": [bare], "manager=nonsense": [ours]}


def test_the_search_of_the_board_answers_with_parts(app: Flask, plant: Plant, cast: Cast) -> None:
    plant(title="Шкафы", manager_id=cast.boris)
    html = text(sign_in(app, "boris"), "/deals/board?q=столы", **HX)
    assert (cards(html), "<html" in html) == ([], False)
    assert re.findall(r'id="(board|board-live|board-sums|board-chips|drop-zones|stage-strip)"[^>]*hx-swap-oob="true"', html) == [
        "stage-strip", "board", "drop-zones", "board-live", "board-sums", "board-chips"]


def test_the_number_of_statements_does_not_grow_with_the_deals(app: Flask, plant: Plant, cast: Cast) -> None:
    client = sign_in(app, "boris")
    counts = []
    for more in (1, 30):
        for number in range(more):
            plant(number % 3, manager_id=cast.boris, company=f"ООО «{number}»")
        with asked(app) as statements:
            text(client, "/deals/board")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 10


def test_without_a_pipeline_the_board_says_so(app: Flask, cast: Cast) -> None:
    assert "there is no pipeline yet" in text(sign_in(app, "boris"), "/deals/board")


def test_a_strange_pipeline_in_the_address_gives_the_first(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    deal_id = plant(manager_id=cast.boris)
    assert cards(text(sign_in(app, "boris"), "/deals/board?pipeline=99999")) == [deal_id]


def test_the_board_opens_where_most_of_ones_own_deals_are(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    plant(manager_id=cast.vera)
    with app.app_context():
        own = make_deal(make_pipeline("Сервис"), manager_id=cast.boris).id
        db.session.commit()
    assert cards(text(sign_in(app, "boris"), "/deals/board")) == [own]


# --- moving over HTTP ---


def post(client: FlaskClient, deal_id: int, view: str = "", **data: Any) -> Any:
    return client.post(f"/deals/{deal_id}/move{view}", data=data, headers=HX if view else {})


def test_a_move_answers_with_the_card_in_its_place_and_the_heads(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    above, below = plant(1, manager_id=cast.boris), plant(1, manager_id=cast.boris)
    deal_id = plant(0, manager_id=cast.boris)
    answer = post(sign_in(app, "boris"), deal_id, f"?pipeline={ground.pipeline_id}", stage_id=ground.stages[1],
                  before_id=below, version=1)
    html = answer.get_data(as_text=True)
    assert (answer.status_code, cards(html)) == (200, [deal_id])
    assert f'data-version="2" data-stage="{ground.stages[1]}" data-before="{below}" data-after="{above}"' in html
    assert re.findall(r'<header class="column-head" id="head-(\d+)" hx-swap-oob="true">', html) == [
        str(ground.stages[0]), str(ground.stages[1])]


def test_a_card_that_no_longer_fits_the_filter_is_told_to_leave(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    deal_id = plant(0, manager_id=cast.boris)
    html = post(sign_in(app, "boris"), deal_id, f"?pipeline={ground.pipeline_id}&q=нет", stage_id=ground.stages[1]).get_data(as_text=True)
    assert (cards(html), f'data-left="{deal_id}"' in html) == ([], True)


def test_without_scripts_a_move_leads_to_the_deal_or_to_the_board(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    deal_id, client = plant(0, manager_id=cast.boris), sign_in(app, "boris")
    answer = post(client, deal_id, stage_id=ground.stages[1])
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/deals/{deal_id}")
    answer = client.post(f"/deals/{deal_id}/move?pipeline={ground.pipeline_id}", data={"stage_id": ground.stages[2], "place": "last"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/deals/board?pipeline={ground.pipeline_id}")


def test_a_drop_on_refused_asks_first_and_moves_nothing(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    deal_id, client = plant(0, manager_id=cast.boris), sign_in(app, "boris")
    answer = post(client, deal_id, f"?pipeline={ground.pipeline_id}", stage_id=ground.stages[4])
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (200, "#dialog")
    assert 'role="alert"' not in answer.get_data(as_text=True)
    answer = post(client, deal_id, f"?pipeline={ground.pipeline_id}", stage_id=ground.stages[4], asked=1, comment="")
    assert (answer.status_code, "Choose the reason for the refusal." in answer.get_data(as_text=True)) == (422, True)
    with app.app_context():
        assert db.session.get_one(Deal, deal_id).status == OPEN


def test_the_dialog_of_a_refusal_is_a_page_without_scripts_and_works(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    deal_id, client = plant(0, manager_id=cast.boris), sign_in(app, "boris")
    html = text(client, f"/deals/{deal_id}/move?to={ground.stages[4]}")
    assert ("<html" in html, "Цена" in html, "Нашли дешевле" in html) == (True, True, True)
    answer = post(client, deal_id, stage_id=ground.stages[4], asked=1, reason_id=ground.reasons[0],
                  detail_id=ground.reasons[1], comment="Ушли", competitor="Альфа", competitor_price="12 500,50", back_in="3")
    assert answer.status_code == 303
    with app.app_context():
        deal = db.session.get_one(Deal, deal_id)
        assert (deal.status, deal.loss_reason_id, deal.competitor_price) == (LOST, ground.reasons[1], 1_250_050)
        assert deal.next_step_on is not None
        assert 85 < (deal.next_step_on - dates.today()).days < 95


def test_winning_asks_for_what_is_missing_and_takes_it(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    with app.app_context():
        db.session.execute(sa.text("UPDATE stage SET requires = '[\"amount\", \"contact\"]' WHERE id = :id"), {"id": ground.stages[3]})
        db.session.commit()
    deal_id, client = plant(0, manager_id=cast.boris, amount=0), sign_in(app, "boris")
    html = text(client, f"/deals/{deal_id}/move?to={ground.stages[3]}&pipeline={ground.pipeline_id}", **HX)
    assert (f'href="/deals/{deal_id}/edit"' in html, 'name="amount"' in html, 'name="closed_on"' in html) == (True, False, False)
    answer = post(client, deal_id, f"?pipeline={ground.pipeline_id}", stage_id=ground.stages[3], asked=1, amount="500")
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.get_one(Deal, deal_id).amount == 0
        db.session.get_one(Deal, deal_id).contact = make_contact()
        db.session.commit()
    answer = post(client, deal_id, f"?pipeline={ground.pipeline_id}", stage_id=ground.stages[3], asked=1, amount="500",
                  closed_on="2026-01-05")
    assert answer.status_code == 200
    triggers = json.loads(answer.headers["HX-Trigger"])
    assert (triggers["close-dialog"], triggers["toasts"]["items"][0]["text"]) == (True, "The deal is won.")
    with app.app_context():
        deal = db.session.get_one(Deal, deal_id)
        assert (deal.amount, deal.closed_on) == (50_000, dt.date(2026, 1, 5))


def test_a_sale_is_not_won_by_a_slip(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    deal_id, client = plant(0, manager_id=cast.boris, amount=70_000), sign_in(app, "boris")
    answer = post(client, deal_id, f"?pipeline={ground.pipeline_id}", stage_id=ground.stages[3])
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (200, "#dialog")
    assert 'name="amount" type="text" value="700"' in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.get_one(Deal, deal_id).status == OPEN


def test_bad_input_of_a_move_is_answered_with_a_sentence(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    deal_id, client = plant(0, manager_id=cast.boris), sign_in(app, "boris")
    codes = [post(client, deal_id, **data).status_code for data in (
        {}, {"stage_id": "abc"}, {"stage_id": 10**12}, {"stage_id": 99_999}, {"stage_id": ground.stages[1], "place": "x"})]
    assert codes == [400, 400, 400, 404, 400]
    html = post(client, deal_id, stage_id=ground.stages[3], asked=1, amount="-5", closed_on="31.02.2026").get_data(as_text=True)
    assert ("An amount cannot be below zero." in html, "There is no such day." in html) == (True, True)


def test_who_may_not_see_gets_404_who_may_not_move_403(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    deal_id = plant(0, manager_id=cast.boris)
    assert {who: post(sign_in(app, who), deal_id, stage_id=ground.stages[1]).status_code
            for who in ("gleb", "viewer", "accountant")} == {"gleb": 404, "viewer": 403, "accountant": 403}
    html = text(sign_in(app, "viewer"), "/deals/board")
    assert (cards(html), "data-movable" in html, "/move" in html) == ([deal_id], False, False)


def test_a_conflict_on_the_board_redraws_the_card_where_it_truly_is(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    deal_id = plant(0, manager_id=cast.boris)
    post(sign_in(app, "head"), deal_id, stage_id=ground.stages[1])
    answer = post(sign_in(app, "boris"), deal_id, f"?pipeline={ground.pipeline_id}", stage_id=ground.stages[2], version=1,
                  from_id=ground.stages[0])
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Пётр Главный moved this deal in the meantime. It is in “Переговоры” now." in html
    assert f'data-stage="{ground.stages[1]}"' in html


# --- colleagues' moves ---


def token_of(html: str) -> str:
    found = re.search(r'data-poll-since="([^"]+)"', html)
    assert found is not None
    return found[1]


def changes(client: FlaskClient, token: str, query: str = "") -> tuple[int, str, str]:
    answer = client.get(f"/deals/board/changes?since={token}{query}", headers=HX)
    news = json.loads(answer.headers.get("HX-Trigger", "{}")).get("since", token)
    return answer.status_code, answer.get_data(as_text=True), news


def test_nothing_new_is_204(app: Flask, plant: Plant, cast: Cast) -> None:
    plant(manager_id=cast.boris)
    client = sign_in(app, "boris")
    assert changes(client, token_of(text(client, "/deals/board")))[:2] == (204, "")


def test_a_colleagues_move_brings_the_card_and_two_heads_once(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    deal_id = plant(0, manager_id=cast.boris)
    client = sign_in(app, "boris")
    token = token_of(text(client, "/deals/board"))
    post(sign_in(app, "head"), deal_id, stage_id=ground.stages[1])
    status, html, token = changes(client, token)
    assert (status, cards(html)) == (200, [deal_id])
    assert re.findall(r'id="head-(\d+)"', html) == [str(ground.stages[0]), str(ground.stages[1])]
    assert changes(client, token)[0] == 204


def test_new_edited_reordered_deleted_and_handed_over_deals_are_told(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    first, second, gone, handed = (plant(0, manager_id=cast.boris) for _ in range(4))
    client = sign_in(app, "boris")
    token = token_of(text(client, "/deals/board"))
    with app.app_context():
        head = db.session.get_one(User, cast.head)
        deals = {deal.id: deal for deal in db.session.scalars(sa.select(Deal))}
        stage = deals[first].stage
        new = create_deal(title="Новая", pipeline=stage.pipeline, actor=head, manager_id=cast.boris, currency="RUB").id
        update_deal(deals[first], actor=head, title="Иначе")
        move_deal(deals[second], stage, actor=head, before_id=first)
        delete_deal(deals[gone], actor=head)
        update_deal(deals[handed], actor=head, manager_id=cast.gleb)
        db.session.commit()
    status, html, _token = changes(client, token)
    assert (status, sorted(cards(html))) == (200, sorted([new, first, second]))
    assert sorted(re.findall(r'data-left="(\d+)"', html)) == sorted([str(gone), str(handed)])
    assert f'data-before="{first}" data-after="{new}"' in html


def test_a_strangers_deal_does_not_come_by_the_changes(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    stranger = plant(0, manager_id=cast.gleb, title="Секрет", company="Тайна")
    client = sign_in(app, "boris")
    token = token_of(text(client, "/deals/board"))
    post(sign_in(app, "gleb"), stranger, stage_id=ground.stages[1])
    _status, html, _token = changes(client, token)
    assert (cards(html), "Секрет" in html, "Тайна" in html) == ([], False, False)


def test_a_token_that_cannot_be_read_draws_the_whole_board(app: Flask, plant: Plant, cast: Cast) -> None:
    deal_id = plant(manager_id=cast.boris)
    status, html, token = changes(sign_in(app, "boris"), "nonsense")
    assert (status, cards(html)) == (200, [deal_id])
    assert token_of(html) == token


def test_the_changes_cost_the_same_however_many_moved(app: Flask, ground: Ground, plant: Plant, cast: Cast) -> None:
    ids = [plant(0, manager_id=cast.boris) for _ in range(20)]
    client, head = sign_in(app, "boris"), sign_in(app, "head")
    counts = []
    for moved in (ids[:1], ids[1:]):
        token = token_of(text(client, "/deals/board"))
        for deal_id in moved:
            post(head, deal_id, stage_id=ground.stages[1])
        with asked(app) as statements:
            changes(client, token)
        counts.append(len(statements))
    token = token_of(text(client, "/deals/board"))
    with asked(app) as quiet:
        assert changes(client, token)[0] == 204
    assert counts[0] == counts[1] <= 13  # one of them asks which of the facts the reader may know of
    assert len(quiet) <= 6


def test_the_board_opens_where_ones_own_deals_are_else_where_any_are_that_one_sees(app: Flask, cast: Cast) -> None:
    with app.app_context():
        boris, owner, vera = (db.session.get_one(User, person) for person in (cast.boris, cast.owner, cast.vera))
        first, second, third = (make_pipeline(name) for name in ("1", "2", "3"))
        lines = [first, second, third]
        assert usual_pipeline(owner, lines) == first.id  # nothing anywhere
        make_deal(third, manager_id=boris.id)
        make_deal(third, manager_id=boris.id)
        make_deal(second, manager_id=boris.id)
        make_deal(second, manager_id=cast.gleb)
        db.session.flush()
        assert usual_pipeline(boris, lines) == third.id
        assert usual_pipeline(owner, lines) == second.id
        assert usual_pipeline(vera, lines) == first.id  # sees none of them
