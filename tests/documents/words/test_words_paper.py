"""Dates and figures as papers write them."""

import datetime as dt
from decimal import Decimal

import pytest

from crm.documents.words.dates import date_in_words, date_long, date_plain
from crm.documents.words.money import money_plain, quantity_plain, rate_plain, reckoned_plain, vat_sentence

DAY = dt.date(2026, 11, 1)
N = "\u00a0"


def test_days_in_words_and_figures():
    assert date_in_words(DAY) == f"«01»{N}ноября 2026{N}г."
    assert date_in_words(DAY, "en") == f"1{N}November 2026"
    assert date_long(DAY) == f"1{N}ноября 2026{N}г."
    assert date_plain(DAY) == "01.11.2026"
    assert date_plain(DAY, "en") == f"1{N}Nov{N}2026"
    assert [date_in_words(None), date_plain(None), date_long(None)] == ["", "", ""]


@pytest.mark.parametrize(("number", "russian", "english"), [
    (Decimal("4401.099"), f"4{N}401,10", "4,401.10"), (Decimal("0.005"), "0,01", "0.01"), (Decimal("-2.345"), "-2,35", "-2.35"),
    (Decimal("695400.00"), f"695{N}400", "695,400"), (2.5, "2,50", "2.50"), (1 / 3, "0,33", "0.33"), (Decimal("-0.001"), "0", "0"),
    (12, 12, 12), ("12 руб.", "12 руб.", "12 руб."), (Decimal("1e20"), Decimal("1e20"), Decimal("1e20")), (True, True, True)])
def test_what_a_calculation_came_to_has_two_decimals_at_most(number, russian, english):
    assert (reckoned_plain(number, "ru"), reckoned_plain(number, "en")) == (russian, english)


def test_a_rounded_number_keeps_its_own_decimals():
    assert (reckoned_plain(Decimal("2.3456"), "ru", 3), reckoned_plain(Decimal("2.3456"), "ru", 0)) == ("2,346", "2")


@pytest.mark.parametrize(("minor", "russian", "english"), [
    (123456750, f"1{N}234{N}567,50", "1,234,567.50"), (5, "0,05", "0.05"), (-99999, "-999,99", "-999.99"),
    (0, "0,00", "0.00")])
def test_sums_have_two_decimals_and_thin_groups(minor, russian, english):
    assert (money_plain(minor), money_plain(minor, "en")) == (russian, english)


def test_a_currency_without_decimals_has_no_comma():
    assert money_plain(1234, places=0) == f"1{N}234"


@pytest.mark.parametrize(("typed", "text"), [
    ("2.000", "2"), ("2.50", "2,5"), ("1000", f"1{N}000"), ("0", "0"),
    ("-0.5", "-0,5"), ("1E+3", f"1{N}000")])
def test_quantities_lose_idle_zeros(typed, text):
    assert quantity_plain(Decimal(typed)) == text


def test_vat_rates_and_the_sentence_under_the_total():
    assert rate_plain(Decimal(22)) == f"22{N}%"
    assert rate_plain(None, "en") == "No VAT"
    assert vat_sentence(123450, [Decimal(22)]) == f"в том числе НДС 22{N}% — 1{N}234,50{N}руб."
    assert vat_sentence(123450, [Decimal(22), Decimal(10)]) == f"в том числе НДС — 1{N}234,50{N}руб."
    assert vat_sentence(123450, [Decimal(22), None]) == f"в том числе НДС — 1{N}234,50{N}руб."
    assert vat_sentence(0, [None]) == "Без НДС"
    assert vat_sentence(123450, [Decimal(20)], "en", sign="$") == "including VAT at 20%: $1,234.50"
