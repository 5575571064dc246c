"""One rule for every sum."""

from decimal import Decimal as D

import pytest

from crm.core.money import (
    Margin,
    format_money,
    line_cost,
    line_sum,
    margin,
    parse_decimal,
    parse_whole,
    to_minor,
    totals,
)


@pytest.mark.parametrize(("typed", "value"), [
    ("12 500,50", "12500.50"), ("12,500.50", "12500.50"), ("12.500,50", "12500.50"), ("12.5k", "12500"),
    ("12,5к", "12500"), ("1 234 567", "1234567"), ("1,234,567", "1234567"), ("1.234.567", "1234567"), ("-1.234.567,5", "-1234567.5"),
    ("0,5", "0.5"), ("5 000 ₽", "5000"), ("2м", "2000000")])
def test_sums_are_understood_as_people_type_them(typed: str, value: str) -> None:
    assert parse_decimal(typed) == D(value)


def test_a_comma_before_three_digits_groups_thousands_in_english_only() -> None:
    assert (parse_decimal("1,234"), parse_decimal("1,234", comma_groups=True)) == (D("1.234"), D("1234"))


@pytest.mark.parametrize("typed", ["", "abc", "1e5", "1E5", "1_000", "5-", "1e400", "NaN", "Infinity", "12..x", "99999999999999",
                                   "01.02.2026", "1.2.3", "1,2,3", "12.500.5", "1.2.3,50", "1.234,567.89", "12,5000.50", "1..000"])
def test_what_is_no_sum_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="number|range"):
        parse_decimal(typed)


def test_a_line_rounds_half_up_once_and_the_total_sums_the_lines() -> None:
    lines = [line_sum(33333, D(3), D(0), D(22)), line_sum(124990, D("2.5"), D(7), D(22)),
             line_sum(35000, D(1), D(0), D(22))]
    assert [(line.total, line.vat) for line in lines] == [(99999, 18033), (290602, 52404), (35000, 6311)]
    total = totals(lines)
    assert (total.gross, total.discount, total.total, total.vat, total.net) == (447474, 21873, 425601, 76748, 348853)


def test_the_margin_is_what_is_left_without_vat_of_the_lines_whose_cost_is_known() -> None:
    lines = [line_sum(33333, D(3), D(0), D(22)), line_sum(124990, D("2.5"), D(7), D(22)),
             line_sum(35000, D(1), D(0), D(22))]
    costs = [line_cost(21000, D(3)), line_cost(70055, D("2.5")), None]  # the example of docs/money.md
    assert costs == [63000, 175138, None]
    found = margin(zip(lines, costs, strict=True))
    assert found == Margin(cost=238138, net=320164, unknown=1)
    assert (found.margin, found.percent) == (82026, D("25.6"))


@pytest.mark.parametrize(("price", "discount", "rate", "cost", "left", "percent"), [
    (10000, 0, None, 10000, 0, "0.0"), (10000, 0, None, 12500, -2500, "-25.0"), (12200, 0, 22, 0, 10000, "100.0"),
    (10000, 100, None, 700, -700, None), (80000, 0, None, 79640, 360, "0.5")])
def test_a_margin_may_be_nothing_or_a_loss(price: int, discount: int, rate: int | None, cost: int, left: int, percent: str | None) -> None:
    found = margin([(line_sum(price, D(1), D(discount), None if rate is None else D(rate)), line_cost(cost, D(1)))])
    assert found is not None
    assert (found.margin, found.percent) == (left, None if percent is None else D(percent))


def test_without_any_cost_there_is_no_margin() -> None:
    assert margin([(line_sum(100, D(1), D(0), None), None)]) is None
    assert margin([]) is None


def test_without_vat_and_with_a_zero_rate_there_is_no_tax() -> None:
    assert (line_sum(100, D(1), D(0), None).vat, line_sum(100, D(1), D(0), D(0)).vat) == (0, 0)


def test_money_reads_right_in_both_languages() -> None:
    assert format_money(123456789, "RUB", "ru") == "1\u00a0234\u00a0567,89\u00a0₽"
    assert format_money(123456700, "RUB", "ru") == "1\u00a0234\u00a0567\u00a0₽"
    assert format_money(123456789, "USD", "en") == "$1,234,567.89"
    assert format_money(-5, "USD", "en") == "-$0.05"


def test_currencies_without_minor_units_keep_whole_numbers() -> None:
    assert (to_minor(D("1500"), "JPY"), format_money(1500, "JPY", "en")) == (1500, "JPY\u00a01,500")


@pytest.mark.parametrize(("typed", "value"), [
    ("10\u00a0000", "10000"), ("10\u2009000", "10000"), ("10\u202f000,50\u00a0₽", "10000.50"), ("10\u2007000,5 руб.", "10000.5"),
    ("10 000,50 р.", "10000.50"), ("10 000 RUB", "10000"), ("₸10 000", "10000"), ("\u22125 000", "-5000"), ("12,5 тыс. руб.", "12500"),
    ("1,2 млн", "1200000"), ("10\u2019000", "10000"), ("\ufeff10 000 рублей", "10000"), ("1 000 Br", "1000")])
def test_sums_that_were_copied_from_elsewhere_are_read(typed: str, value: str) -> None:
    assert parse_decimal(typed) == D(value)


@pytest.mark.parametrize(("typed", "value"), [
    ("10000", 10000), ("10 000", 10000), ("10\u00a0000", 10000), ("10\u2009000", 10000), ("10,000", 10000), ("1,000,000", 1000000),
    ("5k", 5000)])
def test_whole_numbers_may_be_grouped(typed: str, value: int) -> None:
    assert parse_whole(typed) == value


@pytest.mark.parametrize("typed", ["", "many", "1,5", "10.000", "1.5", "inf"])
def test_what_is_no_whole_number_is_none(typed: str) -> None:
    with pytest.raises(ValueError, match="is no|is out"):
        parse_whole(typed)
