"""The demo's material: enough of it, nobody twice, the same from the same seed, in both languages."""

import random
import re
from collections import Counter

import pytest

from crm.core import phones
from crm.deals import library
from crm.demo.content import PHASES, compose, load

LOCALES = ["ru", "en"]
PIPELINES = ["distribution", "cleaning"]


@pytest.fixture(scope="module", params=LOCALES)
def content(request):
    return load(request.param)


@pytest.fixture(scope="module")
def clients(content):
    return compose.compose(content, companies=250, people=400, seed=7)


def repeated(texts):
    """Those that stand there more than once."""
    return [text for text, count in Counter(texts).items() if count > 1]


def strings(thing):
    """Every text inside the material."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from strings(value)
    elif isinstance(thing, (tuple, list)):
        for value in thing:
            yield from strings(value)
    elif hasattr(thing, "__dataclass_fields__"):
        yield from strings(vars(thing))


def test_the_staff_is_an_owner_a_head_five_managers_in_two_teams_an_accountant_and_a_lawyer(content):
    roles = Counter(one.role for one in content.staff)
    assert roles == {"owner": 1, "head": 1, "manager": 5, "accountant": 1, "lawyer": 1}
    assert content.staff[0].role == "owner"
    teams = Counter(one.team for one in content.staff if one.role == "manager")
    assert teams == {"supply": 3, "cleaning": 2}
    assert {team.code for team in content.teams} == set(teams)
    assert len({one.login for one in content.staff}) == len(content.staff)


def test_250_companies_and_400_people_are_composed_and_every_company_has_somebody(clients):
    assert (len(clients.companies), len(clients.people)) == (250, 400)
    assert {person.company for person in clients.people} == set(range(250))


@pytest.mark.parametrize("key", ["name", "legal_name", "website", "email", "phone"])
def test_no_two_companies_share(clients, key):
    assert repeated(getattr(one, key) for one in clients.companies) == []


@pytest.mark.parametrize("key", ["full_name", "email", "phone"])
def test_no_two_people_share(clients, key):
    assert repeated(getattr(one, key) for one in clients.people) == []


def test_the_same_seed_gives_the_same_clients_and_another_seed_gives_others(content, clients):
    assert compose.compose(content, companies=250, people=400, seed=7) == clients
    assert compose.compose(content, companies=250, people=400, seed=8) != clients


def test_every_phone_is_valid_and_already_in_e164(clients):
    every = [one.phone for one in (*clients.companies, *clients.people)]
    assert [phones.e164(phone) for phone in every] == every


def test_no_letter_from_the_demo_can_reach_a_stranger(content, clients):
    addresses = [one.email for one in (*clients.companies, *clients.people)] + [content.our.email]
    assert [one for one in addresses if not re.fullmatch(r"[a-z0-9.-]+@[a-z0-9-]+\.example", one)] == []


def test_fewer_people_than_companies_are_refused(content):
    with pytest.raises(ValueError, match="every company needs a person"):
        compose.compose(content, companies=5, people=4)


def test_more_companies_than_the_words_can_name_are_refused(content):
    with pytest.raises(compose.NotEnoughWordsError):
        compose.compose(content, companies=3000, people=3000)


def test_russian_surnames_and_patronymics_agree_with_the_sex():
    people = compose.compose(load("ru"), seed=11).people
    endings = {"m": ("ич",), "f": ("на",)}
    assert [one for one in people if not one.patronymic.endswith(endings[one.sex])] == []
    foreign = {"m": ("ова", "ева", "ина", "ая"), "f": ("ов", "ев", "ёв", "ий")}
    assert [one for one in people if one.surname.endswith(foreign[one.sex])] == []


def test_a_sole_trader_is_the_person_who_signs_and_answers():
    clients = compose.compose(load("ru"))
    traders = [place for place, one in enumerate(clients.companies) if one.kind == "entrepreneur"]
    assert len(traders) > 10
    for place in traders:
        company, person = clients.companies[place], clients.people[place]
        assert company.legal_name == f"Индивидуальный предприниматель {company.signatory_name}"
        assert (person.company, person.full_name) == (place, company.signatory_name)
        assert company.name == f"ИП {person.surname} {person.given_name[0]}. {person.patronymic[0]}."


@pytest.mark.parametrize(("locale", "country", "form"), [
    ("ru", "RU", r"(ООО|АО) «[^«»]+»|Индивидуальный предприниматель .+"),
    ("en", "GB", r".+ Ltd|.+ trading as .+"), ("en", "DE", r".+ GmbH"), ("en", "US", r".+ LLC"),
])
def test_the_legal_form_is_one_of_the_country(locale, country, form):
    companies = [one for one in compose.compose(load(locale)).companies if one.country == country]
    assert companies
    assert [one.legal_name for one in companies if not re.fullmatch(form, one.legal_name)] == []


def test_there_are_30_to_40_products_with_own_articles_and_a_service_without_vat(content):
    assert 30 <= len(content.products) <= 40
    assert len({one.sku for one in content.products}) == len(content.products)
    assert all(one.price > 0 and one.quantity[0] <= one.quantity[1] for one in content.products)
    assert [one.service for one in content.products if one.vat_percent is None] == [True]


def test_every_product_is_sold_for_more_than_it_costs(content):
    shares = [one.cost / (one.price * 100 / (100 + (one.vat_percent or 0))) for one in content.products]
    assert all(0.4 < share < 0.9 for share in shares), shares


def test_the_usual_rate_is_the_country_s(content):
    assert content.our.vat_percent == {"RU": 22, "GB": 20}[content.our.country]


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_every_trade_orders_what_the_pipeline_sells_and_the_title_tells_the_lines(content, pipeline):
    dice = random.Random(5)
    for trade in content.trades:
        for _again in range(20):
            made = compose.order(content, pipeline, trade.code, dice)
            assert "{" not in made.title
            assert made.lines
            for product, quantity in made.lines:
                assert pipeline in product.used_in, made.title
                assert quantity > 0
            stated = re.search(r"(\d+) (?:м²|m²)", made.title)
            if stated:
                assert int(stated.group(1)) in {quantity for _product, quantity in made.lines}, made.title


def test_an_order_of_an_unknown_trade_is_refused(content):
    with pytest.raises(LookupError):
        compose.order(content, "cleaning", "circus", random.Random(1))


def test_both_languages_order_the_same_goods_in_the_same_trades():
    def shape(locale):
        content = load(locale)
        number = re.compile(r"\d+$")
        orders = [
            (trade.code, pipeline, [(number.findall(sku), amount) for sku, amount in order.items])
            for trade in content.trades for pipeline in PIPELINES for order in trade.orders[pipeline]
        ]
        goods = [(number.findall(one.sku), one.used_in, one.quantity) for one in content.products]
        return orders, goods

    assert shape("ru") == shape("en")


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_every_phase_has_words_for_notes_and_next_steps(content, pipeline):
    assert set(content.notes[pipeline]) == {*PHASES, "won"}
    assert set(content.steps[pipeline]) == set(PHASES)
    assert all(len(notes) >= 4 for notes in content.notes[pipeline].values())
    assert all(len(steps) >= 4 for steps in content.steps[pipeline].values())
    acts = [act for steps in content.steps[pipeline].values() for act in steps] + list(content.tasks)
    assert {act.kind for act in acts} == {"call", "meeting", "letter", "task"}


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_every_reason_of_the_ready_pipeline_has_its_comment(content, pipeline):
    reasons = library.load(pipeline, content.locale).reasons
    assert set(content.refusals[pipeline]) == {child.code for reason in reasons for child in reason.children}


def test_the_english_material_has_no_cyrillic():
    assert [text for text in strings(load("en")) if re.search("[а-яё]", text, re.IGNORECASE)] == []


def test_no_text_repeats_within_its_list(content):
    lists = [content.needs, content.competitors, content.sources, content.missed]
    lists += [texts for part in (content.notes, content.calls) for phases in part.values()
              for texts in phases.values()]
    assert [one for one in lists if len(one) != len(set(one))] == []
