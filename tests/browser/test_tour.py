"""The README's five minutes, walked by a person: card, deal, board, quote, contract, leaderboard; and their mishaps."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from crm.accounts.models import User
from crm.catalog.operations import create_product
from crm.clients.models import Company, Contact
from crm.core.db import db
from crm.core.modules import MODULES
from crm.deals import operations
from crm.deals.library import load
from crm.deals.models import Deal
from tests.browser.opening import OpenPage
from tests.browser.touch import middle
from tests.cast import PASSWORD, Cast
from tests.factories import make_contact, make_deal, make_pipeline


@dataclass(frozen=True)
class Words:
    """What one walker reads and types."""

    person: str
    company: str
    garden: str
    title: str
    create: str
    quote: str
    contract: str
    needs: str
    won: str
    total: str


RU = Words("Кольцова Дарья", "ООО «Весенний сад»", "Весенний сад", "Уборка зимнего сада", "Человек", "КП", "Договор",
           "договор", "Сделка выиграна", "3 600 ₽")
EN = Words("Dora Marsh", "Spring Garden Ltd", "Spring Garden", "Winter garden cleaning", "Person", "Quote", "Contract",
           "a contract", "The deal is won", "₽3,600")


@dataclass(frozen=True)
class Walker:
    """A person at a screen: `press` taps on the phone and clicks at the desk."""

    page: Page
    words: Words
    press: Callable[[Locator], None]

    def read(self, selector: str, text: str) -> None:
        """Wait until a place says `text`."""
        expect(self.page.locator(selector).first).to_contain_text(text)


@pytest.fixture
def pipeline_of(real_app: Flask, people: Cast) -> Callable[[str], list[int]]:
    """make(locale): a ready pipeline that wants a contract before a sale, a product, Boris's language; ids of stages."""
    def make(locale: str) -> list[int]:
        with real_app.app_context():
            db.session.get_one(User, people.boris).locale = locale
            pipeline = operations.create_pipeline(spec=load("services", locale), actor=None)
            next(stage for stage in pipeline.stages if stage.kind == "won").requires = ["contact", "document_contract"]
            create_product(name="Уборка" if locale == "ru" else "Cleaning", actor=None, price=1_200_00, unit="ч",
                           vat_rate=Decimal(22))
            db.session.commit()
            return [stage.id for stage in pipeline.stages]
    return make


@pytest.mark.smoke
def test_the_tour_on_a_phone_in_russian(open_page: OpenPage, pipeline_of: Callable[[str], list[int]]) -> None:
    stages = pipeline_of("ru")
    walker = Walker(open_page("", "phone", lang="ru"), RU, Locator.tap)
    deal_url = walk_to_the_deal(walker)
    walker.page.goto("/deals/board")
    walker.press(walker.page.locator(".deal-card .dots"))
    walker.press(walker.page.locator("#dialog .choice").nth(1))
    walker.press(walker.page.locator("#dialog .act.main"))
    expect(walker.page.locator(f"#col-{stages[1]} .deal-card")).to_have_count(1)
    walk_to_the_race(walker, deal_url)


def test_the_tour_at_a_desk_in_english(open_page: OpenPage, pipeline_of: Callable[[str], list[int]]) -> None:
    stages = pipeline_of("en")
    walker = Walker(open_page("", lang="en"), EN, Locator.click)
    deal_url = walk_to_the_deal(walker)
    walker.page.goto("/deals/board")
    mouse, start = walker.page.mouse, middle(walker.page.locator(".deal-card"))
    box = walker.page.locator(f"#col-{stages[1]}").bounding_box()
    assert box is not None
    mouse.move(*start)
    mouse.down()
    mouse.move(start[0] + 20, start[1], steps=3)
    mouse.move(box["x"] + box["width"] / 2, start[1], steps=8)
    mouse.up()
    expect(walker.page.locator(f"#col-{stages[1]} .deal-card")).to_have_count(1)
    expect(walker.page.locator("[aria-busy=true]")).to_have_count(0)
    walk_to_the_race(walker, deal_url)


def walk_to_the_deal(walker: Walker) -> str:
    """Sign in, a card, a deal from it, a product; gives the deal's address."""
    page, words = walker.page, walker.words
    page.goto("/")
    page.locator("[name=email]").fill("boris@example.com")
    page.locator("[name=password]").fill(PASSWORD)
    walker.press(page.locator("button.main"))
    walker.press(page.locator("[popovertarget=create-menu] >> visible=true"))
    walker.press(page.locator("#create-menu").get_by_text(words.create, exact=True))
    first, second = words.person.split()
    page.locator("[name=surname]").fill(first if words is RU else second)
    page.locator("[name=given_name]").fill(second if words is RU else first)
    page.locator("[name=channel_typed]").first.fill("8 905 123-45-67")
    page.locator("#company_id_text").press_sequentially(words.company, delay=5)
    walker.press(page.locator(".picker-list [role=option]").last)
    walker.press(page.locator("main form button.main"))
    walker.read("h1", words.person)
    expect(page.locator('a[href="tel:+79051234567"] >> visible=true').first).to_be_visible()
    walker.press(page.locator("a[href^='/deals/new?contact=']"))
    page.locator("[name=title]").fill(words.title)
    walker.press(page.locator("main form .chip").nth(1))
    walker.press(page.locator("main form button.main"))
    walker.read("h1", words.title)
    walker.read("#people", words.company)
    walker.press(page.locator("#lines header a"))
    page.locator("#line-new [role=combobox]").press_sequentially("Уб" if words is RU else "Cl", delay=20)
    walker.press(page.locator(".picker-list [role=option]").first)
    expect(page.locator("#line-new [name=price]")).not_to_have_value("")
    page.locator("#line-new [name=quantity]").fill("3")
    walker.press(page.locator("#line-new button.main"))
    expect(page.locator("#deal-head .sum")).to_have_text(plain(words.total))
    return page.url


def walk_to_the_race(walker: Walker, deal_url: str) -> None:
    """From the deal: a quote, a contract that winning wants, the win, the leaderboard and back."""
    page, words = walker.page, walker.words
    make_document(walker, deal_url, words.quote)
    page.goto(deal_url)
    walker.press(page.locator("#deal-head .acts .won"))
    walker.read("#dialog .note", words.needs)
    walker.press(page.locator("#dialog .act.main"))  # "Fill it in": the dialog gives way to the place
    expect(page.locator("#dialog")).not_to_be_visible()
    expect(page.locator("#documents-panel")).to_be_in_viewport()
    make_document(walker, deal_url, words.contract)
    page.goto(deal_url)
    walker.press(page.locator("#deal-head .acts .won"))
    walker.press(page.locator("#dialog .act.main"))
    walker.read(".toast", words.won)
    page.goto("/scoreboard")
    figure = page.locator(".racer.me .figure-main a")
    expect(figure).to_have_text(plain(words.total))
    walker.press(figure)
    expect(page).to_have_url(re.compile("/deals\\?"))
    walker.press(page.get_by_role("link", name=words.title))
    expect(page).to_have_url(deal_url)


def make_document(walker: Walker, deal_url: str, kind: str) -> None:
    """Three taps: the deal is open; its kind, "make", and it has a number."""
    walker.page.goto(deal_url)
    walker.press(walker.page.locator("#documents-panel").get_by_role("link", name=kind, exact=True))
    walker.read(".paper", walker.words.garden)
    walker.press(walker.page.locator(".page-act button"))
    expect(walker.page.locator("h1")).to_have_text(re.compile(rf"{kind} .*1/\d{{4}}"))


def plain(total: str) -> re.Pattern[str]:
    """A sum with any kind of space between its groups, with kopecks or without."""
    return re.compile(r"^\s*" + re.escape(total).replace(r"\ ", r"\s").replace("600", r"600([.,]00)?") + r"\s*$")


@pytest.fixture
def deal_id(real_app: Flask, people: Cast) -> int:
    """A deal of Boris with a person, in a plain pipeline."""
    with real_app.app_context():
        person = make_contact("Ёжиков", manager_id=people.boris)
        made = make_deal(make_pipeline(), title="Окна", contact=person, manager_id=people.boris)
        operations.set_next_step(made, text="Позвонить", on=dt.date(2026, 5, 6))
        db.session.commit()
        return made.id


def test_a_refusal_that_is_cancelled_changes_nothing(open_page: OpenPage, real_app: Flask, deal_id: int) -> None:
    page = open_page(device="phone", path=f"/deals/{deal_id}")
    page.locator("#deal-head .acts .danger").tap()
    page.locator("#dialog [name=comment]").fill("Ушли")
    page.locator("#dialog footer [data-dialog-close]").tap()
    expect(page.locator("#dialog")).not_to_be_visible()
    with real_app.app_context():
        assert db.session.get_one(Deal, deal_id).status == "open"


@pytest.mark.parametrize("card", ["contact", "deal"])
def test_a_stale_edit_shows_both_and_saves_when_it_is_meant(open_page: OpenPage, real_app: Flask, deal_id: int, card: str) -> None:
    with real_app.app_context():
        path = f"/deals/{deal_id}/edit" if card == "deal" else f"/contacts/{db.session.get_one(Deal, deal_id).contact_id}/edit"
    mine, theirs = open_page(path=path), open_page("head", path=path)
    theirs.locator("[name=comment]").fill("Comes on Monday")
    theirs.locator("main form button.main").click()
    expect(theirs).not_to_have_url(re.compile("edit"))
    mine.locator("[name=comment]").fill("Comes on Friday")
    mine.locator("main form button.main").click()
    expect(mine.locator("main form [role=alert]")).to_contain_text("Comes on Monday")
    expect(mine.locator("[name=comment]")).to_have_value("Comes on Friday")
    mine.locator("main form button.main").click()
    expect(mine).not_to_have_url(re.compile("edit"))
    with real_app.app_context():
        deal = db.session.get_one(Deal, deal_id)
        assert (deal if card == "deal" else deal.contact).comment == "Comes on Friday"  # type: ignore[union-attr]
    open_page.errors.clear()  # the browser reports the 409


@pytest.mark.parametrize(("path", "field", "model"), [("/contacts/new", "surname", Contact), ("/companies/new", "name", Company),
                                                      ("/deals/new", "title", Deal)])
def test_a_double_click_on_save_makes_one(open_page: OpenPage, real_app: Flask, deal_id: int, path: str, field: str,
                                          model: type[Contact]) -> None:
    page = open_page(path=path)
    page.locator(f"[name={field}]").fill("Двойной")
    page.locator("main form button.main").dblclick()
    expect(page.locator("h1")).to_have_text("Двойной")
    with real_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(getattr(model, field) == "Двойной")) == 1


def test_theme_and_language_are_chosen_once_and_kept(open_page: OpenPage, deal_id: int) -> None:
    page = open_page(path="/account/")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.locator("[popovertarget=person-menu]").click()
    with page.expect_response("**/account/theme"):
        page.locator("#person-menu [value=dark]").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != ground
    expect(page).to_have_title("Profile and language")
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page).to_have_title("Профиль и язык")
    page.goto("/deals")
    expect(page.locator("h1")).to_have_text("Сделки")


def test_a_lost_session_leads_to_the_way_in_and_back(open_page: OpenPage, deal_id: int) -> None:
    page = open_page(path=f"/deals/{deal_id}")
    expect(page.locator("#documents-panel")).to_be_visible()
    page.context.clear_cookies()
    page.reload()
    expect(page).to_have_url(re.compile(rf"/login\?next=/deals/{deal_id}$|/login\?next=%2Fdeals%2F{deal_id}$"))
    page.locator("[name=email]").fill("boris@example.com")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("button.main").click()
    expect(page.locator("h1")).to_have_text("Окна")
    open_page.errors.clear()


def gone_links(page: Page) -> list[str]:
    """Addresses on the page that lead to parts that a company can switch off."""
    found = page.eval_on_selector_all("[href], [action], [hx-get]", """all => all.map(one =>
        one.getAttribute('href') || one.getAttribute('action') || one.getAttribute('hx-get'))""")
    return [link for link in found if re.match("/(tasks|products|outbox|imports|plans|scoreboard/wall)", link)]


def test_what_is_switched_off_is_gone_and_the_rest_works(open_page: OpenPage, deal_id: int) -> None:
    owner = open_page("owner", path="/settings/rules")
    used = owner.locator("[name=used]")
    expect(used).to_have_count(len(MODULES))
    for box in used.all():
        box.uncheck()
    owner.locator("form:has([name=used]) button.main").click()
    expect(owner.locator(".toast")).to_be_visible()
    expect(owner.locator("[name=used]:checked")).to_have_count(0)
    page = open_page(path="/")
    assert gone_links(page) == []
    expect(page.locator(".rail a[href]:not(.brand)")).to_have_text(["Desk", "Board", "Clients", "Deals", "Leaderboard", "Documents"])
    for path, place in (("/contacts", "h1"), ("/companies", "h1"), ("/deals/board", f"#card-{deal_id}"), ("/documents", "h1"),
                        ("/scoreboard", ".racer, .empty"), (f"/deals/{deal_id}", "#documents-panel")):
        page.goto(path)
        expect(page.locator(place).first).to_be_visible()
        expect(page.locator("body:not([data-busy])")).to_be_attached()
        assert gone_links(page) == []


def test_a_person_a_deal_and_a_move_without_scripts(open_page: OpenPage, real_app: Flask, deal_id: int) -> None:
    page = open_page(path="/contacts/new", java_script_enabled=False)
    page.locator("[name=surname]").fill("Безскриптова")
    page.locator("[name=channel_typed]").first.fill("8 905 123-45-67")
    page.locator("[name=company_id_text]").fill("ООО «Тихая»")
    page.locator("main form button.main").click()
    expect(page.locator("h1")).to_contain_text("Безскриптова")
    expect(page.get_by_role("link", name="ООО «Тихая»")).to_be_visible()
    page.locator("a[href^='/deals/new?contact=']").click()
    page.locator("[name=title]").fill("Без скриптов")
    page.locator("main form button.main").click()
    expect(page.locator("h1")).to_have_text("Без скриптов")
    page.locator(".stage-bar button").first.click()
    expect(page.locator(".stage-bar [aria-current]")).to_contain_text("Переговоры")
    page.get_by_role("link", name="Documents of this deal").click()
    expect(page.locator("#documents-panel")).to_be_visible()
