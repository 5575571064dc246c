"""Which price a product gets, why, and how far below it a line lies: the rules of docs/money.md, to the kopeck."""

import datetime as dt
from decimal import Decimal

import pytest
from flask import g
from sqlalchemy.orm import Session

from crm.catalog.pricing import Formed, Step, form_price, percent_off, reason, within

DAY = dt.date(2026, 6, 1)
STEPS = [Step(Decimal(1), dt.date(2026, 1, 1), 1_100_00), Step(Decimal(10), dt.date(2026, 1, 1), 950_00),
         Step(Decimal(10), dt.date(2026, 5, 1), 900_00), Step(Decimal(100), dt.date(2026, 7, 1), 500_00)]


@pytest.fixture
def english(context: Session) -> None:
    """Sentences in the language of the tests."""
    g.locale = "en"


def price(quantity: str, day: dt.date = DAY, steps: list[Step] = STEPS) -> Formed:
    return form_price(1_000_00, steps, quantity=Decimal(quantity), day=day, list_name="Опт")


@pytest.mark.parametrize(("quantity", "day", "expected"), [
    ("0.5", DAY, 1_000_00), ("1", DAY, 1_100_00), ("9.999", DAY, 1_100_00), ("10", DAY, 900_00), ("500", DAY, 900_00),
    ("10", dt.date(2026, 4, 30), 950_00), ("10", dt.date(2026, 5, 1), 900_00), ("100", dt.date(2026, 7, 1), 500_00),
    ("10", dt.date(2025, 12, 31), 1_000_00)])
def test_the_greatest_reached_quantity_counts_with_its_newest_price(quantity: str, day: dt.date, expected: int) -> None:
    assert price(quantity, day).price == expected


def test_the_order_of_the_rows_says_nothing() -> None:
    assert price("10", steps=STEPS[::-1]) == price("10")


def test_a_price_that_ended_leaves_the_step_below() -> None:
    ended = [*STEPS, Step(Decimal(10), dt.date(2026, 6, 1), None)]
    assert price("10", steps=ended).price == 1_100_00


def test_without_a_price_in_the_list_it_is_the_product_s_own() -> None:
    assert price("3", steps=[]) == Formed(1_000_00, 1_000_00)
    assert reason(price("3", steps=[]).kept(), "RUB") == ""


def test_the_reason_names_list_quantity_and_both_prices(english: None) -> None:
    assert reason(price("12").kept(), "RUB", "pcs") == "Опт, from 10 pcs: ₽900 instead of ₽1,000"
    assert reason(price("2").kept(), "RUB", "pcs") == "Опт: ₽1,100 instead of ₽1,000"


@pytest.mark.parametrize(("listed", "typed", "discount", "percent"), [
    (1_000_00, 1_000_00, "0", "0"), (1_000_00, 900_00, "0", "10"), (1_000_00, 900_00, "10", "19"),
    (333_33, 299_99, "0", "10.01"), (333_33, 300_00, "0", "10"),

    (333_33, 333_33, "7.5", "7.5"), (1_000_00, 2_000_00, "50", "0"), (0, 0, "100", "0")])
def test_a_typed_price_counts_like_a_discount(listed: int, typed: int, discount: str, percent: str) -> None:
    assert percent_off(listed, typed, Decimal(discount)) == Decimal(percent)


@pytest.mark.parametrize(("typed", "fine"), [(300_00, True), (299_99, False), (333_33, True), (0, False)])
def test_the_limit_is_held_to_the_kopeck(typed: int, fine: bool) -> None:
    assert within(10, 333_33, typed, Decimal(0)) is fine  # 333.33 less 10 % is 299.997, typed as 300.00


def test_a_limit_of_a_hundred_is_none() -> None:
    assert within(100, 333_33, 0, Decimal(0))
    assert not within(99, 333_33, 0, Decimal(0))
